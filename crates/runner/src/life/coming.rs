//! The launches of a campaign that are to come: of the version in force, and from each take-over on those of the version
//! that takes over.

use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tutti_engine::campaign::CampaignState;
use tutti_engine::schedule;
use tutti_model::calendar::Calendars;
use tutti_model::campaign::Campaign;
use tutti_store::Campaign as Stored;

use super::plan::{just_before, zone};
use super::state_of;
use crate::error::Result;
use crate::workspace::Workspace;

/// When a campaign launches. It has a part for each version, of which the first is in force.
pub(crate) struct Coming {
    parts: Vec<Part>,
}

/// The launches that one version gives.
struct Part {
    campaign: Arc<Campaign>,
    zone: TimeZone,
    /// After when its schedule is asked: that of the version in force was always asked.
    after: Option<Timestamp>,
    /// The last time that its schedule can name: another version takes over then.
    until: Option<Timestamp>,
    launches: Launches,
}

enum Launches {
    /// Those of the schedule.
    Schedule,
    /// Of a schedule that launches once: what is planned, if anything is.
    Planned(Option<Timestamp>),
    /// It launches no more.
    None,
}

impl Workspace {
    /// When a campaign launches from now on. Of a draft: when it would if it were published.
    pub(crate) async fn coming(&self, stored: &Stored) -> Result<Coming> {
        let (campaign, _) = self.campaign_in_force(stored).await?;
        let state = state_of(stored)?;
        // Those of a suspended one come, and are skipped.
        let launched = state.takes_launches();
        let launches = match state {
            CampaignState::Draft | CampaignState::Publishing => Launches::Schedule,
            _ if !launched => Launches::None,
            _ if campaign.schedule.is_one_shot() => {
                let planned = self.store.launches().planned_of(&stored.name).await?;
                Launches::Planned(planned.and_then(|it| Timestamp::from_microsecond(it.launch.due_us).ok()))
            }
            _ => Launches::Schedule,
        };
        let mut parts = vec![Part { zone: zone(&campaign), campaign, after: None, until: None, launches }];
        let now_us = self.clock.now_us();
        let to_come = stored.take_overs.iter().filter(|other| launched && other.at_us > now_us);
        for take_over in to_come {
            let at = Timestamp::from_microsecond(take_over.at_us).ok();
            let campaign = Arc::new(self.campaign_version(&stored.name, take_over.version).await?);
            if let Some(before) = parts.last_mut() {
                before.until = at;
            }
            let zone = zone(&campaign);
            let after = at.map(just_before);
            parts.push(Part { campaign, zone, after, until: None, launches: Launches::Schedule });
        }
        Ok(Coming { parts })
    }
}

impl Coming {
    /// The starts after one time and before another, in order, each in the zone of its version.
    pub fn starts<'a>(
        &'a self,
        calendars: &'a Calendars,
        after: Timestamp,
        before: Option<Timestamp>,
    ) -> impl Iterator<Item = (Timestamp, &'a TimeZone)> + 'a {
        let of_part = move |part: &'a Part| part.starts(calendars, after, before).map(move |at| (at, &part.zone));
        // The time of a take-over may be one of both versions.
        let mut last = None;
        self.parts.iter().flat_map(of_part).filter(move |(at, _)| last.replace(*at) != Some(*at))
    }
}

impl Part {
    fn starts<'a>(
        &'a self,
        calendars: &'a Calendars,
        after: Timestamp,
        before: Option<Timestamp>,
    ) -> Box<dyn Iterator<Item = Timestamp> + 'a> {
        let is_before = move |at: &Timestamp| before.is_none_or(|before| *at < before);
        let schedule = match self.launches {
            Launches::Schedule => &self.campaign.schedule,
            Launches::Planned(planned) => {
                return Box::new(planned.into_iter().filter(move |at| *at > after && is_before(at)));
            }
            Launches::None => return Box::new(std::iter::empty()),
        };
        // With jitter a launch that was planned before may start after.
        let jitter = SignedDuration::from_secs(schedule.jitter_seconds);
        let named = after.checked_sub(jitter).unwrap_or(after);
        let named = self.after.map_or(named, |taken_over| named.max(taken_over));
        let until = self.until;
        let launches = schedule::launches(schedule, &self.zone, calendars, named)
            .take_while(move |launch| until.is_none_or(|until| launch.at <= until))
            .map(move |launch| launch.due(&self.campaign.name))
            .filter(move |at| *at > after)
            .take_while(is_before);
        Box::new(launches)
    }
}
