//! The laws of enrichments: who is there stays, and every column is what one would write down by hand.

use std::cmp::Reverse;

use proptest::prelude::*;
use serde_json::json;
use tutti_model::table::ColumnType;

use crate::linked::{Line, World, day, file, money, set, text, worlds};

const COLLECTED: usize = 2;

fn expected(world: &World, least: i64) -> Vec<Line> {
    let lines = world.people.iter().map(|person| {
        // The latest first; without a day last.
        let latest = world.visits_of(
            person.id,
            |visit| visit.cents.is_some_and(|cents| cents >= least),
            |visit| (visit.day.is_none(), Reverse(visit.day)),
        );
        let amounts: Vec<i64> =
            world.visits_of(person.id, |_| true, |_| ()).iter().filter_map(|visit| visit.cents).collect();
        let mut line: Line = vec![text(person.id), person.email.as_deref().map(str::to_uppercase)];
        for place in 0..COLLECTED {
            let visit = latest.get(place);
            line.push(visit.and_then(|visit| visit.cents).map(money));
            line.push(visit.and_then(|visit| visit.day).map(day));
        }
        let entries: Vec<String> = latest
            .iter()
            .take(COLLECTED)
            .map(|visit| {
                let quoted = |value: Option<String>| value.map_or("null".to_owned(), |value| format!("\"{value}\""));
                format!(r#"{{"amount":{},"at":{}}}"#, quoted(visit.cents.map(money)), quoted(visit.day.map(day)))
            })
            .collect();
        line.push(text(format!("[{}]", entries.join(","))));
        line.push(text(world.visits_of(person.id, |_| true, |_| ()).len()));
        line.push(text(money(amounts.iter().sum())));
        line.push(amounts.iter().max().map(|cents| money(*cents)));
        line
    });
    let mut lines: Vec<Line> = lines.collect();
    lines.sort();
    lines
}

pub const LAWS: &[fn()] = &[columns_come_from_fields_expressions_and_linked_rows, populations_can_be_linked];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn columns_come_from_fields_expressions_and_linked_rows(world in worlds(), least in -200i64..600) {
        let minimum = money(least);
        let settings = json!({"add": [
            {"name": "upper", "expression": "upper(email)"},
            {"name": "last", "link": "visits", "collect": {"count": COLLECTED, "sort": {"by": "day", "order": "descending"},
                "where": {"field": "amount", "operator": ">=", "value": minimum},
                "fields": ["amount", {"name": "at", "field": "day"}]}},
            {"name": "visits_count", "link": "visits", "aggregate": {"function": "count"}},
            {"name": "total", "link": "visits", "aggregate": {"function": "sum", "field": "amount"}},
            {"name": "most", "link": "visits", "aggregate": {"function": "max", "field": "amount"}},
        ]});
        let ports = world.run("enrichment", &settings, &[world.everybody()]);
        prop_assert_eq!(&ports["out"], &expected(&world, least));
    }

    /// A file is linked by e-mail: the line with the highest score, and all lines.
    #[test]
    fn populations_can_be_linked(
        world in worlds(),
        lines in prop::collection::vec((prop::sample::select(vec!["a@x.example", "b@x.example", "?"]), 0i64..4), 0..8),
    ) {
        let rows = (1i64..).zip(&lines).map(|(line, (mail, score))| vec![text(line), text(mail), text(score)]).collect();
        let sets = [file("load", &["mail", "score"], rows), world.everybody()];
        let to = json!({"transition": "load"});
        let settings = json!({"primary": "before", "links": [
                {"name": "best", "to": to, "on": {"email": "mail"}, "sort": {"by": "score", "order": "descending"}, "add_key": true},
                {"name": "lines", "to": to, "on": {"email": "mail"}, "cardinality": "many"}],
            "add": [{"name": "score", "field": "best.score"},
                {"name": "count", "link": "lines", "aggregate": {"function": "count"}}]});
        let expected = world.people.iter().map(|person| {
            let mut mine: Vec<(Reverse<i64>, i64)> = (1i64..)
                .zip(&lines)
                .filter(|(_, (mail, _))| person.email.as_deref() == Some(mail))
                .map(|(line, (_, score))| (Reverse(*score), line))
                .collect();
            mine.sort();
            let best = mine.first();
            vec![text(person.id), best.and_then(|(_, line)| text(line)), best.and_then(|(score, _)| text(score.0)), text(mine.len())]
        });
        let mut expected: Vec<Line> = expected.collect();
        expected.sort();
        prop_assert_eq!(&world.run("enrichment", &settings, &sets)["out"], &expected);
        let several = world.people.iter().filter(|person| {
            lines.iter().filter(|(mail, _)| person.email.as_deref() == Some(mail)).count() > 1
        });
        let findings = world.findings("enrichment", &settings, &sets);
        prop_assert_eq!(findings.len(), 1);
        prop_assert_eq!((findings[0].0, findings[0].2), (i64::try_from(several.count()).unwrap(), false));
    }
}

#[test]
fn links_to_one_row_can_insist() {
    let world = World {
        people: vec![
            crate::linked::Person { id: 1, email: Some("a".to_owned()), points: None },
            crate::linked::Person { id: 2, email: None, points: None },
        ],
        visits: Vec::new(),
    };
    let row = |line: i64, mail: &str| vec![text(line), text(mail)];
    let sets = [world.everybody(), file("load", &["mail"], vec![row(1, "a"), row(2, "a")])];
    let settings = json!({"links": [{"name": "line", "to": {"transition": "load"}, "on": {"email": "mail"},
        "cardinality": "one", "on_multiple": "error"}], "add": [{"name": "again", "field": "line.mail"}]});
    let findings = world.findings("enrichment", &settings, &sets);
    let refused: Vec<(i64, bool)> = findings.iter().map(|(count, _, refuse)| (*count, *refuse)).collect();
    assert_eq!(refused, [(1, true), (1, true)], "{findings:?}");
}

/// Columns that are there stay; one of the same name is replaced. A link of the tables can be crossed.
#[test]
fn columns_are_kept_and_replaced() {
    let visit = |id, person| crate::linked::Visit { id, person, cents: Some(100), day: Some(1) };
    let world = World {
        people: vec![crate::linked::Person { id: 1, email: Some("a".to_owned()), points: Some(3) }],
        visits: vec![visit(7, Some(1)), visit(8, None)],
    };
    let rows = vec![vec![text(7), text("x"), text("k")], vec![text(8), text("y"), text("l")]];
    let sets = [set("before", "visits", &[("code", ColumnType::String), ("kept", ColumnType::String)], rows)];
    let settings =
        json!({"add": [{"name": "code", "field": "person.points"}, {"name": "mail", "field": "person.email"}]});
    let ports = world.run("enrichment", &settings, &sets);
    assert_eq!(ports["out"], [vec![text(7), text(3), text("k"), text("a")], vec![text(8), None, text("l"), None],]);
}
