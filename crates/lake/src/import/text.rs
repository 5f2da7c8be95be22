//! Rows from CSV and JSON Lines.

use std::borrow::Cow;
use std::io::{BufRead, ErrorKind};

use datafusion::arrow::array::RecordBatch;
use serde_json::Value;
use tutti_model::table::ColumnType;

use super::convert::Reason;
use super::lines::{Record, Records, read_line};
use super::rejects::Reject;
use super::rows::{CHANGE_TYPE, Cell, Check, Intake, MARK_UPSERT, Rows, order_of};
use crate::error::{Error, Result};

/// The file being read.
pub(crate) struct Input<'a> {
    pub name: &'a str,
    pub index: usize,
    pub path: &'a std::path::Path,
}

/// Takes batches; false stops the reading.
pub(crate) type Give<'a> = dyn FnMut(RecordBatch) -> bool + 'a;

type Fault = (Option<String>, Reason, String);

/// Reads CSV: a header, then rows. An empty field is NULL, a quoted empty one an empty text.
pub(crate) fn csv(source: impl BufRead, input: &Input<'_>, intake: &Intake, give: &mut Give<'_>) -> Result<()> {
    let io = |e| unreadable(e, input, intake);
    let mut records = Records::new(source).map_err(io)?;
    records.detect_delimiter().map_err(io)?;
    let mut record = Record::default();
    if !records.next(&mut record).map_err(io)? {
        return Err(intake
            .checks
            .file_error(input.name, "it is empty; the first line must name the columns".to_owned()));
    }
    let header = Header::read(&record, input, intake)?;
    let mut rows = Rows::new(&intake.checks);
    while records.next(&mut record).map_err(io)? {
        intake.count_read(1);
        let text = std::str::from_utf8(&record.raw);
        let taken = match (record.broken, text) {
            (Some(reason), _) => Err((None, format!("the line {reason}"), String::new())),
            (None, Err(_)) => Err((header.wrong_encoding(&record), "is not UTF-8".to_owned(), String::new())),
            (None, Ok(_)) if record.fields.len() != header.width => {
                let reason = format!("has {} fields, the header has {}", record.fields.len(), header.width);
                Err((None, reason, String::new()))
            }
            (None, Ok(_)) => header.take(&record, intake, &mut rows, input.index),
        };
        if let Err((column, reason, value)) = taken {
            let row = String::from_utf8_lossy(&record.raw).into_owned();
            intake.reject(Reject { file: input.name.to_owned(), line: record.line, column, reason, value, row });
        }
        if rows.is_full()
            && let Some(batch) = rows.take()?
            && !give(batch)
        {
            return Ok(());
        }
    }
    if let Some(batch) = rows.take()? {
        give(batch);
    }
    Ok(())
}

fn unreadable(error: std::io::Error, input: &Input<'_>, intake: &Intake) -> Error {
    match error.kind() {
        ErrorKind::InvalidData => intake.checks.file_error(input.name, error.to_string()),
        _ => Error::io("read", input.path, error),
    }
}

/// Says where in its line a JSON text goes wrong; the parser's own line number is always 1.
fn not_json(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let what = text.rsplit_once(" at line ").map_or(text.as_str(), |(what, _)| what);
    format!("the line is not JSON: {what} at byte {}", error.column())
}

/// Where the table's columns are in a CSV file.
struct Header {
    width: usize,
    names: Vec<String>,
    positions: Vec<Option<usize>>,
    change: Option<usize>,
}

impl Header {
    fn read(record: &Record, input: &Input<'_>, intake: &Intake) -> Result<Self> {
        let checks = &intake.checks;
        if let Some(reason) = record.broken {
            return Err(checks.file_error(input.name, format!("its header {reason}")));
        }
        let mut header = Self {
            width: record.fields.len(),
            names: Vec::new(),
            positions: vec![None; checks.columns.len()],
            change: None,
        };
        for index in 0..header.width {
            let name = std::str::from_utf8(record.field(index));
            let name = name.map_err(|_| checks.file_error(input.name, "its header is not UTF-8".to_owned()))?.trim();
            let Some(name) = checks.named(name) else {
                header.names.push(name.to_owned());
                continue;
            };
            let slot = if name == CHANGE_TYPE {
                &mut header.change
            } else {
                let column = checks.position(name).ok_or_else(|| checks.unknown_column(input.name, name))?;
                &mut header.positions[column]
            };
            if slot.replace(index).is_some() {
                return Err(checks.file_error(input.name, format!("its header names `{name}` twice")));
            }
            header.names.push(name.to_owned());
        }
        Ok(header)
    }

    fn wrong_encoding(&self, record: &Record) -> Option<String> {
        let wrong = (0..record.fields.len()).find(|index| std::str::from_utf8(record.field(*index)).is_err())?;
        self.names.get(wrong).cloned()
    }

    fn take(&self, record: &Record, intake: &Intake, rows: &mut Rows, file: usize) -> Result<(), Fault> {
        // The record as a whole was found to be UTF-8; a delimiter never splits a character.
        let text = |index: usize| std::str::from_utf8(record.field(index)).unwrap_or_default();
        let value = |column: usize| {
            let index = self.positions[column]?;
            let text = text(index);
            let is_text = intake.checks.columns[column].column_type == ColumnType::String;
            (!text.is_empty() || (is_text && record.fields[index].quoted)).then_some(text)
        };
        take(
            intake,
            rows,
            order_of(file, record.line),
            self.change.map(text),
            |column, check| {
                let text = value(column);
                check.read(text).map_err(|reason| (reason, text.unwrap_or_default().to_owned()))
            },
            |column| value(column).is_some(),
        )
    }
}

