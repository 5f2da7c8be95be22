//! Campaigns that signal each other: an end activity names the campaigns that it signals, and others start when a table
//! or a file changes that a campaign writes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;
use tutti_activities::{Category, registry};
use tutti_engine::campaign::find_circles;
use tutti_model::campaign::{ActivityNode, Campaign};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::file_pattern::may_mean;
use tutti_model::problem::{DocumentRef, Problem};
use tutti_model::schedule::{Overlap, SignalSource};
use tutti_model::{audience, builtin};

use crate::life::signal_rule;
use crate::together::Lives;

/// How one campaign starts another.
struct Start {
    campaign: String,
    activity: String,
    /// Where the activity is in the newest version; empty for an activity of an older one.
    pointer: String,
    /// The table or the file that it writes; `None` for a signal.
    written: Option<String>,
}

/// What is wrong with the signals between campaigns beyond each one, which its activity checks: circles, and tables that
/// are none. What is stopped or in the archive starts nothing.
pub(crate) fn check(catalog: &Catalog, lives: &Lives, moment: &Moment) -> Vec<Problem> {
    let mut problems = Vec::new();
    let of = |name: &str| DocumentRef { kind: "campaign".to_owned(), name: name.to_owned() };
    for campaign in catalog.campaigns.values() {
        if let Some(SignalSource::Table(table)) = signal_rule(campaign).and_then(|rule| rule.on)
            && catalog.table(table).is_none()
        {
            let message = format!("there is no table `{table}`");
            let problem = Problem::error("missing_table", "/schedule/on/table", message)
                .did_you_mean(table, catalog.tables.keys().map(String::as_str));
            problems.push(Problem { document: Some(of(&campaign.name)), ..problem });
        }
        if let Some(SignalSource::File(pattern)) = signal_rule(campaign).and_then(|rule| rule.on)
            && campaign.schedule.overlap == Overlap::Skip
        {
            let message = format!("a file `{pattern}` that comes while a run is going starts none");
            let problem =
                Problem::warning("files_may_be_skipped", "/schedule/overlap", message).hint("set `overlap: queue`");
            problems.push(Problem { document: Some(of(&campaign.name)), ..problem });
        }
    }
    let starts = starts(catalog, lives, moment);
    let names = |starts: &Vec<Start>| starts.iter().map(|start| start.campaign.clone()).collect::<Vec<_>>();
    let signals = starts.iter().map(|(name, starts)| (name.clone(), names(starts))).collect();
    for circle in find_circles(&signals) {
        let [from, to, ..] = circle.campaigns.as_slice() else { continue };
        let Some(start) = starts.get(from).and_then(|starts| starts.iter().find(|start| start.campaign == *to)) else {
            continue;
        };
        let how = start.written.as_ref().map_or_else(String::new, |written| {
            format!("; `{}` writes `{written}`, and each change of it starts `{to}`", start.activity)
        });
        let problem = Problem::error("signal_circle", start.pointer.as_str(), format!("{circle}{how}")).hint(
            "a circle would run for ever: remove one of these signals, or write to another table or file than the one \
             whose change starts the next; what was sent can be asked for by a schedule with an incremental-query",
        );
        let activity = Some(start.activity.clone());
        problems.push(Problem { document: Some(of(from)), activity, ..problem });
    }
    problems
}

/// What each campaign starts, by name: in its newest version, and in those that are in force or will be.
fn starts(catalog: &Catalog, lives: &Lives, moment: &Moment) -> BTreeMap<String, Vec<Start>> {
    let newest = catalog.campaigns.values().map(|campaign| (&**campaign, true));
    let others = lives.versions.iter().filter(|living| living.is_launched()).map(|living| (&living.campaign, false));
    let goes = |campaign: &Campaign| !lives.put_away.contains_key(&campaign.name);
    let all: Vec<(&Campaign, bool)> = newest.chain(others).filter(|(campaign, _)| goes(campaign)).collect();
    let sources: Vec<(&str, &SignalSource)> = all
        .iter()
        .filter_map(|&(campaign, _)| Some((campaign.name.as_str(), signal_rule(campaign).and_then(|rule| rule.on)?)))
        .collect();
    // Only these ask who arrives at the activities that send.
    let of_messages = |on: &SignalSource| matches!(on, SignalSource::Table(table) if builtin::is_builtin(table));
    let messages = sources.iter().any(|(_, on)| of_messages(on)).then_some((catalog, moment));
    let mut starts: BTreeMap<String, Vec<Start>> = BTreeMap::new();
    for (campaign, is_newest) in all {
        let own = starts.entry(campaign.name.clone()).or_default();
        let mut add = |to: &str, node: &ActivityNode, written: Option<&str>| {
            own.push(Start {
                campaign: to.to_owned(),
                activity: node.id.clone(),
                pointer: if is_newest { node.pointer.clone() } else { String::new() },
                written: written.map(str::to_owned),
            });
        };
        for (to, node) in signals_of(campaign) {
            add(to, node, None);
        }
        if sources.is_empty() {
            continue;
        }
        for (node, written) in written(campaign, messages) {
            for (to, _) in sources.iter().filter(|(_, on)| written.changes(on)) {
                add(to, node, Some(written.name()));
            }
        }
    }
    starts
}

