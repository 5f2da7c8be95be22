//! Ending by hand what ends by itself: a wait, or the pause before another attempt.

use async_recursion::async_recursion as boxed;
use serde_json::json;
use tutti_store::{Answer, Follow, NewAudit, Run, Task};

use crate::error::{Error, Result};
use crate::life::Actor;
use crate::logs::line;
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// Under which a task keeps that somebody ended its wait.
const GO_ON: &str = "go_on";

impl Workspace {
    /// Lets an activity go on at once that waits for a time. In a run that is paused it does so when that is resumed.
    #[boxed]
    pub async fn go_on_activity(&self, run: &str, activity: &str, actor: &Actor) -> Result<()> {
        let found = self.find_run(run).await?;
        let tasks = self.store.tasks().list(run).await?;
        let Some(task) = tasks.iter().find(|task| task.activity == activity) else {
            return Err(Error::not_found("activity", activity, tasks.iter().map(|task| task.activity.as_str())));
        };
        let now_us = self.clock.now_us();
        let Some(until_us) = waits_until(task, now_us).filter(|_| found.finished_us.is_none()) else {
            return Err(not_waiting(&found, task, &tasks, now_us));
        };
        let until = rfc3339(until_us);
        let told = format!("{} let it go on before {until}", actor.told());
        let follow = Follow {
            answers: vec![Answer {
                activity: activity.to_owned(),
                kind: GO_ON.to_owned(),
                answer: json!({"by": actor.told(), "at_us": now_us}),
            }],
            hastened: vec![activity.to_owned()],
            lines: vec![line(Some(activity), "info", told)],
            ..Follow::default()
        };
        // It may have gone on by itself meanwhile.
        let waits =
            |tasks: &[Task]| tasks.iter().any(|task| task.activity == activity && waits_until(task, now_us).is_some());
        let decide = |_: &Run, tasks: &[Task]| if waits(tasks) { follow } else { Follow::default() };
        self.store.runs().advance(run, now_us, decide).await?;
        let audit = NewAudit {
            actor: actor.as_str().to_owned(),
            kind: "campaign".to_owned(),
            name: found.campaign,
            action: GO_ON.to_owned(),
            detail: Some(format!("`{activity}` of `{run}`, before {until}")),
        };
        self.store.audit().add(&[audit], now_us).await?;
        self.wake();
        Ok(())
    }
}

/// Who let a task go on that waited for a time.
pub(crate) fn gone_on(task: &Task) -> Option<&str> {
    task.answers.as_ref()?.get(GO_ON)?.get("by")?.as_str()
}

/// Until when a task waits, UTC microseconds; `None` where it does not.
fn waits_until(task: &Task, now_us: i64) -> Option<i64> {
    task.not_before_us.filter(|until_us| task.state == "ready" && *until_us > now_us)
}

fn not_waiting(run: &Run, task: &Task, tasks: &[Task], now_us: i64) -> Error {
    let waiting: Vec<String> = tasks
        .iter()
        .filter(|task| waits_until(task, now_us).is_some())
        .map(|task| format!("`{}`", task.activity))
        .collect();
    let hint = match task.state.as_str() {
        _ if run.finished_us.is_some() => "the run has ended".to_owned(),
        "held" => format!("it waits for a person: `tutti approve {} {}` lets it go on", run.id, task.activity),
        _ if waiting.is_empty() => "nothing in this run waits for a time".to_owned(),
        _ => format!("these wait for one: {}", waiting.join(", ")),
    };
    Error::refused_with("not_waiting", format!("`{}` is {} and waits for no time", task.activity, task.state), hint)
}
