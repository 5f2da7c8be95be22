//! Imports of computed rows, imports that are repeated, and going back.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use tutti_lake::{Error, ImportOptions, Mode, Source};

use super::{Fixture, lenient, mode, people};

fn rows(ids: &[i64], names: &[Option<&str>]) -> Source {
    let columns: Vec<(&str, ArrayRef)> =
        vec![("id", Arc::new(Int64Array::from(ids.to_vec()))), ("name", Arc::new(StringArray::from(names.to_vec())))];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let schema = batch.schema();
    let half = batch.num_rows() / 2;
    let parts = vec![Ok(batch.slice(0, half)), Ok(batch.slice(half, batch.num_rows() - half))];
    let stream = RecordBatchStreamAdapter::new(schema, futures::stream::iter(parts));
    Source::rows("the population", Box::pin(stream) as SendableRecordBatchStream)
}

#[tokio::test]
async fn computed_rows_are_imported_and_checked() {
    let f = Fixture::new();
    let import = |source, options| {
        let f = &f;
        async move { f.lake.import(&people(), vec![source], &options, |_| ()).await }
    };
    let report = import(rows(&[3, 1], &[Some("c"), None]), ImportOptions::default()).await.unwrap();
    assert_eq!((report.read, report.inserted, report.version), (2, 2, 1));
    let error = import(rows(&[3, 4], &[Some("d"), Some("e")]), mode(Mode::Append)).await.unwrap_err();
    let Error::Rejected { first, rejected: 1, .. } = error else { panic!("{error}") };
    assert_eq!((first[0].line, first[0].file.as_str(), first[0].value.as_str()), (1, "the population", "3"));
    let options = ImportOptions { mode: Mode::Append, ..lenient(1) };
    assert_eq!(import(rows(&[3, 4], &[None, None]), options).await.unwrap().inserted, 1);
}

#[tokio::test]
async fn a_named_import_happens_once() {
    let f = Fixture::new();
    let named = |name: &str| ImportOptions { once: Some(name.to_owned()), ..ImportOptions::default() };
    let import = |ids: &'static [i64], name: &'static str| {
        let f = &f;
        async move {
            let names = vec![Some(name); ids.len()];
            f.lake.import(&people(), vec![rows(ids, &names)], &named(name), |_| ()).await.unwrap()
        }
    };
    let first = import(&[1, 2], "run_1/a").await;
    let other = import(&[2, 3], "run_2/a").await;
    assert_eq!((other.inserted, other.updated), (1, 1));
    // Done again, it answers what it did, and the later one stands.
    assert_eq!(import(&[1, 2], "run_1/a").await, first);
    assert_eq!(f.rows("people").await, ["1|run_1/a|-|-|-|-|-|-", "2|run_2/a|-|-|-|-|-|-", "3|run_2/a|-|-|-|-|-|-"]);
    // One without rows is remembered too.
    let nothing = import(&[], "run_3/a").await;
    assert_eq!((nothing.read, nothing.version), (0, 3));
    assert_eq!(import(&[], "run_3/a").await, nothing);
    assert_eq!(f.lake.snapshot("people").await.unwrap().version, 3);
}

#[tokio::test]
async fn rows_for_a_table_that_has_changed_are_refused() {
    let f = Fixture::new();
    f.upsert(&people(), "id,name\n1,a\n").await;
    let options = ImportOptions { expected_version: Some(1), ..ImportOptions::default() };
    let report = f.lake.import(&people(), vec![rows(&[2], &[None])], &options, |_| ()).await.unwrap();
    assert_eq!(report.version, 2);
    let error = f.lake.import(&people(), vec![rows(&[3], &[None])], &options, |_| ()).await.unwrap_err();
    assert!(matches!(error, Error::Changed { expected: 1, found: 2, .. }) && error.retry(), "{error}");
    assert_eq!(f.rows("people").await.len(), 2);
}

#[tokio::test]
async fn a_table_goes_back_to_an_earlier_version() {
    let f = Fixture::new();
    f.upsert(&people(), "id,name\n1,a\n2,b\n").await;
    f.upsert(&people(), "id,name,_change_request_type\n2,bb,\n1,,d\n3,c,\n").await;
    let before = f.rows("people").await;
    let restored = f.lake.restore("people", 1).await.unwrap();
    assert_eq!((restored.version, restored.rows_before, restored.rows_after), (3, 2, 2));
    assert_eq!(f.rows("people").await, ["1|a|-|-|-|-|-|-", "2|b|-|-|-|-|-|-"]);
    // What was undone can be done again, and rows can be changed on.
    assert_eq!(f.lake.restore("people", 2).await.unwrap().version, 4);
    assert_eq!(f.rows("people").await, before);
    f.upsert(&people(), "id,name\n9,z\n").await;
    assert_eq!(f.rows("people").await.len(), 3);
    assert_eq!(f.lake.restore("people", 5).await.unwrap().version, 5, "it is there already");
    assert!(matches!(f.lake.restore("people", 77).await, Err(Error::NoVersion { version: 77, .. })));
}
