//! Between the stored run and the engine's decisions: what happened in, what follows out.

use std::str::FromStr;

use serde_json::{Value, json};
use tutti_activities::and_join;
use tutti_engine::run::{
    Decision, Edge, Edits, ErrorClass, Event, FailurePolicy, Graph, Node, OnFailure, Restart, RunState, RunView,
    TaskState, TaskView,
};
use tutti_model::campaign::{Campaign, Transition};
use tutti_model::common::Then;
use tutti_model::notify::Trouble;
use tutti_store::{Answer, Follow, NewTask, Revision, Run, Task};

use crate::control::HoldKind;
use crate::error::{Class, Error, Result};
use crate::logs::line;
use crate::notices;

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
    /// Somebody answered, and more people have to.
    Voted {
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

/// How a run goes on that is opened again or takes another version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Onward {
    Resume,
    Retry(String),
    Restart(String),
}

/// What a run becomes.
pub(crate) struct Revise<'a> {
    /// The version that it has been on.
    pub old: &'a Campaign,
    /// The version that it takes.
    pub new: Option<(&'a Campaign, i64)>,
    pub onward: &'a Onward,
    /// What restarting has to know; from where is said above.
    pub restart: Restart,
    pub edits: Edits,
    /// Tasks of the activities that the run does not have.
    pub added: Vec<NewTask>,
}

/// What follows when a run is opened again or takes another version, or why it cannot.
pub(crate) fn revise(revise: Revise<'_>, run: &Run, tasks: &[Task], now_us: i64) -> Result<Follow> {
    let fault = |error: Fault| Error::refused("bad_state", error.to_string());
    let refused = |error: tutti_engine::run::Error| Error::refused("not_allowed", error.to_string());
    let old = graph(revise.old).map_err(fault)?;
    let mut before = view(&old, run, tasks).map_err(fault)?;
    for task in tasks.iter().filter(|task| task.state == "running") {
        // Whoever had it in hand is gone.
        if task.lease_until_us.unwrap_or_default() <= now_us
            && let Some(view) = before.tasks.get_mut(&task.activity)
        {
            view.state = TaskState::Ready;
        }
    }
    let mut revision = Revision { reopens: run.finished_us.is_some(), ..Revision::default() };
    let (new, before) = match revise.new {
        None => (old, before),
        Some((campaign, version)) => {
            let new = graph(campaign).map_err(fault)?;
            let edited = new.take_edits(&old, &before, &revise.edits).map_err(refused)?;
            revision.campaign_version = Some(version);
            revision.added = revise.added;
            (revision.anew, revision.waiting) = (edited.anew, edited.waiting);
            (revision.removed, revision.kept) = (edited.removed, edited.kept);
            (new, edited.view)
        }
    };
    let mut answers = Vec::new();
    let event = match revise.onward {
        Onward::Retry(activity) => Event::Retry { activity: activity.clone() },
        Onward::Restart(from) => Event::Restart(Restart { from: from.clone(), ..revise.restart }),
        Onward::Resume => {
            let held = |activity: &str| before.tasks.get(activity).is_some_and(|task| task.state == TaskState::Held);
            answers = resumed(tasks.iter().filter(|task| held(&task.activity)), now_us);
            Event::Resume { release: answers.iter().map(|answer| answer.activity.clone()).collect() }
        }
    };
    let decision = new.decide(&before, &event, now_us).map_err(refused)?;
    revision.anew.extend(decision.anew.iter().cloned());
    revision.waiting.extend(decision.waiting.iter().cloned());
    revision.waiting.retain(|id| !revision.anew.contains(id));
    let run_error = rests_on(&decision, &event, tasks);
    let campaign = revise.new.map_or(revise.old, |(campaign, _)| campaign);
    Ok(Follow { revision: Some(Box::new(revision)), ..written(campaign, decision, &event, run_error, answers) })
}

fn follow(
    campaign: &Campaign,
    run: &Run,
    tasks: &[Task],
    happened: Happened<'_>,
    now_us: i64,
) -> Result<Follow, Fault> {
    if let Happened::Voted { activity, kind, answer } = happened {
        let answer = Answer { activity: activity.to_owned(), kind: kind.code().to_owned(), answer };
        return Ok(Follow { answers: vec![answer], ..Follow::default() });
    }
    let graph = graph(campaign)?;
    let view = view(&graph, run, tasks)?;
    let mut run_error = None;
    let mut answers = Vec::new();
    let mut alerts = Vec::new();
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
                policy: policy(campaign, activity, tasks),
            }
        }
        Happened::Held { activity, hold } => {
            run_error = reason(activity, &hold);
            alerts.extend(notices::of_hold(campaign, run, activity, &hold, now_us));
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
        // Settled above: nothing moves.
        Happened::Voted { .. } => return Ok(Follow::default()),
        Happened::Skip { activity } => Event::Skip { activity: activity.to_owned() },
        Happened::Pause => Event::Pause,
        Happened::Resume => {
            answers = resumed(tasks.iter().filter(|task| task.state == "held"), now_us);
            Event::Resume { release: answers.iter().map(|answer| answer.activity.clone()).collect() }
        }
        Happened::Stop => Event::Stop,
    };
    let decision = graph.decide(&view, &event, now_us)?;
    let run_error = run_error.filter(|_| decision.run_state.is_some()).or_else(|| rests_on(&decision, &event, tasks));
    let trouble = match decision.run_state {
        Some(RunState::Failed) => Some(Trouble::Failed),
        Some(RunState::Paused) if event != Event::Pause => Some(Trouble::Paused),
        _ => None,
    };
    alerts.extend(trouble.and_then(|trouble| notices::of_run(campaign, run, trouble, run_error.as_ref(), now_us)));
    Ok(Follow { alerts, ..written(campaign, decision, &event, run_error, answers) })
}

