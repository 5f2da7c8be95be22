//! Templates: a campaign with holes. What fills them are typed parameters: plain values, and names of tables, dimensions,
//! fields and channels of the installation.
//!
//! A hole is written `${name}` in any text or key of the campaign. A text that is nothing but a hole becomes the value
//! itself, whatever its type; within a text the value is written out. `$${name}` is the text `${name}`.

mod fill;
mod holes;
mod make;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::campaign::Campaign;
use crate::channel::ChannelKind;
use crate::document::Meta;
use crate::problem::{Problem, join_pointer};
use crate::strict;
use crate::table::ColumnType;

pub use fill::{Candidate, Chosen, Filled, How, fill};
pub use make::template_of;

/// What a `kind: template` document says.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    #[serde(skip)]
    pub name: String,
    #[serde(default)]
    pub parameters: IndexMap<String, Parameter>,
    /// The campaign without its kind and name.
    pub campaign: Map<String, Value>,
    /// What to look at before a campaign that was made of it is published, in sentences.
    #[serde(default)]
    pub checklist: Vec<String>,
}

/// What has to be chosen when a campaign is made of a template.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    #[serde(rename = "type")]
    pub parameter_type: ParameterType,
    #[serde(default)]
    pub label: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    /// For names: taken where the installation has it. For values: taken when nothing else is given.
    #[serde(default)]
    pub default: Option<Value>,
    /// Of a field or a link: the parameter with the table, dimension or link that it leaves from.
    #[serde(default)]
    pub of: Option<String>,
    /// Of a field: the types that it may have, such as `[date, timestamp]`.
    #[serde(default)]
    pub types: Vec<String>,
    /// Of a channel: how it reaches people.
    #[serde(default)]
    pub channel: Option<ChannelKind>,
}

/// What a parameter is: a value, or the name of something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
pub enum ParameterType {
    Value(ColumnType),
    TimeZone,
    Table,
    Dimension,
    /// A field path.
    Field,
    /// The path of a link to many rows.
    Link,
    Channel,
    Content,
    Audience,
    Filter,
    Calendar,
    Campaign,
}

/// The types that are no types of columns.
const NAMES: [(&str, ParameterType); 11] = [
    ("time_zone", ParameterType::TimeZone),
    ("table", ParameterType::Table),
    ("dimension", ParameterType::Dimension),
    ("field", ParameterType::Field),
    ("link", ParameterType::Link),
    ("channel", ParameterType::Channel),
    ("content", ParameterType::Content),
    ("audience", ParameterType::Audience),
    ("filter", ParameterType::Filter),
    ("calendar", ParameterType::Calendar),
    ("campaign", ParameterType::Campaign),
];

impl TryFrom<String> for ParameterType {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        if let Some((_, found)) = NAMES.iter().find(|(name, _)| *name == text) {
            return Ok(*found);
        }
        text.parse().map(Self::Value).map_err(|_: String| {
            let names: Vec<&str> = NAMES.iter().map(|(name, _)| *name).collect();
            format!("`{text}` is no type of a parameter: it is the type of a column, or {}", names.join(", "))
        })
    }
}

impl From<ParameterType> for String {
    fn from(value: ParameterType) -> Self {
        match value {
            ParameterType::Value(column) => column.to_string(),
            other => NAMES.iter().find(|(_, known)| *known == other).map_or_else(Self::new, |(name, _)| (*name).into()),
        }
    }
}

/// The kinds of column types that a field may be asked to have.
const COLUMN_KINDS: [&str; 7] = ["string", "integer", "number", "decimal", "boolean", "date", "timestamp"];

/// The kind of a column's type: its name without digits.
fn column_kind(column_type: ColumnType) -> String {
    let text = column_type.to_string();
    text.split('(').next().unwrap_or_default().to_owned()
}

