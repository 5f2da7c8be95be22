//! Campaigns with mistakes, one file each under `cases/`; the snapshots hold every problem that is found.

use std::fmt::Write as _;
use std::path::Path;

use serde_json::{Value, json};
use tutti_activities::validate_campaign;
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_model::document::{Document, Spec};
use tutti_model::problem::{Problem, Severity};
use tutti_model::source::{self, SourceFile};

use crate::world::moment;

const DOCUMENTS: &str = include_str!("cases/documents.yaml");

pub fn catalog() -> Catalog {
    let mut problems = Vec::new();
    let mut catalog = Catalog::build(read("documents.yaml", DOCUMENTS, &mut problems), &mut problems);
    catalog.expressions = Some(std::sync::Arc::new(tutti_query::SqlExpressions));
    assert!(problems.is_empty(), "{problems:?}");
    catalog
}

fn read(path: &str, text: &str, problems: &mut Vec<Problem>) -> Vec<Document> {
    let file = SourceFile { path: path.to_owned(), text: text.to_owned() };
    let sources = source::parse(&file).unwrap();
    sources.iter().filter_map(|source| Document::read(&source.value, problems)).collect()
}

/// Each problem on a line of its own, with its way out.
fn shown(problems: &[Problem]) -> String {
    let mut text = String::new();
    for problem in problems {
        let severity = if problem.severity == Severity::Error { "error" } else { "warning" };
        let activity = problem.activity.as_deref().unwrap_or("-");
        write!(text, "{severity}[{}] {activity} {}: {}", problem.code, problem.pointer, problem.message).unwrap();
        if let Some(hint) = &problem.hint {
            write!(text, " ({hint})").unwrap();
        }
        text.push('\n');
    }
    text
}

#[test]
fn every_mistake_is_found_at_once() {
    let catalog = catalog();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/cases/campaigns");
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert!(cases.len() > 5);
    for path in cases {
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let mut problems = Vec::new();
        let documents = read(&name, &std::fs::read_to_string(&path).unwrap(), &mut problems);
        let campaign: &Campaign = match &documents[0].spec {
            Spec::Campaign(campaign) => campaign,
            other => panic!("{name} is {other:?}"),
        };
        problems.extend(validate_campaign(campaign, &catalog, &moment()));
        insta::assert_snapshot!(name, shown(&problems));
    }
}

/// The repository's own campaigns have no mistakes; what is only doubtful is that complements are kept to be looked at.
#[test]
fn our_own_campaigns_are_valid() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for folders in [
        vec!["../../examples/complete-journey/documents", "../../examples/complete-journey/documents/campaigns"],
        vec!["../tutti/demo"],
    ] {
        let mut problems = Vec::new();
        let mut documents = Vec::new();
        for entry in folders.iter().flat_map(|folder| std::fs::read_dir(root.join(folder)).unwrap()) {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "yaml") {
                // The demo fills in its mail catcher's port.
                let text = std::fs::read_to_string(&path).unwrap().replace("${SMTP_PORT}", "2525");
                documents.extend(read(path.to_str().unwrap(), &text, &mut problems));
            }
        }
        let catalog = Catalog::build(documents, &mut problems);
        assert!(catalog.campaigns.len() >= 3);
        for campaign in catalog.campaigns.values() {
            problems.extend(validate_campaign(campaign, &catalog, &moment()));
        }
        problems.retain(|problem| problem.code != "unused_complement");
        assert!(problems.is_empty(), "{}", shown(&problems));
    }
}

