//! The faults of a running server, with how often each had its chance and fired.

use std::collections::HashSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::fault::{DropAt, Fault, FaultKind, HangAt, Refusal, Stage, address_hash};

/// How often a fault had its chance and fired.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultCount {
    /// The rule in its canonical form.
    pub rule: String,
    /// Times at which the fault could have fired, its limits aside.
    pub seen: u64,
    pub fired: u64,
}

/// All faults of one server.
pub(super) struct FaultSet(Vec<State>);

struct State {
    fault: Fault,
    seen: AtomicU64,
    fired: AtomicU64,
    addresses: Mutex<HashSet<u64>>,
}

impl FaultSet {
    pub(super) fn new(faults: Vec<Fault>) -> Self {
        let state =
            |fault| State { fault, seen: AtomicU64::new(0), fired: AtomicU64::new(0), addresses: Mutex::default() };
        Self(faults.into_iter().map(state).collect())
    }

    pub(super) fn counts(&self) -> Vec<FaultCount> {
        let count = |state: &State| FaultCount {
            rule: state.fault.to_string(),
            seen: state.seen.load(Ordering::Relaxed),
            fired: state.fired.load(Ordering::Relaxed),
        };
        self.0.iter().map(count).collect()
    }

    /// The refusal due at a stage. `subjects` are the addresses concerned: the sender at `mail`, the recipient at
    /// `rcpt`, all recipients at `data` and `end`; percentages go by the first, globs by any of them.
    pub(super) fn refusal<S: AsRef<str>>(&self, at: Stage, subjects: &[S]) -> Option<&Refusal> {
        self.0.iter().find_map(|state| match &state.fault.kind {
            FaultKind::Refuse { who, stage, reply } if *stage == at => {
                let considered = match who {
                    super::fault::Who::Share(_) => subjects.get(..1).unwrap_or_default(),
                    _ => subjects,
                };
                let hit = considered.iter().find(|s| state.fault.concerns(s.as_ref()));
                let everyone = matches!(who, super::fault::Who::All);
                let address = hit.map(AsRef::as_ref).or(everyone.then_some(""))?;
                state.fires(address).then_some(reply)
            }
            _ => None,
        })
    }

    /// How long the next answer has to wait.
    pub(super) fn delay(&self) -> Duration {
        let due = |state: &State| match state.fault.kind {
            FaultKind::Delay(by) if state.fires("") => by,
            _ => Duration::ZERO,
        };
        self.0.iter().map(due).sum()
    }

    pub(super) fn hangs(&self, at: HangAt, address: &str) -> bool {
        self.any(address, |kind| matches!(kind, FaultKind::Hang(place) if *place == at))
    }

    pub(super) fn drops(&self, at: DropAt, address: &str) -> bool {
        self.any(address, |kind| matches!(kind, FaultKind::Drop(place) if *place == at))
    }

    fn any(&self, address: &str, is: impl Fn(&FaultKind) -> bool) -> bool {
        self.0.iter().any(|state| is(&state.fault.kind) && state.fires(address))
    }
}

impl State {
    /// Counts one chance and says whether the fault takes it.
    fn fires(&self, address: &str) -> bool {
        let seen = self.seen.fetch_add(1, Ordering::Relaxed) + 1;
        if self.fault.every.is_some_and(|n| !seen.is_multiple_of(n)) {
            return false;
        }
        if self.fault.once {
            let mut known = self.addresses.lock().unwrap_or_else(PoisonError::into_inner);
            if !known.insert(address_hash(address)) {
                return false;
            }
        }
        let limit = self.fault.first.unwrap_or(u64::MAX);
        self.fired.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| (n < limit).then_some(n + 1)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(rule: &str) -> FaultSet {
        FaultSet::new(vec![rule.parse().unwrap()])
    }

    #[test]
    fn limits_bound_how_often_a_fault_fires() {
        for (rule, expected) in [
            ("refuse rcpt", [true, true, true, true, true, true]),
            ("refuse rcpt first 2", [true, true, false, false, false, false]),
            ("refuse rcpt every 3", [false, false, true, false, false, true]),
            ("refuse rcpt every 2 first 2", [false, true, false, true, false, false]),
        ] {
            let faults = set(rule);
            let fired = expected.map(|_| faults.refusal(Stage::Rcpt, &["a@b"]).is_some());
            assert_eq!(fired, expected, "{rule}");
            assert_eq!(faults.counts()[0].seen, 6);
            assert_eq!(faults.counts()[0].fired, expected.iter().filter(|f| **f).count() as u64);
        }
    }

    #[test]
    fn once_is_per_address_and_globs_look_at_all_recipients() {
        let faults = set("tempfail to *@x.example end 451 once");
        let refused = |to: &[&str]| faults.refusal(Stage::End, to).is_some();
        assert!(refused(&["a@y.example", "a@x.example"]));
        assert!(!refused(&["A@X.example"]));
        assert!(refused(&["b@x.example"]));
        assert!(!refused(&["b@y.example"]));
        assert!(faults.refusal(Stage::Rcpt, &["c@x.example"]).is_none());
    }
}
