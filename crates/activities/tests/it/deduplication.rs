//! The laws of deduplication, against groups made by hand.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::world::{Key, Person, Rows, everybody, people, rank, run};

/// A way to order rows, as settings and as a sort key: lower comes first.
#[derive(Clone, Copy, Debug)]
enum Ordered {
    Random,
    Ascending,
    Descending,
    NonEmpty,
    Values,
}

impl Ordered {
    fn settings(self) -> Value {
        match self {
            Self::Random => json!("random"),
            Self::Ascending => json!({"expression": "points", "order": "ascending"}),
            Self::Descending => json!({"expression": "points", "order": "descending"}),
            Self::NonEmpty => json!({"non_empty": "email"}),
            Self::Values => json!({"values": {"field": "points", "list": [3, 1]}}),
        }
    }

    fn place(self, person: &Person, seed: u64) -> (bool, i128) {
        match self {
            Self::Random => (false, i128::from(rank(seed, &person.key))),
            Self::Ascending => (person.points.is_none(), person.points.unwrap_or(0).into()),
            Self::Descending => (person.points.is_none(), -i128::from(person.points.unwrap_or(0))),
            Self::NonEmpty => (person.email.as_deref().is_none_or(str::is_empty), 0),
            Self::Values => {
                (false, [Some(3), Some(1)].iter().position(|value| *value == person.points).unwrap_or(2) as i128)
            }
        }
    }
}

fn expected(
    people: &[Person],
    by_points: bool,
    case_sensitive: bool,
    keep: usize,
    ordered: Ordered,
    seed: u64,
) -> Vec<Key> {
    let mut groups: BTreeMap<(String, Option<i64>), Vec<&Person>> = BTreeMap::new();
    let mut kept = Vec::new();
    for person in people {
        match (&person.email, person.points) {
            (None, _) => kept.push(person.key.clone()),
            (_, None) if by_points => kept.push(person.key.clone()),
            (Some(email), points) => {
                let email = if case_sensitive { email.clone() } else { email.to_lowercase() };
                groups.entry((email, points.filter(|_| by_points))).or_default().push(person);
            }
        }
    }
    for mut group in groups.into_values() {
        group.sort_by_key(|person| (ordered.place(person, seed), person.key.clone()));
        let keep = if keep == 0 { group.len() } else { keep };
        kept.extend(group.into_iter().take(keep).map(|person| person.key.clone()));
    }
    kept
}

pub const LAWS: &[fn()] = &[the_first_of_each_group_stay];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_first_of_each_group_stay(
        people in people(),
        by_points: bool,
        case_sensitive: bool,
        complement: bool,
        keep in 0usize..4,
        seed: u64,
        ordered in prop::sample::select(vec![
            Ordered::Random, Ordered::Ascending, Ordered::Descending, Ordered::NonEmpty, Ordered::Values,
        ]),
    ) {
        let by = if by_points { json!(["email", "points"]) } else { json!(["email"]) };
        let settings = json!({
            "by": by, "keep": keep, "method": ordered.settings(), "case_sensitive": case_sensitive, "complement": complement,
        });
        let all = everybody(&people);
        let ports = run("deduplication", &settings, &people, std::slice::from_ref(&all), seed);
        let kept: Rows = expected(&people, by_points, case_sensitive, keep, ordered, seed)
            .into_iter()
            .map(|key| (key, Vec::new()))
            .collect();
        prop_assert_eq!(&ports["out"], &kept);
        if complement {
            let mut dropped = all.rows;
            dropped.retain(|key, _| !kept.contains_key(key));
            prop_assert_eq!(&ports["complement"], &dropped);
        }
    }
}

/// Of a shared address the latest change is kept, and added columns can say what a duplicate is.
#[test]
fn added_columns_count_as_fields() {
    let person = |id: i64, points: Option<i64>| Person { key: ("n".to_owned(), id), email: None, points };
    let people = [person(1, Some(1)), person(2, Some(5)), person(3, None)];
    let mut population = everybody(&people);
    population.columns = vec!["household".to_owned()];
    for row in population.rows.values_mut() {
        row.push(Some("h1".to_owned()));
    }
    let settings = json!({"by": ["household"], "method": {"expression": "points", "order": "descending"}});
    let ports = run("deduplication", &settings, &people, &[population], 7);
    let kept: Vec<i64> = ports["out"].keys().map(|key| key.1).collect();
    assert_eq!(kept, [2]);
    assert_eq!(ports["out"].values().next().unwrap(), &[Some("h1".to_owned())]);
}