/// A canvas of many branches, each of which divides, joins, asks and sends.
fn large(branches: usize) -> Campaign {
    let (mut activities, mut transitions) = (Vec::new(), Vec::new());
    let mut add = |id: String, mut settings: Value, from: &[String]| {
        settings["id"] = json!(id);
        activities.push(settings);
        transitions.extend(from.iter().map(|from| json!({"from": from, "to": id})));
    };
    add("all".to_owned(), json!({"type": "build-audience", "dimension": "customers", "when_empty": "continue"}), &[]);
    for branch in 0..branches {
        let id = |name: &str| format!("{name}_{branch}");
        let rule = json!({"field": "points", "operator": ">", "value": branch});
        let before = if branch == 0 { "all".to_owned() } else { format!("unique_{}", branch - 1) };
        add(
            id("cut"),
            json!({"type": "split", "complement": true, "subsets": [{"id": "a", "where": rule}, {"id": "b"}]}),
            &[before],
        );
        add(
            id("rich"),
            json!({"type": "enrichment", "add": [{"name": format!("c{branch}"), "expression": "upper(email)"}]}),
            &[format!("cut_{branch}.a")],
        );
        add(
            id("size"),
            json!({"type": "test", "conditions": [{"id": "some", "operator": ">", "value": 1}], "default": true}),
            &[format!("cut_{branch}.b")],
        );
        add(id("both"), json!({"type": "combine", "operation": "union"}), &[id("rich"), format!("size_{branch}.some")]);
        add(id("unique"), json!({"type": "deduplication", "by": ["email"]}), &[id("both")]);
        add(
            id("done"),
            json!({"type": "end"}),
            &[format!("cut_{branch}.complement"), format!("size_{branch}.default")],
        );
    }
    let end = format!("unique_{}", branches - 1);
    add("end".to_owned(), json!({"type": "end"}), &[end]);
    let mut problems = Vec::new();
    let canvas = json!({"canvas": {"activities": activities, "transitions": transitions}});
    let campaign = Campaign::read("large", &canvas, &mut problems).unwrap();
    assert!(problems.is_empty(), "{problems:?}");
    campaign
}

#[test]
fn signals_fit_what_their_campaigns_take() {
    let catalog = catalog();
    let found = |campaign: &str, variables: Value| {
        let signal = json!({"campaign": campaign, "variables": variables});
        let document = json!({"canvas": {
            "activities": [{"id": "all", "type": "build-audience", "dimension": "customers"},
                {"id": "done", "type": "end", "signals": [signal]}],
            "transitions": [{"from": "all", "to": "done"}]}});
        let caller = Campaign::read("caller", &document, &mut Vec::new()).unwrap();
        let problems = validate_campaign(&caller, &catalog, &moment());
        let at = "/canvas/activities/1/signals/0";
        let told = problems.iter().map(|problem| format!("{} {}", problem.code, problem.pointer.replace(at, "")));
        told.collect::<Vec<_>>()
    };
    let skips = "signal_may_be_skipped /campaign";
    assert_eq!(found("follow_up", json!({"city": "Lyon"})), Vec::<String>::new(), "it queues");
    for (variables, expected) in [
        (json!({"city": "Lyon", "since": "2026-01-01"}), &[skips][..]),
        (json!({"city": "{{ rows }}", "since": "{{ rows }}", "note": 7, "budget": 2.5}), &[skips]),
        (json!({"city": 7, "since": "soon"}), &[skips, "bad_value /variables/city", "bad_value /variables/since"]),
        (
            json!({"city": null, "least": "many", "budget": "1.234"}),
            &[
                skips,
                "bad_value /variables/least",
                "bad_value /variables/budget",
                "missing_parameter /variables",
                "missing_parameter /variables",
            ],
        ),
    ] {
        assert_eq!(found("call_back", variables.clone()), expected, "{variables}");
    }
}

/// Ten times the activities take about ten times as long, and not the square of it.
#[test]
fn large_canvases_are_checked_at_once() {
    let catalog = catalog();
    let time = |campaign: &Campaign| {
        let fastest = (0..7).map(|_| {
            let started = std::time::Instant::now();
            let problems = validate_campaign(campaign, &catalog, &moment());
            assert!(problems.iter().all(|problem| problem.code == "many_activities"), "{}", shown(&problems));
            started.elapsed()
        });
        fastest.min().unwrap()
    };
    let (small, large) = (large(8), large(83));
    assert_eq!((small.canvas.activities.len(), large.canvas.activities.len()), (50, 500));
    let (of_small, of_large) = (time(&small), time(&large));
    println!("50 activities: {of_small:?}, 500: {of_large:?}");
    assert!(of_large < of_small * 60, "50 activities take {of_small:?}, 500 take {of_large:?}");
}

#[test]
fn canvases_that_nobody_can_oversee_are_warned_of() {
    let problems = validate_campaign(&large(84), &catalog(), &moment());
    assert_eq!(
        shown(&problems),
        "warning[many_activities] - /canvas/activities: the canvas has 506 activities, and over 500 are hard to read (end branches with signals to campaigns of their own)\n"
    );
}
