//! When campaigns will start: launch times for people to look at.

use async_recursion::async_recursion as boxed;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;
use tutti_engine::schedule;
use tutti_model::calendar::Calendars;
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_model::document::{Document, Spec};
use tutti_model::problem::{Problem, has_errors};
use tutti_model::schedule::Schedule;

use crate::error::{Error, Result};
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
    /// The next launches of the newest version of a campaign, jitter included.
    #[boxed]
    pub async fn campaign_schedule(&self, name: &str, asked: &LaunchesAsked) -> Result<SchedulePreview> {
        let (campaign, _) = self.find_campaign(name).await?;
        let catalog = self.catalog().await?;
        let zone = zone_of(&campaign.time_zone)?;
        let mut warnings = Vec::new();
        schedule::check(&campaign.schedule, &zone, &catalog.calendars, self.clock.now(), "/schedule", &mut warnings);
        warnings.retain(|problem| !problem.is_error());
        let asker = Asker { schedule: &campaign.schedule, zone, calendars: &catalog.calendars };
        let launches = asker.launches(Some(name), asked, self.clock.now())?;
        Ok(SchedulePreview {
            campaign: Some(campaign.name.clone()),
            words: campaign.schedule.words(&campaign.time_zone),
            time_zone: campaign.time_zone.clone(),
            launches,
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
        let asker = Asker { schedule: &schedule, zone, calendars: &catalog.calendars };
        Ok(SchedulePreview {
            campaign: None,
            words: schedule.words(time_zone),
            time_zone: time_zone.to_owned(),
            launches: asker.launches(None, asked, self.clock.now())?,
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

/// A schedule where it is asked for its launches.
struct Asker<'a> {
    schedule: &'a Schedule,
    zone: TimeZone,
    calendars: &'a Calendars,
}

impl Asker<'_> {
    fn launches(&self, campaign: Option<&str>, asked: &LaunchesAsked, now: Timestamp) -> Result<Vec<String>> {
        if !(1..=LAUNCHES_MAX).contains(&asked.next) {
            let message = format!("{} launches cannot be given at once; 1 to {LAUNCHES_MAX} can", asked.next);
            return Err(wrong("bad_value", "/next", message, None));
        }
        let after = asked.after.as_deref().map_or(Ok(now), |text| self.instant(text))?;
        // With jitter a launch that was planned before may start after.
        let jitter = SignedDuration::from_secs(self.schedule.jitter_seconds);
        let planned = after.checked_sub(jitter).unwrap_or(after);
        let start = |launch: &schedule::Launch| campaign.map_or(launch.at, |campaign| launch.due(campaign));
        Ok(schedule::launches(self.schedule, &self.zone, self.calendars, planned)
            .map(|launch| start(&launch))
            .filter(|at| *at > after)
            .take(asked.next)
            .map(|at| self.rfc3339(at))
            .collect())
    }

    fn rfc3339(&self, at: Timestamp) -> String {
        at.to_zoned_datetime(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    /// An instant, or a date or wall-clock time in the zone.
    fn instant(&self, text: &str) -> Result<Timestamp> {
        let wall = || {
            let date = || text.parse::<Date>().map(|date| date.to_datetime(Time::midnight()));
            let wall = text.parse::<DateTime>().or_else(|_| date()).ok()?;
            self.zone.to_timestamp(wall).ok()
        };
        text.parse::<Timestamp>().ok().or_else(wall).ok_or_else(|| {
            let hint =
                "write it like `2026-12-01T09:00:00Z`, or `2026-12-01` or `2026-12-01T09:00` in the schedule's zone";
            wrong("bad_time", "/after", format!("`{text}` is not a time"), Some(hint))
        })
    }
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
