//! The forms of rules beyond conditions on fields: picked rows, values over linked rows on either side, expressions,
//! populations, filters inside filters.

use serde_json::{Value as Json, json};
use tutti_model::bind::{Scope, bind};
use tutti_model::date_math::Moment;
use tutti_model::rule::Rule;
use tutti_query::population_source;

use crate::world::{NOW, World};

/// Checks each rule, and its complement, against the naive evaluator on several worlds.
async fn check(table: &str, rules: &[Json]) {
    for seed in 0..4 {
        let world = World::random(seed, 30, seed % 2 == 1);
        for rule in rules {
            world.check(table, rule).await;
            // Inside `or` there is no filter to join with.
            let vip = if table == "customers" { "vip" } else { "total" };
            world.check(table, &json!({"combinator": "or", "rules": [rule, {"field": vip, "operator": "null"}]})).await;
        }
    }
}

#[tokio::test]
async fn of_the_linked_rows_the_first_are_picked() {
    let paid = json!({"field": "status", "operator": "=", "value": "paid"});
    let latest = json!({"by": "at", "order": "descending"});
    check(
        "customers",
        &[
            json!({"field": "orders", "pick": latest, "value": paid}),
            json!({"field": "orders", "pick": {"by": "at"}, "match": {"mode": "none"}, "value": paid}),
            json!({"field": "orders", "pick": {"by": "total", "order": "descending", "n": 2}, "match": {"mode": "all"}, "value": paid}),
            json!({"field": "orders", "pick": {"by": "day", "n": 3}, "match": {"mode": "atLeast", "threshold": 2}, "value": paid}),
            json!({"field": "orders", "pick": {"by": "at", "order": "descending", "where": paid}, "value": {"field": "total", "operator": ">", "value": 5}}),
            json!({"field": "orders", "pick": {"by": "customer.age", "n": 2}, "match": {"mode": "exactly", "threshold": 2}}),
            json!({"field": "orders.lines", "pick": {"by": "amount", "order": "descending"}, "value": {"field": "product.price", "operator": ">", "value": 1}}),
            json!({"field": "orders.customer.orders", "pick": {"by": "total", "n": 2}, "match": {"mode": "exactly", "threshold": 2}, "value": paid}),
            json!({"field": "orders", "pick": {"by": "at", "order": "descending", "n": 2}, "aggregate": {"function": "sum", "field": "total"}, "operator": ">=", "value": 10}),
            json!({"field": "orders", "pick": {"by": "at", "where": paid}, "aggregate": {"function": "count"}, "where": {"field": "total", "operator": ">", "value": 0}, "operator": "=", "value": 1}),
            json!({"field": "city", "pick": {"by": "title"}, "value": {"field": "people_count", "operator": ">", "value": 0}}),
        ],
    )
    .await;
}

#[tokio::test]
async fn values_over_linked_rows_compare_with_anything() {
    let sum = |path: &str, field: &str| json!({"field": path, "aggregate": {"function": "sum", "field": field}});
    let with = |mut rule: Json, operator: &str, source: &str, value: Json| {
        rule["operator"] = json!(operator);
        rule["valueSource"] = json!(source);
        rule["value"] = value;
        rule
    };
    let paid = json!({"field": "status", "operator": "=", "value": "paid"});
    let mut paid_sum = sum("orders", "total");
    paid_sum["where"] = paid.clone();
    let average = json!({"field": "orders", "aggregate": {"function": "avg", "field": "total"}});
    let mut distinct = sum("orders", "quantity");
    distinct["aggregate"]["distinct"] = json!(true);
    let latest = json!({"field": "orders", "pick": {"by": "at", "order": "descending"}, "aggregate": {"function": "max", "field": "total"}});
    check(
        "customers",
        &[
            with(paid_sum.clone(), ">", "field", json!("balance")),
            with(paid_sum.clone(), ">=", "aggregate", sum("orders.lines", "amount")),
            with(sum("orders", "quantity"), "!=", "aggregate", json!({"field": "visits", "aggregate": {"function": "count"}})),
            with(distinct.clone(), "<", "aggregate", sum("orders", "quantity")),
            with(distinct, "=", "value", json!(3)),
            with(latest.clone(), ">", "aggregate", average),
            json!({"field": "balance", "operator": "<", "valueSource": "aggregate", "value": paid_sum}),
            json!({"field": "age", "operator": "between", "valueSource": "aggregate", "value": [sum("orders", "quantity"), latest]}),
        ],
    )
    .await;
}

#[tokio::test]
async fn texts_over_linked_rows_fold_unless_case_matters() {
    let text = |function: &str, operator: &str, value: &str, case: bool| json!({"field": "orders", "aggregate": {"function": function, "field": "status", "separator": "/"}, "operator": operator, "value": value, "caseSensitive": case});
    let mut rules = Vec::new();
    for case in [false, true] {
        rules.extend([
            text("min", "=", "paid", case),
            text("max", "<", "Shipped", case),
            text("min", ">=", "PAID", case),
            text("stringAgg", "contains", "paid/", case),
            text("stringAgg", "=", "PAID/paid", case),
            text("stringAgg", "empty", "", case),
        ]);
    }
    rules.push(json!({"field": "orders", "aggregate": {"function": "stringAgg", "field": "status", "distinct": true}, "operator": "beginsWith", "value": "new, paid"}));
    check("customers", &rules).await;
}

