//! The groups that wait for a connection.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, mpsc};

use super::batch::Loaded;
use crate::outcome::Outcome;

/// A few neighbouring messages of one batch, for one connection.
#[derive(Debug)]
pub struct Group {
    pub batch: Arc<Loaded>,
    /// Positions in the batch.
    pub range: Range<usize>,
    /// Tells this handing over from all others of the same batch.
    pub attempt: i64,
    pub report: mpsc::UnboundedSender<Report>,
}

/// What became of a group.
#[derive(Debug)]
pub struct Report {
    pub range: Range<usize>,
    pub begun_us: i64,
    pub ended_us: i64,
    pub what: Reported,
}

#[derive(Debug)]
pub enum Reported {
    /// One outcome for each message; they are on disk.
    Answered(Vec<Outcome>),
    /// Nothing was handed over.
    NotTried,
    /// The batch is somebody else's by now; nothing was handed over.
    Lost,
}

impl Group {
    pub fn tell(self, begun_us: i64, ended_us: i64, what: Reported) {
        // A batch that is gone needs no report.
        let _ = self.report.send(Report { range: self.range, begun_us, ended_us, what });
    }
}

/// Groups in the order in which they came.
#[derive(Debug, Default)]
pub struct Queue {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    groups: VecDeque<Group>,
    is_closed: bool,
}

impl Queue {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds groups; those that come after the end are reported as not tried.
    pub fn push(&self, groups: impl IntoIterator<Item = Group>) {
        let mut state = self.state();
        for group in groups {
            if state.is_closed {
                group.tell(0, 0, Reported::NotTried);
            } else {
                state.groups.push_back(group);
                self.changed.notify_one();
            }
        }
    }

    pub fn try_pop(&self) -> Option<Group> {
        self.state().groups.pop_front()
    }

    /// Waits until there is a group; `false` after the end. Somebody else may be quicker to take it.
    pub async fn has_work(&self) -> bool {
        loop {
            let changed = self.changed.notified();
            {
                let state = self.state();
                if !state.groups.is_empty() {
                    return true;
                }
                if state.is_closed {
                    return false;
                }
            }
            changed.await;
        }
    }

    /// Ends the queue; what waits is reported as not tried.
    pub fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        for group in state.groups.drain(..) {
            group.tell(0, 0, Reported::NotTried);
        }
        drop(state);
        self.changed.notify_waiters();
    }
}
