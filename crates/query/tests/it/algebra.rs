//! Rules are sets of rows: what holds of sets holds of random rules, and a filter is the rule that stands in it.

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;

use crate::filters::{self, WAYS};
use crate::laws::{rule, runner};
use crate::world::{World, catalog, documents};

/// How deep the random rules nest.
const DEPTH: u32 = 2;

/// Each law is asked of a part of the cases, since each counts many times.
const PART: u32 = 4;

/// A random world of few rows, in which rules are counted.
struct Counted<'r> {
    world: World,
    runtime: &'r Runtime,
}

impl<'r> Counted<'r> {
    fn new(seed: u64, runtime: &'r Runtime) -> Self {
        Self { world: World::random(seed, 12, seed.is_multiple_of(2)), runtime }
    }

    fn count(&self, rule: &Json) -> u64 {
        let predicate = self.world.bind("customers", rule);
        self.runtime.block_on(self.world.count("customers", &predicate))
    }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

fn group(combinator: &str, one: &Json, other: &Json) -> Json {
    json!({"combinator": combinator, "rules": [one, other]})
}

fn both(one: &Json, other: &Json) -> Json {
    group("and", one, other)
}

fn either(one: &Json, other: &Json) -> Json {
    group("or", one, other)
}

fn not(rule: &Json) -> Json {
    json!({"combinator": "and", "not": true, "rules": [rule]})
}

#[test]
fn a_rule_with_itself_is_itself() {
    let runtime = runtime();
    let law = |(seed, one): (u64, Json)| {
        let counted = Counted::new(seed, &runtime);
        let alone = counted.count(&one);
        prop_assert_eq!(counted.count(&both(&one, &one)), alone);
        prop_assert_eq!(counted.count(&either(&one, &one)), alone);
        prop_assert_eq!(counted.count(&not(&not(&one))), alone);
        prop_assert_eq!(counted.count(&group("except", &one, &one)), 0);
        Ok(())
    };
    runner(PART).run(&(any::<u64>(), rule("customers", DEPTH)), law).unwrap();
}

#[test]
fn two_rules_share_the_rows_of_both() {
    let runtime = runtime();
    let law = |(seed, one, other): (u64, Json, Json)| {
        let counted = Counted::new(seed, &runtime);
        let (of_both, of_either) = (counted.count(&both(&one, &other)), counted.count(&either(&one, &other)));
        let of_one = counted.count(&one);
        prop_assert_eq!(of_one + counted.count(&other), of_both + of_either);
        let without = counted.count(&group("except", &one, &other));
        prop_assert_eq!(without, counted.count(&both(&one, &not(&other))));
        prop_assert_eq!(without + of_both, of_one);
        Ok(())
    };
    runner(PART).run(&(any::<u64>(), rule("customers", DEPTH), rule("customers", DEPTH)), law).unwrap();
}

#[test]
fn rules_absorb_and_distribute() {
    let runtime = runtime();
    let law = |(seed, a, b, c): (u64, Json, Json, Json)| {
        let counted = Counted::new(seed, &runtime);
        let alone = counted.count(&a);
        prop_assert_eq!(counted.count(&both(&a, &either(&a, &b))), alone);
        prop_assert_eq!(counted.count(&either(&a, &both(&a, &b))), alone);
        let (left, right) = (both(&a, &either(&b, &c)), either(&both(&a, &b), &both(&a, &c)));
        prop_assert_eq!(counted.count(&left), counted.count(&right));
        let (left, right) = (either(&a, &both(&b, &c)), both(&either(&a, &b), &either(&a, &c)));
        prop_assert_eq!(counted.count(&left), counted.count(&right));
        Ok(())
    };
    let rules = || rule("customers", DEPTH);
    runner(PART).run(&(any::<u64>(), rules(), rules(), rules()), law).unwrap();
}

#[test]
fn a_filter_is_its_rule() {
    let runtime = runtime();
    let law = |(seed, one, other): (u64, Json, Json)| {
        let mut counted = Counted::new(seed, &runtime);
        let mut all = documents();
        all.push(json!({"kind": "filter", "name": "inner", "dimension": "people", "where": one}));
        all.push(json!({"kind": "filter", "name": "outer", "dimension": "people", "where": {"filter": "inner"}}));
        counted.world.catalog = catalog(&all);
        for filter in [json!({"filter": "inner"}), json!({"filter": "outer"})] {
            prop_assert_eq!(counted.count(&filter), counted.count(&one));
            prop_assert_eq!(
                counted.count(&group("except", &other, &filter)),
                counted.count(&group("except", &other, &one))
            );
            prop_assert_eq!(counted.count(&either(&not(&filter), &other)), counted.count(&either(&not(&one), &other)));
        }
        Ok(())
    };
    runner(PART).run(&(any::<u64>(), rule("customers", DEPTH), rule("customers", 1)), law).unwrap();
}

#[test]
fn a_filter_with_parameters_is_its_rule_with_literals() {
    let runtime = runtime();
    let ages = || prop::sample::select(vec![0i64, 20, 40, 60, 80]);
    let combinators = prop::sample::select(vec!["and", "or", "except"]);
    let strategy =
        (any::<u64>(), prop::sample::select(WAYS.to_vec()), ages(), ages(), combinators, rule("customers", DEPTH));
    let law = |(seed, way, one, other, combinator, beside): (u64, &str, i64, i64, &str, Json)| {
        let counted = Counted { world: filters::world(seed, 12), runtime: &runtime };
        let rules = |first: Json, second: Json| json!({"combinator": combinator, "rules": [first, beside, second]});
        let used = rules(filters::filter(way, one), filters::filter(way, other));
        let inlined = rules(filters::literal(way, one), filters::literal(way, other));
        prop_assert_eq!(counted.count(&used), counted.count(&inlined));
        prop_assert_eq!(counted.count(&not(&used)), 12 - counted.count(&inlined));
        Ok(())
    };
    runner(PART).run(&strategy, law).unwrap();
}
