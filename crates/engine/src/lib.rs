//! What a campaign and a run do next, as pure decisions.
//!
//! Owns the states of runs and tasks and every move between them: from (state, event, now) to what changes; and the
//! launch times of schedules. It has no clock, no random, no IO and no memory: everything that a decision depends on
//! is in its arguments, and everything that must be remembered is in its result, so that a decision taken twice does
//! no harm.
//!
//! ```
//! use tutti_engine::run::{Edge, Event, Graph, Node, RunView};
//!
//! let node = |id: &str| Node { id: id.into(), kind: "wait".into(), enabled: true };
//! let edge = Edge { from: "first".into(), port: "out".into(), to: "second".into() };
//! let graph = Graph::new(vec![node("first"), node("second")], vec![edge])?;
//! let decision = graph.decide(&RunView::new(&graph), &Event::Started, 0)?;
//! assert_eq!(decision.ready, ["first"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod campaign;
pub mod run;
pub mod schedule;
