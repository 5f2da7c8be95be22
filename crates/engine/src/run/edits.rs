//! Taking another version of the campaign into a run that has begun.
//!
//! What is done stays done: edits to it are ignored. What has not begun is as the new version says. What was begun
//! outside of the run goes on with the version that it began with. A version whose canvas contradicts what was done is
//! refused: nothing that is on record could say what the run then was.

use std::collections::{BTreeMap, BTreeSet};

use super::decide::{RunView, TaskView};
use super::graph::Graph;
use super::moves::{Error, TaskState};
use super::restart::Outside;

/// What taking another version has to know, besides the two canvases.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Edits {
    /// Activities of both versions whose settings differ.
    pub changed: BTreeSet<String>,
    /// What activities have done outside of the run.
    pub outside: BTreeMap<String, Outside>,
    /// Activities that are done anew whatever they did, because the run is opened again before them.
    pub redone: BTreeSet<String>,
    /// The ports, with their activities, at which rows are on record.
    pub ports: BTreeSet<(String, String)>,
}

/// How the tasks of a run change with the version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edited {
    /// The run with the tasks of the new version, those that are done anew waiting.
    pub view: RunView,
    /// Activities that the run did not have.
    pub added: Vec<String>,
    /// Activities that go; they had not begun.
    pub removed: Vec<String>,
    /// Activities that had been ready, held, or had failed, and are not what they were: nothing of them stays.
    pub anew: Vec<String>,
    /// Activities that nobody came to, and somebody may now.
    pub waiting: Vec<String>,
    /// Activities that stay with the version that they began with, and go on.
    pub kept: Vec<String>,
}

/// How far an activity is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    /// Its result stands.
    Done,
    /// It goes on with what it has begun.
    Begun,
    /// Somebody gave it up.
    GivenUp,
    Open,
}

impl Graph {
    /// Brings a run of the canvas `old` to this one.
    ///
    /// # Errors
    /// [`Error::AtWork`], and [`Error::Contradicts`] with the first thing that was done otherwise.
    pub fn take_edits(&self, old: &Graph, view: &RunView, edits: &Edits) -> Result<Edited, Error> {
        let mut edited = Edited {
            view: RunView { state: view.state, tasks: BTreeMap::new() },
            added: Vec::new(),
            removed: Vec::new(),
            anew: Vec::new(),
            waiting: Vec::new(),
            kept: Vec::new(),
        };
        for node in old.nodes() {
            let id = &node.id;
            let progress = old.progress(view, edits, id)?;
            let Some(place) = self.place(id) else {
                match progress {
                    Progress::Done | Progress::Begun => return Err(contradicts(id, "the version does not have it")),
                    Progress::GivenUp | Progress::Open => edited.removed.push(id.clone()),
                }
                continue;
            };
            if matches!(progress, Progress::Done | Progress::Begun) {
                let now = &self.nodes()[place].kind;
                if *now != node.kind {
                    return Err(contradicts(id, format!("it was `{}` and is `{now}`", node.kind)));
                }
                self.check_ways(old, id)?;
            }
            let before = view.tasks.get(id).cloned().unwrap_or_else(TaskView::waiting);
            let same = !edits.changed.contains(id) && self.ways_to(id) == old.ways_to(id);
            let task = match (progress, before.state) {
                (Progress::Open, TaskState::Skipped) => {
                    edited.waiting.push(id.clone());
                    TaskView::waiting()
                }
                (Progress::Open, state) if !same && state != TaskState::Waiting && !edits.redone.contains(id) => {
                    edited.anew.push(id.clone());
                    TaskView::waiting()
                }
                _ => before,
            };
            if progress == Progress::Begun {
                edited.kept.push(id.clone());
            }
            edited.view.tasks.insert(id.clone(), task);
        }
        for node in self.nodes().iter().filter(|node| old.place(&node.id).is_none()) {
            edited.view.tasks.insert(node.id.clone(), TaskView::waiting());
            edited.added.push(node.id.clone());
        }
        self.check_ports(old, view, edits)?;
        Ok(edited)
    }

