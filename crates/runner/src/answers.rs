//! People's answers to what runs wait for: approvals, held sends, breakpoints. And the alerts that runs raised.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tutti_activities::approval::{APPROVED, REJECTED};
use tutti_store::Task;

use crate::control::HoldKind;
use crate::error::{Error, Result};
use crate::flow::{self, Happened};
use crate::workspace::Workspace;

/// An answer to what an activity waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerRequest {
    /// Who answers.
    pub by: Option<String>,
    pub comment: Option<String>,
}

/// An alert that a run raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    pub run: String,
    pub campaign: String,
    pub activity: String,
    /// `info`, `warning` or `critical`.
    pub level: String,
    pub title: String,
    pub message: String,
    /// The addresses that it was mailed to.
    pub mailed_to: Vec<String>,
    pub at: String,
}

impl Workspace {
    /// Lets an activity go on that waits for a person: approves what it asks, confirms its held messages, or passes its
    /// breakpoint.
    pub async fn approve(&self, run: &str, activity: &str, answer: &AnswerRequest) -> Result<()> {
        self.answer(run, activity, answer, true).await
    }

    /// Rejects what an approval asks.
    pub async fn reject(&self, run: &str, activity: &str, answer: &AnswerRequest) -> Result<()> {
        self.answer(run, activity, answer, false).await
    }

    /// Alerts, newest first, of one campaign or one run where they are given.
    pub async fn alerts(&self, campaign: Option<&str>, run: Option<&str>, limit: u64) -> Result<Vec<Alert>> {
        let alerts = self.store.alerts().list(campaign, run, limit).await?;
        Ok(alerts
            .into_iter()
            .map(|alert| Alert {
                run: alert.run,
                campaign: alert.campaign,
                activity: alert.activity,
                level: alert.level,
                title: alert.title,
                message: alert.message,
                mailed_to: alert.mailed_to,
                at: crate::time::rfc3339(alert.at_us),
            })
            .collect())
    }

    async fn answer(&self, run: &str, activity: &str, request: &AnswerRequest, approves: bool) -> Result<()> {
        let found = self.find_run(run).await?;
        let campaign = self.campaign_version(&found.campaign, found.campaign_version).await?;
        let tasks = self.store.tasks().list(run).await?;
        let Some(task) = tasks.iter().find(|task| task.activity == activity) else {
            return Err(Error::not_found("activity", activity, tasks.iter().map(|task| task.activity.as_str())));
        };
        let kind = asked(task, &tasks)?;
        let by = request.by.as_deref().unwrap_or_default();
        check_person(task, by)?;
        if !approves && kind != HoldKind::Approval {
            return Err(Error::refused_with(
                "not_an_approval",
                format!("`{activity}` does not ask to be approved or rejected: {}", message(task)),
                format!("`tutti approve {run} {activity}` lets it go on, `tutti stop {run}` ends the run"),
            ));
        }
        let now_us = self.clock.now_us();
        let word = if approves { APPROVED } else { REJECTED };
        let answer = json!({"answer": word, "by": request.by, "comment": request.comment, "at_us": now_us});
        let event = Happened::Answered { activity, kind, answer };
        self.store.runs().advance(run, now_us, |run, tasks| flow::decide(&campaign, run, tasks, event, now_us)).await?;
        let who = if by.is_empty() { "somebody" } else { by };
        let comment = request.comment.as_deref().map_or_else(String::new, |comment| format!(": {comment}"));
        let line = match kind {
            HoldKind::Approval => format!("{who} {word} `{activity}`{comment}"),
            _ => format!("{who} let `{activity}` go on{comment}"),
        };
        self.store.logs().add(run, Some(activity), "info", &line, now_us).await?;
        self.wake();
        Ok(())
    }
}

/// What a task asks a person; one that asks nothing is refused with what does.
fn asked(task: &Task, tasks: &[Task]) -> Result<HoldKind> {
    let kind = HoldKind::of(task.hold.as_ref());
    // An approval that failed for want of an answer can still be given one.
    let late = task.state == "failed" && kind == Some(HoldKind::Approval) && task.closed_ports.is_none();
    match kind.filter(|_| task.state == "held" || late) {
        Some(kind) => Ok(kind),
        None => {
            let held: Vec<String> = tasks
                .iter()
                .filter(|task| task.state == "held")
                .map(|task| format!("`{}` ({})", task.activity, message(task)))
                .collect();
            let hint = if held.is_empty() {
                "nothing in this run waits for a person".to_owned()
            } else {
                format!("these wait for one: {}", held.join(", "))
            };
            let message = format!("`{}` is {} and waits for nobody", task.activity, task.state);
            Err(Error::refused_with("not_held", message, hint))
        }
    }
}

/// Refuses somebody who is not among those who are asked.
fn check_person(task: &Task, by: &str) -> Result<()> {
    let asked = task.hold.as_ref().and_then(|hold| hold.get("by")?.as_array().cloned()).unwrap_or_default();
    let names: Vec<&str> = asked.iter().filter_map(|name| name.as_str()).collect();
    if names.is_empty() || names.iter().any(|name| name.eq_ignore_ascii_case(by)) {
        return Ok(());
    }
    let who = if by.is_empty() { "nobody is named who answers".to_owned() } else { format!("`{by}` is not asked") };
    let asked: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Err(Error::refused_with(
        "not_asked",
        format!("{who} by `{}`", task.activity),
        format!("it asks {}; say who answers with `--by`", asked.join(", ")),
    ))
}

fn message(task: &Task) -> String {
    let message = task.hold.as_ref().and_then(|hold| hold.get("message")?.as_str().map(str::to_owned));
    message.unwrap_or_default()
}
