//! Comparing what a test expects with what its campaigns came to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tutti_model::problem::join_pointer;
use tutti_model::test_case::{
    At, CampaignExpect, Expect, Key, MessageExpect, RunExpect, RunState, SkipExpect, SkipReason, activity_and_port,
};

use super::found::Found;
use super::outcome::{TestCampaign, TestMessages, TestRun, TestSkip};
use super::{TestFailure, shown};

/// Everything that is not as it is expected.
pub(super) fn judge(expect: &Expect, found: &Found, zone: &TimeZone) -> Vec<TestFailure> {
    let mut judge = Judge { zone, base: "/expect".to_owned(), about: String::new(), failures: Vec::new() };
    judge.campaign(&expect.own(), &found.own);
    for (name, expected) in &expect.campaigns {
        judge.base = join_pointer("/expect/campaigns", name);
        judge.about = format!("in `{name}`: ");
        let nothing = TestCampaign::default();
        judge.campaign(expected, found.campaigns.get(name).unwrap_or(&nothing));
    }
    judge.about.clear();
    judge.rest(expect, found);
    judge.failures
}

pub(super) struct Judge<'a> {
    pub zone: &'a TimeZone,
    /// Where what is expected of a campaign stands.
    base: String,
    /// In which campaign something is not as it is expected, where that is not the one that is tested.
    about: String,
    failures: Vec<TestFailure>,
}

