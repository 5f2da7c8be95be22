//! Reading times, keys and answers of tests.

use std::fmt;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::StepAnswer;

/// A time of a test: an instant (`2026-12-01T08:00:00+01:00`), or a wall-clock time or a date in the campaign's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    Instant(Timestamp),
    Wall(DateTime),
}

impl At {
    /// The instant in a zone. A time that a clock change skips is the first instant after the gap, one that it repeats
    /// the first of the two. Times beyond the range of instants are the last instant.
    pub fn instant(self, zone: &TimeZone) -> Timestamp {
        match self {
            Self::Instant(instant) => instant,
            Self::Wall(wall) => crate::civil::instant(wall, zone).unwrap_or(Timestamp::MAX),
        }
    }
}

impl<'de> Deserialize<'de> for At {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let wall = || text.parse::<DateTime>().ok().map(Self::Wall);
        text.parse::<Timestamp>().ok().map(Self::Instant).or_else(wall).ok_or_else(|| {
            D::Error::custom(format!(
                "`{text}` is not a time; write it like `2026-12-01T09:00` in the campaign's zone, or with an offset"
            ))
        })
    }
}

/// The key of a row: a value, or a list of values where the key has several columns.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(pub Vec<String>);

impl fmt::Display for Key {
    /// As the ledger writes it: one value as it is, several with commas between.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_slice() {
            [only] => f.write_str(only),
            parts => {
                let parts: Vec<String> =
                    parts.iter().map(|part| part.replace('\\', "\\\\").replace(',', "\\,")).collect();
                f.write_str(&parts.join(","))
            }
        }
    }
}

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let parts = match &value {
            Value::Array(parts) => parts.iter().map(text_of).collect::<Option<Vec<String>>>(),
            value => text_of(value).map(|part| vec![part]),
        };
        let parts = parts.filter(|parts| !parts.is_empty());
        parts.map(Self).ok_or_else(|| D::Error::custom("a key is a value, or a list of values"))
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

impl<'de> Deserialize<'de> for StepAnswer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnswerVisitor)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerDocument {
    activity: String,
    #[serde(default)]
    by: Option<String>,
    #[serde(default)]
    comment: Option<String>,
    #[serde(default)]
    answer: Option<String>,
}

struct AnswerVisitor;

impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = StepAnswer;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an activity, or a map with `activity`, `by`, `comment` and `answer`")
    }

    fn visit_str<E>(self, activity: &str) -> Result<StepAnswer, E> {
        Ok(StepAnswer { activity: activity.to_owned(), ..StepAnswer::default() })
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<StepAnswer, A::Error> {
        let AnswerDocument { activity, by, comment, answer } =
            AnswerDocument::deserialize(MapAccessDeserializer::new(map))?;
        Ok(StepAnswer { activity, by, comment, answer })
    }
}
