//! Between the stored run and the engine's decisions: what happened in, what follows out.

use std::str::FromStr;

use serde_json::Value;
use tutti_engine::run::{Edge, ErrorClass, Event, FailurePolicy, Graph, Node, RunState, RunView, TaskState, TaskView};
use tutti_model::campaign::Campaign;
use tutti_store::{Follow, Run, Task};

use crate::error::{Class, Error, Result};

/// What happened in a run.
#[derive(Clone, Debug)]
pub(crate) enum Happened<'a> {
    Started,
    Completed { activity: &'a str, stop_branch: bool, empty_ports: Vec<String> },
    Failed { activity: &'a str, class: Class, error: Value },
    Pause,
    Resume,
    Stop,
}

/// What follows, to be written in the transaction that records the event.
pub(crate) fn decide(campaign: &Campaign, run: &Run, tasks: &[Task], happened: Happened<'_>, now_us: i64) -> Follow {
    match follow(campaign, run, tasks, happened, now_us) {
        Ok(follow) => follow,
        Err(error) => {
            // Only possible if the stored run and its campaign do not belong together.
            tracing::error!(
                run = run.id,
                error = &*error,
                "an event did not fit its run and was recorded without effect"
            );
            Follow::default()
        }
    }
}

/// Refuses what a run in its state cannot do, and says what it can.
pub(crate) fn check_move(run: &Run, happened: &Happened<'_>) -> Result<()> {
    let to = match happened {
        Happened::Pause => RunState::Paused,
        Happened::Resume => RunState::Running,
        Happened::Stop => RunState::Stopped,
        _ => return Ok(()),
    };
    let state = RunState::from_str(&run.state).map_err(|error| Error::refused("bad_state", error.to_string()))?;
    match state.move_to(to) {
        Ok(_) => Ok(()),
        Err(error) => Err(Error::refused("not_allowed", error.to_string())),
    }
}

type Fault = Box<dyn std::error::Error>;

fn follow(
    campaign: &Campaign,
    run: &Run,
    tasks: &[Task],
    happened: Happened<'_>,
    now_us: i64,
) -> Result<Follow, Fault> {
    let graph = graph(campaign)?;
    let mut view = RunView::new(&graph);
    view.state = RunState::from_str(&run.state)?;
    for task in tasks {
        let state = TaskState::from_str(&task.state)?;
        let attempts = u32::try_from(task.attempts).unwrap_or(u32::MAX);
        view.tasks.insert(task.activity.clone(), TaskView { state, attempts, closed_ports: task.closed_ports.clone() });
    }
    let mut run_error = None;
    let event = match happened {
        Happened::Started => Event::Started,
        Happened::Completed { activity, stop_branch, empty_ports } => {
            Event::TaskCompleted { activity: activity.to_owned(), stop_branch, empty_ports_to_skip: empty_ports }
        }
        Happened::Failed { activity, class, error } => {
            run_error = Some(error);
            Event::TaskFailed {
                activity: activity.to_owned(),
                class: error_class(class),
                policy: FailurePolicy::default(),
            }
        }
        Happened::Pause => Event::Pause,
        Happened::Resume => Event::Resume,
        Happened::Stop => Event::Stop,
    };
    let decision = graph.decide(&view, &event, now_us)?;
    Ok(Follow {
        ready: decision.ready,
        skipped: decision.skipped,
        retry_at_us: decision.retry_at_us,
        run_error: run_error.filter(|_| decision.run_state.is_some()),
        run_state: decision.run_state.map(|state| state.as_str().to_owned()),
        closed_ports: decision.closed_ports,
    })
}

fn graph(campaign: &Campaign) -> Result<Graph, Fault> {
    let nodes = campaign.canvas.activities.iter();
    let nodes = nodes.map(|node| Node { id: node.id.clone(), kind: node.kind.clone(), enabled: node.enabled });
    let edges = campaign.canvas.transitions.iter();
    let edges = edges.map(|edge| Edge { from: edge.from.clone(), port: edge.port.clone(), to: edge.to.clone() });
    Ok(Graph::new(nodes.collect(), edges.collect())?)
}

fn error_class(class: Class) -> ErrorClass {
    match class {
        Class::User => ErrorClass::User,
        Class::Conflict => ErrorClass::Conflict,
        Class::NotFound => ErrorClass::NotFound,
        Class::Limit => ErrorClass::Limit,
        Class::External => ErrorClass::External,
        Class::Internal => ErrorClass::Internal,
    }
}
