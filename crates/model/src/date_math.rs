//! Dates in rules: ISO 8601 values and date math (`now-30d`, `now/M`, `2026-01-01||+1M/d`), as Elasticsearch writes it
//! (<https://www.elastic.co/guide/en/elasticsearch/reference/current/common-options.html#date-math>). Rounding is
//! always down, to the start of the unit; weeks start on Monday. Quarters of a year, which Elasticsearch does not have,
//! are `Q`.

use std::collections::BTreeMap;

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, ToSpan, ZonedDateTime};

use crate::variables::Variables;

/// When and where a rule is read.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub now: Timestamp,
    /// The campaign's time zone; UTC where there is no campaign.
    pub zone: TimeZone,
    /// What `$name` means in expressions.
    pub variables: Variables,
    /// The populations that rules may ask for, as `activity.port`, and the table whose rows each has.
    pub populations: BTreeMap<String, String>,
}

impl Moment {
    pub fn new(now: Timestamp, zone: TimeZone) -> Self {
        Self { now, zone, variables: Variables::default(), populations: BTreeMap::new() }
    }

    pub fn utc(now: Timestamp) -> Self {
        Self::new(now, TimeZone::UTC)
    }
}

/// Reads `text` as an instant. The error says what was expected.
pub fn instant(text: &str, moment: &Moment) -> Result<ZonedDateTime, String> {
    let (start, operations) = if let Some(rest) = text.strip_prefix("now") {
        (moment.now.to_zoned_datetime(moment.zone.clone()), rest)
    } else if let Some((anchor, rest)) = text.split_once("||") {
        (iso(anchor, moment)?, rest)
    } else {
        return iso(text, moment);
    };
    apply(start, operations, text)
}

/// Reads `text` as a civil date in the zone of `moment`.
pub fn date(text: &str, moment: &Moment) -> Result<Date, String> {
    Ok(instant(text, moment)?.date())
}

fn iso(text: &str, moment: &Moment) -> Result<ZonedDateTime, String> {
    let text = text.trim();
    if let Ok(timestamp) = text.parse::<Timestamp>() {
        return Ok(timestamp.to_zoned_datetime(moment.zone.clone()));
    }
    let civil = text
        .parse::<DateTime>()
        .or_else(|error| text.parse::<Date>().map(|date| date.at(0, 0, 0, 0)).map_err(|_| error))
        .map_err(|_| {
            format!("`{text}` is not a date; write `2026-12-31`, `2026-12-31T09:00:00`, or date math like `now-30d`")
        })?;
    civil
        .to_zoned_datetime(moment.zone.clone())
        .map_err(|error| format!("`{text}` cannot be placed in the time zone: {error}"))
}

fn apply(start: ZonedDateTime, operations: &str, whole: &str) -> Result<ZonedDateTime, String> {
    let wrong = |at: &str| {
        format!(
            "`{whole}`: `{at}` is not date math; write steps like `-30d`, `+1M` or `/d`, with the units \
             y Q M w d h H m s"
        )
    };
    let mut value = start;
    let mut rest = operations;
    while let Some(sign) = rest.chars().next() {
        let after = &rest[sign.len_utf8()..];
        match sign {
            '+' | '-' => {
                let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
                let amount: i64 = if digits == 0 { 1 } else { after[..digits].parse().map_err(|_| wrong(rest))? };
                let amount = if sign == '-' { -amount } else { amount };
                let unit = after[digits..].chars().next().ok_or_else(|| wrong(rest))?;
                let span = span(unit, amount).ok_or_else(|| wrong(rest))?;
                value = value.checked_add(span).map_err(|_| format!("`{whole}` is out of the range of dates"))?;
                rest = &after[digits + unit.len_utf8()..];
            }
            '/' => {
                let unit = after.chars().next().ok_or_else(|| wrong(rest))?;
                value = floor(&value, unit).ok_or_else(|| wrong(rest))?;
                rest = &after[unit.len_utf8()..];
            }
            _ => return Err(wrong(rest)),
        }
    }
    Ok(value)
}

fn span(unit: char, amount: i64) -> Option<Span> {
    let span = match unit {
        'y' => Span::new().try_years(amount),
        'Q' => Span::new().try_months(amount.checked_mul(3)?),
        'M' => Span::new().try_months(amount),
        'w' => Span::new().try_weeks(amount),
        'd' => Span::new().try_days(amount),
        'h' | 'H' => Span::new().try_hours(amount),
        'm' => Span::new().try_minutes(amount),
        's' => Span::new().try_seconds(amount),
        _ => return None,
    };
    span.ok()
}

