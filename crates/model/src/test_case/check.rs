//! What tests say of campaigns, tables and audiences, against those that there are.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::{Action, Expect, Rows, RunExpect, Step, TestCase, Visit, activity_and_port};
use crate::builtin;
use crate::campaign::Campaign;
use crate::catalog::Catalog;
use crate::problem::{Problem, join_pointer};

/// The column of an import that says what becomes of a row.
const CHANGE: &str = "_change_request_type";

impl TestCase {
    /// Adds what is wrong with the names and times; that a port is one of its activity's is checked with the kinds.
    pub(crate) fn check(&self, catalog: &Catalog, problems: &mut Vec<Problem>) {
        let known = || catalog.campaigns.keys().map(String::as_str);
        let missing = |name: &str, pointer: String| {
            let message = format!("there is no campaign `{name}`");
            Problem::error("missing_campaign", pointer, message).did_you_mean(name, known())
        };
        for (index, name) in self.alongside.iter().enumerate() {
            if !catalog.campaigns.contains_key(name) {
                problems.push(missing(name, format!("/alongside/{index}")));
            }
        }
        check_rows(&self.rows, "/rows", catalog, problems);
        self.check_audiences(catalog, problems);
        let Some(campaign) = catalog.campaigns.get(&self.campaign) else {
            problems.push(missing(&self.campaign, "/campaign".to_owned()));
            return;
        };
        for (activity, answer) in &self.answers {
            let at = join_pointer("/answers", activity);
            check_activity(activity, Some("http-call"), &at, campaign, problems);
            if !(100..=599).contains(&answer.status) {
                let message = format!("{} is not an HTTP status", answer.status);
                problems.push(Problem::error("bad_value", join_pointer(&at, "status"), message));
            }
        }
        self.check_steps(campaign, catalog, problems);
        check_expect(&self.expect, campaign, problems);
    }

    fn check_audiences(&self, catalog: &Catalog, problems: &mut Vec<Problem>) {
        for (name, keys) in &self.audiences {
            let at = join_pointer("/audiences", name);
            let Some(members) = catalog.members(name) else {
                let message = format!("there is no document of an audience `{name}`");
                let known = catalog.audiences.keys().map(String::as_str);
                problems.push(Problem::error("missing_audience", at, message).did_you_mean(name, known));
                continue;
            };
            let width = members.primary_key.len();
            for (index, key) in keys.iter().enumerate().filter(|(_, key)| key.0.len() != width) {
                let message = format!("`{key}` has {} values, and the key of `{name}` has {width}", key.0.len());
                problems.push(Problem::error("bad_value", join_pointer(&at, index), message));
            }
        }
    }

    fn check_steps(&self, campaign: &Campaign, catalog: &Catalog, problems: &mut Vec<Problem>) {
        let zone = TimeZone::get(&campaign.time_zone).unwrap_or(TimeZone::UTC);
        let starts = self.starts.instant(&zone);
        let until = self.until.map(|until| until.instant(&zone));
        if until.is_some_and(|until| until <= starts) {
            problems.push(Problem::error("bad_time", "/until", "the test ends before it starts"));
        }
        let mut last = starts;
        for (index, step) in self.steps.iter().enumerate() {
            let pointer = format!("/steps/{index}");
            let at = step.at.instant(&zone);
            let wrong = |message: &str| Problem::error("bad_time", format!("{pointer}/at"), message);
            if at < starts {
                problems.push(wrong("the step comes before the start of the test"));
            } else if at < last {
                problems.push(wrong("the step comes before the one above it").hint("write steps in the order of time"));
            }
            if until.is_some_and(|until| at > until) {
                problems.push(wrong("the step comes after the end of the test"));
            }
            last = last.max(at);
            check_step(step, &pointer, campaign, catalog, problems);
        }
    }

    /// When the test begins, and when it ends if it says so, in the zone of its campaign.
    pub fn span(&self, zone: &TimeZone) -> (Timestamp, Option<Timestamp>) {
        (self.starts.instant(zone), self.until.map(|until| until.instant(zone)))
    }
}

fn check_step(step: &Step, pointer: &str, campaign: &Campaign, catalog: &Catalog, problems: &mut Vec<Problem>) {
    let names: Vec<&str> = step.actions().map(|(name, _)| name).collect();
    if names.len() != 1 {
        let message = match names.as_slice() {
            [] => "the step does nothing".to_owned(),
            names => format!("the step does several things: `{}`", names.join("`, `")),
        };
        let hint =
            "a step has `at` and one of `import`, `signal`, `approve`, `reject`, `opens`, `clicks`, `unsubscribes`";
        problems.push(Problem::error("bad_step", pointer, message).hint(hint));
    }
    for (name, action) in step.actions() {
        let at = join_pointer(pointer, name);
        match action {
            Action::Import(rows) => check_rows(rows, &at, catalog, problems),
            Action::Signal(_) => {}
            Action::Approve(answer) | Action::Reject(answer) => {
                check_activity(&answer.activity, None, &at, campaign, problems);
            }
            Action::Open(visit) | Action::Click(visit) | Action::Unsubscribe(visit) => {
                check_visit(visit, matches!(action, Action::Click(_)), &at, campaign, problems);
            }
        }
    }
}

