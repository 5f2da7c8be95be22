//! Differences in a marketer's words: rules and schedules as sentences, settings by what they are called.

use std::collections::BTreeSet;

use serde_json::Value;
use tutti_model::bind::{self, Scope};
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_model::date_math::{self, Moment};
use tutti_model::document::{Document, Spec};
use tutti_model::rule::Rule;
use tutti_model::schedule::Schedule;
use tutti_model::table::Column;

use super::shown;

/// What is said of each side of a comparison.
pub(super) struct Wording<'a> {
    catalog: &'a Catalog,
    moment: Moment,
    before: Side<'a>,
    after: Side<'a>,
}

struct Side<'a> {
    document: &'a Value,
    campaign: Option<Campaign>,
    validation: Option<tutti_activities::Validation>,
}

impl<'a> Side<'a> {
    fn new(document: &'a Value, catalog: &Catalog, moment: &Moment) -> Self {
        let campaign = match Document::read(document, &mut Vec::new()).map(|document| document.spec) {
            Some(Spec::Campaign(campaign)) => Some(campaign),
            _ => None,
        };
        let validation = campaign.as_ref().map(|campaign| tutti_activities::validate(campaign, catalog, moment));
        Self { document, campaign, validation }
    }

    fn activity(&self, id: &str) -> Option<&'a Value> {
        let activities = self.document.pointer("/canvas/activities").and_then(Value::as_array)?;
        activities.iter().find(|activity| activity["id"] == id)
    }

    /// The table that the rules of an activity are over, and the columns that rows carry there.
    fn scope(&self, id: &str, catalog: &Catalog) -> Option<(String, Vec<Column>)> {
        let own = self.activity(id)?.get("dimension").and_then(Value::as_str);
        let table = |dimension: &str| Some(catalog.dimension_table(dimension)?.1.name.clone());
        if let Some(table) = own.and_then(table) {
            return Some((table, Vec::new()));
        }
        let inbound = self.campaign.as_ref()?.canvas.inbound(id).next()?;
        let shape = self.validation.as_ref()?.shapes.get(&inbound.from)?.get(&inbound.port)?;
        Some((table(&shape.dimension)?, shape.added.clone()))
    }

    fn schedule_words(&self) -> String {
        let zone = self.document.get("time_zone").and_then(Value::as_str).unwrap_or("UTC");
        match self.document.get("schedule") {
            None => Schedule::default().words(zone),
            Some(value) => match Schedule::read(value, "", &mut Vec::new()) {
                Some(schedule) => schedule.words(zone),
                None => shown(value),
            },
        }
    }
}

impl<'a> Wording<'a> {
    pub(super) fn new(before: &'a Value, after: &'a Value, catalog: &'a Catalog, moment: Moment) -> Self {
        let side = |document| Side::new(document, catalog, &moment);
        Self { before: side(before), after: side(after), catalog, moment }
    }

    /// The change of the schedule, or of its zone.
    pub(super) fn schedule(&self) -> String {
        format!("the schedule was: {}; it is now: {}", self.before.schedule_words(), self.after.schedule_words())
    }

    /// The changes of an activity's settings.
    pub(super) fn activity(&self, id: &str) -> Option<String> {
        let (before, after) = (self.before.activity(id)?.as_object()?, self.after.activity(id)?.as_object()?);
        let names: Vec<&String> = after.keys().chain(before.keys().filter(|name| !after.contains_key(*name))).collect();
        let changed = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
        let words: Vec<String> =
            changed.flat_map(|name| self.setting(id, name, before.get(name), after.get(name))).collect();
        let called = after.get("label").or_else(|| before.get("label")).and_then(Value::as_str);
        let kind = after.get("type").and_then(Value::as_str).unwrap_or_default();
        let kind = tutti_activities::registry::find(kind).map_or(kind, |kind| kind.label());
        let called = called.map_or_else(|| kind.to_owned(), |label| format!("{label}, {kind}"));
        (!words.is_empty()).then(|| format!("the activity `{id}` ({called}): {}", words.join("; ")))
    }

