//! Every operator on every type, each with its complement.

use serde_json::{Value as Json, json};

use crate::naive::{Row, Value};
use crate::world::{DAY, World, catalog};

/// One table, one column of each type, one row per value.
fn world(column_type: &str, values: Vec<Value>, views: bool) -> World {
    let documents = [
        json!({"kind": "table", "name": "things", "primary_key": ["id"],
            "columns": [{"name": "id", "type": "integer"}, {"name": "v", "type": column_type}, {"name": "w", "type": column_type}]}),
        json!({"kind": "dimension", "name": "things", "table": "things", "identity": "id"}),
    ];
    // `w` is `v` turned round, so that the two are sometimes equal and sometimes not.
    let rows: Vec<Row> = values
        .iter()
        .zip(values.iter().rev())
        .enumerate()
        .map(|(id, (v, w))| vec![Value::Exact(id as i128, 0), v.clone(), w.clone()])
        .collect();
    World::new(catalog(&documents), [("things".to_owned(), rows)].into(), views)
}

fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// Checks each operator with each value against the naive evaluator, and then the given answers.
async fn check(world: &World, operators: &[&str], values: &[Json], expected: &[(Json, u64)]) {
    for operator in operators {
        for value in values {
            world.check("things", &json!({"field": "v", "operator": operator, "value": value})).await;
        }
    }
    for (rule, count) in expected {
        assert_eq!(world.check("things", rule).await, *count, "{rule}");
    }
}

fn condition(operator: &str, value: impl Into<Json>) -> Json {
    json!({"field": "v", "operator": operator, "value": value.into()})
}

const ORDERED: [&str; 6] = ["=", "!=", "<", "<=", ">", ">="];
const LISTS: [&str; 2] = ["in", "notIn"];
const RANGES: [&str; 2] = ["between", "notBetween"];

#[tokio::test]
async fn text_folds_unless_case_matters() {
    let values = [
        "Anna",
        "ANNA",
        "anna ",
        "",
        "Straße",
        "STRASSE",
        "Οδυσσεύς",
        "ΟΔΥΣΣΕΎΣ",
        "\u{212A}elvin",
        "KELVIN",
        "100%",
        "a_b\\c",
        "Zoë",
        "zoe",
        "\u{FB01}ne",
        "İZMİR",
        "izmir",
    ];
    let values: Vec<Value> = values.iter().map(|value| text(value)).chain([Value::Null, Value::Null]).collect();
    for views in [false, true] {
        let world = world("string", values.clone(), views);
        let texts = ["anna", "strasse", "ΟΔΥΣΣΕΎς", "kelvin", "izmir", "İzmir", "", "zoë", "%", "_", "\\", "FINE", "a"]
            .map(Json::from);
        check(&world, &ORDERED, &texts, &[]).await;
        check(
            &world,
            &["contains", "doesNotContain", "beginsWith", "doesNotBeginWith", "endsWith", "doesNotEndWith"],
            &texts,
            &[],
        )
        .await;
        check(
            &world,
            &["like", "notLike"],
            &["%", "%a%", "a%", "_nna", "100\\%", "a\\_b%", "a_b\\\\c", "%\\\\c", "", "anna", "%ss%", "z__"]
                .map(Json::from),
            &[],
        )
        .await;
        check(&world, &LISTS, &[json!(["anna", "KELVIN"]), json!(["straße", ""]), json!([]), json!("anna, zoë")], &[])
            .await;
        check(&world, &RANGES, &[json!(["a", "k"]), json!(["K", "T"]), json!(["z", "a"])], &[]).await;
        check(&world, &["null", "notNull", "empty", "notEmpty"], &[Json::Null], &[]).await;
        for operator in ["=", "<", "contains", "beginsWith", "endsWith", "like", "in"] {
            for value in ["Anna", "straße", "A", "%"] {
                let value = if operator == "in" { json!([value]) } else { json!(value) };
                world
                    .check(
                        "things",
                        &json!({"field": "v", "operator": operator, "value": value, "caseSensitive": true}),
                    )
                    .await;
            }
        }
        for operator in ORDERED {
            for case_sensitive in [false, true] {
                let rule = json!({"field": "v", "operator": operator, "valueSource": "field", "value": "w", "caseSensitive": case_sensitive});
                world.check("things", &rule).await;
            }
        }
        let expected = [
            (condition("=", "anna"), 2),
            (condition("=", "strasse"), 2),
            (condition("=", "οδυσσεύς"), 2),
            (condition("=", "kelvin"), 2),
            (condition("=", "fine"), 1),
            // A dotted capital I folds to an i with a dot of its own.
            (condition("=", "i\u{307}zmi\u{307}r"), 1),
            (condition("=", "IZMIR"), 1),
            (condition("!=", "anna"), 17),
            (condition("like", "100\\%"), 1),
            (condition("like", "a\\_b\\\\c"), 1),
            (condition("contains", "%"), 1),
            (condition("empty", Json::Null), 3),
            (condition("null", Json::Null), 2),
            (condition("in", json!([])), 0),
            (condition("notIn", json!([])), 19),
            (json!({"field": "v", "operator": "=", "value": "Anna", "caseSensitive": true}), 1),
        ];
        check(&world, &[], &[], &expected).await;
    }
}

