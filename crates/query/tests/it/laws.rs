//! Properties of random rules over random tables: the engine's count is the naive one, a rule and its complement
//! divide the rows, and De Morgan holds. `TUTTI_SEED` chooses other rules than those of every day, and `TUTTI_CASES`
//! how many.

use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Value as Json, json};

use crate::formula::pooled;
use crate::world::{NAMES, STATUSES, World};

const CASES: u32 = 160;
const DEPTH: u32 = 4;

/// Columns of a table that rules compare: their names and kinds.
fn fields(table: &str) -> &'static [(&'static str, &'static str)] {
    match table {
        "customers" => &[
            ("name", "text"),
            ("nick", "text"),
            ("age", "number"),
            ("score", "number"),
            ("balance", "number"),
            ("vip", "boolean"),
            ("born", "time"),
            ("seen", "time"),
            ("city.title", "text"),
            ("city.people_count", "number"),
            ("best_friend.name", "text"),
            ("best_friend.city.title", "text"),
            ("best_friend.age", "number"),
            ("orders.status", "text"),
            ("orders.total", "number"),
            ("orders.lines.product.price", "number"),
        ],
        "orders" => &[
            ("shop", "text"),
            ("number", "number"),
            ("status", "text"),
            ("total", "number"),
            ("quantity", "number"),
            ("weight", "number"),
            ("at", "time"),
            ("day", "time"),
            ("customer.name", "text"),
            ("customer.city.people_count", "number"),
            ("lines.amount", "number"),
        ],
        "lines" => &[
            ("amount", "number"),
            ("line", "number"),
            ("product.price", "number"),
            ("product.title", "text"),
            ("order.status", "text"),
            ("order.customer.age", "number"),
        ],
        "cities" => &[("title", "text"), ("people_count", "number"), ("people.age", "number")],
        "products" => &[("title", "text"), ("price", "number")],
        _ => &[("pages", "number"), ("id", "text")],
    }
}

/// Paths of links from a table, where they lead, and operands that can be summed there.
fn links(table: &str) -> &'static [(&'static str, &'static str, &'static [&'static str])] {
    match table {
        "customers" => &[
            ("orders", "orders", &["total", "quantity", "weight"]),
            ("orders.lines", "lines", &["amount", "product.price"]),
            ("city", "cities", &["people_count"]),
            ("best_friend", "customers", &["age", "balance"]),
            ("admirers", "customers", &["age", "city.people_count"]),
            ("visits", "visits", &["pages"]),
            ("orders.customer.orders", "orders", &["total", "customer.age"]),
            ("city.people", "customers", &["balance"]),
        ],
        "orders" => &[
            ("lines", "lines", &["amount", "product.price"]),
            ("customer", "customers", &["age"]),
            ("customer.orders", "orders", &["total"]),
        ],
        "lines" => &[
            ("product", "products", &["price"]),
            ("order", "orders", &["total"]),
            ("order.lines", "lines", &["amount"]),
        ],
        "cities" => &[("people", "customers", &["age", "score"])],
        _ => &[],
    }
}

/// Fields that are not over a to-many link, so that they can be compared with.
fn single(table: &str, kind: &str) -> Vec<&'static str> {
    let many = ["orders.", "lines.", "people."];
    let of_kind =
        fields(table).iter().filter(|(name, of)| *of == kind && !many.iter().any(|many| name.starts_with(many)));
    of_kind.map(|(name, _)| *name).collect()
}

