//! Each kind has a law: a property that holds on random populations, or on random settings where it is about no rows.
//! The functions are tests of their own; here it is looked that no kind is without one, and every kind tells what it did.

use std::collections::BTreeSet;

use serde_json::json;
use tutti_activities::{Passed, Told, registry};

use crate::{
    audiences, build_audience, change_dimension, combine, controls, deduplication, effects, enrichment,
    incremental_query, reconciliation, sets, split,
};

const LAWS: &[(&str, &[&[fn()]])] = &[
    ("build-audience", &[build_audience::LAWS, sets::FILTERS]),
    ("read-audience", &[audiences::LAWS]),
    ("incremental-query", &[incremental_query::LAWS]),
    ("load-file", &[effects::LOADED]),
    ("combine", &[combine::LAWS, sets::COMBINATIONS]),
    ("deduplication", &[deduplication::LAWS, sets::DUPLICATES]),
    ("split", &[split::LAWS, sets::SPLITS]),
    ("enrichment", &[enrichment::LAWS]),
    ("reconciliation", &[reconciliation::LAWS]),
    ("change-dimension", &[change_dimension::LAWS]),
    ("save-audience", &[effects::SAVED]),
    ("extract-file", &[effects::WRITTEN]),
    ("update-data", &[effects::UPDATED]),
    ("http-call", &[effects::CALLED]),
    ("email", &[controls::MAILS]),
    ("fork", &[controls::FORKS]),
    ("and-join", &[controls::JOINS]),
    ("test", &[controls::TESTS]),
    ("wait", &[controls::WAITS]),
    ("approval", &[controls::APPROVALS]),
    ("alert", &[controls::ALERTS]),
    ("end", &[controls::ENDS]),
];

#[test]
fn every_kind_has_a_law() {
    let kinds: BTreeSet<&str> = registry::all().iter().map(|kind| kind.kind()).collect();
    let proved: BTreeSet<&str> =
        LAWS.iter().filter(|(_, laws)| laws.iter().any(|laws| !laws.is_empty())).map(|(kind, _)| *kind).collect();
    assert_eq!(kinds.difference(&proved).collect::<Vec<_>>(), Vec::<&&str>::new(), "kinds without a law");
    assert_eq!(proved.difference(&kinds).collect::<Vec<_>>(), Vec::<&&str>::new(), "laws without a kind");
}

/// Every kind says what it did, in a sentence that is no list of numbers by port; what is done outside has its own.
#[test]
fn every_kind_tells_what_it_did() {
    let passed = |activity: &'static str, port: &'static str, rows| Passed {
        activity,
        port,
        dimension: "customers",
        rows,
        columns: vec!["city"],
    };
    let mut sentences = String::new();
    for kind in registry::all() {
        let example = kind.example();
        let arrived = (0..kind.inputs().min).map(|index| passed(["a", "b"][index], "out", 1_000)).collect();
        let left: Vec<Passed<'_>> = kind
            .ports(&example, &[])
            .into_iter()
            .map(|port| passed("it", Box::leak(port.name.into_boxed_str()), 600))
            .collect();
        let said = kind.tell(&example, &Told { arrived, left, main: 0 });
        assert!(!said.is_empty() && !said.ends_with('.'), "{}: {said}", kind.kind());
        sentences.push_str(&format!("{}: {said}\n", kind.kind()));
    }
    insta::assert_snapshot!(sentences);
    let nobody = registry::find("split").unwrap().tell(&registry::find("split").unwrap().example(), &Told::default());
    assert!(!nobody.is_empty(), "{}", json!(nobody));
}
