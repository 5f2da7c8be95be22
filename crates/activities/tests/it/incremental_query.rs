//! The law of incremental queries: run after run takes what is new, and nothing twice.

use std::collections::BTreeSet;

use jiff::Timestamp;
use proptest::prelude::*;
use serde_json::json;
use tutti_activities::{Mark, MarkMove, TakenKeys};
use tutti_model::table::{Column, ColumnType};

use crate::linked::{Line, World, day, number, rows_of, text, worlds};
use crate::world::moment;

fn keys(rows: &[Line]) -> BTreeSet<i64> {
    rows.iter().map(|row| row[0].as_deref().unwrap().parse().unwrap()).collect()
}

/// Keys taken some days before now.
fn taken(days_ago: i64, keys: impl IntoIterator<Item = i64>) -> TakenKeys {
    let at = Timestamp::from_second(moment().now.as_second() - days_ago * 86_400).unwrap();
    let rows: Vec<Line> = keys.into_iter().map(|key| vec![text(key)]).collect();
    TakenKeys { at, rows: rows_of(&[Column::new("visit", ColumnType::Integer)], &rows) }
}

pub const LAWS: &[fn()] = &[moments_move_on, keys_are_taken_once];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn moments_move_on(world in worlds(), latest in prop::option::of(0i64..5)) {
        let settings = json!({"dimension": "visits", "mode": "date-field", "date_field": "day",
            "where": {"field": "amount", "operator": ">=", "value": 0}});
        let mark = Mark { latest: latest.map(|latest| day(latest).parse().unwrap()), keys: Vec::new() };
        let ports = world.run_with("incremental-query", &settings, &[], mark.clone(), 1);
        let expected: Vec<_> = world
            .visits
            .iter()
            .filter(|visit| visit.cents.is_some_and(|cents| cents >= 0))
            .filter(|visit| visit.day.is_some_and(|day| latest.is_none_or(|latest| day > latest)))
            .collect();
        prop_assert_eq!(keys(&ports["out"]), expected.iter().map(|visit| visit.id).collect());
        let Some(MarkMove::Latest(plan)) = world.mark_after("incremental-query", &settings, mark) else { panic!() };
        prop_assert_eq!(number(plan), expected.iter().filter_map(|visit| visit.day).max().map(day));
    }

    #[test]
    fn keys_are_taken_once(world in worlds(), old in prop::collection::btree_set(100i64..130, 0..20), split in 0usize..20, window in 0u32..3) {
        let settings = json!({"dimension": "visits", "mode": "keys", "history_days": window});
        let (first, second): (Vec<i64>, Vec<i64>) = old.iter().partition(|key| **key % 20 < split as i64);
        let mark = Mark { latest: None, keys: vec![taken(2, first.clone()), taken(0, second.clone())] };
        let ports = world.run_with("incremental-query", &settings, &[], mark, 1);
        // A window of one day has forgotten what was taken two days ago.
        let remembered: BTreeSet<i64> = if window == 1 { second.into_iter().collect() } else { old };
        let expected = world.visits.iter().map(|visit| visit.id).filter(|id| !remembered.contains(id)).collect();
        prop_assert_eq!(keys(&ports["out"]), expected);
    }
}

#[test]
fn what_is_to_come_is_taken_when_its_time_has_come() {
    let visit = |id, day| crate::linked::Visit { id, person: None, cents: None, day: Some(day) };
    let world = World { people: Vec::new(), visits: vec![visit(1, 3), visit(2, 100_000)] };
    let settings = json!({"dimension": "visits", "mode": "date-field", "date_field": "day", "since": "1970-01-01"});
    let ports = world.run_with("incremental-query", &settings, &[], Mark::default(), 1);
    assert_eq!(keys(&ports["out"]), [1].into());
    let Some(MarkMove::Latest(plan)) = world.mark_after("incremental-query", &settings, Mark::default()) else {
        panic!()
    };
    assert_eq!(number(plan), Some(day(3)));
}
