//! Calendars: days on which campaigns do not start.

use std::sync::Arc;

use indexmap::IndexMap;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;

use crate::problem::{Problem, join_pointer};
use crate::schedule::{parse_date, parse_month_and_day};
use crate::strict;

/// The longest range of days of a calendar.
pub const RANGE_DAYS_MAX: i64 = 366;

const FORMS: &str = "write `2026-12-25`, `{from: 2026-12-24, until: 2027-01-01}` or `{yearly: 12-25}`";

/// Calendars by name.
pub type Calendars = IndexMap<String, Arc<Calendar>>;

/// What a `kind: calendar` document says.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Calendar {
    pub name: String,
    pub days: Vec<CalendarDays>,
}

/// An entry of a calendar.
#[derive(Clone, Debug, PartialEq)]
pub struct CalendarDays {
    pub span: Span,
    pub label: Option<String>,
}

/// The days of an entry.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Span {
    /// Both days included.
    Range { from: Date, until: Date },
    /// A day of every year; 29 February only of leap years.
    Yearly { month: i8, day: i8 },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CalendarDocument {
    dates: Vec<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(default)]
    date: Option<String>,
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    until: Option<String>,
    #[serde(default)]
    yearly: Option<String>,
    #[serde(default)]
    label: Option<String>,
}

impl Calendar {
    /// Reads a calendar. `value` is the document without its kind, name and descriptive fields.
    pub fn read(name: &str, value: &Value, problems: &mut Vec<Problem>) -> Option<Self> {
        let document: CalendarDocument = strict::read(value, "", problems)?;
        let days = document
            .dates
            .iter()
            .enumerate()
            .filter_map(|(index, value)| read_entry(value, &join_pointer("/dates", index), problems))
            .collect();
        Some(Self { name: name.to_owned(), days })
    }

    /// Whether `date` is one of the calendar's days.
    pub fn contains(&self, date: Date) -> bool {
        self.days.iter().any(|entry| entry.span.contains(date))
    }
}

impl Span {
    pub fn contains(&self, date: Date) -> bool {
        match self {
            Self::Range { from, until } => (*from..=*until).contains(&date),
            Self::Yearly { month, day } => (date.month(), date.day()) == (*month, *day),
        }
    }
}

fn read_entry(value: &Value, pointer: &str, problems: &mut Vec<Problem>) -> Option<CalendarDays> {
    if let Value::String(text) = value {
        let day = read_date(text, pointer.to_owned(), problems)?;
        return Some(CalendarDays { span: Span::Range { from: day, until: day }, label: None });
    }
    if !value.is_object() {
        problems.push(Problem::error("wrong_type", pointer, "an entry is a date, or a map").hint(FORMS));
        return None;
    }
    let before = problems.len();
    let entry: Entry = strict::read(value, pointer, problems)?;
    if problems.len() > before {
        return None;
    }
    let span = match (&entry.date, &entry.from, &entry.until, &entry.yearly) {
        (Some(day), None, None, None) => {
            let day = read_date(day, join_pointer(pointer, "date"), problems)?;
            Span::Range { from: day, until: day }
        }
        (None, Some(from), Some(until), None) => {
            let from = read_date(from, join_pointer(pointer, "from"), problems);
            let until = read_date(until, join_pointer(pointer, "until"), problems);
            range(from?, until?, join_pointer(pointer, "until"), problems)?
        }
        (None, None, None, Some(text)) => {
            let Some((month, day)) = parse_month_and_day(text) else {
                let message = format!("`{text}` is not a day of the year");
                problems.push(
                    Problem::error("bad_date", join_pointer(pointer, "yearly"), message)
                        .hint("write month and day, like `12-25`"),
                );
                return None;
            };
            Span::Yearly { month, day }
        }
        _ => {
            let message = "an entry has `date`, or `from` and `until`, or `yearly`";
            problems.push(Problem::error("bad_value", pointer, message).hint(FORMS));
            return None;
        }
    };
    Some(CalendarDays { span, label: entry.label })
}

fn read_date(text: &str, pointer: String, problems: &mut Vec<Problem>) -> Option<Date> {
    let date = parse_date(text);
    if date.is_none() {
        let message = format!("`{text}` is not a date");
        problems.push(Problem::error("bad_date", pointer, message).hint("write it like `2026-12-25`"));
    }
    date
}

fn range(from: Date, until: Date, pointer: String, problems: &mut Vec<Problem>) -> Option<Span> {
    let days = until.duration_since(from).as_hours() / 24 + 1;
    let message = if days < 1 {
        format!("the range ends on {until}, before it begins on {from}")
    } else if days > RANGE_DAYS_MAX {
        format!("the range has {days} days; at most {RANGE_DAYS_MAX} are allowed")
    } else {
        return Some(Span::Range { from, until });
    };
    problems.push(Problem::error("bad_range", pointer, message));
    None
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(dates: Value) -> (Option<Calendar>, Vec<Problem>) {
        let mut problems = Vec::new();
        (Calendar::read("holidays", &json!({"dates": dates}), &mut problems), problems)
    }

    #[test]
    fn days_ranges_and_days_of_every_year_are_read() {
        let (calendar, problems) = read(json!([
            "2026-05-01",
            {"date": "2026-05-08", "label": "Victory Day"},
            {"from": "2026-12-24", "until": "2027-01-01"},
            {"yearly": "07-14", "label": "Bastille Day"}
        ]));
        assert!(problems.is_empty(), "{problems:?}");
        let calendar = calendar.unwrap();
        for (date, expected) in [
            ("2026-05-01", true),
            ("2027-05-01", false),
            ("2026-05-08", true),
            ("2026-12-23", false),
            ("2026-12-24", true),
            ("2027-01-01", true),
            ("2027-01-02", false),
            ("2031-07-14", true),
            ("2031-07-15", false),
        ] {
            assert_eq!(calendar.contains(date.parse().unwrap()), expected, "{date}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        for (entry, code, pointer) in [
            (json!("2026-02-30"), "bad_date", "/dates/0"),
            (json!({"date": "25.12.2026"}), "bad_date", "/dates/0/date"),
            (json!({"from": "2026-12-25", "until": "2026-12-24"}), "bad_range", "/dates/0/until"),
            (json!({"from": "2026-01-01", "until": "2028-01-01"}), "bad_range", "/dates/0/until"),
            (json!({"from": "2026-01-01"}), "bad_value", "/dates/0"),
            (json!({"yearly": "02-30"}), "bad_date", "/dates/0/yearly"),
            (json!({"dat": "2026-01-01"}), "unknown_field", "/dates/0/dat"),
            (json!(3), "wrong_type", "/dates/0"),
        ] {
            let (_, problems) = read(json!([entry]));
            assert_eq!(problems.len(), 1, "{problems:?}");
            assert_eq!((problems[0].code.as_str(), problems[0].pointer.as_str()), (code, pointer));
        }
    }
}
