//! Rows as templates see them: columns by name, columns over links by path, read when they are asked for.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use arrow::datatypes::{DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use minijinja::value::{Enumerator, Object, ObjectRepr, Value};
use tutti_model::table::{Column, ColumnType};

/// How a moment is printed and compared as text: ISO 8601 with its offset.
pub const MOMENT_FORMAT: &str = "%Y-%m-%dT%H:%M:%S%:z";

/// The most digits of a decimal that a double holds exactly.
const EXACT_DIGITS: usize = 15;

/// The names of a batch's columns as a tree: `address.city` is `city` below `address`.
#[derive(Debug, Default)]
pub struct Names {
    nodes: HashMap<String, Node>,
}

#[derive(Debug)]
enum Node {
    Column(usize),
    Link(Arc<Names>),
}

impl Names {
    /// The names of columns by their positions. Of two equal names, the first counts.
    pub fn new<'a>(columns: impl IntoIterator<Item = (&'a str, usize)>) -> Self {
        let mut below: HashMap<&str, Vec<(&str, usize)>> = HashMap::new();
        let mut nodes = HashMap::new();
        for (path, position) in columns {
            match path.split_once('.') {
                Some((link, rest)) => below.entry(link).or_default().push((rest, position)),
                None => drop(nodes.entry(path.to_owned()).or_insert(Node::Column(position))),
            }
        }
        for (link, columns) in below {
            nodes.entry(link.to_owned()).or_insert_with(|| Node::Link(Arc::new(Names::new(columns))));
        }
        Self { nodes }
    }
}

/// Rows in memory, with how to read them.
#[derive(Debug)]
pub struct Rows {
    pub batch: RecordBatch,
    pub names: Arc<Names>,
    /// The columns that hold lists of rows as JSON text, with the columns of these.
    pub lists: HashMap<usize, Vec<Column>>,
    /// Where rows have no zone of their own, or one that is not known.
    pub zone: TimeZone,
    /// The column with the name of each row's zone.
    pub zone_column: Option<usize>,
}

impl Rows {
    fn zone(&self, row: usize) -> TimeZone {
        let own = self.zone_column.and_then(|column| text(self.batch.column(column), row));
        own.and_then(|name| TimeZone::get(name).ok()).unwrap_or_else(|| self.zone.clone())
    }

    /// The text in a column, `None` for NULL and for columns of other types.
    pub fn text(&self, column: usize, row: usize) -> Option<&str> {
        text(self.batch.column(column), row)
    }
}

/// One row, or the rows that it is linked to: what stands below `names`.
#[derive(Debug)]
pub struct Row {
    pub rows: Arc<Rows>,
    pub names: Arc<Names>,
    pub row: usize,
}

impl Row {
    pub fn value(&self, name: &str) -> Option<Value> {
        Some(match self.names.nodes.get(name)? {
            Node::Column(column) => cell(&self.rows, *column, self.row),
            Node::Link(names) => {
                Value::from_object(Row { rows: Arc::clone(&self.rows), names: Arc::clone(names), row: self.row })
            }
        })
    }
}

impl Object for Row {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.value(key.as_str()?)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let mut names: Vec<&String> = self.names.nodes.keys().collect();
        names.sort();
        Enumerator::Values(names.into_iter().map(Value::from).collect())
    }
}

/// The text in an array, `None` for NULL and for arrays of other types.
pub fn text(array: &ArrayRef, row: usize) -> Option<&str> {
    if array.is_null(row) {
        return None;
    }
    match array.data_type() {
        DataType::Utf8 => Some(array.as_string::<i32>().value(row)),
        DataType::Utf8View => Some(array.as_string_view().value(row)),
        DataType::LargeUtf8 => Some(array.as_string::<i64>().value(row)),
        _ => None,
    }
}

