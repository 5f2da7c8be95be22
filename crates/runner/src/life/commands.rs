//! What people do with campaigns: publish, take back, close, stop, archive, restore, duplicate.

use async_recursion::async_recursion as boxed;
use jiff::Timestamp;
use serde_json::{Value, json};
use tutti_engine::campaign::{CampaignState, Effect, Event};
use tutti_model::problem::{DocumentRef, Problem, has_errors};
use tutti_model::source::SourceFile;
use tutti_store::{Campaign as Stored, CampaignChange};

use super::plan::{first_launch, holiday_today, more_to_come};
use super::trouble::never_launched;
use super::{Actor, Subject};
use crate::documents::DocumentChange;
use crate::error::{Error, Result};
use crate::together::NewVersions;
use crate::workspace::Workspace;

/// What a publication plans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Planned {
    /// The first launch of the schedule.
    First,
    /// Only what comes again and again: somebody runs it by hand right now.
    Recurring,
}

impl Workspace {
    /// Publishes a draft: it is checked, and its schedule begins. One that starts as soon as possible runs at once.
    /// Answers what is doubtful.
    #[boxed]
    pub async fn publish_campaign(&self, name: &str, actor: &Actor) -> Result<Vec<Problem>> {
        let warnings = self.publish(name, actor, Planned::First).await?;
        self.settle_due_of(name).await?;
        self.wake();
        Ok(warnings)
    }

    /// Takes a campaign back to the draft, where nothing of it has happened yet or its only runs are in error.
    #[boxed]
    pub async fn unpublish_campaign(&self, name: &str, actor: &Actor) -> Result<()> {
        self.move_campaign(name, Event::Unpublish, actor).await
    }

    /// Has the launches of a recurring campaign skipped until it is continued. Runs that go on end.
    #[boxed]
    pub async fn suspend_campaign(&self, name: &str, actor: &Actor) -> Result<()> {
        self.move_campaign(name, Event::Suspend, actor).await
    }

    /// Lets a suspended campaign launch again.
    #[boxed]
    pub async fn continue_campaign(&self, name: &str, actor: &Actor) -> Result<()> {
        self.move_campaign(name, Event::Continue, actor).await
    }

    /// Lets a recurring campaign take no new runs. Those that go on end.
    #[boxed]
    pub async fn close_campaign(&self, name: &str, actor: &Actor) -> Result<()> {
        self.move_campaign(name, Event::Close, actor).await
    }

    /// Ends a campaign for good, with its runs. What was sent stays sent.
    #[boxed]
    pub async fn stop_campaign(&self, name: &str, actor: &Actor) -> Result<()> {
        self.move_campaign(name, Event::Stop, actor).await
    }

    /// Puts a campaign away; it is deleted 30 days after its last change.
    #[boxed]
    pub async fn archive_campaign(&self, name: &str, actor: &Actor) -> Result<()> {
        self.move_campaign(name, Event::Archive, actor).await
    }

    /// Takes a campaign out of the archive. Its signals must not have become part of a circle meanwhile.
    #[boxed]
    pub async fn restore_campaign(&self, name: &str, actor: &Actor) -> Result<()> {
        let stored = self.store.campaigns().get(name).await?;
        if stored.archived_from.as_deref().is_some_and(|state| state != CampaignState::Stopped.as_str()) {
            let problems = self.circles_of(name).await?;
            if has_errors(&problems) {
                let what = format!("the campaign `{name}` stays in the archive");
                return Err(Error::Problems { what, problems });
            }
        }
        self.move_campaign(name, Event::Restore, actor).await
    }

    /// Makes a draft of another name from the newest version of any campaign.
    #[boxed]
    pub async fn duplicate_campaign(&self, name: &str, copy: &str, actor: &Actor) -> Result<DocumentChange> {
        let mut body = self.get_document("campaign", name, None).await?;
        if self.store.documents().get("campaign", copy, None).await?.is_some() {
            let message = format!("there is a campaign `{copy}` already");
            return Err(Error::refused_with("name_taken", message, "give the copy another name"));
        }
        body["name"] = json!(copy);
        if let Some(label) = body.get("label").and_then(Value::as_str).map(|label| format!("{label} (copy)")) {
            body["label"] = json!(label);
        }
        let file = SourceFile { path: format!("{copy}.json"), text: body.to_string() };
        let mut changes = self.apply_documents_as(&[file], false, None, actor).await?;
        changes.pop().ok_or_else(|| Error::refused("nothing_copied", format!("`{name}` gave no document")))
    }

    /// Ends the publication of a draft: checks it and moves it out of the draft. Answers what is doubtful.
    pub(crate) async fn publish(&self, name: &str, actor: &Actor, planned: Planned) -> Result<Vec<Problem>> {
        self.give_back_left(name).await?;
        self.write_move(name, Event::Publish, actor, |_, _| {}).await?;
        let problems = match self.publication_problems(name, planned).await {
            Ok(problems) => problems,
            Err(error) => {
                self.fail_publication(name, actor, &json!({"code": error.code(), "message": error.to_string()}))
                    .await?;
                return Err(error);
            }
        };
        if has_errors(&problems) {
            let what = format!("the campaign `{name}` was not published");
            let first = problems.iter().find(|problem| problem.is_error());
            let message = first.map(|problem| problem.message.clone()).unwrap_or_default();
            self.fail_publication(name, actor, &json!({"code": "invalid", "message": message})).await?;
            return Err(Error::Problems { what, problems });
        }
        let (campaign, version) = self.find_campaign(name).await?;
        let now = self.clock.now();
        let plan = match planned {
            Planned::Recurring if campaign.schedule.is_one_shot() => None,
            _ => first_launch(&campaign, &*self.catalog().await?, now),
        };
        let later = plan.is_some_and(|time| time.due > now);
        let event = if later { Event::PublishedLater } else { Event::PublishedNow };
        let plan = plan.map(|time| self.planned_launch(name, time));
        let seen = self.seen_by_trigger(&campaign).await?;
        self.write_move(name, event, actor, |row, change| {
            row.published_us = Some(now.as_microsecond());
            row.pinned_version = None;
            row.take_overs.clear();
            row.planned_version = Some(version);
            row.seen = seen;
            row.error = None;
            change.plan = Some(plan);
        })
        .await?;
        Ok(problems)
    }