fn floor(value: &ZonedDateTime, unit: char) -> Option<ZonedDateTime> {
    let date = value.date();
    let time = value.time();
    let civil = match unit {
        'y' => Date::new(date.year(), 1, 1).ok()?.at(0, 0, 0, 0),
        'Q' => Date::new(date.year(), (date.month() - 1) / 3 * 3 + 1, 1).ok()?.at(0, 0, 0, 0),
        'M' => date.first_of_month().at(0, 0, 0, 0),
        'w' => {
            let days = i64::from(date.weekday().to_monday_zero_offset());
            date.checked_sub(days.days()).ok()?.at(0, 0, 0, 0)
        }
        'd' => date.at(0, 0, 0, 0),
        // What the clock shows past the full hour, minute or second goes off the instant: an hour that a clock change
        // repeats stays the one that it is.
        'h' | 'H' | 'm' | 's' => {
            let minutes = if matches!(unit, 'h' | 'H') { i64::from(time.minute()) } else { 0 };
            let seconds = if unit == 's' { 0 } else { i64::from(time.second()) };
            let past = minutes.minutes().seconds(seconds).nanoseconds(i64::from(time.subsec_nanosecond()));
            return value.checked_sub(past).ok();
        }
        _ => return None,
    };
    civil.to_zoned_datetime(value.time_zone().clone()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(zone: &str) -> Moment {
        Moment::new("2026-03-15T10:20:30Z".parse().unwrap(), TimeZone::get(zone).unwrap())
    }

    #[test]
    fn date_math_in_utc() {
        for (text, expected) in [
            ("now", "2026-03-15T10:20:30+00:00[UTC]"),
            ("now-30d", "2026-02-13T10:20:30+00:00[UTC]"),
            ("now/M", "2026-03-01T00:00:00+00:00[UTC]"),
            ("now-1y/y", "2025-01-01T00:00:00+00:00[UTC]"),
            ("now/Q", "2026-01-01T00:00:00+00:00[UTC]"),
            ("now-1Q/Q", "2025-10-01T00:00:00+00:00[UTC]"),
            ("now+2Q", "2026-09-15T10:20:30+00:00[UTC]"),
            ("2026-05-31||-1Q", "2026-02-28T00:00:00+00:00[UTC]"),
            ("now/w", "2026-03-09T00:00:00+00:00[UTC]"),
            ("now-d", "2026-03-14T10:20:30+00:00[UTC]"),
            ("2026-01-01||+1M/d", "2026-02-01T00:00:00+00:00[UTC]"),
            ("2026-01-31||+1M", "2026-02-28T00:00:00+00:00[UTC]"),
            ("2026-01-01", "2026-01-01T00:00:00+00:00[UTC]"),
            ("2026-01-01T09:30", "2026-01-01T09:30:00+00:00[UTC]"),
            ("2026-01-01T09:30:00+02:00", "2026-01-01T07:30:00+00:00[UTC]"),
            ("2026-01-01 09:30:00", "2026-01-01T09:30:00+00:00[UTC]"),
        ] {
            assert_eq!(instant(text, &moment("UTC")).unwrap().to_string(), expected, "{text}");
        }
    }

    #[test]
    fn days_are_the_zones_days() {
        let paris = moment("Europe/Paris");
        assert_eq!(instant("now/d", &paris).unwrap().to_string(), "2026-03-15T00:00:00+01:00[Europe/Paris]");
        assert_eq!(instant("2026-07-01", &paris).unwrap().timestamp().to_string(), "2026-06-30T22:00:00Z");
    }

    #[test]
    fn clock_changes_move_days_and_not_hours() {
        let at = |now: &str| Moment::new(now.parse().unwrap(), TimeZone::get("Europe/Paris").unwrap());
        // On 29 March 2026 clocks go from 2 to 3, on 25 October from 3 to 2.
        for (now, text, expected) in [
            ("2026-03-28T11:00:00Z", "now+1d", "2026-03-29T10:00:00Z"),
            ("2026-03-28T11:00:00Z", "now+24h", "2026-03-29T11:00:00Z"),
            ("2026-03-29T11:00:00Z", "now-1d", "2026-03-28T12:00:00Z"),
            ("2026-03-29T11:00:00Z", "now/d", "2026-03-28T23:00:00Z"),
            ("2026-03-29T11:00:00Z", "now/d+1d", "2026-03-29T22:00:00Z"),
            ("2026-03-29T11:00:00Z", "now/M+1M", "2026-03-31T22:00:00Z"),
            ("2026-03-29T11:00:00Z", "now/w+1w", "2026-03-29T22:00:00Z"),
            ("2026-03-29T11:00:00Z", "now+1y/y", "2026-12-31T23:00:00Z"),
            ("2026-03-29T11:00:00Z", "now+1Q/Q", "2026-03-31T22:00:00Z"),
            ("2026-03-29T11:00:00Z", "2026-03-29T02:30", "2026-03-29T01:30:00Z"),
            ("2026-10-25T11:00:00Z", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
            // The second half past two is half past the second two.
            ("2026-10-25T01:30:40.5Z", "now/h", "2026-10-25T01:00:00Z"),
            ("2026-10-25T01:30:40.5Z", "now/m", "2026-10-25T01:30:00Z"),
            ("2026-10-25T01:30:40.5Z", "now/s", "2026-10-25T01:30:40Z"),
            ("2026-10-25T00:30:40Z", "now/h", "2026-10-25T00:00:00Z"),
            ("2026-10-24T11:00:00Z", "now/d+2d", "2026-10-25T23:00:00Z"),
        ] {
            assert_eq!(instant(text, &at(now)).unwrap().timestamp().to_string(), expected, "{text} at {now}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in [
            "",
            "yesterday",
            "now-30x",
            "now*2",
            "2026-13-01",
            "now/",
            "now-99999999999999999999d",
            "now+999999y",
            "now+9000000000000000000Q",
        ] {
            assert!(instant(text, &moment("UTC")).is_err(), "{text}");
        }
    }
}