impl Template {
    /// Reads a template, and its campaign as far as that needs no knowledge of the installation. `value` is the
    /// document without its kind, name and descriptive fields.
    pub fn read(name: &str, value: &Value, problems: &mut Vec<Problem>) -> Option<Self> {
        let template: Self = strict::read(value, "", problems)?;
        let template = Self { name: name.to_owned(), ..template };
        template.check_parameters(problems);
        template.check_holes(problems);
        template.check_campaign(problems);
        Some(template)
    }

    fn check_parameters(&self, problems: &mut Vec<Problem>) {
        let mut earlier: Vec<(&str, ParameterType)> = Vec::new();
        for (name, parameter) in &self.parameters {
            let pointer = join_pointer("/parameters", name);
            crate::variables::check_name(name, &pointer, problems);
            let takes_of = matches!(parameter.parameter_type, ParameterType::Field | ParameterType::Link);
            match &parameter.of {
                None if takes_of => problems.push(
                    Problem::error("missing_field", pointer.clone(), format!("`{name}` does not say what it is of"))
                        .hint("add `of` with the parameter whose table, dimension or link has it"),
                ),
                Some(of) if takes_of => check_of(of, &earlier, &join_pointer(&pointer, "of"), problems),
                Some(_) => problems.push(Problem::error(
                    "bad_value",
                    join_pointer(&pointer, "of"),
                    "only fields and links are of something",
                )),
                None => {}
            }
            for (index, kind) in parameter.types.iter().enumerate() {
                let at = join_pointer(&join_pointer(&pointer, "types"), index);
                if parameter.parameter_type != ParameterType::Field {
                    problems.push(Problem::error("bad_value", at, "only fields have `types`"));
                } else if !COLUMN_KINDS.contains(&kind.as_str()) {
                    problems.push(
                        Problem::error("unknown_value", at, format!("`{kind}` is no type of a column"))
                            .did_you_mean(kind, COLUMN_KINDS),
                    );
                }
            }
            if parameter.channel.is_some() && parameter.parameter_type != ParameterType::Channel {
                let at = join_pointer(&pointer, "channel");
                problems.push(Problem::error("bad_value", at, "only channels say how they reach people"));
            }
            earlier.push((name, parameter.parameter_type));
        }
    }

    /// Holes without a parameter are errors, parameters without a hole are doubtful.
    fn check_holes(&self, problems: &mut Vec<Problem>) {
        let mut used = BTreeSet::new();
        holes::walk(&Value::Object(self.campaign.clone()), "/campaign", &mut |hole, pointer| {
            if !self.parameters.contains_key(hole) {
                problems.push(
                    Problem::error("unknown_parameter", pointer, format!("there is no parameter `{hole}`"))
                        .did_you_mean(hole, self.parameters.keys().map(String::as_str)),
                );
            }
            used.insert(hole.to_owned());
        });
        used.extend(self.parameters.values().filter_map(|parameter| parameter.of.clone()));
        for name in self.parameters.keys().filter(|name| !used.contains(*name)) {
            let message = format!("nothing in the campaign uses the parameter `{name}`");
            problems.push(
                Problem::warning("unused_parameter", join_pointer("/parameters", name), message)
                    .hint(format!("write `${{{name}}}` where its value belongs, or remove it")),
            );
        }
    }

    /// The campaign with examples in its holes has to be one.
    fn check_campaign(&self, problems: &mut Vec<Problem>) {
        for name in ["kind", "name"] {
            if self.campaign.contains_key(name) {
                let message = format!("the campaign of a template has no `{name}`: it gets one when it is made");
                problems.push(Problem::error("bad_value", format!("/campaign/{name}"), message));
                return;
            }
        }
        let examples =
            self.parameters.iter().map(|(name, parameter)| (name.clone(), parameter.example(name))).collect();
        let mut body = holes::fill(&Value::Object(self.campaign.clone()), &examples);
        let meta: Map<String, Value> = ["label", "description", "tags", "folder"]
            .into_iter()
            .filter_map(|name| Some((name.to_owned(), body.as_object_mut()?.shift_remove(name)?)))
            .collect();
        let mut found = Vec::new();
        let _: Option<Meta> = strict::read(&Value::Object(meta), "", &mut found);
        Campaign::read(&self.name, &body, &mut found);
        problems.extend(
            found.into_iter().map(|problem| Problem { pointer: format!("/campaign{}", problem.pointer), ..problem }),
        );
    }
}

