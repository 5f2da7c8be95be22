//! Views: what somebody looks at often, kept under a name: which campaigns of the list, and in which order.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::date_math::{self, Moment};
use crate::problem::{Problem, join_pointer};
use crate::strict;

/// The states of campaigns, as people name them.
pub const STATES: [&str; 9] =
    ["draft", "publishing", "scheduled", "live", "suspended", "closed", "completed", "stopped", "archived"];

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
    /// That send by one of these channels: by their names, or by what they send, such as `email`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<String>,
    /// That name one of these dimensions.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dimensions: Vec<String>,
    /// Made not before: a date, a time or date math, such as `2026-12-01` or `now-30d`, in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_since: Option<String>,
    /// Made before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_until: Option<String>,
    /// Changed last not before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_since: Option<String>,
    /// Changed last before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_until: Option<String>,
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
    Created,
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
        view.filter.check_times("/filter", &Moment::utc(Timestamp::UNIX_EPOCH), problems);
        Some(Self { name: name.to_owned(), ..view })
    }
}

impl CampaignFilter {
    /// Between which moments campaigns were made and changed, UTC microseconds; adds a problem for each that is none.
    pub fn check_times(&self, pointer: &str, moment: &Moment, problems: &mut Vec<Problem>) -> Times {
        let mut time = |name: &str, text: &Option<String>| match date_math::instant(text.as_deref()?, moment) {
            Ok(time) => Some(time.timestamp().as_microsecond()),
            Err(reason) => {
                let message = format!("`{name}` is no time: {reason}");
                problems.push(Problem::error("bad_value", join_pointer(pointer, name), message));
                None
            }
        };
        Times {
            created: (time("created_since", &self.created_since), time("created_until", &self.created_until)),
            updated: (time("updated_since", &self.updated_since), time("updated_until", &self.updated_until)),
        }
    }
}

/// Two stretches of time, each from its first moment to before its last, UTC microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Times {
    pub created: (Option<i64>, Option<i64>),
    pub updated: (Option<i64>, Option<i64>),
}

impl Times {
    /// Whether something that was made and changed then is within both.
    pub fn take(&self, created_us: i64, updated_us: i64) -> bool {
        let within = |(since, until): (Option<i64>, Option<i64>), at: i64| {
            since.is_none_or(|since| at >= since) && until.is_none_or(|until| at < until)
        };
        within(self.created, created_us) && within(self.updated, updated_us)
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
    fn stretches_of_time_end_before_their_ends() {
        let times = Times { created: (Some(10), Some(20)), updated: (Some(15), None) };
        for (created, updated, taken) in [(10, 15, true), (20, 30, false), (9, 15, false), (12, 14, false)] {
            assert_eq!(times.take(created, updated), taken, "{created} {updated}");
        }
        assert!(Times::default().take(0, 0));
    }

    #[test]
    fn views_name_known_states_and_orders() {
        for (filter, pointer) in [
            (json!({"states": ["live"], "tags": ["spring"], "sort": "next_launch", "descending": true}), None),
            (json!({"states": ["live", "alive"]}), Some("/filter/states/1")),
            (json!({"channels": ["email"], "dimensions": ["people"], "sort": "created"}), None),
            (json!({"created_since": "now-30d", "created_until": "2026-12-01T09:00:00Z"}), None),
            (json!({"updated_since": "2026-12-01", "updated_until": "soon"}), Some("/filter/updated_until")),
            (json!({"sort": "size"}), Some("/filter/sort")),
            (json!({"tag": "x"}), Some("/filter/tag")),
        ] {
            let mut problems = Vec::new();
            View::read("v", &json!({"list": "campaigns", "filter": filter}), &mut problems);
            assert_eq!(problems.first().map(|problem| problem.pointer.as_str()), pointer, "{problems:?}");
        }
    }
}
