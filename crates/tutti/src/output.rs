//! What goes to stdout: data only, in the form that was asked for.

use std::io::{IsTerminal, Write};

use clap::ValueEnum;
use comfy_table::presets::UTF8_FULL_CONDENSED;
use comfy_table::{Cell, CellAlignment, ContentArrangement, Table};
use serde_json::{Map, Value};

use crate::failure::{Done, Failure};

/// The form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Table,
    Json,
    Yaml,
    Csv,
}

/// Prints answers.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    format: Format,
}

impl Output {
    /// The asked form; otherwise a table on a terminal and JSON elsewhere.
    pub fn new(asked: Option<Format>) -> Self {
        let usual = if std::io::stdout().is_terminal() { Format::Table } else { Format::Json };
        Self { format: asked.unwrap_or(usual) }
    }

    pub fn format(self) -> Format {
        self.format
    }

    /// Prints an answer; as a table in the way any value can be one.
    pub fn print(self, value: &Value) -> Done {
        self.print_with(value, table)
    }

    /// Prints an answer with a table of its own.
    pub fn print_with(self, value: &Value, table: impl FnOnce(&Value) -> String) -> Done {
        write(&match self.format {
            Format::Table => table(value),
            Format::Json => json(value)?,
            Format::Yaml => yaml(value)?,
            Format::Csv => csv(value)?,
        })
    }

    /// Prints rows with the columns that they have even where there is none: a CSV file needs its header.
    pub fn print_rows(self, rows: Vec<Value>, columns: &[&str], table: impl FnOnce(&Value) -> String) -> Done {
        if rows.is_empty() && self.format == Format::Csv {
            return write(&csv_line(columns)?);
        }
        self.print_with(&Value::Array(rows), table)
    }

    /// Prints documents as apply takes them: on a terminal as YAML.
    pub fn print_documents(self, documents: &[Value], list: bool) -> Done {
        if self.format == Format::Table || self.format == Format::Yaml {
            let texts = documents.iter().map(yaml).collect::<Done<Vec<_>>>()?;
            return write(&texts.join("---\n"));
        }
        match documents {
            [document] if !list => self.print(document),
            documents => self.print(&Value::Array(documents.to_vec())),
        }
    }
}

/// Writes to stdout. Whoever reads may have enough: that is no failure.
pub fn write(text: &str) -> Done {
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => {
            Err(Failure::new("output", format!("the output could not be written: {error}")))
        }
        _ => Ok(()),
    }
}

fn json(value: &Value) -> Done<String> {
    let text = match value {
        // One row per line: long lists stay readable and can be cut by line.
        Value::Array(rows) if !rows.is_empty() && rows.iter().all(Value::is_object) => {
            let lines: Vec<String> = rows.iter().map(Value::to_string).collect();
            format!("[\n{}\n]", lines.join(",\n"))
        }
        // Small answers fit a line.
        Value::Object(fields) if fields.values().all(|value| !value.is_object() && !value.is_array()) => {
            value.to_string()
        }
        value => serde_json::to_string_pretty(value).map_err(|error| Failure::new("output", error.to_string()))?,
    };
    Ok(text + "\n")
}

fn yaml(value: &Value) -> Done<String> {
    let text = serde_saphyr::to_string(value)
        .map_err(|error| Failure::new("output", format!("the answer is not YAML: {error}")))?;
    Ok(if text.ends_with('\n') { text } else { text + "\n" })
}

