//! Spans of time by the names that people have for them: today, last quarter, in the next 7 days. A rule writes one as
//! `{"preset": "lastQuarter"}` or `{"preset": "nextDays", "n": 7}`. Each goes from its first instant up to and without
//! its last, in the zone of the moment.

use jiff::ZonedDateTime;
use serde_json::Value;

use crate::date_math::{self, Moment};
use crate::problem::nearest;

/// The most that `n` may be.
pub const N_MAX: i64 = 10_000;

/// A span with a name.
#[derive(Debug, PartialEq, Eq)]
pub struct Preset {
    pub name: &'static str,
    /// As it stands after "is"; `{n}` is the number, where it takes one.
    pub words: &'static str,
    /// The words for 1.
    one: &'static str,
    /// Date math: its first instant, and the first one after it.
    pub from: &'static str,
    pub to: &'static str,
}

const fn plain(name: &'static str, words: &'static str, from: &'static str, to: &'static str) -> Preset {
    Preset { name, words, one: words, from, to }
}

const fn of(
    name: &'static str,
    words: &'static str,
    one: &'static str,
    from: &'static str,
    to: &'static str,
) -> Preset {
    Preset { name, words, one, from, to }
}

/// Every preset, in the order in which they are offered. The last days, weeks, months and years have today and go back
/// to the day so long ago; the next ones have today too. Hours go from this moment.
pub const PRESETS: &[Preset] = &[
    plain("today", "today", "now/d", "now+1d/d"),
    plain("yesterday", "yesterday", "now-1d/d", "now/d"),
    plain("tomorrow", "tomorrow", "now+1d/d", "now+2d/d"),
    plain("thisWeek", "this week", "now/w", "now+1w/w"),
    plain("lastWeek", "last week", "now-1w/w", "now/w"),
    plain("nextWeek", "next week", "now+1w/w", "now+2w/w"),
    plain("thisMonth", "this month", "now/M", "now+1M/M"),
    plain("lastMonth", "last month", "now-1M/M", "now/M"),
    plain("nextMonth", "next month", "now+1M/M", "now+2M/M"),
    plain("thisQuarter", "this quarter", "now/Q", "now+1Q/Q"),
    plain("lastQuarter", "last quarter", "now-1Q/Q", "now/Q"),
    plain("nextQuarter", "next quarter", "now+1Q/Q", "now+2Q/Q"),
    plain("thisYear", "this year", "now/y", "now+1y/y"),
    plain("lastYear", "last year", "now-1y/y", "now/y"),
    plain("nextYear", "next year", "now+1y/y", "now+2y/y"),
    plain("monthToDate", "this month until today", "now/M", "now+1d/d"),
    plain("quarterToDate", "this quarter until today", "now/Q", "now+1d/d"),
    plain("yearToDate", "this year until today", "now/y", "now+1d/d"),
    of("lastHours", "in the last {n} hours", "in the last hour", "now-{n}h", "now"),
    of("nextHours", "in the next {n} hours", "in the next hour", "now", "now+{n}h"),
    of("lastDays", "in the last {n} days", "in the last day", "now-{n}d/d", "now+1d/d"),
    of("nextDays", "in the next {n} days", "in the next day", "now/d", "now+{n}d+1d/d"),
    of("lastWeeks", "in the last {n} weeks", "in the last 7 days", "now-{n}w/d", "now+1d/d"),
    of("nextWeeks", "in the next {n} weeks", "in the next 7 days", "now/d", "now+{n}w+1d/d"),
    of("lastMonths", "in the last {n} months", "in the last {n} month", "now-{n}M/d", "now+1d/d"),
    of("nextMonths", "in the next {n} months", "in the next {n} month", "now/d", "now+{n}M+1d/d"),
    of("lastYears", "in the last {n} years", "in the last {n} year", "now-{n}y/d", "now+1d/d"),
    of("nextYears", "in the next {n} years", "in the next {n} year", "now/d", "now+{n}y+1d/d"),
    of("daysAgo", "{n} days ago", "{n} day ago", "now-{n}d/d", "now-{n}d+1d/d"),
    of("weeksAgo", "{n} weeks ago", "{n} week ago", "now-{n}w/d", "now-{n}w+1d/d"),
    of("monthsAgo", "{n} months ago", "{n} month ago", "now-{n}M/d", "now-{n}M+1d/d"),
    of("yearsAgo", "{n} years ago", "{n} year ago", "now-{n}y/d", "now-{n}y+1d/d"),
    of("daysAhead", "in {n} days", "in {n} day", "now+{n}d/d", "now+{n}d+1d/d"),
    of("weeksAhead", "in {n} weeks", "in {n} week", "now+{n}w/d", "now+{n}w+1d/d"),
    of("monthsAhead", "in {n} months", "in {n} month", "now+{n}M/d", "now+{n}M+1d/d"),
];

