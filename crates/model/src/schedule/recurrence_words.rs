//! A recurrence rule as a sentence, as far as words reach; else the rule itself.

use jiff::civil::{DateTime, Time};

use super::recurrence::{Frequency, Pattern, Recurrence, Stamp};
use super::words::{and, date, every_nth, month, ordinal, time, weekday};

/// The most times of a day that are listed one by one.
const TIMES_MAX: usize = 6;

pub(super) fn words(recurrence: &Recurrence, starting: DateTime, time_zone: &str) -> String {
    let day = date(starting.date());
    let told = match recurrence.patterns.as_slice() {
        [pattern] if recurrence.dates.is_empty() && recurrence.except_patterns.is_empty() => told(pattern, starting),
        _ => None,
    };
    let Some(told) = told else {
        let rule = recurrence.text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
        return format!("by the rule `{rule}` ({time_zone}), starting {day} at {}", time(starting.time()));
    };
    let exceptions = if recurrence.except_dates.is_empty() { "" } else { ", with exceptions" };
    // What is told without a time of day begins at one all the same.
    let first = if told.timed { String::new() } else { format!(" at {}", time(starting.time())) };
    format!("{}{exceptions} ({time_zone}), starting {day}{first}", told.text)
}

struct Told {
    text: String,
    /// Whether the text says at what times of day.
    timed: bool,
}

/// A pattern without its rarer parts.
fn told(pattern: &Pattern, starting: DateTime) -> Option<Told> {
    if !pattern.positions.is_empty() || !pattern.weeks.is_empty() || !pattern.year_days.is_empty() {
        return None;
    }
    let unit = match pattern.frequency {
        Frequency::Yearly => "year",
        Frequency::Monthly => "month",
        Frequency::Weekly => "week",
        Frequency::Daily => "day",
        Frequency::Hourly => "hour",
        Frequency::Minutely => "minute",
    };
    let mut text = every_nth(u64::from(pattern.interval), unit);
    let dayless = pattern.month_days.is_empty() && pattern.weekdays.is_empty();
    let start = starting.date();
    let months = match pattern.frequency {
        Frequency::Yearly if pattern.months.is_empty() && dayless => vec![i16::from(start.month())],
        _ => pattern.months.clone(),
    };
    if !months.is_empty() {
        text.push_str(&format!(" in {}", and(months.iter().map(|number| month(*number)))));
    }
    text.push_str(&days(pattern, starting)?);
    let timed = !matches!(pattern.frequency, Frequency::Hourly | Frequency::Minutely);
    if timed {
        text.push_str(&format!(" at {}", and(times(pattern, starting)?.into_iter().map(time))));
    } else if !pattern.hours.is_empty() || !pattern.minutes.is_empty() {
        return None;
    }
    match (pattern.count, pattern.until) {
        (Some(1), _) => text.push_str(", 1 time"),
        (Some(count), _) => text.push_str(&format!(", {count} times")),
        (None, Some(Stamp::Day(day))) => text.push_str(&format!(", until {}", date(day))),
        (None, Some(Stamp::Wall(until))) => {
            text.push_str(&format!(", until {} at {}", date(until.date()), time(until.time())));
        }
        (None, Some(Stamp::Instant(until))) => text.push_str(&format!(", until {until}")),
        (None, None) => {}
    }
    Some(Told { text, timed })
}

fn days(pattern: &Pattern, starting: DateTime) -> Option<String> {
    let start = starting.date();
    if !pattern.month_days.is_empty() && !pattern.weekdays.is_empty() {
        return None;
    }
    if !pattern.month_days.is_empty() {
        let days = and(pattern.month_days.iter().map(|day| ordinal(*day)));
        return Some(format!(" on the {days} day"));
    }
    if !pattern.weekdays.is_empty() {
        // A numbered day of a year without months counts in the year, which takes more words.
        let numbered = pattern.weekdays.iter().filter(|(nth, _)| nth.is_some()).count();
        let clear = numbered == 0
            || numbered == pattern.weekdays.len()
                && (pattern.frequency == Frequency::Monthly || !pattern.months.is_empty());
        return clear.then(|| {
            let days = pattern.weekdays.iter().map(|(nth, day)| match nth {
                None => weekday(*day),
                Some(nth) => format!("the {} {}", ordinal(*nth), weekday(*day)),
            });
            format!(" on {}", and(days))
        });
    }
    Some(match pattern.frequency {
        Frequency::Yearly | Frequency::Monthly => format!(" on the {}", ordinal(i16::from(start.day()))),
        Frequency::Weekly => format!(" on {}", weekday(start.weekday())),
        Frequency::Daily | Frequency::Hourly | Frequency::Minutely => String::new(),
    })
}

fn times(pattern: &Pattern, starting: DateTime) -> Option<Vec<Time>> {
    let or = |list: &[i16], start: i8| if list.is_empty() { vec![i16::from(start)] } else { list.to_vec() };
    let hours = or(&pattern.hours, starting.hour());
    let minutes = or(&pattern.minutes, starting.minute());
    let second = or(&pattern.seconds, starting.second()).first().copied().unwrap_or_default();
    if hours.len() * minutes.len() > TIMES_MAX {
        return None;
    }
    let time = |hour: i16, minute: i16| {
        let small = |number: i16| i8::try_from(number).ok();
        Time::new(small(hour)?, small(minute)?, small(second)?, 0).ok()
    };
    hours.iter().flat_map(|hour| minutes.iter().map(move |minute| time(*hour, *minute))).collect()
}
