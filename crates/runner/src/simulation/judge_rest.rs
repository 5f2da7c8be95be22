//! Comparing what a test expects besides runs: alerts, audiences, tables, files.

use jiff::Timestamp;
use serde_json::{Map, Value, json};
use tutti_model::notify::Trouble;
use tutti_model::problem::join_pointer;
use tutti_model::test_case::{AlertExpect, AlertLevel, Expect, FileExpect, TableExpect};

use super::found::{Found, FoundTable};
use super::judge::Judge;
use super::outcome::TestAlert;
use super::shown;
use super::steps::text_of;

/// How much of a file is told.
const TOLD_CHARACTERS: usize = 2_000;

/// How many rows of a table are told.
const TOLD_ROWS: usize = 20;

impl Judge<'_> {
    /// What is expected besides launches and runs.
    pub fn rest(&mut self, expect: &Expect, found: &Found) {
        if let Some(alerts) = &expect.alerts {
            self.alerts(alerts, &found.alerts);
        }
        for (name, keys) in &expect.audiences {
            let at = join_pointer("/expect/audiences", name);
            match found.audiences.get(name).and_then(Option::as_ref) {
                Some(members) => self.members(keys, Some(members), &at, &format!("`{name}`")),
                None => {
                    let keys: Vec<String> = keys.iter().map(ToString::to_string).collect();
                    self.fail(&at, format!("there is no audience `{name}`"), json!(keys), Value::Null);
                }
            }
        }
        for (name, expected) in &expect.tables {
            let nothing = FoundTable::default();
            self.table(name, expected, found.tables.get(name).unwrap_or(&nothing));
        }
        for (name, expected) in &expect.files {
            self.file(name, expected, found.files.get(name).and_then(Option::as_deref));
        }
    }

    fn alerts(&mut self, expected: &[AlertExpect], alerts: &[TestAlert]) {
        if expected.len() != alerts.len() {
            let number = |count: usize| if count == 1 { "1 alert".to_owned() } else { format!("{count} alerts") };
            let were = if alerts.len() == 1 { "was" } else { "were" };
            let message = format!("{} expected, and there {were} {}", number(expected.len()), number(alerts.len()));
            self.fail("/expect/alerts", message, json!(expected.len()), json!(alerts));
        }
        for (index, (expected, alert)) in expected.iter().zip(alerts).enumerate() {
            self.alert(expected, alert, &format!("/expect/alerts/{index}"), index + 1);
        }
    }

    fn alert(&mut self, expected: &AlertExpect, alert: &TestAlert, pointer: &str, number: usize) {
        let about = format!("alert {number}, `{}`,", alert.title);
        if let Some(at) = expected.at.map(|at| at.instant(self.zone))
            && alert.at.parse::<Timestamp>().ok() != Some(at)
        {
            let at = shown(at, self.zone);
            let message = format!("{about} was raised at {}, not at {at}", alert.at);
            self.fail(&format!("{pointer}/at"), message, json!(at), json!(alert.at));
        }
        for (field, wanted, is) in [
            ("campaign", expected.campaign.as_deref(), Some(alert.campaign.as_str())),
            ("activity", expected.activity.as_deref(), alert.activity.as_deref()),
            ("level", expected.level.map(AlertLevel::as_str), Some(alert.level.as_str())),
            ("trouble", expected.trouble.map(Trouble::as_str), alert.trouble.as_deref()),
        ] {
            if let Some(wanted) = wanted.filter(|wanted| Some(*wanted) != is) {
                let is_of = is.map_or_else(|| "none".to_owned(), |is| format!("`{is}`"));
                let message = format!("the {field} of {about} is {is_of}, not `{wanted}`");
                self.fail(&format!("{pointer}/{field}"), message, json!(wanted), json!(is));
            }
        }
        if let Some(text) = expected.contains.as_deref()
            && !alert.title.contains(text)
            && !alert.message.contains(text)
        {
            let message = format!("{about} does not have `{text}`: {}", alert.message);
            self.fail(&format!("{pointer}/contains"), message, json!(text), json!(alert.message));
        }
    }

    fn table(&mut self, name: &str, expected: &TableExpect, found: &FoundTable) {
        let at = join_pointer("/expect/tables", name);
        if let Some(count) = expected.count.filter(|count| *count != found.count) {
            let message = format!("`{name}` has {}, not {count}", rows(found.count));
            self.fail(&format!("{at}/count"), message, json!(count), json!(found.count));
        }
        let some: Vec<&Map<String, Value>> = found.rows.iter().take(TOLD_ROWS).collect();
        for (index, row) in expected.has.iter().enumerate() {
            if !found.rows.iter().any(|found| is_row(row, found)) {
                let message = format!("`{name}` has no row with {}", values(row));
                self.fail(&format!("{at}/has/{index}"), message, json!(row), json!(some));
            }
        }
        for (index, row) in expected.lacks.iter().enumerate() {
            if let Some(found) = found.rows.iter().find(|found| is_row(row, found)) {
                let message = format!("`{name}` has a row with {}, which is not expected", values(row));
                self.fail(&format!("{at}/lacks/{index}"), message, Value::Null, json!(found));
            }
        }
    }

    fn file(&mut self, name: &str, expected: &FileExpect, text: Option<&str>) {
        let at = join_pointer("/expect/files", name);
        let Some(text) = text else {
            if expected.there {
                self.fail(&at, format!("there is no file `{name}`"), json!(true), json!(false));
            }
            return;
        };
        let told: String = text.chars().take(TOLD_CHARACTERS).collect();
        if !expected.there {
            self.fail(&at, format!("there is a file `{name}`, which is not expected"), json!(false), json!(told));
            return;
        }
        let lines = text.lines().count() as u64;
        if let Some(wanted) = expected.lines.filter(|wanted| *wanted != lines) {
            let have = if lines == 1 { "1 line".to_owned() } else { format!("{lines} lines") };
            let message = format!("`{name}` has {have}, not {wanted}");
            self.fail(&format!("{at}/lines"), message, json!(wanted), json!(lines));
        }
        for (field, texts, is_wanted) in [("contains", &expected.contains, true), ("lacks", &expected.lacks, false)] {
            for (index, part) in texts.iter().enumerate().filter(|(_, part)| text.contains(*part) != is_wanted) {
                let message = match is_wanted {
                    true => format!("the file `{name}` does not have `{part}`"),
                    false => format!("the file `{name}` has `{part}`, which is not expected"),
                };
                self.fail(&format!("{at}/{field}/{index}"), message, json!(part), json!(told));
            }
        }
    }
}

