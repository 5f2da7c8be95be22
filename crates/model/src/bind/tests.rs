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
        json!({"kind": "filter", "name": "mine", "dimension": "people", "shared": false, "favorite": true, "owner": "anna",
            "where": {"combinator": "or", "rules": [{"filter": "recent"}, {"filter": "recent", "parameters": {"days": 7}}, {"filter": "recent"}]}}),
        json!({"kind": "filter", "name": "loop", "dimension": "people", "where": {"filter": "loop"}}),
    ];
    let mut problems = Vec::new();
    let documents: Vec<Document> = documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
    let catalog = Catalog::build(documents, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    catalog
}

fn bound(rule: Value) -> Result<String, Vec<Problem>> {
    let mut moment = Moment::utc("2026-03-15T00:00:00Z".parse::<Timestamp>().unwrap());
    let variables = json!({"minimum": {"type": "string", "value": "20"}, "ages": {"type": "string", "value": "20, 30"}, "unset": {"type": "integer"}, "days": {"type": "integer", "value": 7}});
    moment.variables = serde_json::from_value(variables).unwrap();
    moment.populations =
        [("split.a".to_owned(), "customers".to_owned()), ("lapsed.out".to_owned(), "customers".to_owned())].into();
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
            json!({"field": "age", "operator": ">", "valueSource": "variable", "value": "minimum"}),
            "age is more than 20",
        ),
        (
            json!({"field": "age", "operator": ">", "valueSource": "expression", "value": "$minimum"}),
            "age is more than 20",
        ),
        (json!({"field": "age", "operator": "in", "valueSource": "variable", "value": "ages"}), "age is one of 20, 30"),
        (
            json!({"field": "orders.status", "operator": "=", "valueSource": "variable", "value": "minimum"}),
            "there are some orders where status is \"20\"",
        ),
        (
            json!({"field": "age", "operator": "!=", "valueSource": "variable", "value": "unset"}),
            "age is not a value that is not known",
        ),
        // A variable without a value is not in a list, and no range ends at it.
        (
            json!({"field": "age", "operator": "in", "valueSource": "variable", "value": ["unset", "minimum"]}),
            "age is one of 20",
        ),
        (
            json!({"field": "age", "operator": "notIn", "valueSource": "variable", "value": "unset, minimum, days"}),
            "age is none of 20, 7",
        ),
        (
            json!({"field": "age", "operator": "in", "valueSource": "variable", "value": ["unset"]}),
            "age is a value that is not known",
        ),
        (
            json!({"field": "age", "operator": "between", "valueSource": "variable", "value": ["days", "unset"]}),
            "age is a value that is not known",
        ),
        (
            json!({"field": "age", "operator": "between", "valueSource": "variable", "value": "days,minimum"}),
            "age is between 7 and 20",
        ),
        (
            json!({"field": "name", "operator": "in", "valueSource": "field", "value": "city.name, id"}),
            "name is one of city.name, id",
        ),
        // The row that a link to one row leads to is picked by its key.
        (json!({"field": "city", "operator": "=", "value": "lyon"}), "city.id is \"lyon\""),
        (json!({"field": "city", "operator": "notIn", "value": ["a", "b"]}), "city.id is none of \"a\", \"b\""),
        (json!({"field": "city", "operator": "null"}), "there are no city"),
        (
            json!({"field": "orders.customer.city", "operator": "!=", "value": "lyon"}),
            "there are no orders where customer.city.id is \"lyon\"",
        ),
        (
            json!({"filter": "recent", "parameters": {"days": "$days"}}),
            "there are some orders where at is at least 2026-03-08T00:00:00Z",
        ),
        (
            json!({"filter": "recent", "parameters": {"days": "$unset"}}),
            "there are some orders where at is a value that is not known",
        ),
        (
            json!({"field": "name", "operator": "contains", "valueSource": "field", "value": "city.name"}),
            "name contains city.name",
        ),
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
        (json!({"filter": "recent", "parameters": {"days": "$dayz"}}), "unknown_variable", "/where/parameters/days"),
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
        (
            json!({"field": "age", "operator": "=", "valueSource": "variable", "value": "minimun"}),
            "unknown_variable",
            "/where/value",
        ),
        (
            json!({"field": "age", "operator": "=", "valueSource": "fields", "value": "a"}),
            "unknown_value",
            "/where/valueSource",
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
fn newer_forms_read_as_they_mean() {
    let paid = json!({"field": "status", "operator": "=", "value": "paid"});
    let latest = json!({"by": "at", "order": "descending"});
    for (rule, expected) in [
        (
            json!({"field": "orders", "pick": latest, "value": paid}),
            "there are some among the first by at (descending) of orders where status is \"paid\"",
        ),
        (
            json!({"field": "age", "operator": ">", "valueSource": "aggregate", "value": {"field": "orders", "aggregate": {"function": "count"}}}),
            "age is more than {\"field\":\"orders\",\"aggregate\":{\"function\":\"count\"}}",
        ),
        (json!({"population": "split.a"}), "it is in the population `split.a`"),
        (json!({"population": "lapsed", "operator": "notIn"}), "it is not in the population `lapsed.out`"),
        (
            json!({"filter": "mine"}),
            "(there are some orders where at is at least 2026-02-13T00:00:00Z) or (there are some orders where at is at least 2026-03-08T00:00:00Z) or (there are some orders where at is at least 2026-02-13T00:00:00Z)",
        ),
    ] {
        assert_eq!(bound(rule.clone()).as_deref(), Ok(expected), "{rule}");
    }
    for (rule, code, pointer) in [
        (json!({"field": "orders", "pick": {"order": "descending"}}), "missing_field", "/where/pick"),
        (json!({"field": "orders", "pick": {"by": "att"}}), "unknown_field", "/where/pick/by"),
        (json!({"field": "orders", "pick": {"by": "at", "n": 0}}), "wrong_type", "/where/pick/n"),
        (json!({"field": "orders", "pick": {"by": "at", "order": "down"}}), "unknown_value", "/where/pick/order"),
        (json!({"field": "orders", "pick": {"by": "at", "first": 1}}), "unknown_field", "/where/pick/first"),
        (
            json!({"field": "orders", "aggregate": {"function": "stringAgg", "field": "total"}, "operator": "=", "value": "a"}),
            "wrong_type",
            "/where/aggregate/field",
        ),
        (
            json!({"field": "orders", "aggregate": {"function": "stddev", "field": "total", "distinct": true}, "operator": "=", "value": 1}),
            "bad_value",
            "/where/aggregate/distinct",
        ),
        (json!({"population": "split.b"}), "missing_population", "/where/population"),
        (
            json!({"field": "age", "operator": "=", "valueSource": "aggregate", "value": "count"}),
            "wrong_type",
            "/where/value",
        ),
    ] {
        let problems = bound(rule.clone()).unwrap_err();
        assert!(
            problems.iter().any(|problem| problem.code == code && problem.pointer == pointer),
            "{rule}: {problems:?}"
        );
    }
}

/// Which operators each type takes with a fitting value, by the letter of the contract.
#[test]
fn every_operator_takes_the_types_it_is_for() {
    let orders = ["=", "!=", "<", "<=", ">", ">="];
    let texts = [
        "contains",
        "doesNotContain",
        "beginsWith",
        "doesNotBeginWith",
        "endsWith",
        "doesNotEndWith",
        "like",
        "notLike",
    ];
    let values = [
        ("string", json!("a")),
        ("integer", json!(1)),
        ("number", json!(1.5)),
        ("decimal(12,2)", json!(1.25)),
        ("boolean", json!(true)),
        ("date", json!("2026-01-01")),
        ("timestamp", json!("now-1d")),
    ];
    let columns: Vec<Value> = values
        .iter()
        .map(|(kind, _)| json!({"name": kind.split('(').next(), "type": kind}))
        .chain([json!({"name": "id", "type": "integer"})])
        .collect();
    let mut problems = Vec::new();
    let table = json!({"kind": "table", "name": "things", "primary_key": ["id"], "columns": columns});
    let catalog = Catalog::build(Document::read(&table, &mut problems), &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    let moment = Moment::utc("2026-03-15T00:00:00Z".parse::<Timestamp>().unwrap());
    let takes = |rule: &Value| {
        let mut problems = Vec::new();
        bind(&Rule(rule.clone()), Scope::table("things"), &catalog, &moment, "", &mut problems).is_some()
    };
    assert!(takes(&json!({"field": "date", "operator": null})), "as YAML reads it without quotation marks");
    for (kind, value) in &values {
        let name = kind.split('(').next().unwrap();
        let is_text = *kind == "string";
        let is_boolean = *kind == "boolean";
        let mut cases: Vec<(&str, Value, bool)> = Vec::new();
        cases.extend(orders.map(|operator| {
            (operator, value.clone(), !is_boolean || operator.ends_with("=") && operator.len() == 1 || operator == "!=")
        }));
        cases.extend(texts.map(|operator| (operator, value.clone(), is_text)));
        cases.extend(["between", "notBetween"].map(|operator| (operator, json!([value, value]), !is_boolean)));
        cases.extend(["in", "notIn"].map(|operator| (operator, json!([value]), true)));
        cases.extend(["in", "notIn"].map(|operator| (operator, json!([]), true)));
        cases.extend(["null", "notNull", "empty", "notEmpty"].map(|operator| (operator, Value::Null, true)));
        for (operator, given, expected) in &cases {
            let rule = json!({"field": name, "operator": operator, "value": given});
            assert_eq!(takes(&rule), *expected, "{rule}");
            // The same against a field of the type.
            if !given.is_null() && *given != json!([]) {
                let field = if given.is_array() {
                    given.as_array().unwrap().iter().map(|_| json!(name)).collect()
                } else {
                    json!(name)
                };
                let rule = json!({"field": name, "operator": operator, "valueSource": "field", "value": field});
                assert_eq!(takes(&rule), *expected, "{rule}");
            }
        }
        // No value of one type is one of another, but for numbers among themselves and times among themselves.
        for (other_kind, other) in &values {
            let family = |kind: &str| match kind {
                "integer" | "number" | "decimal(12,2)" => "number",
                "date" | "timestamp" => "time",
                kind => {
                    if kind == "string" {
                        "text"
                    } else {
                        "boolean"
                    }
                }
            };
            let fits = family(kind) == family(other_kind) || (is_text && other.is_string());
            let rule = json!({"field": name, "operator": "=", "value": other});
            assert_eq!(takes(&rule), fits, "{rule}");
            let other_name = other_kind.split('(').next().unwrap();
            let rule = json!({"field": name, "operator": "=", "valueSource": "field", "value": other_name});
            assert_eq!(takes(&rule), family(kind) == family(other_kind), "{rule}");
        }
    }
}

#[test]
fn filters_inside_filters_do_not_blow_up() {
    let mut documents = vec![
        json!({"kind": "table", "name": "t", "primary_key": ["id"], "columns": [{"name": "id", "type": "integer"}]}),
        json!({"kind": "dimension", "name": "d", "table": "t", "identity": "id"}),
        json!({"kind": "filter", "name": "f0", "dimension": "d", "where": {"field": "id", "operator": ">", "value": 1}}),
    ];
    for level in 1..40 {
        let below = format!("f{}", level - 1);
        documents.push(json!({"kind": "filter", "name": format!("f{level}"), "dimension": "d",
            "where": {"combinator": "or", "rules": [{"filter": below}, {"combinator": "and", "not": true, "rules": [{"filter": below}]}]}}));
    }
    // One in another, each with a condition beside it; and the same, with a group around the filter besides.
    for level in 0..60 {
        let more = json!({"field": "id", "operator": "!=", "value": level});
        let below = |kind: &str| if level == 0 { json!({}) } else { json!({"filter": format!("{kind}{}", level - 1)}) };
        documents.push(json!({"kind": "filter", "name": format!("c{level}"), "dimension": "d",
            "where": {"combinator": "and", "rules": [below("c"), more]}}));
        let inner = json!({"combinator": "or", "rules": [more, below("g")]});
        documents.push(json!({"kind": "filter", "name": format!("g{level}"), "dimension": "d",
            "where": {"combinator": "and", "rules": [inner, more]}}));
    }
    let mut problems = Vec::new();
    let documents: Vec<Document> = documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
    let catalog = Catalog::build(documents, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    let moment = Moment::utc(Timestamp::UNIX_EPOCH);
    let bound = |name: &str| {
        let mut problems = Vec::new();
        let rule = Rule(json!({"filter": name}));
        bind(&rule, Scope::table("t"), &catalog, &moment, "", &mut problems).ok_or(problems)
    };
    for name in ["f10", "c30", "c59", "g29"] {
        assert!(bound(name).is_ok(), "{name}");
    }
    for (name, code) in [("f29", "too_large"), ("f39", "too_large"), ("g50", "too_deep")] {
        let problems = bound(name).unwrap_err();
        assert_eq!(problems.iter().map(|problem| problem.code.as_str()).collect::<Vec<_>>(), [code]);
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

#[test]
fn placeholders_are_filled_once_and_have_to_be_parameters() {
    let mut problems = Vec::new();
    let documents = [
        json!({"kind": "table", "name": "t", "primary_key": ["id"], "columns": [{"name": "id", "type": "integer"}, {"name": "name", "type": "string"}]}),
        json!({"kind": "dimension", "name": "d", "table": "t", "identity": "id"}),
        json!({"kind": "filter", "name": "named", "dimension": "d", "parameters": {"one": {"type": "string"}, "two": {"type": "string", "default": "x"}},
            "where": {"field": "name", "operator": "=", "value": "{{one}} {{ two }}"}}),
        json!({"kind": "filter", "name": "wrong", "dimension": "d", "parameters": {"days": {"type": "string", "default": "x"}},
            "where": {"field": "name", "operator": "=", "value": "{{dayz}}"}}),
        json!({"kind": "filter", "name": "broken", "dimension": "d", "where": {"combinator": "or", "rules": [
            {"filter": "named", "parameters": {"one": "a"}}, {"field": "nmae", "operator": "null"}, {"filter": "broken"}]}}),
    ];
    let documents: Vec<Document> = documents.iter().filter_map(|body| Document::read(body, &mut problems)).collect();
    let catalog = Catalog::build(documents, &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    let moment = Moment::utc(Timestamp::UNIX_EPOCH);
    let bound = |rule: Value| {
        let mut problems = Vec::new();
        bind(&Rule(rule), Scope::table("t"), &catalog, &moment, "", &mut problems).ok_or(problems)
    };
    let checked = |name: &str| {
        let mut problems = Vec::new();
        bind_filter(&catalog.filters[name], "t", &catalog, &moment, &mut problems);
        problems.iter().map(|problem| format!("{} {}", problem.code, problem.pointer)).collect::<Vec<_>>()
    };
    assert_eq!(checked("named"), Vec::<String>::new());
    assert_eq!(checked("wrong"), ["unknown_parameter /where"]);
    assert_eq!(checked("broken"), ["unknown_field /where/rules/1/field", "filter_cycle /where/rules/2/filter"]);
    // A value that looks like a placeholder is a value.
    let filled = bound(json!({"filter": "named", "parameters": {"one": "{{two}}"}})).unwrap();
    assert_eq!(words(&filled), "name is \"{{two}} x\"");
    let problem = &bound(json!({"filter": "wrong"})).unwrap_err()[0];
    assert_eq!((problem.code.as_str(), problem.hint.as_deref()), ("unknown_parameter", Some("did you mean `days`?")));
    let problem = &bound(json!({"field": "id", "operator": "in", "value": [1, null]})).unwrap_err()[0];
    assert_eq!((problem.pointer.as_str(), problem.hint.is_some()), ("/value/1", true));
}
