//! The law of reconciliations, against pairs made by hand.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::linked::{Line, World, file, text, worlds};

/// What leaves by `out` and by the complement: each line takes the best person with its mail, each person the first line.
fn expected(
    world: &World,
    lines: &[(Option<&str>, &str)],
    by_points: bool,
    only: Option<&str>,
) -> (Vec<Line>, Vec<Line>) {
    let mut found: BTreeMap<i64, (i64, &str)> = BTreeMap::new();
    let mut used = Vec::new();
    for (line, (mail, note)) in (1i64..).zip(lines) {
        let mut matching: Vec<_> = world
            .people
            .iter()
            .filter(|_| only.is_none_or(|only| only == *note))
            .filter(|person| matches!((mail, &person.email), (Some(mail), Some(email)) if mail.to_lowercase() == email.to_lowercase()))
            .collect();
        matching.sort_by_key(|person| {
            let points = (person.points.is_none(), person.points.map(|points| -points));
            (by_points.then_some(points), person.id)
        });
        if let Some(person) = matching.first()
            && !found.contains_key(&person.id)
        {
            found.insert(person.id, (line, note));
            used.push(line);
        }
    }
    let mut out: Vec<Line> = found.iter().map(|(person, (_, note))| vec![text(person), text(note)]).collect();
    let rest = (1i64..).zip(lines).filter(|(line, _)| !used.contains(line));
    let mut rest: Vec<Line> =
        rest.map(|(line, (mail, note))| vec![text(line), mail.and_then(text), text(note)]).collect();
    out.sort();
    rest.sort();
    (out, rest)
}

fn lines() -> impl Strategy<Value = Vec<(Option<&'static str>, &'static str)>> {
    let mail =
        prop::option::weighted(0.9, prop::sample::select(vec!["a@x.example", "B@x.example", "c@x.EXAMPLE", "?"]));
    prop::collection::vec((mail, prop::sample::select(vec!["n1", "n2"])), 0..8)
}

pub const LAWS: &[fn()] = &[rows_find_who_they_are];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn rows_find_who_they_are(world in worlds(), lines in lines(), by_points: bool, filtered: bool, by_rule: bool) {
        let rows = (1i64..).zip(&lines).map(|(line, (mail, note))| vec![text(line), mail.and_then(text), text(note)]).collect();
        let mut settings = json!({"dimension": "people"});
        if by_rule {
            settings["rule"] = json!({"field": "email", "operator": "=", "valueSource": "field", "value": "inbound.mail"});
        } else {
            settings["on"] = json!({"mail": "email"});
        }
        if by_points {
            settings["sort"] = json!({"by": "points", "order": "descending"});
        }
        if filtered {
            settings["where"] = json!({"field": "note", "operator": "=", "value": "n1"});
        }
        let sets = [file("load", &["mail", "note"], rows)];
        let ports = world.run("reconciliation", &settings, &sets);
        // The columns of the file are carried on: none has the name of a field.
        let (out, rest) = expected(&world, &lines, by_points, filtered.then_some("n1"));
        let with_mail = |rows: &[Line]| -> Vec<Line> { rows.iter().map(|row| vec![row[0].clone(), row[2].clone()]).collect() };
        prop_assert_eq!(with_mail(&ports["out"]), out);
        prop_assert_eq!(&ports["complement"], &rest);
        settings["keep_unmatched"] = json!(false);
        settings["carry"] = json!([]);
        let ports = world.run("reconciliation", &settings, &sets);
        prop_assert_eq!(ports.keys().collect::<Vec<_>>(), ["out"]);
        prop_assert!(ports["out"].iter().all(|row| row.len() == 1));
    }
}

#[test]
fn several_matches_are_counted_and_can_be_refused() {
    let person = |id| crate::linked::Person { id, email: Some("a@x.example".to_owned()), points: None };
    let world = World { people: vec![person(1), person(2)], visits: Vec::new() };
    let rows = vec![vec![text(1), text("A@x.example")], vec![text(2), text("a@x.example")], vec![text(3), None]];
    let sets = [file("load", &["mail"], rows)];
    let refused = |on_multiple: Value| -> Vec<(i64, bool)> {
        let settings = json!({"dimension": "people", "on": {"mail": "email"}, "on_multiple": on_multiple});
        world
            .findings("reconciliation", &settings, &sets)
            .into_iter()
            .map(|(count, _, refuse)| (count, refuse))
            .collect()
    };
    assert_eq!(refused(json!("first")), [(2, false), (1, false)]);
    assert_eq!(refused(json!("error")), [(2, true), (1, false)]);
}
