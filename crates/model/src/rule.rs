//! Rules as they are written: JSON in the shape of react-querybuilder. What a rule means on given tables is in
//! [`crate::bind`].

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A rule, unread. An empty object, or a group without rules, matches every row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rule(pub Value);

impl Rule {
    /// The rule that matches every row.
    pub fn everything() -> Self {
        Self(serde_json::json!({"combinator": "and", "rules": []}))
    }
}

impl Default for Rule {
    fn default() -> Self {
        Self::everything()
    }
}

impl JsonSchema for Rule {
    fn schema_name() -> Cow<'static, str> {
        "Rule".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "object", "description": "A rule over the rows of a dimension.", "x-tutti-editor": "rule"})
    }
}
