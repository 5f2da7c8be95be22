//! Times that activities wait for: after a while, at a date, or the next time that it is a weekday and an hour.

use jiff::civil::{DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tutti_model::civil;
use tutti_model::date_math::Moment;
use tutti_model::duration::Duration;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::value::Literal;

/// A time, as documents write it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "a time is a length like `2d`, a date and time like `2026-12-01T09:00`, a variable like `$starts_at`, or `{weekday: monday, at: \"09:00\"}`"
)]
pub enum Until {
    /// A length of time like `2d`, a date and time like `2026-12-01T09:00` in the campaign's zone, or a variable of
    /// the campaign like `$starts_at`, a date or a timestamp.
    Text(String),
    /// The next time that it is this weekday and hour.
    Next(Next),
}

/// The next time that it is this weekday and hour, in the campaign's zone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Next {
    /// The weekday, or several. Every day when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weekday: Option<Weekdays>,
    /// The hour, like `09:00`.
    pub at: String,
}

/// One weekday or several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "a weekday is one of monday to sunday, or a list of such")]
pub enum Weekdays {
    /// One weekday.
    One(Weekday),
    /// Any of several weekdays.
    Several(Vec<Weekday>),
}

/// A day of the week.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Weekday {
    Monday,
    Tuesday,
    Wednesday,
    Thursday,
    Friday,
    Saturday,
    Sunday,
}

/// A time that can be counted from the moment when waiting begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    After(Duration),
    At(Timestamp),
    /// Any day when there are no weekdays.
    Next {
        weekdays: Vec<jiff::civil::Weekday>,
        at: Time,
    },
}

impl Until {
    /// What the text means. The error says what was expected, and is about the field `at` of a [`Next`].
    pub fn read(&self, moment: &Moment) -> Result<Due, String> {
        match self {
            Self::Next(next) => {
                let at = next.at.parse().map_err(|_| format!("`{}` is not an hour; write it like `09:00`", next.at))?;
                let weekdays = match &next.weekday {
                    None => Vec::new(),
                    Some(Weekdays::One(day)) => vec![weekday(*day)],
                    Some(Weekdays::Several(days)) => days.iter().copied().map(weekday).collect(),
                };
                Ok(Due::Next { weekdays, at })
            }
            Self::Text(text) => match text.strip_prefix('$') {
                Some(name) => of_variable(name, moment),
                None => read_text(text, moment),
            },
        }
    }

    /// Adds what is wrong with it. A variable that has no value yet is only looked up.
    pub fn check(&self, moment: &Moment, pointer: &str, problems: &mut Vec<Problem>) -> Option<Due> {
        if let Self::Text(text) = self
            && let Some(name) = text.strip_prefix('$')
        {
            match moment.variables.find(name, pointer) {
                Err(problem) => {
                    problems.push(problem);
                    return None;
                }
                Ok(variable) if variable.value.is_none() && is_time(variable.data_type) => return None,
                Ok(_) => {}
            }
        }
        self.read(moment)
            .map_err(|message| {
                let at = if matches!(self, Self::Next(_)) { join_pointer(pointer, "at") } else { pointer.to_owned() };
                problems.push(Problem::error("bad_time", at, message));
            })
            .ok()
    }
}

impl Due {
    /// When waiting ends that began at `start`; not before it.
    pub fn from(&self, start: Timestamp, zone: &TimeZone) -> Timestamp {
        match self {
            Self::After(duration) => duration.after(start, zone),
            Self::At(instant) => (*instant).max(start),
            Self::Next { weekdays, at } => {
                let mut day = start.to_zoned_datetime(zone.clone()).date();
                // The eighth day is needed when today's hour has passed.
                for _ in 0..=8 {
                    let instant = civil::instant(day.to_datetime(*at), zone);
                    let fits = weekdays.is_empty() || weekdays.contains(&day.weekday());
                    match instant {
                        Some(instant) if fits && instant >= start => return instant,
                        _ => {}
                    }
                    let Ok(next) = day.checked_add(1.day()) else { break };
                    day = next;
                }
                start
            }
        }
    }

    /// How long it waits at most, where that does not depend on when it begins.
    pub fn longest(&self) -> Option<Duration> {
        match self {
            Self::After(duration) => Some(*duration),
            Self::At(_) => None,
            Self::Next { weekdays, .. } => Some(Duration::from_days(if weekdays.is_empty() { 1 } else { 7 })),
        }
    }
}

