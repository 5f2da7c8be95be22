//! A run: its canvas as a graph, its states, and the decision after each event.

mod decide;
mod edits;
mod failure;
mod graph;
mod moves;
mod restart;

pub use decide::{Decision, Event, RunView, TaskView};
pub use edits::{Edited, Edits};
pub use failure::{ErrorClass, FailurePolicy, OnFailure};
pub use graph::{ERROR_PORT, Edge, Error as GraphError, Graph, Node};
pub use moves::{Error, RUN_MOVES, RUN_OPENINGS, RunState, TASK_MOVES, TaskState, UnknownState};
pub use restart::{Outside, Restart};
