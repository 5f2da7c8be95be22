//! A schedule as a sentence.

use std::collections::BTreeSet;

use jiff::civil::{Date, Time, Weekday};

use super::parse::{self, MONTHS};
use super::{Days, MonthDays, Nth, OnHoliday, Overlap, Schedule, SignalSource, Times, When, recurrence_words};

impl Schedule {
    /// The schedule in plain words, such as `every other week on Monday and Thursday at 09:00 (Europe/Paris), from
    /// 1 December 2026 until 1 March 2027`. It begins in lower case and has no final stop.
    pub fn words(&self, time_zone: &str) -> String {
        let mut text = match &self.when {
            When::Asap => "as soon as it is published".to_owned(),
            When::Once { at } => format!("once on {} at {}", date(at.date()), time(at.time())),
            When::Daily { at, days } => format!("{} at {}", self::days(days), time(*at)),
            When::SeveralTimesADay { times, days } => format!("{} {}", self::days(days), self::times(times)),
            When::Weekly { every, on, at } => {
                format!(
                    "{} on {} at {}",
                    every_nth(u64::from(*every), "week"),
                    and(on.iter().map(|day| weekday(*day))),
                    time(*at)
                )
            }
            When::Monthly { on, months, at } => format!("{} at {}", monthly(on, months), time(*at)),
            When::Rrule { recurrence, starting } => recurrence_words::words(recurrence, *starting, time_zone),
            When::Signal { parameters, on, .. } => {
                let names = parameters.iter().map(|parameter| format!("`{}`", parameter.name));
                let arrives = match on {
                    Some(SignalSource::Table(table)) => format!("when `{table}` changes or a signal arrives"),
                    Some(SignalSource::File(pattern)) => format!("when a file `{pattern}` comes or a signal arrives"),
                    None => "when a signal arrives".to_owned(),
                };
                if parameters.is_empty() { arrives } else { format!("{arrives}, with {}", and(names)) }
            }
        };
        if !matches!(self.when, When::Asap | When::Signal { .. } | When::Rrule { .. }) {
            text.push_str(&format!(" ({time_zone})"));
        }
        match (self.from, self.until) {
            (Some(from), Some(until)) => text.push_str(&format!(", from {} until {}", date(from), date(until))),
            (Some(from), None) => text.push_str(&format!(", from {}", date(from))),
            (None, Some(until)) => text.push_str(&format!(", until {}", date(until))),
            (None, None) => {}
        }
        if let Some(holidays) = &self.holidays {
            let calendar = &holidays.calendar;
            text.push_str(&match holidays.rule {
                OnHoliday::Skip => format!("; not on the days of `{calendar}`"),
                OnHoliday::NextDay => format!("; on the days of `{calendar}`, the next other day instead"),
            });
        }
        if self.jitter_seconds > 0 {
            text.push_str(&format!("; up to {} later", parse::length(self.jitter_seconds)));
        }
        if self.overlap == Overlap::Queue {
            text.push_str("; waits for the run before it");
        }
        text
    }
}

fn days(days: &Days) -> String {
    match days {
        Days::Every => "every day".to_owned(),
        Days::Weekdays => "on weekdays".to_owned(),
        Days::Chosen(days) => format!("on {}", and(days.iter().map(|day| weekday(*day)))),
    }
}

fn times(times: &Times) -> String {
    match times {
        Times::Listed(times) => format!("at {}", and(times.iter().map(|at| time(*at)))),
        Times::Every { seconds, first, last } => {
            let every = match seconds {
                3600 => "every hour".to_owned(),
                60 => "every minute".to_owned(),
                seconds if seconds % 3600 == 0 => format!("every {} hours", seconds / 3600),
                seconds if seconds % 60 == 0 => format!("every {} minutes", seconds / 60),
                seconds => format!("every {}", parse::length(*seconds)),
            };
            match last {
                Some(last) => format!("{every} from {} to {}", time(*first), time(*last)),
                None => every,
            }
        }
    }
}