fn value(kind: &str) -> BoxedStrategy<Json> {
    match kind {
        "text" => {
            prop_oneof![prop::sample::select(&NAMES[..]), prop::sample::select(&STATUSES[..]), Just("north"), Just("o")]
                .prop_map(Json::from)
                .boxed()
        }
        "number" => prop::sample::select(vec![
            json!(0),
            json!(1),
            json!(20),
            json!(40),
            json!(10),
            json!(0.25),
            json!("19.99"),
            json!(-5),
            json!(2.5),
            json!("0.001"),
            json!("12345678901234567890.5"),
        ])
        .boxed(),
        "boolean" => any::<bool>().prop_map(Json::from).boxed(),
        _ => {
            prop::sample::select(vec!["2026-02-16", "2026-02-17T00:00:00Z", "now-26d/d", "2026-02-18T01:00:00", "now"])
                .prop_map(Json::from)
                .boxed()
        }
    }
}

fn condition(table: &'static str) -> BoxedStrategy<Json> {
    prop::sample::select(fields(table))
        .prop_flat_map(move |(field, kind)| {
            let single = single(table, kind);
            let operators = match kind {
                "text" => &["=", "!=", "<", ">=", "contains", "doesNotContain", "beginsWith", "doesNotEndWith", "like", "notLike", "empty", "notEmpty", "null"][..],
                "boolean" => &["=", "!=", "null", "notNull"],
                _ => &["=", "!=", "<", "<=", ">", ">=", "null", "notNull"],
            };
            let plain = (prop::sample::select(operators), value(kind), any::<bool>())
                .prop_map(move |(operator, value, sensitive)| json!({"field": field, "operator": operator, "value": value, "caseSensitive": sensitive}));
            let list = (prop::sample::select(vec!["in", "notIn"]), prop::collection::vec(value(kind), 0..4))
                .prop_map(move |(operator, values)| json!({"field": field, "operator": operator, "value": values}));
            let mut all = vec![plain.boxed(), list.boxed()];
            if kind != "boolean" {
                let range = (prop::sample::select(vec!["between", "notBetween"]), value(kind), value(kind))
                    .prop_map(move |(operator, low, high)| json!({"field": field, "operator": operator, "value": [low, high]}));
                all.push(range.boxed());
            }
            if single.contains(&field) && kind != "boolean" {
                let other = (prop::sample::select(vec!["=", "!=", "<", ">="]), prop::sample::select(single))
                    .prop_map(move |(operator, other)| json!({"field": field, "operator": operator, "valueSource": "field", "value": other}));
                all.push(other.boxed());
            }
            let computed = pooled(table, kind);
            if !computed.is_empty() {
                let left = (prop::sample::select(computed), prop::sample::select(operators), value(kind))
                    .prop_map(|(sql, operator, value)| json!({"expression": sql, "operator": operator, "value": value}));
                all.push(left.boxed());
                if !field.contains('.') && kind != "boolean" {
                    let right = (prop::sample::select(computed), prop::sample::select(vec!["=", "!=", "<", ">="]))
                        .prop_map(move |(sql, operator)| json!({"field": field, "operator": operator, "valueSource": "expression", "value": sql}));
                    all.push(right.boxed());
                }
            }
            prop::strategy::Union::new(all)
        })
        .boxed()
}

/// Of the linked rows of `to`, the first in an order.
fn pick(to: &'static str, depth: u32) -> BoxedStrategy<Json> {
    let orders: Vec<&str> = single(to, "number").into_iter().chain(single(to, "text")).collect();
    let by = (prop::sample::select(orders), any::<bool>(), 1u64..4);
    (by, prop::option::weighted(0.3, rule(to, depth.saturating_sub(2))))
        .prop_map(|((by, descending, n), filter)| {
            let mut pick = json!({"by": by, "order": if descending { "descending" } else { "ascending" }, "n": n});
            if let Some(filter) = filter {
                pick["where"] = filter;
            }
            pick
        })
        .boxed()
}

/// A rule of customers that has a name elsewhere: filters, some inside others, an audience, an earlier population.
fn named() -> BoxedStrategy<Json> {
    prop::sample::select(vec![
        json!({"filter": "spent"}),
        json!({"filter": "spent", "parameters": {"least": 0, "status": "shipped"}}),
        json!({"filter": "good", "parameters": {"least": 20}}),
        json!({"audience": "vips", "operator": "in"}),
        json!({"audience": "vips", "operator": "notIn"}),
        json!({"population": "split.a", "operator": "in"}),
        json!({"population": "split.a", "operator": "notIn"}),
        json!({}),
    ])
    .boxed()
}