impl Judge<'_> {
    fn campaign(&mut self, expected: &CampaignExpect, found: &TestCampaign) {
        if let Some(launches) = &expected.launches {
            self.launches(launches, &found.runs);
        }
        if let Some(skipped) = &expected.skipped {
            self.skipped(skipped, &found.skipped);
        }
        if let Some(runs) = &expected.runs {
            self.runs(runs, &found.runs);
        }
    }

    pub fn fail(&mut self, pointer: &str, message: String, expected: Value, found: Value) {
        self.failures.push(TestFailure {
            code: "expectation".to_owned(),
            pointer: pointer.to_owned(),
            message: format!("{}{message}", self.about),
            expected: Some(expected),
            found: Some(found),
            ..TestFailure::default()
        });
    }

    fn launches(&mut self, expected: &[At], runs: &[TestRun]) {
        let mut began: Vec<(Timestamp, &str)> = runs
            .iter()
            .filter_map(|run| Some((run.started_at.parse::<Timestamp>().ok()?, run.started_at.as_str())))
            .collect();
        let all = json!(began.iter().map(|(_, shown)| *shown).collect::<Vec<&str>>());
        let base = self.base.clone();
        for (index, at) in expected.iter().enumerate() {
            let at = at.instant(self.zone);
            match began.iter().position(|(began, _)| *began == at) {
                Some(place) => drop(began.remove(place)),
                None => {
                    let at = shown(at, self.zone);
                    let message = format!("no run began at {at}");
                    self.fail(&format!("{base}/launches/{index}"), message, json!(at), all.clone());
                }
            }
        }
        for (_, at) in began {
            let message = format!("a run began at {at}, which is not expected");
            self.fail(&format!("{base}/launches"), message, Value::Null, json!(at));
        }
    }

    fn skipped(&mut self, expected: &[SkipExpect], skipped: &[TestSkip]) {
        let base = self.base.clone();
        let mut left: Vec<&TestSkip> = skipped.iter().collect();
        let why = |skip: &TestSkip| {
            let detail = skip.detail.as_ref().map_or_else(String::new, |detail| format!(" ({detail})"));
            format!("{}{detail}", skip.reason.as_deref().unwrap_or_default())
        };
        for (index, expected) in expected.iter().enumerate() {
            let at = expected.at.instant(self.zone);
            let reason = expected.reason.map(SkipReason::as_str);
            let due = |skip: &TestSkip| skip.due_at.parse::<Timestamp>().is_ok_and(|due| due == at);
            let is_it = |skip: &&TestSkip| due(skip) && (reason.is_none() || skip.reason.as_deref() == reason);
            if let Some(place) = left.iter().position(is_it) {
                left.remove(place);
                continue;
            }
            let shown = shown(at, self.zone);
            match (left.iter().position(|skip| due(skip)), reason) {
                (Some(place), Some(reason)) => {
                    let skip = left.remove(place);
                    let message = format!("the launch at {shown} was skipped for {}, not for {reason}", why(skip));
                    let at = format!("{base}/skipped/{index}/reason");
                    self.fail(&at, message, json!(reason), json!(skip.reason));
                }
                _ => {
                    let message = format!("no launch was skipped at {shown}");
                    self.fail(&format!("{base}/skipped/{index}"), message, json!(shown), json!(skipped));
                }
            }
        }
        for skip in left {
            let message = format!("a launch at {} was skipped, which is not expected: {}", skip.due_at, why(skip));
            self.fail(&format!("{base}/skipped"), message, Value::Null, json!(skip));
        }
    }

    fn runs(&mut self, expected: &[RunExpect], runs: &[TestRun]) {
        if expected.len() != runs.len() {
            let message = format!("{} expected, and there {}", counted(expected.len(), "run"), was(runs.len(), "run"));
            self.fail(&format!("{}/runs", self.base), message, json!(expected.len()), json!(runs.len()));
        }
        for (index, (expected, run)) in expected.iter().zip(runs).enumerate() {
            self.run(expected, run, &format!("{}/runs/{index}", self.base), index + 1);
        }
    }

    fn run(&mut self, expected: &RunExpect, run: &TestRun, pointer: &str, number: usize) {
        let why = run.error.as_ref().map_or_else(String::new, |error| format!(": {error}"));
        if let Some(state) = expected.state.map(RunState::as_str).filter(|state| *state != run.state) {
            let message = format!("run {number} is {}, not {state}{why}", run.state);
            self.fail(&format!("{pointer}/state"), message, json!(state), json!(run.state));
        }
        for (activity, state) in &expected.activities {
            let found = run.activities.get(activity).map_or("not there", String::as_str);
            if found != state.as_str() {
                let at = join_pointer(&format!("{pointer}/activities"), activity);
                let message = format!("`{activity}` is {found} in run {number}, not {}{why}", state.as_str());
                self.fail(&at, message, json!(state.as_str()), json!(found));
            }
        }
        for (name, rows) in &expected.counts {
            let (activity, port) = activity_and_port(name);
            let found = run.count(activity, port);
            if found != Some(*rows) {
                let at = join_pointer(&format!("{pointer}/counts"), name);
                let rows_found = found.map_or_else(
                    || format!("`{activity}` has not come so far in run {number}, which is {}{why}", run.state),
                    |found| format!("{} left `{name}` in run {number}", counted_u64(found, "row")),
                );
                let message = format!("{rows_found}; {} expected", counted_u64(*rows, "row"));
                self.fail(&at, message, json!(rows), json!(found));
            }
        }
        for (name, keys) in &expected.members {
            let at = join_pointer(&format!("{pointer}/members"), name);
            self.members(keys, run.members.get(name), &at, &format!("`{name}` in run {number}"));
        }
        for (activity, messages) in &expected.messages {
            let at = join_pointer(&format!("{pointer}/messages"), activity);
            let nothing = TestMessages::default();
            let found = run.messages.get(activity).unwrap_or(&nothing);
            self.messages(messages, found, &at, &format!("`{activity}` in run {number}"));
        }
    }

    pub fn members(&mut self, expected: &[Key], found: Option<&Vec<String>>, pointer: &str, place: &str) {
        let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
        let found = found.cloned().unwrap_or_default();
        self.same(&expected, &found, pointer, &format!("the members of {place}"));
    }

    /// Compares two collections in which the order does not matter.
    fn same(&mut self, expected: &[String], found: &[String], pointer: &str, what: &str) {
        let mut balance: BTreeMap<&str, i64> = BTreeMap::new();
        expected.iter().for_each(|one| *balance.entry(one).or_default() += 1);
        found.iter().for_each(|one| *balance.entry(one).or_default() -= 1);
        let of = |wanted: fn(i64) -> bool| {
            let names = balance.iter().filter(|(_, count)| wanted(**count)).map(|(name, _)| format!("`{name}`"));
            names.collect::<Vec<String>>().join(", ")
        };
        let parts: Vec<String> = [("missing", of(|count| count > 0)), ("not expected", of(|count| count < 0))]
            .into_iter()
            .filter(|(_, names)| !names.is_empty())
            .map(|(word, names)| format!("{word} {} {names}", if names.contains(", ") { "are" } else { "is" }))
            .collect();
        if !parts.is_empty() {
            let message = format!("{what} are others: {}", parts.join("; "));
            self.fail(pointer, message, json!(expected), json!(found));
        }
    }

    fn messages(&mut self, expected: &MessageExpect, found: &TestMessages, pointer: &str, place: &str) {
        for (name, expected, found) in [
            ("targeted", expected.targeted, found.targeted),
            ("sent", expected.sent, found.sent),
            ("failed", expected.failed, found.failed),
        ] {
            self.number(expected, found, &format!("{pointer}/{name}"), &format!("{name} by {place}"));
        }
        for (reason, rows) in &expected.excluded {
            let at = join_pointer(&format!("{pointer}/excluded"), reason);
            let excluded = found.excluded.get(reason).copied().unwrap_or_default();
            self.number(Some(*rows), excluded, &at, &format!("excluded by {place} for `{reason}`"));
        }
        if let Some(to) = &expected.to {
            self.same(to, &found.to, &format!("{pointer}/to"), &format!("the addresses of {place}"));
        }
        for (key, subject) in &expected.subjects {
            let at = join_pointer(&format!("{pointer}/subjects"), key);
            let sent = found.subjects.get(key);
            if sent != Some(subject) {
                let message = match sent {
                    Some(sent) => format!("the subject to `{key}` from {place} is `{sent}`, not `{subject}`"),
                    None => format!("{place} sent nothing to `{key}`"),
                };
                self.fail(&at, message, json!(subject), json!(sent));
            }
        }
        for (key, texts) in &expected.contains {
            let at = join_pointer(&format!("{pointer}/contains"), key);
            let Some(sent) = found.texts.get(key) else {
                self.fail(&at, format!("{place} sent nothing to `{key}`"), json!(texts), Value::Null);
                continue;
            };
            for (index, text) in
                texts.iter().enumerate().filter(|(_, text)| !sent.iter().any(|part| part.contains(*text)))
            {
                let message = format!("the message to `{key}` from {place} does not have `{text}`");
                self.fail(&join_pointer(&at, index), message, json!(text), json!(sent[0]));
            }
        }
    }

    fn number(&mut self, expected: Option<u64>, found: i64, pointer: &str, what: &str) {
        let Some(expected) = expected else { return };
        if u64::try_from(found).ok() != Some(expected) {
            let message = format!("{found} {what}; {expected} expected");
            self.fail(pointer, message, json!(expected), json!(found));
        }
    }
}

