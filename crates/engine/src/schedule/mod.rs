//! When campaigns start: the launch times of a schedule, in a zone, around holidays.
//!
//! A schedule says wall-clock times. One that a clock change skips launches at the first instant after the gap, one
//! that it repeats the first time only, and two that fall on one instant are one launch. Which launches there are
//! depends on nothing but the schedule, the zone and the calendars: asking from another instant, or in pieces, gives
//! the same ones.
//!
//! ```
//! use jiff::tz::TimeZone;
//! use tutti_engine::schedule::next_launch;
//! use tutti_model::{calendar::Calendars, schedule::{Schedule, When}};
//!
//! let schedule = Schedule::new(When::Once { at: jiff::civil::date(2026, 3, 29).at(2, 30, 0, 0) });
//! let paris = TimeZone::get("Europe/Paris")?;
//! let launch = next_launch(&schedule, &paris, &Calendars::default(), "2026-01-01T00:00:00Z".parse()?);
//! // Between 02:00 and 03:00 there is nothing on that day.
//! assert_eq!(launch.map(|launch| launch.at), Some("2026-03-29T03:00:00+02:00".parse()?));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod catch_up;
mod check;
mod days;
mod grid;
mod holidays;
mod instant;
mod recurrence;
mod wall;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tutti_model::calendar::Calendars;
use tutti_model::schedule::{Schedule, When};

pub use catch_up::{COME_MAX, LATE_SECONDS_MAX, MADE_UP_MAX, come_since, is_missed, left_out};
pub use check::check;
pub use holidays::MOVED_DAYS_MAX;

use holidays::{Moved, Pause};
use wall::Walls;

/// No launch is later than this day. A search for something that never comes ends here.
pub const LAST_DAY: Date = jiff::civil::date(2199, 12, 31);

/// A start of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Launch {
    /// When it is planned: what tells launches of a campaign apart.
    pub at: Timestamp,
    /// The wall-clock time that the schedule names. Where a clock change skips it, it is not that of `at`.
    pub wall: DateTime,
    /// The longest delay by jitter: less than the distance to the next launch.
    pub delay_seconds_max: i64,
}

impl Launch {
    /// When it is to start, with the jitter of this campaign: between `at` and `delay_seconds_max` later, always the
    /// same for the same campaign and launch.
    pub fn due(&self, campaign: &str) -> Timestamp {
        let choices = u64::try_from(self.delay_seconds_max).unwrap_or_default().saturating_add(1);
        let seed = self.at.as_second().cast_unsigned();
        let hash = xxhash_rust::xxh3::xxh3_64_with_seed(campaign.as_bytes(), seed);
        let delay = i64::try_from(hash % choices).unwrap_or_default();
        self.at.saturating_add(SignedDuration::from_secs(delay)).unwrap_or(self.at)
    }
}

/// The launches of a schedule after an instant, in order. There are none of a signal, and of `asap` only the beginning
/// of the day that `from` names.
///
/// A calendar that is not among `calendars` has no holidays.
pub fn launches(schedule: &Schedule, zone: &TimeZone, calendars: &Calendars, after: Timestamp) -> Launches {
    // Exact also where the clock was put back: what the schedule names up to this wall-clock time is not later than
    // `after`, because a repeated time stands for its first occurrence.
    let seen = zone.to_datetime(after);
    let pause = Pause::new(schedule, calendars);
    let walls: Box<dyn Iterator<Item = DateTime> + Send> = if pause.is_empty() {
        Box::new(Walls::new(schedule, zone, seen))
    } else {
        Box::new(Moved::new(schedule, zone, pause, seen))
    };
    Launches { walls, zone: zone.clone(), last: after, jitter_seconds: schedule.jitter_seconds, ahead: None }
}

/// The first launch after an instant.
pub fn next_launch(schedule: &Schedule, zone: &TimeZone, calendars: &Calendars, after: Timestamp) -> Option<Launch> {
    launches(schedule, zone, calendars, after).next()
}

/// Whether the campaign may start at `now` for a reason that is no launch: because it was published (`asap`) or
/// because a signal arrived. It may within `from` and `until`, and on no holiday.
pub fn is_open(schedule: &Schedule, zone: &TimeZone, calendars: &Calendars, now: Timestamp) -> bool {
    let today = zone.to_datetime(now).date();
    schedule.is_valid_on(today) && !Pause::new(schedule, calendars).contains(today)
}

/// When a campaign starts that may not today, because it is a holiday: at the beginning of the next other day, where
/// its schedule moves to that, at most [`MOVED_DAYS_MAX`] days later and within `from` and `until`.
pub fn next_open_day(schedule: &Schedule, zone: &TimeZone, calendars: &Calendars, now: Timestamp) -> Option<Timestamp> {
    let open = Pause::new(schedule, calendars).moved(zone.to_datetime(now).date())?;
    if !schedule.is_valid_on(open) {
        return None;
    }
    instant::of(zone, open.to_datetime(Time::midnight()))
}

/// Launches in order. Made by [`launches`].
pub struct Launches {
    walls: Box<dyn Iterator<Item = DateTime> + Send>,
    zone: TimeZone,
    /// The instant after which the next launch lies.
    last: Timestamp,
    jitter_seconds: i64,
    ahead: Option<(Timestamp, DateTime)>,
}

impl Launches {
    fn next_planned(&mut self) -> Option<(Timestamp, DateTime)> {
        loop {
            let wall = self.walls.next()?;
            let at = instant::of(&self.zone, wall)?;
            if at > self.last {
                self.last = at;
                return Some((at, wall));
            }
        }
    }
}

impl Iterator for Launches {
    type Item = Launch;

    fn next(&mut self) -> Option<Launch> {
        let (at, wall) = match self.ahead.take() {
            Some(planned) => planned,
            None => self.next_planned()?,
        };
        let mut delay_seconds_max = self.jitter_seconds;
        if delay_seconds_max > 0 {
            self.ahead = self.next_planned();
            if let Some((next, _)) = self.ahead {
                delay_seconds_max = delay_seconds_max.min(next.duration_since(at).as_secs() - 1).max(0);
            }
        }
        Some(Launch { at, wall, delay_seconds_max })
    }
}

impl std::fmt::Debug for Launches {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Launches").field("last", &self.last).finish_non_exhaustive()
    }
}

/// Whether a schedule plans launches at all: a signal does not, and `asap` only with `from`.
pub fn plans_launches(schedule: &Schedule) -> bool {
    match schedule.when {
        When::Signal { .. } => false,
        When::Asap => schedule.from.is_some(),
        _ => true,
    }
}
