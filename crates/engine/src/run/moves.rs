//! The states of runs and tasks, and the one list of moves between them. What is not in the list is refused.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The state of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum RunState {
    /// Its ready tasks are worked on.
    Running,
    /// Nothing new is begun until it is resumed.
    Paused,
    /// It waits for a person: everything that could go on without one has.
    Held,
    /// Everything that could run has run.
    Completed,
    /// A failed activity ended it.
    Failed,
    /// Somebody ended it.
    Stopped,
}

/// The state of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskState {
    /// Something before it has not ended.
    Waiting,
    /// A worker may claim it.
    Ready,
    /// A worker has claimed it.
    Running,
    /// It waits for a person, or for the time when it no longer does.
    Held,
    /// It did its work.
    Completed,
    /// It did not, and is not tried again by itself.
    Failed,
    /// It will never run.
    Skipped,
}

/// Every move of a run.
pub const RUN_MOVES: &[(RunState, RunState)] = &[
    (RunState::Running, RunState::Paused),
    (RunState::Running, RunState::Held),
    (RunState::Running, RunState::Completed),
    (RunState::Running, RunState::Failed),
    (RunState::Running, RunState::Stopped),
    (RunState::Paused, RunState::Running),
    // It was resumed, and waits for a person still.
    (RunState::Paused, RunState::Held),
    // What was at work when the run was paused may have been the last.
    (RunState::Paused, RunState::Completed),
    (RunState::Paused, RunState::Failed),
    (RunState::Paused, RunState::Stopped),
    (RunState::Held, RunState::Running),
    (RunState::Held, RunState::Paused),
    // The time came when what was held goes on by itself, or it was skipped.
    (RunState::Held, RunState::Completed),
    (RunState::Held, RunState::Failed),
    (RunState::Held, RunState::Stopped),
];

/// The moves by which a run that has ended is opened again, which only restarting it from an activity makes.
pub const RUN_OPENINGS: &[(RunState, RunState)] =
    &[(RunState::Failed, RunState::Running), (RunState::Stopped, RunState::Running)];

/// Every move of a task. One that is done anew begins again as waiting, whatever its state was.
pub const TASK_MOVES: &[(TaskState, TaskState)] = &[
    (TaskState::Waiting, TaskState::Ready),
    (TaskState::Waiting, TaskState::Skipped),
    (TaskState::Ready, TaskState::Running),
    (TaskState::Ready, TaskState::Skipped),
    // To be tried again, or given back.
    (TaskState::Running, TaskState::Ready),
    (TaskState::Running, TaskState::Held),
    (TaskState::Running, TaskState::Completed),
    (TaskState::Running, TaskState::Failed),
    // Somebody answered.
    (TaskState::Held, TaskState::Ready),
    // Nobody did in time.
    (TaskState::Held, TaskState::Running),
    (TaskState::Held, TaskState::Skipped),
    // The run was resumed.
    (TaskState::Failed, TaskState::Ready),
    (TaskState::Failed, TaskState::Skipped),
];

/// An event that does not fit the state that it meets. Nothing changes.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The run cannot make this move.
    #[error("the run is {from} and cannot become {to}; {instead}")]
    Run {
        /// The state that it is in.
        from: RunState,
        /// The state that the event would bring.
        to: RunState,
        /// What to do instead.
        instead: &'static str,
    },
    /// The task cannot make this move.
    #[error("the activity `{activity}` is {from} and cannot become {to}; {instead}")]
    Task {
        /// The activity.
        activity: String,
        /// The state that it is in.
        from: TaskState,
        /// The state that the event would bring.
        to: TaskState,
        /// What to do instead.
        instead: &'static str,
    },
    /// The run cannot be opened again.
    #[error("the run is {state} and cannot be opened again; {}", opened_instead(*state))]
    NotOpened {
        /// The state that it is in.
        state: RunState,
    },
    /// A worker has an activity in hand that would have to begin again, or to change.
    #[error("the activity `{activity}` is still at work; wait until it has stopped")]
    AtWork {
        /// The activity.
        activity: String,
    },
    /// What an activity has done outside of the run cannot be taken back.
    #[error("the activity `{activity}` {did} and cannot be done again; {instead}")]
    Outside {
        /// The activity.
        activity: String,
        /// What it has done, in words that follow its name.
        did: String,
        /// What to do instead.
        instead: String,
    },
    /// Nothing leads to the activity that the run would be opened from.
    #[error(
        "nobody comes to the activity `{activity}` in this run; restart from one before it, or run the campaign again"
    )]
    Unreached {
        /// The activity.
        activity: String,
    },
    /// A version of the campaign says otherwise than what was done.
    #[error("`{activity}` was done with another version: {how}; run the campaign again to take this one")]
    Contradicts {
        /// The activity.
        activity: String,
        /// What contradicts.
        how: String,
    },
    /// The event is about an activity that the run does not have.
    #[error("the run has no activity `{activity}`; it stays on the version of the campaign that it began with")]
    Unknown {
        /// The activity.
        activity: String,
    },
}

