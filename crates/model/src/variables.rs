//! Variables of a campaign and of one run of it: named values with a type. Expressions call them `$name`.
//!
//! A campaign declares variables, and a signal's parameters are variables too. In a run there are more, which nobody
//! can set: `$rows` is the number of rows that arrive at the activity, `$rows_ID` what left an earlier activity by its
//! port `out`, `$rows_ID__PORT` what left it by another, and `$result_ID_NAME` what came of it, such as
//! `$result_mail_sent`; `$run_id` and `$campaign_name` say whose they are, `$tutti_public_url` where the server is. In
//! these names a `-` of an id is written `_`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::date_math::Moment;
use crate::problem::{Problem, join_pointer, nearest};
use crate::strict;
use crate::table::ColumnType;
use crate::value::Literal;

/// The number of rows that arrive at an activity.
pub const ROWS: &str = "rows";
/// The run's id.
pub const RUN_ID: &str = "run_id";
/// The campaign's name.
pub const CAMPAIGN_NAME: &str = "campaign_name";
/// The public address of the server.
pub const PUBLIC_URL: &str = "tutti_public_url";
const ROWS_OF: &str = "rows_";
const RESULT_OF: &str = "result_";

/// A value with its type. Without a value it is NULL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    #[serde(rename = "type")]
    pub data_type: ColumnType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct VariableDocument {
    #[serde(rename = "type")]
    data_type: ColumnType,
    #[serde(default)]
    value: Option<Value>,
    #[serde(default)]
    #[expect(dead_code, reason = "read so that it is not an unknown field; only the web app uses it")]
    label: Option<String>,
}

impl Variable {
    pub fn new(data_type: ColumnType, value: Option<Value>) -> Self {
        Self { data_type, value }
    }

    /// A whole number; `None` where it is not known yet.
    pub fn count(value: Option<u64>) -> Self {
        Self::new(ColumnType::Integer, value.map(Value::from))
    }

    /// The typed value; `None` is NULL. The error says what was expected.
    pub fn literal(&self, moment: &Moment) -> Result<Option<Literal>, String> {
        self.value.as_ref().map(|value| Literal::of_type(value, self.data_type, moment)).transpose()
    }

    /// The same variable with another value, which is brought into the form of its type: `"200"` becomes 200, and
    /// `now-30d` the day that it means at `moment`. The error says what was expected.
    pub fn with_value(&self, value: &Value, moment: &Moment) -> Result<Self, String> {
        let value = match value {
            Value::Null => None,
            value => Some(Literal::of_type(value, self.data_type, moment)?.to_json()),
        };
        Ok(Self { data_type: self.data_type, value })
    }

    /// Adds a problem at `pointer` where the value is not of the type. Only the form matters: what `now` means is settled
    /// when a run starts.
    pub fn check(&self, pointer: &str, problems: &mut Vec<Problem>) {
        if let Err(message) = self.literal(&Moment::utc(jiff::Timestamp::UNIX_EPOCH)) {
            problems.push(Problem::error("wrong_type", pointer, format!("the type is {}: {message}", self.data_type)));
        }
    }

    /// The places that its text has after the point, where it is a decimal with any.
    pub fn places(&self) -> Option<u8> {
        match self.data_type {
            ColumnType::Decimal { scale, .. } if scale > 0 => Some(scale),
            _ => None,
        }
    }

    /// Reads a declaration: a plain value, whose type it has, or `{type, value}`.
    pub fn read(value: &Value, pointer: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        let plain = |data_type| (Self::new(data_type, Some(value.clone())), pointer.to_owned());
        let (variable, at) = match value {
            Value::String(_) => plain(ColumnType::String),
            Value::Bool(_) => plain(ColumnType::Boolean),
            Value::Number(number) if number.is_f64() => plain(ColumnType::Number),
            Value::Number(_) => plain(ColumnType::Integer),
            Value::Object(_) => {
                let document: VariableDocument = strict::read(value, pointer, problems)?;
                let value = document.value.filter(|value| !value.is_null());
                (Self::new(document.data_type, value), join_pointer(pointer, "value"))
            }
            Value::Null | Value::Array(_) => {
                problems.push(
                    Problem::error("wrong_type", pointer, "a variable is a single value")
                        .hint("write `name: 200`, or `name: {type: integer, value: 200}`"),
                );
                return None;
            }
        };
        let before = problems.len();
        variable.check(&at, problems);
        (problems.len() == before).then_some(variable)
    }
}

/// Adds a problem where `name` cannot be a variable of a campaign.
pub fn check_name(name: &str, pointer: &str, problems: &mut Vec<Problem>) {
    let mut bytes = name.bytes();
    let starts = bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    if !starts || !bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') || name.len() > 100 {
        let message = format!("`{name}` cannot be the name of a variable");
        problems.push(
            Problem::error("bad_name", pointer, message).hint("use letters, digits and `_`, and begin with a letter"),
        );
    } else if [ROWS, RUN_ID, CAMPAIGN_NAME, PUBLIC_URL].contains(&name)
        || name.starts_with(ROWS_OF)
        || name.starts_with(RESULT_OF)
    {
        let message = format!(
            "`{name}` is a name that runs give themselves (`rows`, `rows_...`, `result_...`, `run_id`, \
             `campaign_name`, `tutti_public_url`)"
        );
        problems.push(Problem::error("reserved_name", pointer, message).hint("choose another name"));
    }
}

