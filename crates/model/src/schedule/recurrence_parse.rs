//! Reading recurrence rules. Every part that is wrong is named with the character where it stands.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use jiff::Timestamp;
use jiff::civil::{Date, Time, Weekday};
use jiff::tz::TimeZone;

use super::recurrence::{COUNT_MAX, Frequency, Pattern, Recurrence, Stamp};
use crate::problem::Problem;

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("MO", Weekday::Monday),
    ("TU", Weekday::Tuesday),
    ("WE", Weekday::Wednesday),
    ("TH", Weekday::Thursday),
    ("FR", Weekday::Friday),
    ("SA", Weekday::Saturday),
    ("SU", Weekday::Sunday),
];

const FREQUENCIES: [(&str, Frequency); 6] = [
    ("YEARLY", Frequency::Yearly),
    ("MONTHLY", Frequency::Monthly),
    ("WEEKLY", Frequency::Weekly),
    ("DAILY", Frequency::Daily),
    ("HOURLY", Frequency::Hourly),
    ("MINUTELY", Frequency::Minutely),
];

const PARTS: [&str; 14] = [
    "FREQ",
    "INTERVAL",
    "COUNT",
    "UNTIL",
    "WKST",
    "BYMONTH",
    "BYWEEKNO",
    "BYYEARDAY",
    "BYMONTHDAY",
    "BYDAY",
    "BYHOUR",
    "BYMINUTE",
    "BYSECOND",
    "BYSETPOS",
];

const LINES: [&str; 4] = ["RRULE", "EXRULE", "RDATE", "EXDATE"];

/// What is wrong with a part, and what to do instead.
struct Wrong {
    code: &'static str,
    message: String,
    hint: Option<String>,
}

impl Wrong {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), hint: None }
    }

    fn hint(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

/// Adds mistakes with their place in the text.
struct Places<'a> {
    text: &'a str,
    pointer: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Places<'_> {
    /// `part` must be a slice of the text.
    fn add(&mut self, part: &str, wrong: Wrong) {
        let byte = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let at = self.text.get(..byte).map_or(0, |before| before.chars().count()) + 1;
        let message = format!("{} (at character {at} of the rule)", wrong.message);
        let problem = Problem::error(wrong.code, self.pointer, message);
        self.problems.push(match wrong.hint {
            Some(hint) => problem.hint(hint),
            None => problem,
        });
    }
}

impl Recurrence {
    /// Reads lines of RRULE, EXRULE, RDATE and EXDATE. A line without a name is an RRULE. All that is wrong is added
    /// to `problems` at `pointer`.
    pub fn parse(text: &str, pointer: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let before = problems.len();
        let mut places = Places { text, pointer, problems };
        let mut recurrence = Self {
            text: text.trim().to_owned(),
            patterns: Vec::new(),
            except_patterns: Vec::new(),
            dates: Vec::new(),
            except_dates: Vec::new(),
        };
        for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
            recurrence.add_line(line, &mut places);
        }
        if places.problems.len() == before && recurrence.patterns.is_empty() && recurrence.dates.is_empty() {
            let problem =
                Problem::error("missing_value", pointer, "there is no rule, so that nothing is ever launched");
            problems.push(problem.hint("write it like `FREQ=MONTHLY;BYDAY=-1FR`"));
        }
        (problems.len() == before).then_some(recurrence)
    }

    fn add_line(&mut self, line: &str, places: &mut Places<'_>) {
        let Some((head, value)) = line.split_once(':') else {
            self.patterns.extend(pattern(line, places));
            return;
        };
        let (name, parameters) = head.split_once(';').map_or((head, None), |(name, rest)| (name, Some(rest)));
        match name.to_ascii_uppercase().as_str() {
            upper @ ("RRULE" | "EXRULE") => {
                if let Some(parameters) = parameters {
                    places.add(parameters, Wrong::new("bad_rule", format!("`{upper}` takes no parameters")));
                }
                let into = if upper == "RRULE" { &mut self.patterns } else { &mut self.except_patterns };
                into.extend(pattern(value, places));
            }
            upper @ ("RDATE" | "EXDATE") => {
                let into = if upper == "RDATE" { &mut self.dates } else { &mut self.except_dates };
                match zone(parameters) {
                    Ok(zone) => {
                        for part in value.split(',').map(str::trim).filter(|part| !part.is_empty()) {
                            match stamp(part, zone.as_ref()) {
                                Ok(stamp) => into.push(stamp),
                                Err(wrong) => places.add(part, wrong),
                            }
                        }
                    }
                    Err(wrong) => places.add(head, wrong),
                }
            }
            "DTSTART" => places
                .add(line, Wrong::new("bad_rule", "a rule says nothing of its start").hint("say it with `starting`")),
            _ => {
                let near = crate::problem::nearest(name, LINES).map(|near| format!("did you mean `{near}`?"));
                let known = LINES.map(|name| format!("`{name}`")).join(", ");
                places.add(
                    line,
                    Wrong::new("bad_rule", format!("`{name}` is no line of a recurrence rule"))
                        .hint(near.unwrap_or_else(|| format!("known are {known}"))),
                );
            }
        }
    }
}