fn rows(count: u64) -> String {
    if count == 1 { "1 row".to_owned() } else { format!("{count} rows") }
}

fn values(row: &Map<String, Value>) -> String {
    let values: Vec<String> = row.iter().map(|(column, value)| format!("`{column}` {value}")).collect();
    values.join(", ")
}

/// Whether a row has the values that are named.
fn is_row(named: &Map<String, Value>, row: &Map<String, Value>) -> bool {
    named.iter().all(|(column, value)| row.get(column).is_some_and(|found| is_value(value, found)))
}

/// Whether a value of a row is the one that a test writes: numbers and moments however they are written.
fn is_value(written: &Value, found: &Value) -> bool {
    if written.is_null() || found.is_null() {
        return written == found;
    }
    let (text, found) = (text_of(written), text_of(found));
    let number = |text: &str| text.parse::<f64>().ok();
    let moment = |text: &str| text.parse::<Timestamp>().ok();
    let same_number = || {
        let (written, found) = number(&text).zip(number(&found)).unwrap_or((0.0, 1.0));
        written.total_cmp(&found).is_eq()
    };
    let same_moment = || moment(&text).is_some_and(|written| moment(&found) == Some(written));
    text == found || written.is_number() && same_number() || same_moment()
}

#[cfg(test)]
mod tests {
    use super::super::judge::judge;
    use super::*;

    fn found() -> Found {
        let row = |value: Value| value.as_object().cloned().unwrap_or_default();
        let alert = |activity: Option<&str>, trouble: Option<&str>, message: &str| TestAlert {
            at: "2026-12-03T09:00:00+01:00".to_owned(),
            campaign: "news".to_owned(),
            activity: activity.map(str::to_owned),
            level: "warning".to_owned(),
            trouble: trouble.map(str::to_owned),
            title: "look here".to_owned(),
            message: message.to_owned(),
        };
        Found {
            alerts: vec![alert(Some("tell"), None, "3 are gone"), alert(None, Some("held"), "somebody is asked")],
            audiences: [("vip".to_owned(), Some(vec!["1".to_owned()])), ("none".to_owned(), None)].into(),
            tables: [(
                "orders".to_owned(),
                FoundTable {
                    count: 2,
                    rows: vec![
                        row(json!({"id": "a", "total": "12.50", "at": "2026-12-03T08:00:00Z", "note": null})),
                        row(json!({"id": "b", "total": "7.00", "at": null, "note": "x"})),
                    ],
                },
            )]
            .into(),
            files: [("out.csv".to_owned(), Some("id\na\n".to_owned())), ("no.csv".to_owned(), None)].into(),
            ..Found::default()
        }
    }

