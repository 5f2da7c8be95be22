//! What differs between two versions of a campaign, in the marketer's words: activities, transitions, schedule,
//! variables and the rest, with the fields that changed.

mod wording;

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;

use crate::error::Result;
use crate::workspace::Workspace;
use wording::{Wording, list_words, spoken};

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
    #[boxed]
    pub async fn compare_campaign(&self, name: &str, from: Option<i64>, to: Option<i64>) -> Result<Comparison> {
        let ((from, before), (to, after)) = self.two_versions(name, from, to).await?;
        let catalog = self.catalog().await?;
        let differences = worded(&before, &after, &catalog, self.moment_utc());
        Ok(Comparison { campaign: name.to_owned(), from, to, differences })
    }
}

/// The fields in which two documents of one kind differ.
pub(crate) fn field_changes(before: &Value, after: &Value) -> Vec<FieldChange> {
    fields_of(Some(before), Some(after)).unwrap_or_default()
}

/// The differences between two campaign documents, with rules and schedules as sentences.
fn worded(before: &Value, after: &Value, catalog: &Catalog, moment: Moment) -> Vec<Difference> {
    let wording = Wording::new(before, after, catalog, moment);
    let mut found = differences(before, after);
    for difference in found.iter_mut().filter(|difference| difference.change == "changed") {
        let words = match difference.what.as_str() {
            "activity" => wording.activity(&difference.name),
            "schedule" => Some(wording.schedule()),
            // Tags are told as a whole: which is which of a list cannot be told from its places.
            "property" => match (&before[&difference.name], &after[&difference.name]) {
                (Value::Array(before), Value::Array(after)) => {
                    Some(list_words(&spoken(&difference.name), before, after).join("; "))
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(words) = words {
            difference.words = words;
        }
    }
    found
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
        "changed" if what == "property" => property_words(name, &fields),
        "added" if what == "property" => {
            format!("the {} is now {}", spoken(name), value.map_or_else(String::new, shown))
        }
        "changed" => format!("{called}: {}", fields.iter().map(field_words).collect::<Vec<_>>().join("; ")),
        change => format!("{called} was {change}"),
    };
    Difference { what: what.to_owned(), change: change.to_owned(), name: name.to_owned(), words, fields }
}

/// Properties are single values, or lists such as tags.
fn property_words(name: &str, fields: &[FieldChange]) -> String {
    let called = spoken(name);
    let words = fields.iter().map(|field| match (&field.before, &field.after) {
        (Some(before), Some(after)) => format!("the {called} was {} and is now {}", shown(before), shown(after)),
        _ => format!("the {called}: {}", field_words(field)),
    });
    words.collect::<Vec<_>>().join("; ")
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
    use tutti_model::document::Document;

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
                "the label was \"Winback\" and is now \"Win back\"",
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

    #[test]
    fn changes_are_told_in_a_marketers_words() {
        let table = json!({"kind": "table", "name": "people", "primary_key": ["id"], "columns": [
            {"name": "id", "type": "integer", "required": true}, {"name": "city", "type": "string"},
            {"name": "at", "type": "timestamp"}, {"name": "born", "type": "date"}]});
        let dimension = json!({"kind": "dimension", "name": "people", "table": "people", "identity": "id"});
        let mut problems = Vec::new();
        let read = [&table, &dimension].map(|body| Document::read(body, &mut problems).unwrap());
        let catalog = Catalog::build(read, &mut problems);
        let rule =
            |city: &str| json!({"combinator": "and", "rules": [{"field": "city", "operator": "=", "value": city}]});
        let before = json!({
            "kind": "campaign", "name": "c", "time_zone": "Europe/Paris", "tags": ["a", "b"],
            "schedule": {"type": "daily", "at": "09:00"},
            "canvas": {
                "activities": [
                    {"id": "who", "type": "build-audience", "dimension": "people", "where": rule("Lyon")},
                    {"id": "ab", "type": "split", "subsets": [{"id": "a", "limit": {"percent": 50}}, {"id": "b", "where": rule("Nice")}]},
                    {"id": "pause", "type": "wait", "label": "Pause", "duration": "3d"},
                    {"id": "mail", "type": "email", "channel": "mail", "subject": "Hello", "html": "<p>a</p>\n<p>b</p>"},
                ],
                "transitions": [{"from": "who", "to": "ab"}, {"from": "ab.a", "to": "pause"}, {"from": "pause", "to": "mail"}],
            },
        });
        let mut after = before.clone();
        after["schedule"] = json!({"type": "weekly", "on": ["monday"], "at": "09:00"});
        after["tags"] = json!(["b", "c"]);
        let activities = after["canvas"]["activities"].as_array_mut().unwrap();
        activities[0]["where"] = rule("Paris");
        activities[1]["subsets"] =
            json!([{"id": "a", "limit": {"percent": 20}}, {"id": "b", "where": rule("Brest")}, {"id": "c"}]);
        activities[2]["duration"] = json!("4d");
        activities[2]["enabled"] = json!(false);
        activities[3]["html"] = json!("<p>a</p>\n<p>c</p>");
        activities[3]["label"] = json!("Mail");
        let since = |at: &str, born: &str| {
            json!({"combinator": "and", "rules": [
            {"field": "at", "operator": ">=", "value": at}, {"field": "born", "operator": "<", "value": born}]})
        };
        let mut renewed = before.clone();
        renewed["canvas"]["activities"][0]["where"] = since("now-30d", "now-18y/y");
        let mut again = renewed.clone();
        again["canvas"]["activities"][0]["where"] = since("now-60d", "now-18y/y");
        let moment = Moment::utc("2026-03-15T10:20:30Z".parse().unwrap());
        let dates = worded(&renewed, &again, &catalog, moment).remove(0).words;
        assert!(
            dates.contains("at is at least now-30d and born is less than now-18y/y; it is now: at is at least now-60d"),
            "{dates}"
        );
        let found = worded(&before, &after, &catalog, Moment::utc(jiff::Timestamp::UNIX_EPOCH));
        let words: Vec<String> = found.into_iter().map(|found| found.words).collect();
        assert_eq!(
            words,
            [
                "the activity `who` (Build audience): the rule was: city is \"Lyon\"; it is now: city is \"Paris\"",
                "the activity `ab` (Split): in the subset `a`, in the limit, the percent was 50 and is now 20; in the \
                 subset `b`, the rule was: city is \"Nice\"; it is now: city is \"Brest\"; the subset `c` was added",
                "the activity `pause` (Pause, Wait): the duration was \"3d\" and is now \"4d\"; it is switched off",
                "the activity `mail` (Mail, E-mail): the message was changed: 1 lines are new, 1 are gone; it is now \
                 called \"Mail\"",
                "the schedule was: every day at 09:00 (Europe/Paris); it is now: every week on Monday at 09:00 \
                 (Europe/Paris)",
                "the tags have \"c\" more; the tags are without \"a\"",
            ],
        );
    }
}