    fn setting(&self, id: &str, name: &str, before: Option<&Value>, after: Option<&Value>) -> Vec<String> {
        let called = spoken(name);
        match name {
            "label" => return vec![renamed(before, after)],
            "notes" => return vec!["its notes were changed".to_owned()],
            "enabled" => {
                let off = after.is_some_and(|value| *value == false);
                return vec![if off { "it is switched off" } else { "it is switched on" }.to_owned()];
            }
            "breakpoint" => {
                let pauses = after.is_some_and(|value| *value == true);
                return vec![
                    if pauses { "the run pauses before it" } else { "the run pauses no more before it" }.into(),
                ];
            }
            "html" | "mjml" | "text" => return vec![message_words(name, before, after)],
            _ => {}
        }
        if [before, after].into_iter().flatten().any(is_rule) {
            return vec![self.rule(id, &called, before, after)];
        }
        match (before, after) {
            (Some(Value::Array(old)), Some(Value::Array(new))) if named(old) && named(new) => {
                self.items(id, &called, old, new)
            }
            (Some(Value::Array(old)), Some(Value::Array(new))) if plain(old) && plain(new) => {
                list_words(&called, old, new)
            }
            (Some(Value::Object(old)), Some(Value::Object(new))) => {
                let names = new.keys().chain(old.keys().filter(|name| !new.contains_key(*name)));
                let changed = names.filter(|name| old.get(*name) != new.get(*name));
                let inner = changed.flat_map(|name| self.setting(id, name, old.get(name), new.get(name)));
                inner.map(|words| format!("in the {called}, {words}")).collect()
            }
            (None, Some(after)) => vec![format!("the {called} is now {}", shown(after))],
            (Some(before), None) => vec![format!("the {called} was {} and is gone", shown(before))],
            (Some(before), Some(after)) => {
                vec![format!("the {called} was {} and is now {}", shown(before), shown(after))]
            }
            (None, None) => Vec::new(),
        }
    }

    fn rule(&self, id: &str, called: &str, before: Option<&Value>, after: Option<&Value>) -> String {
        let words = |side: &Side<'_>, rule: Option<&Value>| match rule {
            None => "everybody".to_owned(),
            Some(rule) => self.rule_words(side, id, rule).unwrap_or_else(|| shown(rule)),
        };
        let (before, after) = (words(&self.before, before), words(&self.after, after));
        format!("the {called} was: {before}; it is now: {after}")
    }

    fn rule_words(&self, side: &Side<'_>, id: &str, rule: &Value) -> Option<String> {
        let (table, added) = side.scope(id, self.catalog)?;
        let mut moment = self.moment.clone();
        if let Some(campaign) = &side.campaign {
            moment.variables = campaign.declared_variables();
        }
        let scope = Scope { table: &table, added: &added };
        let bound = bind::bind(&Rule(rule.clone()), scope, self.catalog, &moment, "", &mut Vec::new())?;
        Some(with_date_math(bind::words(&bound), rule, &moment))
    }

    /// Members of a list that have names: those that came, went and changed.
    fn items(&self, id: &str, called: &str, before: &[Value], after: &[Value]) -> Vec<String> {
        let one = singular(called);
        let mut words = Vec::new();
        for item in after {
            match before.iter().find(|old| name_of(old) == name_of(item)) {
                None => words.push(format!("the {one} `{}` was added", name_of(item))),
                Some(old) if old != item => {
                    for inner in self.setting(id, &one, Some(old), Some(item)) {
                        let inner =
                            inner.strip_prefix(&format!("in the {}, ", spoken(&one))).unwrap_or(&inner).to_owned();
                        words.push(format!("in the {one} `{}`, {inner}", name_of(item)));
                    }
                }
                Some(_) => {}
            }
        }
        let gone = before.iter().filter(|old| !after.iter().any(|item| name_of(item) == name_of(old)));
        words.extend(gone.map(|old| format!("the {one} `{}` was removed", name_of(old))));
        if words.is_empty() {
            words.push(format!("the {called} stand in another order"));
        }
        words
    }
}

