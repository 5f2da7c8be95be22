//! When a campaign starts, as its document says it. Reading and checking only; launch times are computed elsewhere.

use jiff::civil::{Date, DateTime, Time};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::{Problem, join_pointer};
use crate::table::ColumnType;

/// The `schedule` of a campaign. Times are wall-clock times in the campaign's zone.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Schedule {
    #[default]
    Asap,
    Once {
        at: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overlap: Option<Overlap>,
    },
    Daily {
        at: String,
        #[serde(default)]
        days: Days,
        #[serde(flatten)]
        validity: Validity,
    },
    SeveralTimesADay {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        times: Vec<String>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        every: Option<String>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        between: Vec<String>,
        #[serde(default)]
        days: Days,
        #[serde(flatten)]
        validity: Validity,
    },
    Weekly {
        #[serde(default = "one")]
        every: u32,
        on: Vec<Weekday>,
        at: String,
        #[serde(flatten)]
        validity: Validity,
    },
    Monthly {
        on: Value,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        months: Vec<Month>,
        at: String,
        #[serde(flatten)]
        validity: Validity,
    },
    Rrule {
        rrule: String,
        starting: String,
        #[serde(flatten)]
        validity: Validity,
    },
    Signal {
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        parameters: Vec<SignalParameter>,
        #[serde(flatten)]
        validity: Validity,
    },
}

fn one() -> u32 {
    1
}

/// The first and last day on which a campaign may start, both included, and what happens when it is still running.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Validity {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overlap: Option<Overlap>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Overlap {
    Skip,
    Queue,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Days {
    Named(NamedDays),
    Chosen(Vec<Weekday>),
}

impl Default for Days {
    fn default() -> Self {
        Self::Named(NamedDays::Every)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NamedDays {
    Every,
    Weekdays,
}

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

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Month {
    January,
    February,
    March,
    April,
    May,
    June,
    July,
    August,
    September,
    October,
    November,
    December,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignalParameter {
    pub name: String,
    #[serde(rename = "type")]
    pub parameter_type: ColumnType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_value: Option<Value>,
}

impl Schedule {
    /// Adds what is wrong with the times and dates to `problems`.
    pub fn check(&self, pointer: &str, problems: &mut Vec<Problem>) {
        let mut time = |name: &str, text: &str| {
            if text.parse::<Time>().is_err() {
                let message = format!("`{text}` is not a time of day");
                problems.push(
                    Problem::error("bad_time", join_pointer(pointer, name), message).hint("write it like `09:00`"),
                );
            }
        };
        match self {
            Self::Daily { at, .. } | Self::Weekly { at, .. } | Self::Monthly { at, .. } => time("at", at),
            Self::SeveralTimesADay { times, between, .. } => {
                times.iter().for_each(|text| time("times", text));
                between.iter().for_each(|text| time("between", text));
            }
            _ => {}
        }
        if let Self::Once { at: moment, .. } | Self::Rrule { starting: moment, .. } = self
            && moment.parse::<DateTime>().is_err()
        {
            let message = format!("`{moment}` is not a date and time");
            problems.push(Problem::error("bad_time", pointer, message).hint("write it like `2026-12-01T09:00`"));
        }
        if let Self::Weekly { every: 0, .. } = self {
            problems.push(Problem::error(
                "bad_value",
                join_pointer(pointer, "every"),
                "a week's interval is at least 1",
            ));
        }
        if let Some(Validity { from: Some(from), until: Some(until), .. }) = self.validity()
            && until < from
        {
            let message = format!("the schedule ends on {until}, before it begins on {from}");
            problems.push(Problem::error("bad_range", join_pointer(pointer, "until"), message));
        }
    }

    fn validity(&self) -> Option<&Validity> {
        match self {
            Self::Asap | Self::Once { .. } => None,
            Self::Daily { validity, .. }
            | Self::SeveralTimesADay { validity, .. }
            | Self::Weekly { validity, .. }
            | Self::Monthly { validity, .. }
            | Self::Rrule { validity, .. }
            | Self::Signal { validity, .. } => Some(validity),
        }
    }

    /// Whether the campaign starts once, so that channel activities hold until they are confirmed.
    pub fn is_one_shot(&self) -> bool {
        matches!(self, Self::Asap | Self::Once { .. })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_contracts_schedules_are_read() {
        for value in [
            json!({"type": "asap"}),
            json!({"type": "once", "at": "2026-12-01T09:00"}),
            json!({"type": "daily", "at": "09:00", "days": "weekdays"}),
            json!({"type": "daily", "at": "09:00", "days": ["monday"], "from": "2026-01-01"}),
            json!({"type": "several-times-a-day", "every": "30m", "between": ["08:00", "20:00"]}),
            json!({"type": "weekly", "on": ["monday", "thursday"], "at": "09:00", "until": "2027-03-01", "overlap": "skip"}),
            json!({"type": "monthly", "on": {"nth": "last", "weekday": "friday"}, "at": "09:00"}),
            json!({"type": "rrule", "rrule": "FREQ=MONTHLY", "starting": "2026-12-01T09:00"}),
            json!({"type": "signal", "parameters": [{"name": "city", "type": "string", "test_value": "Lyon"}]}),
        ] {
            let schedule: Schedule =
                serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"));
            let mut problems = Vec::new();
            schedule.check("/schedule", &mut problems);
            assert!(problems.is_empty(), "{problems:?}");
        }
    }

    #[test]
    fn wrong_times_are_named() {
        let schedule: Schedule =
            serde_json::from_value(json!({"type": "weekly", "on": ["monday"], "at": "25:00", "every": 0})).unwrap();
        let mut problems = Vec::new();
        schedule.check("/schedule", &mut problems);
        assert_eq!(problems.len(), 2);
    }
}
