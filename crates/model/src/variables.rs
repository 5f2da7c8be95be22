//! Variables of a campaign and of one run of it: named values with a type. Expressions call them `$name`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::date_math::Moment;
use crate::table::ColumnType;
use crate::value::Literal;

/// A value with its type. Without a value it is NULL.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    #[serde(rename = "type")]
    pub data_type: ColumnType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

impl Variable {
    /// The typed value; `None` is NULL. The error says what was expected.
    pub fn literal(&self, moment: &Moment) -> Result<Option<Literal>, String> {
        self.value.as_ref().map(|value| Literal::read(value, self.data_type, moment)).transpose()
    }
}

/// The variables that are in scope, by name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Variables(pub BTreeMap<String, Variable>);

impl Variables {
    pub fn get(&self, name: &str) -> Option<&Variable> {
        self.0.get(name)
    }

    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    pub fn insert(&mut self, name: impl Into<String>, variable: Variable) {
        self.0.insert(name.into(), variable);
    }
}