fn read_text(text: &str, moment: &Moment) -> Result<Due, String> {
    if let Ok(duration) = text.parse::<Duration>() {
        return Ok(Due::After(duration));
    }
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Ok(Due::At(instant));
    }
    let civil: Option<DateTime> = text.parse().ok();
    civil.and_then(|civil| civil::instant(civil, &moment.zone)).map(Due::At).ok_or_else(|| {
        format!("`{text}` is not a time; write a length like `2d`, or a date and time like `2026-12-01T09:00`")
    })
}

fn of_variable(name: &str, moment: &Moment) -> Result<Due, String> {
    let variable = moment.variables.get(name).ok_or_else(|| format!("there is no variable `{name}`"))?;
    if !is_time(variable.data_type) {
        return Err(format!("the variable `{name}` is {}; a time is a date or a timestamp", variable.data_type));
    }
    match variable.literal(moment)? {
        Some(Literal::Timestamp(instant)) => Ok(Due::At(instant)),
        Some(Literal::Date(date)) => {
            let instant = civil::instant(date.to_datetime(Time::midnight()), &moment.zone);
            instant.map(Due::At).ok_or_else(|| format!("the variable `{name}` is beyond the range of dates"))
        }
        _ => Err(format!("the variable `{name}` has no value")),
    }
}

fn is_time(column_type: tutti_model::table::ColumnType) -> bool {
    use tutti_model::table::ColumnType;
    matches!(column_type, ColumnType::Date | ColumnType::Timestamp)
}

fn weekday(day: Weekday) -> jiff::civil::Weekday {
    match day {
        Weekday::Monday => jiff::civil::Weekday::Monday,
        Weekday::Tuesday => jiff::civil::Weekday::Tuesday,
        Weekday::Wednesday => jiff::civil::Weekday::Wednesday,
        Weekday::Thursday => jiff::civil::Weekday::Thursday,
        Weekday::Friday => jiff::civil::Weekday::Friday,
        Weekday::Saturday => jiff::civil::Weekday::Saturday,
        Weekday::Sunday => jiff::civil::Weekday::Sunday,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tutti_model::table::ColumnType;
    use tutti_model::variables::Variable;

    use super::*;

    fn moment() -> Moment {
        // A Sunday, 11:20 in Paris.
        let mut moment = Moment::new("2026-03-15T10:20:30Z".parse().unwrap(), TimeZone::get("Europe/Paris").unwrap());
        moment.variables.insert("day", Variable::new(ColumnType::Date, Some(json!("2026-04-01"))));
        moment.variables.insert("city", Variable::new(ColumnType::String, Some(json!("Lyon"))));
        moment.variables.insert("open", Variable::new(ColumnType::Timestamp, None));
        moment
    }

    fn due(value: &Value) -> Result<String, String> {
        let until: Until = serde_json::from_value(value.clone()).map_err(|error| error.to_string())?;
        let moment = moment();
        Ok(until.read(&moment)?.from(moment.now, &moment.zone).to_string())
    }

    #[test]
    fn times_are_found() {
        for (until, expected) in [
            (json!("3d"), "2026-03-18T10:20:30Z"),
            (json!("2026-12-01T09:00"), "2026-12-01T08:00:00Z"),
            (json!("2026-12-01T09:00:00Z"), "2026-12-01T09:00:00Z"),
            (json!("2026-01-01T09:00"), "2026-03-15T10:20:30Z"),
            (json!("$day"), "2026-03-31T22:00:00Z"),
            (json!({"at": "12:00"}), "2026-03-15T11:00:00Z"),
            (json!({"at": "09:00"}), "2026-03-16T08:00:00Z"),
            (json!({"weekday": "monday", "at": "09:00"}), "2026-03-16T08:00:00Z"),
            (json!({"weekday": "sunday", "at": "09:00"}), "2026-03-22T08:00:00Z"),
            (json!({"weekday": ["friday", "sunday"], "at": "12:00"}), "2026-03-15T11:00:00Z"),
            // The clocks of the 29th skip 02:30.
            (json!({"weekday": "sunday", "at": "02:30"}), "2026-03-22T01:30:00Z"),
        ] {
            assert_eq!(due(&until).as_deref(), Ok(expected), "{until}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for until in [
            json!("soon"),
            json!("25:00"),
            json!(3),
            json!({"weekday": "someday", "at": "09:00"}),
            json!({"at": "9 o'clock"}),
            json!("$city"),
            json!("$none"),
            json!("$open"),
        ] {
            assert!(due(&until).is_err(), "{until}");
        }
        let mut problems = Vec::new();
        assert_eq!(Until::Text("$open".into()).check(&moment(), "/x", &mut problems), None);
        assert_eq!(problems, [], "its value comes with the run");
    }
}
