//! The calendar: which campaigns launch when, what ran, and the days of the calendars.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::Serialize;
use tutti_model::calendar::Span;
use tutti_model::catalog::Catalog;
use tutti_model::problem::{Problem, has_errors};
use tutti_model::view::check_state;
use tutti_store::{Campaign as Stored, Launch, Run};

use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// The longest stretch of a calendar, in days.
pub const CALENDAR_DAYS_MAX: i64 = 100;

/// How many days are shown where no end is asked for.
const DAYS: i64 = 30;

/// From so many launches or runs of a campaign on one day, they are one entry.
const TOGETHER_FROM: usize = 4;

/// How many launches of one campaign are looked at.
const LAUNCHES_MAX: usize = 20_000;

/// What is asked of the calendar.
#[derive(Clone, Debug)]
pub struct CalendarAsked {
    /// A day, or a time; in the zone where it has no offset. Without it, today.
    pub from: Option<String>,
    /// The first moment after; a day is its beginning. Without it, 30 days later.
    pub to: Option<String>,
    pub zone: String,
    /// Campaigns in which states; without any, those that are live, scheduled or suspended.
    pub states: Vec<String>,
}

/// A stretch of the calendar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CalendarPage {
    /// RFC 3339, in the zone, like all times.
    pub from: String,
    pub to: String,
    pub time_zone: String,
    /// By time.
    pub entries: Vec<CalendarEntry>,
    /// Launches from which no run came, by time.
    pub skipped: Vec<CalendarEntry>,
    pub days: Vec<CalendarDay>,
}

/// A launch that is to come, a run, or a launch that was skipped; several of one campaign on one day may be one entry.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CalendarEntry {
    /// `launch`, `run` or `skipped`.
    pub what: String,
    pub campaign: String,
    pub label: Option<String>,
    pub at: String,
    /// The last of several.
    pub until: Option<String>,
    pub count: usize,
    /// Of the campaign; of a run and of a launch that was skipped, its own.
    pub state: String,
    /// Why a launch was skipped: `overlap`, `missed`, `suspended`, `not_live` or `invalid`.
    pub reason: Option<String>,
    /// Of a run that stands alone.
    pub run: Option<String>,
    /// `live` or `test`, of a run.
    pub mode: Option<String>,
}

/// Days of a calendar.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CalendarDay {
    pub calendar: String,
    /// What the entry is called, else the calendar.
    pub label: String,
    pub from: String,
    /// Included.
    pub until: String,
}

/// A stretch of time as people of a zone see it.
struct Stretch {
    from: Timestamp,
    to: Timestamp,
    zone: TimeZone,
}

impl Workspace {
    /// What happens, and happened, between two moments.
    #[boxed]
    pub async fn calendar(&self, asked: &CalendarAsked) -> Result<CalendarPage> {
        let stretch = read(asked, self.clock.now())?;
        let catalog = self.catalog().await?;
        let heads = self.list_documents("campaign").await?;
        let labels: BTreeMap<&str, Option<&str>> =
            heads.iter().map(|head| (head.name.as_str(), head.label.as_deref())).collect();
        let mut entries = self.planned_entries(asked, &stretch, &catalog).await?;
        entries.extend(self.run_entries(&stretch).await?);
        let mut skipped = self.skipped_entries(&stretch).await?;
        for entries in [&mut entries, &mut skipped] {
            for entry in entries.iter_mut() {
                entry.label = labels.get(entry.campaign.as_str()).copied().flatten().map(str::to_owned);
            }
            entries.sort_by(|one, other| (&one.at, &one.campaign).cmp(&(&other.at, &other.campaign)));
        }
        let mut days = Vec::new();
        let calendars = self.list_documents("calendar").await?;
        for head in &calendars {
            if let Some(calendar) = catalog.calendars.get(&head.name) {
                let called = head.label.as_deref().unwrap_or(&head.name);
                days.extend(calendar.days.iter().flat_map(|entry| {
                    let label = entry.label.as_deref().unwrap_or(called);
                    stretch.days(entry.span).into_iter().map(|(from, until)| CalendarDay {
                        calendar: head.name.clone(),
                        label: label.to_owned(),
                        from: from.to_string(),
                        until: until.to_string(),
                    })
                }));
            }
        }
        days.sort_by(|one, other| (&one.from, &one.label).cmp(&(&other.from, &other.label)));
        Ok(CalendarPage {
            from: stretch.shown(stretch.from),
            to: stretch.shown(stretch.to),
            time_zone: asked.zone.clone(),
            entries,
            skipped,
            days,
        })
    }