#[tokio::test]
async fn integers() {
    let values = [0, 1, -1, 200, i128::from(i64::MAX), i128::from(i64::MIN)].map(|value| Value::Exact(value, 0));
    let world = world("integer", values.into_iter().chain([Value::Null]).collect(), false);
    let values = [
        json!(0),
        json!("1"),
        json!(0.5),
        json!(-0.5),
        json!("9223372036854775807"),
        json!("9223372036854775808"),
        json!("-9223372036854775809"),
        json!("99999999999999999999999999999999999999"),
        json!("0.00000000000000000000000000000000000001"),
    ];
    check(&world, &ORDERED, &values, &[(condition("<", json!("9223372036854775808")), 6), (condition(">", 0.5), 3)])
        .await;
    check(&world, &LISTS, &[json!([1, 0.5, "9223372036854775808"]), json!([]), json!("0,1")], &[]).await;
    check(
        &world,
        &RANGES,
        &[json!([-0.5, 200]), json!([5, 1]), json!(["-99999999999999999999", "99999999999999999999"])],
        &[],
    )
    .await;
    check(&world, &["null", "notNull", "empty", "notEmpty"], &[Json::Null], &[(condition("empty", Json::Null), 1)])
        .await;
    check_fields(&world, &ORDERED).await;
}

async fn check_fields(world: &World, operators: &[&str]) {
    for operator in operators {
        world.check("things", &json!({"field": "v", "operator": operator, "valueSource": "field", "value": "w"})).await;
    }
}

#[tokio::test]
async fn decimals_are_exact() {
    for (column_type, scale) in
        [("decimal(12,2)", 2), ("decimal(38,10)", 10), ("decimal(38,0)", 0), ("decimal(5,5)", 5)]
    {
        let values = [0, 1, -1, 20_001, 99_999].map(|value| Value::Exact(value, scale));
        let world = world(column_type, values.into_iter().chain([Value::Null]).collect(), false);
        let values = [
            json!(0),
            json!(200.01),
            json!("0.01"),
            json!("0.010000000000000000001"),
            json!("99999999999999999999999999999999999999"),
            json!(-0.001),
            json!("1e20"),
        ];
        check(&world, &ORDERED, &values, &[]).await;
        check(&world, &LISTS, &[json!([200.01, 0.00001, "1e20"]), json!([])], &[]).await;
        check(
            &world,
            &RANGES,
            &[
                json!([-0.001, 200.01]),
                json!(["-99999999999999999999999999999999999999", "99999999999999999999999999999999999999"]),
            ],
            &[],
        )
        .await;
        check(&world, &["null", "notNull"], &[Json::Null], &[(condition("null", Json::Null), 1)]).await;
        check_fields(&world, &ORDERED).await;
    }
}

