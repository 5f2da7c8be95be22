//! What every activity can be told, whatever its type.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::duration::Duration;
use crate::problem::{Problem, join_pointer};

/// The most often that a failing activity may be tried.
pub const ATTEMPTS_MAX: u32 = 100;

/// Settings that every activity has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Common {
    /// Its name on the canvas; the id when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// For whoever reads the canvas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notes: Option<String>,
    /// A disabled activity is skipped, and whatever only it leads to.
    pub enabled: bool,
    /// The run holds before this activity until somebody goes on with it; what arrives can be looked at.
    pub breakpoint: bool,
    /// When it works for longer than this, the run's log has a warning.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected_duration: Option<Duration>,
    /// What happens when it fails; as the campaign says when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_error: Option<OnError>,
}

impl Default for Common {
    fn default() -> Self {
        Self { label: None, notes: None, enabled: true, breakpoint: false, expected_duration: None, on_error: None }
    }
}

/// What happens when an activity fails: it may be tried again, and then what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OnError {
    /// How often it is tried when the error may pass (another system is away or busy). Three times when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub retry: Option<Retry>,
    /// What the run does after the last attempt.
    pub then: Then,
}

/// How often and how soon a failing activity is tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Retry {
    /// Attempts in all, at least one.
    pub attempts: u32,
    /// The pause before the second attempt; it doubles with each further one.
    #[serde(default = "ten_seconds")]
    pub backoff: Duration,
    /// The longest pause between two attempts.
    #[serde(default = "ten_minutes")]
    pub backoff_max: Duration,
}

/// What a run does when an activity has failed for good.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Then {
    /// The run pauses; resuming it tries the activity again.
    #[default]
    Pause,
    /// The run goes on without the activity and what only it leads to.
    Ignore,
    /// The run ends as failed.
    Abort,
    /// What arrived leaves by the port `error`, and by no other.
    Port,
}

const fn ten_seconds() -> Duration {
    Duration::from_seconds(10)
}

const fn ten_minutes() -> Duration {
    Duration::from_seconds(600)
}

impl OnError {
    /// Adds what is wrong with the values; `pointer` leads to it.
    pub fn check(&self, pointer: &str, problems: &mut Vec<Problem>) {
        if let Some(attempts) = self.retry.map(|retry| retry.attempts).filter(|n| !(1..=ATTEMPTS_MAX).contains(n)) {
            let at = join_pointer(&join_pointer(pointer, "retry"), "attempts");
            let message = format!("an activity is tried 1 to {ATTEMPTS_MAX} times, not {attempts}");
            problems.push(Problem::error("bad_value", at, message));
        }
    }

    /// Adds what is wrong with it as the default of all activities of a campaign.
    pub fn check_default(&self, pointer: &str, problems: &mut Vec<Problem>) {
        self.check(pointer, problems);
        if self.then == Then::Port {
            let message = "what fails leaves by `error` only where an activity says so itself";
            let hint = "set `on_error: {then: port}` on the activity; here, `pause`, `ignore` or `abort`";
            problems.push(Problem::error("bad_value", join_pointer(pointer, "then"), message).hint(hint));
        }
    }
}

impl Common {
    /// The names of the fields.
    pub const FIELDS: [&'static str; 6] = ["label", "notes", "enabled", "breakpoint", "expected_duration", "on_error"];

    /// Whether what arrives leaves by the port `error` when the activity fails.
    pub fn has_error_port(&self) -> bool {
        self.on_error.is_some_and(|on_error| on_error.then == Then::Port)
    }

    /// Adds what is wrong with the values; `pointer` leads to the activity.
    pub fn check(&self, pointer: &str, problems: &mut Vec<Problem>) {
        if let Some(on_error) = &self.on_error {
            on_error.check(&join_pointer(pointer, "on_error"), problems);
        }
        if self.expected_duration.is_some_and(Duration::is_zero) {
            let at = join_pointer(pointer, "expected_duration");
            problems.push(Problem::error("bad_value", at, "an expected duration is longer than nothing"));
        }
        for (name, text) in [("label", &self.label), ("notes", &self.notes)] {
            if text.as_ref().is_some_and(String::is_empty) {
                let message = format!("`{name}` is an empty text");
                problems.push(Problem::error("wrong_type", join_pointer(pointer, name), message));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn policies_are_read() {
        let common: Common = serde_json::from_value(json!({
            "breakpoint": true, "expected_duration": "10m",
            "on_error": {"retry": {"attempts": 5, "backoff": "1m"}, "then": "port"},
        }))
        .unwrap();
        assert!(common.enabled && common.breakpoint && common.has_error_port());
        let retry = common.on_error.and_then(|on_error| on_error.retry).unwrap();
        assert_eq!((retry.attempts, retry.backoff.as_us(), retry.backoff_max), (5, 60_000_000, ten_minutes()));
        assert_eq!(serde_json::from_value::<OnError>(json!({})).unwrap().then, Then::Pause);
        let mut problems = Vec::new();
        let wrong = json!({"expected_duration": "0s", "on_error": {"retry": {"attempts": 0}}, "label": ""});
        serde_json::from_value::<Common>(wrong).unwrap().check("/a", &mut problems);
        let pointers: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
        assert_eq!(pointers, ["/a/on_error/retry/attempts", "/a/expected_duration", "/a/label"]);
    }
}