fn view(graph: &Graph, run: &Run, tasks: &[Task]) -> Result<RunView, Fault> {
    let mut view = RunView::new(graph);
    view.state = RunState::from_str(&run.state)?;
    for task in tasks {
        let state = TaskState::from_str(&task.state)?;
        let attempts = u32::try_from(task.attempts).unwrap_or(u32::MAX);
        view.tasks.insert(task.activity.clone(), TaskView { state, attempts, closed_ports: task.closed_ports.clone() });
    }
    Ok(view)
}

/// The answers that resuming gives to what is held.
fn resumed<'a>(held: impl Iterator<Item = &'a Task>, now_us: i64) -> Vec<Answer> {
    let answer = |task: &'a Task| {
        let kind = HoldKind::of(task.hold.as_ref())?;
        // One whose deadline has passed needs no answer any more: the activity then goes by its deadline.
        let late = crate::answers::is_late(task, now_us);
        if !kind.ends_by_resuming() && !late {
            return None;
        }
        let answer = if late { json!({"at_us": now_us}) } else { json!({"answer": "resumed", "at_us": now_us}) };
        Some(Answer { activity: task.activity.clone(), kind: kind.code().to_owned(), answer })
    };
    held.filter_map(answer).collect()
}

/// What a run rests on is told, also when the event is about something else.
fn rests_on(decision: &Decision, event: &Event, tasks: &[Task]) -> Option<Value> {
    match decision.run_state {
        Some(RunState::Held) => tasks
            .iter()
            .filter(|task| task.state == "held")
            .find_map(|task| reason(&task.activity, task.hold.as_ref()?)),
        Some(RunState::Paused) if !matches!(event, Event::Pause) => {
            let failed = tasks.iter().find(|task| task.state == "failed" && task.closed_ports.is_none());
            failed.and_then(|task| task.error.clone())
        }
        _ => None,
    }
}

fn written(
    campaign: &Campaign,
    decision: Decision,
    event: &Event,
    run_error: Option<Value>,
    answers: Vec<Answer>,
) -> Follow {
    let mut lines = Vec::new();
    // What the end of the run gives up is told by its end.
    if !matches!(decision.run_state, Some(RunState::Stopped | RunState::Failed)) {
        let given_up = |id: &&String| !matches!(event, Event::Skip { activity } if activity == *id);
        let skipped = decision.skipped.iter().filter(given_up);
        lines.extend(skipped.map(|id| {
            let is_disabled = campaign.canvas.activity(id).is_some_and(|node| !node.enabled);
            let why = if is_disabled { "skipped: it is disabled" } else { "skipped: nobody comes to it in this run" };
            line(Some(id), "info", why)
        }));
    }
    match decision.run_state {
        Some(RunState::Completed) => lines.push(line(None, "info", "the run is completed")),
        Some(RunState::Failed) => lines.push(line(None, "error", "the run has failed")),
        _ => {}
    }
    Follow {
        lines,
        alerts: Vec::new(),
        revision: None,
        ready: decision.ready,
        hastened: Vec::new(),
        skipped: decision.skipped,
        retry_at_us: decision.retry_at_us,
        run_error,
        answers,
        run_state: decision.run_state.map(|state| state.as_str().to_owned()),
        closed_ports: decision.closed_ports,
    }
}

/// What a run that is held says of itself.
fn reason(activity: &str, hold: &Value) -> Option<Value> {
    Some(json!({"code": hold.get("kind")?, "message": hold.get("message")?, "activity": activity}))
}

/// An activity's policy for failures. An error is not ignored that is one too many.
fn policy(campaign: &Campaign, activity: &str, tasks: &[Task]) -> FailurePolicy {
    let default = FailurePolicy::default();
    let Some(on_error) = campaign.canvas.activity(activity).and_then(|node| node.common.on_error) else {
        return default;
    };
    let then = match on_error.then {
        Then::Pause => OnFailure::Pause,
        Then::Ignore if campaign.consecutive_errors.is_some_and(|most| ignored_in_a_row(tasks) + 1 >= most) => {
            OnFailure::Abort
        }
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

/// How many of the activities that ended last have failed and were ignored.
fn ignored_in_a_row(tasks: &[Task]) -> u32 {
    let mut ended: Vec<&Task> = tasks
        .iter()
        .filter(|task| matches!(task.state.as_str(), "completed" | "failed") && task.finished_us.is_some())
        .collect();
    ended.sort_by_key(|task| std::cmp::Reverse(task.finished_us));
    let ignored = ended.into_iter().take_while(|task| task.state == "failed" && task.closed_ports.is_some());
    u32::try_from(ignored.count()).unwrap_or(u32::MAX)
}

/// Whether a transition is waited for: a join may name the branches that it waits for.
fn is_awaited(campaign: &Campaign, transition: &Transition) -> bool {
    let to = campaign.canvas.activity(&transition.to).filter(|node| node.kind == "and-join");
    to.is_none_or(|join| and_join::waits_for(&join.settings, transition))
}

pub(crate) fn graph(campaign: &Campaign) -> Result<Graph, Fault> {
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
