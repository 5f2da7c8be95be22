//! Reading a schedule out of a document, with every mistake found in one go.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, Time, Weekday};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::parse::{self, MONTHS, WEEKDAYS};
use super::recurrence::Recurrence;
use super::{
    CatchUp, Days, Holidays, MonthDays, Nth, OnHoliday, Overlap, Schedule, SignalParameter, SignalSource, Times, When,
};
use crate::problem::{Problem, join_pointer};
use crate::strict;

const TYPES: [&str; 8] = ["asap", "once", "daily", "several-times-a-day", "weekly", "monthly", "rrule", "signal"];

/// What every type of schedule takes.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Common {
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    overlap: Overlap,
    #[serde(default)]
    catch_up: Option<CatchUp>,
    #[serde(default)]
    jitter: Option<String>,
    #[serde(default)]
    calendar: Option<String>,
    #[serde(default)]
    on_holiday: Option<OnHoliday>,
}

const COMMON: [&str; 7] = ["from", "until", "overlap", "catch_up", "jitter", "calendar", "on_holiday"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asap {}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Once {
    at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Daily {
    at: String,
    #[serde(default)]
    days: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeveralTimesADay {
    #[serde(default)]
    times: Option<Vec<String>>,
    #[serde(default)]
    every: Option<String>,
    #[serde(default)]
    between: Option<Vec<String>>,
    #[serde(default)]
    days: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Weekly {
    #[serde(default = "one")]
    every: u32,
    on: Vec<String>,
    at: String,
}

fn one() -> u32 {
    1
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Monthly {
    on: Value,
    #[serde(default)]
    months: Option<Vec<String>>,
    at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NthWeekday {
    nth: Nth,
    weekday: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DayOfMonth {
    day: i8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WeekdaysOfMonth {
    weekdays: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rrule {
    rrule: String,
    starting: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signal {
    #[serde(default)]
    parameters: Vec<SignalParameter>,
    #[serde(default)]
    throttle: Option<String>,
    #[serde(default)]
    on: Option<SignalSource>,
}

impl Schedule {
    /// Reads a schedule. Everything that is wrong is added to `problems`, with pointers under `pointer`, and what is
    /// doubtful as warnings; the answer is `None` when anything is wrong.
    pub fn read(value: &Value, pointer: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let Value::Object(fields) = value else {
            problems.push(
                Problem::error("wrong_type", pointer, "a schedule is a map with a `type`")
                    .hint("such as `{type: daily, at: \"09:00\"}`"),
            );
            return None;
        };
        let before = problems.len();
        let (common, rest): (Map<String, Value>, Map<String, Value>) = fields
            .iter()
            .filter(|(name, _)| *name != "type")
            .map(|(name, value)| (name.clone(), value.clone()))
            .partition(|(name, _)| COMMON.contains(&name.as_str()));
        let mut reader = Reader { pointer, problems };
        let when = reader.when(fields.get("type"), &Value::Object(rest));
        let common: Option<Common> = strict::read(&Value::Object(common), pointer, problems);
        let mut reader = Reader { pointer, problems };
        let schedule = reader.schedule(when, common.unwrap_or_default());
        if let Some(schedule) = &schedule {
            schedule.check(fields, pointer, problems);
        }
        if problems[before..].iter().any(Problem::is_error) { None } else { schedule }
    }
}

/// Where a schedule is read, and what was found wrong with it.
struct Reader<'a> {
    pointer: &'a str,
    problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    fn schedule(&mut self, when: Option<When>, common: Common) -> Option<Schedule> {
        let from = common.from.map(|text| self.date("from", &text));
        let until = common.until.map(|text| self.date("until", &text));
        let jitter_seconds = common.jitter.map(|text| self.seconds("jitter", &text));
        if common.on_holiday.is_some() && common.calendar.is_none() {
            self.wrong("missing_field", "on_holiday", "`on_holiday` without a calendar says nothing".to_owned())
                .hint("name a `kind: calendar` document with `calendar`");
        }
        let holidays =
            common.calendar.map(|calendar| Holidays { calendar, rule: common.on_holiday.unwrap_or_default() });
        Some(Schedule {
            when: when?,
            from: from.map_or(Some(None), |date| date.map(Some))?,
            until: until.map_or(Some(None), |date| date.map(Some))?,
            overlap: common.overlap,
            catch_up: common.catch_up.unwrap_or_default(),
            jitter_seconds: jitter_seconds.map_or(Some(0), |seconds| seconds)?,
            holidays,
        })
    }

    fn when(&mut self, kind: Option<&Value>, rest: &Value) -> Option<When> {
        let kind = match kind {
            Some(Value::String(kind)) => kind.as_str(),
            Some(_) => {
                self.wrong("wrong_type", "type", "`type` is a text".to_owned());
                return None;
            }
            None => {
                self.problems.push(
                    Problem::error("missing_field", self.pointer, "the schedule has no `type`")
                        .hint(format!("known are {}", TYPES.map(|kind| format!("`{kind}`")).join(", "))),
                );
                return None;
            }
        };
        match kind {
            "asap" => self.fields::<Asap>(rest).map(|_| When::Asap),
            "once" => {
                let fields: Once = self.fields(rest)?;
                Some(When::Once { at: self.moment("at", &fields.at)? })
            }
            "daily" => {
                let fields: Daily = self.fields(rest)?;
                let (at, days) = (self.time("at", &fields.at), self.days(fields.days.as_ref()));
                Some(When::Daily { at: at?, days: days? })
            }
            "several-times-a-day" => {
                let fields: SeveralTimesADay = self.fields(rest)?;
                let days = self.days(fields.days.as_ref());
                Some(When::SeveralTimesADay { times: self.times(&fields)?, days: days? })
            }
            "weekly" => {
                let fields: Weekly = self.fields(rest)?;
                let (at, on) = (self.time("at", &fields.at), self.weekdays("on", &fields.on));
                Some(When::Weekly { every: fields.every, on: on?, at: at? })
            }
            "monthly" => {
                let fields: Monthly = self.fields(rest)?;
                let at = self.time("at", &fields.at);
                let months = self.months(fields.months.as_deref());
                Some(When::Monthly { on: self.month_days(&fields.on)?, months: months?, at: at? })
            }
            "rrule" => {
                let fields: Rrule = self.fields(rest)?;
                let starting = self.moment("starting", &fields.starting);
                let recurrence = Recurrence::parse(&fields.rrule, &self.at("rrule"), self.problems);
                Some(When::Rrule { recurrence: recurrence?, starting: starting? })
            }
            "signal" => {
                let fields: Signal = self.fields(rest)?;
                let throttle = fields.throttle.map(|text| self.seconds("throttle", &text));
                let throttle_seconds = throttle.map_or(Some(None), |seconds| seconds.map(Some))?;
                if let Some(SignalSource::File(pattern)) = &fields.on {
                    let pointer = format!("{}/file", self.at("on"));
                    crate::file_pattern::check(pattern, &pointer, self.problems);
                }
                Some(When::Signal { parameters: fields.parameters, throttle_seconds, on: fields.on })
            }
            kind => {
                let problem =
                    Problem::error("unknown_value", self.at("type"), format!("there is no type of schedule `{kind}`"));
                self.problems.push(problem.did_you_mean(kind, TYPES));
                None
            }
        }
    }

    fn fields<T: serde::de::DeserializeOwned>(&mut self, value: &Value) -> Option<T> {
        let (base, before) = (self.pointer, self.problems.len());
        let fields = strict::read(value, self.pointer, self.problems);
        for problem in &mut self.problems[before..] {
            // A slip in a field of all types arrives here as an unknown field of the type.
            let given = problem.pointer.rsplit('/').next().unwrap_or_default().to_owned();
            if problem.code == "unknown_field"
                && problem.pointer == format!("{base}/{given}")
                && let Some(near) = crate::problem::nearest(&given, COMMON)
            {
                problem.hint = Some(format!("did you mean `{near}`?"));
            }
        }
        fields
    }

    fn times(&mut self, fields: &SeveralTimesADay) -> Option<Times> {
        match (&fields.times, &fields.every) {
            (Some(texts), None) => {
                if fields.between.is_some() {
                    self.wrong("bad_value", "between", "`between` goes with `every`, not with `times`".to_owned());
                }
                if texts.is_empty() {
                    self.wrong("missing_value", "times", "there is no time in `times`".to_owned());
                    return None;
                }
                let times: Vec<Option<Time>> = texts.iter().map(|text| self.time("times", text)).collect();
                let mut times: Vec<Time> = times.into_iter().collect::<Option<_>>()?;
                times.sort_unstable();
                Some(Times::Listed(times))
            }
            (None, Some(every)) => {
                let seconds = self.seconds("every", every);
                let window = match fields.between.as_deref() {
                    None => Some((Time::midnight(), None)),
                    Some([first, last]) => {
                        let (first, last) = (self.time("between", first), self.time("between", last));
                        Some((first?, Some(last?)))
                    }
                    Some(_) => {
                        self.wrong("bad_value", "between", "`between` has a first and a last time".to_owned())
                            .hint("write it like `[\"08:00\", \"20:00\"]`");
                        None
                    }
                };
                let (first, last) = window?;
                Some(Times::Every { seconds: seconds?, first, last })
            }
            (given, _) => {
                let message = if given.is_some() {
                    "the schedule has both `times` and `every`; it takes one of them"
                } else {
                    "the schedule has neither `times` nor `every`"
                };
                let problem = Problem::error("missing_field", self.pointer, message);
                self.problems.push(problem.hint(
                    "write `times: [\"09:00\", \"12:00\"]`, or `every: 30m` with `between: [\"08:00\", \"20:00\"]`",
                ));
                None
            }
        }
    }

    fn days(&mut self, value: Option<&Value>) -> Option<Days> {
        match value {
            None => Some(Days::Every),
            Some(Value::String(text)) if text == "every" => Some(Days::Every),
            Some(Value::String(text)) if text == "weekdays" => Some(Days::Weekdays),
            Some(Value::Array(items)) => {
                let texts = self.texts("days", items)?;
                self.weekdays("days", &texts).map(Days::Chosen)
            }
            Some(_) => {
                self.wrong("unknown_value", "days", "`days` is `every`, `weekdays` or a list of days".to_owned())
                    .hint("such as `[monday, thursday]`");
                None
            }
        }
    }

    fn month_days(&mut self, value: &Value) -> Option<MonthDays> {
        let pointer = self.at("on");
        match value {
            Value::String(text) => match text.as_str() {
                "every-day" => Some(MonthDays::EveryDay),
                "last-day" => Some(MonthDays::LastDay),
                text => {
                    let problem = Problem::error("unknown_value", pointer, format!("`{text}` is no day of a month"));
                    self.problems.push(problem.hint(MONTH_DAYS));
                    None
                }
            },
            Value::Object(fields) if fields.contains_key("day") => {
                let DayOfMonth { day } = strict::read(value, &pointer, self.problems)?;
                if !(1..=31).contains(&day) {
                    let message = format!("no month has a day {day}");
                    let problem = Problem::error("bad_value", join_pointer(&pointer, "day"), message);
                    self.problems.push(problem.hint("1 to 31, or `on: last-day`"));
                    return None;
                }
                Some(MonthDays::Day(day))
            }
            Value::Object(fields) if fields.contains_key("nth") || fields.contains_key("weekday") => {
                let NthWeekday { nth, weekday } = strict::read(value, &pointer, self.problems)?;
                Some(MonthDays::Nth(nth, self.weekday("on/weekday", &weekday)?))
            }
            Value::Object(fields) if fields.contains_key("weekdays") => {
                let WeekdaysOfMonth { weekdays } = strict::read(value, &pointer, self.problems)?;
                self.weekdays("on/weekdays", &weekdays).map(MonthDays::Weekdays)
            }
            _ => {
                let problem = Problem::error("unknown_value", pointer, "`on` says no day of a month");
                self.problems.push(problem.hint(MONTH_DAYS));
                None
            }
        }
    }

    fn weekdays(&mut self, field: &str, texts: &[String]) -> Option<Vec<Weekday>> {
        if texts.is_empty() {
            self.wrong("missing_value", field, "there is no day in the list".to_owned()).hint("such as `[monday]`");
            return None;
        }
        let days: Vec<Option<Weekday>> = texts.iter().map(|text| self.weekday(field, text)).collect();
        let mut days: Vec<Weekday> = days.into_iter().collect::<Option<_>>()?;
        days.sort_by_key(|day| day.to_monday_zero_offset());
        days.dedup();
        Some(days)
    }

    fn weekday(&mut self, field: &str, text: &str) -> Option<Weekday> {
        let found = WEEKDAYS.iter().find(|(name, _)| *name == text).map(|(_, day)| *day);
        if found.is_none() {
            let problem = Problem::error("unknown_value", self.at(field), format!("`{text}` is no day of the week"));
            self.problems.push(problem.did_you_mean(text, WEEKDAYS.map(|(name, _)| name)));
        }
        found
    }

    fn months(&mut self, texts: Option<&[String]>) -> Option<BTreeSet<i8>> {
        let Some(texts) = texts else { return Some((1..=12).collect()) };
        if texts.is_empty() {
            self.wrong("missing_value", "months", "there is no month in the list".to_owned())
                .hint("leave `months` out for all months");
            return None;
        }
        let months: Vec<Option<i8>> = texts
            .iter()
            .map(|text| {
                let found = (1_i8..).zip(MONTHS).find(|(_, name)| name == text).map(|(number, _)| number);
                if found.is_none() {
                    let problem = Problem::error("unknown_value", self.at("months"), format!("`{text}` is no month"));
                    self.problems.push(problem.did_you_mean(text, MONTHS));
                }
                found
            })
            .collect();
        months.into_iter().collect()
    }

    fn texts(&mut self, field: &str, items: &[Value]) -> Option<Vec<String>> {
        let texts: Option<Vec<String>> = items.iter().map(|item| item.as_str().map(str::to_owned)).collect();
        if texts.is_none() {
            self.wrong("wrong_type", field, format!("`{field}` is a list of names"));
        }
        texts
    }

    fn time(&mut self, field: &str, text: &str) -> Option<Time> {
        let found = parse::time_of_day(text);
        if found.is_none() {
            self.wrong("bad_time", field, format!("`{text}` is not a time of day")).hint("write it like `09:00`");
        }
        found
    }

    fn moment(&mut self, field: &str, text: &str) -> Option<DateTime> {
        let found = parse::moment(text);
        if found.is_none() {
            self.wrong("bad_time", field, format!("`{text}` is not a date and time"))
                .hint("write it like `2026-12-01T09:00`, in the campaign's time zone");
        }
        found
    }

    fn date(&mut self, field: &str, text: &str) -> Option<Date> {
        let found = parse::date(text);
        if found.is_none() {
            self.wrong("bad_date", field, format!("`{text}` is not a date")).hint("write it like `2026-12-01`");
        }
        found
    }

    fn seconds(&mut self, field: &str, text: &str) -> Option<i64> {
        let found = parse::seconds(text);
        if found.is_none() {
            self.wrong("bad_value", field, format!("`{text}` is not a length of time"))
                .hint("write it like `30m`, `2h` or `1h30m`");
        }
        found
    }

    /// Adds an error at a field, whose hint can be given afterwards.
    fn wrong(&mut self, code: &str, field: &str, message: String) -> Wrong<'_> {
        self.problems.push(Problem::error(code, self.at(field), message));
        Wrong(self.problems.last_mut())
    }

    /// The pointer of a field, or of one below it (`on/weekday`).
    fn at(&self, field: &str) -> String {
        field.split('/').fold(self.pointer.to_owned(), |base, part| join_pointer(&base, part))
    }
}

const MONTH_DAYS: &str =
    "write `every-day`, `last-day`, `{day: 15}`, `{nth: last, weekday: friday}` or `{weekdays: [monday]}`";

/// An error that was just added.
struct Wrong<'a>(Option<&'a mut Problem>);

impl Wrong<'_> {
    fn hint(self, hint: &str) {
        if let Some(problem) = self.0 {
            problem.hint = Some(hint.to_owned());
        }
    }
}
