//! The laws of splits, against subsets filled by hand.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{Key, Person, Rows, everybody, people, rank, run};

/// A subset as settings and as what it means.
#[derive(Clone, Debug)]
struct Subset {
    /// Rows with at least these points only.
    points_min: Option<i64>,
    limit: Option<Limit>,
    sort_descending: Option<bool>,
    code: Option<String>,
}

#[derive(Clone, Copy, Debug)]
enum Limit {
    Number(u64),
    /// In hundredths.
    Percent(u64),
    PercentOfMatching(u64),
}

impl Subset {
    fn settings(&self, index: usize) -> Value {
        let mut settings = json!({"id": format!("s{index}")});
        if let Some(min) = self.points_min {
            settings["where"] = json!({"field": "points", "operator": ">=", "value": min});
        }
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let percent = |hundredths: u64| hundredths as f64 / 100.0;
        match self.limit {
            None => {}
            Some(Limit::Number(number)) => settings["limit"] = json!({"number": number}),
            Some(Limit::Percent(value)) => settings["limit"] = json!({"percent": percent(value)}),
            Some(Limit::PercentOfMatching(value)) => {
                settings["limit"] = json!({"percent": percent(value), "of": "matching"});
            }
        }
        if let (Some(descending), Some(_)) = (self.sort_descending, self.limit) {
            settings["limit"]["sort"] =
                json!({"by": "points", "order": if descending { "descending" } else { "ascending" }});
        }
        if let Some(code) = &self.code {
            settings["segment_code"] = json!(code);
        }
        settings
    }

    /// The rows that the subset takes of those that are available.
    fn take<'a>(&self, available: &[&'a Person], inbound: usize, seed: u64) -> Vec<&'a Person> {
        let mut matching: Vec<&Person> = available
            .iter()
            .copied()
            .filter(|person| self.points_min.is_none_or(|min| person.points.is_some_and(|points| points >= min)))
            .collect();
        let rounded = |rows: usize, hundredths: u64| (rows as u64 * hundredths * 2 + 10_000) / 20_000;
        let most = match self.limit {
            None => return matching,
            Some(Limit::Number(number)) => number,
            Some(Limit::Percent(value)) => rounded(inbound, value),
            Some(Limit::PercentOfMatching(value)) => rounded(matching.len(), value),
        };
        matching.sort_by_key(|person| {
            let place = match (self.sort_descending, person.points) {
                (None, _) => (false, i128::from(rank(seed, &person.key))),
                (Some(_), None) => (true, 0),
                (Some(descending), Some(points)) => (false, i128::from(if descending { -points } else { points })),
            };
            (place, person.key.clone())
        });
        matching.truncate(usize::try_from(most).unwrap());
        matching
    }
}

fn subset() -> impl Strategy<Value = Subset> {
    let limit = prop_oneof![
        Just(None),
        (1u64..20).prop_map(|number| Some(Limit::Number(number))),
        (1u64..=10_000).prop_map(|percent| Some(Limit::Percent(percent))),
        (1u64..=10_000).prop_map(|percent| Some(Limit::PercentOfMatching(percent))),
    ];
    let code = prop::option::of(Just("CODE".to_owned()));
    (prop::option::of(-2i64..5), limit, prop::option::weighted(0.4, any::<bool>()), code)
        .prop_map(|(points_min, limit, sort_descending, code)| Subset { points_min, limit, sort_descending, code })
}

/// Port by port, the keys with their segment codes.
fn expected(people: &[Person], subsets: &[Subset], overlap: bool, seed: u64) -> BTreeMap<String, Rows> {
    let mut available: Vec<&Person> = people.iter().collect();
    let mut left: BTreeSet<Key> = people.iter().map(|person| person.key.clone()).collect();
    let mut ports = BTreeMap::new();
    for (index, subset) in subsets.iter().enumerate() {
        let id = format!("s{index}");
        let code = subset.code.clone().unwrap_or_else(|| id.clone());
        let taken = subset.take(&available, people.len(), seed);
        let rows: Rows = taken.iter().map(|person| (person.key.clone(), vec![Some(code.clone())])).collect();
        left.retain(|key| !rows.contains_key(key));
        if !overlap {
            available.retain(|person| !rows.contains_key(&person.key));
        }
        ports.insert(id, rows);
    }
    ports.insert("complement".to_owned(), left.into_iter().map(|key| (key, vec![None])).collect());
    ports
}

pub const LAWS: &[fn()] =
    &[subsets_are_filled_from_top_to_bottom, merged_subsets_leave_together, halves_are_exact_and_stay_the_same];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn subsets_are_filled_from_top_to_bottom(
        people in people(),
        subsets in prop::collection::vec(subset(), 1..4),
        overlap: bool,
        complement: bool,
        seed: u64,
    ) {
        let written: Vec<Value> = subsets.iter().enumerate().map(|(index, subset)| subset.settings(index)).collect();
        let settings = json!({"subsets": written, "overlap": overlap, "complement": complement});
        let ports = run("split", &settings, &people, &[everybody(&people)], seed);
        let mut wanted = expected(&people, &subsets, overlap, seed);
        if !complement {
            wanted.remove("complement");
        }
        prop_assert_eq!(&ports, &wanted);
    }

    #[test]
    fn merged_subsets_leave_together(people in people(), subsets in prop::collection::vec(subset(), 1..4), seed: u64) {
        let written: Vec<Value> = subsets.iter().enumerate().map(|(index, subset)| subset.settings(index)).collect();
        let settings = json!({"subsets": written, "merged_output": true, "complement": true});
        let ports = run("split", &settings, &people, &[everybody(&people)], seed);
        let mut wanted = expected(&people, &subsets, false, seed);
        let complement = wanted.remove("complement").unwrap();
        let merged: Rows = wanted.into_values().flatten().collect();
        prop_assert_eq!(&ports["out"], &merged);
        prop_assert_eq!(&ports["complement"], &complement);
    }

    #[test]
    fn halves_are_exact_and_stay_the_same(people in people(), seed: u64) {
        let settings = json!({"subsets": [{"id": "a", "limit": {"percent": 50}}, {"id": "b"}]});
        let ports = run("split", &settings, &people, &[everybody(&people)], seed);
        prop_assert_eq!(ports["a"].len(), people.len().div_ceil(2));
        prop_assert_eq!(ports["a"].len() + ports["b"].len(), people.len());
        prop_assert_eq!(&run("split", &settings, &people, &[everybody(&people)], seed), &ports);
    }
}

/// A second split writes its own code; rows that it leaves over keep the code that they came with.
#[test]
fn a_code_is_replaced_by_the_next_split() {
    let person = |id: i64| Person { key: ("n".to_owned(), id), email: None, points: Some(id) };
    let people = [person(1), person(2)];
    let mut population = everybody(&people);
    population.columns = vec!["segment_code".to_owned()];
    for row in population.rows.values_mut() {
        row.push(Some("before".to_owned()));
    }
    let settings = json!({"complement": true, "subsets": [
        {"id": "top", "label": "The top", "limit": {"number": 1, "sort": {"by": "points", "order": "descending"}}}]});
    let ports = run("split", &settings, &people, &[population], 3);
    assert_eq!(ports["top"], Rows::from([(people[1].key.clone(), vec![Some("The top".to_owned())])]));
    assert_eq!(ports["complement"], Rows::from([(people[0].key.clone(), vec![Some("before".to_owned())])]));
}