/// The variable that counts what left `activity` by `port`.
pub fn rows_name(activity: &str, port: &str) -> String {
    let activity = plain(activity);
    if port == crate::campaign::OUT {
        format!("{ROWS_OF}{activity}")
    } else {
        format!("{ROWS_OF}{activity}__{}", plain(port))
    }
}

/// The variable that holds a result of `activity`.
pub fn result_name(activity: &str, result: &str) -> String {
    format!("{RESULT_OF}{}_{result}", plain(activity))
}

fn plain(id: &str) -> String {
    id.replace('-', "_")
}

/// The variables that are in scope, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Variables(pub BTreeMap<String, Variable>);

impl Variables {
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.0.get(name)
    }

    /// All names but that of the server's address, which is there in any case and seldom meant.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str).filter(|name| *name != PUBLIC_URL)
    }

    pub fn insert(&mut self, name: impl Into<String>, variable: Variable) {
        self.0.insert(name.into(), variable);
    }

    /// The variable with this name; a wrong one is a problem at `pointer` that names the nearest.
    pub fn find(&self, name: &str, pointer: &str) -> Result<&Variable, Problem> {
        self.get(name).ok_or_else(|| {
            let problem = Problem::error("unknown_variable", pointer, format!("there is no variable `{name}` here"));
            if self.names().next().is_none() {
                return problem.hint("declare it in the campaign's `variables`");
            }
            // Names that runs give are many; only a near one is worth showing.
            match nearest(name, self.names()) {
                Some(near) => problem.hint(format!("did you mean `{near}`?")),
                None => problem.did_you_mean(name, self.names().filter(|name| !name.starts_with(ROWS_OF))),
            }
        })
    }

    /// Plain values by name, NULLs among them.
    pub fn values(&self) -> serde_json::Map<String, Value> {
        self.0.iter().map(|(name, variable)| (name.clone(), variable.value.clone().unwrap_or_default())).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(value: &Value) -> Result<Variable, String> {
        let mut problems = Vec::new();
        Variable::read(value, "/v", &mut problems).ok_or_else(|| problems[0].message.clone())
    }

    #[test]
    fn declarations_have_types() {
        for (value, data_type) in [
            (json!("200"), ColumnType::String),
            (json!(200), ColumnType::Integer),
            (json!(0.5), ColumnType::Number),
            (json!(true), ColumnType::Boolean),
            (json!({"type": "date", "value": "now-30d"}), ColumnType::Date),
            (json!({"type": "decimal(12,2)"}), ColumnType::Decimal { precision: 12, scale: 2 }),
        ] {
            assert_eq!(read(&value).map(|variable| variable.data_type), Ok(data_type), "{value}");
        }
        for value in [
            json!(null),
            json!([1]),
            json!(u64::MAX),
            json!({"type": "integer", "value": "x"}),
            json!({"type": "integer", "value": 1.5}),
            json!({"type": "decimal(4,2)", "value": "12345.678"}),
            json!({"type": "date", "value": "2026-02-30"}),
            json!({"value": 1}),
        ] {
            assert!(read(&value).is_err(), "{value}");
        }
    }

    #[test]
    fn values_take_the_form_of_their_type() {
        let moment = Moment::utc("2026-03-15T10:20:30Z".parse().unwrap());
        for (data_type, given, kept) in [
            ("integer", json!("200"), json!(200)),
            ("number", json!("0.5"), json!(0.5)),
            ("decimal(12,2)", json!(12.5), json!("12.50")),
            ("decimal(12,2)", json!("7"), json!("7.00")),
            ("boolean", json!("true"), json!(true)),
            ("date", json!("now-30d"), json!("2026-02-13")),
            ("timestamp", json!("2026-03-15"), json!("2026-03-15T00:00:00Z")),
            ("string", json!("Lyon"), json!("Lyon")),
        ] {
            let variable = read(&json!({"type": data_type})).unwrap();
            assert_eq!(variable.with_value(&given, &moment).unwrap().value, Some(kept), "{data_type}");
        }
        assert!(read(&json!(1)).unwrap().with_value(&json!("many"), &moment).is_err());
    }

    #[test]
    fn names_that_runs_give_are_reserved() {
        assert_eq!(rows_name("my-target", "out"), "rows_my_target");
        assert_eq!(rows_name("ab", "b"), "rows_ab__b");
        assert_eq!(result_name("mail", "sent"), "result_mail_sent");
        for (name, code) in [
            ("minimum", None),
            ("_x1", None),
            ("1x", Some("bad_name")),
            ("a-b", Some("bad_name")),
            ("rows", Some("reserved_name")),
            ("rows_a", Some("reserved_name")),
            ("tutti_public_url", Some("reserved_name")),
        ] {
            let mut problems = Vec::new();
            check_name(name, "", &mut problems);
            assert_eq!(problems.first().map(|problem| problem.code.as_str()), code, "{name}");
        }
    }

    #[test]
    fn unknown_names_show_the_nearest() {
        let variables = Variables([("minimum".to_owned(), Variable::count(Some(1)))].into());
        let problem = variables.find("minimun", "/x").unwrap_err();
        assert_eq!(problem.hint.as_deref(), Some("did you mean `minimum`?"));
    }
}
