//! Recurrence rules of RFC 5545 (section 3.3.10 and 3.8.5), as they stand in calendars: what they say, read and
//! checked. Launches are computed from it in crate `engine`.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Weekday};

/// The most occurrences that a COUNT may name: they are all counted from the start on.
pub const COUNT_MAX: u32 = 10_000;

/// Lines of RRULE, EXRULE, RDATE and EXDATE together.
#[derive(Clone, Debug, PartialEq)]
pub struct Recurrence {
    /// As it stands in the document.
    pub text: String,
    pub patterns: Vec<Pattern>,
    pub except_patterns: Vec<Pattern>,
    pub dates: Vec<Stamp>,
    pub except_dates: Vec<Stamp>,
}

/// A moment in a rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stamp {
    /// `20261201T090000`: in the campaign's zone.
    Wall(DateTime),
    /// `20261201T080000Z`, or a time with a zone of its own.
    Instant(Timestamp),
    /// `20261201`: as an exception the whole day, as an addition the day at the time of `starting`, as an end the
    /// whole day included.
    Day(Date),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Frequency {
    Yearly,
    Monthly,
    Weekly,
    Daily,
    Hourly,
    Minutely,
}

/// What an RRULE or EXRULE line says. Lists are in order and without repetition; an empty one says nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    pub frequency: Frequency,
    pub interval: u16,
    pub count: Option<u32>,
    pub until: Option<Stamp>,
    pub week_start: Weekday,
    /// 1 to 12.
    pub months: Vec<i16>,
    /// Weeks of the year, from the end when negative.
    pub weeks: Vec<i16>,
    /// Days of the year, from the end when negative.
    pub year_days: Vec<i16>,
    /// Days of the month, from the end when negative.
    pub month_days: Vec<i16>,
    /// Days of the week; with a number, the so many-th of the month or year, from the end when negative.
    pub weekdays: Vec<(Option<i16>, Weekday)>,
    pub hours: Vec<i16>,
    pub minutes: Vec<i16>,
    /// At most one.
    pub seconds: Vec<i16>,
    /// Which of the moments of each period are taken.
    pub positions: Vec<i16>,
}

impl Pattern {
    pub fn new(frequency: Frequency) -> Self {
        Self {
            frequency,
            interval: 1,
            count: None,
            until: None,
            week_start: Weekday::Monday,
            months: Vec::new(),
            weeks: Vec::new(),
            year_days: Vec::new(),
            month_days: Vec::new(),
            weekdays: Vec::new(),
            hours: Vec::new(),
            minutes: Vec::new(),
            seconds: Vec::new(),
            positions: Vec::new(),
        }
    }
}