    fn failures(expect: Value) -> Vec<(String, String)> {
        let expect: Expect = serde_json::from_value(expect).unwrap();
        let zone = jiff::tz::TimeZone::get("Europe/Paris").unwrap();
        judge(&expect, &found(), &zone).into_iter().map(|failure| (failure.pointer, failure.message)).collect()
    }

    #[test]
    fn what_there_is_does_not_fail() {
        let expect = json!({
            "alerts": [{"at": "2026-12-03T09:00", "activity": "tell", "contains": "gone"},
                {"campaign": "news", "level": "warning", "trouble": "held", "contains": "look"}],
            "audiences": {"vip": [1]},
            "tables": {"orders": {"count": 2,
                "has": [{"id": "a", "total": 12.5, "at": "2026-12-03T09:00:00+01:00", "note": null}, {}],
                "lacks": [{"id": "b", "note": null}, {"id": "c"}]}},
            "files": {"out.csv": {"lines": 2, "contains": ["a"], "lacks": ["b"]}, "no.csv": {"there": false}},
        });
        assert_eq!(failures(expect), []);
    }

    #[test]
    fn failures_say_what_there_is() {
        for (expect, pointer, message) in [
            (json!({"alerts": [{}]}), "/expect/alerts", "1 alert expected, and there were 2 alerts"),
            (
                json!({"alerts": [{"activity": "ask"}, {}]}),
                "/expect/alerts/0/activity",
                "the activity of alert 1, `look here`, is `tell`, not `ask`",
            ),
            (
                json!({"alerts": [{"trouble": "failed"}, {}]}),
                "/expect/alerts/0/trouble",
                "the trouble of alert 1, `look here`, is none, not `failed`",
            ),
            (
                json!({"alerts": [{}, {"at": "2026-12-03T10:00"}]}),
                "/expect/alerts/1/at",
                "alert 2, `look here`, was raised at 2026-12-03T09:00:00+01:00, not at 2026-12-03T10:00:00+01:00",
            ),
            (
                json!({"alerts": [{"contains": "5 are"}, {}]}),
                "/expect/alerts/0/contains",
                "alert 1, `look here`, does not have `5 are`: 3 are gone",
            ),
            (
                json!({"audiences": {"vip": [1, 2]}}),
                "/expect/audiences/vip",
                "the members of `vip` are others: missing is `2`",
            ),
            (json!({"audiences": {"none": []}}), "/expect/audiences/none", "there is no audience `none`"),
            (json!({"tables": {"orders": {"count": 3}}}), "/expect/tables/orders/count", "`orders` has 2 rows, not 3"),
            (
                json!({"tables": {"orders": {"has": [{"id": "a", "total": 12}]}}}),
                "/expect/tables/orders/has/0",
                "`orders` has no row with `id` \"a\", `total` 12",
            ),
            (
                json!({"tables": {"orders": {"lacks": [{"id": "b"}]}}}),
                "/expect/tables/orders/lacks/0",
                "`orders` has a row with `id` \"b\", which is not expected",
            ),
            (json!({"files": {"no.csv": {}}}), "/expect/files/no.csv", "there is no file `no.csv`"),
            (
                json!({"files": {"out.csv": {"there": false}}}),
                "/expect/files/out.csv",
                "there is a file `out.csv`, which is not expected",
            ),
            (
                json!({"files": {"out.csv": {"lines": 1}}}),
                "/expect/files/out.csv/lines",
                "`out.csv` has 2 lines, not 1",
            ),
            (
                json!({"files": {"out.csv": {"contains": ["a", "z"]}}}),
                "/expect/files/out.csv/contains/1",
                "the file `out.csv` does not have `z`",
            ),
            (
                json!({"files": {"out.csv": {"lacks": ["z", "a"]}}}),
                "/expect/files/out.csv/lacks/1",
                "the file `out.csv` has `a`, which is not expected",
            ),
        ] {
            assert_eq!(failures(expect), [(pointer.to_owned(), message.to_owned())]);
        }
    }
}
