//! Whether the next hop is alive. One that is not pauses the activity; its messages stay pending.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// What all connections know of the next hop.
#[derive(Debug)]
pub struct Health {
    state: Mutex<State>,
    patience_us: i64,
    /// So many troubles in a row are the next hop's, not the messages'.
    troubles_max: u32,
}

#[derive(Debug, Default)]
struct State {
    since_us: Option<i64>,
    troubles: u32,
    dead: Option<String>,
    /// It stays dead until somebody changes something.
    for_good: bool,
}

impl Health {
    pub fn new(patience_us: i64, connections: u16) -> Self {
        Self { state: Mutex::default(), patience_us, troubles_max: u32::from(connections).max(1) * 2 + 4 }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// It answered to a message.
    pub fn answered(&self) {
        let mut state = self.state();
        state.since_us = None;
        state.troubles = 0;
    }

    /// It did not answer, or let nobody in. Answers whether the message may be blamed for it.
    pub fn trouble(&self, why: &str, now_us: i64) -> bool {
        let mut state = self.state();
        state.troubles = state.troubles.saturating_add(1);
        let since = *state.since_us.get_or_insert(now_us);
        if now_us.saturating_sub(since) >= self.patience_us {
            state.dead.get_or_insert_with(|| why.to_owned());
        }
        state.troubles <= self.troubles_max
    }

    /// Waiting will not help.
    pub fn give_up(&self, why: &str) {
        let mut state = self.state();
        state.dead.get_or_insert_with(|| why.to_owned());
        state.for_good = true;
    }

    /// Whether it may be alive later by itself.
    pub fn may_pass(&self) -> bool {
        !self.state().for_good
    }

    /// Why it counts as dead, if it does.
    pub fn dead(&self) -> Option<String> {
        self.state().dead.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_silence_for_long_is_death() {
        let health = Health::new(1_000, 1);
        assert!(health.trouble("reset", 0));
        assert!(health.trouble("reset", 900));
        health.answered();
        assert!(health.trouble("reset", 1_500));
        assert_eq!(health.dead(), None);
        health.trouble("gone", 2_500);
        assert_eq!((health.dead().as_deref(), health.may_pass()), (Some("gone"), true));
        health.give_up("not let in");
        assert!(!health.may_pass());
    }

    #[test]
    fn many_troubles_in_a_row_are_not_the_messages_fault() {
        let health = Health::new(i64::MAX, 1);
        let blamed = (0..20).filter(|_| health.trouble("reset", 0)).count();
        assert_eq!(blamed, 6);
        health.answered();
        assert!(health.trouble("reset", 0));
    }
}