fn counted(count: usize, what: &str) -> String {
    counted_u64(count as u64, what)
}

fn counted_u64(count: u64, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

fn was(count: usize, what: &str) -> String {
    let verb = if count == 1 { "was" } else { "were" };
    format!("{verb} {}", counted(count, what))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run() -> TestRun {
        TestRun {
            started_at: "2026-12-03T09:00:00+01:00".to_owned(),
            state: "held".to_owned(),
            error: Some("somebody is asked".to_owned()),
            activities: [("who", "completed"), ("ask", "held"), ("mail", "completed")]
                .map(|(id, state)| (id.to_owned(), state.to_owned()))
                .into(),
            counts: [("who.out".to_owned(), 2)].into(),
            members: [("who".to_owned(), vec!["1".to_owned(), "2".to_owned()])].into(),
            messages: [(
                "mail".to_owned(),
                TestMessages {
                    targeted: 2,
                    sent: 1,
                    excluded: [("no_consent".to_owned(), 1)].into(),
                    to: vec!["a@x.example".to_owned()],
                    subjects: [("1".to_owned(), "Hi".to_owned())].into(),
                    texts: [("1".to_owned(), ["Hi Ann".to_owned(), "<p>Hi Ann</p>".to_owned()])].into(),
                    ..TestMessages::default()
                },
            )]
            .into(),
            ..TestRun::default()
        }
    }

    fn found() -> Found {
        let skip = |due_at: &str, reason: &str, detail: Option<&str>| TestSkip {
            due_at: due_at.to_owned(),
            reason: Some(reason.to_owned()),
            detail: detail.map(str::to_owned),
        };
        Found {
            own: TestCampaign {
                runs: vec![run()],
                skipped: vec![
                    skip("2026-12-04T09:00:00+01:00", "overlap", Some("run 1 is held")),
                    skip("2026-12-05T09:00:00+01:00", "missed", None),
                ],
            },
            campaigns: [("after".to_owned(), TestCampaign { runs: vec![run()], ..TestCampaign::default() })].into(),
            ..Found::default()
        }
    }

    /// The pointers and messages of the failures of one expectation.
    fn failures(expect: Value) -> Vec<(String, String)> {
        let expect: Expect = serde_json::from_value(expect).unwrap();
        let zone = TimeZone::get("Europe/Paris").unwrap();
        judge(&expect, &found(), &zone).into_iter().map(|failure| (failure.pointer, failure.message)).collect()
    }

    #[test]
    fn what_is_as_expected_or_not_named_does_not_fail() {
        let expect = json!({"launches": ["2026-12-03T09:00"], "runs": [{
            "state": "held", "activities": {"ask": "held"}, "counts": {"who": 2, "who.other": 0, "mail": 0},
            "members": {"who": [2, "1"]},
            "messages": {"mail": {"targeted": 2, "sent": 1, "failed": 0, "excluded": {"no_consent": 1, "suppressed": 0},
                "to": ["a@x.example"], "subjects": {"1": "Hi"}, "contains": {"1": ["Hi Ann", "<p>"]}}},
        }]});
        assert_eq!(failures(expect), []);
        assert_eq!(failures(json!({"runs": [{}]})), []);
        let skipped = json!([{"at": "2026-12-05T08:00:00Z"}, {"at": "2026-12-04T09:00", "reason": "overlap"}]);
        assert_eq!(failures(json!({"skipped": skipped})), []);
        let after = json!({"launches": ["2026-12-03T09:00"], "skipped": [], "runs": [{"counts": {"who": 2}}]});
        assert_eq!(failures(json!({"campaigns": {"after": after}})), []);
        assert_eq!(failures(json!({})), []);
    }

    #[test]
    fn failures_say_what_was_found() {
        for (expect, pointer, message) in [
            (
                json!({"launches": ["2026-12-03T09:00", "2026-12-10T09:00"]}),
                "/expect/launches/1",
                "no run began at 2026-12-10T09:00:00+01:00",
            ),
            (
                json!({"launches": []}),
                "/expect/launches",
                "a run began at 2026-12-03T09:00:00+01:00, which is not expected",
            ),
            (json!({"runs": []}), "/expect/runs", "0 runs expected, and there was 1 run"),
            (
                json!({"skipped": [{"at": "2026-12-04T09:00", "reason": "missed"}, {"at": "2026-12-05T09:00"}]}),
                "/expect/skipped/0/reason",
                "the launch at 2026-12-04T09:00:00+01:00 was skipped for overlap (run 1 is held), not for missed",
            ),
            (
                json!({"skipped": [{"at": "2026-12-04T09:00"}]}),
                "/expect/skipped",
                "a launch at 2026-12-05T09:00:00+01:00 was skipped, which is not expected: missed",
            ),
            (
                json!({"campaigns": {"after": {"skipped": [{"at": "2026-12-04T09:00"}]}}}),
                "/expect/campaigns/after/skipped/0",
                "in `after`: no launch was skipped at 2026-12-04T09:00:00+01:00",
            ),
            (
                json!({"campaigns": {"after": {"runs": [{"counts": {"who": 2}}, {}]}}}),
                "/expect/campaigns/after/runs",
                "in `after`: 2 runs expected, and there was 1 run",
            ),
            (
                json!({"campaigns": {"after": {"runs": [{"state": "failed"}]}}}),
                "/expect/campaigns/after/runs/0/state",
                "in `after`: run 1 is held, not failed: somebody is asked",
            ),
            (
                json!({"campaigns": {"after": {"launches": []}}}),
                "/expect/campaigns/after/launches",
                "in `after`: a run began at 2026-12-03T09:00:00+01:00, which is not expected",
            ),
            (
                json!({"runs": [{"state": "completed"}]}),
                "/expect/runs/0/state",
                "run 1 is held, not completed: somebody is asked",
            ),
            (
                json!({"runs": [{"activities": {"ask": "skipped"}}]}),
                "/expect/runs/0/activities/ask",
                "`ask` is held in run 1, not skipped: somebody is asked",
            ),
            (
                json!({"runs": [{"counts": {"who": 3}}]}),
                "/expect/runs/0/counts/who",
                "2 rows left `who` in run 1; 3 rows expected",
            ),
            (
                json!({"runs": [{"counts": {"ask.approved": 0}}]}),
                "/expect/runs/0/counts/ask.approved",
                "`ask` has not come so far in run 1, which is held: somebody is asked; 0 rows expected",
            ),
            (
                json!({"runs": [{"members": {"who": [1, 3, 4]}}]}),
                "/expect/runs/0/members/who",
                "the members of `who` in run 1 are others: missing are `3`, `4`; not expected is `2`",
            ),
            (
                json!({"runs": [{"messages": {"mail": {"sent": 2}}}]}),
                "/expect/runs/0/messages/mail/sent",
                "1 sent by `mail` in run 1; 2 expected",
            ),
            (
                json!({"runs": [{"messages": {"mail": {"excluded": {"suppressed": 1}}}}]}),
                "/expect/runs/0/messages/mail/excluded/suppressed",
                "0 excluded by `mail` in run 1 for `suppressed`; 1 expected",
            ),
            (
                json!({"runs": [{"messages": {"mail": {"subjects": {"1": "Ho"}}}}]}),
                "/expect/runs/0/messages/mail/subjects/1",
                "the subject to `1` from `mail` in run 1 is `Hi`, not `Ho`",
            ),
            (
                json!({"runs": [{"messages": {"mail": {"contains": {"2": ["x"]}}}}]}),
                "/expect/runs/0/messages/mail/contains/2",
                "`mail` in run 1 sent nothing to `2`",
            ),
            (
                json!({"runs": [{"messages": {"mail": {"contains": {"1": ["Hi", "Bob"]}}}}]}),
                "/expect/runs/0/messages/mail/contains/1/1",
                "the message to `1` from `mail` in run 1 does not have `Bob`",
            ),
        ] {
            assert_eq!(failures(expect), [(pointer.to_owned(), message.to_owned())]);
        }
    }
}
