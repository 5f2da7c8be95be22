//! When a campaign starts, as its document says it. Reading, checking and telling it in words; launch times are
//! computed in crate `engine`.
//!
//! Times are wall-clock times in the campaign's zone. What a schedule says is typed: whoever computes launches meets
//! no text that could still be wrong.

mod check;
mod parse;
mod read;
pub mod recurrence;
mod recurrence_parse;
mod recurrence_words;
mod words;

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::table::ColumnType;
use recurrence::Recurrence;

pub use check::{often, too_often};
pub(crate) use parse::{date as parse_date, month_and_day as parse_month_and_day};

/// The least time between two launches of a schedule.
pub const STEP_SECONDS_MIN: i64 = 60;

/// Launches closer to each other than this are warned about.
pub const STEP_SECONDS_ADVISED: i64 = 15 * 60;

/// The longest `jitter`.
pub const JITTER_SECONDS_MAX: i64 = 12 * 60 * 60;

/// The most weeks between two launches of a weekly schedule: ten years.
pub const WEEKS_MAX: u32 = 520;

/// From where `every: N` weeks are counted when there is no `from`: the Monday of the week that has 1 January 1970.
pub const WEEKS_COUNTED_FROM: Date = jiff::civil::date(1969, 12, 29);

/// The `schedule` of a campaign.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule {
    pub when: When,
    /// The first and last day on which the campaign may start, both included.
    pub from: Option<Date>,
    pub until: Option<Date>,
    pub overlap: Overlap,
    pub catch_up: CatchUp,
    /// Each launch is delayed by a part of so many seconds that depends on the campaign and the launch only.
    pub jitter_seconds: i64,
    pub holidays: Option<Holidays>,
}

/// The moments at which a campaign starts, by the schedule's `type`.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum When {
    /// When it is published; with `from`, at the beginning of that day if it is still to come.
    #[default]
    Asap,
    Once {
        at: DateTime,
    },
    Daily {
        at: Time,
        days: Days,
    },
    SeveralTimesADay {
        times: Times,
        days: Days,
    },
    Weekly {
        /// Every so many weeks, counted from the week of `from` or of [`WEEKS_COUNTED_FROM`]. Weeks begin on Monday.
        every: u32,
        on: Vec<Weekday>,
        at: Time,
    },
    Monthly {
        on: MonthDays,
        /// 1 to 12, without repetition.
        months: BTreeSet<i8>,
        at: Time,
    },
    Rrule {
        recurrence: Recurrence,
        /// The DTSTART of RFC 5545.
        starting: DateTime,
    },
    Signal {
        parameters: Vec<SignalParameter>,
        /// The least time between two signals of callers.
        throttle_seconds: Option<i64>,
        /// What signals it besides callers and other campaigns.
        on: Option<SignalSource>,
    },
}

/// Days of the week.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Days {
    #[default]
    Every,
    /// Monday to Friday.
    Weekdays,
    Chosen(Vec<Weekday>),
}

/// Times of a day.
#[derive(Clone, Debug, PartialEq)]
pub enum Times {
    /// In order, without repetition.
    Listed(Vec<Time>),
    /// From `first` on, until `last` or the end of the day.
    Every { seconds: i64, first: Time, last: Option<Time> },
}

/// Days of a month.
#[derive(Clone, Debug, PartialEq)]
pub enum MonthDays {
    EveryDay,
    LastDay,
    /// 1 to 31; months without that day are skipped.
    Day(i8),
    Nth(Nth, Weekday),
    Weekdays(Vec<Weekday>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Nth {
    First,
    Second,
    Third,
    Fourth,
    Last,
}

/// What a launch does when a run of the same campaign is still going.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overlap {
    /// It is left out, and the log says so.
    #[default]
    Skip,
    /// It waits for the end of that run.
    Queue,
}

/// Which of the launches that were missed while nothing was running are made up for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CatchUp {
    None,
    #[default]
    Last,
    All,
}

/// The days on which a campaign does not start.
#[derive(Clone, Debug, PartialEq)]
pub struct Holidays {
    /// The name of a `calendar` document.
    pub calendar: String,
    pub rule: OnHoliday,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OnHoliday {
    /// The launch is left out.
    #[default]
    Skip,
    /// The launch moves to the same time of the next day that is no holiday.
    NextDay,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalParameter {
    pub name: String,
    #[serde(rename = "type")]
    pub parameter_type: ColumnType,
    /// Its value in signals that give none; without it, they must.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_value: Option<Value>,
}

/// What signals a campaign besides callers and other campaigns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignalSource {
    /// A change of this table by an import.
    Table(String),
    /// A file of the folder for files that comes or changes, by a pattern of its name.
    File(String),
}

impl Schedule {
    /// A schedule that launches at `when` and says nothing else.
    pub fn new(when: When) -> Self {
        Self { when, ..Self::default() }
    }

    /// Whether the campaign starts once, so that channel activities hold until they are confirmed.
    pub fn is_one_shot(&self) -> bool {
        matches!(self.when, When::Asap | When::Once { .. })
    }

    /// Whether `date` is within `from` and `until`.
    pub fn is_valid_on(&self, date: Date) -> bool {
        self.from.is_none_or(|from| from <= date) && self.until.is_none_or(|until| date <= until)
    }
}

impl Days {
    pub fn contains(&self, weekday: Weekday) -> bool {
        match self {
            Self::Every => true,
            Self::Weekdays => !matches!(weekday, Weekday::Saturday | Weekday::Sunday),
            Self::Chosen(days) => days.contains(&weekday),
        }
    }
}

impl Times {
    /// Every time of a day, in order.
    pub fn of_day(&self) -> Vec<Time> {
        match self {
            Self::Listed(times) => times.clone(),
            Self::Every { seconds, first, last } => {
                let end = last.map_or(SECONDS_A_DAY - 1, second_of_day);
                let step = usize::try_from(*seconds).unwrap_or(1).max(1);
                (second_of_day(*first)..=end).step_by(step).filter_map(time_at).collect()
            }
        }
    }
}

/// The seconds of a day without a clock change.
pub const SECONDS_A_DAY: i64 = 86_400;

/// Seconds since midnight.
pub fn second_of_day(time: Time) -> i64 {
    i64::from(time.hour()) * 3600 + i64::from(time.minute()) * 60 + i64::from(time.second())
}

/// The time of day so many seconds after midnight; `None` from 86,400 on.
pub fn time_at(second: i64) -> Option<Time> {
    let part = |value: i64| i8::try_from(value).ok();
    Time::new(part(second / 3600)?, part(second / 60 % 60)?, part(second % 60)?, 0).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_fill_a_day_or_a_window() {
        let every = |seconds, first: &str, last: Option<&str>| {
            let last = last.map(|text| text.parse().unwrap());
            Times::Every { seconds, first: first.parse().unwrap(), last }.of_day()
        };
        for (times, count, end) in [
            (every(1800, "08:00", Some("20:00")), 25, "20:00"),
            (every(2700, "08:00", Some("20:00")), 17, "20:00"),
            (every(3000, "08:00", Some("09:00")), 2, "08:50"),
            (every(3600, "00:00", None), 24, "23:00"),
            (every(3 * 3600 + 1, "00:00", None), 8, "21:00:07"),
        ] {
            assert_eq!((times.len(), times[times.len() - 1]), (count, end.parse().unwrap()));
        }
    }
}
