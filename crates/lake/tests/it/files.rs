//! Files of rows that belong to no table.

use futures::TryStreamExt;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tutti_lake::{Error, FileLayout, Reject, read_file};

use super::{Fixture, shown};

struct Read {
    rows: Vec<String>,
    rejects: Vec<Reject>,
}

async fn read(
    f: &Fixture,
    bytes: impl AsRef<[u8]>,
    format: Value,
    columns: Value,
    allowed: u64,
) -> Result<Read, Error> {
    let path = f.write("people.txt", bytes);
    let layout = FileLayout {
        name: "people.txt".to_owned(),
        format: serde_json::from_value(format).unwrap(),
        columns: serde_json::from_value(columns).unwrap(),
        zone: TimeZone::UTC,
        line_column: None,
        rejects_max: allowed,
        bytes_max: Some(100_000),
    };
    let (stream, rejects) = read_file(&path, layout)?;
    let batches: Vec<_> = stream.try_collect().await.map_err(Error::from)?;
    Ok(Read { rows: shown(&batches), rejects: rejects.take() })
}

fn places(rejects: &[Reject]) -> Vec<String> {
    rejects
        .iter()
        .map(|reject| format!("{} {} {}", reject.line, reject.column.as_deref().unwrap_or("-"), reject.reason))
        .collect()
}

#[tokio::test]
async fn delimited_lines() {
    let f = Fixture::new();
    let text =
        "exported by x\nE-Mail;Amount;Unused;Born\n\"Ann\n;Lee@x.example\";1 234,50;zz;01/02/2000\nb@x.example;;;\n";
    let columns = json!([
        {"name": "email", "header": "e-mail", "case": "lower"},
        {"name": "born", "type": "date", "format": "dd/MM/yyyy"},
        {"name": "amount", "type": "decimal(12,2)", "thousands": " ", "decimal": ",", "nulls": "allowed"},
    ]);
    let read = read(&f, text, json!({"skip_lines": 1}), columns, 0).await.unwrap();
    assert_eq!(read.rows, ["3|ann\n;lee@x.example|2000-02-01|1234.50", "5|b@x.example|-|-"]);
    assert!(read.rejects.is_empty());
}

#[tokio::test]
async fn lines_that_do_not_fit_are_told() {
    let f = Fixture::new();
    let text = "id,name\n1,a\nx,b\n,c\n4\n5,\"open\n6,f\n";
    let columns = json!([{"name": "id", "type": "integer"}, {"name": "name", "nulls": "never"}]);
    let format = json!({"multi_line": false});
    let read = read(&f, text, format.clone(), columns.clone(), 4).await.unwrap();
    assert_eq!(read.rows, ["2|1|a", "7|6|f"]);
    assert_eq!(
        places(&read.rejects),
        [
            "3 id is not an integer",
            "4 id is empty, and a number",
            "5 - has 1 fields, the header has 2",
            "6 - the line has a quote that is never closed",
        ]
    );
    assert_eq!((read.rejects[0].value.as_str(), read.rejects[0].row.as_str()), ("x", "x,b"));
    let error = self::read(&f, text, format, columns, 3).await.err().unwrap();
    let Error::BadLines { read: 6, rejected: 4, allowed: 3, .. } = &error else { panic!("{error}") };
    assert!(error.to_string().contains("people.txt:3: `id` `x` is not an integer"), "{error}");
}

#[tokio::test]
async fn lines_of_fixed_widths() {
    let f = Fixture::new();
    let text = "ANN  00120200229\nB\u{e9}AT 002\nTOO LONG 1234567890\n\nC    00320210101   \n";
    let columns = json!([
        {"name": "name", "width": 5, "case": "capitalize"},
        {"name": "id", "width": 3, "type": "integer"},
        {"name": "day", "width": 8, "type": "date", "format": "yyyyMMdd"},
    ]);
    let read = read(&f, text, json!({"type": "fixed-width"}), columns, 1).await.unwrap();
    assert_eq!(read.rows, ["1|Ann|1|2020-02-29", "2|B\u{e9}at|2|-", "5|C|3|2021-01-01"]);
    assert_eq!(places(&read.rejects), ["3 - is longer than its columns, which are 16 characters"]);
}

#[tokio::test]
async fn files_are_unpacked_and_decoded() {
    use std::io::Write;
    let f = Fixture::new();
    let (encoded, _, _) = encoding_rs::WINDOWS_1252.encode("name|city\nZo\u{eb}|K\u{f6}ln\n");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    packed.write_all(&encoded).unwrap();
    let columns = json!([{"name": "city"}, {"name": "name"}]);
    let format = json!({"encoding": "windows-1252"});
    let rows = read(&f, packed.finish().unwrap(), format, columns.clone(), 0).await.unwrap().rows;
    assert_eq!(rows, ["2|K\u{f6}ln|Zo\u{eb}"]);
    // Read as what it is not, the line is told; a line in between is not lost.
    let error = read(&f, &encoded, json!({}), columns.clone(), 0).await.err().unwrap();
    assert!(error.to_string().contains("people.txt:2: is not UTF-8"), "{error}");
    let error = read(&f, b"PAR1", json!({}), columns, 0).await.err().unwrap();
    assert!(error.to_string().contains("Parquet"), "{error}");
}

fn archive(files: &[(&str, &str)], method: zip::CompressionMethod) -> Vec<u8> {
    use std::io::Write;
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default().compression_method(method)).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[tokio::test]
async fn files_are_packed_in_many_ways() {
    let f = Fixture::new();
    let text = "name\nAnn\nBob\n";
    let columns = json!([{"name": "name"}]);
    let (deflated, stored) = (zip::CompressionMethod::Deflated, zip::CompressionMethod::Stored);
    for bytes in [
        zstd::encode_all(text.as_bytes(), 3).unwrap(),
        archive(&[("people.csv", text)], deflated),
        archive(&[("__MACOSX/people.csv", "x"), ("people.csv", text)], stored),
    ] {
        assert_eq!(read(&f, bytes, json!({}), columns.clone(), 0).await.unwrap().rows, ["2|Ann", "3|Bob"]);
    }
    for (bytes, reason) in [
        (archive(&[("a.csv", text), ("b.csv", text)], stored), "a ZIP archive of several files"),
        (archive(&[], stored), "x"),
        (b"PK\x03\x04 and nothing else".to_vec(), "it begins like a ZIP archive and is none"),
        (
            archive(&[("people.csv", &"name\n".repeat(30_000))], deflated),
            "larger than the 100000 bytes that are allowed",
        ),
    ] {
        match read(&f, bytes, json!({}), columns.clone(), 0).await {
            Err(error) => assert!(reason == "x" || error.to_string().contains(reason), "{reason}: {error}"),
            Ok(_) => panic!("{reason}"),
        }
    }
}

#[tokio::test]
async fn a_header_that_lacks_a_column_is_refused() {
    let f = Fixture::new();
    let columns = json!([{"name": "email"}, {"name": "gone", "ignore": true}]);
    for (text, told) in [("emial,x\n", "did you mean `emial`?"), ("a,b\n", "it has `a`, `b`"), ("", "it is empty")] {
        let error = read(&f, text, json!({}), columns.clone(), 9).await.err().unwrap();
        assert!(matches!(error, Error::Unreadable { .. }) && error.to_string().contains(told), "{error}");
    }
    let unnamed = read(&f, "a@x.example,1\n", json!({"header": false}), columns, 0).await.unwrap();
    assert_eq!(unnamed.rows, ["1|a@x.example"]);
}