/// A cell as a template's value; NULL is undefined, so that it prints as nothing and `default` replaces it.
fn cell(rows: &Rows, column: usize, row: usize) -> Value {
    let array = rows.batch.column(column);
    if array.is_null(row) {
        return Value::UNDEFINED;
    }
    if let Some(columns) = rows.lists.get(&column) {
        return text(array, row).map_or(Value::UNDEFINED, |text| list(text, columns, rows, row));
    }
    match array.data_type() {
        DataType::Int64 => Value::from(array.as_primitive::<Int64Type>().value(row)),
        DataType::Float64 => Value::from(array.as_primitive::<Float64Type>().value(row)),
        DataType::Boolean => Value::from(array.as_boolean().value(row)),
        DataType::Decimal128(_, scale) => decimal(array.as_primitive::<Decimal128Type>().value(row), *scale),
        DataType::Date32 => match array.as_primitive::<Date32Type>().value_as_date(row) {
            Some(date) => Value::from(date.to_string()),
            None => Value::UNDEFINED,
        },
        DataType::Timestamp(..) => {
            let micros = array.as_primitive::<TimestampMicrosecondType>().value(row);
            Timestamp::from_microsecond(micros).map_or(Value::UNDEFINED, |moment| in_zone(moment, rows, row))
        }
        _ => text(array, row).map_or(Value::UNDEFINED, Value::from),
    }
}

/// A moment as the row's owner reads it.
fn in_zone(moment: Timestamp, rows: &Rows, row: usize) -> Value {
    Value::from(moment.to_zoned_datetime(rows.zone(row)).strftime(MOMENT_FORMAT).to_string())
}

/// A list of rows, each a map of values as cells of their types have them.
fn list(text: &str, columns: &[Column], rows: &Rows, row: usize) -> Value {
    let entries: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(text).unwrap_or_default();
    let value = |column: &Column, value: &serde_json::Value| match (column.column_type, value) {
        (_, serde_json::Value::Null) => Value::UNDEFINED,
        (ColumnType::Decimal { .. }, serde_json::Value::String(text)) => decimal_value(text),
        (ColumnType::Timestamp, serde_json::Value::String(text)) => {
            text.parse::<Timestamp>().map_or(Value::UNDEFINED, |moment| in_zone(moment, rows, row))
        }
        (_, serde_json::Value::String(text)) => Value::from(text.as_str()),
        (_, serde_json::Value::Bool(value)) => Value::from(*value),
        (_, serde_json::Value::Number(number)) => match number.as_i64() {
            Some(number) => Value::from(number),
            None => number.as_f64().map_or(Value::UNDEFINED, Value::from),
        },
        _ => Value::UNDEFINED,
    };
    let entries = entries.iter().map(|entry| {
        let fields = columns.iter().filter_map(|column| Some((column.name.as_str(), entry.get(&column.name)?, column)));
        Value::from_pairs(fields.map(|(name, given, column)| (name, value(column, given))))
    });
    entries.collect()
}

/// A whole number where there is no fraction; else a double where that is exact to all its digits, else the text.
fn decimal(unscaled: i128, scale: i8) -> Value {
    match u32::try_from(scale) {
        Ok(0) | Err(_) => Value::from(unscaled),
        Ok(scale) => decimal_value(&decimal_text(unscaled, scale)),
    }
}

/// A decimal that is written out.
fn decimal_value(text: &str) -> Value {
    let digits = text.bytes().filter(u8::is_ascii_digit).skip_while(|digit| *digit == b'0').count();
    if !text.contains('.') {
        return text.parse::<i128>().map_or_else(|_| Value::from(text), Value::from);
    }
    match text.parse::<f64>() {
        Ok(number) if digits <= EXACT_DIGITS => Value::from(number),
        _ => Value::from(text),
    }
}

/// `-1234` with scale 2 is `-12.34`.
fn decimal_text(unscaled: i128, scale: u32) -> String {
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale as usize + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale as usize);
    let sign = if unscaled < 0 { "-" } else { "" };
    format!("{sign}{whole}.{fraction}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_exact() {
        for (unscaled, scale, expected) in
            [(1230, 2, "12.3"), (-5, 2, "-0.05"), (7, 0, "7"), (12_345_678_901_234_567, 2, "123456789012345.67")]
        {
            assert_eq!(decimal(unscaled, scale).to_string(), expected);
        }
        assert_eq!(decimal_text(-5, 3), "-0.005");
    }
}
