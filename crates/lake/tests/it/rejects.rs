//! Every reason to reject a row, with its line.

use tutti_lake::{Error, ImportOptions};

use super::{Fixture, lenient, people, table};

#[tokio::test]
async fn each_reason_names_line_and_column() {
    let f = Fixture::new();
    let mut t = people();
    t.columns[1].required = true;
    let lines: &[(&str, Option<&str>, &str)] = &[
        ("x,n,,,,,,", Some("id"), "is not an integer"),
        ("9223372036854775808,n,,,,,,", Some("id"), "does not fit an integer (64 bits)"),
        (",n,,,,,,", Some("id"), "is missing, and part of the key"),
        ("3,,,,,,,", Some("name"), "is missing, and required"),
        ("4,n,glod,,,,,", Some("tier"), "is not one of the column's values; did you mean `gold`?"),
        ("5,n,,12.345,,,,", Some("spend"), "has more than 2 digits after the point"),
        ("6,n,,10000000000,,,,", Some("spend"), "does not fit decimal(12,2)"),
        ("7,n,,abc,,,,", Some("spend"), "is not a decimal number"),
        ("8,n,,,maybe,,,", Some("active"), "is not a boolean (true, false, 1, 0, t, f, yes, no)"),
        ("9,n,,,,2023-02-29,,", Some("born"), "is not a date (YYYY-MM-DD)"),
        ("10,n,,,,2023-02-28T10:00:00,,", Some("born"), "has a time of day, and the column is a date"),
        ("11,n,,,,,yesterday,", Some("seen"), "is not a timestamp (YYYY-MM-DDTHH:MM:SS, with or without offset)"),
        ("12,n,,,,,,NaN", Some("score"), "is not a finite number"),
        ("13,n,,,,,,1,2", None, "has 9 fields, the header has 8"),
        ("14,\"n\"x,,,,,,", None, "the line has text after a closing quote"),
        ("15,\"n,,,,,,", None, "the line has a quote that is never closed"),
    ];
    let mut text = "id,name,tier,spend,active,born,seen,score\n1,ok,,,,,,\n".to_owned();
    for (line, _, _) in lines {
        text.push_str(line);
        text.push('\n');
    }
    let rejects = f.folder.path().join("rejects.csv");
    let options = ImportOptions { rejects: Some(rejects.clone()), ..lenient(100) };
    let report = f.import(&t, "bad.csv", &text, options).await.unwrap();
    assert_eq!((report.read, report.inserted, report.rejected), (17, 1, 16));
    let mut reader = csv::Reader::from_path(rejects).unwrap();
    assert_eq!(reader.headers().unwrap(), vec!["file", "line", "column", "reason", "value", "row"]);
    let written: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(written.len(), lines.len());
    for (index, ((row, column, reason), record)) in lines.iter().zip(&written).enumerate() {
        assert_eq!(&record[0], "bad.csv");
        assert_eq!(record[1], (index + 3).to_string(), "{row}");
        assert_eq!((&record[2], &record[3], &record[5]), (column.unwrap_or(""), *reason, *row));
    }
}

#[tokio::test]
async fn too_many_rejects_change_nothing_and_list_ten() {
    let f = Fixture::new();
    let mut text = "id,name\n1,a\n".to_owned();
    text.push_str(&"x,b\n".repeat(12));
    let error = f.import(&people(), "p.csv", &text, lenient(11)).await.unwrap_err();
    let Error::Rejected { first, rejected: 12, allowed: 11, read: 13, .. } = &error else { panic!("{error}") };
    assert_eq!(first.len(), 10);
    assert!(error.to_string().contains("p.csv:3: `id` `x` is not an integer"), "{error}");
    let snapshot = f.lake.snapshot("people").await.unwrap();
    assert_eq!((snapshot.version, snapshot.rows, f.files("people")), (0, 0, 0));
}

#[tokio::test]
async fn bad_text_and_change_types() {
    let f = Fixture::new();
    let path = f.write("t.csv", b"id,name\n1,\xff\xfe\n2,ok\n3,\xc3\n\xa9,x\n");
    let report = f.lake.import(&people(), vec![tutti_lake::Source::file(path)], &lenient(9), |_| ()).await.unwrap();
    assert_eq!((report.inserted, report.rejected), (1, 3));
    let text = "id,_change_request_type\n5,x\n6,U\n2,d\n";
    let report = f.import(&people(), "u.csv", text, lenient(1)).await.unwrap();
    assert_eq!((report.inserted, report.deleted, report.rejected), (1, 1, 1));
}

#[tokio::test]
async fn headers_that_do_not_fit_refuse_the_file() {
    let f = Fixture::new();
    for (text, expected) in [
        ("id,nmae\n1,a\n", "its column `nmae` is not a column of the table; did you mean `name`?"),
        ("id,id\n1,1\n", "names `id` twice"),
        ("", "it is empty"),
        ("\"id\n", "its header has a quote"),
        ("17,Ann\n1,a\n", "; those are `id`, `name`, `tier`"),
        ("PAR1", "give it with --format parquet"),
    ] {
        let error = f.import(&people(), "h.csv", text, lenient(100)).await.unwrap_err();
        assert!(matches!(error, Error::File { .. }) && error.to_string().contains(expected), "{error}");
    }
    let error = f.import(&people(), "noname", "id\n1\n", lenient(0)).await.unwrap_err();
    assert!(error.to_string().contains("--format"), "{error}");
}

#[tokio::test]
async fn a_required_column_that_csv_lacks_rejects_rows() {
    let f = Fixture::new();
    let t = table(serde_json::json!({
        "columns": [{"name": "a", "type": "string"}, {"name": "b", "type": "string", "required": true}],
        "primary_key": ["a"]}));
    let report = f.import(&t, "x.csv", "a\n1\n", lenient(5)).await.unwrap();
    assert_eq!((report.inserted, report.rejected), (0, 1));
    let report = f.import(&t, "x.csv", "a,b\n1,\"\"\n", lenient(0)).await.unwrap();
    assert_eq!(report.inserted, 1);
}
