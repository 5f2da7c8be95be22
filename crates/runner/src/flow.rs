//! Between the stored run and the engine's decisions: what happened in, what follows out.

use std::str::FromStr;

use serde_json::{Value, json};
use tutti_activities::and_join;
use tutti_engine::run::{
    Edge, ErrorClass, Event, FailurePolicy, Graph, Node, OnFailure, RunState, RunView, TaskState, TaskView,
};
use tutti_model::campaign::{Campaign, Transition};
use tutti_model::common::Then;
use tutti_store::{Answer, Follow, Run, Task};

use crate::control::HoldKind;
use crate::error::{Class, Error, Result};

/// What happened in a run.
#[derive(Clone, Debug)]
pub(crate) enum Happened<'a> {
    Started,
    Completed {
        activity: &'a str,
        stop_branch: bool,
        empty_ports: Vec<String>,
    },
    Failed {
        activity: &'a str,
        class: Class,
        error: Value,
    },
    Held {
        activity: &'a str,
        hold: Value,
    },
    Answered {
        activity: &'a str,
        kind: HoldKind,
        answer: Value,
    },
    /// A failed activity is tried again.
    Retry {
        activity: &'a str,
    },
    /// An activity is given up, with what only it leads to.
    Skip {
        activity: &'a str,
    },
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
    let mut answers = Vec::new();
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
                policy: policy(campaign, activity),
            }
        }
        Happened::Held { activity, hold } => {
            run_error = reason(activity, &hold);
            Event::TaskHeld { activity: activity.to_owned() }
        }
        Happened::Answered { activity, kind, answer } => {
            answers.push(Answer { activity: activity.to_owned(), kind: kind.code().to_owned(), answer });
            let failed = view.tasks.get(activity).is_some_and(|task| task.state == TaskState::Failed);
            match failed {
                true => Event::Retry { activity: activity.to_owned() },
                false => Event::Released { activities: vec![activity.to_owned()] },
            }
        }
        Happened::Retry { activity } => Event::Retry { activity: activity.to_owned() },
        Happened::Skip { activity } => Event::Skip { activity: activity.to_owned() },
        Happened::Pause => Event::Pause,
        Happened::Resume => {
            let held = tasks.iter().filter(|task| task.state == "held");
            for task in held {
                if let Some(kind) = HoldKind::of(task.hold.as_ref()).filter(|kind| kind.ends_by_resuming()) {
                    let answer = json!({"answer": "resumed", "at_us": now_us});
                    answers.push(Answer { activity: task.activity.clone(), kind: kind.code().to_owned(), answer });
                }
            }
            Event::Resume { release: answers.iter().map(|answer| answer.activity.clone()).collect() }
        }
        Happened::Stop => Event::Stop,
    };
    let decision = graph.decide(&view, &event, now_us)?;
    // What a run rests on is told, also when the event is about something else.
    let run_error = run_error.filter(|_| decision.run_state.is_some()).or_else(|| match decision.run_state {
        Some(RunState::Held) => tasks
            .iter()
            .filter(|task| task.state == "held")
            .find_map(|task| reason(&task.activity, task.hold.as_ref()?)),
        Some(RunState::Paused) if !matches!(event, Event::Pause) => {
            let failed = tasks.iter().find(|task| task.state == "failed" && task.closed_ports.is_none());
            failed.and_then(|task| task.error.clone())
        }
        _ => None,
    });
    Ok(Follow {
        ready: decision.ready,
        skipped: decision.skipped,
        retry_at_us: decision.retry_at_us,
        run_error,
        answers,
        run_state: decision.run_state.map(|state| state.as_str().to_owned()),
        closed_ports: decision.closed_ports,
    })
}

/// What a run that is held says of itself.
fn reason(activity: &str, hold: &Value) -> Option<Value> {
    Some(json!({"code": hold.get("kind")?, "message": hold.get("message")?, "activity": activity}))
}

/// An activity's policy for failures.
fn policy(campaign: &Campaign, activity: &str) -> FailurePolicy {
    let default = FailurePolicy::default();
    let Some(on_error) = campaign.canvas.activity(activity).and_then(|node| node.common.on_error) else {
        return default;
    };
    let then = match on_error.then {
        Then::Pause => OnFailure::Pause,
        Then::Ignore => OnFailure::Ignore,
        Then::Abort => OnFailure::Abort,
        Then::Port => OnFailure::ErrorPort,
    };
    match on_error.retry {
        None => FailurePolicy { then, ..default },
        Some(retry) => FailurePolicy {
            attempts: retry.attempts,
            backoff_us: retry.backoff.as_us(),
            backoff_us_max: retry.backoff_max.as_us(),
            then,
        },
    }
}

/// Whether a transition is waited for: a join may name the branches that it waits for.
fn is_awaited(campaign: &Campaign, transition: &Transition) -> bool {
    let to = campaign.canvas.activity(&transition.to).filter(|node| node.kind == "and-join");
    to.is_none_or(|join| and_join::waits_for(&join.settings, transition))
}

fn graph(campaign: &Campaign) -> Result<Graph, Fault> {
    let nodes = campaign.canvas.activities.iter();
    let nodes = nodes.map(|node| Node { id: node.id.clone(), kind: node.kind.clone(), enabled: node.enabled });
    let edges = campaign.canvas.transitions.iter().filter(|transition| is_awaited(campaign, transition));
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
