//! What imports do to rows.

use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, Date32Array, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray, TimestampNanosecondArray,
};
use datafusion::parquet::arrow::ArrowWriter;
use tutti_lake::{Error, Format, ImportOptions, Mode, Source};

use super::{Fixture, lenient, mode, people, versioned};

#[tokio::test]
async fn csv_of_every_type() {
    let f = Fixture::new();
    let text = "\u{feff}id;name;tier;spend;active;born;seen;score\r\n\
        2;\"Ann; \"\"A\"\"\r\nB\";gold;12.340;yes;2000-02-29;2026-01-01T10:00:00+02:00;1.5\r\n\
        1;\"\";;;;;;\r\n\
        -3;;silver;-0.5;F;1969-12-31;2026-01-01;1e3";
    let report = f.upsert(&people(), text).await;
    assert_eq!((report.read, report.inserted, report.version), (3, 3, 1));
    assert_eq!(
        f.rows("people").await,
        [
            "-3|-|silver|-0.50|false|1969-12-31|2026-01-01T00:00:00Z|1000.0",
            "1||-|-|-|-|-|-",
            "2|Ann; \"A\"\r\nB|gold|12.34|true|2000-02-29|2026-01-01T08:00:00Z|1.5",
        ]
    );
}

#[tokio::test]
async fn json_lines() {
    let f = Fixture::new();
    let text = "{\"id\":1,\"spend\":12.34,\"active\":true,\"born\":\"2000-01-01\",\"name\":\"é\"}\n\n\
        {\"id\":\"2\",\"spend\":\"99999999.99\",\"name\":null,\"score\":2}\n{\"_change_request_type\":\"d\",\"id\":7}\n";
    let report = f.import(&people(), "a.jsonl", text, ImportOptions::default()).await.unwrap();
    assert_eq!((report.read, report.inserted, report.deleted, report.skipped), (3, 2, 0, 1));
    assert_eq!(f.rows("people").await, ["1|é|-|12.34|true|2000-01-01|-|-", "2|-|-|99999999.99|-|-|-|2.0"]);
    let bad =
        "not json\n[1]\n{\"id\":1,\"name\":5}\n{\"id\":1.5}\n{\"id\":3,\"spend\":12345678901234567.89}\n{\"id\":{}}\n";
    let error = f.import(&people(), "b.jsonl", bad, ImportOptions::default()).await.unwrap_err();
    let Error::Rejected { first, rejected: 6, .. } = error else { panic!("{error}") };
    assert_eq!(first.iter().map(|reject| reject.line).collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6]);
}

#[tokio::test]
async fn parquet_is_cast_where_nothing_is_lost() {
    let f = Fixture::new();
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("id", Arc::new(Int32Array::from(vec![1, 2, 3, 4]))),
        ("name", Arc::new(Int64Array::from(vec![Some(7), None, None, None]))),
        ("spend", Arc::new(Float64Array::from(vec![Some(0.1), Some(1234567.89), None, Some(12.345)]))),
        ("born", Arc::new(StringArray::from(vec![Some("2020-01-02"), None, Some("nope"), None]))),
        ("seen", Arc::new(TimestampNanosecondArray::from(vec![Some(1_500), None, None, None]))),
        ("score", Arc::new(Int64Array::from(vec![1, 2, 3, 4]))),
    ];
    let path = write_parquet(&f, columns);
    let options = lenient(2);
    let report = f.lake.import(&people(), vec![Source::file(&path)], &options, |_| ()).await.unwrap();
    assert_eq!((report.read, report.inserted, report.rejected), (4, 2, 2));
    assert_eq!(
        f.rows("people").await,
        ["1|7|-|0.10|-|2020-01-02|1970-01-01T00:00:00.000001Z|1.0", "2|-|-|1234567.89|-|-|-|2.0"]
    );
    let strict = f.lake.import(&people(), vec![Source::file(&path)], &lenient(1), |_| ()).await.unwrap_err();
    let text = strict.to_string();
    assert!(
        text.contains(":3: `born` `nope` is not a date") && text.contains(":4: `spend` `12.345` has more than 2"),
        "{text}"
    );
}