    /// Launches that are still to come.
    async fn planned_entries(
        &self,
        asked: &CalendarAsked,
        stretch: &Stretch,
        catalog: &Catalog,
    ) -> Result<Vec<CalendarEntry>> {
        let stored = self.store.campaigns().list().await?;
        let stored: BTreeMap<&str, &Stored> = stored.iter().map(|row| (row.name.as_str(), row)).collect();
        let planned = self.store.launches().planned().await?;
        let default = ["live", "scheduled", "suspended"].map(str::to_owned);
        let states: &[String] = if asked.states.is_empty() { &default } else { &asked.states };
        let mut entries = Vec::new();
        for name in catalog.campaigns.keys() {
            let draft = Stored::draft(name);
            let life = stored.get(name.as_str()).copied().unwrap_or(&draft);
            // What has ended, or is put away, launches no more.
            let launches = ["draft", "publishing", "scheduled", "live", "suspended"].contains(&life.state.as_str());
            if !launches || !states.contains(&life.state) {
                continue;
            }
            let times = if life.state == "draft" {
                self.times_of(life, stretch, catalog).await?
            } else {
                // The next launch is the planned one; those after it follow from the schedule.
                let due = planned.iter().filter(|launch| launch.launch.campaign == *name);
                let due = due.filter_map(|launch| Timestamp::from_microsecond(launch.launch.due_us).ok());
                let mut times: Vec<Timestamp> = due.filter(|at| (stretch.from..stretch.to).contains(at)).collect();
                times.extend(self.times_of(life, stretch, catalog).await?);
                times.sort_unstable();
                times.dedup();
                times
            };
            let entry = |at: Timestamp| {
                (
                    at,
                    CalendarEntry {
                        what: "launch".to_owned(),
                        campaign: name.clone(),
                        label: None,
                        at: stretch.shown(at),
                        until: None,
                        count: 1,
                        state: life.state.clone(),
                        reason: None,
                        run: None,
                        mode: None,
                    },
                )
            };
            entries.extend(stretch.together(times.into_iter().map(entry).collect()));
        }
        Ok(entries)
    }

    /// The launches after now.
    async fn times_of(&self, life: &Stored, stretch: &Stretch, catalog: &Catalog) -> Result<Vec<Timestamp>> {
        let from = stretch.from.max(self.clock.now());
        let after = from.checked_sub(SignedDuration::from_micros(1)).unwrap_or(from);
        let coming = self.coming(life).await?;
        let starts = coming.starts(&catalog.calendars, after, Some(stretch.to)).take(LAUNCHES_MAX);
        Ok(starts.map(|(at, _)| at).collect())
    }

    async fn run_entries(&self, stretch: &Stretch) -> Result<Vec<CalendarEntry>> {
        let runs = self.store.runs().between(stretch.from.as_microsecond(), stretch.to.as_microsecond()).await?;
        let mut by_campaign: BTreeMap<String, Vec<(Timestamp, CalendarEntry)>> = BTreeMap::new();
        for run in runs {
            let Run { id, campaign, state, mode, started_us, .. } = run;
            let Ok(at) = Timestamp::from_microsecond(started_us) else { continue };
            let entry = CalendarEntry {
                what: "run".to_owned(),
                campaign: campaign.clone(),
                label: None,
                at: stretch.shown(at),
                until: None,
                count: 1,
                state,
                reason: None,
                run: Some(id),
                mode: Some(mode),
            };
            by_campaign.entry(campaign).or_default().push((at, entry));
        }
        Ok(by_campaign.into_values().flat_map(|entries| stretch.together(entries)).collect())
    }

    /// Launches from which no run came; those that were skipped for other reasons are told apart.
    async fn skipped_entries(&self, stretch: &Stretch) -> Result<Vec<CalendarEntry>> {
        let launches =
            self.store.launches().skipped(stretch.from.as_microsecond(), stretch.to.as_microsecond()).await?;
        let mut alike: BTreeMap<(String, Option<String>), Vec<(Timestamp, CalendarEntry)>> = BTreeMap::new();
        for Launch { launch, state, reason, .. } in launches {
            let Ok(at) = Timestamp::from_microsecond(launch.due_us) else { continue };
            let entry = CalendarEntry {
                what: "skipped".to_owned(),
                campaign: launch.campaign.clone(),
                label: None,
                at: stretch.shown(at),
                until: None,
                count: 1,
                state,
                reason: reason.clone(),
                run: None,
                mode: None,
            };
            alike.entry((launch.campaign, reason)).or_default().push((at, entry));
        }
        Ok(alike.into_values().flat_map(|entries| stretch.together(entries)).collect())
    }
}

