use jiff::Timestamp;
use serde_json::{Value, json};

use super::*;
use crate::document::Document;
use crate::rule::Rule;

fn catalog() -> Catalog {
    let documents = [
        json!({"kind": "table", "name": "customers", "primary_key": ["id"],
            "columns": [{"name": "id", "type": "string"}, {"name": "name", "type": "string"}, {"name": "age", "type": "integer"}, {"name": "city_id", "type": "string"}, {"name": "vip", "type": "boolean"}],
            "links": [{"name": "orders", "to": "orders", "on": {"id": "customer_id"}, "cardinality": "one-to-many", "reverse": "customer"},
                {"name": "city", "to": "cities", "on": {"city_id": "id"}, "cardinality": "many-to-one"}]}),
        json!({"kind": "table", "name": "orders", "primary_key": ["id"],
            "columns": [{"name": "id", "type": "string"}, {"name": "customer_id", "type": "string"}, {"name": "total", "type": "decimal(12,2)"}, {"name": "at", "type": "timestamp"}, {"name": "status", "type": "string"}]}),
        json!({"kind": "table", "name": "cities", "primary_key": ["id"], "columns": [{"name": "id", "type": "string"}, {"name": "name", "type": "string"}]}),
        json!({"kind": "dimension", "name": "people", "table": "customers", "identity": "id"}),
        json!({"kind": "filter", "name": "recent", "dimension": "people", "parameters": {"days": {"type": "integer", "default": 30}},
            "where": {"field": "orders.at", "operator": ">=", "value": "now-{{days}}d"}}),
        json!({"kind": "filter", "name": "loop", "dimension": "people", "where": {"filter": "loop"}}),
    ];
    let mut problems = Vec::new();
    let documents: Vec<Document> = documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
    let catalog = Catalog::build(documents, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    catalog
}

fn bound(rule: Value) -> Result<String, Vec<Problem>> {
    let moment = Moment::utc("2026-03-15T00:00:00Z".parse::<Timestamp>().unwrap());
    let mut problems = Vec::new();
    let predicate = bind(&Rule(rule), Scope::table("customers"), &catalog(), &moment, "/where", &mut problems);
    predicate.map(|predicate| words(&predicate)).ok_or(problems)
}

#[test]
fn rules_read_as_they_mean() {
    for (rule, expected) in [
        (json!({}), "every row"),
        (json!({"combinator": "and", "rules": []}), "every row"),
        (json!({"field": "age", "operator": "!=", "value": 3}), "age is not 3"),
        (json!({"field": "city.name", "operator": "contains", "value": "x"}), "city.name contains \"x\""),
        (
            json!({"field": "orders.status", "operator": "!=", "value": "F"}),
            "there are no orders where status is \"F\"",
        ),
        (
            json!({"combinator": "except", "rules": [{"field": "vip", "operator": "=", "value": true}, {"field": "age", "operator": "<", "value": "18"}]}),
            "vip is true and age is not less than 18",
        ),
        (
            json!({"combinator": "or", "not": true, "rules": [{"field": "vip", "operator": "=", "value": true}, {"field": "age", "operator": "null"}]}),
            "not (vip is true or age has no value)",
        ),
        (
            json!({"field": "orders", "match": {"mode": "all"}, "value": {"field": "status", "operator": "=", "value": "A"}}),
            "for all orders: status is \"A\"",
        ),
        (json!({"field": "orders", "match": {"mode": "atMost", "threshold": 2}}), "there are at most 2 orders"),
        (json!({"field": "orders", "match": {"mode": "exactly", "threshold": 0}}), "there are no orders"),
        (
            json!({"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "where": {"field": "at", "operator": ">=", "value": "2026-01-01"}, "operator": ">", "value": 200.5}),
            "(the sum of total over orders where at is at least 2026-01-01T00:00:00Z) is more than 200.5",
        ),
        (
            json!({"filter": "recent", "parameters": {"days": 60}}),
            "there are some orders where at is at least 2026-01-14T00:00:00Z",
        ),
        (json!({"field": "orders", "operator": "empty"}), "there are no orders"),
        (json!({"field": "name", "operator": "=", "valueSource": "field", "value": "city.name"}), "name is city.name"),
        (json!({"field": "age", "operator": "between", "value": "18,30"}), "age is between 18 and 30"),
        (
            json!({"field": "tutti_messages", "match": {"mode": "none"}, "value": {"field": "campaign", "operator": "=", "value": "c"}}),
            "there are no tutti_messages where campaign is \"c\"",
        ),
        (
            json!({"field": "orders.customer.orders.status", "operator": "=", "value": "x"}),
            "there are some orders.customer.orders where status is \"x\"",
        ),
    ] {
        assert_eq!(bound(rule.clone()).as_deref(), Ok(expected), "{rule}");
    }
}

#[test]
fn a_rule_is_a_sentence() {
    let moment = Moment::utc("2026-03-15T00:00:00Z".parse::<Timestamp>().unwrap());
    let vip = json!({"field": "vip", "operator": "=", "value": true});
    let some = json!({"field": "orders.status", "operator": "=", "value": "F"});
    let few = json!({"field": "orders", "aggregate": {"function": "count"}, "operator": "<", "value": 3});
    let none = json!({"combinator": "and", "not": true, "rules": []});
    for (rule, expected) in [
        (json!({}), "All customers."),
        (none, "No customers."),
        (json!({"field": "name", "operator": "null"}), "Customers where name has no value."),
        (
            json!({"combinator": "or", "rules": [some, vip, few]}),
            "Customers where (there are some orders where status is \"F\") or vip is true or the number of orders is less than 3.",
        ),
    ] {
        let bound = bind(&Rule(rule.clone()), Scope::table("customers"), &catalog(), &moment, "", &mut Vec::new());
        assert_eq!(bound.map(|predicate| sentence("customers", &predicate)).as_deref(), Some(expected), "{rule}");
    }
}

#[test]
fn mistakes_have_places_and_ways_out() {
    for (rule, code, pointer) in [
        (json!({"field": "agee", "operator": "=", "value": 1}), "unknown_field", "/where/field"),
        (json!({"field": "age", "operator": "==", "value": 1}), "unknown_operator", "/where/operator"),
        (json!({"field": "age", "operator": ">", "value": "old"}), "wrong_type", "/where/value"),
        (json!({"field": "age", "operator": "contains", "value": "1"}), "wrong_type", "/where/value"),
        (json!({"field": "vip", "operator": ">", "value": true}), "wrong_type", "/where/operator"),
        (json!({"field": "age", "operator": "="}), "missing_field", "/where"),
        (json!({"field": "orders", "operator": "=", "value": 1}), "not_a_column", "/where/field"),
        (json!({"field": "age", "match": {"mode": "some"}}), "not_a_link", "/where/field"),
        (json!({"field": "orders", "match": {"mode": "any"}}), "unknown_value", "/where/match/mode"),
        (json!({"field": "orders", "match": {"mode": "atLeast"}}), "missing_field", "/where/match"),
        (
            json!({"field": "orders", "aggregate": {"function": "sum", "field": "status"}, "operator": ">", "value": 1}),
            "wrong_type",
            "/where/aggregate/field",
        ),
        (json!({"filter": "recnt"}), "missing_filter", "/where/filter"),
        (json!({"filter": "recent", "parameters": {"day": 3}}), "unknown_field", "/where/parameters/day"),
        (json!({"filter": "loop"}), "filter_cycle", "/where"),
        (json!({"combinator": "xor", "rules": []}), "unknown_value", "/where/combinator"),
        (
            json!({"combinator": "and", "rules": [{"field": "x", "operator": "=", "value": 1}]}),
            "unknown_field",
            "/where/rules/0/field",
        ),
        (json!({"operator": "="}), "bad_rule", "/where"),
        (
            json!({"field": "age", "operator": "=", "value": 1, "casesensitive": true}),
            "unknown_field",
            "/where/casesensitive",
        ),
        (json!([1]), "wrong_type", "/where"),
    ] {
        let problems = bound(rule.clone()).unwrap_err();
        assert!(
            problems.iter().any(|problem| problem.code == code && problem.pointer == pointer),
            "{rule}: {problems:?}"
        );
    }
}

#[test]
fn all_mistakes_of_a_group_are_found() {
    let problems = bound(json!({"combinator": "and", "rules": [{"field": "a", "operator": "="}, {"field": "age", "operator": "x"}, {"combinator": "or", "rules": [3]}]})).unwrap_err();
    assert_eq!(problems.len(), 3);
}

#[test]
fn endless_nesting_is_refused() {
    let mut rule = json!({"field": "age", "operator": "=", "value": 1});
    for _ in 0..100 {
        rule = json!({"combinator": "and", "rules": [rule]});
    }
    assert_eq!(bound(rule).unwrap_err()[0].code, "too_deep");
}
