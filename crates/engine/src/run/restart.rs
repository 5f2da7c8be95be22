//! Opening a run again from one of its activities: that one and all that it leads to are done anew.
//!
//! Nobody may get a message twice, and what was done outside of the run cannot be taken back. An activity that has begun
//! such a thing can only be gone on with, and only as the one that the run is opened from: if one before it were done
//! anew, other rows would come to it than those it has begun with. One that has done it all cannot be done again.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{Course, Decision};
use super::graph::Graph;
use super::moves::{Error, RunState, TaskState};

/// What an activity has done outside of its run, in words that follow its name, such as `has sent 40 messages`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outside {
    /// A part of it: it can be gone on with, and not be done anew.
    Begun(String),
    /// All of it: it cannot be done again.
    Done(String),
}

/// What opening a run again has to know.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Restart {
    /// The activity that the run is opened from.
    pub from: String,
    /// What activities have done outside of the run.
    pub outside: BTreeMap<String, Outside>,
    /// Activities that the end of the run gave up, and nobody else.
    pub cut_off: BTreeSet<String>,
}

impl Graph {
    /// An activity and all that it leads to, in the order of the canvas.
    pub fn downstream(&self, activity: &str) -> Vec<&str> {
        let mut found: BTreeSet<usize> = self.place(activity).into_iter().collect();
        for place in self.places_in_order() {
            if self.inbound_of(place).iter().any(|(from, _)| found.contains(from)) {
                found.insert(place);
            }
        }
        self.places_in_order().filter(|place| found.contains(place)).map(|place| self.id_of(place)).collect()
    }
}

