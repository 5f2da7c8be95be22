//! The laws of changes of dimension, against links followed by hand.

use std::cmp::Reverse;

use proptest::prelude::*;
use serde_json::json;
use tutti_model::table::ColumnType;

use crate::linked::{Line, Set, World, money, set, text, worlds};

fn all_visits(world: &World) -> Set {
    let rows = world.visits.iter().map(|visit| vec![text(visit.id), text(format!("v{}", visit.id))]).collect();
    set("before", "visits", &[("code", ColumnType::String)], rows)
}

pub const LAWS: &[fn()] = &[each_new_row_is_there_once, links_to_many_lead_to_all, paths_may_cross_several_links];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn each_new_row_is_there_once(world in worlds(), keep in 1usize..4, by_day: bool) {
        let mut settings = json!({"dimension": "people", "keep": keep, "complement": true, "fields": [{"name": "paid", "field": "amount"}]});
        if by_day {
            settings["sort"] = json!({"by": "day", "order": "descending"});
        }
        let ports = world.run("change-dimension", &settings, &[all_visits(&world)]);
        let expected = world.people.iter().filter_map(|person| {
            let visits =
                world.visits_of(person.id, |_| true, |visit| by_day.then_some((visit.day.is_none(), Reverse(visit.day))));
            let first = visits.first()?;
            let mut line: Line = vec![text(person.id)];
            if keep == 1 {
                line.extend([text(format!("v{}", first.id)), first.cents.map(money)]);
                return Some(line);
            }
            for place in 0..keep {
                let visit = visits.get(place);
                line.extend([visit.map(|visit| format!("v{}", visit.id)), visit.and_then(|visit| visit.cents).map(money)]);
            }
            let entries: Vec<String> = visits
                .iter()
                .take(keep)
                .map(|visit| {
                    let paid = visit.cents.map_or("null".to_owned(), |cents| format!("\"{}\"", money(cents)));
                    format!(r#"{{"code":"v{}","paid":{paid}}}"#, visit.id)
                })
                .collect();
            line.push(text(format!("[{}]", entries.join(","))));
            Some(line)
        });
        let mut expected: Vec<Line> = expected.collect();
        expected.sort();
        prop_assert_eq!(&ports["out"], &expected);
        let known = |visit: &&crate::linked::Visit| world.people.iter().any(|person| Some(person.id) == visit.person);
        let mut rest: Vec<Line> = world
            .visits
            .iter()
            .filter(|visit| !known(visit))
            .map(|visit| vec![text(visit.id), text(format!("v{}", visit.id))])
            .collect();
        rest.sort();
        prop_assert_eq!(&ports["complement"], &rest);
    }

    /// From people to all of their visits; each carries its person's column.
    #[test]
    fn links_to_many_lead_to_all(world in worlds()) {
        let rows = world.people.iter().map(|person| vec![text(person.id), text(format!("p{}", person.id))]).collect();
        let sets = [set("before", "people", &[("who", ColumnType::String)], rows)];
        let ports = world.run("change-dimension", &json!({"dimension": "visits", "link": "visits"}), &sets);
        let mut expected: Vec<Line> = world
            .visits
            .iter()
            .filter(|visit| world.people.iter().any(|person| Some(person.id) == visit.person))
            .map(|visit| vec![text(visit.id), visit.person.map(|person| format!("p{person}"))])
            .collect();
        expected.sort();
        prop_assert_eq!(&ports["out"], &expected);
    }

    /// There and back again is everybody with a visit.
    #[test]
    fn paths_may_cross_several_links(world in worlds()) {
        let ports = world.run("change-dimension", &json!({"dimension": "people", "link": "visits.person"}), &[world.everybody()]);
        let mut expected: Vec<Line> = world
            .people
            .iter()
            .filter(|person| !world.visits_of(person.id, |_| true, |_| ()).is_empty())
            .map(|person| vec![text(person.id)])
            .collect();
        expected.sort();
        prop_assert_eq!(&ports["out"], &expected);
    }
}
