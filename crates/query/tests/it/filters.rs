//! Filters with parameters mean what the same rules with literals mean, however the parameters are written and however
//! often a filter is used.

use serde_json::{Value as Json, json};
use tutti_model::bind::{Predicate, Scope, bind};
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_model::table::ColumnType;
use tutti_model::variables::Variable;
use tutti_query::{Planner, count_parts};

use crate::world::{World, catalog, documents, moment, session};

/// The ways in which the rule of a filter says its parameter.
pub const WAYS: [&str; 6] = ["text", "variable", "expression", "value", "sql", "linked"];

/// The rule of a filter whose parameter `least` is said in a way.
fn said(way: &str) -> Json {
    match way {
        "text" => json!({"field": "age", "operator": ">=", "value": "{{least}}"}),
        "variable" => json!({"field": "age", "operator": ">=", "valueSource": "variable", "value": "least"}),
        "expression" => json!({"expression": "age - $least", "operator": ">=", "value": 0}),
        "value" => json!({"field": "age", "operator": ">=", "valueSource": "expression", "value": "$least + 0"}),
        "sql" => json!({"expression": "age - {{least}}", "operator": ">=", "value": 0}),
        _ => json!({"field": "age", "operator": ">=", "valueSource": "aggregate",
            "value": {"field": "orders", "aggregate": {"function": "max", "expression": "quantity * 0 + $least"}}}),
    }
}

/// The same rule with a literal.
pub fn literal(way: &str, least: i64) -> Json {
    match way {
        "text" | "variable" => json!({"field": "age", "operator": ">=", "value": least}),
        "expression" | "sql" => json!({"expression": format!("age - {least}"), "operator": ">=", "value": 0}),
        "value" => {
            json!({"field": "age", "operator": ">=", "valueSource": "expression", "value": format!("{least} + 0")})
        }
        _ => json!({"field": "age", "operator": ">=", "valueSource": "aggregate",
            "value": {"field": "orders", "aggregate": {"function": "max", "expression": format!("quantity * 0 + {least}")}}}),
    }
}

pub fn filter(way: &str, least: impl Into<Json>) -> Json {
    json!({"filter": format!("by_{way}"), "parameters": {"least": least.into()}})
}

/// A random world with a filter for each way, and filters around and inside of others.
pub fn world(seed: u64, size: u64) -> World {
    let mut world = World::random(seed, size, seed % 2 == 1);
    let parameter = |name: &str| json!({name: {"type": "integer"}});
    let document = |name: &str, parameters: Json, rule: Json| json!({"kind": "filter", "name": name, "dimension": "people", "parameters": parameters, "where": rule});
    let mut all = documents();
    for way in WAYS {
        all.push(document(&format!("by_{way}"), parameter("least"), said(way)));
    }
    let one = |operator: &str, value: Json| json!({"field": "age", "operator": operator, "value": value});
    all.extend([
        document("around", parameter("most"), filter("expression", "{{most}}")),
        // Its variable is a parameter of the filter around it.
        document("inside", json!({}), json!({"expression": "age - $least", "operator": ">=", "value": 0})),
        document("lends", parameter("least"), json!({"filter": "inside"})),
        document("among", parameter("one"), one("in", json!(["{{one}}", 20]))),
        document("among_text", parameter("one"), one("in", json!("{{one}}, 20"))),
        document("between", parameter("one"), one("between", json!(["{{one}}", 60]))),
        document(
            "many",
            parameter("n"),
            json!({"field": "orders", "match": {"mode": "atLeast", "threshold": "{{n}}"}}),
        ),
    ]);
    world.catalog = catalog(&all);
    world
}

/// A rule of customers as a campaign binds it, whose `$least` is 40 and whose `$unset` has no value.
pub fn asked(world: &World, rule: &Json) -> Result<Predicate, Vec<Problem>> {
    let mut moment = moment();
    moment.variables.insert("least", Variable::new(ColumnType::Integer, Some(json!(40))));
    moment.variables.insert("unset", Variable::new(ColumnType::Integer, None));
    moment.variables.insert("city", Variable::new(ColumnType::String, Some(json!("Lyon"))));
    let mut problems = Vec::new();
    let bound = bind(&Rule(rule.clone()), Scope::table("customers"), &world.catalog, &moment, "", &mut problems);
    bound.ok_or(problems)
}

async fn count(world: &World, rule: &Json) -> u64 {
    match asked(world, rule) {
        Ok(predicate) => world.count("customers", &predicate).await,
        Err(problems) => panic!("{rule}: {problems:?}"),
    }
}

