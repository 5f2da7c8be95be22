//! People's answers to what runs wait for: approvals, held sends, breakpoints. And the alerts that runs raised.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_activities::approval::{APPROVED, REJECTED};
use tutti_store::{Run, Task};

use crate::control::HoldKind;
use crate::error::{Error, Result};
use crate::flow::{self, Happened};
use crate::logs;
use crate::workspace::Workspace;

/// An answer to what an activity waits for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AnswerRequest {
    /// Who answers.
    pub by: Option<String>,
    pub comment: Option<String>,
    /// The answer, where an approval has others than to approve and to reject.
    pub answer: Option<String>,
}

/// An alert that a run raised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alert {
    /// Grows from alert to alert.
    pub seq: i64,
    /// Empty where a launch is meant that began no run.
    pub run: String,
    /// The launch, where that is meant.
    pub launch: Option<String>,
    pub campaign: String,
    pub activity: String,
    /// `info`, `warning` or `critical`.
    pub level: String,
    pub title: String,
    pub message: String,
    /// What went wrong, of an alert that no activity raised: `failed`, `paused`, `held` or `skipped`.
    pub trouble: Option<String>,
    /// The addresses that it was mailed to.
    pub mailed_to: Vec<String>,
    pub at: String,
}

impl Workspace {
    /// Lets an activity go on that waits for a person: approves what it asks, confirms its held messages, or passes its
    /// breakpoint.
    #[boxed]
    pub async fn approve(&self, run: &str, activity: &str, answer: &AnswerRequest) -> Result<()> {
        self.answer(run, activity, answer, true).await
    }

    /// Rejects what an approval asks.
    #[boxed]
    pub async fn reject(&self, run: &str, activity: &str, answer: &AnswerRequest) -> Result<()> {
        self.answer(run, activity, answer, false).await
    }

