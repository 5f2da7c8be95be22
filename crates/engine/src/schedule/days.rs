//! Days that fit a rule, each with the same times.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time, Weekday};
use tutti_model::schedule::{Days, MonthDays, Nth, WEEKS_COUNTED_FROM};

/// Which days fit.
#[derive(Clone, Debug)]
pub(super) enum Fit {
    /// By day of the week, from Monday.
    Weekdays([bool; 7]),
    /// The days of every so many weeks, counted from the week that begins on `monday`.
    Weeks { monday: Date, every: i64, on: [bool; 7] },
    /// `months` are January to December.
    Months { months: [bool; 12], on: MonthFit },
}

/// Which days of a month fit.
#[derive(Clone, Copy, Debug)]
pub(super) enum MonthFit {
    Last,
    Day(i8),
    Nth(i8, Weekday),
    LastOf(Weekday),
    Weekdays([bool; 7]),
}

impl Fit {
    pub fn days(days: &Days) -> Self {
        let all = [0, 1, 2, 3, 4, 5, 6].map(Weekday::from_monday_zero_offset);
        Self::Weekdays(all.map(|weekday| weekday.is_ok_and(|weekday| days.contains(weekday))))
    }

    pub fn weeks(every: u32, on: &[Weekday], from: Option<Date>) -> Self {
        Self::Weeks {
            monday: monday_of(from.unwrap_or(WEEKS_COUNTED_FROM)),
            every: i64::from(every.max(1)),
            on: flags(on),
        }
    }

    pub fn months(on: &MonthDays, months: &BTreeSet<i8>) -> Self {
        let mut flags_of_months = [false; 12];
        for month in months {
            if let Some(flag) = usize::try_from(month - 1).ok().and_then(|index| flags_of_months.get_mut(index)) {
                *flag = true;
            }
        }
        let on = match on {
            MonthDays::EveryDay => MonthFit::Weekdays([true; 7]),
            MonthDays::LastDay => MonthFit::Last,
            MonthDays::Day(day) => MonthFit::Day(*day),
            MonthDays::Nth(Nth::Last, weekday) => MonthFit::LastOf(*weekday),
            MonthDays::Nth(nth, weekday) => {
                let number = match nth {
                    Nth::First => 1,
                    Nth::Second => 2,
                    Nth::Third => 3,
                    Nth::Fourth | Nth::Last => 4,
                };
                MonthFit::Nth(number, *weekday)
            }
            MonthDays::Weekdays(days) => MonthFit::Weekdays(flags(days)),
        };
        Self::Months { months: flags_of_months, on }
    }

    fn contains(&self, date: Date) -> bool {
        match self {
            Self::Weekdays(on) => is_on(on, date.weekday()),
            Self::Weeks { monday, every, on } => {
                is_on(on, date.weekday()) && days_between(*monday, date).div_euclid(7).rem_euclid(*every) == 0
            }
            Self::Months { months, on } => {
                usize::try_from(date.month() - 1).is_ok_and(|index| months.get(index) == Some(&true))
                    && on.contains(date)
            }
        }
    }
}

impl MonthFit {
    fn contains(&self, date: Date) -> bool {
        match self {
            Self::Last => date.day() == date.days_in_month(),
            Self::Day(day) => date.day() == *day,
            Self::Nth(number, weekday) => (date.day() - 1) / 7 + 1 == *number && date.weekday() == *weekday,
            Self::LastOf(weekday) => date.day() + 7 > date.days_in_month() && date.weekday() == *weekday,
            Self::Weekdays(on) => is_on(on, date.weekday()),
        }
    }
}

/// The times of the days that fit, in order.
#[derive(Clone, Debug)]
pub(super) struct DayTimes {
    fit: Fit,
    times: Vec<Time>,
    /// The next time of `date` to give, if the day fits.
    index: usize,
    date: Date,
    last: Date,
    ended: bool,
}

impl DayTimes {
    /// From `first` to `last`. `times` are in order.
    pub fn new(fit: Fit, times: Vec<Time>, first: Date, last: Date) -> Self {
        Self { fit, ended: times.is_empty(), times, index: 0, date: first, last }
    }
}

impl Iterator for DayTimes {
    type Item = DateTime;

    fn next(&mut self) -> Option<DateTime> {
        while !self.ended && self.date <= self.last {
            if (self.index > 0 || self.fit.contains(self.date))
                && let Some(time) = self.times.get(self.index)
            {
                self.index += 1;
                return Some(self.date.to_datetime(*time));
            }
            self.index = 0;
            match self.date.tomorrow() {
                Ok(tomorrow) => self.date = tomorrow,
                Err(_) => self.ended = true,
            }
        }
        None
    }
}

/// The Monday of the week of `date`.
fn monday_of(date: Date) -> Date {
    week_start(date, Weekday::Monday)
}

/// The first day of the week of `date`, where weeks begin on `first`.
pub(super) fn week_start(date: Date, first: Weekday) -> Date {
    add_days(date, -i64::from(date.weekday().since(first)))
}

/// Days from `from` to `until`, negative backwards.
pub(super) fn days_between(from: Date, until: Date) -> i64 {
    until.duration_since(from).as_hours() / 24
}

/// The first or last day that there is where it would be beyond.
pub(super) fn add_days(date: Date, days: i64) -> Date {
    // More days than there are dates.
    const DAYS_MAX: i64 = 10_000_000;
    date.saturating_add(jiff::SignedDuration::from_hours(days.clamp(-DAYS_MAX, DAYS_MAX) * 24))
}

fn flags(weekdays: &[Weekday]) -> [bool; 7] {
    let mut flags = [false; 7];
    for weekday in weekdays {
        if let Some(flag) = usize::try_from(weekday.to_monday_zero_offset()).ok().and_then(|index| flags.get_mut(index))
        {
            *flag = true;
        }
    }
    flags
}

fn is_on(flags: &[bool; 7], weekday: Weekday) -> bool {
    usize::try_from(weekday.to_monday_zero_offset()).is_ok_and(|index| flags.get(index) == Some(&true))
}