#[tokio::test]
async fn numbers_with_both_zeros() {
    let values = [0.0, -0.0, 1.5, -1.5, 1e300, f64::INFINITY].map(Value::Number);
    let world = world("number", values.into_iter().chain([Value::Null]).collect(), false);
    let values = [json!(0), json!(1.5), json!("-1.5"), json!(1e300), json!(-0.0)];
    check(&world, &ORDERED, &values, &[(condition("=", 0), 2), (condition(">=", 0), 5), (condition("<", 0), 1)]).await;
    check(&world, &LISTS, &[json!([0, 1.5]), json!([])], &[(condition("in", json!([0])), 2)]).await;
    check(&world, &RANGES, &[json!([-1.5, 0]), json!([0, 0])], &[]).await;
    check_fields(&world, &ORDERED).await;
}

#[tokio::test]
async fn booleans() {
    let world = world("boolean", vec![Value::Boolean(true), Value::Boolean(false), Value::Null], false);
    check(&world, &["=", "!="], &[json!(true), json!("false")], &[(condition("!=", true), 2)]).await;
    check(&world, &LISTS, &[json!([true]), json!([true, false])], &[]).await;
    check(&world, &["null", "notNull"], &[Json::Null], &[]).await;
    check_fields(&world, &["=", "!="]).await;
}

#[tokio::test]
async fn dates_and_timestamps() {
    // 2026-03-14, 15, 16; the tests' now is on the 15th.
    let days: Vec<Value> =
        (20_526..20_529).map(|day| Value::Instant(day * DAY)).chain([Value::Null, Value::Instant(-DAY)]).collect();
    let values = [
        json!("2026-03-15"),
        json!("now"),
        json!("now-1d"),
        json!("now/M"),
        json!("2026-03-01||+14d/d"),
        json!("1969-12-31"),
    ];
    let world_of_dates = world("date", days, false);
    check(
        &world_of_dates,
        &ORDERED,
        &values,
        &[(condition("=", "now"), 1), (condition("<", "now"), 2), (condition(">=", "now-1d"), 3)],
    )
    .await;
    check(&world_of_dates, &LISTS, &[json!(["2026-03-15", "now+1d"])], &[]).await;
    check(&world_of_dates, &RANGES, &[json!(["now-1d", "now"])], &[]).await;
    check_fields(&world_of_dates, &ORDERED).await;

    let hours = [0, 10, 11, 23, 24].map(|hour| Value::Instant(20_527 * DAY + hour * 3_600_000_000));
    let world_of_times = world("timestamp", hours.into_iter().chain([Value::Null]).collect(), false);
    check(&world_of_times, &ORDERED, &values, &[(condition("<=", "now"), 2), (condition("<", "now/d+1d"), 4)]).await;
    check(
        &world_of_times,
        &RANGES,
        &[json!(["now/d", "now"]), json!(["2026-03-15T10:00:00Z", "2026-03-15T12:00:00+01:00"])],
        &[],
    )
    .await;
    check(
        &world_of_times,
        &LISTS,
        &[json!(["2026-03-15T10:00:00Z", "2026-03-16"])],
        &[(condition("in", json!(["2026-03-15T12:00:00+01:00"])), 1)],
    )
    .await;
    check_fields(&world_of_times, &ORDERED).await;
}

#[tokio::test]
async fn the_day_is_the_zones() {
    use jiff::tz::TimeZone;
    use tutti_model::bind::{Scope, bind};
    use tutti_model::date_math::Moment;
    let hours = [22, 23, 24].map(|hour| Value::Instant(20_526 * DAY + hour * 3_600_000_000));
    let world = world("timestamp", hours.to_vec(), false);
    for (zone, expected) in [("UTC", 1), ("Europe/Paris", 2), ("America/New_York", 0)] {
        let moment = Moment::new(crate::world::NOW.parse().unwrap(), TimeZone::get(zone).unwrap());
        let mut problems = Vec::new();
        let rule = tutti_model::rule::Rule(condition(">=", "now/d"));
        let predicate = bind(&rule, Scope::table("things"), &world.catalog, &moment, "", &mut problems).unwrap();
        assert_eq!(world.count("things", &predicate).await, expected, "{zone}");
    }
}

