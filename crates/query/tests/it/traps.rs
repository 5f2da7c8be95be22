//! What makes audiences of other systems wrong, slow or endless, each as a test; `docs/truth.md` lists them.

use std::collections::{BTreeSet, HashMap};

use jiff::tz::TimeZone;
use serde_json::json;
use tutti_model::bind::{Predicate, Scope, field};
use tutti_query::datafusion::arrow::array::AsArray;
use tutti_query::datafusion::arrow::compute::{cast, concat_batches};
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::{Dialect, Planner, Values, View, count, distribution, explain, preview};

use crate::naive::Value;
use crate::world::{World, catalog, documents, session};

/// The keys of a page of customers.
async fn page(world: &World, predicate: &Predicate, offset: usize, limit: usize) -> Vec<String> {
    let planner = Planner::new(&world.catalog, &world.providers);
    let order = vec![(field("age", Scope::table("customers"), &world.catalog, "").unwrap(), true)];
    let view = View { order, offset, limit, ..View::default() };
    let answer = preview(&session(), &planner, "customers", predicate, &view).await.unwrap();
    let Some(first) = answer.batches.first() else { return Vec::new() };
    let rows = concat_batches(&first.schema(), &answer.batches).unwrap();
    let keys = cast(rows.column(0), &DataType::Utf8).unwrap();
    keys.as_string::<i32>().iter().map(|key| key.unwrap().to_owned()).collect()
}

/// A preview that counts other people than the rule sends to; pages that lose or repeat rows, since many are equal in
/// what they are ordered by.
#[tokio::test]
async fn the_pages_of_a_preview_are_the_rows_that_are_counted() {
    let world = World::random(11, 500, true);
    let predicate = world.bind("customers", &json!({"field": "orders.status", "operator": "=", "value": "paid"}));
    let mut seen = BTreeSet::new();
    let mut rows = 0;
    for offset in (0..600).step_by(70) {
        let keys = page(&world, &predicate, offset, 70).await;
        rows += keys.len() as u64;
        seen.extend(keys);
    }
    let counted = world.count("customers", &predicate).await;
    assert!(counted > 70, "there is one page only");
    assert_eq!((rows, seen.len() as u64), (counted, counted));
}

/// Audiences cut at 3,000, 5,000 or 50,000 without a word.
#[tokio::test]
async fn nothing_is_cut_silently() {
    let size = 120_000;
    let world = World::random(12, size, true);
    assert_eq!(world.count("customers", &Predicate::Constant(true)).await, size);
    let planner = Planner::new(&world.catalog, &world.providers);
    let id = field("id", Scope::table("customers"), &world.catalog, "").unwrap();
    let id = Values { hops: Vec::new(), field: id, zone: TimeZone::UTC };
    let found = distribution(&session(), &planner, "customers", &Predicate::Constant(true), &id, 10).await.unwrap();
    assert_eq!((found.rows, found.distinct, found.top.len()), (size, size, 10));
}

/// Two conditions on linked rows that are met by two different rows.
#[tokio::test]
async fn conditions_on_one_linked_row_are_not_met_by_two() {
    let world = World::random(13, 300, false);
    let status = json!({"field": "status", "operator": "=", "value": "paid"});
    let total = json!({"field": "total", "operator": ">=", "value": 10});
    let one_row =
        json!({"field": "orders", "match": {"mode": "some"}, "value": {"combinator": "and", "rules": [status, total]}});
    let any_rows = json!({"combinator": "and", "rules": [
        {"field": "orders.status", "operator": "=", "value": "paid"}, {"field": "orders.total", "operator": ">=", "value": 10}]});
    let (one_row, any_rows) = (world.check("customers", &one_row).await, world.check("customers", &any_rows).await);
    assert!(one_row < any_rows, "{one_row} {any_rows}");
}

/// Shares beyond 100 %, and shares of rows that were joined twice.
#[tokio::test]
async fn shares_are_of_all_rows() {
    let world = World::random(14, 200, true);
    let planner = Planner::new(&world.catalog, &world.providers);
    for path in ["vip", "name", "city.title", "best_friend.age"] {
        let field = field(path, Scope::table("customers"), &world.catalog, "").unwrap();
        let values = Values { hops: Vec::new(), field, zone: TimeZone::UTC };
        let everybody = Predicate::Constant(true);
        let found = distribution(&session(), &planner, "customers", &everybody, &values, 1000).await.unwrap();
        assert_eq!(found.rows, 200, "{path}");
        assert_eq!(found.nulls + found.top.iter().map(|value| value.count).sum::<u64>(), 200, "{path}");
    }
}

