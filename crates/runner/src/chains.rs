//! Campaigns that signal each other: an end activity names the campaigns that it signals.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tutti_engine::campaign::find_circle;
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_model::file_pattern::may_mean;
use tutti_model::problem::{DocumentRef, Problem};
use tutti_model::schedule::{Overlap, SignalSource};

use crate::life::signal_rule;

/// What is wrong with the signals between campaigns beyond each one, which its activity checks: circles, and tables that
/// are none.
pub(crate) fn check(catalog: &Catalog) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut signals: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for campaign in catalog.campaigns.values() {
        let document = DocumentRef { kind: "campaign".to_owned(), name: campaign.name.clone() };
        if let Some(SignalSource::Table(table)) = signal_rule(campaign).and_then(|rule| rule.on)
            && catalog.table(table).is_none()
        {
            let message = format!("there is no table `{table}`");
            let problem = Problem::error("missing_table", "/schedule/on/table", message)
                .did_you_mean(table, catalog.tables.keys().map(String::as_str));
            problems.push(Problem { document: Some(document.clone()), ..problem });
        }
        if let Some(SignalSource::File(pattern)) = signal_rule(campaign).and_then(|rule| rule.on)
            && campaign.schedule.overlap == Overlap::Skip
        {
            let message = format!("a file `{pattern}` that comes while a run is going starts none");
            let problem =
                Problem::warning("files_may_be_skipped", "/schedule/overlap", message).hint("set `overlap: queue`");
            problems.push(Problem { document: Some(document.clone()), ..problem });
        }
        let targets = signals_of(campaign).chain(started_by(campaign, catalog));
        signals.entry(campaign.name.clone()).or_default().extend(targets.map(str::to_owned));
    }
    if let Some(circle) = find_circle(&signals) {
        let name = circle.campaigns.first().cloned().unwrap_or_default();
        let problem = Problem::error("signal_circle", "/canvas/activities", circle.to_string())
            .hint("a circle would run for ever: remove one of these signals, or write to another table or file than the one whose change starts the next");
        problems.push(Problem { document: Some(DocumentRef { kind: "campaign".to_owned(), name }), ..problem });
    }
    problems
}

/// Campaigns with all that their ends signal, directly or over others.
pub(crate) fn reached<'a>(catalog: &Catalog, from: impl IntoIterator<Item = &'a String>) -> BTreeSet<String> {
    let mut open: Vec<String> = from.into_iter().cloned().collect();
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(campaign) = catalog.campaigns.get(&name) {
            open.extend(signals_of(campaign).filter(|name| !reached.contains(*name)).map(str::to_owned));
        }
        reached.insert(name);
    }
    reached
}

/// The other campaigns that a campaign signals. That it does not signal itself is checked with the activity.
fn signals_of(campaign: &Campaign) -> impl Iterator<Item = &str> {
    let ends = campaign.canvas.activities.iter().filter(|node| node.kind == "end" && node.enabled);
    ends.flat_map(|node| {
        let signals = node.settings.get("signals").and_then(Value::as_array);
        let names = signals.into_iter().flatten().filter_map(|signal| signal.get("campaign")?.as_str());
        names.filter(|name| *name != campaign.name)
    })
}

/// The campaigns that start when a table changes, or a file comes, that this campaign writes; itself among them.
fn started_by<'a>(campaign: &'a Campaign, catalog: &'a Catalog) -> impl Iterator<Item = &'a str> {
    let written = |kind: &'static str, setting: &'static str| {
        let nodes = campaign.canvas.activities.iter().filter(move |node| node.kind == kind && node.enabled);
        nodes.filter_map(move |node| node.settings.get(setting)?.as_str())
    };
    let tables: BTreeSet<&str> = written("update-data", "table").collect();
    let files: Vec<String> = written("extract-file", "path").map(with_holes).collect();
    catalog.campaigns.values().filter_map(move |other| {
        let starts = match signal_rule(other)?.on? {
            SignalSource::Table(table) => tables.contains(table.as_str()),
            SignalSource::File(pattern) => files.iter().any(|file| may_mean(pattern, file)),
        };
        starts.then_some(other.name.as_str())
    })
}

/// The name of a file with `*` for each part that is computed.
fn with_holes(template: &str) -> String {
    let mut parts = template.split("{{");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| name + "*" + part.split_once("}}").map_or("", |(_, rest)| rest))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use serde_json::json;

    use super::*;

    fn catalog(campaigns: &[(&str, &str, &[&str])]) -> Catalog {
        let mut catalog = Catalog::default();
        for (name, schedule, targets) in campaigns {
            let signals: Vec<Value> = targets.iter().map(|target| json!({"campaign": target})).collect();
            let document = json!({
                "schedule": {"type": schedule},
                "canvas": {"activities": [{"id": "done", "type": "end", "signals": signals}]},
            });
            let mut problems = Vec::new();
            let campaign = Campaign::read(name, &document, &mut problems);
            assert!(problems.is_empty(), "{problems:?}");
            catalog.campaigns.insert((*name).to_owned(), Arc::new(campaign.unwrap()));
        }
        catalog
    }

    #[test]
    fn chains_form_no_circle() {
        for (campaigns, expected) in [
            (&[("a", "asap", &["b"][..]), ("b", "signal", &[])][..], None),
            (&[("a", "signal", &["a"])], None),
            (&[("a", "signal", &["b"]), ("b", "signal", &["a"])], Some(("signal_circle", "/canvas/activities"))),
        ] {
            let problems = check(&catalog(campaigns));
            let found = problems.first().map(|problem| (problem.code.as_str(), problem.pointer.as_str()));
            assert_eq!((found, problems.len()), (expected, usize::from(expected.is_some())), "{problems:?}");
        }
    }

    #[test]
    fn what_starts_by_what_it_writes_is_a_circle() {
        let campaign = |on: Value, activity: Value| json!({"schedule": {"type": "signal", "on": on}, "canvas": {"activities": [activity]}});
        let update = |table: &str| json!({"id": "a", "type": "update-data", "table": table});
        let extract = |path: &str| json!({"id": "a", "type": "extract-file", "path": path});
        let table = |name: &str| json!({"table": name});
        let file = |pattern: &str| json!({"file": pattern});
        for (campaigns, circle) in [
            (vec![campaign(table("t"), update("t"))], true),
            (vec![campaign(table("t"), update("u"))], false),
            (vec![campaign(table("t"), update("u")), campaign(table("u"), update("t"))], true),
            (vec![campaign(file("in/*.csv"), extract("in/{{ now }}.csv"))], true),
            (vec![campaign(file("in/*.csv"), extract("out/{{ now }}.csv"))], false),
            (vec![campaign(file("in/*.csv"), extract("{{ folder }}/a.csv"))], true),
            (vec![campaign(file("in/a?.csv"), extract("in/a1.csv")), campaign(table("t"), update("t2"))], true),
        ] {
            let mut catalog = Catalog::default();
            for (index, document) in campaigns.iter().enumerate() {
                let name = format!("c{index}");
                let read = Campaign::read(&name, document, &mut Vec::new()).unwrap();
                catalog.campaigns.insert(name, Arc::new(read));
            }
            let found = check(&catalog).iter().any(|problem| problem.code == "signal_circle");
            assert_eq!(found, circle, "{campaigns:?}");
        }
    }
}
