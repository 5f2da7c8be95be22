//! What happens in a test besides what is due: imports, files, signals, what people do with runs and documents, and what
//! recipients do.

use async_recursion::async_recursion as boxed;
use serde_json::{Map, Value, json};
use tutti_model::problem::join_pointer;
use tutti_model::source::SourceFile;
use tutti_model::test_case::{Action, At, Edit, Step, StepAnswer, Visit};

use super::drive::{Simulation, problems_of};
use super::fixture::{self, PUBLIC_URL};
use super::{CaughtMail, TestFailure};
use crate::answers::AnswerRequest;
use crate::error::{Error, Result};
use crate::launch::RunRequest;
use crate::life::{Actor, SignalRequest, TakeOverTime};

/// What recipients' mail programs are called.
const USER_AGENT: &str = "tutti test";

impl Simulation<'_> {
    /// Takes one step of the test.
    #[boxed]
    pub async fn take(&self, step: &Step, pointer: &str) -> Result<(), Vec<TestFailure>> {
        let campaign = step.campaign.as_ref().unwrap_or(&self.planned.test.campaign);
        for (name, action) in step.actions() {
            let at = format!("{pointer}/{name}");
            let failed = |error: Error| vec![TestFailure::of(&error, &at)];
            match action {
                Action::Import(rows) => {
                    fixture::import(&self.workspace, rows, &at, &self.bench.folder).await?;
                }
                Action::Files(files) => {
                    for (name, text) in files {
                        fixture::put_file(&self.workspace, name, text)
                            .map_err(|error| vec![TestFailure::of(&error, &join_pointer(&at, name))])?;
                    }
                    // Files are whole that did not change from one look to the next.
                    self.workspace.look_at_files().await.map_err(failed)?;
                }
                Action::Signal(values) => {
                    let request = SignalRequest { variables: values.clone(), idempotency_key: None };
                    self.workspace.signal_campaign(campaign, &request).await.map_err(failed)?;
                }
                Action::Run(values) => {
                    let request = RunRequest { variables: values.clone(), ..RunRequest::default() };
                    let started = self.workspace.start_run(campaign, &request, &Actor::anyone()).await;
                    started.map_err(|error| problems_of(&error, &at))?;
                }
                Action::Pause(number) => {
                    let run = self.numbered(campaign, number).await.map_err(failed)?;
                    self.workspace.pause_run(&run, &Actor::anyone()).await.map_err(failed)?;
                }
                Action::Resume(number) => {
                    let run = self.numbered(campaign, number).await.map_err(failed)?;
                    self.workspace.resume_run(&run, &Actor::anyone()).await.map_err(failed)?;
                }
                Action::Stop(number) => {
                    let run = self.numbered(campaign, number).await.map_err(failed)?;
                    self.workspace.stop_run(&run, &Actor::anyone()).await.map_err(failed)?;
                }
                Action::Apply(edit) => self.apply(edit, &at).await?,
                Action::Approve(answer) => self.answer(campaign, answer, true).await.map_err(failed)?,
                Action::Reject(answer) => self.answer(campaign, answer, false).await.map_err(failed)?,
                Action::Open(visit) => self.open_mail(campaign, visit).await.map_err(failed)?,
                Action::Click(visit) => self.click(campaign, visit).await.map_err(failed)?,
                Action::Unsubscribe(visit) => self.unsubscribe(campaign, visit).await.map_err(failed)?,
            }
        }
        Ok(())
    }

    /// The run of a campaign with this number; the first is 1.
    async fn numbered(&self, campaign: &str, number: usize) -> Result<String> {
        let runs = self.runs(campaign).await?;
        let run = number.checked_sub(1).and_then(|index| runs.get(index));
        run.map(|run| run.id.clone()).ok_or_else(|| {
            let message = format!("there is no run {number} of `{campaign}` yet: {} began so far", runs.len());
            Error::refused("no_run", message)
        })
    }

    /// Changes documents as somebody would who applies them.
    async fn apply(&self, edit: &Edit, pointer: &str) -> Result<(), Vec<TestFailure>> {
        let mut files = Vec::with_capacity(edit.documents.len());
        for (index, change) in edit.documents.iter().enumerate() {
            let path = format!("{pointer}/documents/{index}");
            let changed = self.changed(change).await.map_err(|error| vec![TestFailure::of(&error, &path)])?;
            files.push(SourceFile { path, text: changed.to_string() });
        }
        let takes_over = edit.takes_over.map(|at| match at {
            At::Instant(instant) => TakeOverTime::Instant(instant),
            At::Wall(wall) => TakeOverTime::Wall(wall),
        });
        let applied = self.workspace.apply_documents_as(&files, false, takes_over, &Actor::anyone()).await;
        applied.map(drop).map_err(|error| problems_of(&error, pointer))
    }

    /// A document with fields that change: as it is stored, or a new one.
    async fn changed(&self, change: &Map<String, Value>) -> Result<Value> {
        let text = |field: &str| change.get(field).and_then(Value::as_str).unwrap_or_default();
        let mut body = match self.workspace.get_document(text("kind"), text("name"), None).await {
            Err(Error::NotFound { .. }) => json!({}),
            other => other?,
        };
        for (field, value) in change {
            body[field.as_str()] = value.clone();
        }
        if let Some(fields) = body.as_object_mut() {
            fields.retain(|_, value| !value.is_null());
        }
        Ok(fixture::caught(text("kind"), body, self.bench.catcher.port()))
    }

    /// Answers an activity of the oldest run in which it waits; where it waits in none, of the newest.
    async fn answer(&self, campaign: &str, answer: &StepAnswer, approves: bool) -> Result<()> {
        let runs = self.runs(campaign).await?;
        let mut waiting = None;
        for run in &runs {
            let tasks = self.workspace.store.tasks().list(&run.id).await?;
            if tasks.iter().any(|task| task.activity == answer.activity && task.state == "held") {
                waiting = Some(run);
                break;
            }
        }
        let Some(run) = waiting.or(runs.last()) else {
            let message = format!("`{}` waits for nobody: there was no run yet", answer.activity);
            return Err(Error::refused("not_held", message));
        };
        let request =
            AnswerRequest { by: answer.by.clone(), comment: answer.comment.clone(), answer: answer.answer.clone() };
        match approves {
            true => self.workspace.approve(&run.id, &answer.activity, &request).await,
            false => self.workspace.reject(&run.id, &answer.activity, &request).await,
        }
    }

    async fn open_mail(&self, campaign: &str, visit: &Visit) -> Result<()> {
        let mail = self.last_mail(campaign, visit).await?;
        let Some(token) = tokens(&mail.html, "t/o").next() else {
            return Err(unlinked(visit, "has no pixel that tells of opens", "`tracking.opens` of its channel"));
        };
        self.workspace.track_open(token, Some(USER_AGENT)).await.map(drop)
    }

    async fn click(&self, campaign: &str, visit: &Visit) -> Result<()> {
        let mail = self.last_mail(campaign, visit).await?;
        let mut links = Vec::new();
        for token in tokens(&mail.html, "t/c") {
            let Some(to) = self.workspace.link_target(token).await? else { continue };
            if visit.link.as_ref().is_none_or(|link| *link == to) {
                return self.workspace.track_click(token, Some(USER_AGENT)).await.map(drop);
            }
            links.push(to);
        }
        let Some(link) = &visit.link else {
            return Err(unlinked(visit, "has no link whose clicks are told", "`tracking.clicks` of its channel"));
        };
        let message = format!("the message of `{}` to `{}` has no link to `{link}`", visit.activity, visit.key);
        let known: Vec<String> = links.iter().map(|link| format!("`{link}`")).collect();
        let hint = if known.is_empty() { "it has no links".to_owned() } else { format!("it has {}", known.join(", ")) };
        Err(Error::refused_with("no_link", message, hint))
    }

    async fn unsubscribe(&self, campaign: &str, visit: &Visit) -> Result<()> {
        let mail = self.last_mail(campaign, visit).await?;
        let Some(token) = mail.unsubscribe.as_deref().and_then(|header| tokens(header, "u").next()) else {
            return Err(unlinked(visit, "has no way to unsubscribe", "`unsubscribe` of its channel"));
        };
        self.workspace.unsubscribe(token, Some(USER_AGENT)).await.map(drop)
    }

    /// The last message that an activity sent to a row.
    async fn last_mail(&self, campaign: &str, visit: &Visit) -> Result<CaughtMail> {
        let key = visit.key.to_string();
        for run in self.runs(campaign).await?.iter().rev() {
            let mails = self.caught(&run.id, &visit.activity)?;
            if let Some(mail) = mails.into_iter().rev().find(|mail| mail.key == key) {
                return Ok(mail);
            }
        }
        let message = format!("`{}` has sent nothing to `{key}` yet", visit.activity);
        Err(Error::refused("no_message", message))
    }

    /// The mails of an activity of a run, oldest first.
    pub fn caught(&self, run: &str, activity: &str) -> Result<Vec<CaughtMail>> {
        self.catcher().caught(run, activity).map_err(|why| Error::refused("catcher", why))
    }

    /// The runs of a campaign, oldest first.
    #[boxed]
    pub async fn runs(&self, campaign: &str) -> Result<Vec<tutti_store::Run>> {
        let mut runs = self.workspace.store.runs().list(Some(campaign), u64::MAX, 0).await?;
        runs.sort_by(|a, b| (a.started_us, &a.id).cmp(&(b.started_us, &b.id)));
        Ok(runs)
    }
}

