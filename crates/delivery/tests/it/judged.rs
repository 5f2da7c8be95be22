//! Templates compared with Python's Jinja2, whose renderings `scripts/judge-templates.py` has written down.

use std::collections::HashMap;
use std::io::Read;
use std::sync::Arc;

use arrow::array::{ArrayRef, BooleanArray, Float64Array, Int64Array, StringArray};
use arrow::record_batch::RecordBatch;
use jiff::tz::TimeZone;
use serde_json::Value;
use tutti_delivery::template::{Additions, Names, Rendered, Row, Rows, Templates};
use tutti_model::content::Content;
use tutti_model::table::{Column, ColumnType};

const CASES: &[u8] = include_bytes!("judged-templates.jsonl.gz");

/// How many differences are shown.
const SHOWN: usize = 12;

#[test]
fn templates_mean_what_jinja_says() {
    let bytes = std::env::var_os("TUTTI_JUDGED_CASES").map(|path| std::fs::read(path).unwrap());
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes.as_deref().unwrap_or(CASES)).read_to_string(&mut text).unwrap();
    let rows = rows();
    let (mut count, mut differences) = (0, Vec::new());
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let word = |name: &str| case[name].as_str().unwrap().to_owned();
        count += 1;
        let row = usize::try_from(case["row"].as_u64().unwrap()).unwrap();
        let found = rendered(&rows, row, &word("template"));
        let expected = Ok((word("text"), as_escaped_here(&word("html"))));
        if found != expected {
            differences.push(format!("{}\n  expected {expected:?}\n  found    {found:?}", word("template")));
        }
    }
    println!("{count} templates, {} differ", differences.len());
    assert!(count >= 1_000);
    let shown: Vec<&str> = differences.iter().take(SHOWN).map(String::as_str).collect();
    assert!(differences.is_empty(), "{} of {count} differ:\n{}", differences.len(), shown.join("\n"));
}

fn rendered(rows: &Arc<Rows>, row: usize, template: &str) -> Result<(String, String), String> {
    // The text of a message is a text template, its HTML one that escapes.
    let content = Content {
        subject: "s".to_owned(),
        html: Some(template.to_owned()),
        text: Some(template.to_owned()),
        ..Content::default()
    };
    let templates = Templates::compile(&content, Additions::default(), &field).map_err(|error| chain(&error))?;
    let mut rendered = Rendered::default();
    let row = Row { rows: Arc::clone(rows), names: Arc::clone(&rows.names), row };
    templates.render(row, None, &mut rendered).map_err(|error| chain(&error))?;
    Ok((rendered.text, as_escaped_here(&rendered.html)))
}

/// Both write quotation marks as references, and one of them slashes, which browsers read as the same: by name or by
/// number, and in capitals where a filter made such.
fn as_escaped_here(html: &str) -> String {
    [
        ("&#34;", "&quot;"),
        ("&QUOT;", "&quot;"),
        ("&#39;", "&#x27;"),
        ("&#X27;", "&#x27;"),
        ("&#x2f;", "/"),
        ("&#X2F;", "/"),
    ]
    .iter()
    .fold(html.to_owned(), |html, (one, other)| html.replace(one, other))
}

fn chain(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), |source| format!("{error}: {}", chain(source)))
}

/// The rows of the judge.
fn rows() -> Arc<Rows> {
    let orders = [
        r#"[{"item":"Tea","count":2},{"item":"Cup \"blue\"","count":1},{"item":"Pot","count":5}]"#,
        "[]",
        r#"[{"item":"Été","count":7}]"#,
    ];
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("name", Arc::new(StringArray::from(vec![Some("Ann & <Bob>"), None, Some("zoë  ÉMILE")]))),
        ("tier", Arc::new(StringArray::from(vec![Some("gold"), Some("silver"), None]))),
        ("points", Arc::new(Int64Array::from(vec![120, 0, -3]))),
        ("vip", Arc::new(BooleanArray::from(vec![Some(true), Some(false), None]))),
        ("share", Arc::new(Float64Array::from(vec![Some(0.25), None, Some(1.5)]))),
        ("orders", Arc::new(StringArray::from(orders.to_vec()))),
    ];
    let lists = HashMap::from([(columns.len() - 1, order_columns())]);
    let names = Names::new(columns.iter().enumerate().map(|(position, (name, _))| (*name, position)));
    let batch =
        RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true))).unwrap();
    Arc::new(Rows { batch, names: Arc::new(names), lists, zone: TimeZone::UTC, zone_column: None })
}

fn order_columns() -> Vec<Column> {
    vec![Column::new("item", ColumnType::String), Column::new("count", ColumnType::Integer)]
}

fn field(path: &str) -> Result<Column, String> {
    Ok(match path {
        "orders" => Column { list: order_columns().into(), ..Column::new(path, ColumnType::String) },
        "points" => Column::new(path, ColumnType::Integer),
        "vip" => Column::new(path, ColumnType::Boolean),
        "share" => Column::new(path, ColumnType::Number),
        // `missing` is a field that no row has a value of.
        _ => Column::new(path, ColumnType::String),
    })
}