fn check_visit(visit: &Visit, clicks: bool, pointer: &str, campaign: &Campaign, problems: &mut Vec<Problem>) {
    let at = join_pointer(pointer, "activity");
    check_activity(&visit.activity, Some("email"), &at, campaign, problems);
    if visit.link.is_some() && !clicks {
        problems.push(Problem::error("bad_step", join_pointer(pointer, "link"), "only clicks name a link"));
    }
}

fn check_rows(rows: &Rows, pointer: &str, catalog: &Catalog, problems: &mut Vec<Problem>) {
    let known = || catalog.tables.keys().map(String::as_str).filter(|name| !builtin::is_builtin(name));
    for (name, rows) in rows {
        let at = join_pointer(pointer, name);
        let Some(table) = catalog.tables.get(name).filter(|_| !builtin::is_builtin(name)) else {
            let message = format!("there is no table `{name}`");
            problems.push(Problem::error("missing_table", at, message).did_you_mean(name, known()));
            continue;
        };
        for (index, row) in rows.iter().enumerate() {
            let unknown = row.keys().filter(|field| *field != CHANGE && table.column(field).is_none());
            for field in unknown {
                let at = join_pointer(&join_pointer(&at, index), field);
                let columns = table.columns.iter().map(|column| column.name.as_str());
                let problem = Problem::error("unknown_field", at, format!("no column `{field}` on `{name}`"));
                problems.push(problem.did_you_mean(field, columns));
            }
        }
    }
}

/// Reports an activity that the campaign does not have, or that is of another type.
fn check_activity(
    id: &str,
    kind: Option<&str>,
    pointer: &str,
    campaign: &Campaign,
    problems: &mut Vec<Problem>,
) -> bool {
    let Some(node) = campaign.canvas.activity(id) else {
        let message = format!("the campaign `{}` has no activity `{id}`", campaign.name);
        let known = campaign.canvas.activities.iter().map(|node| node.id.as_str());
        problems.push(Problem::error("unknown_activity", pointer, message).did_you_mean(id, known));
        return false;
    };
    if let Some(kind) = kind.filter(|kind| *kind != node.kind) {
        let message = format!("`{id}` is of the type `{}`, and this is for `{kind}`", node.kind);
        problems.push(Problem::error("wrong_activity", pointer, message));
        return false;
    }
    true
}

fn check_expect(expect: &Expect, campaign: &Campaign, problems: &mut Vec<Problem>) {
    if expect.launches.is_none() && expect.runs.is_none() {
        let problem =
            Problem::warning("expects_nothing", "/expect", "the test expects nothing, so that it checks nothing");
        problems.push(problem.hint("name `launches` or `runs`"));
    }
    for (index, run) in expect.runs.iter().flatten().enumerate() {
        check_run(run, &format!("/expect/runs/{index}"), campaign, problems);
    }
}