/// Counts that go on after whoever asked is gone.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_question_that_nobody_waits_for_ends() {
    let world = World::random(15, 60_000, true);
    let planner = Planner::new(&world.catalog, &world.providers);
    let session = session();
    let sum = json!({"field": "orders", "aggregate": {"function": "countDistinct", "field": "status"}, "operator": ">", "value": 2});
    let predicate = world.bind(
        "customers",
        &json!({"combinator": "or", "rules": [sum, {"field": "orders.lines.amount", "operator": ">", "value": 5}]}),
    );
    let pool = &session.context().runtime_env().memory_pool;
    {
        let question = count(&session, &planner, "customers", &predicate);
        tokio::pin!(question);
        // Until it holds memory, it is under way.
        while pool.reserved() == 0 {
            assert!(futures::poll!(&mut question).is_pending(), "it ended before it was under way");
            tokio::task::yield_now().await;
        }
    }
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
    while pool.reserved() > 0 {
        assert!(std::time::Instant::now() < deadline, "{} bytes are still held", pool.reserved());
        tokio::task::yield_now().await;
    }
}

/// Filters inside filters, each used twice by the next, that read the linked rows once more for each use.
#[tokio::test]
async fn filters_inside_filters_cost_what_they_say() {
    let mut world = World::random(16, 80, true);
    let mut all = documents();
    // A chain of 30, and diamonds: each uses the one below twice.
    let own = |level: usize| json!({"field": "age", "operator": "!=", "value": level * 20});
    for level in 0..30 {
        let below =
            if level == 0 { json!({"filter": "spent"}) } else { json!({"filter": format!("chain{}", level - 1)}) };
        all.push(json!({"kind": "filter", "name": format!("chain{level}"), "dimension": "people",
            "where": {"combinator": "and", "rules": [below, own(level)]}}));
    }
    for level in 0..7 {
        let below =
            if level == 0 { json!({"filter": "spent"}) } else { json!({"filter": format!("diamond{}", level - 1)}) };
        let left = json!({"combinator": "and", "rules": [below, own(level)]});
        let right = json!({"combinator": "or", "not": true, "rules": [below, {"audience": "vips"}]});
        all.push(json!({"kind": "filter", "name": format!("diamond{level}"), "dimension": "people",
            "where": {"combinator": "or", "rules": [left, right]}}));
    }
    world.catalog = catalog(&all);
    for name in ["chain29", "diamond6"] {
        let rule = json!({"filter": name});
        world.check("customers", &rule).await;
        let predicate = world.bind("customers", &rule);
        let planner = Planner::new(&world.catalog, &world.providers);
        let explained =
            explain(&session(), &planner, "customers", "people", &predicate, Dialect::DuckDb).await.unwrap();
        let scans = |table: &str| explained.cost.scans.get(table).map_or(0, |scan| scan.scans);
        // The customers once more where they narrow the orders.
        assert!(scans("customers") <= 2 && scans("orders") == 1, "{name}: {}", explained.plan);
        assert_eq!(scans("audience.vips"), u64::from(name == "diamond6"), "{name}: {}", explained.plan);
    }
}

