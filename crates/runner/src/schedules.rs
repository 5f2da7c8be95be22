//! When campaigns will start: launch times for people to look at.

use async_recursion::async_recursion as boxed;
use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use serde::Serialize;
use serde_json::Value;
use tutti_engine::campaign::CampaignState;
use tutti_engine::schedule;
use tutti_model::calendar::Calendars;
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_model::document::{Document, Spec};
use tutti_model::problem::{Problem, has_errors};
use tutti_model::schedule::Schedule;

use crate::error::{Error, Result};
use crate::life::state_of;
use crate::workspace::Workspace;

/// The most launch times that are given at once.
pub const LAUNCHES_MAX: usize = 1_000;

/// A schedule in words, and its next launches.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SchedulePreview {
    /// The campaign whose schedule it is; of a schedule that is no campaign's yet, null.
    pub campaign: Option<String>,
    pub time_zone: String,
    /// In plain words.
    pub words: String,
    /// RFC 3339 with the zone's offset.
    pub launches: Vec<String>,
    /// What is doubtful.
    pub warnings: Vec<Problem>,
}

/// Which launches are asked for.
#[derive(Clone, Debug)]
pub struct LaunchesAsked {
    /// How many, at most [`LAUNCHES_MAX`].
    pub next: usize,
    /// After when: RFC 3339, or a date or a wall-clock time in the schedule's zone. Without it, after now.
    pub after: Option<String>,
}

impl Workspace {
    /// The next launches of a campaign, jitter included: of the version in force, and after each take-over of the version
    /// that takes over. Those of a suspended one would be skipped. One that is closed, completed, stopped or in the
    /// archive launches no more.
    #[boxed]
    pub async fn campaign_schedule(&self, name: &str, asked: &LaunchesAsked) -> Result<SchedulePreview> {
        self.find_campaign(name).await?;
        let catalog = self.catalog().await?;
        let stored = self.store.campaigns().get(name).await?;
        let (campaign, _) = self.campaign_in_force(&stored).await?;
        let zone = zone_of(&campaign.time_zone)?;
        let mut warnings = Vec::new();
        schedule::check(&campaign.schedule, &zone, &catalog.calendars, self.clock.now(), "/schedule", &mut warnings);
        warnings.retain(|problem| !problem.is_error());
        if state_of(&stored)? == CampaignState::Suspended {
            let message = "the campaign is suspended: until it is continued, its launches are skipped";
            let hint = format!("`tutti continue {name}` lets it launch again");
            warnings.push(Problem::warning("suspended", "", message).hint(hint));
        }
        let after = asked.after(&zone, self.clock.now())?;
        let coming = self.coming(&stored).await?;
        let launches = coming.starts(&catalog.calendars, after, None).take(asked.next);
        Ok(SchedulePreview {
            campaign: Some(campaign.name.clone()),
            words: campaign.schedule.words(&campaign.time_zone),
            time_zone: campaign.time_zone.clone(),
            launches: launches.map(|(at, zone)| rfc3339(at, zone)).collect(),
            warnings,
        })
    }

    /// The next launches of a schedule as it would stand in a campaign, around the stored calendars. Jitter depends on
    /// the campaign, so the times are those before it.
    #[boxed]
    pub async fn preview_schedule(
        &self,
        document: &Value,
        time_zone: &str,
        asked: &LaunchesAsked,
    ) -> Result<SchedulePreview> {
        let zone = zone_of(time_zone)?;
        let catalog = self.catalog().await?;
        let mut problems = Vec::new();
        let schedule = Schedule::read(document, "/schedule", &mut problems);
        if let Some(schedule) = &schedule {
            schedule.check_calendar(&catalog.calendars, "/schedule", &mut problems);
            schedule::check(schedule, &zone, &catalog.calendars, self.clock.now(), "/schedule", &mut problems);
        }
        let Some(schedule) = schedule.filter(|_| !has_errors(&problems)) else {
            return Err(Error::Problems { what: "the schedule cannot be used".to_owned(), problems });
        };
        let after = asked.after(&zone, self.clock.now())?;
        let launches = schedule::launches(&schedule, &zone, &catalog.calendars, after).take(asked.next);
        Ok(SchedulePreview {
            campaign: None,
            words: schedule.words(time_zone),
            time_zone: time_zone.to_owned(),
            launches: launches.map(|launch| rfc3339(launch.at, &zone)).collect(),
            warnings: problems,
        })
    }

    /// What the launch times of campaigns among `documents` show to be doubtful.
    pub(crate) fn check_schedules(&self, documents: &[Document], catalog: &Catalog) -> Vec<Problem> {
        let campaigns = documents.iter().filter_map(|document| match &document.spec {
            Spec::Campaign(campaign) => Some((document, campaign)),
            _ => None,
        });
        let mut problems = Vec::new();
        for (document, campaign) in campaigns {
            let before = problems.len();
            self.check_schedule(campaign, &catalog.calendars, &mut problems);
            for problem in &mut problems[before..] {
                problem.document = Some(document.reference());
            }
        }
        problems
    }

    fn check_schedule(&self, campaign: &Campaign, calendars: &Calendars, problems: &mut Vec<Problem>) {
        // An unknown zone is an error of its own.
        if let Ok(zone) = TimeZone::get(&campaign.time_zone) {
            schedule::check(&campaign.schedule, &zone, calendars, self.clock.now(), "/schedule", problems);
        }
    }
}

impl LaunchesAsked {
    /// After which instant, where that and the number can be asked for.
    fn after(&self, zone: &TimeZone, now: Timestamp) -> Result<Timestamp> {
        if !(1..=LAUNCHES_MAX).contains(&self.next) {
            let message = format!("{} launches cannot be given at once; 1 to {LAUNCHES_MAX} can", self.next);
            return Err(wrong("bad_value", "/next", message, None));
        }
        self.after.as_deref().map_or(Ok(now), |text| instant(text, zone))
    }
}

fn rfc3339(at: Timestamp, zone: &TimeZone) -> String {
    at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// An instant, or a date or wall-clock time in a zone.
fn instant(text: &str, zone: &TimeZone) -> Result<Timestamp> {
    let wall = || {
        let date = || text.parse::<Date>().map(|date| date.to_datetime(Time::midnight()));
        let wall = text.parse::<DateTime>().or_else(|_| date()).ok()?;
        zone.to_timestamp(wall).ok()
    };
    text.parse::<Timestamp>().ok().or_else(wall).ok_or_else(|| {
        let hint = "write it like `2026-12-01T09:00:00Z`, or `2026-12-01` or `2026-12-01T09:00` in the schedule's zone";
        wrong("bad_time", "/after", format!("`{text}` is not a time"), Some(hint))
    })
}

fn zone_of(name: &str) -> Result<TimeZone> {
    TimeZone::get(name).map_err(|_| {
        let message = format!("`{name}` is not an IANA time zone");
        wrong("unknown_time_zone", "/time_zone", message, Some("write it like `Europe/Paris`"))
    })
}

fn wrong(code: &str, pointer: &str, message: String, hint: Option<&str>) -> Error {
    let problem = Problem::error(code, pointer, message);
    let problem = match hint {
        Some(hint) => problem.hint(hint),
        None => problem,
    };
    Error::Problems { what: "the launch times cannot be given".to_owned(), problems: vec![problem] }
}
