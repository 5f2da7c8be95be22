//! Time and chance, passed in by whoever starts a workspace.

use jiff::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// UTC microseconds.
    fn now_us(&self) -> i64 {
        self.now().as_microsecond()
    }
}

/// Draws the random part of ids and the seeds of runs.
pub trait Chance: Send + Sync {
    fn bits(&self) -> u128;

    /// The seed of a run of `campaign` that begins now.
    fn seed(&self, campaign: &str, now_us: i64) -> u64 {
        let _ = (campaign, now_us);
        self.bits() as u64
    }
}