    async fn publication_problems(&self, name: &str, planned: Planned) -> Result<Vec<Problem>> {
        let (campaign, _) = self.find_campaign(name).await?;
        let catalog = self.catalog().await?;
        let mut problems = tutti_activities::validate_campaign(&campaign, &catalog, &self.moment_utc());
        problems.extend(self.circles_of(name).await?);
        let now = self.clock.now();
        if planned == Planned::First
            && !more_to_come(&campaign, &catalog, now)
            && first_launch(&campaign, &catalog, now).is_none()
        {
            problems.push(holiday_today(&campaign, &catalog, now).unwrap_or_else(|| {
                Problem::error("never_launches", "/schedule", "the schedule has no launch after now")
                    .hint("change its times, or run the campaign by hand")
            }));
        }
        problems.extend(self.idle_targets(&campaign, &catalog).await?);
        let document = DocumentRef { kind: "campaign".to_owned(), name: name.to_owned() };
        Ok(problems.into_iter().map(|problem| Problem { document: Some(document.clone()), ..problem }).collect())
    }

    /// What is wrong with the signals of a campaign and to it, once it does something.
    async fn circles_of(&self, name: &str) -> Result<Vec<Problem>> {
        let mut lives = self.lives(NewVersions::default()).await?;
        lives.put_away.remove(name);
        let mut problems = crate::chains::check(&*self.catalog().await?, &lives, &self.moment_utc());
        problems.retain(|problem| problem.document.as_ref().is_some_and(|document| document.name == name));
        Ok(problems)
    }

    async fn fail_publication(&self, name: &str, actor: &Actor, error: &Value) -> Result<()> {
        self.write_move(name, Event::PublicationFailed, actor, |row, _| row.error = Some(error.clone())).await?;
        Ok(())
    }

    /// Moves a campaign on somebody's word, and does what follows.
    pub(crate) async fn move_campaign(&self, name: &str, event: Event, actor: &Actor) -> Result<()> {
        let effects = self.write_move(name, event, actor, |_, _| {}).await?;
        if effects.contains(&Effect::StopRuns) {
            self.stop_runs_of(name, actor).await?;
        }
        self.wake();
        Ok(())
    }

    /// Decides about an event under the campaign's lock and writes what `more` makes of the change.
    pub(crate) async fn write_move(
        &self,
        name: &str,
        event: Event,
        actor: &Actor,
        more: impl FnOnce(&mut Stored, &mut CampaignChange) + Send,
    ) -> Result<Vec<Effect>> {
        let before = self.store.campaigns().get(name).await?;
        let (document, _) = self.campaign_in_force(&before).await?;
        let catalog = self.catalog().await?;
        let now: Timestamp = self.clock.now();
        let more_to_come = more_to_come(&document, &catalog, now);
        let now_us = now.as_microsecond();
        self.store
            .campaigns()
            .advance(name, now_us, |stored, facts| {
                let subject = Subject { stored, facts, document: &document, more_to_come };
                let decision = match subject.decide(event, now_us) {
                    Ok(decision) => decision,
                    Err(error) => return (None, Err(error)),
                };
                if decision.state.is_none() && decision.effects.is_empty() && event == Event::Settle {
                    return (None, Ok(decision.effects));
                }
                let mut change = subject.change(event, &decision, actor, now_us);
                if let Some(mut row) = change.row.take() {
                    more(&mut row, &mut change);
                    change.row = Some(row);
                }
                (Some(change), Ok(decision.effects))
            })
            .await?
    }

    /// Stops the live runs of a campaign that have not ended.
    pub(crate) async fn stop_runs_of(&self, name: &str, actor: &Actor) -> Result<()> {
        for run in self.store.runs().active(name).await? {
            match self.stop_run(&run.id, actor).await {
                // It ended by itself meanwhile.
                Err(Error::Refused { code: "not_allowed", .. }) => {}
                other => other?,
            }
        }
        Ok(())
    }

    /// Looks whether a campaign has done everything, after a run or its schedule has ended.
    pub(crate) async fn settle_campaign(&self, name: &str) -> Result<()> {
        let stored = self.store.campaigns().get(name).await?;
        if super::state_of(&stored)?.check(Event::Settle).is_err() {
            return Ok(());
        }
        let left = |row: &mut Stored, _: &mut CampaignChange| {
            if row.state == CampaignState::Live.as_str() && row.error.is_none() {
                row.error = Some(never_launched());
            }
        };
        match self.write_move(name, Event::Settle, &Actor::itself(), left).await {
            // Somebody else has moved it meanwhile, or its document has gone.
            Err(Error::Refused { .. } | Error::NotFound { .. }) => Ok(()),
            other => other.map(|_| ()),
        }
    }
}