    /// Alerts, newest first, of one campaign or one run where they are given; with `before`, of those that were recorded
    /// before the one with this number.
    #[boxed]
    pub async fn alerts(
        &self,
        campaign: Option<&str>,
        run: Option<&str>,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<Alert>> {
        let alerts = self.store.alerts().before(campaign, run, before.unwrap_or(i64::MAX), limit).await?;
        Ok(alerts
            .into_iter()
            .map(|alert| Alert {
                seq: alert.seq,
                run: alert.run,
                launch: alert.launch,
                campaign: alert.campaign,
                activity: alert.activity,
                level: alert.level,
                title: alert.title,
                message: alert.message,
                trouble: alert.trouble,
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
        let word = word(task, request, approves)?;
        let now_us = self.clock.now_us();
        if kind == HoldKind::Approval && is_late(task, now_us) {
            return Err(Error::refused_with(
                "deadline_passed",
                format!("the deadline of `{activity}` has passed, and `on_deadline` has its word"),
                format!("a worker takes it at once; without a server, `tutti resume {run}` does"),
            ));
        }
        let vote =
            Vote { answer: word.clone(), by: request.by.clone(), comment: request.comment.clone(), at_us: now_us };
        // What others have answered meanwhile is known within the transaction only.
        let decide = |run: &Run, tasks: &[Task]| {
            let current = tasks.iter().find(|task| task.activity == activity);
            let counted = current.map_or_else(Counted::default, |task| Counted::with(task, kind, &vote));
            let answer = counted.answer(kind, &vote);
            let event = if counted.decided {
                Happened::Answered { activity, kind, answer }
            } else {
                Happened::Voted { activity, kind, answer }
            };
            let told = logs::line(Some(activity), "info", counted.line(activity, kind, &vote));
            flow::decide(&campaign, run, tasks, event, now_us).telling(told)
        };
        self.store.runs().advance(run, now_us, decide).await?;
        self.wake();
        Ok(())
    }
}

/// Whether an activity waits for an answer until a moment that is past.
pub(crate) fn is_late(task: &Task, now_us: i64) -> bool {
    task.state == "held" && task.not_before_us.is_some_and(|until_us| until_us <= now_us)
}

/// What one person answered.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Vote {
    answer: String,
    by: Option<String>,
    comment: Option<String>,
    at_us: i64,
}

impl Vote {
    fn is_by(&self, other: &Self) -> bool {
        let name = |vote: &Self| vote.by.as_deref().unwrap_or_default().to_lowercase();
        name(self) == name(other)
    }
}

/// The answers to a hold so far.
#[derive(Debug, Default)]
struct Counted {
    votes: Vec<Vote>,
    /// How many people gave the newest answer.
    same: usize,
    needed: usize,
    decided: bool,
}

impl Counted {
    /// With one more; who has answered before takes it back by another answer.
    fn with(task: &Task, kind: HoldKind, vote: &Vote) -> Self {
        let mut votes = votes(task);
        votes.retain(|other| !other.is_by(vote));
        votes.push(vote.clone());
        let needed = task.hold.as_ref().and_then(|hold| hold.get("needed")?.as_u64()).unwrap_or(1);
        let needed = usize::try_from(needed).unwrap_or(usize::MAX);
        let same = votes.iter().filter(|other| other.answer == vote.answer).count();
        let decided = kind != HoldKind::Approval || same >= needed || vote.answer == REJECTED;
        Self { votes, same, needed, decided }
    }

    /// What was answered, for the log.
    fn line(&self, activity: &str, kind: HoldKind, vote: &Vote) -> String {
        let who = vote.by.as_deref().filter(|by| !by.is_empty()).unwrap_or("somebody");
        let comment = vote.comment.as_deref().map_or_else(String::new, |comment| format!(": {comment}"));
        let so_far = if self.decided { String::new() } else { format!(" ({} of {} people)", self.same, self.needed) };
        let word = &vote.answer;
        match kind {
            HoldKind::Approval if word == APPROVED || word == REJECTED => {
                format!("{who} {word} `{activity}`{so_far}{comment}")
            }
            HoldKind::Approval => format!("{who} answered `{word}` to `{activity}`{so_far}{comment}"),
            _ => format!("{who} let `{activity}` go on{comment}"),
        }
    }

    /// As the state keeps it: without an `answer` while it is not decided.
    fn answer(&self, kind: HoldKind, vote: &Vote) -> Value {
        let answer = self.decided.then_some(&vote.answer);
        let mut kept = json!({"answer": answer, "by": vote.by, "comment": vote.comment, "at_us": vote.at_us});
        if kind == HoldKind::Approval && self.votes.len() > 1 || !self.decided {
            kept["votes"] = json!(self.votes);
            let names: Vec<&str> = self
                .votes
                .iter()
                .filter(|other| other.answer == vote.answer)
                .filter_map(|vote| vote.by.as_deref())
                .collect();
            kept["by"] = json!(Some(names.join(", ")).filter(|names| !names.is_empty()));
        }
        kept
    }
}

fn votes(task: &Task) -> Vec<Vote> {
    let kept = task.answers.as_ref().and_then(|answers| answers.get(HoldKind::Approval.code())?.get("votes").cloned());
    kept.and_then(|votes| serde_json::from_value(votes).ok()).unwrap_or_default()
}

/// A hold as people see it: with what some have answered already.
pub(crate) fn with_votes(hold: &Value, task: &Task) -> Value {
    let mut hold = hold.clone();
    let given: Vec<Value> = votes(task)
        .into_iter()
        .map(|vote| json!({"answer": vote.answer, "by": vote.by, "comment": vote.comment, "at": crate::time::rfc3339(vote.at_us)}))
        .collect();
    if let (false, Some(fields)) = (given.is_empty(), hold.as_object_mut()) {
        fields.insert("votes".to_owned(), json!(given));
    }
    hold
}

/// The answer that is meant: the one that is named, else that of the verb. One that cannot be given is refused.
fn word(task: &Task, request: &AnswerRequest, approves: bool) -> Result<String> {
    let verb = if approves { APPROVED } else { REJECTED };
    let choices = task.hold.as_ref().and_then(|hold| hold.get("choices")?.as_array().cloned()).unwrap_or_default();
    let choices: Vec<&str> = choices.iter().filter_map(Value::as_str).collect();
    let asked = request.answer.as_deref().unwrap_or(verb);
    if choices.is_empty() && request.answer.is_none() || choices.contains(&asked) {
        return Ok(asked.to_owned());
    }
    let shown: Vec<String> = choices.iter().map(|choice| format!("`{choice}`")).collect();
    let hint = match shown.as_slice() {
        [] => "it only waits for somebody to let it go on; leave the answer out".to_owned(),
        shown => format!("say which with `--answer`: {}", shown.join(", ")),
    };
    Err(Error::refused_with("unknown_answer", format!("`{asked}` is no answer to `{}`", task.activity), hint))
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
    let several = task.hold.as_ref().and_then(|hold| hold.get("needed")?.as_u64()).is_some_and(|needed| needed > 1);
    if names.is_empty() && several && by.is_empty() {
        return Err(Error::refused_with(
            "not_named",
            format!("`{}` needs the answers of several people, and nobody is named who answers", task.activity),
            "say who answers with `--by`",
        ));
    }
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