#[tokio::test]
async fn fields_of_different_types_compare() {
    let documents = [json!({"kind": "table", "name": "things", "primary_key": ["id"],
            "columns": [{"name": "id", "type": "integer"}, {"name": "n", "type": "number"}, {"name": "i", "type": "integer"}, {"name": "d", "type": "decimal(38,10)"},
                {"name": "e", "type": "decimal(5,2)"}, {"name": "day", "type": "date"}, {"name": "at", "type": "timestamp"},
                {"name": "w", "type": "decimal(38,0)"}, {"name": "f", "type": "decimal(38,25)"}]})];
    let mut rows: Vec<Row> = (0..6)
        .map(|id| {
            let whole = i128::from(id % 3);
            vec![
                Value::Exact(i128::from(id), 0),
                Value::Number(id as f64 / 2.0),
                Value::Exact(whole, 0),
                Value::Exact(whole * 10_000_000_000 + i128::from(id % 2), 10),
                Value::Exact(whole * 100, 2),
                Value::Instant((20_000 + id % 2) * DAY),
                Value::Instant(20_001 * DAY - i64::from(id == 3)),
                Value::Exact(whole, 0),
                Value::Exact(whole * 10i128.pow(25) + i128::from(id % 2), 25),
            ]
        })
        .collect();
    rows.push(std::iter::once(Value::Exact(9, 0)).chain(std::iter::repeat_n(Value::Null, 8)).collect());
    // A decimal of 38 digits beside one with another scale.
    rows.push(vec![
        Value::Exact(10, 0),
        Value::Number(1e28),
        Value::Exact(i128::from(i64::MAX), 0),
        Value::Exact(10i128.pow(38) - 1, 10),
        Value::Exact(99_999, 2),
        Value::Null,
        Value::Instant(0),
        Value::Exact(10i128.pow(38) - 1, 0),
        Value::Exact(10i128.pow(38) - 1, 25),
    ]);
    let world = World::new(catalog(&documents), [("things".to_owned(), rows)].into(), false);
    let pairs = ["n i", "i d", "d e", "i e", "e n", "day at", "w d", "w f", "i f", "w e", "w n"];
    for pair in pairs.map(|pair| pair.split(' ').collect::<Vec<_>>()) {
        for (left, right) in [(pair[0], pair[1]), (pair[1], pair[0])] {
            for operator in ORDERED {
                world
                    .check(
                        "things",
                        &json!({"field": left, "operator": operator, "valueSource": "field", "value": right}),
                    )
                    .await;
            }
            world
                .check(
                    "things",
                    &json!({"field": left, "operator": "between", "valueSource": "field", "value": [right, right]}),
                )
                .await;
        }
    }
}

/// A link between columns whose values have more digits together than a decimal of 128 bits has.
#[tokio::test]
async fn links_of_long_decimals_are_exact() {
    let documents = [
        json!({"kind": "table", "name": "things", "primary_key": ["id"],
            "columns": [{"name": "id", "type": "integer"}, {"name": "code", "type": "decimal(38,0)"}],
            "links": [{"name": "parts", "to": "parts", "on": {"code": "code"}, "cardinality": "one-to-many", "reverse": "thing"}]}),
        json!({"kind": "table", "name": "parts", "primary_key": ["id"],
            "columns": [{"name": "id", "type": "integer"}, {"name": "code", "type": "decimal(38,10)"}]}),
    ];
    let largest = 10i128.pow(38) - 1;
    let row = |id: i128, code: Value| vec![Value::Exact(id, 0), code];
    let things = [7, largest, -largest].map(|code| Value::Exact(code, 0));
    let parts = [70_000_000_000, 70_000_000_001, largest, -largest].map(|code| Value::Exact(code, 10));
    let rows = |codes: Vec<Value>| (0i128..).zip(codes).map(|(id, code)| row(id, code)).collect::<Vec<Row>>();
    let rows = [("things".to_owned(), rows(things.to_vec())), ("parts".to_owned(), rows(parts.to_vec()))];
    let world = World::new(catalog(&documents), rows.into(), false);
    for (table, rule, expected) in [
        ("things", json!({"field": "parts", "match": {"mode": "some"}}), 1),
        ("things", json!({"field": "parts", "aggregate": {"function": "count"}, "operator": "=", "value": 1}), 1),
        ("parts", json!({"field": "thing.id", "operator": "=", "value": 0}), 1),
        ("parts", json!({"field": "thing", "match": {"mode": "none"}}), 3),
    ] {
        assert_eq!(world.check(table, &rule).await, expected, "{rule}");
    }
}