/// Campaigns with all that their ends signal, directly or over others.
pub(crate) fn reached<'a>(catalog: &Catalog, from: impl IntoIterator<Item = &'a String>) -> BTreeSet<String> {
    let mut open: Vec<String> = from.into_iter().cloned().collect();
    let mut reached = BTreeSet::new();
    while let Some(name) = open.pop() {
        if let Some(campaign) = catalog.campaigns.get(&name) {
            let signalled = signals_of(campaign).map(|(name, _)| name).filter(|name| !reached.contains(*name));
            open.extend(signalled.map(str::to_owned));
        }
        reached.insert(name);
    }
    reached
}

/// The other campaigns that a campaign signals, and by which activity. That it does not signal itself is checked with
/// the activity.
fn signals_of(campaign: &Campaign) -> impl Iterator<Item = (&str, &ActivityNode)> {
    let ends = campaign.canvas.activities.iter().filter(|node| node.kind == "end" && node.enabled);
    ends.flat_map(|node| {
        let signals = node.settings.get("signals").and_then(Value::as_array);
        let names = signals.into_iter().flatten().filter_map(|signal| signal.get("campaign")?.as_str());
        names.filter(|name| *name != campaign.name).map(move |name| (name, node))
    })
}

/// What an activity writes besides its populations.
enum Written {
    Table(String),
    /// With `*` for each part of the name that is computed.
    File(String),
}

impl Written {
    fn name(&self) -> &str {
        let (Self::Table(name) | Self::File(name)) = self;
        name
    }

    /// Whether it is something whose change is a signal.
    fn changes(&self, source: &SignalSource) -> bool {
        match (source, self) {
            (SignalSource::Table(table), Self::Table(written)) => table == written,
            (SignalSource::File(pattern), Self::File(file)) => may_mean(pattern, file),
            _ => false,
        }
    }
}

