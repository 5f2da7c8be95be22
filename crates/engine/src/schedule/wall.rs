//! The wall-clock times of a schedule, before holidays.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use tutti_model::schedule::{Schedule, When};

use super::days::{DayTimes, Fit};
use super::{LAST_DAY, recurrence};

/// Strictly ascending wall-clock times from a start on, within the schedule's days.
pub(super) struct Walls {
    inner: Box<dyn Iterator<Item = DateTime> + Send>,
}

impl Walls {
    pub fn new(schedule: &Schedule, zone: &TimeZone, start: DateTime) -> Self {
        let first_day = schedule.from.map_or(start, |from| from.to_datetime(Time::midnight()));
        let start = start.max(first_day);
        let last_day = schedule.until.map_or(LAST_DAY, |until| until.min(LAST_DAY));
        let once = |at: Option<DateTime>| -> Box<dyn Iterator<Item = DateTime> + Send> { Box::new(at.into_iter()) };
        let of_days = |fit: Fit, times: Vec<Time>| -> Box<dyn Iterator<Item = DateTime> + Send> {
            Box::new(DayTimes::new(fit, times, start.date(), last_day))
        };
        let inner = match &schedule.when {
            When::Asap => once(schedule.from.map(|from| from.to_datetime(Time::midnight()))),
            When::Once { at } => once(Some(*at)),
            When::Daily { at, days } => of_days(Fit::days(days), vec![*at]),
            When::SeveralTimesADay { times, days } => of_days(Fit::days(days), times.of_day()),
            When::Weekly { every, on, at } => of_days(Fit::weeks(*every, on, schedule.from), vec![*at]),
            When::Monthly { on, months, at } => of_days(Fit::months(on, months), vec![*at]),
            When::Rrule { recurrence, starting } => recurrence::walls(recurrence, *starting, zone, start),
            When::Signal { .. } => once(None),
        };
        let inner = inner.skip_while(move |wall| *wall < start).take_while(move |wall| wall.date() <= last_day);
        Self { inner: Box::new(inner) }
    }
}

impl Iterator for Walls {
    type Item = DateTime;

    fn next(&mut self) -> Option<DateTime> {
        self.inner.next()
    }
}