/// A text over linked rows: the first, the last, all in one.
fn joined(path: &'static str, to: &'static str) -> BoxedStrategy<Json> {
    let functions = prop::sample::select(vec!["min", "max", "stringAgg", "countDistinct"]);
    let operators = prop::sample::select(vec!["=", "!=", "<", ">=", "contains", "beginsWith", "empty", "notEmpty"]);
    (functions, prop::sample::select(single(to, "text")), operators, value("text"), any::<[bool; 2]>())
        .prop_map(move |(function, operand, operator, value, [distinct, sensitive])| {
            let is_count = function == "countDistinct";
            let (operator, value) = if is_count { ("<", json!(2)) } else { (operator, value) };
            json!({"field": path, "aggregate": {"function": function, "field": operand, "distinct": distinct},
                "operator": operator, "value": value, "caseSensitive": sensitive})
        })
        .boxed()
}

fn aggregate(
    table: &'static str,
    path: &'static str,
    to: &'static str,
    operands: &'static [&'static str],
    depth: u32,
) -> BoxedStrategy<Json> {
    let functions = prop::sample::select(vec!["count", "countDistinct", "sum", "avg", "min", "max", "stddev"]);
    let inner = prop::option::weighted(0.5, rule(to, depth.saturating_sub(2)));
    let operators = prop::sample::select(vec!["=", "!=", "<", "<=", ">", ">="]);
    let others: Vec<&str> = single(table, "number").into_iter().chain(["."]).collect();
    let other = prop::option::weighted(0.3, prop::sample::select(others));
    let more = (any::<bool>(), prop::option::weighted(0.2, pick(to, depth)), any::<bool>());
    (functions, prop::sample::select(operands), operators, value("number"), inner, other, more)
        .prop_map(move |(function, operand, operator, value, inner, field, (distinct, pick, beside))| {
            // Standard deviations are compared away from the values that they can have exactly.
            let (operator, value) = if function == "stddev" { (if operator.contains('<') { "<" } else { ">" }, json!(0.7654)) } else { (operator, value) };
            let mut rule = json!({"field": path, "aggregate": {"function": function, "field": operand}, "operator": operator, "value": value});
            if distinct && !matches!(function, "stddev" | "countDistinct") {
                rule["aggregate"]["distinct"] = json!(true);
            }
            if let Some(pick) = pick {
                rule["pick"] = pick;
            }
            if function == "stddev" {
                return rule;
            }
            if let Some(field) = field {
                // Against a field, or against the same over all linked rows or only their number.
                rule["valueSource"] = json!(if field == "." { "aggregate" } else { "field" });
                let all = json!({"field": path, "aggregate": {"function": function, "field": operand}});
                let number = json!({"field": path, "aggregate": {"function": "count"}});
                rule["value"] = if field != "." { json!(field) } else if beside { all } else { number };
            }
            if let Some(inner) = inner {
                rule["where"] = inner;
            }
            rule
        })
        .boxed()
}

