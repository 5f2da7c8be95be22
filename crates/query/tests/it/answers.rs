//! Previews, explanations, the first of each group, and what happens at the memory limit.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde_json::json;
use tutti_model::bind::{Predicate, Scope, field};
use tutti_query::datafusion::arrow::array::{Array, AsArray, RecordBatch};
use tutti_query::datafusion::arrow::compute::{cast, concat_batches};
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::functions_aggregate::expr_fn::count as count_rows;
use tutti_query::datafusion::prelude::{DataFrame, ident, lit};
use tutti_query::{
    Dialect, Error, Planner, Session, Shown, View, count, explain, functions, preview, tables_of_predicate,
};

use crate::naive::{Row, Value, fold, order};
use crate::world::{World, options, session};

fn texts(batches: &[RecordBatch]) -> Vec<Vec<String>> {
    let Some(first) = batches.first() else { return Vec::new() };
    let batch = concat_batches(&first.schema(), batches).unwrap();
    let columns: Vec<_> = batch.columns().iter().map(|column| cast(column, &DataType::Utf8).unwrap()).collect();
    (0..batch.num_rows())
        .map(|row| {
            let cell = |column: &Arc<dyn Array>| column.as_string::<i32>().value(row).to_owned();
            columns.iter().map(|column| if column.is_null(row) { "-".to_owned() } else { cell(column) }).collect()
        })
        .collect()
}

#[tokio::test]
async fn a_preview_is_ordered_by_key_and_has_its_columns() {
    let world = World::random(4, 40, false);
    let planner = Planner::new(&world.catalog, &world.providers);
    let path = |table: &str, path: &str| field(path, Scope::table(table), &world.catalog, "").unwrap();
    let fields: Vec<_> =
        ["name", "id", "best_friend.city.title", "name", "born"].map(|name| path("customers", name)).into();
    let predicate = world.bind("customers", &json!({"field": "orders.status", "operator": "=", "value": "paid"}));
    let view = View { fields: fields.iter().cloned().map(Shown::from).collect(), limit: 5, ..View::default() };
    let answer = preview(&session(), &planner, "customers", &predicate, &view).await.unwrap();
    let names: Vec<&str> = answer.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["id", "name", "best_friend.city.title", "born"]);
    let naive = world.naive();
    let mut expected: Vec<&Row> =
        world.rows["customers"].iter().filter(|row| naive.holds("customers", row, &predicate)).collect();
    expected.sort_by(|one, other| order(&one[0], &other[0]).unwrap());
    let show = |value: Value| match value {
        Value::Text(text) => text,
        _ => "-".to_owned(),
    };
    let expected: Vec<Vec<String>> = expected
        .iter()
        .take(5)
        .map(|row| [&fields[1], &fields[0], &fields[2]].map(|field| show(naive.field("customers", row, field))).into())
        .collect();
    let shown: Vec<Vec<String>> = texts(&answer.batches).into_iter().map(|row| row[..3].to_vec()).collect();
    assert_eq!(shown, expected);

    let none = preview(&session(), &planner, "customers", &Predicate::Constant(false), &view).await.unwrap();
    assert_eq!((none.columns.len(), none.batches.iter().map(RecordBatch::num_rows).sum::<usize>()), (4, 0));
    // A key of two columns comes first, in the order of the key.
    let view = View { fields: vec![path("orders", "total").into()], limit: 80, ..View::default() };
    let orders = preview(&session(), &planner, "orders", &Predicate::Constant(true), &view).await.unwrap();
    let rows = texts(&orders.batches);
    let keys: Vec<(String, u64)> = rows.iter().map(|row| (row[0].clone(), row[1].parse().unwrap())).collect();
    assert!(keys.len() == 80 && keys.is_sorted(), "{keys:?}");
}

