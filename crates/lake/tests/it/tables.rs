//! Tables: making them, changing them, reading old versions, keeping them small.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use datafusion::arrow::array::{Int64Array, RecordBatch, StringArray};
use tutti_lake::{Error, Lake};

use super::{Fixture, lenient, people, table, versioned};

#[tokio::test]
async fn a_new_table_is_empty_and_a_dropped_one_gone() {
    let f = Fixture::new();
    assert!(matches!(f.lake.snapshot("people").await, Err(Error::NoTable(_))));
    f.lake.ensure_table(&people()).await.unwrap();
    f.lake.ensure_table(&people()).await.unwrap();
    let snapshot = f.lake.snapshot("people").await.unwrap();
    assert_eq!((snapshot.version, snapshot.rows, snapshot.columns.len()), (0, 0, 8));
    assert!(f.rows("people").await.is_empty());
    assert_eq!(f.lake.tables().unwrap(), ["people"]);
    f.lake.drop_table("people").await.unwrap();
    f.lake.drop_table("people").await.unwrap();
    assert!(f.lake.tables().unwrap().is_empty());
    f.lake.ensure_table(&versioned()).await.unwrap();
    assert_eq!(f.lake.snapshot("people").await.unwrap().columns.len(), 3);
}

#[tokio::test]
async fn columns_come_and_never_go() {
    let f = Fixture::new();
    let old = table(serde_json::json!({
        "columns": [{"name": "id", "type": "integer"}, {"name": "name", "type": "string"}], "primary_key": ["id"]}));
    f.upsert(&old, "id,name\n1,a\n2,\n").await;
    for (columns, key, code) in [
        (serde_json::json!([{"name": "id", "type": "integer"}]), "id", "column_removed"),
        (
            serde_json::json!([{"name": "id", "type": "string"}, {"name": "name", "type": "string"}]),
            "id",
            "column_retyped",
        ),
        (
            serde_json::json!([{"name": "id", "type": "integer"}, {"name": "name", "type": "string", "required": true}]),
            "id",
            "column_required",
        ),
        (
            serde_json::json!([{"name": "id", "type": "integer"}, {"name": "name", "type": "string"}, {"name": "z", "type": "date", "required": true}]),
            "id",
            "column_required",
        ),
        (
            serde_json::json!([{"name": "id", "type": "integer"}, {"name": "name", "type": "string"}]),
            "name",
            "key_changed",
        ),
    ] {
        let new = table(serde_json::json!({"columns": columns, "primary_key": [key]}));
        let problems = f.lake.check_evolution(&new).await.unwrap();
        assert!(problems.iter().any(|problem| problem.code == code), "{code}: {problems:?}");
        assert!(matches!(f.lake.ensure_table(&new).await, Err(Error::Evolution { .. })));
    }
    // In front of the others in the document; stored behind them.
    let new = table(serde_json::json!({
        "columns": [{"name": "spend", "type": "decimal(9,2)"}, {"name": "id", "type": "integer"},
            {"name": "name", "type": "string"}], "primary_key": ["id"]}));
    f.lake.ensure_table(&new).await.unwrap();
    assert_eq!(f.rows("people").await, ["1|a|-", "2|-|-"]);
    f.upsert(&new, "spend,id\n1.5,3\n2.5,1\n").await;
    assert_eq!(f.rows("people").await, ["1|-|2.50", "2|-|-", "3|-|1.50"]);
    let context = f.session.context();
    context.register_table("people", f.lake.snapshot("people").await.unwrap().provider).unwrap();
    let answer =
        context.sql("select id from people where spend > 2 or name = 'x'").await.unwrap().collect().await.unwrap();
    assert_eq!(super::shown(&answer), ["1"]);
}

#[tokio::test]
async fn an_empty_table_may_become_anything() {
    let f = Fixture::new();
    f.lake.ensure_table(&people()).await.unwrap();
    f.lake.ensure_table(&versioned()).await.unwrap();
    f.upsert(&versioned(), "id,value,v\na,1,1\n").await;
    assert_eq!(f.rows("people").await, ["a|1|1"]);
}

#[tokio::test]
async fn old_versions_stay_readable_until_vacuumed() {
    let f = Fixture::new();
    let t = versioned();
    f.upsert(&t, "id,value\na,1\n").await;
    f.upsert(&t, "id,value\na,2\n").await;
    let pinned = f.lake.snapshot_at("people", 1).await.unwrap();
    assert_eq!(f.read(pinned.provider.clone()).await, ["a|1|-"]);
    let later = SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 40);
    assert_eq!(f.lake.vacuum("people", later).await.unwrap(), 0);
    assert_eq!(f.read(pinned.provider.clone()).await, ["a|1|-"]);
    drop(pinned);
    assert_eq!(f.lake.vacuum("people", SystemTime::UNIX_EPOCH).await.unwrap(), 0);
    assert_eq!(f.lake.vacuum("people", later).await.unwrap(), 1);
    assert!(matches!(f.lake.snapshot_at("people", 1).await, Err(Error::NoVersion { .. })));
    assert!(matches!(f.lake.snapshot_at("people", 9).await, Err(Error::NoVersion { .. })));
    assert_eq!(f.rows("people").await, ["a|2|-"]);
}

