//! Who decides where a process dies.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use tokio::sync::Notify;
use tutti_runner::{Step, Witness};

use super::random::Random;

/// How the next death is chosen.
pub enum Plan {
    /// Nobody dies; the steps are counted.
    Nobody,
    /// At these occurrences of every step, counted over all lives.
    Each(BTreeSet<u64>),
    /// After a random number of steps below this.
    Random { steps_max: u64, seed: u64 },
}

/// Watches the steps of one process after the other.
pub struct Death {
    state: Mutex<State>,
    died: Notify,
}

struct State {
    plan: Plan,
    is_armed: bool,
    is_dead: bool,
    /// Steps until the end of this life, with [`Plan::Random`].
    left: u64,
    random: Random,
    passed: BTreeMap<Step, u64>,
    killed: BTreeMap<Step, u64>,
}

impl Death {
    pub fn new(plan: Plan) -> Self {
        let seed = match plan {
            Plan::Random { seed, .. } => seed,
            _ => 0,
        };
        let mut state = State {
            plan,
            is_armed: false,
            is_dead: false,
            left: 0,
            random: Random::new(seed),
            passed: BTreeMap::new(),
            killed: BTreeMap::new(),
        };
        state.begin_life();
        Self { state: Mutex::new(state), died: Notify::new() }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether steps count at all: what people do is not disturbed.
    pub fn arm(&self, is_armed: bool) {
        self.state().is_armed = is_armed;
    }

    /// A new process begins.
    pub fn begin_life(&self) {
        self.state().begin_life();
    }

    /// Resolves when the process has died.
    pub async fn died(&self) {
        self.died.notified().await;
    }

    /// The steps at which a process died, and how often.
    pub fn killed(&self) -> BTreeMap<Step, u64> {
        self.state().killed.clone()
    }

    pub fn kills(&self) -> u64 {
        self.state().killed.values().sum()
    }

    /// All steps that were come by.
    pub fn passed(&self) -> BTreeMap<Step, u64> {
        self.state().passed.clone()
    }
}

impl State {
    fn begin_life(&mut self) {
        self.is_dead = false;
        if let Plan::Random { steps_max, .. } = self.plan {
            self.left = 1 + self.random.below(steps_max);
        }
    }

    fn is_last(&mut self, step: Step) -> bool {
        let count = self.passed.entry(step).or_default();
        *count += 1;
        match &self.plan {
            Plan::Nobody => false,
            Plan::Each(occurrences) => occurrences.contains(count),
            Plan::Random { .. } => {
                self.left = self.left.saturating_sub(1);
                self.left == 0
            }
        }
    }
}

impl Witness for Death {
    fn ends(&self, step: Step) -> bool {
        let mut state = self.state();
        if state.is_dead || !state.is_armed {
            return state.is_dead;
        }
        if !state.is_last(step) {
            return false;
        }
        state.is_dead = true;
        *state.killed.entry(step).or_default() += 1;
        self.died.notify_one();
        true
    }
}
