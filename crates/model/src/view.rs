//! Views: what somebody looks at often, kept under a name: which campaigns of the list, and in which order.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::problem::{Problem, join_pointer};
use crate::strict;

/// The states of campaigns, as people name them.
pub const STATES: [&str; 8] =
    ["draft", "publishing", "scheduled", "live", "closed", "completed", "stopped", "archived"];

/// What a `kind: view` document says.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    #[serde(skip)]
    pub name: String,
    /// The list that it is a view of.
    pub list: List,
    #[serde(default)]
    pub filter: CampaignFilter,
}

/// The lists that have views.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum List {
    Campaigns,
}

/// Which campaigns, and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CampaignFilter {
    /// In the name, the label, the description or a tag, whatever the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub search: Option<String>,
    /// In one of these states. Without any: in all but the archive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub states: Vec<String>,
    /// With all of these tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// In this folder or below it; empty: in none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// Only those that somebody should look at.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub attention: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sort: Option<SortBy>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub descending: bool,
}

/// What campaigns are sorted by. Those that have no such time come last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SortBy {
    Name,
    Label,
    State,
    Folder,
    Updated,
    NextLaunch,
    LastRun,
}

impl View {
    /// Reads a view. `value` is the document without its kind, name and descriptive fields.
    pub fn read(name: &str, value: &Value, problems: &mut Vec<Problem>) -> Option<Self> {
        let view: Self = strict::read(value, "", problems)?;
        for (index, state) in view.filter.states.iter().enumerate() {
            check_state(state, &join_pointer("/filter/states", index), problems);
        }
        Some(Self { name: name.to_owned(), ..view })
    }
}

/// Adds a problem where `state` is none that campaigns have.
pub fn check_state(state: &str, pointer: &str, problems: &mut Vec<Problem>) {
    if !STATES.contains(&state) {
        problems.push(
            Problem::error("unknown_value", pointer, format!("campaigns have no state `{state}`"))
                .did_you_mean(state, STATES),
        );
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn views_name_known_states_and_orders() {
        for (filter, pointer) in [
            (json!({"states": ["live"], "tags": ["spring"], "sort": "next_launch", "descending": true}), None),
            (json!({"states": ["live", "alive"]}), Some("/filter/states/1")),
            (json!({"sort": "size"}), Some("/filter/sort")),
            (json!({"tag": "x"}), Some("/filter/tag")),
        ] {
            let mut problems = Vec::new();
            View::read("v", &json!({"list": "campaigns", "filter": filter}), &mut problems);
            assert_eq!(problems.first().map(|problem| problem.pointer.as_str()), pointer, "{problems:?}");
        }
    }
}
