//! Dimensions: what a campaign can target. And predefined filters, which belong to one.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::rule::Rule;
use crate::table::ColumnType;

/// What a `kind: dimension` document says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dimension {
    #[serde(skip)]
    pub name: String,
    pub table: String,
    /// Who a row is, for consent, capping and the ledger: a field path.
    pub identity: String,
    /// The field path of the address for each channel.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub addresses: IndexMap<String, String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locale: Option<String>,
    /// The field path of a boolean for each channel: true is consent.
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub consent: IndexMap<String, String>,
}

/// A typed parameter of a predefined filter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameter {
    #[serde(rename = "type")]
    pub parameter_type: ColumnType,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
}

/// What a `kind: filter` document says: a rule with a name, usable in other rules.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Filter {
    #[serde(skip)]
    pub name: String,
    pub dimension: String,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub parameters: IndexMap<String, Parameter>,
    /// Whether everybody sees it in lists; without it, its owner does. Rules can use it either way.
    #[serde(default = "shared", skip_serializing_if = "is_shared")]
    pub shared: bool,
    /// Whether it stands first in lists.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub favorite: bool,
    /// Who a filter that is not shared belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<String>,
    #[serde(rename = "where")]
    pub rule: Rule,
}

fn shared() -> bool {
    true
}

fn is_shared(shared: &bool) -> bool {
    *shared
}
