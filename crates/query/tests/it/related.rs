//! Rules over linked rows: quantifiers, aggregates, paths of several links.

use serde_json::{Value as Json, json};

use crate::world::World;

/// Random worlds of several sizes, one of them empty.
fn worlds() -> Vec<World> {
    [(1, 0, false), (2, 6, false), (3, 20, true), (4, 40, false)]
        .map(|(seed, size, views)| World::random(seed, size, views))
        .into()
}

/// Checks each rule in every world; in one of them at least, it must say yes to some rows and no to others, unless the
/// rule is one of those that cannot.
async fn check_all(table: &str, rules: Vec<Json>) {
    let worlds = worlds();
    for rule in rules {
        let mut divides = false;
        for world in &worlds {
            let count = world.check(table, &rule).await;
            divides |= count > 0 && count < world.rows[table].len() as u64;
        }
        assert!(
            divides || rule.get("trivial").is_some() || rule.to_string().contains("visits"),
            "says nothing: {rule}"
        );
    }
}

fn paid() -> Json {
    json!({"field": "status", "operator": "=", "value": "paid"})
}

#[tokio::test]
async fn quantifiers() {
    let mut rules = Vec::new();
    for link in ["orders", "visits", "city", "best_friend", "admirers"] {
        let filter = match link {
            "orders" => paid(),
            "visits" => json!({"field": "pages", "operator": ">", "value": 1}),
            "city" => json!({"field": "people_count", "operator": ">=", "value": 20}),
            _ => json!({"field": "age", "operator": ">=", "value": 40}),
        };
        for mode in ["some", "none", "all"] {
            rules.push(json!({"field": link, "match": {"mode": mode}, "value": filter}));
        }
        rules.push(json!({"field": link, "match": {"mode": "some"}}));
    }
    for mode in ["atLeast", "atMost", "exactly"] {
        for threshold in [1, 2, 3] {
            rules.push(json!({"field": "orders", "match": {"mode": mode, "threshold": threshold}, "value": {"field": "total", "operator": "<", "value": 19}}));
        }
    }
    rules.push(json!({"field": "orders", "match": {"mode": "atMost", "threshold": 0}, "value": paid()}));
    rules.push(json!({"field": "orders", "match": {"mode": "exactly", "threshold": 0}}));
    check_all("customers", rules).await;
}

#[tokio::test]
async fn conditions_of_one_group_hold_on_one_row() {
    let both = json!({"combinator": "and", "rules": [paid(), {"field": "quantity", "operator": ">", "value": 1}]});
    let rules = vec![
        json!({"field": "orders", "match": {"mode": "some"}, "value": both}),
        json!({"combinator": "and", "rules": [{"field": "orders.status", "operator": "=", "value": "PAID"}, {"field": "orders.quantity", "operator": ">", "value": 1}]}),
        json!({"field": "orders.status", "operator": "!=", "value": "paid"}),
        json!({"field": "orders.status", "operator": "null"}),
        json!({"field": "orders.status", "operator": "notNull"}),
    ];
    check_all("customers", rules).await;
}

#[tokio::test]
async fn aggregates() {
    let mut rules = Vec::new();
    for (function, field, values) in [
        ("count", None, vec![json!(0), json!(2)]),
        ("count", Some("status"), vec![json!(0), json!(1)]),
        ("countDistinct", Some("status"), vec![json!(0), json!(1)]),
        ("countDistinct", Some("quantity"), vec![json!(1)]),
        ("sum", Some("total"), vec![json!(0), json!(10), json!("19.99"), json!("0.001")]),
        ("sum", Some("quantity"), vec![json!(0), json!(2), json!(2.5)]),
        ("sum", Some("weight"), vec![json!(0), json!(2.25)]),
        ("avg", Some("total"), vec![json!(5)]),
        ("avg", Some("quantity"), vec![json!(1)]),
        ("avg", Some("weight"), vec![json!(0.5)]),
        ("min", Some("total"), vec![json!(0), json!(10)]),
        ("max", Some("total"), vec![json!(10)]),
        ("min", Some("at"), vec![json!("2026-02-17")]),
        ("max", Some("day"), vec![json!("2026-02-18")]),
        ("max", Some("status"), vec![json!("new")]),
        ("stddev", Some("quantity"), vec![json!(0.9)]),
        ("stddev", Some("total"), vec![json!(3.3)]),
        ("stddev", Some("weight"), vec![json!(0.51)]),
    ] {
        for value in values {
            for operator in ["=", "!=", "<", "<=", ">", ">="] {
                if function == "stddev" && operator.ends_with('=') {
                    continue;
                }
                for filter in [None, Some(paid())] {
                    let mut aggregate = json!({"function": function});
                    if let Some(field) = field {
                        aggregate["field"] = json!(field);
                    }
                    let mut rule =
                        json!({"field": "orders", "aggregate": aggregate, "operator": operator, "value": value});
                    if let Some(filter) = filter {
                        rule["where"] = filter;
                    }
                    rules.push(rule);
                }
            }
        }
    }
    let worlds = [World::random(3, 20, true), World::random(4, 40, false)];
    for rule in rules {
        for world in &worlds {
            world.check("customers", &rule).await;
        }
    }
}