#[tokio::test]
async fn a_preview_has_the_asked_order() {
    let world = World::random(4, 40, true);
    let planner = Planner::new(&world.catalog, &world.providers);
    let path = |path: &str| field(path, Scope::table("customers"), &world.catalog, "").unwrap();
    let shown = async |descending: bool, offset: usize, limit: usize| {
        let order = vec![(path("city.people_count"), descending), (path("age"), false)];
        let fields = vec![path("age").into(), path("city.people_count").into()];
        let view = View { fields, order, offset, limit };
        let answer = preview(&session(), &planner, "customers", &Predicate::Constant(true), &view).await.unwrap();
        texts(&answer.batches)
    };
    let all = shown(true, 0, 100).await;
    assert_eq!(all.len(), 40);
    let number = |text: &str, descending: bool| match text.parse::<i64>() {
        Ok(number) => {
            if descending {
                -number
            } else {
                number
            }
        }
        Err(_) => i64::MAX,
    };
    let place = |row: &Vec<String>, descending| (number(&row[2], descending), number(&row[1], false), row[0].clone());
    assert!(all.is_sorted_by_key(|row| place(row, true)), "{all:?}");
    assert!(shown(false, 0, 100).await.is_sorted_by_key(|row| place(row, false)));
    assert_eq!(shown(true, 35, 3).await, all[35..38]);
    assert_eq!(shown(true, 38, 10).await, all[38..]);
    assert!(shown(true, 41, 10).await.is_empty());
}

#[tokio::test]
async fn explanations_have_sql_that_counts_the_same() {
    let world = World::random(4, 40, false);
    let session = session();
    for (name, provider) in &world.providers {
        let name = tutti_query::datafusion::common::TableReference::bare(name.as_str());
        session.context().register_table(name, Arc::clone(provider)).unwrap();
    }
    let sum =
        json!({"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": ">", "value": 5});
    let some = json!({"field": "orders.status", "operator": "=", "value": "paid"});
    let vip = json!({"field": "vip", "operator": "=", "value": true});
    let city = json!({"field": "city.people_count", "operator": ">", "value": 10});
    let lines = json!({"field": "orders", "match": {"mode": "all"}, "value": {"field": "lines", "match": {"mode": "atLeast", "threshold": 1}}});
    for rule in [
        json!({}),
        vip.clone(),
        json!({"field": "name", "operator": "contains", "value": "NN"}),
        some.clone(),
        json!({"field": "orders", "match": {"mode": "none"}}),
        sum.clone(),
        lines.clone(),
        city.clone(),
        json!({"field": "seen", "operator": ">=", "value": "now-30d"}),
        json!({"combinator": "and", "rules": [vip, some, sum]}),
        json!({"combinator": "or", "rules": [vip, some, city, lines]}),
    ] {
        let predicate = world.bind("customers", &rule);
        let planner = Planner::new(&world.catalog, &world.providers);
        for dialect in [Dialect::DuckDb, Dialect::PostgreSql] {
            let explained = explain(&session, &planner, "customers", "people", &predicate, dialect).await.unwrap();
            assert!(!explained.words.is_empty() && explained.plan.contains("Exec"), "{explained:?}");
            let Some(sql) = explained.sql.text else { panic!("no SQL for {rule}: {:?}", explained.sql.notes) };
            assert!(sql.contains("customers") && !sql.contains("casefold"), "{sql}");
            let rows = match session.context().sql(&sql).await {
                Ok(frame) => frame.count().await.unwrap_or_else(|error| panic!("{rule}\n{sql}\n{error}")) as u64,
                Err(error) => panic!("{rule}\n{sql}\n{error}"),
            };
            assert_eq!(rows, world.naive().count("customers", &predicate), "{rule}\n{sql}");
        }
    }
}

#[tokio::test]
async fn a_cost_names_the_tables_and_how_often_they_are_read() {
    let world = World::random(4, 40, false);
    let planner = Planner::new(&world.catalog, &world.providers);
    let some = |status: &str| json!({"field": "orders.status", "operator": "=", "value": status});
    let predicate = world.bind("customers", &json!({"combinator": "and", "rules": [some("paid"), some("new")]}));
    let explained = explain(&session(), &planner, "customers", "people", &predicate, Dialect::DuckDb).await.unwrap();
    let scans: Vec<(&str, u64)> =
        explained.cost.scans.iter().map(|(table, scan)| (table.as_str(), scan.scans)).collect();
    assert_eq!(scans, [("customers", 1), ("orders", 2)]);
    assert_eq!((explained.cost.joins, explained.cost.warning()), (2, None));
    let slow = tutti_query::Cost { estimated_ms: 5_400.0, ..explained.cost };
    assert!(slow.warning().is_some_and(|text| text.starts_with("this rule may take about 6 s")), "{slow:?}");
}