/// Reads what follows `RRULE:`.
fn pattern(text: &str, places: &mut Places<'_>) -> Option<Pattern> {
    let before = places.problems.len();
    let mut pattern = Pattern::new(Frequency::Daily);
    let mut seen: BTreeSet<String> = BTreeSet::new();
    let mut whole = text.trim_end_matches(';').split(';').peekable();
    let first = *whole.peek().unwrap_or(&text);
    for part in whole {
        let (name, value) = part.split_once('=').map_or((part, None), |(name, value)| (name, Some(value.trim())));
        let name = name.trim().to_ascii_uppercase();
        let Some(value) = value else {
            places.add(
                part,
                Wrong::new("bad_rule", format!("`{part}` is not a name and a value")).hint("such as `FREQ=MONTHLY`"),
            );
            continue;
        };
        if !seen.insert(name.clone()) {
            places.add(part, Wrong::new("bad_rule", format!("`{name}` is there twice")));
            continue;
        }
        if let Err(wrong) = set(&mut pattern, &name, value) {
            places.add(part, wrong);
        }
    }
    if !seen.contains("FREQ") {
        places.add(first, Wrong::new("bad_rule", "the rule has no `FREQ`").hint("such as `FREQ=MONTHLY;BYDAY=-1FR`"));
    }
    if places.problems.len() == before
        && let Err(wrong) = check(&pattern)
    {
        places.add(first, wrong);
    }
    (places.problems.len() == before).then_some(pattern)
}

fn set(pattern: &mut Pattern, name: &str, value: &str) -> Result<(), Wrong> {
    match name {
        "FREQ" => pattern.frequency = frequency(value)?,
        "INTERVAL" => pattern.interval = number(name, value, 1..=u16::MAX)?,
        "COUNT" => pattern.count = Some(number(name, value, 1..=COUNT_MAX)?),
        "UNTIL" => pattern.until = Some(stamp(value, None)?),
        "WKST" => pattern.week_start = weekday(value)?,
        "BYMONTH" => pattern.months = numbers(name, value, 12, false)?,
        "BYWEEKNO" => pattern.weeks = numbers(name, value, 53, true)?,
        "BYYEARDAY" => pattern.year_days = numbers(name, value, 366, true)?,
        "BYMONTHDAY" => pattern.month_days = numbers(name, value, 31, true)?,
        "BYSETPOS" => pattern.positions = numbers(name, value, 366, true)?,
        "BYDAY" => pattern.weekdays = weekdays(value)?,
        "BYHOUR" => pattern.hours = from_zero(name, value, 23)?,
        "BYMINUTE" => pattern.minutes = from_zero(name, value, 59)?,
        "BYSECOND" => pattern.seconds = from_zero(name, value, 59)?,
        _ => {
            let near = crate::problem::nearest(name, PARTS).map(|near| format!("did you mean `{near}`?"));
            let known = PARTS.map(|part| format!("`{part}`")).join(", ");
            return Err(Wrong::new("bad_rule", format!("`{name}` is no part of a recurrence rule"))
                .hint(near.unwrap_or_else(|| format!("known are {known}"))));
        }
    }
    Ok(())
}

