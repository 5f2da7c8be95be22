//! A store in memory that writes decisions as the real one does.

use tutti_engine::run::{Decision, Edge, Event, Graph, Node, RunState, RunView, TaskState};

/// A canvas from ids (`-a` is disabled) and transitions (`a.port b` or `a b`).
pub fn graph(nodes: &[&str], edges: &[&str]) -> Graph {
    let node = |id: &&str| {
        let (id, enabled) = id.strip_prefix('-').map_or((*id, true), |id| (id, false));
        Node { id: id.into(), kind: "any".into(), enabled }
    };
    let edge = |text: &&str| {
        let (from, to) = text.split_once(' ').unwrap();
        let (from, port) = from.split_once('.').unwrap_or((from, "out"));
        Edge { from: from.into(), port: port.into(), to: to.into() }
    };
    Graph::new(nodes.iter().map(node).collect(), edges.iter().map(edge).collect()).unwrap()
}

pub struct World {
    pub graph: Graph,
    pub view: RunView,
}

impl World {
    pub fn new(graph: Graph) -> Self {
        let view = RunView::new(&graph);
        World { graph, view }
    }

    /// Decides and writes.
    pub fn meet(&mut self, event: &Event, now_us: i64) -> Decision {
        let decision = self.graph.decide(&self.view, event, now_us).unwrap();
        self.write(event, &decision);
        decision
    }

    pub fn write(&mut self, event: &Event, decision: &Decision) {
        let ended = match event {
            Event::TaskCompleted { activity, .. } => Some((activity, TaskState::Completed)),
            Event::TaskHeld { activity } => Some((activity, TaskState::Held)),
            Event::TaskFailed { activity, .. } if decision.retry_at_us.is_some() => Some((activity, TaskState::Ready)),
            Event::TaskFailed { activity, .. } => Some((activity, TaskState::Failed)),
            _ => None,
        };
        if let Some((activity, state)) = ended {
            let task = self.view.tasks.get_mut(activity).unwrap();
            task.state = state;
            // Waiting for a person is no attempt.
            task.attempts -= u32::from(state == TaskState::Held);
            if decision.closed_ports.is_some() {
                task.closed_ports.clone_from(&decision.closed_ports);
            }
        }
        for (list, state) in [(&decision.ready, TaskState::Ready), (&decision.skipped, TaskState::Skipped)] {
            for activity in list {
                let task = self.view.tasks.get_mut(activity).unwrap();
                task.state.move_to(state, activity).unwrap();
                if matches!(task.state, TaskState::Failed | TaskState::Held) {
                    task.attempts = 0;
                }
                task.state = state;
            }
        }
        if let Some(state) = decision.run_state {
            self.view.state.move_to(state).unwrap().unwrap();
            self.view.state = state;
        }
    }

    /// Claims a ready task, as a worker does, or a held one whose time has come.
    pub fn claim(&mut self, activity: &str) {
        let task = self.view.tasks.get_mut(activity).unwrap();
        let held = task.state == TaskState::Held && self.view.state == RunState::Held;
        assert!(held || self.view.state == RunState::Running, "{}", self.view.state);
        task.state.move_to(TaskState::Running, activity).unwrap();
        task.state = TaskState::Running;
        task.attempts += 1;
    }

    pub fn in_state(&self, state: TaskState) -> Vec<String> {
        self.view.tasks.iter().filter(|(_, task)| task.state == state).map(|(id, _)| id.clone()).collect()
    }
}

pub fn completed(activity: &str) -> Event {
    Event::TaskCompleted { activity: activity.into(), stop_branch: false, empty_ports_to_skip: vec![] }
}

pub fn held(activity: &str) -> Event {
    Event::TaskHeld { activity: activity.into() }
}

pub fn resume() -> Event {
    Event::Resume { release: vec![] }
}