#[test]
fn the_tables_of_a_rule_are_known() {
    let world = World::random(1, 1, false);
    let rule = json!({"combinator": "or", "rules": [{"field": "city.title", "operator": "null"},
        {"field": "orders", "match": {"mode": "some"}, "value": {"field": "lines.product.price", "operator": ">", "value": 1}}]});
    let mut tables = BTreeSet::new();
    tables_of_predicate(&world.bind("customers", &rule), &mut tables);
    assert_eq!(tables.into_iter().collect::<Vec<_>>(), ["cities", "lines", "orders", "products"]);
}

/// Counts the rows that `mark_first` keeps, naively.
fn kept_naively(world: &World, by: usize, keep: usize) -> u64 {
    let mut groups: HashMap<String, Vec<&Row>> = HashMap::new();
    let mut kept = 0;
    for row in &world.rows["customers"] {
        match &row[by] {
            Value::Text(text) => groups.entry(fold(text)).or_default().push(row),
            _ => kept += 1,
        }
    }
    kept + groups.values().map(|rows| rows.len().min(keep) as u64).sum::<u64>()
}

#[tokio::test]
async fn the_first_of_each_group() {
    for (seed, views) in [(4, false), (5, true)] {
        let world = World::random(seed, 40, views);
        let planner = Planner::new(&world.catalog, &world.providers);
        for (keep, descending) in [(1, false), (1, true), (2, false), (3, true)] {
            let path = |name: &str| field(name, Scope::table("customers"), &world.catalog, "").unwrap();
            let (name, seen) = (path("name"), path("seen"));
            let frame = planner.rows("customers").unwrap().with_fields([&name, &seen]).unwrap();
            let (by, rank) = (functions::casefold(frame.column(&name)), frame.column(&seen));
            let marked = frame.mark_first(vec![by], vec![(rank, descending)], keep, "kept").unwrap();
            let plan = marked.select(["id", "kept"]).unwrap();
            let rows = texts(&DataFrame::new(session().context().state(), plan).collect().await.unwrap());
            assert_eq!(rows.len(), 40);
            assert_eq!(
                rows.iter().filter(|row| row[1] == "true").count() as u64,
                kept_naively(&world, 1, keep as usize)
            );
            // The kept ones come before the others of their group: by `seen`, NULLs last, then by key.
            let customers: HashMap<String, &Row> =
                world.rows["customers"].iter().map(|row| (text_of(&row[0]).unwrap(), row)).collect();
            let place = |row: &Row| match &row[8] {
                Value::Instant(at) => (0, if descending { -*at } else { *at }, text_of(&row[0])),
                _ => (1, 0, text_of(&row[0])),
            };
            for kept in rows.iter().filter(|row| row[1] == "true").map(|row| customers[&row[0]]) {
                let Some(group) = text_of(&kept[1]) else { continue };
                let same =
                    customers.values().filter(|row| text_of(&row[1]).is_some_and(|name| fold(&name) == fold(&group)));
                let before = same.filter(|row| place(row) < place(kept)).count();
                assert!(before < keep as usize, "{kept:?}");
            }
        }
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Text(text) => Some(text.clone()),
        _ => None,
    }
}

