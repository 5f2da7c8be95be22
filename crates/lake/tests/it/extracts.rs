//! Files for others: every value as it is asked for.

use std::io::Read;
use std::sync::Arc;

use datafusion::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Decimal128Array, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray,
};
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use jiff::tz::TimeZone;
use object_store::local::LocalFileSystem;
use serde_json::{Value, json};
use tutti_lake::{Error, ExtractLayout, Format, Source, Upload, upload, write_extract};
use tutti_model::extract::{ExtractColumn, ExtractFormat};

use super::{Fixture, people};

/// A row of every type, and one without values.
fn rows() -> SendableRecordBatchStream {
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("c0", Arc::new(Int64Array::from(vec![Some(1), None]))),
        ("c1", Arc::new(StringArray::from(vec![Some("Zo\u{eb}; \"A\"\nB"), Some("")]))),
        ("c2", Arc::new(Decimal128Array::from(vec![Some(-1_234_050), None]).with_precision_and_scale(12, 2).unwrap())),
        ("c3", Arc::new(Float64Array::from(vec![Some(1.5), None]))),
        ("c4", Arc::new(BooleanArray::from(vec![Some(true), None]))),
        ("c5", Arc::new(Date32Array::from(vec![Some(19782), None]))),
        ("c6", Arc::new(TimestampMicrosecondArray::from(vec![Some(1_709_200_800_000_000), None]).with_timezone("UTC"))),
    ];
    let batch = RecordBatch::try_from_iter(columns).unwrap();
    Box::pin(RecordBatchStreamAdapter::new(batch.schema(), futures::stream::iter([Ok(batch)])))
}

const NAMES: [&str; 7] = ["id", "name", "spend", "score", "active", "born", "seen"];
const TYPES: [&str; 7] = ["integer", "string", "decimal(12,2)", "number", "boolean", "date", "timestamp"];

fn layout(name: &str, format: Value, patterns: [Option<&str>; 2]) -> ExtractLayout {
    let format: ExtractFormat = serde_json::from_value(format).unwrap();
    let columns = NAMES.iter().zip(TYPES).enumerate().map(|(index, (name, column_type))| ExtractColumn {
        header: (*name).to_owned(),
        column_type: column_type.parse().unwrap(),
        format: index.checked_sub(5).and_then(|index| patterns[index]).map(str::to_owned),
    });
    ExtractLayout {
        name: name.to_owned(),
        kind: format.kind_of(name).unwrap(),
        columns: columns.collect(),
        zone: TimeZone::get("Europe/Paris").unwrap(),
        format,
    }
}

async fn write(f: &Fixture, name: &str, format: Value, patterns: [Option<&str>; 2]) -> Result<Vec<u8>, Error> {
    let path = f.folder.path().join(name);
    assert_eq!(write_extract(rows(), layout(name, format, patterns), &path).await?, 2);
    Ok(std::fs::read(&path).unwrap())
}

#[tokio::test]
async fn csv_in_many_writings() {
    let f = Fixture::new();
    let text = write(&f, "a.csv", json!({}), [None, None]).await.unwrap();
    assert_eq!(
        String::from_utf8(text).unwrap(),
        "id,name,spend,score,active,born,seen\n1,\"Zo\u{eb}; \"\"A\"\"\nB\",-12340.50,1.5,true,2024-02-29,2024-02-29T11:00:00+01:00\n,\"\",,,,,\n"
    );
    let format = json!({"separator": ";", "decimal": ",", "null": "-", "header": false, "encoding": "windows-1252"});
    let bytes = write(&f, "b.csv.gz", format, [Some("dd/MM/yyyy"), Some("%d.%m.%y %H:%M")]).await.unwrap();
    let mut plain = Vec::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_end(&mut plain).unwrap();
    assert_eq!(plain, b"1;\"Zo\xeb; \"\"A\"\"\nB\";-12340,50;1,5;true;29/02/2024;29.02.24 11:00\n-;\"\";-;-;-;-;-\n");
    let grouped =
        write(&f, "d.csv", json!({"thousands": " ", "decimal": ",", "separator": ";", "header": false}), [None, None])
            .await;
    let grouped = String::from_utf8(grouped.unwrap()).unwrap();
    assert!(grouped.contains(";-12 340,50;1,5;true;"), "{grouped}");
    let refused = write(&f, "c.csv", json!({"encoding": "iso-8859-5"}), [None, None]).await.unwrap_err();
    assert!(refused.to_string().contains("`\u{eb}` of row 1 is not in ISO-8859-5"), "{refused}");
}

/// What is written is taken in again, digit for digit.
#[tokio::test]
async fn files_read_back() {
    let f = Fixture::new();
    let expected = "1|Zo\u{eb}; \"A\"\nB|-|-12340.50|true|2024-02-29|2024-02-29T10:00:00Z|1.5";
    for (name, format) in [("a.csv", Format::Csv), ("a.jsonl", Format::Jsonl), ("a.parquet", Format::Parquet)] {
        write(&f, name, json!({}), [None, None]).await.unwrap();
        let source = Source::file(f.folder.path().join(name)).with_format(format);
        // The row without an id is no row of the table.
        let options = super::lenient(1);
        f.lake.import(&people(), vec![source], &options, |_| ()).await.unwrap();
        assert_eq!(f.rows("people").await, [expected], "{name}");
        f.lake.drop_table("people").await.unwrap();
    }
}

#[tokio::test]
async fn workbooks_hold_numbers_and_dates() {
    let f = Fixture::new();
    let bytes = write(&f, "a.xlsx", json!({}), [Some("dd/MM/yyyy"), None]).await.unwrap();
    assert!(bytes.starts_with(b"PK") && bytes.len() > 1_000);
}

#[tokio::test]
async fn files_go_to_object_stores() {
    let f = Fixture::new();
    let bytes = write(&f, "a.jsonl", json!({}), [None, None]).await.unwrap();
    let folder = f.folder.path().join("bucket");
    std::fs::create_dir(&folder).unwrap();
    let store = || Box::new(LocalFileSystem::new_with_prefix(&folder).unwrap());
    let to = Upload::to_store(store(), "out/a.jsonl");
    upload(&f.folder.path().join("a.jsonl"), &to).await.unwrap();
    assert_eq!(std::fs::read(folder.join("out/a.jsonl")).unwrap(), bytes);
    // A large one goes in parts.
    let large = f.write("large.csv", vec![b'x'; (20 << 20) + 7]);
    upload(&large, &Upload::to_store(store(), "large.csv")).await.unwrap();
    assert_eq!(std::fs::metadata(folder.join("large.csv")).unwrap().len(), (20 << 20) + 7);
    for address in ["s3:///x.csv", "gs://bucket/x.csv", "nonsense"] {
        assert!(Upload::to_address(address, |_| None).is_err(), "{address}");
    }
}