impl RunState {
    /// Every state.
    pub const ALL: [RunState; 6] =
        [RunState::Running, RunState::Paused, RunState::Held, RunState::Completed, RunState::Failed, RunState::Stopped];

    /// The state's word, as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            RunState::Running => "running",
            RunState::Paused => "paused",
            RunState::Held => "held",
            RunState::Completed => "completed",
            RunState::Failed => "failed",
            RunState::Stopped => "stopped",
        }
    }

    /// Whether the run is over.
    pub fn ended(self) -> bool {
        matches!(self, RunState::Completed | RunState::Failed | RunState::Stopped)
    }

    /// The move to another state; `None` where the run is there already.
    ///
    /// # Errors
    /// [`Error::Run`] for a move that is not in [`RUN_MOVES`].
    pub fn move_to(self, to: RunState) -> Result<Option<RunState>, Error> {
        if self == to {
            return Ok(None);
        }
        if RUN_MOVES.contains(&(self, to)) {
            return Ok(Some(to));
        }
        let instead = match self {
            RunState::Completed => "it has done everything: run the campaign again",
            RunState::Failed => "a failed activity ended it: restart it from an activity, or run the campaign again",
            RunState::Stopped => "somebody stopped it: restart it from an activity, or run the campaign again",
            RunState::Running | RunState::Paused | RunState::Held => "pause, resume or stop it",
        };
        Err(Error::Run { from: self, to, instead })
    }
}

fn opened_instead(state: RunState) -> &'static str {
    match state {
        RunState::Completed => "it has done everything: run the campaign again",
        _ => "pause or stop it first",
    }
}

impl TaskState {
    /// Every state.
    pub const ALL: [TaskState; 7] = [
        TaskState::Waiting,
        TaskState::Ready,
        TaskState::Running,
        TaskState::Held,
        TaskState::Completed,
        TaskState::Failed,
        TaskState::Skipped,
    ];

    /// The state's word, as stored and shown (`ready` shows as `waiting` to people).
    pub fn as_str(self) -> &'static str {
        match self {
            TaskState::Waiting => "waiting",
            TaskState::Ready => "ready",
            TaskState::Running => "running",
            TaskState::Held => "held",
            TaskState::Completed => "completed",
            TaskState::Failed => "failed",
            TaskState::Skipped => "skipped",
        }
    }

    /// Checks a move of the task of `activity`; a task that is there already may stay.
    ///
    /// # Errors
    /// [`Error::Task`] for a move that is not in [`TASK_MOVES`].
    pub fn move_to(self, to: TaskState, activity: &str) -> Result<(), Error> {
        if self == to || TASK_MOVES.contains(&(self, to)) {
            return Ok(());
        }
        Err(self.refuse(to, activity))
    }

    pub(super) fn refuse(self, to: TaskState, activity: &str) -> Error {
        let instead = match self {
            TaskState::Waiting => "what leads to it must end first",
            TaskState::Ready => "a worker must claim it first",
            TaskState::Running => "its worker must end it, or its lease",
            TaskState::Held => "it waits for a person: approve or reject it",
            TaskState::Completed => "its result stands: run the campaign again for another",
            TaskState::Failed => "resume the run to try it again",
            TaskState::Skipped => "nothing leads to it in this run: run the campaign again",
        };
        Error::Task { activity: activity.to_owned(), from: self, to, instead }
    }
}

/// A word that is no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no state")]
pub struct UnknownState(pub String);

impl FromStr for RunState {
    type Err = UnknownState;

    fn from_str(word: &str) -> Result<Self, UnknownState> {
        RunState::ALL.into_iter().find(|state| state.as_str() == word).ok_or_else(|| UnknownState(word.to_owned()))
    }
}

impl FromStr for TaskState {
    type Err = UnknownState;

    fn from_str(word: &str) -> Result<Self, UnknownState> {
        TaskState::ALL.into_iter().find(|state| state.as_str() == word).ok_or_else(|| UnknownState(word.to_owned()))
    }
}

impl fmt::Display for RunState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for TaskState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        assert!(RunState::ALL.into_iter().all(|state| state.as_str().parse() == Ok(state)));
        assert!(TaskState::ALL.into_iter().all(|state| state.as_str().parse() == Ok(state)));
        assert_eq!("done".parse::<RunState>(), Err(UnknownState("done".into())));
    }

    #[test]
    fn only_listed_moves_are_made() {
        for from in RunState::ALL {
            for to in RunState::ALL {
                let listed = RUN_MOVES.contains(&(from, to));
                assert_eq!(from.move_to(to).is_ok(), listed || from == to, "{from} to {to}");
                assert!(!(from.ended() && listed), "{from} is an end");
            }
        }
        for from in TaskState::ALL {
            for to in TaskState::ALL {
                assert_eq!(from.move_to(to, "a").is_ok(), from == to || TASK_MOVES.contains(&(from, to)));
            }
        }
        let text = RunState::Stopped.move_to(RunState::Running).unwrap_err().to_string();
        assert_eq!(
            text,
            "the run is stopped and cannot become running; somebody stopped it: restart it from an activity, or run the campaign again"
        );
    }
}