#[tokio::test]
async fn a_second_lake_sees_what_the_first_wrote() {
    let f = Fixture::new();
    f.upsert(&versioned(), "id,value\na,1\n").await;
    let other = Lake::open(&f.folder.path().join("data"), f.session.clone()).unwrap();
    assert_eq!(other.snapshot("people").await.unwrap().rows, 1);
    f.upsert(&versioned(), "id,value\nb,1\n").await;
    assert_eq!(other.snapshot("people").await.unwrap().rows, 2);
}

#[tokio::test]
async fn appends_are_idempotent_and_compaction_keeps_rows() {
    let f = Fixture::new();
    let t = versioned();
    for round in 0..20i64 {
        for _twice in 0..2 {
            let ids: Vec<String> = (0..5).map(|i| format!("k{}", (i * 20 + round * 7) % 100)).collect();
            let batch = RecordBatch::try_from_iter([
                ("value", Arc::new(Int64Array::from(vec![round; 5])) as _),
                ("id", Arc::new(StringArray::from(ids)) as _),
            ]);
            let batches = [batch.unwrap()];
            f.lake.append(&t, &batches, Some(("ledger".to_owned(), round))).await.unwrap();
        }
    }
    assert_eq!(f.lake.transaction("people", "ledger").await.unwrap(), Some(19));
    assert_eq!(f.lake.transaction("people", "other").await.unwrap(), None);
    let before = f.rows("people").await;
    assert_eq!((before.len(), f.files("people")), (100, 20));
    let done = f.lake.compact("people").await.unwrap().unwrap();
    assert_eq!((done.files_before, done.files_after), (20, 1));
    assert_eq!(f.rows("people").await, before);
    assert_eq!(f.lake.compact("people").await.unwrap(), None);
    let report = f.import(&t, "x.csv", "id,value\nk0,5\nk999,5\n", lenient(0)).await.unwrap();
    assert_eq!((report.updated, report.inserted), (1, 1));
}

#[tokio::test]
async fn only_what_changes_rows_is_a_change() {
    let f = Fixture::new();
    let versions = async || {
        let newest = f.lake.snapshot("people").await.unwrap().version;
        (newest, f.lake.changed_version("people").await.unwrap())
    };
    let columns = serde_json::json!([{"name": "id", "type": "integer"}, {"name": "name", "type": "string"}]);
    let t = table(serde_json::json!({"columns": columns, "primary_key": ["id"]}));
    assert!(matches!(f.lake.changed_version("people").await, Err(Error::NoTable(_))));
    f.lake.ensure_table(&t).await.unwrap();
    assert_eq!(versions().await, (0, 0), "a new table has no rows");
    for id in 0..17 {
        f.upsert(&t, &format!("id,name\n{id},x\n")).await;
    }
    let (newest, changed) = versions().await;
    assert_eq!((newest, changed), (17, 17));
    f.lake.compact("people").await.unwrap().unwrap();
    assert_eq!(versions().await, (18, 17), "compaction only moves rows");
    let columns = serde_json::json!([{"name": "id", "type": "integer"}, {"name": "name", "type": "string"},
        {"name": "more", "type": "string"}]);
    f.lake.ensure_table(&table(serde_json::json!({"columns": columns, "primary_key": ["id"]}))).await.unwrap();
    assert_eq!(versions().await, (19, 17), "a new column changes no row");
    f.lake.restore("people", 3).await.unwrap();
    assert_eq!(versions().await, (20, 20));
}

#[tokio::test]
async fn only_touched_files_are_rewritten() {
    let f = Fixture::new();
    let t = table(serde_json::json!({
        "columns": [{"name": "id", "type": "integer"}, {"name": "a", "type": "string"}], "primary_key": ["id"]}));
    f.upsert(&t, "id,a\n1,x\n5,x\n").await;
    f.upsert(&t, "id,a\n10,x\n15,x\n").await;
    f.upsert(&t, "id,a\n20,x\n25,x\n").await;
    assert_eq!(f.files("people"), 3);
    let report = f.upsert(&t, "id,a\n12,y\n15,y\n30,y\n").await;
    assert_eq!((report.inserted, report.updated), (2, 1));
    assert_eq!(f.files("people"), 4);
    let names = f.rows("people").await;
    assert_eq!(names, ["10|x", "12|y", "15|y", "1|x", "20|x", "25|x", "30|y", "5|x"]);
}
