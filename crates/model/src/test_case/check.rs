//! What tests say of campaigns, tables and audiences, against those that there are.

use std::sync::Arc;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value};

use super::{Action, Edit, Rows, Step, TestCase, Visit};
use crate::builtin;
use crate::campaign::Campaign;
use crate::catalog::Catalog;
use crate::document::KINDS;
use crate::problem::{Problem, join_pointer};
use crate::table::Table;

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
            check_activity(activity, Some("http-call"), &at, Some(campaign), problems);
            if !(100..=599).contains(&answer.status) {
                let message = format!("{} is not an HTTP status", answer.status);
                problems.push(Problem::error("bad_value", join_pointer(&at, "status"), message));
            }
        }
        self.check_steps(campaign, catalog, problems);
        self.check_expect(campaign, catalog, problems);
    }

    /// The campaign of this name, which has to take part in the test.
    pub(super) fn taking_part<'a>(
        &self,
        name: &str,
        pointer: &str,
        catalog: &'a Catalog,
        problems: &mut Vec<Problem>,
    ) -> Option<&'a Campaign> {
        let names = || std::iter::once(&self.campaign).chain(&self.alongside);
        let found = catalog.campaigns.get(name);
        if found.is_some() && names().any(|known| known == name) {
            return found.map(Arc::as_ref);
        }
        let problem = Problem::error("missing_campaign", pointer, format!("`{name}` does not run in this test"));
        problems.push(match found {
            Some(_) => problem.hint("name it in `alongside`, so that it is published, too"),
            None => problem.did_you_mean(name, names().map(String::as_str)),
        });
        None
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
            let campaign = match &step.campaign {
                None => Some(campaign),
                Some(name) => self.taking_part(name, &format!("{pointer}/campaign"), catalog, problems),
            };
            check_step(step, &pointer, campaign, catalog, problems);
        }
    }

    /// When the test begins, and when it ends if it says so, in the zone of its campaign.
    pub fn span(&self, zone: &TimeZone) -> (Timestamp, Option<Timestamp>) {
        (self.starts.instant(zone), self.until.map(|until| until.instant(zone)))
    }
}

fn check_step(step: &Step, pointer: &str, campaign: Option<&Campaign>, catalog: &Catalog, problems: &mut Vec<Problem>) {
    let names: Vec<&str> = step.actions().map(|(name, _)| name).collect();
    if names.len() != 1 {
        let message = match names.as_slice() {
            [] => "the step does nothing".to_owned(),
            names => format!("the step does several things: `{}`", names.join("`, `")),
        };
        let hint = "a step has `at` and one of `import`, `file`, `signal`, `run`, `pause`, `resume`, `stop`, `apply`, \
                    `approve`, `reject`, `opens`, `clicks`, `unsubscribes`";
        problems.push(Problem::error("bad_step", pointer, message).hint(hint));
    }
    for (name, action) in step.actions() {
        let at = join_pointer(pointer, name);
        match action {
            Action::Import(rows) => check_rows(rows, &at, catalog, problems),
            Action::Apply(edit) => check_edit(edit, &at, problems),
            Action::Files(_) | Action::Signal(_) | Action::Run(_) => {}
            Action::Pause(number) | Action::Resume(number) | Action::Stop(number) => {
                if number == 0 {
                    problems.push(Problem::error("bad_value", at, "the first run has the number 1"));
                }
            }
            Action::Approve(answer) | Action::Reject(answer) => {
                check_activity(&answer.activity, None, &at, campaign, problems);
            }
            Action::Open(visit) | Action::Click(visit) | Action::Unsubscribe(visit) => {
                check_visit(visit, matches!(action, Action::Click(_)), &at, campaign, problems);
            }
        }
        if step.campaign.is_some() && matches!(action, Action::Import(_) | Action::Files(_) | Action::Apply(_)) {
            let message = format!("`{name}` is about no campaign");
            problems.push(Problem::error("bad_step", format!("{pointer}/campaign"), message));
        }
    }
}

fn check_edit(edit: &Edit, pointer: &str, problems: &mut Vec<Problem>) {
    if edit.documents.is_empty() {
        problems.push(Problem::error("bad_step", pointer, "the step changes no document"));
    }
    for (index, document) in edit.documents.iter().enumerate() {
        let at = format!("{pointer}/documents/{index}");
        let text = |field: &str| document.get(field).and_then(Value::as_str);
        match text("kind") {
            Some("test") => {
                problems.push(Problem::error("bad_step", at, "a test cannot change a test"));
                continue;
            }
            Some(kind) if KINDS.contains(&kind) => {}
            given => {
                let problem = Problem::error("unknown_kind", format!("{at}/kind"), "the document has no known `kind`");
                problems.push(problem.did_you_mean(given.unwrap_or_default(), KINDS));
                continue;
            }
        }
        if text("name").is_none() {
            problems.push(Problem::error("missing_field", at, "the document has no `name`"));
        }
    }
}

fn check_visit(visit: &Visit, clicks: bool, pointer: &str, campaign: Option<&Campaign>, problems: &mut Vec<Problem>) {
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
        check_columns(rows, &at, table, problems);
    }
}

pub(super) fn check_columns(rows: &[Map<String, Value>], pointer: &str, table: &Table, problems: &mut Vec<Problem>) {
    for (index, row) in rows.iter().enumerate() {
        for field in row.keys().filter(|field| *field != CHANGE && table.column(field).is_none()) {
            let at = join_pointer(&join_pointer(pointer, index), field);
            let columns = table.columns.iter().map(|column| column.name.as_str());
            let problem = Problem::error("unknown_field", at, format!("no column `{field}` on `{}`", table.name));
            problems.push(problem.did_you_mean(field, columns));
        }
    }
}

