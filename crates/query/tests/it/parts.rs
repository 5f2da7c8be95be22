//! The counts of a rule's parts are those of the parts taken by themselves.

use serde_json::{Value as Json, json};
use tutti_model::bind::Predicate;
use tutti_model::rule::Rule;
use tutti_query::{Planner, count_parts};

use crate::world::{World, session};

#[tokio::test]
async fn parts_are_counted_as_they_are_alone() {
    let vip = json!({"field": "vip", "operator": "=", "value": true});
    let paid = json!({"field": "orders.status", "operator": "=", "value": "paid"});
    let sum =
        json!({"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": "<", "value": 5});
    let own = json!({"field": "orders", "aggregate": {"function": "count"}, "operator": ">", "valueSource": "field", "value": "age"});
    let all = json!({"field": "orders", "match": {"mode": "all"}, "value": {"field": "lines.amount", "operator": "<", "value": 5}});
    let city = json!({"field": "city.title", "operator": "!=", "value": "anna"});
    let spent = json!({"filter": "spent"});
    let inner =
        json!({"combinator": "except", "not": true, "rules": [vip, paid, {"combinator": "or", "rules": [sum, vip]}]});
    let rules = [
        json!({}),
        vip.clone(),
        paid.clone(),
        json!({"combinator": "or", "rules": [inner, own, all, city, spent, {"combinator": "and", "rules": []}]}),
        json!({"combinator": "and", "rules": [{"combinator": "or", "rules": [paid, sum]}, inner, city]}),
    ];
    let mut divided = 0;
    for (seed, size) in [(3, 40), (8, 25), (9, 0)] {
        let world = World::random(seed, size, seed == 8);
        let planner = Planner::new(&world.catalog, &world.providers);
        for rule in &rules {
            let parts = Rule(rule.clone()).parts();
            let bound: Vec<Predicate> = parts.iter().map(|(_, part)| world.bind("customers", &part.0)).collect();
            let counts = count_parts(&session(), &planner, "customers", &bound).await.unwrap();
            let expected: Vec<u64> = bound.iter().map(|part| world.naive().count("customers", part)).collect();
            let pointers: Vec<&str> = parts.iter().map(|(pointer, _)| pointer.as_str()).collect();
            assert_eq!(counts, expected, "{pointers:?} of {rule}");
            divided += counts.iter().filter(|count| (1..size).contains(count)).count();
        }
    }
    assert!(divided > 20, "too few of the parts divide their rows: {divided}");
}

#[tokio::test]
async fn a_part_that_stands_twice_is_computed_once() {
    let world = World::random(3, 40, true);
    let planner = Planner::new(&world.catalog, &world.providers);
    let paid = json!({"field": "orders.status", "operator": "=", "value": "paid"});
    let twice: Json = json!({"combinator": "or", "rules": [paid, {"combinator": "and", "not": true, "rules": [paid]}]});
    let bound: Vec<Predicate> = Rule(twice).parts().iter().map(|(_, part)| world.bind("customers", &part.0)).collect();
    let counts = count_parts(&session(), &planner, "customers", &bound).await.unwrap();
    assert_eq!((counts[0], counts[1] + counts[2]), (40, 40));
}