/// The words of a rule with its date math as it is written, in place of the moments that it means just now.
fn with_date_math(words: String, rule: &Value, moment: &Moment) -> String {
    let mut written = BTreeSet::new();
    collect_date_math(rule, &mut written);
    let meant = |text: &&str| Some(((*text).to_owned(), date_math::instant(text, moment).ok()?));
    let meant: Vec<_> = written.iter().filter_map(|text| meant(&text.as_str())).collect();
    let words = meant.iter().fold(words, |words, (text, at)| words.replace(&at.timestamp().to_string(), text));
    meant.iter().fold(words, |words, (text, at)| {
        let date = at.date().to_string();
        // The beginning of another moment is no date.
        let parts: Vec<&str> = words.split(&date).collect();
        let mut whole = parts.first().copied().unwrap_or_default().to_owned();
        for part in parts.iter().skip(1) {
            whole.push_str(if part.starts_with('T') { &date } else { text });
            whole.push_str(part);
        }
        whole
    })
}

fn collect_date_math(value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::String(text) if text.starts_with("now") || text.contains("||") => drop(found.insert(text.clone())),
        Value::Array(items) => items.iter().for_each(|item| collect_date_math(item, found)),
        Value::Object(members) => members.values().for_each(|member| collect_date_math(member, found)),
        _ => {}
    }
}

/// The name of a setting as people say it.
pub(super) fn spoken(name: &str) -> String {
    match name {
        "where" => "rule".to_owned(),
        "by" => "fields to compare by".to_owned(),
        "add" => "added columns".to_owned(),
        "on_error" => "way with errors".to_owned(),
        "send" => "way of sending".to_owned(),
        "time_zone" => "time zone".to_owned(),
        name => name.replace('_', " "),
    }
}

fn singular(called: &str) -> String {
    called.strip_suffix('s').unwrap_or(called).to_owned()
}

fn renamed(before: Option<&Value>, after: Option<&Value>) -> String {
    match (before, after) {
        (Some(before), Some(after)) => format!("it was called {} and is now called {}", shown(before), shown(after)),
        (None, Some(after)) => format!("it is now called {}", shown(after)),
        (Some(before), None) => format!("it was called {} and has no name any more", shown(before)),
        (None, None) => "it has no name".to_owned(),
    }
}

/// Long texts are not shown; how much of them changed is.
fn message_words(name: &str, before: Option<&Value>, after: Option<&Value>) -> String {
    let called = if name == "text" { "plain text of the message" } else { "message" };
    let lines = |value: Option<&Value>| -> BTreeSet<String> {
        value.and_then(Value::as_str).unwrap_or_default().lines().map(|line| line.trim().to_owned()).collect()
    };
    let (old, new) = (lines(before), lines(after));
    let (came, went) = (new.difference(&old).count(), old.difference(&new).count());
    match (before, after) {
        (None, _) => format!("it has a {called} now"),
        (_, None) => format!("it has no {called} any more"),
        _ if came + went == 0 => format!("the {called} was put in another order"),
        _ => format!("the {called} was changed: {came} lines are new, {went} are gone"),
    }
}

pub(super) fn list_words(called: &str, before: &[Value], after: &[Value]) -> Vec<String> {
    let shown = |values: Vec<&Value>| values.into_iter().map(shown).collect::<Vec<_>>().join(", ");
    let came: Vec<&Value> = after.iter().filter(|value| !before.contains(value)).collect();
    let went: Vec<&Value> = before.iter().filter(|value| !after.contains(value)).collect();
    let mut words = Vec::new();
    if !came.is_empty() {
        words.push(format!("the {called} have {} more", shown(came)));
    }
    if !went.is_empty() {
        words.push(format!("the {called} are without {}", shown(went)));
    }
    if words.is_empty() {
        words.push(format!("the {called} stand in another order"));
    }
    words
}

fn is_rule(value: &Value) -> bool {
    let has = |name: &str| value.get(name).is_some();
    has("combinator")
        || (has("filter") && value["filter"].is_string())
        || (has("operator") && (has("field") || has("audience") || has("expression")))
        || (has("match") && has("field"))
}

fn name_of(item: &Value) -> &str {
    item.get("id").or_else(|| item.get("name")).and_then(Value::as_str).unwrap_or_default()
}

fn named(items: &[Value]) -> bool {
    let names: BTreeSet<&str> = items.iter().map(name_of).collect();
    names.len() == items.len() && !names.contains("")
}

fn plain(items: &[Value]) -> bool {
    items.iter().all(|item| !item.is_object() && !item.is_array())
}