/// Reports an activity that the campaign does not have, or that is of another type. Of a campaign that does not take
/// part in the test, that is said already.
pub(super) fn check_activity(
    id: &str,
    kind: Option<&str>,
    pointer: &str,
    campaign: Option<&Campaign>,
    problems: &mut Vec<Problem>,
) {
    let Some(campaign) = campaign else { return };
    let Some(node) = campaign.canvas.activity(id) else {
        let message = format!("the campaign `{}` has no activity `{id}`", campaign.name);
        let known = campaign.canvas.activities.iter().map(|node| node.id.as_str());
        problems.push(Problem::error("unknown_activity", pointer, message).did_you_mean(id, known));
        return;
    };
    if let Some(kind) = kind.filter(|kind| *kind != node.kind) {
        let message = format!("`{id}` is of the type `{}`, and this is for `{kind}`", node.kind);
        problems.push(Problem::error("wrong_activity", pointer, message));
    }
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
            json!({"kind": "campaign", "name": "after", "canvas": {"activities": [{"id": "all", "type": "build-audience"}]}}),
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
                {"at": "2026-12-02", "file": {"in/people.csv": "a\nb\n"}},
                {"at": "2026-12-02", "campaign": "after", "run": {"city": "Lyon"}},
                {"at": "2026-12-02", "pause": 1},
                {"at": "2026-12-03", "resume": 1},
                {"at": "2026-12-03", "campaign": "after", "stop": 1},
                {"at": "2026-12-03", "apply": {"documents": [{"kind": "campaign", "name": "hello", "label": null}],
                    "takes_over": "2026-12-04"}},
            ],
            "alongside": ["after"],
            "expect": {"launches": [], "skipped": [{"at": "2026-12-03", "reason": "not_live"}],
                "campaigns": {"after": {"launches": ["2026-12-02"], "runs": [{"counts": {"all": 1}}]}},
                "alerts": [{"level": "warning", "trouble": "held", "contains": "waits"},
                    {"campaign": "after", "activity": "all", "at": "2026-12-02"}],
                "audiences": {"vip": ["p1"]},
                "tables": {"people": {"count": 1, "has": [{"person_id": "p1"}], "lacks": [{"person_id": "p2"}]}},
                "files": {"out.csv": {"lines": 2, "contains": ["p1"], "lacks": ["p2"]}, "no.csv": {"there": false}},
                "runs": [{"state": "completed", "activities": {"mail": "skipped"},
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
            (
                json!({"steps": [{"at": "2026-12-02", "campaign": "after", "signal": {}}]}),
                "missing_campaign",
                "/steps/0/campaign",
                "name it in `alongside`, so that it is published, too",
            ),
            (
                json!({"steps": [{"at": "2026-12-02", "campaign": "helo", "signal": {}}]}),
                "missing_campaign",
                "/steps/0/campaign",
                "did you mean `hello`?",
            ),
            (
                json!({"steps": [{"at": "2026-12-02", "campaign": "hello", "file": {}}]}),
                "bad_step",
                "/steps/0/campaign",
                "",
            ),
            (json!({"steps": [{"at": "2026-12-02", "pause": 0}]}), "bad_value", "/steps/0/pause", ""),
            (json!({"steps": [{"at": "2026-12-02", "apply": {"documents": []}}]}), "bad_step", "/steps/0/apply", ""),
            (
                json!({"steps": [{"at": "2026-12-02", "apply": {"documents": [{"kind": "campain", "name": "x"}]}}]}),
                "unknown_kind",
                "/steps/0/apply/documents/0/kind",
                "did you mean `campaign`?",
            ),
            (
                json!({"steps": [{"at": "2026-12-02", "apply": {"documents": [{"kind": "table"}]}}]}),
                "missing_field",
                "/steps/0/apply/documents/0",
                "",
            ),
            (json!({"expect": {}}), "expects_nothing", "/expect", "name `launches` or `runs`"),
            (
                json!({"expect": {"campaigns": {"after": {}}}}),
                "missing_campaign",
                "/expect/campaigns/after",
                "name it in `alongside`, so that it is published, too",
            ),
            (json!({"expect": {"campaigns": {"hello": {}}}}), "bad_value", "/expect/campaigns/hello", ""),
            (
                json!({"alongside": ["after"], "expect": {"campaigns": {"after": {"runs": [{"counts": {"al": 1}}]}}}}),
                "unknown_activity",
                "/expect/campaigns/after/runs/0/counts/al",
                "did you mean `all`?",
            ),
            (
                json!({"expect": {"alerts": [{"activity": "male"}]}}),
                "unknown_activity",
                "/expect/alerts/0/activity",
                "did you mean `mail`?",
            ),
            (
                json!({"expect": {"tables": {"peeple": {"count": 1}}}}),
                "missing_table",
                "/expect/tables/peeple",
                "did you mean `people`?",
            ),
            (
                json!({"expect": {"tables": {"people": {"has": [{"person": 1}]}}}}),
                "unknown_field",
                "/expect/tables/people/has/0/person",
                "",
            ),
            (
                json!({"expect": {"skipped": [{"at": "2026-12-02", "reason": "notlive"}]}}),
                "unknown_value",
                "/expect/skipped/0/reason",
                "did you mean `not_live`?",
            ),
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