#[tokio::test]
async fn expressions_stand_wherever_a_field_or_a_value_can() {
    // Each rule beside one that says the same without an expression.
    let pairs = [
        (
            json!({"expression": "age * 2", "operator": ">", "value": 60}),
            json!({"field": "age", "operator": ">", "value": 30}),
        ),
        (
            json!({"field": "age", "operator": ">=", "valueSource": "expression", "value": "10 + 30"}),
            json!({"field": "age", "operator": ">=", "value": 40}),
        ),
        (
            json!({"expression": "lower(city.title) = lower('ANNA')", "operator": "=", "value": true}),
            json!({"field": "city.title", "operator": "in", "value": ["anna"]}),
        ),
        (
            json!({"field": "orders", "match": {"mode": "some"}, "value": {"expression": "total + 0", "operator": ">", "value": 5}}),
            json!({"field": "orders.total", "operator": ">", "value": 5}),
        ),
        (
            json!({"field": "orders", "aggregate": {"function": "sum", "expression": "total * 2"}, "operator": ">", "value": 20}),
            json!({"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": ">", "value": 10}),
        ),
        (
            json!({"field": "orders", "aggregate": {"expression": "Sum(total) + CountAll()"}, "operator": "=", "value": 0}),
            json!({"field": "orders", "aggregate": {"function": "count"}, "operator": "=", "value": 0}),
        ),
        (
            json!({"field": "orders", "aggregate": {"expression": "sum(quantity) / count(quantity)"}, "operator": ">", "value": 1}),
            json!({"field": "orders", "aggregate": {"function": "avg", "field": "quantity"}, "operator": ">", "value": 1}),
        ),
        (
            json!({"field": "orders", "aggregate": {"expression": "max(total)"}, "operator": "!=", "valueSource": "field", "value": "balance"}),
            json!({"field": "orders", "aggregate": {"function": "max", "field": "total"}, "operator": "!=", "valueSource": "field", "value": "balance"}),
        ),
        (
            json!({"field": "orders", "pick": {"expression": "-number", "n": 1}, "value": {"field": "status", "operator": "=", "value": "paid"}}),
            json!({"field": "orders", "pick": {"by": "number", "order": "descending"}, "value": {"field": "status", "operator": "=", "value": "paid"}}),
        ),
        (
            json!({"expression": "RowNum(OrderBy(id))", "operator": "<=", "value": 7}),
            json!({"expression": "RowId", "operator": "<", "value": 8}),
        ),
        // The commas of an expression are its own.
        (
            json!({"field": "name", "operator": "in", "valueSource": "expression", "value": "coalesce(nick, name)"}),
            json!({"field": "name", "operator": "=", "valueSource": "expression", "value": "coalesce(nick, name)"}),
        ),
        (
            json!({"field": "age", "operator": "between", "valueSource": "expression", "value": ["greatest(20, 10)", "20 + 40"]}),
            json!({"field": "age", "operator": "between", "value": [20, 60]}),
        ),
        // The row that a link leads to, by its key.
        (
            json!({"field": "city", "operator": "in", "value": [0, 3]}),
            json!({"field": "city.id", "operator": "in", "value": [0, 3]}),
        ),
        (
            json!({"field": "orders.customer.best_friend", "operator": "!=", "value": "c1"}),
            json!({"field": "orders.customer.best_friend.id", "operator": "!=", "value": "c1"}),
        ),
    ];
    for seed in 0..3 {
        let world = World::random(seed, 30, seed == 1);
        for (rule, same) in &pairs {
            let (rule_bound, same_bound) = (world.bind("customers", rule), world.bind("customers", same));
            let expected = world.count("customers", &same_bound).await;
            assert_eq!(world.count("customers", &rule_bound).await, expected, "{rule}");
            let complement = tutti_model::bind::Predicate::Not(Box::new(rule_bound));
            assert_eq!(world.count("customers", &complement).await, 30 - expected, "complement of {rule}");
        }
        // A window looks at all rows, whatever else the rule asks for.
        let both = json!({"combinator": "and", "rules": [{"field": "vip", "operator": "=", "value": true}, {"expression": "row_id()", "operator": "<=", "value": 30}]});
        let vip = world.bind("customers", &json!({"field": "vip", "operator": "=", "value": true}));
        assert_eq!(
            world.count("customers", &world.bind("customers", &both)).await,
            world.count("customers", &vip).await
        );
    }
}

#[tokio::test]
async fn populations_of_the_run_are_asked_for() {
    let mut world = World::random(1, 30, false);
    let moment = {
        let mut moment = Moment::utc(NOW.parse().unwrap());
        moment.populations = [("split.a".to_owned(), "customers".to_owned())].into();
        moment
    };
    let source = population_source("split.a");
    let members: Vec<_> = world.rows["customers"].iter().step_by(4).map(|row| vec![row[0].clone()]).collect();
    world.providers.insert(source.clone(), crate::world::keys_provider("id", &members));
    world.rows.insert(source, members);
    let bound = |rule: Json| {
        let mut problems = Vec::new();
        let bound = bind(&Rule(rule), Scope::table("customers"), &world.catalog, &moment, "", &mut problems);
        bound.ok_or(problems)
    };
    let vip = json!({"field": "vip", "operator": "=", "value": true});
    for rule in [
        json!({"population": "split.a", "operator": "in"}),
        json!({"population": "split.a", "operator": "notIn"}),
        json!({"combinator": "or", "rules": [{"population": "split.a"}, vip]}),
        json!({"combinator": "except", "rules": [vip, {"population": "split.a"}]}),
    ] {
        let predicate = bound(rule.clone()).unwrap();
        assert_eq!(world.count("customers", &predicate).await, world.naive().count("customers", &predicate), "{rule}");
    }
    for (rule, code) in [
        (json!({"population": "split.b"}), "missing_population"),
        (json!({"population": "split.a", "operator": "="}), "unknown_operator"),
    ] {
        assert_eq!(bound(rule.clone()).unwrap_err()[0].code, code, "{rule}");
    }
}