fn monthly(on: &MonthDays, months: &BTreeSet<i8>) -> String {
    let of = if months.len() == 12 {
        "every month".to_owned()
    } else {
        and(months.iter().map(|number| month(i16::from(*number))))
    };
    match on {
        MonthDays::EveryDay => format!("on every day of {of}"),
        MonthDays::LastDay => format!("on the last day of {of}"),
        MonthDays::Day(day) => format!("on the {} of {of}", ordinal(i16::from(*day))),
        MonthDays::Nth(nth, day) => {
            let nth = match nth {
                Nth::First => "first",
                Nth::Second => "second",
                Nth::Third => "third",
                Nth::Fourth => "fourth",
                Nth::Last => "last",
            };
            format!("on the {nth} {} of {of}", weekday(*day))
        }
        MonthDays::Weekdays(days) => format!("on every {} of {of}", and(days.iter().map(|day| weekday(*day)))),
    }
}

/// `every week`, `every other week`, `every 3 weeks`.
pub(super) fn every_nth(count: u64, unit: &str) -> String {
    match count {
        1 => format!("every {unit}"),
        2 => format!("every other {unit}"),
        count => format!("every {count} {unit}s"),
    }
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn and(words: impl IntoIterator<Item = String>) -> String {
    let mut words: Vec<String> = words.into_iter().collect();
    let Some(last) = words.pop() else { return String::new() };
    if words.is_empty() { last } else { format!("{} and {last}", words.join(", ")) }
}

pub(super) fn weekday(day: Weekday) -> String {
    format!("{day:?}")
}

/// The name of a month, 1 to 12.
pub(super) fn month(number: i16) -> String {
    let name = usize::try_from(number - 1).ok().and_then(|index| MONTHS.get(index)).copied().unwrap_or_default();
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_ascii_uppercase(), letters.as_str()))
}