#[tokio::test]
async fn parquet_that_cannot_fit_is_refused_whole() {
    let f = Fixture::new();
    let id: ArrayRef = Arc::new(Int64Array::from(vec![1]));
    for (columns, expected) in [
        (
            vec![("id", id.clone()), ("active", id.clone())],
            "`active` has the type `Int64`, which cannot become the table's boolean",
        ),
        (vec![("id", Arc::new(Date32Array::from(vec![1])) as ArrayRef)], "`id` has the type `Date32`"),
        (vec![("name", id.clone())], "lacks the column `id` (integer)"),
        (vec![("id", id.clone()), ("nmae", id)], "did you mean `name`?"),
    ] {
        let path = write_parquet(&f, columns);
        let error = f.lake.import(&people(), vec![Source::file(path)], &lenient(100), |_| ()).await.unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert_eq!(f.lake.snapshot("people").await.unwrap().version, 0);
}

fn write_parquet(f: &Fixture, columns: Vec<(&str, ArrayRef)>) -> std::path::PathBuf {
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    let path = f.folder.path().join("rows.parquet");
    let mut writer = ArrowWriter::try_new(std::fs::File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    path
}

#[tokio::test]
async fn the_highest_version_wins_whatever_the_order() {
    let f = Fixture::new();
    let t = versioned();
    let report = f.upsert(&t, "id,value,v\na,1,5\na,2,9\na,3,7\nb,1,\nb,2,\nc,1,1\nc,2,1\n").await;
    assert_eq!((report.inserted, report.skipped), (3, 4));
    assert_eq!(f.rows("people").await, ["a|2|9", "b|2|-", "c|2|1"]);
    // Lower stays out, equal and NULL over NULL overwrite, NULL under a value stays out.
    let report = f.upsert(&t, "id,value,v\na,10,8\nb,11,\nc,12,1\n").await;
    assert_eq!((report.updated, report.skipped), (2, 1));
    assert_eq!(f.rows("people").await, ["a|2|9", "b|11|-", "c|12|1"]);
    let report = f.upsert(&t, "id,value,v\na,13,\n").await;
    assert_eq!((report.updated, report.skipped, report.version), (0, 1, 3));
}

#[tokio::test]
async fn deletes_obey_versions() {
    let f = Fixture::new();
    let t = versioned();
    f.upsert(&t, "id,value,v\na,1,5\nb,1,5\nc,1,5\nd,1,5\n").await;
    let report = f.upsert(&t, "id,v,_change_request_type\na,4,d\nb,5,D\nc,,d\nnone,,d\n").await;
    assert_eq!((report.deleted, report.skipped), (2, 2));
    assert_eq!(f.rows("people").await, ["a|1|5", "d|1|5"]);
    // Within a batch: a later upsert of a higher version brings the row back.
    let report = f.upsert(&t, "id,value,v,_change_request_type\nd,,6,d\nd,8,7,u\n").await;
    assert_eq!((report.updated, report.deleted, report.skipped), (1, 0, 1));
    assert_eq!(f.rows("people").await, ["a|1|5", "d|8|7"]);
    let report = f.upsert(&t, "id,_change_request_type\na,d\nd,d\n").await;
    assert_eq!(report.deleted, 2);
    assert!(f.rows("people").await.is_empty());
}

#[tokio::test]
async fn what_was_deleted_stays_deleted_for_older_rows_that_come_later() {
    let f = Fixture::new();
    let t = versioned();
    f.upsert(&t, "id,value,v\na,1,5\nb,1,5\nc,1,5\n").await;
    // `new` is deleted before it ever came; `c` without a version, which stands for the version of its row.
    let report = f.upsert(&t, "id,v,_change_request_type\na,9,d\nnew,9,d\nc,,d\n").await;
    assert_eq!((report.deleted, report.skipped), (2, 1));
    let report = f.upsert(&t, "id,value,v\na,2,8\nnew,2,8\nc,2,4\nb,2,\n").await;
    assert_eq!((report.inserted, report.updated, report.skipped), (0, 0, 4));
    assert_eq!(f.rows("people").await, ["b|1|5"]);
    // A compaction and a process that starts anew forget nothing; an append is held to it as well.
    let report = f.import(&t, "r.csv", "id,value,v\na,3,7\n", mode(Mode::Append)).await.unwrap();
    assert_eq!((report.inserted, report.skipped), (0, 1));
    let report = f.upsert(&t, "id,value,v\na,4,9\nnew,4,10\nc,4,5\n").await;
    assert_eq!((report.inserted, report.skipped), (3, 0));
    assert_eq!(f.rows("people").await, ["a|4|9", "b|1|5", "c|4|5", "new|4|10"]);
    // What came back is a row like others.
    let report = f.upsert(&t, "id,value,v\na,5,9\n").await;
    assert_eq!(report.updated, 1);
}

#[tokio::test]
async fn deletions_go_back_with_the_rows_and_a_replacement_begins_afresh() {
    let f = Fixture::new();
    let t = versioned();
    let before = f.upsert(&t, "id,value,v\na,1,5\n").await.version;
    let deleted = f.upsert(&t, "id,v,_change_request_type\na,9,d\n").await.version;
    f.lake.restore("people", before).await.unwrap();
    assert_eq!(f.upsert(&t, "id,value,v\na,2,6\n").await.updated, 1);
    f.lake.restore("people", deleted).await.unwrap();
    assert_eq!(f.upsert(&t, "id,value,v\na,3,8\n").await.skipped, 1);
    assert!(f.rows("people").await.is_empty());
    f.import(&t, "r.csv", "id,value,v,_change_request_type\nb,1,1,\nc,,3,d\n", mode(Mode::Replace)).await.unwrap();
    let report = f.upsert(&t, "id,value,v\na,4,1\nc,4,2\n").await;
    assert_eq!((report.inserted, report.skipped), (1, 1));
    assert_eq!(f.rows("people").await, ["a|4|1", "b|1|1"]);
}

#[tokio::test]
async fn later_files_win_and_all_are_one_commit() {
    let f = Fixture::new();
    let t = people();
    let first = f.write("1.csv", "id,name\n1,a\n2,a\n");
    let reader = std::io::Cursor::new("id|name\n2|b\n3|b\n");
    let sources = vec![Source::file(first), Source::reader("stdin", reader, Format::Csv)];
    let report = f.lake.import(&t, sources, &ImportOptions::default(), |_| ()).await.unwrap();
    assert_eq!((report.read, report.inserted, report.skipped, report.version), (4, 3, 1, 1));
    let rows = f.rows("people").await;
    assert!(rows[1].starts_with("2|b|"), "{rows:?}");
}

#[tokio::test]
async fn append_refuses_stored_keys_and_replace_takes_all() {
    let f = Fixture::new();
    let t = versioned();
    f.upsert(&t, "id,value\na,1\nb,1\n").await;
    let append = ImportOptions { max_rejects: 1, ..mode(Mode::Append) };
    let report = f.import(&t, "x.csv", "id,value\nc,2\nb,2\nd,2\n", append.clone()).await.unwrap();
    assert_eq!((report.inserted, report.rejected), (2, 1));
    assert_eq!(f.rows("people").await, ["a|1|-", "b|1|-", "c|2|-", "d|2|-"]);
    let error = f.import(&t, "x.csv", "id,value\nd,3\na,3\nz,1\n", append).await.unwrap_err();
    assert!(error.to_string().contains("x.csv:3: `id` `a` is stored already"), "{error}");
    assert_eq!(f.files("people"), 2);
    let report = f.import(&t, "x.csv", "id,value\nz,3\n", mode(Mode::Replace)).await.unwrap();
    assert_eq!((report.inserted, report.version), (1, 3));
    assert_eq!(f.rows("people").await, ["z|3|-"]);
    f.import(&t, "x.csv", "id,value\n", mode(Mode::Replace)).await.unwrap();
    assert!(f.rows("people").await.is_empty());
}

#[tokio::test]
async fn many_rows_in_any_order_are_sorted_and_found() {
    let f = Fixture::new();
    let t = versioned();
    let mut text = "id,value,v\n".to_owned();
    for i in 0..120_000u64 {
        let id = i * 7_919 % 60_000;
        text.push_str(&format!("k{id:06},{i},{}\n", i / 60_000));
    }
    let report = f.upsert(&t, &text).await;
    assert_eq!((report.inserted, report.skipped), (60_000, 60_000));
    let snapshot = f.lake.snapshot("people").await.unwrap();
    assert_eq!(snapshot.rows, 60_000);
    let context = f.session.context();
    context.register_table("people", snapshot.provider).unwrap();
    let sql = "select count(*), sum(v), min(id), max(id), count(distinct id) from people";
    let answer = context.sql(sql).await.unwrap().collect().await.unwrap();
    assert_eq!(super::shown(&answer), ["60000|60000|k000000|k059999|60000"]);
}