/// Checks a row cell by cell and adds it. Of a row to delete only key and version are read.
fn take<'a>(
    intake: &Intake,
    rows: &mut Rows,
    order: u64,
    change: Option<&str>,
    read: impl Fn(usize, &Check) -> Result<Cell<'a>, (Reason, String)>,
    is_given: impl Fn(usize) -> bool,
) -> Result<(), Fault> {
    let checks = &intake.checks;
    let version_given = || checks.columns.iter().position(|check| check.version).is_some_and(is_given);
    let mark = checks
        .mark(change, version_given)
        .map_err(|reason| (Some(CHANGE_TYPE.to_owned()), reason, change.unwrap_or_default().to_owned()))?;
    let mut cells = Vec::with_capacity(checks.columns.len());
    for (index, check) in checks.columns.iter().enumerate() {
        if mark != MARK_UPSERT && !check.key && !(check.version && is_given_version(mark)) {
            cells.push(Cell::Null);
            continue;
        }
        let cell = read(index, check).map_err(|(reason, value)| (Some(check.name.clone()), reason, value))?;
        cells.push(cell);
    }
    rows.push(&cells, order, mark);
    Ok(())
}

fn is_given_version(mark: i8) -> bool {
    mark == super::rows::MARK_DELETE
}

/// Reads JSON Lines: one object per line. A field that is absent is NULL.
pub(crate) fn json_lines(
    mut source: impl BufRead,
    input: &Input<'_>,
    intake: &Intake,
    give: &mut Give<'_>,
) -> Result<()> {
    let mut rows = Rows::new(&intake.checks);
    let (mut line, mut number) = (Vec::new(), 0u64);
    loop {
        if !read_line(&mut source, &mut line).map_err(|e| unreadable(e, input, intake))? {
            break;
        }
        number += 1;
        let content = if number == 1 { line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line) } else { &line };
        let content = content.trim_ascii();
        if content.is_empty() {
            continue;
        }
        intake.count_read(1);
        let taken = match serde_json::from_slice::<Value>(content) {
            Err(error) => Err((None, not_json(&error), String::new())),
            Ok(Value::Object(object)) => {
                let object = renamed(object, intake);
                for name in object.keys() {
                    if name != CHANGE_TYPE && intake.checks.position(name).is_none() {
                        return Err(intake.checks.unknown_column(input.name, name));
                    }
                }
                take_object(&object, intake, &mut rows, order_of(input.index, number))
            }
            Ok(_) => Err((None, "the line is not a JSON object".to_owned(), String::new())),
        };
        if let Err((column, reason, value)) = taken {
            let row = String::from_utf8_lossy(content).into_owned();
            intake.reject(Reject { file: input.name.to_owned(), line: number, column, reason, value, row });
        }
        if rows.is_full()
            && let Some(batch) = rows.take()?
            && !give(batch)
        {
            return Ok(());
        }
    }
    if let Some(batch) = rows.take()? {
        give(batch);
    }
    Ok(())
}

/// The fields under the names that they have in the table.
fn renamed(object: serde_json::Map<String, Value>, intake: &Intake) -> serde_json::Map<String, Value> {
    if intake.checks.renamed.is_empty() {
        return object;
    }
    let named = |(name, value): (String, Value)| Some((intake.checks.named(&name)?.to_owned(), value));
    object.into_iter().filter_map(named).collect()
}

fn take_object(
    object: &serde_json::Map<String, Value>,
    intake: &Intake,
    rows: &mut Rows,
    order: u64,
) -> Result<(), Fault> {
    let change = match object.get(CHANGE_TYPE) {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) => Some(Cow::Borrowed(text.as_str())),
        Some(other) => Some(Cow::Owned(other.to_string())),
    };
    let value = |name: &str| object.get(name).filter(|value| !value.is_null());
    take(
        intake,
        rows,
        order,
        change.as_deref(),
        |_, check| match value(&check.name) {
            None => check.read(None).map_err(|reason| (reason, String::new())),
            Some(value) => json_cell(check, value).map_err(|reason| (reason, shown(value))),
        },
        |column| value(&intake.checks.columns[column].name).is_some(),
    )
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn json_cell<'a>(check: &Check, value: &'a Value) -> Result<Cell<'a>, Reason> {
    match (check.column_type, value) {
        (ColumnType::String, Value::String(text)) => check.read(Some(text)),
        (ColumnType::String, _) => Err("is not a text".to_owned()),
        (ColumnType::Boolean, Value::Bool(value)) => Ok(Cell::Boolean(*value)),
        (_, Value::String(text)) => check.read(Some(text)),
        (
            ColumnType::Integer | ColumnType::Number | ColumnType::Decimal { .. } | ColumnType::Boolean,
            Value::Number(number),
        ) => {
            let text = number.to_string();
            if matches!(check.column_type, ColumnType::Decimal { .. }) && !tutti_model::value::keeps_its_digits(number)
            {
                return Err("has more digits than a JSON number keeps; write it as a text in quotes".to_owned());
            }
            owned(check.read(Some(&text))?)
        }
        (_, Value::Array(_) | Value::Object(_)) => Err("is a list or an object".to_owned()),
        _ => Err(format!("is not a value of type {}", check.column_type)),
    }
}

/// Numbers do not borrow from the text they were read from.
fn owned<'a>(cell: Cell<'_>) -> Result<Cell<'a>, Reason> {
    Ok(match cell {
        Cell::Integer(value) => Cell::Integer(value),
        Cell::Number(value) => Cell::Number(value),
        Cell::Decimal(value) => Cell::Decimal(value),
        Cell::Boolean(value) => Cell::Boolean(value),
        _ => return Err("is a number".to_owned()),
    })
}