#[tokio::test]
async fn at_the_memory_limit_the_answer_is_right_or_an_error() {
    let world = World::random(7, 30_000, true);
    let planner = Planner::new(&world.catalog, &world.providers);
    let sum =
        json!({"field": "orders", "aggregate": {"function": "sum", "field": "total"}, "operator": ">", "value": 5});
    let rule = json!({"combinator": "or", "rules": [sum, {"field": "orders.lines.amount", "operator": ">", "value": 5}, {"field": "name", "operator": "=", "value": "x"}]});
    let predicate = world.bind("customers", &rule);
    let expected = count(&session(), &planner, "customers", &predicate).await.unwrap();
    let mut refused = 0;
    for limit in [1 << 26, 1 << 23, 1 << 21, 1 << 19, 1 << 16] {
        let session = Session::new(&options(limit)).unwrap();
        match count(&session, &planner, "customers", &predicate).await {
            Ok(counted) => assert_eq!(counted, expected, "with {limit} bytes"),
            Err(Error::MemoryLimit(_)) => refused += 1,
            Err(error) => panic!("with {limit} bytes: {error:?}"),
        }
    }
    assert!(refused > 0, "no limit was low enough to matter");
    // A sort spills: the answer comes in spite of a limit far below the rows.
    let session = Session::new(&options(1 << 21)).unwrap();
    let frame = planner.rows("orders").unwrap();
    let plan = DataFrame::new(session.context().state(), frame.into_plan())
        .sort(vec![ident("number").sort(true, false)])
        .unwrap();
    let rows = plan.aggregate(Vec::new(), vec![count_rows(lit(1))]).unwrap().collect().await;
    assert!(rows.is_ok(), "{rows:?}");
}

/// Far less memory than the rows take: aggregates and sorts spill, and joins whose hash tables do not fit are made of
/// sorted rows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_does_not_fit_is_spilled_and_exact() {
    let world = World::random(8, 40_000, true);
    let planner = Planner::new(&world.catalog, &world.providers);
    let (small, looking) = (Session::new(&options(64 << 20)).unwrap(), Session::new(&options(64 << 20)).unwrap());
    let aggregate = |function: &str, field: &str, value: i64| {
        json!({"field": "orders", "operator": ">", "value": value,
        "aggregate": {"function": function, "field": field}})
    };
    let pick = json!({"by": "total", "order": "descending", "n": 2});
    for rule in [
        aggregate("sum", "total", 5),
        aggregate("countDistinct", "number", 2),
        json!({"field": "orders.lines.amount", "operator": ">", "value": 5}),
        json!({"field": "orders", "pick": pick, "match": {"mode": "all"}, "value": {"field": "status", "operator": "=", "value": "paid"}}),
        json!({"combinator": "or", "rules": [aggregate("sum", "total", 30), {"field": "best_friend.name", "operator": "=", "value": "anna"}]}),
    ] {
        let predicate = world.bind("customers", &rule);
        let expected = count(&session(), &planner, "customers", &predicate).await.unwrap();
        assert!(expected > 0 && expected < 40_000, "{rule} says nothing: {expected}");
        match count(&small, &planner, "customers", &predicate).await {
            Ok(counted) => assert_eq!(counted, expected, "{rule}"),
            Err(error) => panic!("{rule}: {error:?}"),
        }
        // What can be counted can be looked at, too.
        let name = field("name", Scope::table("customers"), &world.catalog, "").unwrap();
        let view = View { fields: vec![name.into()], offset: 10, limit: 40, ..View::default() };
        let plenty = preview(&session(), &planner, "customers", &predicate, &view).await.unwrap();
        match preview(&looking, &planner, "customers", &predicate, &view).await {
            Ok(shown) => assert_eq!(texts(&shown.batches), texts(&plenty.batches), "{rule}"),
            Err(error) => panic!("the preview of {rule}: {error:?}"),
        }
    }
    assert_eq!(small.memory_bytes(), 0);
}

#[tokio::test]
async fn a_table_that_was_not_opened_is_named() {
    let mut world = World::random(1, 3, false);
    let predicate = world.bind("customers", &json!({"field": "orders", "match": {"mode": "some"}}));
    world.providers.remove("orders");
    let planner = Planner::new(&world.catalog, &world.providers);
    let error = count(&session(), &planner, "customers", &predicate).await.unwrap_err();
    assert_eq!(error.to_string(), "the table `orders` was not opened for this query");
}