fn check_run(run: &RunExpect, pointer: &str, campaign: &Campaign, problems: &mut Vec<Problem>) {
    let mut check = |name: &str, text: &str, kind: Option<&str>| {
        let at = join_pointer(&join_pointer(pointer, name), text);
        let activity = if name == "counts" || name == "members" { activity_and_port(text).0 } else { text };
        check_activity(activity, kind, &at, campaign, problems);
    };
    run.activities.keys().for_each(|id| check("activities", id, None));
    run.counts.keys().for_each(|at| check("counts", at, None));
    run.members.keys().for_each(|at| check("members", at, None));
    run.messages.keys().for_each(|id| check("messages", id, Some("email")));
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::catalog::Catalog;
    use crate::document::Document;
    use crate::problem::Problem;

    /// The problems of a test beside a table, a dimension, an audience and a campaign.
    fn problems(fields: &Value) -> Vec<Problem> {
        let mut test =
            json!({"kind": "test", "name": "t", "campaign": "hello", "starts": "2026-12-01", "expect": {"runs": []}});
        for (name, value) in fields.as_object().unwrap() {
            test[name] = value.clone();
        }
        let bodies = [
            json!({"kind": "table", "name": "people", "columns": [{"name": "person_id", "type": "string"}], "primary_key": ["person_id"]}),
            json!({"kind": "dimension", "name": "people", "table": "people", "identity": "person_id"}),
            json!({"kind": "audience", "name": "vip", "dimension": "people"}),
            json!({"kind": "campaign", "name": "hello", "canvas": {"activities": [
                {"id": "everyone", "type": "build-audience"}, {"id": "mail", "type": "email"}]}}),
            test,
        ];
        let mut problems = Vec::new();
        let documents: Vec<Document> = bodies.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
        Catalog::build(documents, &mut problems);
        problems
    }

    #[test]
    fn a_test_that_is_right_has_no_problems() {
        let test = json!({
            "rows": {"people": [{"person_id": "p1", "_change_request_type": "u"}]},
            "audiences": {"vip": ["p1", 2]},
            "until": "2026-12-29T00:00:00+01:00",
            "steps": [
                {"at": "2026-12-01T09:00", "signal": {}},
                {"at": "2026-12-01T09:00", "approve": "everyone"},
                {"at": "2026-12-01T10:00", "reject": {"activity": "everyone", "by": "ann"}},
                {"at": "2026-12-02", "clicks": {"activity": "mail", "key": "p1", "link": "https://shop.example"}},
            ],
            "expect": {"launches": [], "runs": [{"state": "completed", "activities": {"mail": "skipped"},
                "counts": {"everyone.out": 1}, "members": {"everyone": ["p1", [2]]},
                "messages": {"mail": {"sent": 1, "to": ["a@b.example"], "subjects": {"p1": "Hi"}}}}]},
        });
        let found = problems(&test);
        assert!(found.is_empty(), "{found:?}");
    }

    #[test]
    fn every_mistake_is_found_at_its_place() {
        for (fields, code, pointer, hint) in [
            (json!({"campaign": "helo"}), "missing_campaign", "/campaign", "did you mean `hello`?"),
            (json!({"alongside": ["helo"]}), "missing_campaign", "/alongside/0", "did you mean `hello`?"),
            (json!({"start": "x"}), "unknown_field", "/start", "did you mean `starts`?"),
            (json!({"starts": "soon"}), "wrong_type", "/starts", ""),
            (json!({"until": "2026-11-30"}), "bad_time", "/until", ""),
            (json!({"rows": {"peeple": []}}), "missing_table", "/rows/peeple", "did you mean `people`?"),
            (
                json!({"rows": {"tutti_messages_people": []}}),
                "missing_table",
                "/rows/tutti_messages_people",
                "known are `people`",
            ),
            (
                json!({"rows": {"people": [{"person": "x"}]}}),
                "unknown_field",
                "/rows/people/0/person",
                "known are `person_id`",
            ),
            (json!({"audiences": {"vips": []}}), "missing_audience", "/audiences/vips", "did you mean `vip`?"),
            (json!({"audiences": {"vip": [["a", "b"]]}}), "bad_value", "/audiences/vip/0", ""),
            (json!({"answers": {"mail": {}}}), "wrong_activity", "/answers/mail", ""),
            (json!({"steps": [{"at": "2026-12-02"}]}), "bad_step", "/steps/0", ""),
            (json!({"steps": [{"at": "2026-12-02", "signal": {}, "approve": "mail"}]}), "bad_step", "/steps/0", ""),
            (
                json!({"steps": [{"at": "2026-12-02", "signal": {}}, {"at": "2026-12-01", "signal": {}}]}),
                "bad_time",
                "/steps/1/at",
                "write steps in the order of time",
            ),
            (json!({"steps": [{"at": "2026-11-02", "signal": {}}]}), "bad_time", "/steps/0/at", ""),
            (
                json!({"steps": [{"at": "2026-12-02", "approve": "male"}]}),
                "unknown_activity",
                "/steps/0/approve",
                "did you mean `mail`?",
            ),
            (
                json!({"steps": [{"at": "2026-12-02", "approve": {"activity": "mail", "bye": "x"}}]}),
                "unknown_field",
                "/steps/0/approve/bye",
                "did you mean `by`?",
            ),
            (
                json!({"steps": [{"at": "2026-12-02", "opens": {"activity": "mail", "key": 1, "link": "x"}}]}),
                "bad_step",
                "/steps/0/opens/link",
                "",
            ),
            (json!({"expect": {}}), "expects_nothing", "/expect", "name `launches` or `runs`"),
            (
                json!({"expect": {"runs": [{"state": "complete"}]}}),
                "unknown_value",
                "/expect/runs/0/state",
                "did you mean `completed`?",
            ),
            (
                json!({"expect": {"runs": [{"counts": {"everyon.out": 1}}]}}),
                "unknown_activity",
                "/expect/runs/0/counts/everyon.out",
                "did you mean `everyone`?",
            ),
            (
                json!({"expect": {"runs": [{"messages": {"everyone": {}}}]}}),
                "wrong_activity",
                "/expect/runs/0/messages/everyone",
                "",
            ),
        ] {
            let found = problems(&fields);
            let wanted = found.iter().find(|problem| problem.code == code && problem.pointer == pointer);
            let wanted = wanted.unwrap_or_else(|| panic!("{fields}: {found:?}"));
            assert!(hint.is_empty() || wanted.hint.as_deref() == Some(hint), "{fields}: {:?}", wanted.hint);
        }
    }
}
