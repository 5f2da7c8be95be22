//! The clock, the randomness and the environment of this machine.

use std::sync::Arc;

use jiff::Timestamp;
use tutti_runner::{Chance, Clock, Secrets};

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is where the time comes from")]
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The system's source of randomness, fit for keys.
pub struct SystemChance;

impl Chance for SystemChance {
    fn bits(&self) -> u128 {
        let mut bytes = [0; 16];
        loop {
            // It fails at most while the system has not gathered enough to begin with.
            if getrandom::fill(&mut bytes).is_ok() {
                return u128::from_le_bytes(bytes);
            }
            std::thread::yield_now();
        }
    }
}

/// Values of the environment, for channels that name their passwords.
pub fn secrets() -> Secrets {
    Arc::new(|name: &str| std::env::var(name).ok())
}
