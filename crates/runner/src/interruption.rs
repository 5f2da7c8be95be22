//! Telling work in hand to end: sending and calling when its run is paused, everything when its run has ended.
//!
//! What is cut short may have been killed just as well, and everything here may be killed at any instruction. Within
//! this process it is told at once; other processes see it in the state, at which each worker looks every second.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// How often a worker looks whether the run of its task goes on.
pub(crate) const LOOK: Duration = Duration::from_secs(1);

/// What tells one stretch of work to end.
#[derive(Clone, Debug)]
pub(crate) struct Interruption {
    /// No new message, no new call: the run is paused or has ended, or the process shuts down.
    pub paused: CancellationToken,
    /// Nothing more at all: the run has ended.
    pub stopped: CancellationToken,
}

/// By run.
#[derive(Debug, Default)]
pub(crate) struct Interrupts(Mutex<HashMap<String, Interruption>>);

impl Interrupts {
    /// What ends work for a run, from now on; what was told before is told to work before.
    pub fn of(&self, run: &str, within: &CancellationToken) -> Interruption {
        let mut runs = self.runs();
        runs.retain(|_, interruption| !interruption.stopped.is_cancelled());
        let fresh = || Interruption { paused: within.child_token(), stopped: CancellationToken::new() };
        let interruption = runs.entry(run.to_owned()).or_insert_with(fresh);
        if interruption.paused.is_cancelled() {
            interruption.paused = within.child_token();
        }
        interruption.clone()
    }

    /// Tells what works for a run to end: sending and calling, or everything.
    pub fn tell(&self, run: &str, everything: bool) {
        let mut runs = self.runs();
        let Some(interruption) = runs.get(run) else { return };
        interruption.paused.cancel();
        if everything {
            interruption.stopped.cancel();
            runs.remove(run);
        }
    }

    fn runs(&self) -> MutexGuard<'_, HashMap<String, Interruption>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Interruption {
    /// Does work that can be cut short anywhere, unless the run ends meanwhile.
    pub async fn unless_stopped<T>(&self, work: impl Future<Output = Result<T>>) -> Result<T> {
        tokio::select! {
            biased;
            () = self.stopped.cancelled() => Err(Error::Interrupted),
            done = work => done,
        }
    }
}

impl Workspace {
    /// Looks whether a run goes on, and tells its work to end where it does not.
    pub(crate) async fn look_at_run(&self, run: &str) -> Result<()> {
        let found = self.find_run(run).await?;
        let ended = found.finished_us.is_some();
        if ended || found.state == "paused" {
            self.interrupts.tell(run, ended);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_sending_and_a_stop_everything() {
        let interrupts = Interrupts::default();
        let within = CancellationToken::new();
        let first = interrupts.of("run_1", &within);
        let other = interrupts.of("run_2", &within);
        interrupts.tell("run_1", false);
        assert!(first.paused.is_cancelled() && !first.stopped.is_cancelled());
        let resumed = interrupts.of("run_1", &within);
        assert!(!resumed.paused.is_cancelled());
        interrupts.tell("run_1", true);
        assert!(resumed.paused.is_cancelled() && first.stopped.is_cancelled(), "what began before the pause, too");
        assert!(!interrupts.of("run_1", &within).stopped.is_cancelled(), "it may be opened again");
        within.cancel();
        assert!(other.paused.is_cancelled() && !other.stopped.is_cancelled());
    }
}