/// What the parts say against each other, by RFC 5545 section 3.3.10, and what is too often.
fn check(pattern: &Pattern) -> Result<(), Wrong> {
    use Frequency::{Daily, Hourly, Minutely, Monthly, Weekly, Yearly};
    let frequency = pattern.frequency;
    let refused = |part: &str, with: &str| Err(Wrong::new("bad_rule", format!("`{part}` does not go with `{with}`")));
    let name = FREQUENCIES.iter().find(|(_, known)| *known == frequency).map_or("", |(name, _)| name);
    let freq = format!("FREQ={name}");
    if pattern.count.is_some() && pattern.until.is_some() {
        return refused("COUNT", "UNTIL");
    }
    if !pattern.month_days.is_empty() && frequency == Weekly {
        return refused("BYMONTHDAY", &freq);
    }
    if !pattern.year_days.is_empty() && matches!(frequency, Monthly | Weekly | Daily) {
        return refused("BYYEARDAY", &freq);
    }
    if !pattern.weeks.is_empty() && frequency != Yearly {
        return refused("BYWEEKNO", &freq);
    }
    let most = match frequency {
        Yearly if pattern.weeks.is_empty() => 53,
        Monthly => 5,
        Yearly | Weekly | Daily | Hourly | Minutely => 0,
    };
    if let Some(nth) = pattern.weekdays.iter().filter_map(|(nth, _)| *nth).find(|nth| nth.abs() > most) {
        if most == 0 {
            let with = if frequency == Yearly { "BYWEEKNO" } else { &freq };
            return refused("BYDAY with a number", with);
        }
        return Err(Wrong::new(
            "bad_rule",
            format!("`BYDAY` with the number {nth} is never met: at most {most} in a period"),
        ));
    }
    let narrowed = pattern.count.is_some() || !pattern.positions.is_empty() || !pattern.month_days.is_empty();
    let fifth_last = pattern.weekdays.iter().find(|(nth, _)| *nth == Some(-5) && frequency == Monthly && narrowed);
    if fifth_last.is_some() {
        let message = "`BYDAY` with the number -5 does not go with `COUNT`, `BYSETPOS` or `BYMONTHDAY`";
        return Err(
            Wrong::new("bad_rule", message).hint("`BYDAY=MO;BYMONTHDAY=-31,-30,-29` is the same as `BYDAY=-5MO`")
        );
    }
    if !pattern.positions.is_empty() {
        let lists = [
            &pattern.months,
            &pattern.weeks,
            &pattern.year_days,
            &pattern.month_days,
            &pattern.hours,
            &pattern.minutes,
            &pattern.seconds,
        ];
        if lists.iter().all(|list| list.is_empty()) && pattern.weekdays.is_empty() {
            return Err(Wrong::new("bad_rule", "`BYSETPOS` chooses among what another part lists, and there is none")
                .hint("such as `FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1`"));
        }
        let most = match frequency {
            Yearly | Daily => 366,
            Monthly => 31,
            Weekly => 53,
            Hourly => 24,
            Minutely => 60,
        };
        if let Some(position) = pattern.positions.iter().find(|position| position.abs() > most) {
            return Err(Wrong::new(
                "bad_rule",
                format!("`BYSETPOS` is at most {most} with `{freq}`, and not {position}"),
            ));
        }
    }
    if pattern.seconds.len() > 1 {
        return Err(Wrong::new("too_often", "several `BYSECOND` launch less than a minute apart")
            .hint("at least one minute lies between two launches"));
    }
    Ok(())
}