pub fn rule(table: &'static str, depth: u32) -> BoxedStrategy<Json> {
    if depth == 0 {
        return condition(table);
    }
    let group = (
        prop::sample::select(vec!["and", "or", "except"]),
        prop::bool::weighted(0.2),
        prop::collection::vec(rule(table, depth - 1), 1..5),
    )
        .prop_map(|(combinator, not, rules)| json!({"combinator": combinator, "not": not, "rules": rules}));
    let empty = prop::sample::select(vec!["and", "or", "except"])
        .prop_map(|combinator| json!({"combinator": combinator, "rules": []}));
    let mut all = vec![(8, condition(table)), (12, group.boxed()), (1, empty.boxed())];
    if table == "customers" {
        all.push((3, named()));
    }
    if !links(table).is_empty() {
        let linked = prop::sample::select(links(table)).prop_flat_map(move |(path, to, operands)| {
            let modes = (
                prop::sample::select(vec!["some", "none", "all", "atLeast", "atMost", "exactly"]),
                0u64..4,
                rule(to, depth - 1),
            );
            let related = (modes, prop::option::weighted(0.25, pick(to, depth))).prop_map(
                move |((mode, threshold, inner), pick)| {
                    let mut rule =
                        json!({"field": path, "match": {"mode": mode, "threshold": threshold}, "value": inner});
                    if let Some(pick) = pick {
                        rule["pick"] = pick;
                    }
                    rule
                },
            );
            let aggregate = aggregate(table, path, to, operands, depth);
            match single(to, "text").is_empty() {
                true => prop_oneof![related, aggregate].boxed(),
                false => prop_oneof![4 => related, 4 => aggregate, 1 => joined(path, to)].boxed(),
            }
        });
        all.push((12, linked.boxed()));
    }
    prop::strategy::Union::new_weighted(all).boxed()
}

/// How many random rules a law is asked of.
fn cases() -> u32 {
    std::env::var("TUTTI_CASES").map_or(CASES, |cases| cases.parse().expect("TUTTI_CASES is a number of cases"))
}

/// Where random rules begin: the same every time, unless a seed is given.
fn chance() -> TestRng {
    let Ok(seed) = std::env::var("TUTTI_SEED") else { return TestRng::deterministic_rng(RngAlgorithm::ChaCha) };
    let seed: u64 = seed.parse().expect("TUTTI_SEED is a whole number");
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    TestRng::from_seed(RngAlgorithm::ChaCha, &bytes)
}

/// Asks a law of random rules, of every `part`th case.
pub fn runner(part: u32) -> TestRunner {
    let cases = cases().div_ceil(part);
    let config = Config { cases, max_shrink_iters: 400, failure_persistence: None, ..Config::default() };
    TestRunner::new_with_rng(config, chance())
}

#[test]
fn random_rules_count_as_the_naive_evaluator_does() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let divided = std::cell::Cell::new(0);
    let strategy = (any::<u64>(), 4u64..16, any::<bool>(), rule("customers", DEPTH));
    let law = |(seed, size, views, rule): (u64, u64, bool, Json)| {
        let world = World::random(seed, size, views);
        let predicate = world.bind("customers", &rule);
        let expected = world.naive().count("customers", &predicate);
        let counted = runtime.block_on(world.count("customers", &predicate));
        prop_assert_eq!(counted, expected);
        let complement = world.bind("customers", &json!({"combinator": "and", "not": true, "rules": [rule]}));
        prop_assert_eq!(runtime.block_on(world.count("customers", &complement)), size - expected);
        divided.set(divided.get() + u32::from(expected > 0 && expected < size));
        Ok(())
    };
    runner(1).run(&strategy, law).unwrap();
    assert!(divided.get() > cases() / 6, "too few of the rules divide their rows: {}", divided.get());
}

#[test]
fn de_morgan() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let strategy = (any::<u64>(), rule("customers", 2), rule("customers", 2));
    let law = |(seed, one, other): (u64, Json, Json)| {
        let world = World::random(seed, 12, true);
        let not = |rule: &Json| json!({"combinator": "and", "not": true, "rules": [rule]});
        let left = world.bind("customers", &json!({"combinator": "and", "not": true, "rules": [one, other]}));
        let right = world.bind("customers", &json!({"combinator": "or", "rules": [not(&one), not(&other)]}));
        let (left, right) =
            (runtime.block_on(world.count("customers", &left)), runtime.block_on(world.count("customers", &right)));
        prop_assert_eq!(left, right);
        Ok(())
    };
    runner(1).run(&strategy, law).unwrap();
}
