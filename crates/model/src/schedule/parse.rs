//! The small words of schedules: times of day, moments, lengths of time, names of days and months.

use jiff::civil::{Date, DateTime, Time, Weekday};

pub(super) const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Monday),
    ("tuesday", Weekday::Tuesday),
    ("wednesday", Weekday::Wednesday),
    ("thursday", Weekday::Thursday),
    ("friday", Weekday::Friday),
    ("saturday", Weekday::Saturday),
    ("sunday", Weekday::Sunday),
];

pub(super) const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// `09:00` or `09:00:30`.
pub(super) fn time_of_day(text: &str) -> Option<Time> {
    let mut parts = text.split(':').map(two_digits);
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0))?;
    if parts.next().is_some() {
        return None;
    }
    Time::new(hour, minute, second, 0).ok()
}

/// `2026-12-01T09:00`, with seconds or without, with a space in place of the `T` or not.
pub(super) fn moment(text: &str) -> Option<DateTime> {
    let (day, time) = text.split_once(['T', ' '])?;
    Some(date(day)?.to_datetime(time_of_day(time)?))
}

/// `2026-12-01`.
pub(crate) fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || !year.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Date::new(year.parse().ok()?, two_digits(month)?, two_digits(day)?).ok()
}

/// `12-25` as month and day. The day exists in some year.
pub(crate) fn month_and_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day) = (two_digits(month)?, two_digits(day)?);
    // 2024 has a 29 February.
    Date::new(2024, month, day).ok().map(|_| (month, day))
}

/// `30m`, `2h`, `1h30m` or `45s` as seconds.
pub(super) fn seconds(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    let mut rest = text;
    let mut largest = i64::MAX;
    while !rest.is_empty() {
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (number, after) = rest.split_at(digits);
        let unit = match after.chars().next()? {
            'h' => 3600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        // Each unit once, the larger ones first.
        if unit >= largest {
            return None;
        }
        largest = unit;
        total = total.checked_add(number.parse::<i64>().ok()?.checked_mul(unit)?)?;
        rest = &after[1..];
    }
    (!text.is_empty()).then_some(total)
}

/// A length of time as it is written in documents.
pub(super) fn length(seconds: i64) -> String {
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    let part = |count: i64, unit: &str| if count == 0 { String::new() } else { format!("{count}{unit}") };
    let text = format!("{}{}{}", part(hours, "h"), part(minutes, "m"), part(seconds, "s"));
    if text.is_empty() { "0s".to_owned() } else { text }
}

fn two_digits(text: &str) -> Option<i8> {
    let valid = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
    if valid { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_written_forms_are_times() {
        for (text, expected) in [
            ("09:00", Some((9, 0, 0))),
            ("23:59:59", Some((23, 59, 59))),
            ("9:00", None),
            ("24:00", None),
            ("09:60", None),
            ("09:00:60", None),
            ("09", None),
            ("09:00:00:00", None),
            ("0900", None),
            ("+9:00", None),
            ("", None),
        ] {
            let found = time_of_day(text).map(|time| (time.hour(), time.minute(), time.second()));
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn moments_and_dates_exist() {
        for (text, valid) in [
            ("2026-12-01T09:00", true),
            ("2026-12-01 09:00:30", true),
            ("2026-02-29T09:00", false),
            ("2026-12-01", false),
            ("2026-12-01T09:00Z", false),
            ("26-12-01T09:00", false),
        ] {
            assert_eq!(moment(text).is_some(), valid, "{text}");
        }
        for (text, expected) in [("02-29", Some((2, 29))), ("02-30", None), ("12-25", Some((12, 25))), ("1-1", None)] {
            assert_eq!(month_and_day(text), expected, "{text}");
        }
    }

    #[test]
    fn lengths_read_back() {
        for (text, expected) in [
            ("30m", Some(1800)),
            ("2h", Some(7200)),
            ("1h30m", Some(5400)),
            ("45s", Some(45)),
            ("90m", Some(5400)),
            ("30m1h", None),
            ("m", None),
            ("30", None),
            ("", None),
            ("99999999999999999999h", None),
            ("9223372036854775807h", None),
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
        for (count, text) in [(1800, "30m"), (5400, "1h30m"), (3661, "1h1m1s"), (0, "0s")] {
            assert_eq!(length(count), text);
        }
    }
}
