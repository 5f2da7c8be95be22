//! A next hop that is away: the activity is held, and tries again by itself for as long as its channel tries messages
//! again. After that it waits for a person.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use tutti_model::channel::Retry;
use tutti_store::Task;

use crate::control::{HoldKind, answer_to};

/// How long a next hop may be away before the activity is held.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// The pause before the first new attempt, microseconds; it doubles with each further one.
const PAUSE_US: i64 = 30_000_000;

/// The longest pause, microseconds.
const PAUSE_US_MAX: i64 = 600_000_000;

/// How long a next hop has been away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Away {
    /// Since when, UTC microseconds.
    pub since_us: i64,
    /// How often it was found away.
    pub tries: u32,
}

impl Away {
    /// Once it was found away now. With `answered` it was not all the time, and after somebody's word all begins anew.
    pub fn found(task: &Task, answered: bool, now_us: i64) -> Self {
        let before = Self::of(task).filter(|before| !answered && !before.was_let_go_on(task));
        let before = before.unwrap_or(Self { since_us: now_us, tries: 0 });
        Self { tries: before.tries.saturating_add(1), ..before }
    }

    /// As the task's last hold has it.
    fn of(task: &Task) -> Option<Self> {
        let hold = task.hold.as_ref().filter(|hold| HoldKind::of(Some(*hold)) == Some(HoldKind::Provider))?;
        let since: Timestamp = hold.get("since")?.as_str()?.parse().ok()?;
        let tries = hold.get("tries").and_then(Value::as_u64).and_then(|tries| u32::try_from(tries).ok());
        Some(Self { since_us: since.as_microsecond(), tries: tries.unwrap_or_default() })
    }

    fn was_let_go_on(self, task: &Task) -> bool {
        let answered = answer_to(task, HoldKind::Provider).and_then(|answer| answer.get("at_us")?.as_i64());
        answered.is_some_and(|at_us| at_us >= self.since_us)
    }

    /// When it is tried again, UTC microseconds; `None` once the channel's time for that is over.
    pub fn again_us(self, retry: Retry, now_us: i64) -> Option<i64> {
        let doubled = PAUSE_US.saturating_mul(1_i64.checked_shl(self.tries.saturating_sub(1)).unwrap_or(i64::MAX));
        let pause_us = if doubled > 0 { doubled.min(PAUSE_US_MAX) } else { PAUSE_US_MAX };
        let end_us = self.since_us.saturating_add(i64::from(retry.window_s) * 1_000_000);
        Some(now_us.saturating_add(pause_us)).filter(|again_us| *again_us <= end_us)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_until_the_window_is_over() {
        let retry = Retry { window_s: 3_600, ..Retry::default() };
        let away = |tries: u32| Away { since_us: 0, tries };
        for (tries, now_s, again_s) in [
            (1, 20, Some(50)),
            (2, 70, Some(130)),
            (6, 1_000, Some(1_600)),
            (200, 2_000, Some(2_600)),
            (8, 3_000, Some(3_600)),
            (9, 3_001, None),
        ] {
            let again = away(tries).again_us(retry, now_s * 1_000_000).map(|at| at / 1_000_000);
            assert_eq!(again, again_s, "{tries} {now_s}");
        }
        assert_eq!(away(1).again_us(Retry { window_s: 0, ..retry }, 0), None);
    }
}
