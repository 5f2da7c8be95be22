//! What a campaign's schedule asks for: when the next launch is, and how signals are taken.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, json};
use tutti_engine::schedule::{come_since, is_open, next_launch, next_open_day};
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_model::problem::Problem;
use tutti_model::schedule::{OnHoliday, SignalParameter, SignalSource, When};
use tutti_store::{NewLaunch, SCHEDULE};

use crate::workspace::Workspace;

/// Keys of planned launches: the time that the schedule names, in UTC microseconds, is after it.
const PLANNED_PREFIX: &str = "at/";

/// How a campaign takes signals.
pub(crate) struct SignalRule<'a> {
    pub parameters: &'a [SignalParameter],
    /// The least time between two signals of callers, microseconds.
    pub throttle_us: Option<i64>,
    /// What signals it besides callers and other campaigns.
    pub on: Option<&'a SignalSource>,
}

/// The zone of a campaign's wall-clock times.
pub(crate) fn zone(campaign: &Campaign) -> TimeZone {
    TimeZone::get(&campaign.time_zone).unwrap_or(TimeZone::UTC)
}

/// How a campaign takes signals, if it does.
pub(crate) fn signal_rule(campaign: &Campaign) -> Option<SignalRule<'_>> {
    match &campaign.schedule.when {
        When::Signal { parameters, throttle_seconds, on } => Some(SignalRule {
            parameters,
            throttle_us: throttle_seconds.map(|seconds| seconds.saturating_mul(1_000_000)),
            on: on.as_ref(),
        }),
        _ => None,
    }
}

/// A time at which a campaign is to start: `at` tells it from others, `due` is when it starts, later by jitter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlannedTime {
    pub at: Timestamp,
    pub due: Timestamp,
}

/// The instant before a time, for schedules that are asked for what comes from that time on.
pub(crate) fn just_before(at: Timestamp) -> Timestamp {
    at.checked_sub(SignedDuration::from_micros(1)).unwrap_or(at)
}

/// The first launch of a campaign's schedule after a time. An `asap` campaign's launch is its publication.
pub(crate) fn next_after(campaign: &Campaign, catalog: &Catalog, after: Timestamp) -> Option<PlannedTime> {
    if matches!(campaign.schedule.when, When::Asap) {
        return None;
    }
    let launch = next_launch(&campaign.schedule, &zone(campaign), &catalog.calendars, after)?;
    Some(PlannedTime { at: launch.at, due: launch.due(&campaign.name) })
}

/// The launches of a campaign's schedule after a time that are due by now, oldest first.
pub(crate) fn times_come(campaign: &Campaign, catalog: &Catalog, after: Timestamp, now: Timestamp) -> Vec<PlannedTime> {
    if matches!(campaign.schedule.when, When::Asap) {
        return Vec::new();
    }
    let come = come_since(&campaign.schedule, &zone(campaign), &catalog.calendars, &campaign.name, after, now);
    come.iter().map(|launch| PlannedTime { at: launch.at, due: launch.due(&campaign.name) }).collect()
}

/// The launch that a publication brings. An `asap` campaign starts at once, or on the first day that it may.
pub(crate) fn first_launch(campaign: &Campaign, catalog: &Catalog, now: Timestamp) -> Option<PlannedTime> {
    if !matches!(campaign.schedule.when, When::Asap) {
        return next_after(campaign, catalog, now);
    }
    if is_open(&campaign.schedule, &zone(campaign), &catalog.calendars, now) {
        return Some(PlannedTime { at: now, due: now });
    }
    let (schedule, zone) = (&campaign.schedule, zone(campaign));
    let first_day = next_launch(schedule, &zone, &catalog.calendars, now).map(|launch| launch.at);
    let at = first_day.or_else(|| next_open_day(schedule, &zone, &catalog.calendars, now))?;
    Some(PlannedTime { at, due: at })
}

/// Why a campaign that starts when it is published does not today: it is a holiday, and it moves to no other day.
pub(crate) fn holiday_today(campaign: &Campaign, catalog: &Catalog, now: Timestamp) -> Option<Problem> {
    let schedule = &campaign.schedule;
    let holidays = schedule.holidays.as_ref().filter(|_| matches!(schedule.when, When::Asap))?;
    let today = zone(campaign).to_datetime(now).date();
    let mut days = catalog.calendars.get(&holidays.calendar)?.days.iter();
    let day = days.find(|day| day.span.contains(today)).filter(|_| schedule.is_valid_on(today))?;
    let label = day.label.as_ref().map_or_else(String::new, |label| format!(" ({label})"));
    let message = format!(
        "the campaign starts when it is published, and today, {today}, is a day of the calendar `{}`{label}",
        holidays.calendar
    );
    let hint = match holidays.rule {
        OnHoliday::Skip => "publish it on another day, set `on_holiday: next-day`, or run it by hand",
        OnHoliday::NextDay => "no other day comes within 31 days and `until`: change them, or run it by hand",
    };
    Some(Problem::error("holiday", "/schedule/calendar", message).hint(hint))
}

/// Whether a campaign still takes signals, by the dates of its schedule.
pub(crate) fn signals_may_come(campaign: &Campaign, now: Timestamp) -> bool {
    let today = zone(campaign).to_datetime(now).date();
    signal_rule(campaign).is_some() && campaign.schedule.until.is_none_or(|until| today <= until)
}

/// Whether a campaign takes signals now.
pub(crate) fn signals_come_now(campaign: &Campaign, catalog: &Catalog, now: Timestamp) -> bool {
    is_open(&campaign.schedule, &zone(campaign), &catalog.calendars, now)
}

/// Whether the schedule has a launch after a time, or signals may come.
pub(crate) fn more_to_come(campaign: &Campaign, catalog: &Catalog, now: Timestamp) -> bool {
    signals_may_come(campaign, now) || next_after(campaign, catalog, now).is_some()
}

/// The time that the schedule names for a launch; for others, when they were kept.
pub(crate) fn named_time(launch: &NewLaunch) -> Timestamp {
    let at = launch.key.strip_prefix(PLANNED_PREFIX).and_then(|text| text.parse().ok());
    Timestamp::from_microsecond(at.unwrap_or(launch.due_us)).unwrap_or(Timestamp::UNIX_EPOCH)
}

impl Workspace {
    /// The launch of a schedule at a time.
    pub(crate) fn planned_launch(&self, campaign: &str, time: PlannedTime) -> NewLaunch {
        NewLaunch {
            id: self.launch_id(),
            campaign: campaign.to_owned(),
            key: format!("{PLANNED_PREFIX}{}", time.at.as_microsecond()),
            cause: SCHEDULE.to_owned(),
            due_us: time.due.as_microsecond(),
            variables: json!(Map::new()),
        }
    }

    pub(crate) fn launch_id(&self) -> String {
        tutti_model::id::LaunchId::new(self.ulid()).to_string()
    }
}