fn frequency(value: &str) -> Result<Frequency, Wrong> {
    let upper = value.to_ascii_uppercase();
    if upper == "SECONDLY" {
        return Err(Wrong::new("too_often", "launches every second are not possible")
            .hint("at least one minute lies between two launches: `FREQ=MINUTELY`"));
    }
    FREQUENCIES.iter().find(|(name, _)| *name == upper).map(|(_, frequency)| *frequency).ok_or_else(|| {
        let near = crate::problem::nearest(value, FREQUENCIES.map(|(name, _)| name));
        let known = FREQUENCIES.map(|(name, _)| format!("`{name}`")).join(", ");
        Wrong::new("bad_rule", format!("`{value}` is no frequency"))
            .hint(near.map_or_else(|| format!("known are {known}"), |near| format!("did you mean `{near}`?")))
    })
}

fn number<T>(name: &str, value: &str, range: RangeInclusive<T>) -> Result<T, Wrong>
where
    T: std::str::FromStr + PartialOrd + std::fmt::Display,
{
    let wrong = || {
        let message = format!("`{name}` is a number from {} to {}, and not `{value}`", range.start(), range.end());
        Wrong::new("bad_rule", message)
    };
    let number = value.parse().map_err(|_| wrong())?;
    if range.contains(&number) { Ok(number) } else { Err(wrong()) }
}

/// Numbers from 1 to `most`, and with `negative` from -`most` to -1 too.
fn numbers(name: &str, value: &str, most: i16, negative: bool) -> Result<Vec<i16>, Wrong> {
    let least = if negative { -most } else { 1 };
    list(value, |part| match part.parse::<i16>() {
        Ok(number) if number != 0 && (least..=most).contains(&number) => Ok(number),
        _ => {
            let below = if negative { format!(", or -{most} to -1 from the end") } else { String::new() };
            Err(Wrong::new("bad_rule", format!("`{name}` lists numbers from 1 to {most}{below}, and not `{part}`")))
        }
    })
}

fn from_zero(name: &str, value: &str, most: i16) -> Result<Vec<i16>, Wrong> {
    list(value, |part| match part.parse::<i16>() {
        Ok(number) if (0..=most).contains(&number) => Ok(number),
        _ => Err(Wrong::new("bad_rule", format!("`{name}` lists numbers from 0 to {most}, and not `{part}`"))),
    })
}