fn csv_line(fields: &[&str]) -> Done<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(fields).map_err(|error| Failure::new("output", error.to_string()))?;
    let bytes = writer.into_inner().map_err(|error| Failure::new("output", error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn csv(value: &Value) -> Done<String> {
    let rows: Vec<&Value> = match value {
        Value::Array(rows) => rows.iter().collect(),
        value => vec![value],
    };
    let columns = columns(&rows);
    let mut writer = csv::Writer::from_writer(Vec::new());
    let failed = |error: csv::Error| Failure::new("output", format!("the answer is not CSV: {error}"));
    if columns.is_empty() {
        for row in &rows {
            writer.write_record([text(row)]).map_err(failed)?;
        }
    } else {
        writer.write_record(&columns).map_err(failed)?;
        for row in &rows {
            let fields = columns.iter().map(|column| row.get(column).map_or_else(String::new, text));
            writer.write_record(fields).map_err(failed)?;
        }
    }
    let bytes = writer.into_inner().map_err(|error| Failure::new("output", error.to_string()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// Any value as a table: rows of a list, or the fields of one thing.
pub fn table(value: &Value) -> String {
    match value {
        Value::Array(rows) if rows.is_empty() => "nothing found\n".to_owned(),
        Value::Array(rows) => {
            let rows: Vec<&Value> = rows.iter().collect();
            let columns = columns(&rows);
            let cells = rows
                .iter()
                .map(|row| columns.iter().map(|column| row.get(column).cloned().unwrap_or_default()).collect());
            let headers: Vec<&str> = columns.iter().map(String::as_str).collect();
            grid(&headers, cells)
        }
        Value::Object(fields) => {
            let width = fields.keys().map(|name| name.chars().count()).max().unwrap_or_default();
            fields.iter().map(|(name, value)| format!("{name:width$}  {}\n", text(value))).collect()
        }
        value => text(value) + "\n",
    }
}

/// Rows under headers. Numbers stand to the right.
pub fn grid(headers: &[&str], rows: impl IntoIterator<Item = Vec<Value>>) -> String {
    let mut table = Table::new();
    table.load_style(UTF8_FULL_CONDENSED).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(headers.iter().map(ToString::to_string));
    for row in rows {
        table.add_row(row.iter().map(|value| {
            let cell = Cell::new(shown(value));
            if value.is_number() { cell.set_alignment(CellAlignment::Right) } else { cell }
        }));
    }
    format!("{table}\n")
}

/// A value on the screen: numbers grouped by thousands.
fn shown(value: &Value) -> String {
    match value {
        Value::Number(number) => number.as_i64().map_or_else(|| number.to_string(), thousands),
        value => text(value),
    }
}

/// `1234567` as `1,234,567`.
pub fn thousands(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut grouped = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    if number < 0 { format!("-{grouped}") } else { grouped }
}

pub fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(items) if items.iter().all(|item| !item.is_object() && !item.is_array()) => {
            items.iter().map(text).collect::<Vec<_>>().join(", ")
        }
        value => value.to_string(),
    }
}

/// The columns of all rows, in the order of their first appearance.
fn columns(rows: &[&Value]) -> Vec<String> {
    let mut columns: Map<String, Value> = Map::new();
    for row in rows.iter().filter_map(|row| row.as_object()) {
        for name in row.keys() {
            if !columns.contains_key(name) {
                columns.insert(name.clone(), Value::Null);
            }
        }
    }
    columns.keys().cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn yaml_reads_back_as_it_was() {
        let value = json!({
            "kind": "campaign", "a": "on", "b": "0123", "c": "1e3", "d": null, "e": "null", "f": "line\n  two\n", "g": ["no", true, 1.5, -3, ""],
            "h": {"x: y": "# no comment", "at": "09:00", "date": "2026-01-01", "tilde": "~"}, "i": [], "j": {}, "k": "  lead", "l": "trail ", "m": "{{ name }}",
            "html": "<p>\n  <b>{{ x }}</b>\n\n</p>", "n": "a\tb", "o": "'q' \"d\"", "p": "1_000", "q": "- x", "r": "é\u{a0}漢", "s": "0x1F", "t": ".5", "u": "Infinity", "v": "\r\n",
        });
        let text = yaml(&value).unwrap();
        let back = tutti_model::source::parse_value("x", &text).unwrap().value;
        assert_eq!(back, value, "{text}");
    }

    #[test]
    fn rows_become_csv_with_all_columns() {
        let rows = json!([{"a": 1, "b": "x,y"}, {"a": null, "c": ["p", "q"]}]);
        assert_eq!(csv(&rows).unwrap(), "a,b,c\n1,\"x,y\",\n,,\"p, q\"\n");
    }

    #[test]
    fn small_answers_are_one_line() {
        assert_eq!(json(&json!({"count": 3, "elapsed_ms": 1.5})).unwrap(), "{\"count\":3,\"elapsed_ms\":1.5}\n");
        assert_eq!(json(&json!([])).unwrap(), "[]\n");
    }

    #[test]
    fn thousands_are_grouped() {
        for (number, expected) in [(0, "0"), (999, "999"), (1000, "1,000"), (-1_234_567, "-1,234,567")] {
            assert_eq!(thousands(number), expected);
        }
    }
}
