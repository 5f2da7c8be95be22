//! What differs between two versions of a campaign, in the marketer's words: activities, transitions, schedule,
//! variables and the rest, with the fields that changed.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::error::Result;
use crate::workspace::Workspace;

/// Texts in sentences are cut after so many characters.
const SHOWN_CHARS_MAX: usize = 60;

/// What differs between two versions of a campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    pub campaign: String,
    pub from: i64,
    pub to: i64,
    pub differences: Vec<Difference>,
}

/// One thing that was added, removed or changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Difference {
    /// `activity`, `transition`, `schedule`, `variable`, `property` or `layout`.
    pub what: String,
    /// `added`, `removed` or `changed`.
    pub change: String,
    /// The activity's id, the transition's ends, the variable's or property's name.
    pub name: String,
    /// The whole of it in one sentence.
    pub words: String,
    /// For something that was changed: its fields.
    pub fields: Vec<FieldChange>,
}

/// A field that changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Such as `where.rules[0].value`.
    pub path: String,
    /// `None`: it was not there.
    pub before: Option<Value>,
    /// `None`: it is not there any more.
    pub after: Option<Value>,
}

impl Workspace {
    /// What differs between two versions of a campaign: by default, what the newest changes in the one in force, or in
    /// the one before where it is in force itself.
    pub async fn compare_campaign(&self, name: &str, from: Option<i64>, to: Option<i64>) -> Result<Comparison> {
        let ((from, before), (to, after)) = self.two_versions(name, from, to).await?;
        Ok(Comparison { campaign: name.to_owned(), from, to, differences: differences(&before, &after) })
    }
}

/// The differences between two campaign documents, in the order of the canvas.
pub(crate) fn differences(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    things("activity", &activities(before), &activities(after), &mut found);
    things("transition", &transitions(before), &transitions(after), &mut found);
    if let Some(fields) = fields_of(before.get("schedule"), after.get("schedule")) {
        found.push(difference("schedule", "changed", "schedule", None, fields));
    }
    things("variable", &members(before.get("variables")), &members(after.get("variables")), &mut found);
    let rest = |document: &Value| {
        let mut rest = members(Some(document));
        rest.retain(|(name, _)| !["kind", "name", "canvas", "schedule", "variables"].contains(&name.as_str()));
        rest
    };
    things("property", &rest(before), &rest(after), &mut found);
    let layout = |document: &Value| document.pointer("/canvas/positions").cloned();
    if layout(before) != layout(after) {
        found.push(Difference {
            what: "layout".to_owned(),
            change: "changed".to_owned(),
            name: "canvas".to_owned(),
            words: "activities were moved on the canvas".to_owned(),
            fields: Vec::new(),
        });
    }
    found
}

type Named = Vec<(String, Value)>;

/// Compares things by their names.
fn things(what: &str, before: &Named, after: &Named, found: &mut Vec<Difference>) {
    let old: BTreeMap<&str, &Value> = before.iter().map(|(name, value)| (name.as_str(), value)).collect();
    let new: BTreeMap<&str, &Value> = after.iter().map(|(name, value)| (name.as_str(), value)).collect();
    for (name, value) in after {
        match old.get(name.as_str()) {
            None => found.push(difference(what, "added", name, Some(value), Vec::new())),
            Some(was) => {
                if let Some(fields) = fields_of(Some(was), Some(value)) {
                    found.push(difference(what, "changed", name, Some(value), fields));
                }
            }
        }
    }
    for (name, value) in before.iter().filter(|(name, _)| !new.contains_key(name.as_str())) {
        found.push(difference(what, "removed", name, Some(value), Vec::new()));
    }
}

fn difference(what: &str, change: &str, name: &str, value: Option<&Value>, fields: Vec<FieldChange>) -> Difference {
    let text = |field: &str| value.and_then(|value| value.get(field)).and_then(Value::as_str);
    let called = match (what, text("label"), text("type")) {
        ("schedule", ..) => "the schedule".to_owned(),
        ("activity", Some(label), Some(kind)) => format!("the activity `{name}` ({label}, {kind})"),
        ("activity", None, Some(kind)) => format!("the activity `{name}` ({kind})"),
        _ => format!("the {what} `{name}`"),
    };
    let words = match change {
        "changed" => format!("{called}: {}", fields.iter().map(field_words).collect::<Vec<_>>().join("; ")),
        change => format!("{called} was {change}"),
    };
    Difference { what: what.to_owned(), change: change.to_owned(), name: name.to_owned(), words, fields }
}

fn field_words(field: &FieldChange) -> String {
    let path = if field.path.is_empty() { "it".to_owned() } else { format!("`{}`", field.path) };
    match (&field.before, &field.after) {
        (None, Some(after)) => format!("{path} is now {}", shown(after)),
        (Some(before), None) => format!("{path} was {} and is gone", shown(before)),
        (Some(before), Some(after)) => format!("{path} was {} and is now {}", shown(before), shown(after)),
        (None, None) => path,
    }
}

fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(SHOWN_CHARS_MAX) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text,
    }
}

/// The fields in which two values differ; `None` where they are equal.
fn fields_of(before: Option<&Value>, after: Option<&Value>) -> Option<Vec<FieldChange>> {
    let mut fields = Vec::new();
    walk("", before, after, &mut fields);
    (!fields.is_empty()).then_some(fields)
}

fn walk(path: &str, before: Option<&Value>, after: Option<&Value>, fields: &mut Vec<FieldChange>) {
    if before == after {
        return;
    }
    match (before, after) {
        (Some(Value::Object(old)), Some(Value::Object(new))) => {
            let names = new.keys().chain(old.keys().filter(|name| !new.contains_key(*name)));
            for name in names {
                let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
                walk(&path, old.get(name), new.get(name), fields);
            }
        }
        // Lists of one length differ in their members; others as a whole, because which is which cannot be told.
        (Some(Value::Array(old)), Some(Value::Array(new))) if old.len() == new.len() => {
            for (index, (old, new)) in old.iter().zip(new).enumerate() {
                walk(&format!("{path}[{index}]"), Some(old), Some(new), fields);
            }
        }
        _ => fields.push(FieldChange { path: path.to_owned(), before: before.cloned(), after: after.cloned() }),
    }
}

fn activities(document: &Value) -> Named {
    let activities = document.pointer("/canvas/activities").and_then(Value::as_array);
    let named = |activity: &Value| Some((activity.get("id")?.as_str()?.to_owned(), activity.clone()));
    activities.into_iter().flatten().filter_map(named).collect()
}

fn transitions(document: &Value) -> Named {
    let transitions = document.pointer("/canvas/transitions").and_then(Value::as_array);
    let named = |transition: &Value| {
        let end = |name: &str| transition.get(name).and_then(Value::as_str);
        Some((format!("{} -> {}", end("from")?, end("to")?), transition.clone()))
    };
    transitions.into_iter().flatten().filter_map(named).collect()
}

fn members(value: Option<&Value>) -> Named {
    let members = value.and_then(Value::as_object);
    members.into_iter().flatten().map(|(name, value)| (name.clone(), value.clone())).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn differences_are_told_by_activity_and_field() {
        let before = json!({
            "kind": "campaign", "name": "c", "label": "Winback", "schedule": {"type": "daily", "at": "09:00"},
            "variables": {"least": 3},
            "canvas": {
                "activities": [
                    {"id": "who", "type": "build-audience", "where": {"rules": [{"field": "a", "value": 1}]}},
                    {"id": "mail", "type": "email", "subject": "Hello"},
                    {"id": "old", "type": "end"},
                ],
                "transitions": [{"from": "who", "to": "mail"}, {"from": "mail", "to": "old"}],
                "positions": {"who": {"x": 0, "y": 0}},
            },
        });
        let mut after = before.clone();
        after["schedule"]["at"] = json!("10:00");
        after["label"] = json!("Win back");
        after["variables"] = json!({"most": 4});
        after["canvas"]["activities"][0]["where"]["rules"][0]["value"] = json!(2);
        after["canvas"]["activities"][2] = json!({"id": "done", "type": "end", "label": "Done"});
        after["canvas"]["transitions"][1]["to"] = json!("done");
        after["canvas"]["positions"]["who"]["x"] = json!(9);
        let words: Vec<String> = differences(&before, &after).into_iter().map(|found| found.words).collect();
        assert_eq!(
            words,
            [
                "the activity `who` (build-audience): `where.rules[0].value` was 1 and is now 2",
                "the activity `done` (Done, end) was added",
                "the activity `old` (end) was removed",
                "the transition `mail -> done` was added",
                "the transition `mail -> old` was removed",
                "the schedule: `at` was \"09:00\" and is now \"10:00\"",
                "the variable `most` was added",
                "the variable `least` was removed",
                "the property `label`: it was \"Winback\" and is now \"Win back\"",
                "activities were moved on the canvas",
            ],
        );
        assert_eq!(differences(&before, &before), []);
    }

    #[test]
    fn long_values_are_cut_and_lists_that_grow_are_shown_whole() {
        let before = json!({"canvas": {"activities": [{"id": "a", "type": "x", "html": "é".repeat(100), "by": [1]}]}});
        let mut after = before.clone();
        after["canvas"]["activities"][0]["html"] = json!("short");
        after["canvas"]["activities"][0]["by"] = json!([1, 2]);
        let found = differences(&before, &after);
        assert_eq!(found[0].fields.len(), 2);
        assert!(found[0].words.contains("é... and is now \"short\""), "{}", found[0].words);
        assert_eq!(found[0].fields[1].after, Some(json!([1, 2])));
    }
}