/// `1st`, `2nd`, `11th`; from the end, `last`, `2nd to last`.
pub(super) fn ordinal(number: i16) -> String {
    if number == -1 {
        return "last".to_owned();
    }
    let size = number.abs();
    let ending = match (size % 10, size % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    if number < 0 { format!("{size}{ending} to last") } else { format!("{size}{ending}") }
}

/// `1 December 2026`.
pub(super) fn date(date: Date) -> String {
    format!("{} {} {}", date.day(), month(i16::from(date.month())), date.year())
}

/// `09:00`, with seconds where there are any.
pub(super) fn time(time: Time) -> String {
    if time.second() == 0 {
        format!("{:02}:{:02}", time.hour(), time.minute())
    } else {
        format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn schedules_are_told_as_sentences() {
        for (value, expected) in [
            (json!({"type": "asap"}), "as soon as it is published"),
            (json!({"type": "once", "at": "2026-12-01T09:00"}), "once on 1 December 2026 at 09:00 (Europe/Paris)"),
            (json!({"type": "daily", "at": "09:00"}), "every day at 09:00 (Europe/Paris)"),
            (json!({"type": "daily", "at": "09:00:30", "days": "weekdays"}), "on weekdays at 09:00:30 (Europe/Paris)"),
            (
                json!({"type": "weekly", "every": 2, "on": ["thursday", "monday"], "at": "09:00", "from": "2026-12-01", "until": "2027-03-01"}),
                "every other week on Monday and Thursday at 09:00 (Europe/Paris), from 1 December 2026 until 1 March 2027",
            ),
            (
                json!({"type": "weekly", "every": 3, "on": ["monday", "tuesday", "friday"], "at": "09:00", "from": "2026-12-01"}),
                "every 3 weeks on Monday, Tuesday and Friday at 09:00 (Europe/Paris), from 1 December 2026",
            ),
            (
                json!({"type": "several-times-a-day", "every": "30m", "between": ["08:00", "20:00"], "days": "weekdays"}),
                "on weekdays every 30 minutes from 08:00 to 20:00 (Europe/Paris)",
            ),
            (
                json!({"type": "several-times-a-day", "times": ["12:00", "09:00"], "days": ["sunday"]}),
                "on Sunday at 09:00 and 12:00 (Europe/Paris)",
            ),
            (json!({"type": "several-times-a-day", "every": "1h"}), "every day every hour (Europe/Paris)"),
            (
                json!({"type": "monthly", "on": {"nth": "last", "weekday": "friday"}, "at": "09:00", "months": ["january", "july"]}),
                "on the last Friday of January and July at 09:00 (Europe/Paris)",
            ),
            (
                json!({"type": "monthly", "on": {"day": 22}, "at": "09:00"}),
                "on the 22nd of every month at 09:00 (Europe/Paris)",
            ),
            (
                json!({"type": "monthly", "on": "last-day", "at": "09:00"}),
                "on the last day of every month at 09:00 (Europe/Paris)",
            ),
            (
                json!({"type": "monthly", "on": {"weekdays": ["monday"]}, "months": ["may"], "at": "09:00"}),
                "on every Monday of May at 09:00 (Europe/Paris)",
            ),
            (
                json!({"type": "signal", "parameters": [{"name": "city", "type": "string"}], "until": "2027-01-01"}),
                "when a signal arrives, with `city`, until 1 January 2027",
            ),
            (
                json!({"type": "daily", "at": "09:00", "calendar": "holidays", "jitter": "10m", "overlap": "queue"}),
                "every day at 09:00 (Europe/Paris); not on the days of `holidays`; up to 10m later; waits for the run before it",
            ),
            (
                json!({"type": "daily", "at": "09:00", "calendar": "holidays", "on_holiday": "next-day"}),
                "every day at 09:00 (Europe/Paris); on the days of `holidays`, the next other day instead",
            ),
        ] {
            assert_eq!(words(&value), expected);
        }
    }

    #[test]
    fn recurrences_are_told_as_far_as_words_reach() {
        for (rule, expected) in [
            ("FREQ=MONTHLY;BYDAY=-1FR", "every month on the last Friday at 09:00 (UTC), starting 1 December 2026"),
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH",
                "every other week on Monday and Thursday at 09:00 (UTC), starting 1 December 2026",
            ),
            ("FREQ=WEEKLY", "every week on Tuesday at 09:00 (UTC), starting 1 December 2026"),
            (
                "FREQ=DAILY;COUNT=10;BYHOUR=8,12;BYMINUTE=0,30",
                "every day at 08:00, 08:30, 12:00 and 12:30, 10 times (UTC), starting 1 December 2026",
            ),
            (
                "FREQ=YEARLY;UNTIL=20301231",
                "every year in December on the 1st at 09:00, until 31 December 2030 (UTC), starting 1 December 2026",
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=15,-1;BYMONTH=1,6",
                "every month in January and June on the last and 15th day at 09:00 (UTC), starting 1 December 2026",
            ),
            ("FREQ=MINUTELY;INTERVAL=20", "every 20 minutes (UTC), starting 1 December 2026 at 09:00"),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                "by the rule `FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1` (UTC), starting 1 December 2026 at 09:00",
            ),
            (
                "RRULE:FREQ=DAILY\nEXDATE:20261225",
                "every day at 09:00, with exceptions (UTC), starting 1 December 2026",
            ),
        ] {
            let value = json!({"type": "rrule", "rrule": rule, "starting": "2026-12-01T09:00"});
            let mut problems = Vec::new();
            let schedule = Schedule::read(&value, "", &mut problems).unwrap_or_else(|| panic!("{problems:?}"));
            assert_eq!(schedule.words("UTC"), expected);
        }
    }

    fn words(value: &Value) -> String {
        let mut problems = Vec::new();
        Schedule::read(value, "", &mut problems).unwrap_or_else(|| panic!("{problems:?}")).words("Europe/Paris")
    }
}