    fn progress(&self, view: &RunView, edits: &Edits, id: &str) -> Result<Progress, Error> {
        if edits.redone.contains(id) {
            // The one that the run is opened from may go on with what it has begun.
            let begun = matches!(edits.outside.get(id), Some(Outside::Begun(_)));
            return Ok(if begun { Progress::Begun } else { Progress::Open });
        }
        let Some(task) = view.tasks.get(id) else { return Ok(Progress::Open) };
        Ok(match task.state {
            TaskState::Running => return Err(Error::AtWork { activity: id.to_owned() }),
            TaskState::Completed => Progress::Done,
            TaskState::Failed if task.closed_ports.is_some() => Progress::Done,
            TaskState::Skipped if !self.nobody_comes_to(view, id) => Progress::GivenUp,
            _ if edits.outside.contains_key(id) => Progress::Begun,
            _ => Progress::Open,
        })
    }

    /// The same activities must lead to what is done as did when it was.
    fn check_ways(&self, old: &Graph, id: &str) -> Result<(), Error> {
        let (before, now) = (old.ways_to(id), self.ways_to(id));
        if let Some((from, port)) = before.difference(&now).next() {
            return Err(contradicts(id, format!("its rows came from `{from}.{port}`, which does not lead to it now")));
        }
        match now.difference(&before).next() {
            Some((from, port)) => Err(contradicts(id, format!("`{from}.{port}` leads to it now, and did not"))),
            None => Ok(()),
        }
    }

    /// What leaves an activity that is done must be on record.
    fn check_ports(&self, old: &Graph, view: &RunView, edits: &Edits) -> Result<(), Error> {
        for to in self.nodes() {
            for (from, port) in self.ways_to(&to.id) {
                let known = old.place(from).is_some() && old.progress(view, edits, from)? == Progress::Done;
                let led = old.nodes().iter().any(|node| old.ways_to(&node.id).contains(&(from, port)));
                if known && !led && !edits.ports.contains(&(from.to_owned(), port.to_owned())) {
                    return Err(contradicts(
                        from,
                        format!("nothing left it by `{port}`, which leads to `{}` now", to.id),
                    ));
                }
            }
        }
        Ok(())
    }

    fn ways_to(&self, id: &str) -> BTreeSet<(&str, &str)> {
        self.inbound(id).collect()
    }
}

fn contradicts(activity: &str, how: impl Into<String>) -> Error {
    Error::Contradicts { activity: activity.to_owned(), how: how.into() }
}

#[cfg(test)]
mod tests {
    use super::super::{Edge, Event, Node, RunState};
    use super::*;

    /// Activities as `id` or `id:kind`, with `!` at the end when disabled; transitions as `a>b` or `a.port>b`.
    fn graph(nodes: &str, edges: &str) -> Graph {
        let node = |text: &str| {
            let (id, kind) = text.trim_end_matches('!').split_once(':').unwrap_or((text.trim_end_matches('!'), "any"));
            Node { id: id.into(), kind: kind.into(), enabled: !text.ends_with('!') }
        };
        let edge = |text: &str| {
            let (from, to) = text.split_once('>').unwrap();
            let (from, port) = from.split_once('.').unwrap_or((from, "out"));
            Edge { from: from.into(), port: port.into(), to: to.into() }
        };
        Graph::new(nodes.split_whitespace().map(node).collect(), edges.split_whitespace().map(edge).collect()).unwrap()
    }

    /// A paused run of `a > b > c`, `a.other > d`: `a` is done, `b` has failed, nobody came to `d`.
    fn paused() -> (Graph, RunView) {
        let task = |state, closed: Option<&[&str]>| TaskView {
            state,
            attempts: 1,
            closed_ports: closed.map(|closed| closed.iter().map(|port| (*port).to_owned()).collect()),
        };
        let tasks = [
            ("a", task(TaskState::Completed, Some(&["other"]))),
            ("b", task(TaskState::Failed, None)),
            ("c", task(TaskState::Waiting, None)),
            ("d", task(TaskState::Skipped, None)),
        ];
        let tasks = tasks.into_iter().map(|(id, task)| (id.to_owned(), task)).collect();
        (graph("a b c d", "a>b b>c a.other>d"), RunView { state: RunState::Paused, tasks })
    }