#[tokio::test]
async fn a_filter_that_is_used_twice_means_both() {
    let mut differ = 0;
    for seed in 0..2 {
        let world = world(seed, 60);
        let planner = Planner::new(&world.catalog, &world.providers);
        for way in WAYS {
            for (one, other) in [(20, 60), (60, 20)] {
                for combinator in ["and", "or", "except"] {
                    let filters = json!({"combinator": combinator, "rules": [filter(way, one), filter(way, other)]});
                    let literals = json!({"combinator": combinator, "rules": [literal(way, one), literal(way, other)]});
                    assert_eq!(count(&world, &filters).await, count(&world, &literals).await, "{filters}");
                }
                // In one pass over the rows.
                let bound = [one, other, one].map(|least| asked(&world, &filter(way, least)).unwrap());
                let counts = count_parts(&session(), &planner, "customers", &bound).await.unwrap();
                for (counted, least) in counts.iter().zip([one, other, one]) {
                    assert_eq!(*counted, count(&world, &literal(way, least)).await, "{way} {least}");
                }
                differ += usize::from(counts[0] != counts[1]);
            }
        }
    }
    assert!(differ > 2 * WAYS.len(), "the parameters make no difference: {differ}");
}

#[tokio::test]
async fn filters_around_others_and_variables_of_the_campaign_are_told_apart() {
    let world = world(3, 60);
    let planner = Planner::new(&world.catalog, &world.providers);
    let own = json!({"expression": "age - $least", "operator": ">=", "value": 0});
    let with = |name: &str, parameter: &str, value: i64| json!({"filter": name, "parameters": {parameter: value}});
    for pair in [
        [with("around", "most", 20), with("around", "most", 60)],
        [with("lends", "least", 20), with("lends", "least", 60)],
        [own.clone(), filter("expression", 60)],
        [filter("expression", 20), own.clone()],
        // In the filter the name is its parameter, outside it is the campaign's.
        [with("lends", "least", 60), own],
    ] {
        let alone = [count(&world, &pair[0]).await, count(&world, &pair[1]).await];
        assert_ne!(alone[0], alone[1], "{pair:?}");
        let bound = pair.clone().map(|rule| asked(&world, &rule).unwrap());
        let counts = count_parts(&session(), &planner, "customers", &bound).await.unwrap();
        assert_eq!(counts, alone, "{pair:?}");
        // One of them asks for more: the rows of both are its rows.
        let both = count(&world, &json!({"combinator": "and", "rules": pair})).await;
        assert_eq!(both, alone[0].min(alone[1]), "{pair:?}");
    }
}

#[tokio::test]
async fn parameters_may_be_variables_of_the_campaign() {
    let world = world(4, 60);
    for way in WAYS {
        let given = filter(way, "$least");
        assert_eq!(count(&world, &given).await, count(&world, &literal(way, 40)).await, "{given}");
        // Without a value it is compared with nothing.
        let given = filter(way, "$unset");
        assert_eq!(count(&world, &given).await, 0, "{given}");
        let complement = json!({"combinator": "and", "not": true, "rules": [given]});
        assert_eq!(count(&world, &complement).await, 60, "{complement}");
    }
    let with = |name: &str, parameter: &str, value: &str| json!({"filter": name, "parameters": {parameter: value}});
    let age = |operator: &str, value: Json| json!({"field": "age", "operator": operator, "value": value});
    for (rule, same) in [
        (with("around", "most", "$least"), age(">=", json!(40))),
        (with("among", "one", "$least"), age("in", json!([40, 20]))),
        // What is not known is not in the list; the other still is.
        (with("among", "one", "$unset"), age("in", json!([20]))),
        (with("among_text", "one", "$unset"), age("in", json!([20]))),
        (with("between", "one", "$least"), age("between", json!([40, 60]))),
        (with("between", "one", "$unset"), age("in", json!([]))),
        (with("around", "most", "$unset"), age("in", json!([]))),
    ] {
        assert_eq!(count(&world, &rule).await, count(&world, &same).await, "{rule}");
    }
    for (rule, code, pointer) in [
        (filter("text", "$leats"), "unknown_variable", "/parameters/least"),
        (filter("text", "$city"), "wrong_type", "/parameters/least"),
        (filter("text", "$"), "wrong_type", "/parameters/least"),
        (with("many", "n", "$unset"), "no_value", "/parameters/n"),
    ] {
        let problems = asked(&world, &rule).unwrap_err();
        let found: Vec<(&str, &str)> =
            problems.iter().map(|problem| (problem.code.as_str(), problem.pointer.as_str())).collect();
        assert_eq!(found, [(code, pointer)], "{problems:?}");
        assert!(code == "wrong_type" || problems[0].hint.is_some(), "{problems:?}");
    }
}