impl Course<'_> {
    /// Opens the run again. What is done anew, and what only waits again, goes into the decision.
    pub(super) fn restart(&mut self, restart: &Restart, decision: &mut Decision) -> Result<(), Error> {
        if !matches!(self.run, RunState::Failed | RunState::Stopped | RunState::Paused) {
            return Err(Error::NotOpened { state: self.run });
        }
        let from = self.place(&restart.from)?;
        for id in self.graph.downstream(&restart.from) {
            let place = self.place(id)?;
            if self.states[place] == TaskState::Running {
                return Err(Error::AtWork { activity: id.to_owned() });
            }
            match restart.outside.get(id) {
                None => decision.anew.push(id.to_owned()),
                Some(Outside::Begun(_)) if place == from => decision.waiting.push(id.to_owned()),
                Some(Outside::Begun(did)) => {
                    let instead = format!("restart from `{id}`, which goes on where it is");
                    return Err(Error::Outside { activity: id.to_owned(), did: did.clone(), instead });
                }
                Some(Outside::Done(did)) => {
                    let instead = "restart from an activity after it, or run the campaign again".to_owned();
                    return Err(Error::Outside { activity: id.to_owned(), did: did.clone(), instead });
                }
            }
        }
        let given_up = restart.cut_off.iter().filter(|id| !decision.anew.contains(id) && **id != restart.from);
        decision.waiting.extend(given_up.cloned());
        for id in decision.anew.iter().chain(&decision.waiting) {
            let place = self.place(id)?;
            self.wait_again(place);
        }
        self.run = RunState::Running;
        self.retry_failed();
        self.settle();
        match self.states[from] {
            TaskState::Skipped => Err(Error::Unreached { activity: restart.from.clone() }),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Edge, Event, Node, RunView, TaskView};
    use super::*;

    /// `a -> b -> c` and `a -> d`; `x` stands alone.
    fn graph() -> Graph {
        let node = |id: &str| Node { id: id.into(), kind: "any".into(), enabled: true };
        let edge = |(from, to): (&str, &str)| Edge { from: from.into(), port: "out".into(), to: to.into() };
        let edges = [("a", "b"), ("b", "c"), ("a", "d")].map(edge);
        Graph::new(["a", "b", "c", "d", "x"].map(node).into(), edges.into()).unwrap()
    }

    /// The states by their first letters: Waiting, rEady, rUnning, Held, Completed, Failed, Skipped.
    fn view(state: RunState, tasks: &str) -> RunView {
        let states = tasks.chars().map(|letter| match letter {
            'W' => TaskState::Waiting,
            'E' => TaskState::Ready,
            'U' => TaskState::Running,
            'H' => TaskState::Held,
            'C' => TaskState::Completed,
            'F' => TaskState::Failed,
            _ => TaskState::Skipped,
        });
        let task =
            |state| TaskView { state, attempts: 1, closed_ports: (state == TaskState::Completed).then(Vec::new) };
        let ids = ["a", "b", "c", "d", "x"].map(str::to_owned);
        RunView { state, tasks: ids.into_iter().zip(states.map(task)).collect() }
    }

    fn ids(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn what_comes_after_is_done_anew_and_what_the_end_gave_up_goes_on() {
        use RunState::{Failed, Paused, Running, Stopped};
        let begun = |id: &str| (id.to_owned(), Outside::Begun("has sent 2 messages".into()));
        for (state, tasks, from, begun_at, cut_off, anew, waiting, ready, run) in [
            // It failed with `abort`: `c` and `d` were given up.
            (Failed, "CFSSC", "b", None, "c d", "b c", "d", "b d", Running),
            // From the start.
            (Failed, "CFSSC", "a", None, "c d", "a b c d", "", "a", Running),
            // Somebody had given `d` up before: it stays so.
            (Failed, "CFSSC", "b", None, "c", "b c", "", "b", Running),
            // It was stopped while `b` sent: `b` goes on, and only what comes after it is anew.
            (Stopped, "CESSS", "b", Some("b"), "c d x", "c", "b d x", "b d x", Running),
            // It is paused: other branches go on as they are, and what failed is tried again.
            (Paused, "CCCFE", "b", None, "", "b c", "", "b d", Running),
            (Paused, "CFWCH", "b", None, "", "b c", "", "b", Running),
        ] {
            let restart = Restart {
                from: from.to_owned(),
                outside: begun_at.map(begun).into_iter().collect(),
                cut_off: ids(cut_off).into_iter().collect(),
            };
            let decision = graph().decide(&view(state, tasks), &Event::Restart(restart), 0).unwrap();
            let name = format!("{state} {tasks} from {from}");
            assert_eq!(decision.anew, ids(anew), "{name}");
            assert_eq!(decision.waiting, ids(waiting), "{name}");
            let mut made_ready = decision.ready.clone();
            made_ready.sort();
            assert_eq!(made_ready, ids(ready), "{name}");
            assert_eq!(decision.run_state, Some(run), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_done_again_is_refused_with_what_to_do_instead() {
        use RunState::{Completed, Failed, Held, Paused, Running};
        let begun = Outside::Begun("has sent 2 messages".into());
        let done = Outside::Done("has sent all its messages".into());
        for (state, tasks, from, outside, text) in [
            (
                Completed,
                "CCCCC",
                "b",
                None,
                "the run is completed and cannot be opened again; it has done everything: run the campaign again",
            ),
            (Running, "CUWCC", "b", None, "the run is running and cannot be opened again; pause or stop it first"),
            (Held, "CHWCC", "b", None, "the run is held and cannot be opened again; pause or stop it first"),
            (Paused, "CUWCC", "a", None, "the activity `b` is still at work; wait until it has stopped"),
            (
                Failed,
                "CCFSC",
                "a",
                Some(("b", done.clone())),
                "the activity `b` has sent all its messages and cannot be done again; restart from an activity after it, or run the campaign again",
            ),
            (
                Failed,
                "CCFSC",
                "b",
                Some(("b", done)),
                "the activity `b` has sent all its messages and cannot be done again; restart from an activity after it, or run the campaign again",
            ),
            (
                Failed,
                "CFSSC",
                "a",
                Some(("b", begun)),
                "the activity `b` has sent 2 messages and cannot be done again; restart from `b`, which goes on where it is",
            ),
            (
                Paused,
                "SSSSF",
                "b",
                None,
                "nobody comes to the activity `b` in this run; restart from one before it, or run the campaign again",
            ),
            (
                Paused,
                "CFWCC",
                "z",
                None,
                "the run has no activity `z`; it stays on the version of the campaign that it began with",
            ),
        ] {
            let outside = outside.into_iter().map(|(id, did)| (id.to_owned(), did)).collect();
            let restart = Restart { from: from.to_owned(), outside, cut_off: BTreeSet::new() };
            let refused = graph().decide(&view(state, tasks), &Event::Restart(restart), 0).unwrap_err();
            assert_eq!(refused.to_string(), text, "{state} {tasks} from {from}");
        }
    }
}
