//! Time that passes only when it is told to, and chance that is the same every time.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use jiff::Timestamp;
use tutti_query::functions::rank_of;

use crate::clock::{Chance, Clock};

/// Stands still until it is set forward.
pub(super) struct SimulatedClock(AtomicI64);

impl SimulatedClock {
    pub fn new(at: Timestamp) -> Self {
        Self(AtomicI64::new(at.as_microsecond()))
    }

    /// Sets it forward; a time that has passed changes nothing.
    pub fn forward(&self, to_us: i64) {
        self.0.fetch_max(to_us, Ordering::SeqCst);
    }
}

impl Clock for SimulatedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap_or(Timestamp::MAX)
    }
}

/// Numbers that do not depend on anything: the same test chooses the same rows every time.
#[derive(Default)]
pub(super) struct CountedChance(AtomicU64);

impl Chance for CountedChance {
    /// The low 64 bits, which seeds are made of, are well mixed (SplitMix64); the count above them keeps ids of one
    /// instant in the order in which they were made.
    fn bits(&self) -> u128 {
        let count = self.0.fetch_add(1, Ordering::SeqCst);
        let mut mixed = count.wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (u128::from(count) << 64) | u128::from(mixed ^ (mixed >> 31))
    }

    /// Of the campaign and the time alone, so that who is chosen does not change with what else draws numbers.
    fn seed(&self, campaign: &str, now_us: i64) -> u64 {
        rank_of(now_us.cast_unsigned(), [Some(campaign)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_go_forward_only() {
        let start: Timestamp = "2026-12-01T08:00:00Z".parse().unwrap();
        let clock = SimulatedClock::new(start);
        clock.forward(start.as_microsecond() - 1);
        assert_eq!(clock.now(), start);
        clock.forward(start.as_microsecond() + 5);
        assert_eq!(clock.now_us(), start.as_microsecond() + 5);
    }

    #[test]
    fn chance_is_the_same_every_time_and_in_order() {
        let draw = || {
            let chance = CountedChance::default();
            (0..100).map(|_| chance.bits()).collect::<Vec<u128>>()
        };
        let drawn = draw();
        assert_eq!(drawn, draw());
        assert!(drawn.is_sorted() && drawn.windows(2).all(|pair| pair[0] as u64 != pair[1] as u64));
    }
}
