//! What makes audiences of other systems wrong, slow or endless, each as a test; `docs/truth.md` lists them.

use std::collections::BTreeSet;

use serde_json::json;
use tutti_model::bind::{Predicate, Scope, field};
use tutti_query::datafusion::arrow::array::AsArray;
use tutti_query::datafusion::arrow::compute::{cast, concat_batches};
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::{Planner, Values, View, count, distribution, preview};

use crate::world::{World, session};

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
    let id = Values { hops: Vec::new(), field: field("id", Scope::table("customers"), &world.catalog, "").unwrap() };
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
        let values =
            Values { hops: Vec::new(), field: field(path, Scope::table("customers"), &world.catalog, "").unwrap() };
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