#[tokio::test]
async fn aggregates_with_other_operators_and_operands() {
    let sum = |operator: &str, value: Json| json!({"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": operator, "value": value});
    check_all("customers", vec![
        sum("between", json!([0, 10])),
        sum("notBetween", json!([0, 10])),
        sum("in", json!([0, 10, 19.99])),
        sum("notIn", json!([10])),
        json!({"field": "orders", "aggregate": {"function": "min", "field": "total"}, "operator": "null"}),
        json!({"field": "orders", "aggregate": {"function": "max", "field": "status"}, "operator": "empty"}),
        json!({"field": "orders", "aggregate": {"function": "max", "field": "status"}, "operator": "contains", "value": "P"}),
        // Against fields of the row itself.
        json!({"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": ">", "valueSource": "field", "value": "balance"}),
        json!({"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": "<=", "valueSource": "field", "value": "balance", "where": paid()}),
        json!({"field": "orders", "aggregate": {"function": "count"}, "operator": "<", "valueSource": "field", "value": "age"}),
        json!({"field": "orders", "aggregate": {"function": "max", "field": "day"}, "operator": ">=", "valueSource": "field", "value": "born"}),
        json!({"field": "orders", "aggregate": {"function": "max", "field": "day"}, "operator": ">=", "valueSource": "field", "value": "seen"}),
        json!({"field": "orders", "aggregate": {"function": "avg", "field": "total"}, "operator": ">", "valueSource": "field", "value": "city.people_count"}),
        // Operands over links of the linked row.
        json!({"field": "orders.lines", "aggregate": {"function": "sum", "field": "product.price"}, "operator": ">", "value": 2.5}),
        json!({"field": "orders.lines", "aggregate": {"function": "sum", "field": "amount"}, "operator": ">", "value": 5}),
        json!({"field": "orders.lines", "aggregate": {"function": "countDistinct", "field": "product.title"}, "operator": ">", "value": 1}),
        json!({"field": "orders", "aggregate": {"function": "count", "field": "customer.city.title"}, "operator": ">", "value": 1}),
        json!({"field": "visits", "aggregate": {"function": "count"}, "operator": "=", "value": 0}),
        json!({"field": "visits", "aggregate": {"function": "avg", "field": "pages"}, "operator": "!=", "value": 0}),
    ]).await;
}