/// The tokens of the links below `kind` in a text, in their order.
fn tokens<'t>(text: &'t str, kind: &str) -> impl Iterator<Item = &'t str> {
    let prefix = format!("{PUBLIC_URL}/{kind}/");
    let parts: Vec<&str> = text.split(prefix.as_str()).skip(1).collect();
    let is_part = |character: char| character.is_ascii_alphanumeric() || character == '-' || character == '_';
    parts.into_iter().map(move |part| part.find(|character| !is_part(character)).map_or(part, |end| &part[..end]))
}

fn unlinked(visit: &Visit, what: &str, setting: &str) -> Error {
    let message = format!("the message of `{}` to `{}` {what}", visit.activity, visit.key);
    Error::refused_with("no_link", message, format!("see {setting}"))
}

/// A value of a row as keys of tests write it.
pub(super) fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_found_in_their_order() {
        let html = "<a href=\"http://tutti.test/t/c/a-1\">x</a><a href='http://tutti.test/t/c/b_2'>y</a>\
                    <img src=\"http://tutti.test/t/o/c3\">";
        assert_eq!(tokens(html, "t/c").collect::<Vec<_>>(), ["a-1", "b_2"]);
        assert_eq!(tokens("<http://tutti.test/u/d>", "u").collect::<Vec<_>>(), ["d"]);
        assert_eq!(tokens("nothing", "u").count(), 0);
    }
}
