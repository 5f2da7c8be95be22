//! The laws of combinations, against sets of keys.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;

use crate::world::{Key, Person, Population, Row, Rows, people, run};

const COLUMNS: [&str; 3] = ["code", "city", "note"];

/// Two to four sets of the people, each with some of three columns.
fn populations() -> impl Strategy<Value = (Vec<Person>, Vec<Population>)> {
    people().prop_flat_map(|people| {
        let count = people.len();
        let value = prop::option::weighted(0.7, prop::sample::select(vec!["x", "y", "z"]));
        let row = (any::<bool>(), [value.clone(), value.clone(), value]);
        let set = (prop::collection::vec(row, count), prop::sample::subsequence(COLUMNS.to_vec(), 0..=3));
        (Just(people), prop::collection::vec(set, 2..5)).prop_map(|(people, sets)| {
            let populations = sets.into_iter().enumerate().map(|(index, (rows, columns))| Population {
                from: format!("set_{index}"),
                port: "out".to_owned(),
                rows: people
                    .iter()
                    .zip(rows)
                    .filter(|(_, (member, _))| *member)
                    .map(|(person, (_, values))| {
                        let row = columns.iter().map(|column| {
                            let position = COLUMNS.iter().position(|name| name == column).unwrap();
                            values[position].map(str::to_owned)
                        });
                        (person.key.clone(), row.collect())
                    })
                    .collect(),
                columns: columns.into_iter().map(str::to_owned).collect(),
            });
            let populations = populations.collect();
            (people, populations)
        })
    })
}

/// The columns of all sets, in the order in which they first appear.
fn columns_of_all(sets: &[Population]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    sets.iter().flat_map(|set| &set.columns).filter(|name| seen.insert((*name).clone())).cloned().collect()
}

fn merged(sets: &[Population], keys: impl IntoIterator<Item = Key>) -> Rows {
    let columns = columns_of_all(sets);
    let value = |key: &Key, column: &str| sets.iter().find_map(|set| set.value(key, column)).flatten();
    keys.into_iter()
        .map(|key| {
            let row: Row = columns.iter().map(|column| value(&key, column)).collect();
            (key, row)
        })
        .collect()
}

fn counts(sets: &[Population]) -> BTreeMap<Key, usize> {
    let mut counts = BTreeMap::new();
    for key in sets.iter().flat_map(|set| set.rows.keys()) {
        *counts.entry(key.clone()).or_default() += 1;
    }
    counts
}

pub const LAWS: &[fn()] = &[
    a_union_has_every_key_once,
    an_intersection_and_its_complement_are_the_union,
    an_exclusion_is_the_primary_without_the_others,
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_union_has_every_key_once((people, sets) in populations()) {
        let ports = run("combine", &json!({"operation": "union"}), &people, &sets, 1);
        prop_assert_eq!(&ports["out"], &merged(&sets, counts(&sets).into_keys()));
    }

    #[test]
    fn an_intersection_and_its_complement_are_the_union((people, sets) in populations(), complement: bool) {
        let settings = json!({"operation": "intersection", "complement": complement});
        let ports = run("combine", &settings, &people, &sets, 1);
        let (everywhere, elsewhere): (Vec<_>, Vec<_>) =
            counts(&sets).into_iter().partition(|(_, count)| *count == sets.len());
        prop_assert_eq!(&ports["out"], &merged(&sets, everywhere.into_iter().map(|(key, _)| key)));
        if complement {
            prop_assert_eq!(&ports["complement"], &merged(&sets, elsewhere.into_iter().map(|(key, _)| key)));
        }
        prop_assert_eq!(ports.len(), 1 + usize::from(complement));
    }

    #[test]
    fn an_exclusion_is_the_primary_without_the_others(
        (people, sets) in populations(), complement: bool, chosen: prop::sample::Index,
    ) {
        let primary = chosen.index(sets.len());
        let settings = json!({"operation": "exclusion", "primary": sets[primary].from, "complement": complement});
        let ports = run("combine", &settings, &people, &sets, 1);
        let others: BTreeSet<Key> = sets
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != primary)
            .flat_map(|(_, set)| set.rows.keys().cloned())
            .collect();
        let (excluded, kept): (Rows, Rows) =
            sets[primary].rows.clone().into_iter().partition(|(key, _)| others.contains(key));
        prop_assert_eq!(&ports["out"], &kept);
        if complement {
            prop_assert_eq!(&ports["complement"], &excluded);
        }
    }
}

/// The first set that has both the row and the column gives the value, even when it is NULL.
#[test]
fn the_first_set_wins() {
    let key: Key = ("n".to_owned(), 1);
    let people = [Person { key: key.clone(), email: None, points: None }];
    let set = |from: &str, columns: &[&str], values: &[Option<&str>]| Population {
        from: from.to_owned(),
        port: "out".to_owned(),
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        rows: Rows::from([(key.clone(), values.iter().map(|value| value.map(str::to_owned)).collect())]),
    };
    let sets = [set("a", &["code"], &[None]), set("b", &["code", "city"], &[Some("x"), Some("y")])];
    let ports = run("combine", &json!({"operation": "union"}), &people, &sets, 1);
    assert_eq!(ports["out"][&key], [None, Some("y".to_owned())]);
}
