//! Recurrence rules that repeat within a day (FREQ=HOURLY and MINUTELY).
//!
//! They are steps of so many minutes from the start on, on days that fit. The library that expands the other
//! frequencies counts hours in place of minutes where an interval does not divide an hour and BYHOUR is given, and
//! walks every minute of years in which no day fits; here days that do not fit cost one look each.

use jiff::civil::{Date, DateTime, Time};
use tutti_model::schedule::recurrence::{Frequency, Pattern};
use tutti_model::schedule::{SECONDS_A_DAY, second_of_day, time_at};

use super::LAST_DAY;
use super::days::{add_days, days_between};

const MINUTES_A_DAY: i64 = SECONDS_A_DAY / 60;

/// The moments of a pattern that repeats within a day, in order. COUNT and UNTIL are looked at elsewhere.
#[derive(Clone, Debug)]
pub(super) struct Grid {
    pattern: Pattern,
    start: DateTime,
    date: Date,
    /// Moments of `date`, the next one last.
    moments: Vec<Time>,
    ended: bool,
}

impl Grid {
    /// `from` is the first day to look at. What lies before `start` is left out.
    pub fn new(pattern: &Pattern, start: DateTime, from: Date) -> Self {
        let date = from.max(start.date());
        let mut grid = Self { pattern: pattern.clone(), start, date, moments: Vec::new(), ended: false };
        grid.fill();
        grid
    }

    fn fill(&mut self) {
        if self.fits(self.date) {
            self.moments = self.moments_of(self.date);
            self.moments.reverse();
        }
    }

    fn fits(&self, date: Date) -> bool {
        let pattern = &self.pattern;
        let among = |list: &[i16], from_start: i16, from_end: i16| {
            list.is_empty() || list.contains(&from_start) || list.contains(&from_end)
        };
        let month = i16::from(date.month());
        let (day, days) = (i16::from(date.day()), i16::from(date.days_in_month()));
        let (year_day, year_days) = (date.day_of_year(), date.days_in_year());
        among(&pattern.months, month, month)
            && among(&pattern.month_days, day, day - days - 1)
            && among(&pattern.year_days, year_day, year_day - year_days - 1)
            && (pattern.weekdays.is_empty() || pattern.weekdays.iter().any(|(_, weekday)| *weekday == date.weekday()))
    }

    fn moments_of(&self, date: Date) -> Vec<Time> {
        let pattern = &self.pattern;
        let second = pattern.seconds.first().copied().map_or(i64::from(self.start.second()), i64::from);
        let start_minute = second_of_day(self.start.time()) / 60;
        let before = days_between(self.start.date(), date) * MINUTES_A_DAY;
        let interval = i64::from(pattern.interval.max(1));
        // Minutes of this day at which a period begins, counted from the start.
        let (step, first) = match pattern.frequency {
            Frequency::Hourly => (interval * 60, start_minute / 60 * 60 - before),
            _ => (interval, start_minute - before),
        };
        let first = if first >= 0 { first } else { first.rem_euclid(step) };
        let taken = |list: &[i16], value: i64| list.is_empty() || list.iter().any(|item| i64::from(*item) == value);
        let mut moments = Vec::new();
        for minute in (first..MINUTES_A_DAY).step_by(usize::try_from(step).unwrap_or(1).max(1)) {
            if !taken(&pattern.hours, minute / 60) {
                continue;
            }
            let period: Vec<i64> = match pattern.frequency {
                Frequency::Hourly if pattern.minutes.is_empty() => vec![minute + i64::from(self.start.minute())],
                Frequency::Hourly => pattern.minutes.iter().map(|within| minute + i64::from(*within)).collect(),
                _ if taken(&pattern.minutes, minute % 60) => vec![minute],
                _ => Vec::new(),
            };
            moments.extend(
                positions(&pattern.positions, &period).into_iter().filter_map(|minute| time_at(minute * 60 + second)),
            );
        }
        if date == self.start.date() {
            moments.retain(|time| *time >= self.start.time());
        }
        moments
    }
}

/// The moments of a period that BYSETPOS takes.
fn positions(positions: &[i16], period: &[i64]) -> Vec<i64> {
    if positions.is_empty() {
        return period.to_vec();
    }
    let count = i64::try_from(period.len()).unwrap_or(i64::MAX);
    (1_i64..)
        .zip(period)
        .filter(|(number, _)| {
            positions
                .iter()
                .map(|position| i64::from(*position))
                .any(|position| position == *number || position == *number - count - 1)
        })
        .map(|(_, moment)| *moment)
        .collect()
}

impl Iterator for Grid {
    type Item = DateTime;

    fn next(&mut self) -> Option<DateTime> {
        while !self.ended {
            if let Some(time) = self.moments.pop() {
                return Some(self.date.to_datetime(time));
            }
            self.date = add_days(self.date, 1);
            self.ended = self.date > LAST_DAY;
            self.fill();
        }
        None
    }
}