impl Stretch {
    fn shown(&self, at: Timestamp) -> String {
        at.to_zoned_datetime(self.zone.clone()).strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }

    fn day(&self, at: Timestamp) -> Date {
        at.to_zoned_datetime(self.zone.clone()).date()
    }

    /// Makes one entry of many on one day; those of failed runs stay by themselves, because somebody has to see them.
    fn together(&self, entries: Vec<(Timestamp, CalendarEntry)>) -> Vec<CalendarEntry> {
        let mut days: BTreeMap<(Date, bool), Vec<CalendarEntry>> = BTreeMap::new();
        for (at, entry) in entries {
            let alone = ["failed", "paused", "held"].contains(&entry.state.as_str());
            days.entry((self.day(at), alone)).or_default().push(entry);
        }
        let of_day = |((_, alone), mut entries): ((Date, bool), Vec<CalendarEntry>)| {
            if alone || entries.len() < TOGETHER_FROM {
                return entries;
            }
            let (count, last) = (entries.len(), entries.pop());
            entries.truncate(1);
            for first in &mut entries {
                first.count = count;
                first.until = last.as_ref().map(|last| last.at.clone());
                first.run = None;
            }
            entries
        };
        days.into_iter().flat_map(of_day).collect()
    }

    /// The days of an entry of a calendar that lie here.
    fn days(&self, span: Span) -> Vec<(Date, Date)> {
        let last = self.to.checked_sub(SignedDuration::from_micros(1)).unwrap_or(self.to);
        let (first, last) = (self.day(self.from), self.day(last));
        match span {
            Span::Range { from, until } if from <= last && until >= first => vec![(from, until)],
            Span::Range { .. } => Vec::new(),
            Span::Yearly { month, day } => (first.year()..=last.year())
                .filter_map(|year| Date::new(year, month, day).ok())
                .filter(|date| (first..=last).contains(date))
                .map(|date| (date, date))
                .collect(),
        }
    }
}

fn read(asked: &CalendarAsked, now: Timestamp) -> Result<Stretch> {
    let mut problems = Vec::new();
    asked.states.iter().for_each(|state| check_state(state, "/state", &mut problems));
    let zone = TimeZone::get(&asked.zone).unwrap_or(TimeZone::UTC);
    if TimeZone::get(&asked.zone).is_err() {
        let message = format!("`{}` is not an IANA time zone", asked.zone);
        problems.push(Problem::error("unknown_time_zone", "/zone", message).hint("write it like `Europe/Paris`"));
    }
    let mut instant = |text: &str, pointer: &str| {
        let found = instant(text, &zone);
        if found.is_none() {
            let message = format!("`{text}` is not a day or a time");
            problems.push(Problem::error("bad_time", pointer, message).hint("write it like `2026-12-01`"));
        }
        found
    };
    let today = || now.to_zoned_datetime(zone.clone()).start_of_day().ok().map(|day| day.timestamp());
    let from = match &asked.from {
        Some(text) => instant(text, "/from"),
        None => today(),
    };
    let later = |from: Timestamp| from.to_zoned_datetime(zone.clone()).checked_add(DAYS.days()).ok();
    let to = match &asked.to {
        Some(text) => instant(text, "/to"),
        None => from.and_then(later).map(|day| day.timestamp()),
    };
    if let (Some(from), Some(to)) = (from, to) {
        let limit = from.to_zoned_datetime(zone.clone()).checked_add(CALENDAR_DAYS_MAX.days());
        if to <= from {
            problems.push(Problem::error("bad_range", "/to", format!("it ends at {to}, before it begins at {from}")));
        } else if limit.is_ok_and(|limit| to > limit.timestamp()) {
            let message = format!("at most {CALENDAR_DAYS_MAX} days are shown at once");
            problems.push(Problem::error("bad_range", "/to", message));
        } else if !has_errors(&problems) {
            return Ok(Stretch { from, to, zone });
        }
    }
    Err(Error::Problems { what: "the calendar cannot be shown".to_owned(), problems })
}

fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    let wall = || {
        let date = || text.parse::<Date>().map(|date| date.to_datetime(Time::midnight()));
        zone.to_timestamp(text.parse::<DateTime>().or_else(|_| date()).ok()?).ok()
    };
    text.parse::<Timestamp>().ok().or_else(wall)
}