/// A preset as a rule asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    preset: &'static Preset,
    /// 1 where the preset takes no number.
    n: i64,
}

impl Preset {
    /// Whether it takes a number.
    pub fn takes_n(&self) -> bool {
        self.words.contains("{n}")
    }

    /// Whether it begins and ends at midnight.
    pub fn is_of_days(&self) -> bool {
        self.from.contains('/')
    }
}

/// Whether a rule's value is written as a preset.
pub fn is_preset(value: &Value) -> bool {
    value.as_object().is_some_and(|fields| fields.contains_key("preset"))
}

/// Reads a preset as it is written in a rule. The error says what was expected.
pub fn read(value: &Value) -> Result<Asked, String> {
    let fields = value.as_object().ok_or_else(|| format!("`{value}` is not a date preset"))?;
    if let Some(name) = fields.keys().find(|name| !["preset", "n"].contains(&name.as_str())) {
        return Err(format!("a date preset has no field `{name}`; it has a `preset`, and `n` where it takes a number"));
    }
    let name = fields.get("preset").and_then(Value::as_str).unwrap_or_default();
    let Some(preset) = PRESETS.iter().find(|preset| preset.name == name) else {
        let near = nearest(name, PRESETS.iter().map(|preset| preset.name));
        let hint = near.map_or_else(
            || "write one like `today`, `lastQuarter` or `nextDays`".to_owned(),
            |near| format!("did you mean `{near}`?"),
        );
        return Err(format!("there is no date preset `{name}`; {hint}"));
    };
    let n = match fields.get("n") {
        None => None,
        // A parameter of a filter may be given as text.
        Some(Value::String(text)) => Some(text.trim().parse().unwrap_or(0)),
        Some(n) => Some(n.as_i64().unwrap_or(0)),
    };
    match (preset.takes_n(), n) {
        (true, Some(n @ 1..=N_MAX)) => Ok(Asked { preset, n }),
        (true, _) => Err(format!("`{name}` takes a whole number from 1 to {N_MAX} as `n`")),
        (false, None) => Ok(Asked { preset, n: 1 }),
        (false, Some(_)) => Err(format!("`{name}` takes no `n`")),
    }
}

