//! Comparing what a test expects with what its runs came to.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tutti_model::problem::join_pointer;
use tutti_model::test_case::{At, Expect, Key, MessageExpect, RunExpect, RunState, activity_and_port};

use super::outcome::{TestMessages, TestRun};
use super::{TestFailure, shown};

/// Everything that is not as it is expected.
pub(super) fn judge(expect: &Expect, runs: &[TestRun], zone: &TimeZone) -> Vec<TestFailure> {
    let mut judge = Judge { zone, failures: Vec::new() };
    if let Some(launches) = &expect.launches {
        judge.launches(launches, runs);
    }
    if let Some(expected) = &expect.runs {
        judge.runs(expected, runs);
    }
    judge.failures
}

struct Judge<'a> {
    zone: &'a TimeZone,
    failures: Vec<TestFailure>,
}

impl Judge<'_> {
    fn fail(&mut self, pointer: &str, message: String, expected: Value, found: Value) {
        self.failures.push(TestFailure {
            code: "expectation".to_owned(),
            pointer: pointer.to_owned(),
            message,
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
        for (index, at) in expected.iter().enumerate() {
            let at = at.instant(self.zone);
            match began.iter().position(|(began, _)| *began == at) {
                Some(place) => drop(began.remove(place)),
                None => {
                    let at = shown(at, self.zone);
                    let message = format!("no run began at {at}");
                    self.fail(&format!("/expect/launches/{index}"), message, json!(at), all.clone());
                }
            }
        }
        for (_, at) in began {
            let message = format!("a run began at {at}, which is not expected");
            self.fail("/expect/launches", message, Value::Null, json!(at));
        }
    }

    fn runs(&mut self, expected: &[RunExpect], runs: &[TestRun]) {
        if expected.len() != runs.len() {
            let message = format!("{} expected, and there {}", counted(expected.len(), "run"), was(runs.len(), "run"));
            self.fail("/expect/runs", message, json!(expected.len()), json!(runs.len()));
        }
        for (index, (expected, run)) in expected.iter().zip(runs).enumerate() {
            self.run(expected, run, &format!("/expect/runs/{index}"), index + 1);
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

    fn members(&mut self, expected: &[Key], found: Option<&Vec<String>>, pointer: &str, place: &str) {
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

    /// The pointers and messages of the failures of one expectation.
    fn failures(expect: Value) -> Vec<(String, String)> {
        let expect: Expect = serde_json::from_value(expect).unwrap();
        let zone = TimeZone::get("Europe/Paris").unwrap();
        judge(&expect, &[run()], &zone).into_iter().map(|failure| (failure.pointer, failure.message)).collect()
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
