//! Lengths of time as documents write them: `10m`, `3d`, `1h30m`. Days and weeks are days of the calendar: three days
//! after Friday 09:00 is Monday 09:00, also when the clocks change in between.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use jiff::tz::TimeZone;
use jiff::{Span, Timestamp};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// The longest length that is taken, ten years.
pub const DAYS_MAX: i64 = 3_660;

const SECONDS_PER_DAY: i64 = 86_400;

/// A length of time, not negative.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Duration {
    days: i64,
    seconds: i64,
}

impl Duration {
    pub const fn from_seconds(seconds: i64) -> Self {
        Self { days: 0, seconds }
    }

    pub const fn from_days(days: i64) -> Self {
        Self { days, seconds: 0 }
    }

    pub fn is_zero(self) -> bool {
        self.days == 0 && self.seconds == 0
    }

    /// The instant that is this much later, in a zone whose days are counted.
    pub fn after(self, start: Timestamp, zone: &TimeZone) -> Timestamp {
        let later = start
            .to_zoned_datetime(zone.clone())
            .checked_add(Span::new().try_days(self.days).unwrap_or_default())
            .and_then(|day| day.checked_add(Span::new().try_seconds(self.seconds).unwrap_or_default()));
        later.map_or(Timestamp::MAX, |later| later.timestamp())
    }

    /// In microseconds, with days of 24 hours.
    pub fn as_us(self) -> i64 {
        (self.days.saturating_mul(SECONDS_PER_DAY)).saturating_add(self.seconds).saturating_mul(1_000_000)
    }
}

impl FromStr for Duration {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is not a length of time; write it like `10m`, `3d` or `1h30m` (s m h d w)");
        let mut total = Self::default();
        let mut rest = text.trim();
        if rest.is_empty() {
            return Err(wrong());
        }
        while !rest.is_empty() {
            let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let amount: i64 = rest[..digits].parse().map_err(|_| wrong())?;
            let unit = rest[digits..].chars().next().ok_or_else(wrong)?;
            let (days, seconds) = match unit {
                'w' => (amount.checked_mul(7), Some(0)),
                'd' => (Some(amount), Some(0)),
                'h' => (Some(0), amount.checked_mul(3600)),
                'm' => (Some(0), amount.checked_mul(60)),
                's' => (Some(0), Some(amount)),
                _ => return Err(wrong()),
            };
            total.days = days.and_then(|days| total.days.checked_add(days)).ok_or_else(wrong)?;
            total.seconds = seconds.and_then(|seconds| total.seconds.checked_add(seconds)).ok_or_else(wrong)?;
            rest = rest[digits + unit.len_utf8()..].trim_start();
        }
        if total.days > DAYS_MAX || total.seconds > DAYS_MAX * SECONDS_PER_DAY {
            return Err(format!("`{text}` is longer than {DAYS_MAX} days"));
        }
        Ok(total)
    }
}

impl TryFrom<String> for Duration {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<Duration> for String {
    fn from(duration: Duration) -> Self {
        duration.to_string()
    }
}

impl fmt::Display for Duration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_zero() {
            return f.write_str("0s");
        }
        let (hours, minutes, seconds) = (self.seconds / 3600, self.seconds / 60 % 60, self.seconds % 60);
        let parts = [(self.days, 'd'), (hours, 'h'), (minutes, 'm'), (seconds, 's')];
        parts.into_iter().filter(|(amount, _)| *amount > 0).try_for_each(|(amount, unit)| write!(f, "{amount}{unit}"))
    }
}

impl JsonSchema for Duration {
    fn schema_name() -> Cow<'static, str> {
        "Duration".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "pattern": "^([0-9]+[smhdw] ?)+$",
            "description": "A length of time, like `10m`, `3d` or `1h30m`.",
            "x-tutti-editor": "duration",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_and_shown() {
        for (text, us, shown) in [
            ("90s", 90_000_000, "1m30s"),
            ("10m", 600_000_000, "10m"),
            ("1h30m", 5_400_000_000, "1h30m"),
            ("1w 1d", 691_200_000_000, "8d"),
            ("0m", 0, "0s"),
        ] {
            let duration: Duration = text.parse().unwrap();
            assert_eq!((duration.as_us(), duration.to_string().as_str()), (us, shown), "{text}");
        }
        for text in ["", "10", "m", "-1d", "1.5h", "3y", "99999999999999999999d", "9999999d"] {
            assert!(text.parse::<Duration>().is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_the_calendars() {
        let zone = TimeZone::get("Europe/Paris").unwrap();
        let friday: Timestamp = "2026-03-27T08:00:00Z".parse().unwrap();
        let after = |text: &str| text.parse::<Duration>().unwrap().after(friday, &zone).to_string();
        assert_eq!(after("3d"), "2026-03-30T07:00:00Z", "09:00 in Paris on both days");
        assert_eq!(after("72h"), "2026-03-30T08:00:00Z");
    }
}