fn list(value: &str, read: impl Fn(&str) -> Result<i16, Wrong>) -> Result<Vec<i16>, Wrong> {
    let mut numbers = value.split(',').map(|part| read(part.trim())).collect::<Result<Vec<_>, _>>()?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

fn weekdays(value: &str) -> Result<Vec<(Option<i16>, Weekday)>, Wrong> {
    let mut days: Vec<(Option<i16>, Weekday)> = Vec::new();
    for part in value.split(',').map(str::trim) {
        let letters = part.find(|character: char| character.is_ascii_alphabetic()).unwrap_or(part.len());
        let (number, name) = part.split_at(letters);
        let nth = match number {
            "" => None,
            number => match number.parse::<i16>() {
                Ok(number) if number != 0 => Some(number),
                _ => return Err(Wrong::new("bad_rule", format!("`{part}` is no day of the week")).hint(DAYS)),
            },
        };
        let day = (nth, weekday(name)?);
        if !days.contains(&day) {
            days.push(day);
        }
    }
    days.sort_by_key(|(nth, day)| (*nth, day.to_monday_zero_offset()));
    Ok(days)
}

const DAYS: &str =
    "days are `MO`, `TU`, `WE`, `TH`, `FR`, `SA`, `SU`, with a number such as `-1FR` for the last of a month";

fn weekday(value: &str) -> Result<Weekday, Wrong> {
    let upper = value.to_ascii_uppercase();
    WEEKDAYS
        .iter()
        .find(|(name, _)| *name == upper)
        .map(|(_, day)| *day)
        .ok_or_else(|| Wrong::new("bad_rule", format!("`{value}` is no day of the week")).hint(DAYS))
}

/// The zone that the parameters of a line of dates name.
fn zone(parameters: Option<&str>) -> Result<Option<TimeZone>, Wrong> {
    let mut zone = None;
    for parameter in parameters.into_iter().flat_map(|parameters| parameters.split(';')) {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name.trim().to_ascii_uppercase().as_str() {
            // A date is told by its form.
            "VALUE" if matches!(value.to_ascii_uppercase().as_str(), "DATE" | "DATE-TIME") => {}
            "TZID" => {
                let found = TimeZone::get(value.trim_matches('"'));
                zone = Some(
                    found
                        .map_err(|_| Wrong::new("unknown_time_zone", format!("`{value}` is not an IANA time zone")))?,
                );
            }
            _ => {
                return Err(Wrong::new("bad_rule", format!("`{parameter}` is not known here"))
                    .hint("known are `TZID=...` and `VALUE=DATE`"));
            }
        }
    }
    Ok(zone)
}

/// `20261201`, `20261201T090000` or `20261201T080000Z`.
fn stamp(text: &str, zone: Option<&TimeZone>) -> Result<Stamp, Wrong> {
    let wrong = || {
        Wrong::new("bad_rule", format!("`{text}` is not a date or time"))
            .hint("write it like `20261201`, `20261201T090000` (in the campaign's zone) or `20261201T080000Z` (UTC)")
    };
    let digits = |range: std::ops::Range<usize>| -> Option<i16> {
        let part = text.get(range)?;
        if part.bytes().all(|byte| byte.is_ascii_digit()) { part.parse().ok() } else { None }
    };
    let small = |range| digits(range).and_then(|number| i8::try_from(number).ok());
    let date = || Date::new(digits(0..4)?, small(4..6)?, small(6..8)?).ok();
    let time = || Time::new(small(9..11)?, small(11..13)?, small(13..15)?, 0).ok();
    let date = date().ok_or_else(wrong)?;
    if text.len() == 8 {
        return Ok(Stamp::Day(date));
    }
    let utc = text.len() == 16 && text.ends_with(['Z', 'z']);
    if !(text.len() == 15 || utc) || !matches!(text.as_bytes()[8], b'T' | b't') {
        return Err(wrong());
    }
    let wall = date.to_datetime(time().ok_or_else(wrong)?);
    let instant = |zone: &TimeZone| -> Result<Timestamp, Wrong> { zone.to_timestamp(wall).map_err(|_| wrong()) };
    match zone {
        _ if utc => Ok(Stamp::Instant(instant(&TimeZone::UTC)?)),
        Some(zone) => Ok(Stamp::Instant(instant(zone)?)),
        None => Ok(Stamp::Wall(wall)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> (Option<Recurrence>, Vec<Problem>) {
        let mut problems = Vec::new();
        (Recurrence::parse(text, "/schedule/rrule", &mut problems), problems)
    }

    #[test]
    fn lines_of_all_kinds_are_read() {
        let text = "RRULE:FREQ=MONTHLY;BYDAY=-1FR,2mo;BYHOUR=9,9,8;WKST=SU;COUNT=10\n\n\
            FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=-1;UNTIL=20301231\n\
            EXRULE:FREQ=YEARLY;BYWEEKNO=20\n\
            RDATE:20261224T120000,20261224T110000Z\n\
            EXDATE;VALUE=DATE:20270129\n\
            EXDATE;TZID=America/New_York:20270226T030000\n";
        let (recurrence, problems) = parse(text);
        assert!(problems.is_empty(), "{problems:?}");
        let recurrence = recurrence.unwrap();
        let first = &recurrence.patterns[0];
        assert_eq!(first.weekdays, [(Some(-1), Weekday::Friday), (Some(2), Weekday::Monday)]);
        assert_eq!((first.hours.as_slice(), first.week_start, first.count), (&[8, 9][..], Weekday::Sunday, Some(10)));
        assert_eq!(recurrence.patterns[1].until, Some(Stamp::Day("2030-12-31".parse().unwrap())));
        assert_eq!(recurrence.except_patterns[0].weeks, [20]);
        assert_eq!(
            recurrence.dates,
            [
                Stamp::Wall("2026-12-24T12:00:00".parse().unwrap()),
                Stamp::Instant("2026-12-24T11:00:00Z".parse().unwrap())
            ]
        );
        assert_eq!(
            recurrence.except_dates,
            [Stamp::Day("2027-01-29".parse().unwrap()), Stamp::Instant("2027-02-26T08:00:00Z".parse().unwrap())]
        );
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        for (text, code, part, at) in [
            ("FREQ=MONTLY", "bad_rule", "MONTLY", 1),
            ("FREQ=MONTHLY;BYDAY=XX", "bad_rule", "XX", 14),
            ("FREQ=MONTHLY;BYDAI=MO", "bad_rule", "BYDAI", 14),
            ("FREQ=DAILY;BYHOUR=24", "bad_rule", "24", 12),
            ("FREQ=DAILY;BYHOUR", "bad_rule", "BYHOUR", 12),
            ("FREQ=DAILY;FREQ=DAILY", "bad_rule", "FREQ", 12),
            ("FREQ=DAILY;INTERVAL=0", "bad_rule", "INTERVAL", 12),
            ("FREQ=DAILY;INTERVAL=70000", "bad_rule", "INTERVAL", 12),
            ("FREQ=DAILY;COUNT=99999", "bad_rule", "COUNT", 12),
            ("FREQ=DAILY;UNTIL=2026-12-01", "bad_rule", "2026-12-01", 12),
            ("FREQ=DAILY;UNTIL=20260230", "bad_rule", "20260230", 12),
            ("FREQ=DAILY;COUNT=3;UNTIL=20261201", "bad_rule", "COUNT", 1),
            ("FREQ=WEEKLY;BYMONTHDAY=1", "bad_rule", "BYMONTHDAY", 1),
            ("FREQ=DAILY;BYYEARDAY=1", "bad_rule", "BYYEARDAY", 1),
            ("FREQ=MONTHLY;BYWEEKNO=1", "bad_rule", "BYWEEKNO", 1),
            ("FREQ=WEEKLY;BYDAY=1MO", "bad_rule", "BYDAY", 1),
            ("FREQ=MONTHLY;BYDAY=6MO", "bad_rule", "6", 1),
            ("FREQ=MONTHLY;BYDAY=-5MO;COUNT=3", "bad_rule", "-5", 1),
            ("FREQ=MONTHLY;BYSETPOS=1", "bad_rule", "BYSETPOS", 1),
            ("FREQ=SECONDLY", "too_often", "second", 1),
            ("FREQ=HOURLY;BYSECOND=0,30", "too_often", "BYSECOND", 1),
            ("INTERVAL=2", "bad_rule", "FREQ", 1),
            ("RRULE:FREQ=DAILY\nDTSTART:20261201T090000", "bad_rule", "start", 18),
            ("RRULE:FREQ=DAILY\nEXDATES:20261201", "bad_rule", "EXDATES", 18),
            ("RRULE:FREQ=DAILY\nEXDATE;TZID=Mars/One:20261201T090000", "unknown_time_zone", "Mars/One", 18),
            ("RRULE:FREQ=DAILY\nEXDATE:20261201T0900", "bad_rule", "20261201T0900", 25),
        ] {
            let (recurrence, problems) = parse(text);
            assert!(recurrence.is_none(), "{text}");
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            let problem = &problems[0];
            assert_eq!(problem.code, code, "{text}: {problem:?}");
            assert!(problem.message.contains(part), "{text}: {problem:?}");
            assert!(problem.message.contains(&format!("at character {at} ")), "{text}: {problem:?}");
        }
        for text in ["", "  \n", "EXDATE:20261201"] {
            assert_eq!(parse(text).1[0].code, "missing_value", "{text}");
        }
    }

    #[test]
    fn any_text_is_read_or_refused() {
        for text in [
            "é",
            "FREQ=é",
            ":",
            ";",
            "=",
            "FREQ=DAILY;é=1",
            "EXDATE:2026120éT090000",
            "RDATE:20261201T09000é",
            "RRULE;é:FREQ=DAILY",
            "BYDAY=é;FREQ=DAILY",
        ] {
            assert!(parse(text).0.is_none(), "{text}");
        }
    }
}
