//! What happens after an activity failed: tried again, or not, and then what.

use serde::{Deserialize, Serialize};

/// Who has to act on an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorClass {
    /// The campaign or its data is wrong.
    User,
    /// Somebody else was faster.
    Conflict,
    /// Something that is needed is not there.
    NotFound,
    /// A limit was reached.
    Limit,
    /// Another system is away or overloaded.
    External,
    /// A defect in Tutti.
    Internal,
}

impl ErrorClass {
    /// Whether the same step may succeed a while later without anybody's doing.
    pub fn passes(self) -> bool {
        matches!(self, ErrorClass::Conflict | ErrorClass::External)
    }
}

/// What a run does when an activity has failed for good.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnFailure {
    /// The run pauses; resuming it tries the activity again.
    #[default]
    Pause,
    /// The run goes on without the activity and what only it leads to.
    Ignore,
    /// The run ends as failed.
    Abort,
    /// The run goes on by the activity's `error` port only.
    ErrorPort,
}

/// An activity's policy for failures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FailurePolicy {
    /// How often the activity is tried in all, at least once; only errors that may pass are tried again.
    pub attempts: u32,
    /// The pause before the second attempt; it doubles with each further one.
    pub backoff_us: i64,
    /// The longest pause between two attempts.
    pub backoff_us_max: i64,
    /// What the run does after the last attempt.
    pub then: OnFailure,
}

impl Default for FailurePolicy {
    /// Three attempts, ten seconds and twenty seconds apart, then the run pauses.
    fn default() -> Self {
        FailurePolicy { attempts: 3, backoff_us: 10_000_000, backoff_us_max: 600_000_000, then: OnFailure::Pause }
    }
}

impl FailurePolicy {
    /// When an activity that failed at `now_us` in its attempt number `attempt` (from 1) is tried again, if it is.
    pub fn retry_at(&self, class: ErrorClass, attempt: u32, now_us: i64) -> Option<i64> {
        if !class.passes() || attempt >= self.attempts {
            return None;
        }
        let doublings = attempt.saturating_sub(1).min(62);
        let pause = self.backoff_us.max(0).saturating_mul(1_i64 << doublings).min(self.backoff_us_max.max(0));
        Some(now_us.saturating_add(pause))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest() {
        let policy = FailurePolicy { attempts: 5, backoff_us: 10, backoff_us_max: 35, then: OnFailure::Pause };
        let at = |attempt| policy.retry_at(ErrorClass::External, attempt, 100);
        assert_eq!([at(1), at(2), at(3), at(4), at(5)], [Some(110), Some(120), Some(135), Some(135), None]);
        assert_eq!(policy.retry_at(ErrorClass::User, 1, 100), None);
        let extreme = FailurePolicy { attempts: u32::MAX, backoff_us: i64::MAX, backoff_us_max: i64::MAX, ..policy };
        assert_eq!(extreme.retry_at(ErrorClass::Conflict, 200, i64::MAX), Some(i64::MAX));
    }
}
