//! The life of campaigns: publication, launches by schedules and signals, versions, the archive. What may be done when
//! is decided in `engine::campaign`; here it is carried out and recorded.

mod archive;
mod arrivals;
mod coming;
mod commands;
mod launcher;
mod plan;
mod replan;
mod signals;
mod take_over;
mod targets;
mod triggers;
mod trouble;
mod versions;

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use tutti_engine::campaign::{CampaignState, CampaignView, Decision, Effect, Event, Refusal, Runs, decide};
use tutti_model::campaign::Campaign;
use tutti_store::{CampaignChange, NewAudit, RunFacts};

use crate::error::{Error, Result};
use crate::workspace::Workspace;

pub use launcher::LaunchLine;
pub use signals::{SignalAnswer, SignalRequest};
pub use take_over::TakeOverTime;
pub use versions::VersionLine;

pub(crate) use commands::Planned;
pub(crate) use plan::signal_rule;
pub(crate) use signals::{as_text, check_key};
pub(crate) use take_over::{on_description, on_new_version};
pub(crate) use trouble::told as told_trouble;

/// Who does something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Actor(String);

impl Actor {
    /// A person or program by name.
    pub fn named(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Whoever can reach the workspace, where nobody has to sign in.
    pub fn anyone() -> Self {
        Self("anyone".to_owned())
    }

    /// What happens by itself.
    pub fn itself() -> Self {
        Self("tutti".to_owned())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A stored campaign with its document, as decisions need it.
pub(crate) struct Subject<'a> {
    pub stored: &'a tutti_store::Campaign,
    pub facts: &'a RunFacts,
    pub document: &'a Campaign,
    /// Whether the schedule has a launch after now, or signals may come.
    pub more_to_come: bool,
}

impl Subject<'_> {
    fn view(&self) -> Result<CampaignView> {
        let count = |number: i64| u64::try_from(number).unwrap_or_default();
        Ok(CampaignView {
            state: state_of(self.stored)?,
            before_archive: self.stored.archived_from.as_deref().and_then(|word| word.parse().ok()),
            before_suspension: self.stored.suspended_from.as_deref().and_then(|word| word.parse().ok()),
            repeats: !self.document.schedule.is_one_shot(),
            launches_to_come: self.facts.launches > 0 || (self.more_to_come && !self.document.schedule.is_one_shot()),
            runs: Runs {
                any: self.facts.any,
                completed: self.facts.completed,
                active: count(self.facts.active),
                sound: count(self.facts.sound),
            },
            changed_us: self.stored.changed_us,
        })
    }

    pub(crate) fn decide(&self, event: Event, now_us: i64) -> Result<Decision> {
        decide(&self.view()?, event, now_us).map_err(|refusal| refused(&self.stored.name, &refusal))
    }

    /// The change that writes a decision. What to plan is the caller's to add.
    pub(crate) fn change(&self, event: Event, decision: &Decision, actor: &Actor, now_us: i64) -> CampaignChange {
        let mut row = self.stored.clone();
        if let Some(state) = decision.state {
            row.archived_from = (state == CampaignState::Archived).then(|| row.state.clone());
            row.suspended_from = (state == CampaignState::Suspended).then(|| row.state.clone());
            row.state = state.as_str().to_owned();
            row.changed_us = now_us;
            row.actor = actor.as_str().to_owned();
        }
        if ends_trouble(event) {
            row.error = None;
        }
        CampaignChange {
            cancel_launches: decision.effects.contains(&Effect::CancelLaunches),
            audit: decision.state.map(|state| NewAudit {
                actor: actor.as_str().to_owned(),
                kind: "campaign".to_owned(),
                name: self.stored.name.clone(),
                action: event.as_str().to_owned(),
                detail: Some(format!("{} to {state}", self.stored.state)),
            }),
            row: Some(row).filter(|_| !decision.effects.contains(&Effect::Forget)),
            ..CampaignChange::default()
        }
    }
}

/// Whether what went wrong with a publication or a launch is over with this event.
fn ends_trouble(event: Event) -> bool {
    matches!(
        event,
        Event::Launch | Event::Run | Event::Unpublish | Event::Close | Event::Stop | Event::Archive | Event::Restore
    )
}

pub(crate) fn state_of(stored: &tutti_store::Campaign) -> Result<CampaignState> {
    CampaignState::from_str(&stored.state).map_err(|error| Error::refused("bad_state", error.to_string()))
}

fn refused(name: &str, refusal: &Refusal) -> Error {
    let message = format!("the campaign `{name}` is {} and cannot be {}", refusal.state, refusal.event.participle());
    Error::refused_with("not_allowed", message, refusal.instead)
}

impl Workspace {
    /// A campaign as its next run would take it, with the version that is in force: of a draft the newest.
    pub(crate) async fn campaign_in_force(
        &self,
        stored: &tutti_store::Campaign,
    ) -> Result<(std::sync::Arc<Campaign>, i64)> {
        let is_draft = matches!(state_of(stored)?, CampaignState::Draft | CampaignState::Publishing);
        match stored.version_at(self.clock.now_us()).filter(|_| !is_draft) {
            Some(version) => Ok((std::sync::Arc::new(self.campaign_version(&stored.name, version).await?), version)),
            None => self.find_campaign(&stored.name).await,
        }
    }
}
