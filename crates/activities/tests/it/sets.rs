//! The laws of combinations beyond keys, of filters on what arrives, and of merged duplicates.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use serde_json::json;
use tutti_model::table::ColumnType;

use crate::linked::{Line, Set, World, set, text, worlds};

fn some_people(from: &str, world: &World, members: &BTreeSet<i64>) -> Set {
    let rows = world.people.iter().filter(|person| members.contains(&person.id));
    let rows = rows.map(|person| vec![text(person.id), text(format!("{from}{}", person.id))]).collect();
    set(from, "people", &[("from", ColumnType::String)], rows)
}

fn members() -> impl Strategy<Value = BTreeSet<i64>> {
    prop::collection::btree_set(0i64..8, 0..8)
}

fn keys(rows: &[Line]) -> Vec<i64> {
    rows.iter().map(|row| row[0].as_deref().unwrap().parse().unwrap()).collect()
}

fn folded(world: &World, id: i64) -> Option<String> {
    world.people.iter().find(|person| person.id == id)?.email.as_deref().map(str::to_lowercase)
}

pub const COMBINATIONS: &[fn()] =
    &[rows_are_alike_by_fields, rules_bring_sets_of_other_dimensions, unions_are_filled_by_priority];
pub const FILTERS: &[fn()] = &[rules_filter_what_arrives];
pub const DUPLICATES: &[fn()] = &[duplicates_are_merged];
pub const SPLITS: &[fn()] = &[limits_hold_for_each_value, fixed_seeds_do_not_change];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Rows are alike by e-mail; one without is like no other.
    #[test]
    fn rows_are_alike_by_fields(world in worlds(), a in members(), b in members(), complement: bool, exclusion: bool) {
        let sets = [some_people("a", &world, &a), some_people("b", &world, &b)];
        let operation = if exclusion { "exclusion" } else { "intersection" };
        let settings = json!({"operation": operation, "primary": "a", "by": ["email"], "complement": complement});
        let ports = world.run("combine", &settings, &sets);
        let there: BTreeSet<String> =
            keys(&sets[1].rows).into_iter().filter_map(|id| folded(&world, id)).collect();
        let is_in = |id: &i64| folded(&world, *id).is_some_and(|mail| there.contains(&mail));
        let (within, without): (Vec<i64>, Vec<i64>) = keys(&sets[0].rows).into_iter().partition(is_in);
        let (kept, rest) = if exclusion { (without, within) } else { (within, without) };
        prop_assert_eq!(keys(&ports["out"]), kept);
        if complement {
            prop_assert_eq!(keys(&ports["complement"]), rest);
        }
    }

    /// People are compared with a set of visits, over the link or by a field.
    #[test]
    fn rules_bring_sets_of_other_dimensions(
        world in worlds(), visits in prop::collection::btree_set(100i64..130, 0..15), by_link: bool, complement: bool,
    ) {
        let rows = world.visits.iter().filter(|visit| visits.contains(&visit.id)).map(|visit| vec![text(visit.id)]).collect();
        let sets = [set("visits", "visits", &[], rows), world.everybody()];
        let rule = if by_link {
            json!({"set": "visits", "link": "visits"})
        } else {
            json!({"set": "visits", "on": {"id": "person_id"}})
        };
        let settings = json!({"operation": "exclusion", "primary": "before", "rules": [rule], "complement": complement});
        let ports = world.run("combine", &settings, &sets);
        let visited = |id: &i64| world.visits.iter().any(|visit| visits.contains(&visit.id) && visit.person == Some(*id));
        let (excluded, kept): (Vec<i64>, Vec<i64>) = world.people.iter().map(|person| person.id).partition(visited);
        prop_assert_eq!(keys(&ports["out"]), kept);
        if complement {
            prop_assert_eq!(keys(&ports["complement"]), excluded);
        }
    }

    /// A union is filled from the sets by their priority, each by points, and by e-mail no set gives what one before has.
    #[test]
    fn unions_are_filled_by_priority(
        world in worlds(), a in members(), b in members(), number in 1usize..6, alike: bool, complement: bool,
    ) {
        let sets = [some_people("a", &world, &a), some_people("b", &world, &b)];
        let mut settings = json!({"operation": "union", "complement": complement,
            "limit": {"number": number, "priority": ["b"], "sort": {"by": "points", "order": "descending"}}});
        if alike {
            settings["by"] = json!(["email"]);
        }
        let (in_b, in_a) = (keys(&sets[1].rows), keys(&sets[0].rows));
        let mails: BTreeSet<String> = in_b.iter().filter_map(|id| folded(&world, *id)).collect();
        let place = |id: i64| {
            let points = world.people.iter().find(|person| person.id == id).unwrap().points;
            (!in_b.contains(&id), points.is_none(), points.map(|points| -points), id)
        };
        let everybody: BTreeSet<i64> = in_a.iter().chain(&in_b).copied().collect();
        let mut wanted: Vec<i64> = everybody
            .iter()
            .copied()
            .filter(|id| !alike || in_b.contains(id) || folded(&world, *id).is_none_or(|mail| !mails.contains(&mail)))
            .collect();
        wanted.sort_by_key(|id| place(*id));
        wanted.truncate(number);
        wanted.sort_unstable();
        let ports = world.run("combine", &settings, &sets);
        prop_assert_eq!(keys(&ports["out"]), wanted.clone());
        if complement {
            let rest: Vec<i64> = everybody.into_iter().filter(|id| !wanted.contains(id)).collect();
            prop_assert_eq!(keys(&ports["complement"]), rest);
        }
    }

    /// What arrives and its complement are what arrived, with the columns that it carries.
    #[test]
    fn rules_filter_what_arrives(world in worlds(), a in members(), least in 0i64..4) {
        let arrived = some_people("a", &world, &a);
        let rule = json!({"combinator": "and", "rules": [
            {"field": "points", "operator": ">=", "value": least}, {"field": "from", "operator": "!=", "value": "a3"}]});
        let settings = json!({"dimension": "people", "where": rule, "within": true, "complement": true});
        let ports = world.run("build-audience", &settings, std::slice::from_ref(&arrived));
        let matches = |row: &Line| {
            let id: i64 = row[0].as_deref().unwrap().parse().unwrap();
            let points = world.people.iter().find(|person| person.id == id).unwrap().points;
            points.is_some_and(|points| points >= least) && row[1].as_deref() != Some("a3")
        };
        let (kept, rest): (Vec<Line>, Vec<Line>) = arrived.rows.into_iter().partition(matches);
        prop_assert_eq!(&ports["out"], &kept);
        prop_assert_eq!(&ports["complement"], &rest);
    }

    /// Duplicates by several criteria; what stays takes values from its whole group.
    #[test]
    fn duplicates_are_merged(world in worlds(), keep in 1usize..3, complement: bool) {
        let settings = json!({"by": [{"expression": "lower(email)"}], "keep": keep, "complement": complement,
            "method": [{"values": {"field": "points", "list": [2]}}, {"expression": "points", "order": "descending"}],
            "merge": [
                {"name": "best", "field": "points", "take": "highest"},
                {"name": "least", "field": "points", "take": "lowest"},
                {"name": "first", "field": "points"}]});
        let ports = world.run("deduplication", &settings, &[world.everybody()]);
        let mut groups: BTreeMap<(bool, String), Vec<&crate::linked::Person>> = BTreeMap::new();
        for person in &world.people {
            let group = match &person.email {
                Some(email) => (true, email.to_lowercase()),
                None => (false, person.id.to_string()),
            };
            groups.entry(group).or_default().push(person);
        }
        let (mut kept, mut dropped): (Vec<Line>, Vec<Line>) = (Vec::new(), Vec::new());
        for mut group in groups.into_values() {
            group.sort_by_key(|person| {
                (person.points != Some(2), person.points.is_none(), person.points.map(|points| -points), person.id)
            });
            let points = || group.iter().filter_map(|person| person.points);
            for (place, person) in group.iter().enumerate() {
                if place < keep {
                    kept.push(vec![
                        text(person.id),
                        points().max().and_then(text),
                        points().min().and_then(text),
                        points().next().and_then(text),
                    ]);
                } else {
                    dropped.push(vec![text(person.id)]);
                }
            }
        }
        kept.sort();
        dropped.sort();
        prop_assert_eq!(&ports["out"], &kept);
        if complement {
            prop_assert_eq!(&ports["complement"], &dropped);
        }
    }

    /// A limit for each value of a field by itself, with one of its own for some.
    #[test]
    fn limits_hold_for_each_value(world in worlds(), number in 1usize..3, own in 0usize..3, percent: bool) {
        let limit = if percent {
            json!({"percent": 50, "per": "points", "sort": {"by": "email"}})
        } else {
            json!({"number": number, "per": "points", "values": {"2": own}, "sort": [{"by": "email"}]})
        };
        let settings = json!({"subsets": [{"id": "a", "limit": limit}], "complement": true});
        let ports = world.run("split", &settings, &[world.everybody()]);
        let mut groups: BTreeMap<Option<i64>, Vec<&crate::linked::Person>> = BTreeMap::new();
        for person in &world.people {
            groups.entry(person.points).or_default().push(person);
        }
        let mut taken = Vec::new();
        for (points, mut group) in groups {
            group.sort_by_key(|person| (person.email.is_none(), person.email.clone(), person.id));
            let most = match (percent, points) {
                (true, _) => group.len().div_ceil(2),
                (false, Some(2)) => own,
                (false, _) => number,
            };
            taken.extend(group.iter().take(most).map(|person| person.id));
        }
        taken.sort_unstable();
        prop_assert_eq!(keys(&ports["a"]), taken);
        prop_assert_eq!(ports["a"].len() + ports["complement"].len(), world.people.len());
    }

    /// With a fixed seed the same people stay together from run to run; a number gives every activity the same people.
    #[test]
    fn fixed_seeds_do_not_change(world in worlds(), seeds: (u64, u64)) {
        let ports = |seed: serde_json::Value, run: u64| {
            let settings = json!({"seed": seed, "subsets": [{"id": "a", "limit": {"percent": 50}}, {"id": "b"}]});
            world.run_with("split", &settings, &[world.everybody()], tutti_activities::Mark::default(), run)
        };
        prop_assert_eq!(ports(json!("fixed"), seeds.0), ports(json!("fixed"), seeds.1));
        prop_assert_eq!(ports(json!(7), seeds.0), ports(json!(7), seeds.1));
    }
}

#[test]
fn columns_in_common_are_those_of_every_set() {
    let world = World { people: vec![crate::linked::Person { id: 1, email: None, points: None }], visits: Vec::new() };
    let one = |from: &str, columns: &[&str]| {
        let columns: Vec<(&str, ColumnType)> = columns.iter().map(|name| (*name, ColumnType::String)).collect();
        let row =
            std::iter::once(text(1)).chain(columns.iter().map(|(name, _)| text(format!("{from}-{name}")))).collect();
        set(from, "people", &columns, vec![row])
    };
    let sets = [one("a", &["x", "y"]), one("b", &["y", "z"])];
    for operation in ["union", "intersection"] {
        let ports = world.run("combine", &json!({"operation": operation, "columns": "common"}), &sets);
        assert_eq!(ports["out"], [vec![text(1), text("a-y")]], "{operation}");
    }
}