impl Asked {
    pub fn preset(&self) -> &'static Preset {
        self.preset
    }

    /// As it stands after "is": `in the next 7 days`.
    pub fn words(&self) -> String {
        let words = if self.n == 1 { self.preset.one } else { self.preset.words };
        words.replace("{n}", &self.n.to_string())
    }

    /// Its first instant, and the first one after it.
    pub fn span(&self, moment: &Moment) -> Result<(ZonedDateTime, ZonedDateTime), String> {
        let at = |math: &str| date_math::instant(&math.replace("{n}", &self.n.to_string()), moment);
        Ok((at(self.preset.from)?, at(self.preset.to)?))
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use serde_json::json;

    use super::*;

    fn span(value: &Value, now: &str, zone: &str) -> (String, String) {
        let moment = Moment::new(now.parse().unwrap(), TimeZone::get(zone).unwrap());
        let (from, to) = read(value).unwrap().span(&moment).unwrap();
        (from.timestamp().to_string(), to.timestamp().to_string())
    }

    #[test]
    fn spans_are_those_of_the_zone() {
        // Sunday; on 29 March 2026 clocks in Paris go from 2 to 3.
        let now = "2026-03-29T10:20:30Z";
        for (value, from, to) in [
            (json!({"preset": "today"}), "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"),
            (json!({"preset": "yesterday"}), "2026-03-27T23:00:00Z", "2026-03-28T23:00:00Z"),
            (json!({"preset": "tomorrow"}), "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"),
            (json!({"preset": "thisWeek"}), "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"),
            (json!({"preset": "nextWeek"}), "2026-03-29T22:00:00Z", "2026-04-05T22:00:00Z"),
            (json!({"preset": "thisMonth"}), "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
            (json!({"preset": "lastMonth"}), "2026-01-31T23:00:00Z", "2026-02-28T23:00:00Z"),
            (json!({"preset": "thisQuarter"}), "2025-12-31T23:00:00Z", "2026-03-31T22:00:00Z"),
            (json!({"preset": "lastQuarter"}), "2025-09-30T22:00:00Z", "2025-12-31T23:00:00Z"),
            (json!({"preset": "nextQuarter"}), "2026-03-31T22:00:00Z", "2026-06-30T22:00:00Z"),
            (json!({"preset": "nextYear"}), "2026-12-31T23:00:00Z", "2027-12-31T23:00:00Z"),
            (json!({"preset": "quarterToDate"}), "2025-12-31T23:00:00Z", "2026-03-29T22:00:00Z"),
            (json!({"preset": "lastHours", "n": 24}), "2026-03-28T10:20:30Z", "2026-03-29T10:20:30Z"),
            (json!({"preset": "lastDays", "n": 7}), "2026-03-21T23:00:00Z", "2026-03-29T22:00:00Z"),
            (json!({"preset": "nextDays", "n": "7"}), "2026-03-28T23:00:00Z", "2026-04-05T22:00:00Z"),
            (json!({"preset": "nextMonths", "n": 11}), "2026-03-28T23:00:00Z", "2027-02-28T23:00:00Z"),
            (json!({"preset": "monthsAgo", "n": 1}), "2026-02-27T23:00:00Z", "2026-02-28T23:00:00Z"),
            (json!({"preset": "daysAhead", "n": 1}), "2026-03-29T22:00:00Z", "2026-03-30T22:00:00Z"),
        ] {
            let expected = (from.to_owned(), to.to_owned());
            assert_eq!(span(&value, now, "Europe/Paris"), expected, "{value}");
        }
        // The last day of a long month, and of a quarter.
        let now = "2026-05-31T12:00:00Z";
        for (name, from, to) in [
            ("nextMonth", "2026-06-01T00:00:00Z", "2026-07-01T00:00:00Z"),
            ("lastQuarter", "2026-01-01T00:00:00Z", "2026-04-01T00:00:00Z"),
            ("nextQuarter", "2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z"),
        ] {
            assert_eq!(span(&json!({"preset": name}), now, "UTC"), (from.to_owned(), to.to_owned()), "{name}");
        }
    }

    #[test]
    fn periods_of_one_kind_follow_each_other() {
        for zone in ["UTC", "Europe/Paris", "America/New_York"] {
            for now in ["2026-03-29T10:20:30Z", "2026-10-25T00:30:00Z", "2026-12-31T23:30:00Z", "2024-02-29T12:00:00Z"]
            {
                for unit in ["Week", "Month", "Quarter", "Year"] {
                    let of = |which: &str| span(&json!({"preset": format!("{which}{unit}")}), now, zone);
                    let (last, this, next) = (of("last"), of("this"), of("next"));
                    assert_eq!((&last.1, &this.1), (&this.0, &next.0), "{unit} at {now} in {zone}");
                    assert!(last.0 < last.1 && this.0.as_str() <= now && this.1.as_str() > now && next.0 < next.1);
                }
                let of = |name: &str| span(&json!({"preset": name}), now, zone);
                assert_eq!((of("yesterday").1, of("today").1), (of("today").0, of("tomorrow").0), "{now} in {zone}");
            }
        }
    }

    #[test]
    fn each_has_words_and_a_name_of_its_own() {
        let mut names: Vec<&str> = PRESETS.iter().map(|preset| preset.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), PRESETS.len());
        let words = |value: Value| read(&value).unwrap().words();
        assert_eq!(words(json!({"preset": "nextDays", "n": 7})), "in the next 7 days");
        assert_eq!(words(json!({"preset": "daysAgo", "n": 1})), "1 day ago");
        assert_eq!(words(json!({"preset": "lastQuarter"})), "last quarter");
    }

    #[test]
    fn mistakes_are_told() {
        for (value, part) in [
            (json!({"preset": "lastQuater"}), "did you mean `lastQuarter`?"),
            (json!({"preset": "nextDays"}), "from 1 to 10000"),
            (json!({"preset": "nextDays", "n": 0}), "from 1 to 10000"),
            (json!({"preset": "nextDays", "n": "many"}), "from 1 to 10000"),
            (json!({"preset": "today", "n": 2}), "takes no `n`"),
            (json!({"preset": "today", "days": 2}), "no field `days`"),
            (json!({"preset": 7}), "there is no date preset"),
        ] {
            let said = read(&value).unwrap_err();
            assert!(said.contains(part), "{value}: {said}");
        }
        assert!(is_preset(&json!({"preset": 1})) && !is_preset(&json!({"n": 1})) && !is_preset(&json!("today")));
    }
}