/// What a campaign writes that may start campaigns, by activity. What comes of its messages is only worked out with a
/// catalog.
fn written<'a>(campaign: &'a Campaign, messages: Option<(&Catalog, &Moment)>) -> Vec<(&'a ActivityNode, Written)> {
    let sends =
        |node: &ActivityNode| registry::find(&node.kind).is_some_and(|kind| kind.category() == Category::Channel);
    let shapes = match messages {
        Some((catalog, moment)) if campaign.canvas.activities.iter().any(|node| node.enabled && sends(node)) => {
            tutti_activities::validate(campaign, catalog, moment).shapes
        }
        _ => HashMap::new(),
    };
    let mut found = Vec::new();
    for node in campaign.canvas.activities.iter().filter(|node| node.enabled) {
        let setting = |name: &str| node.settings.get(name).and_then(Value::as_str);
        let tables: Vec<String> = match node.kind.as_str() {
            "update-data" => setting("table").map(str::to_owned).into_iter().collect(),
            "save-audience" => setting("audience").map(audience::table_name).into_iter().collect(),
            "extract-file" => {
                found.extend(setting("path").map(|path| (node, Written::File(with_holes(path)))));
                Vec::new()
            }
            _ if sends(node) => {
                let arrives = |from: &str, port: &str| shapes.get(from)?.get(port);
                let arrived = campaign.canvas.inbound(&node.id).find_map(|it| arrives(&it.from, &it.port));
                let table = arrived.zip(messages).and_then(|(shape, (catalog, _))| {
                    catalog.dimension_table(&shape.dimension).map(|(_, table)| table.name.as_str())
                });
                table.map_or_else(Vec::new, |table| vec![builtin::messages_table(table), builtin::events_table(table)])
            }
            _ => Vec::new(),
        };
        found.extend(tables.into_iter().map(|table| (node, Written::Table(table))));
    }
    found
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

    fn read(campaigns: &[(&str, Value)]) -> Catalog {
        let mut catalog = Catalog::default();
        for (name, document) in campaigns {
            let campaign = Campaign::read(name, document, &mut Vec::new()).unwrap();
            catalog.campaigns.insert((*name).to_owned(), Arc::new(campaign));
        }
        catalog
    }

    fn checked(catalog: &Catalog, lives: &Lives) -> Vec<Problem> {
        check(catalog, lives, &Moment::utc(jiff::Timestamp::UNIX_EPOCH))
    }

    /// The campaigns at which a circle is told.
    fn circles(catalog: &Catalog, lives: &Lives) -> Vec<String> {
        let problems = checked(catalog, lives).into_iter().filter(|problem| problem.code == "signal_circle");
        problems.filter_map(|problem| Some(problem.document?.name)).collect()
    }

    fn signals(schedule: &str, targets: &[&str]) -> Value {
        let signals: Vec<Value> = targets.iter().map(|target| json!({"campaign": target})).collect();
        json!({
            "schedule": {"type": schedule},
            "canvas": {"activities": [{"id": "done", "type": "end", "signals": signals}]},
        })
    }

    fn started(on: Value, activity: Value) -> Value {
        json!({"schedule": {"type": "signal", "on": on}, "canvas": {"activities": [activity]}})
    }

    #[test]
    fn chains_form_no_circle() {
        let chain = read(&[("a", signals("asap", &["b"])), ("b", signals("signal", &[]))]);
        assert_eq!(circles(&chain, &Lives::default()), [""; 0]);
        assert_eq!(circles(&read(&[("a", signals("signal", &["a"]))]), &Lives::default()), [""; 0]);
        let circle = read(&[("a", signals("signal", &["b"])), ("b", signals("signal", &["a"]))]);
        let problems = checked(&circle, &Lives::default());
        let told = |problem: &Problem| {
            let name = problem.document.as_ref().map(|document| document.name.clone());
            (problem.code.clone(), name, problem.activity.clone(), problem.pointer.clone())
        };
        let at = |name: &str| {
            let pointer = "/canvas/activities/0".to_owned();
            ("signal_circle".to_owned(), Some(name.to_owned()), Some("done".to_owned()), pointer)
        };
        assert_eq!(problems.iter().map(told).collect::<Vec<_>>(), [at("a"), at("b")]);
    }

    #[test]
    fn what_was_put_away_is_no_part_of_a_circle_and_what_is_in_force_is() {
        let circle = read(&[("a", signals("signal", &["b"])), ("b", signals("signal", &["a"]))]);
        let stopped = Lives { put_away: [("b".to_owned(), "stopped".to_owned())].into(), ..Lives::default() };
        assert_eq!(circles(&circle, &stopped), [""; 0]);
        let chain = read(&[("a", signals("signal", &[])), ("b", signals("signal", &["a"]))]);
        let before = Campaign::read("a", &signals("signal", &["b"]), &mut Vec::new()).unwrap();
        let in_force = Lives { versions: vec![crate::together::Living::in_force(before, 1)], ..Lives::default() };
        assert_eq!(circles(&chain, &in_force), ["a", "b"]);
        assert_eq!(circles(&chain, &Lives::default()), [""; 0]);
    }

    #[test]
    fn what_starts_by_what_it_writes_is_a_circle() {
        let update = |table: &str| json!({"id": "a", "type": "update-data", "table": table});
        let extract = |path: &str| json!({"id": "a", "type": "extract-file", "path": path});
        let save = |audience: &str| json!({"id": "a", "type": "save-audience", "audience": audience});
        let table = |name: &str| json!({"table": name});
        let file = |pattern: &str| json!({"file": pattern});
        for (campaigns, circle) in [
            (vec![started(table("t"), update("t"))], true),
            (vec![started(table("t"), update("u"))], false),
            (vec![started(table("t"), update("u")), started(table("u"), update("t"))], true),
            (vec![started(file("in/*.csv"), extract("in/{{ now }}.csv"))], true),
            (vec![started(file("in/*.csv"), extract("out/{{ now }}.csv"))], false),
            (vec![started(file("in/*.csv"), extract("{{ folder }}/a.csv"))], true),
            (vec![started(file("in/a?.csv"), extract("in/a1.csv")), started(table("t"), update("t2"))], true),
            (vec![started(table("audience.vip"), save("vip"))], true),
            (vec![started(table("audience.vip"), save("gold"))], false),
        ] {
            let named: Vec<(String, Value)> =
                campaigns.into_iter().enumerate().map(|(index, document)| (format!("c{index}"), document)).collect();
            let named: Vec<(&str, Value)> =
                named.iter().map(|(name, document)| (name.as_str(), document.clone())).collect();
            assert_eq!(!circles(&read(&named), &Lives::default()).is_empty(), circle, "{named:?}");
        }
    }
}