    fn edits(changed: &str) -> Edits {
        Edits {
            changed: changed.split_whitespace().map(str::to_owned).collect(),
            ports: [("a".to_owned(), "out".to_owned())].into(),
            ..Edits::default()
        }
    }

    #[test]
    fn what_has_not_begun_is_as_the_new_version_says() {
        let (old, view) = paused();
        for (nodes, ways, changed, anew, added, removed, ready, run) in [
            // Nothing changed: what failed is tried again.
            ("a b c d", "a>b b>c a.other>d", "", "", "", "", "b", RunState::Running),
            // An edit to what is done is ignored, one to what failed is taken.
            ("a b c d", "a>b b>c a.other>d", "a b", "b", "", "", "b", RunState::Running),
            // A step is put before what failed.
            ("a n b c d", "a>n n>b b>c a.other>d", "", "b", "n", "", "n", RunState::Running),
            // What failed is taken out: what comes after it takes its rows.
            ("a c d", "a>c a.other>d", "", "", "", "b", "c", RunState::Running),
            // It is switched off.
            ("a b! c d", "a>b b>c a.other>d", "b", "b", "", "", "", RunState::Completed),
            // What nobody came to is led to by another port.
            ("a b c d", "a>b b>c a>d", "", "", "", "", "b d", RunState::Running),
        ] {
            let new = graph(nodes, ways);
            let edited = new.take_edits(&old, &view, &edits(changed)).unwrap();
            let words = |ids: &[String]| ids.join(" ");
            assert_eq!(words(&edited.anew), anew, "{nodes}");
            assert_eq!(words(&edited.added), added, "{nodes}");
            assert_eq!(words(&edited.removed), removed, "{nodes}");
            let decision = new.decide(&edited.view, &Event::Resume { release: Vec::new() }, 0).unwrap();
            let mut made_ready = decision.ready.clone();
            made_ready.sort();
            assert_eq!(words(&made_ready), ready, "{nodes}");
            assert_eq!(decision.run_state, Some(run), "{nodes}");
        }
    }

    #[test]
    fn what_contradicts_what_was_done_is_refused() {
        let (old, mut view) = paused();
        let begun = |mut edits: Edits| {
            edits.outside.insert("b".to_owned(), Outside::Begun("has sent 2 messages".to_owned()));
            edits
        };
        for (nodes, ways, edits, how) in [
            ("b c d", "b>c", edits(""), "the version does not have it"),
            ("a:split b c d", "a>b b>c a.other>d", edits(""), "it was `any` and is `split`"),
            ("n a b c d", "n>a a>b b>c a.other>d", edits(""), "`n.out` leads to it now, and did not"),
            ("a b c d", "a>b b>c a.other>d a.third>c", edits(""), "nothing left it by `third`, which leads to `c` now"),
            ("a c d", "a>c", begun(edits("")), "the version does not have it"),
            ("a n b c d", "a>n n>b b>c", begun(edits("")), "its rows came from `a.out`, which does not lead to it now"),
        ] {
            match graph(nodes, ways).take_edits(&old, &view, &edits) {
                Err(Error::Contradicts { how: told, .. }) => assert_eq!(told, how, "{nodes}"),
                other => panic!("{nodes}: {other:?}"),
            }
        }
        let kept = graph("a b c d", "a>b b>c a.other>d").take_edits(&old, &view, &begun(edits("b"))).unwrap();
        assert_eq!((kept.kept, kept.anew), (vec!["b".to_owned()], Vec::new()), "it goes on as it began");
        // What somebody gave up stays given up, whatever leads to it.
        view.tasks.insert("c".to_owned(), TaskView { state: TaskState::Skipped, ..TaskView::waiting() });
        let edited = graph("a b c d", "a>b a>c a.other>d").take_edits(&old, &view, &edits("")).unwrap();
        assert_eq!(edited.view.tasks["c"].state, TaskState::Skipped);
        view.tasks.insert("b".to_owned(), TaskView { state: TaskState::Running, ..TaskView::waiting() });
        let refused = old.take_edits(&old, &view, &edits("")).unwrap_err();
        assert_eq!(refused, Error::AtWork { activity: "b".to_owned() });
    }
}