impl Parameter {
    /// Some value of its type.
    fn example(&self, name: &str) -> Value {
        if let Some(default) = &self.default {
            return default.clone();
        }
        match self.parameter_type {
            ParameterType::Value(column) => match column {
                ColumnType::Integer | ColumnType::Number | ColumnType::Decimal { .. } => Value::from(1),
                ColumnType::Boolean => Value::from(true),
                ColumnType::Date => Value::from("2030-01-01"),
                ColumnType::Timestamp => Value::from("2030-01-01T09:00"),
                ColumnType::String => Value::from(name),
            },
            ParameterType::TimeZone => Value::from("UTC"),
            _ => Value::from(name),
        }
    }
}

fn check_of(of: &str, earlier: &[(&str, ParameterType)], pointer: &str, problems: &mut Vec<Problem>) {
    match earlier.iter().find(|(name, _)| *name == of) {
        Some((_, ParameterType::Table | ParameterType::Dimension | ParameterType::Link)) => {}
        Some(_) => {
            let message = format!("`{of}` is no table, dimension or link");
            problems.push(Problem::error("bad_value", pointer, message));
        }
        None => {
            let message = format!("no parameter before this one is called `{of}`");
            problems.push(
                Problem::error("unknown_parameter", pointer, message)
                    .did_you_mean(of, earlier.iter().map(|(name, _)| *name)),
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn codes(template: &Value) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        Template::read("t", template, &mut problems);
        problems.into_iter().map(|problem| (problem.code, problem.pointer)).collect()
    }

    fn with(parameters: &Value, activity: &Value) -> Value {
        json!({"parameters": parameters, "campaign": {"canvas": {"activities": [activity]}}})
    }

    #[test]
    fn a_sound_template_has_no_problem() {
        let parameters = json!({
            "who": {"type": "dimension"}, "born": {"type": "field", "of": "who", "types": ["date"]},
            "channel": {"type": "channel", "channel": "email"}, "least": {"type": "decimal(12,2)", "default": "10"},
        });
        let activity = json!({"id": "a", "type": "x", "dimension": "${who}", "by": "${born}", "channel": "${channel}",
            "text": "at least ${least}, not ${{ price }} nor $${that}"});
        assert_eq!(codes(&with(&parameters, &activity)), []);
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let activity = json!({"id": "a", "type": "x", "dimension": "${who}"});
        for (parameters, code, pointer) in [
            (json!({}), "unknown_parameter", "/campaign/canvas/activities/0/dimension"),
            (json!({"who": {"type": "dimensoin"}}), "wrong_type", "/parameters/who/type"),
            (json!({"who": {"type": "field"}}), "missing_field", "/parameters/who"),
            (json!({"who": {"type": "field", "of": "x"}}), "unknown_parameter", "/parameters/who/of"),
            (json!({"who": {"type": "table", "of": "x"}}), "bad_value", "/parameters/who/of"),
            (json!({"who": {"type": "table", "channel": "email"}}), "bad_value", "/parameters/who/channel"),
            (json!({"who": {"type": "table"}, "other": {"type": "date"}}), "unused_parameter", "/parameters/other"),
        ] {
            assert_eq!(codes(&with(&parameters, &activity)), [(code.to_owned(), pointer.to_owned())], "{parameters}");
        }
        let named = json!({"campaign": {"name": "x", "canvas": {"activities": [{"id": "a", "type": "x"}]}}});
        assert_eq!(codes(&named), [("bad_value".to_owned(), "/campaign/name".to_owned())]);
        let zone = json!({"campaign": {"time_zone": "Paris", "canvas": {"activities": []}}});
        let pointers: Vec<String> = codes(&zone).into_iter().map(|(_, pointer)| pointer).collect();
        assert_eq!(pointers, ["/campaign/time_zone", "/campaign/canvas/activities"]);
    }
}