/// Keys that are NULL, that lead nowhere, or that stand twice: each has a documented meaning.
#[tokio::test]
async fn missing_and_repeated_keys_mean_what_is_written() {
    let documents = [
        json!({"kind": "table", "name": "people", "primary_key": ["id"],
            "columns": [{"name": "id", "type": "integer"}, {"name": "code", "type": "string"}],
            "links": [
                {"name": "bills", "to": "bills", "on": {"code": "code"}, "cardinality": "one-to-many", "reverse": "payer"},
                {"name": "account", "to": "bills", "on": {"code": "code"}, "cardinality": "many-to-one"}]}),
        json!({"kind": "table", "name": "bills", "primary_key": ["no"], "columns": [
            {"name": "no", "type": "integer"}, {"name": "code", "type": "string"}, {"name": "sum", "type": "integer"}]}),
        json!({"kind": "dimension", "name": "people", "table": "people", "identity": "id"}),
    ];
    let (n, text) = (|n: i128| Value::Exact(n, 0), |text: &str| Value::Text(text.to_owned()));
    // 1 and 2 share the code `a`, 3 has none, 4 has no bills; a bill has no code, another is of nobody.
    let people = [(1, Some("a")), (2, Some("a")), (3, None), (4, Some("d"))];
    let bills = [(1, Some("a"), Some(5)), (2, Some("a"), None), (3, None, Some(7)), (4, Some("z"), Some(9))];
    let rows = HashMap::from([
        ("people".to_owned(), people.map(|(id, code)| vec![n(id), code.map_or(Value::Null, text)]).to_vec()),
        (
            "bills".to_owned(),
            bills
                .map(|(no, code, sum)| vec![n(no), code.map_or(Value::Null, text), sum.map_or(Value::Null, n)])
                .to_vec(),
        ),
    ]);
    let world = World::new(catalog(&documents), rows, false);
    let number = |operator: &str, value: i64| json!({"field": "bills", "aggregate": {"function": "count"}, "operator": operator, "value": value});
    let sum = |operator: &str, value: i64| json!({"field": "bills", "aggregate": {"function": "sum", "field": "sum"}, "operator": operator, "value": value});
    let all =
        json!({"field": "bills", "match": {"mode": "all"}, "value": {"field": "sum", "operator": "=", "value": 5}});
    for (rule, expected) in [
        // A NULL is linked to nothing, not even to a NULL.
        (json!({"field": "bills", "match": {"mode": "some"}}), 2),
        (json!({"field": "bills", "match": {"mode": "none"}}), 2),
        (number("=", 2), 2),
        (number("=", 0), 2),
        (sum("=", 5), 2),
        (sum("=", 0), 2),
        (all, 2),
        // Of several rows where a link promises one, the one of the lowest key.
        (json!({"field": "account.sum", "operator": "=", "value": 5}), 2),
        (json!({"field": "account.sum", "operator": "null"}), 2),
        // "No linked row is 5", which holds where there is none.
        (json!({"field": "bills.sum", "operator": "!=", "value": 5}), 2),
        (json!({"field": "bills.sum", "operator": "null"}), 2),
        (json!({"field": "code", "operator": "!=", "value": "A"}), 2),
        (json!({"field": "code", "operator": "in", "value": []}), 0),
    ] {
        assert_eq!(world.check("people", &rule).await, expected, "{rule}");
    }
    let payers = json!({"field": "payer.id", "operator": "=", "value": 1});
    assert_eq!(world.check("bills", &payers).await, 2);
}

/// Spaces that do not break, which come with pasted text: in texts and in rules they are characters of their own, and
/// none of them is taken for a space or lost.
#[tokio::test]
async fn spaces_that_do_not_break_are_characters_of_their_own() {
    let documents = [json!({"kind": "table", "name": "people", "primary_key": ["id"], "columns": [
        {"name": "id", "type": "integer"}, {"name": "name", "type": "string"}, {"name": "email", "type": "string"}]})];
    let people = [
        ("Anna Berg", Some("anna@shop.example")),
        ("Anna\u{a0}Berg", Some("anna@shop.example\u{a0}")),
        ("\u{a0}", Some("\u{a0}bo@shop.example")),
        ("", None),
    ];
    let text = |text: &str| Value::Text(text.to_owned());
    let row = |(id, (name, email)): (usize, (&str, Option<&str>))| {
        vec![Value::Exact(id as i128, 0), text(name), email.map_or(Value::Null, text)]
    };
    for views in [false, true] {
        let rows = HashMap::from([("people".to_owned(), people.into_iter().enumerate().map(row).collect())]);
        let world = World::new(catalog(&documents), rows, views);
        let condition =
            |field: &str, operator: &str, value: &str| json!({"field": field, "operator": operator, "value": value});
        for (rule, expected) in [
            (condition("name", "=", "anna berg"), 1),
            (condition("name", "=", "anna\u{a0}berg"), 1),
            (condition("name", "!=", "anna berg"), 3),
            (condition("name", "contains", " "), 1),
            (condition("name", "contains", "\u{a0}"), 2),
            (condition("name", "like", "anna_berg"), 2),
            (condition("name", "empty", ""), 1),
            (json!({"field": "name", "operator": "in", "value": ["anna berg", "anna\u{a0}berg"]}), 2),
            // Around the items of a list that is a text, blanks of any kind do not count.
            (condition("name", "in", "anna\u{a0}berg,\u{a0}anna berg"), 2),
            (condition("email", "=", "anna@shop.example"), 1),
            (condition("email", "=", "anna@shop.example\u{a0}"), 1),
            (condition("email", "=", "anna@shop.example "), 0),
            (condition("email", "beginsWith", "anna@shop.example"), 2),
            (condition("email", "endsWith", "shop.example"), 2),
        ] {
            assert_eq!(world.check("people", &rule).await, expected, "{rule}");
        }
        // How to look past them.
        let sql = "trim(replace(email, char(160), ' ')) = 'anna@shop.example'";
        let rule = json!({"expression": sql, "operator": "=", "value": true});
        assert_eq!(world.count("people", &world.bind("people", &rule)).await, 2);
    }
}