#[tokio::test]
async fn paths_of_several_links() {
    let expensive = json!({"field": "product.price", "operator": ">", "value": 1.25});
    check_all("customers", vec![
        json!({"field": "city.title", "operator": "contains", "value": "s"}),
        json!({"field": "city.title", "operator": "doesNotContain", "value": "s"}),
        json!({"field": "best_friend.city.title", "operator": "notNull"}),
        json!({"field": "best_friend.best_friend.age", "operator": ">=", "value": 20}),
        json!({"field": "name", "operator": "=", "valueSource": "field", "value": "best_friend.name"}),
        json!({"field": "orders.lines.product.title", "operator": "beginsWith", "value": "a"}),
        json!({"field": "orders.lines.product", "match": {"mode": "some"}, "value": {"field": "price", "operator": ">", "value": 1}}),
        json!({"field": "orders.lines", "match": {"mode": "some"}, "value": expensive}),
        json!({"field": "orders.lines", "match": {"mode": "all"}, "value": expensive}),
        json!({"field": "orders.lines", "match": {"mode": "atLeast", "threshold": 2}, "value": expensive}),
        json!({"field": "orders", "match": {"mode": "some"}, "value": {"field": "lines", "match": {"mode": "atLeast", "threshold": 2}}}),
        json!({"field": "orders", "match": {"mode": "all"}, "value": {"combinator": "or", "rules": [paid(), {"field": "lines", "match": {"mode": "none"}, "value": expensive}]}}),
        json!({"field": "city.people", "match": {"mode": "atLeast", "threshold": 3}}),
        json!({"field": "city.people.orders", "aggregate": {"function": "sum", "field": "total"}, "operator": ">", "value": 40}),
        json!({"field": "best_friend.orders", "aggregate": {"function": "count"}, "operator": ">", "value": 1}),
        json!({"field": "best_friend.city", "match": {"mode": "some"}, "value": {"field": "title", "operator": "notNull"}}),
        // Round trips.
        json!({"field": "orders.customer.orders", "match": {"mode": "atLeast", "threshold": 4}}),
        json!({"field": "orders.customer.orders", "aggregate": {"function": "sum", "field": "total"}, "operator": ">", "value": 30}),
        json!({"field": "orders", "match": {"mode": "some"}, "value": {"field": "customer.orders", "match": {"mode": "exactly", "threshold": 2}}}),
        json!({"field": "orders.customer.name", "operator": "=", "value": "anna"}),
        json!({"field": "admirers.admirers", "match": {"mode": "some"}}),
    ]).await;
    check_all(
        "lines",
        vec![
            json!({"field": "order.customer.city.title", "operator": "notNull"}),
            json!({"field": "order.lines", "match": {"mode": "atLeast", "threshold": 2}}),
            json!({"field": "product.price", "operator": ">", "valueSource": "field", "value": "amount"}),
            json!({"field": "order.customer.orders", "aggregate": {"function": "count"}, "operator": ">", "value": 2}),
        ],
    )
    .await;
}

#[tokio::test]
async fn groups_filters_and_nesting() {
    let vip = json!({"field": "vip", "operator": "=", "value": true});
    let some = json!({"field": "orders", "match": {"mode": "some"}, "value": paid()});
    let sum =
        json!({"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": ">", "value": 5});
    let city = json!({"field": "city.people_count", "operator": "<", "value": 40});
    check_all("customers", vec![
        json!({"combinator": "and", "rules": [vip, some, sum]}),
        json!({"combinator": "or", "rules": [vip, some, sum]}),
        json!({"combinator": "or", "not": true, "rules": [vip, sum]}),
        json!({"combinator": "and", "not": true, "rules": [city, sum]}),
        json!({"combinator": "except", "rules": [some, vip]}),
        json!({"combinator": "except", "rules": [{"combinator": "and", "rules": []}, sum, city]}),
        json!({"combinator": "and", "rules": [city, {"combinator": "or", "rules": [some, {"combinator": "and", "not": true, "rules": [vip, sum]}]}]}),
        json!({"combinator": "and", "rules": [{"combinator": "or", "rules": [some, city]}, {"combinator": "or", "rules": [sum, vip]}, {"field": "city.title", "operator": "notNull"}]}),
        json!({"filter": "spent"}),
        json!({"filter": "spent", "parameters": {"least": 0, "status": "shipped"}}),
        json!({"combinator": "except", "rules": [{"filter": "spent", "parameters": {"least": 0}}, {"filter": "spent", "parameters": {"least": 20}}]}),
        // The same link three times, once beside itself.
        json!({"combinator": "and", "rules": [sum, sum, {"field": "orders", "aggregate": {"function": "count"}, "operator": ">", "valueSource": "field", "value": "age"}]}),
        json!({"combinator": "or", "rules": [
            {"field": "orders", "aggregate": {"function": "count"}, "operator": ">", "valueSource": "field", "value": "age"},
            {"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": "<", "valueSource": "field", "value": "balance"}]}),
    ].into_iter().chain([]).collect()).await;
}
