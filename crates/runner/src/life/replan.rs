//! Keeping the planned launches as the documents say: after changes of campaigns and calendars, when a version takes
//! over, and after the death of a process.

use std::collections::HashMap;
use std::sync::atomic::Ordering;

use jiff::Timestamp;
use tutti_engine::campaign::{CampaignState, Event};
use tutti_model::schedule::When;
use tutti_store::{Campaign as Stored, CampaignChange, Launch, NewAudit};

use super::plan::{first_launch, just_before, named_time, next_after};
use super::{Actor, state_of};
use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// How long a publication may take, microseconds. One that takes longer belongs to a process that died.
const PUBLICATION_US_MAX: i64 = 60_000_000;

impl Workspace {
    /// Plans anew what has changed since the last look; with `all`, looks at every campaign.
    pub(crate) async fn plan_launches(&self, all: bool) -> Result<()> {
        let generation = self.store.documents().generation().await?;
        let take_over = self.store.campaigns().next_take_over().await?;
        let takes_over = take_over.is_some_and(|at| at <= self.clock.now_us());
        if !all && !takes_over && self.planned_generation.load(Ordering::Relaxed) == generation {
            return Ok(());
        }
        let heads = self.store.documents().head_versions("campaign").await?;
        let planned = self.store.launches().planned().await?;
        let planned: HashMap<&str, &Launch> = planned
            .iter()
            .filter(|launch| launch.state == "waiting")
            .map(|launch| (launch.launch.campaign.as_str(), launch))
            .collect();
        for stored in self.store.campaigns().list().await? {
            if !state_of(&stored)?.takes_launches() {
                continue;
            }
            let Some(head) = heads.get(&stored.name) else { continue };
            let waiting = planned.get(stored.name.as_str()).copied();
            if let Err(error) = self.plan_campaign(&stored, *head, waiting).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(campaign = stored.name, error, "a campaign could not be planned");
            }
        }
        self.planned_generation.store(generation, Ordering::Relaxed);
        Ok(())
    }

    async fn plan_campaign(&self, stored: &Stored, head: i64, waiting: Option<&Launch>) -> Result<()> {
        let now = self.clock.now();
        let after = stored.taken_over(now.as_microsecond(), head);
        let taken_over = after.is_some();
        let in_force = after.unwrap_or_else(|| stored.clone());
        let version = in_force.pinned_version.unwrap_or(head);
        let (document, _) = self.campaign_in_force(&in_force).await?;
        let calendar = document.schedule.holidays.is_some();
        let changed = stored.planned_version != Some(version);
        let lost = waiting.is_none() && !document.schedule.is_one_shot();
        if !changed && !taken_over && !calendar && !lost {
            return Ok(());
        }
        // A time that has come is met as it was planned.
        let come = waiting.is_some_and(|launch| named_time(&launch.launch) <= now);
        let catalog = self.catalog().await?;
        let scheduled = state_of(stored)? == CampaignState::Scheduled;
        // A version launches at the time at which it takes over, too.
        let come_over =
            stored.take_overs.iter().map(|other| other.at_us).filter(|at| *at <= now.as_microsecond()).max();
        let since = come_over.filter(|_| taken_over).and_then(|at| Timestamp::from_microsecond(at).ok());
        let since = since.map_or(now, just_before);
        let next = match document.schedule.when {
            // Its publication was its launch, unless that waits for its first day.
            When::Asap => first_launch(&document, &catalog, now).filter(|_| scheduled),
            // One that runs once is not planned again after its time.
            _ => next_after(&document, &catalog, since)
                .filter(|_| changed || waiting.is_some() || !document.schedule.is_one_shot()),
        };
        let same = waiting.map(|launch| launch.launch.due_us) == next.map(|time| time.due.as_microsecond());
        if same && !changed && !taken_over {
            return Ok(());
        }
        let plan = next.map(|time| self.planned_launch(&stored.name, time));
        let seen = stored.clone();
        self.store
            .campaigns()
            .advance(&stored.name, now.as_microsecond(), |stored, _| {
                // Somebody else was faster; the next look sees what they left.
                if *stored != seen {
                    return (None, ());
                }
                let mut row = in_force;
                row.planned_version = Some(version);
                let mut audit = None;
                if taken_over {
                    row.changed_us = now.as_microsecond();
                    audit = Some(NewAudit {
                        actor: Actor::itself().as_str().to_owned(),
                        kind: "campaign".to_owned(),
                        name: row.name.clone(),
                        action: "take_over".to_owned(),
                        detail: Some(format!("version {version} is in force")),
                    });
                }
                let plan = (!come).then_some(plan);
                (Some(CampaignChange { row: Some(row), plan, audit, ..CampaignChange::default() }), ())
            })
            .await?;
        if next.is_none() && !come {
            self.settle_campaign(&stored.name).await?;
        }
        Ok(())
    }

    /// Ends what a process that died has begun: publications, completions, stops; and empties the archive.
    pub(crate) async fn mend_campaigns(&self) -> Result<()> {
        for stored in self.store.campaigns().list().await? {
            let mended = match state_of(&stored)? {
                CampaignState::Publishing => self.give_back_left(&stored.name).await,
                CampaignState::Draft | CampaignState::Stopped => {
                    self.stop_runs_of(&stored.name, &Actor::itself()).await
                }
                CampaignState::Scheduled | CampaignState::Live | CampaignState::Suspended | CampaignState::Closed => {
                    self.settle_campaign(&stored.name).await
                }
                CampaignState::Archived => self.purge_campaign(&stored).await,
                CampaignState::Completed => Ok(()),
            };
            match mended {
                Ok(()) | Err(Error::Refused { .. } | Error::NotFound { .. }) => {}
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(campaign = stored.name, error, "a campaign could not be mended");
                }
            }
        }
        Ok(())
    }

    /// Gives a campaign back to its draft whose publication was begun by a process that died.
    pub(crate) async fn give_back_left(&self, name: &str) -> Result<()> {
        let stored = self.store.campaigns().get(name).await?;
        let publishing = state_of(&stored)? == CampaignState::Publishing;
        // Whoever began it before this process came, alone, is dead.
        let is_left = self.came_alone() && stored.changed_us < self.started_at.as_microsecond();
        if !publishing || !is_left && self.clock.now_us() - stored.changed_us <= PUBLICATION_US_MAX {
            return Ok(());
        }
        let error = serde_json::json!({"code": "interrupted", "message": "the publication was interrupted"});
        self.write_move(name, Event::PublicationFailed, &Actor::itself(), |row, _| row.error = Some(error)).await?;
        Ok(())
    }
}
