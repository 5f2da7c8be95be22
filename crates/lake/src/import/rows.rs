//! What a row must be, and batches built from rows that are.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{
    ArrayRef, BooleanBuilder, Date32Builder, Decimal128Builder, Float64Builder, Int8Builder, Int64Builder, RecordBatch,
    StringBuilder, TimestampMicrosecondBuilder, UInt64Builder,
};
use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use tutti_model::problem::nearest;
use tutti_model::table::{Column, ColumnType, Table};
use tutti_query::{UTC, arrow_type, schema_of};

use super::convert::{self, Reason};
use super::rejects::{Reject, Rejects};
use crate::error::{Error, Result};
use crate::stream::BATCH_ROWS;

/// The column of a file that says what to do with a row.
pub(crate) const CHANGE_TYPE: &str = "_change_request_type";

/// Where a row came from: the file's index and the line, so that the greater is the later.
pub(crate) const ORDER: &str = "__order";

/// What a row is: one of the `MARK_` numbers.
pub(crate) const MARK: &str = "__mark";
pub(crate) const MARK_STORED: i8 = 0;
pub(crate) const MARK_UPSERT: i8 = 1;
pub(crate) const MARK_DELETE: i8 = 2;
/// A delete without a version in a table that has versions: it wins over everything in its batch and in the table.
pub(crate) const MARK_DELETE_ALWAYS: i8 = 3;
/// A key that an earlier import deleted, with the version of the deletion.
pub(crate) const MARK_DELETED: i8 = 4;

const LINE_BITS: u32 = 44;

/// Columns that an error lists.
const COLUMNS_SHOWN: usize = 20;

pub(crate) fn order_of(file: usize, line: u64) -> u64 {
    ((file as u64) << LINE_BITS) | line
}

pub(crate) fn place_of(order: u64) -> (usize, u64) {
    ((order >> LINE_BITS) as usize, order & ((1 << LINE_BITS) - 1))
}

/// Which column of the table a column of the files is, where it is called otherwise; none: it is passed over.
pub type Renamed = std::collections::BTreeMap<String, Option<String>>;

/// A column of the table as the checks need it.
pub(crate) struct Check {
    pub name: String,
    pub column_type: ColumnType,
    pub required: bool,
    pub key: bool,
    pub version: bool,
    pub values: Option<HashSet<String>>,
}

/// The table's columns in the order in which they are stored.
pub(crate) struct Checks {
    pub table: String,
    pub columns: Vec<Check>,
    pub has_version: bool,
    pub deletes_allowed: bool,
    /// The columns, then [`ORDER`] and [`MARK`].
    pub schema: SchemaRef,
    pub renamed: Renamed,
}

impl Checks {
    pub fn new(table: &Table, stored: &Schema, deletes_allowed: bool) -> Result<Self> {
        let columns = stored.fields().iter().map(|field| {
            let column = table.column(field.name()).ok_or_else(|| {
                Error::Option(format!("the column `{}` of `{}` is not in its document", field.name(), table.name))
            })?;
            Ok(Check {
                name: column.name.clone(),
                column_type: column.column_type,
                required: table.is_required(column),
                key: table.primary_key.contains(&column.name),
                version: table.version.as_ref() == Some(&column.name),
                values: (!column.values.is_empty()).then(|| column.values.iter().cloned().collect()),
            })
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        Ok(Self {
            table: table.name.clone(),
            columns,
            has_version: table.version.is_some(),
            deletes_allowed,
            schema: staged_schema(stored),
            renamed: Renamed::new(),
        })
    }

    /// Of columns that belong to no table: their values may be anything of their types.
    pub fn of_columns(columns: &[Column]) -> Self {
        let check = |column: &Column| Check {
            name: column.name.clone(),
            column_type: column.column_type,
            required: false,
            key: false,
            version: false,
            values: None,
        };
        Self {
            table: String::new(),
            columns: columns.iter().map(check).collect(),
            has_version: false,
            deletes_allowed: false,
            schema: staged_schema(&schema_of(columns)),
            renamed: Renamed::new(),
        }
    }

    /// Of one column by itself.
    pub fn single(check: &Check) -> Self {
        let field = Field::new(&check.name, arrow_type(check.column_type), true);
        Self {
            table: String::new(),
            columns: vec![Check { name: check.name.clone(), values: None, ..*check }],
            has_version: false,
            deletes_allowed: false,
            schema: staged_schema(&Schema::new(vec![field])),
            renamed: Renamed::new(),
        }
    }

    /// What a column of a file is called in the table; `None` where it is passed over.
    pub fn named<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        match self.renamed.get(name) {
            None => Some(name),
            Some(renamed) => renamed.as_deref(),
        }
    }

    pub fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The error for a file's column that the table does not have.
    pub fn unknown_column(&self, file: &str, name: &str) -> Error {
        let hint = match nearest(name, self.columns.iter().map(|column| column.name.as_str())) {
            Some(near) => format!("; did you mean `{near}`?"),
            None => {
                let names: Vec<&str> = self.columns.iter().map(|column| column.name.as_str()).collect();
                let shown = names[..names.len().min(COLUMNS_SHOWN)].join("`, `");
                let more = names.len().saturating_sub(COLUMNS_SHOWN);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                format!("; those are `{shown}`{more}")
            }
        };
        self.file_error(file, format!("its column `{name}` is not a column of the table{hint}"))
    }

    pub fn file_error(&self, file: &str, reason: String) -> Error {
        Error::File { file: file.to_owned(), table: self.table.clone(), reason }
    }

    /// The mark of a row from its change type and version.
    pub fn mark(&self, change: Option<&str>, version_given: impl FnOnce() -> bool) -> Result<i8, Reason> {
        match change.map(str::trim) {
            None | Some("" | "u" | "U") => Ok(MARK_UPSERT),
            Some("d" | "D") if !self.deletes_allowed => Err("only an upsert can delete rows".to_owned()),
            Some("d" | "D") => Ok(if !self.has_version || version_given() { MARK_DELETE } else { MARK_DELETE_ALWAYS }),
            Some(_) => Err("is not `u` (upsert) or `d` (delete)".to_owned()),
        }
    }
}

impl Check {
    /// Reads a text; None is NULL.
    pub fn read<'a>(&self, text: Option<&'a str>) -> Result<Cell<'a>, Reason> {
        let Some(text) = text else { return self.accept_null() };
        Ok(match self.column_type {
            ColumnType::String => {
                self.accept_text(text)?;
                Cell::Text(text)
            }
            ColumnType::Integer => Cell::Integer(convert::integer(text)?),
            ColumnType::Number => Cell::Number(convert::number(text)?),
            ColumnType::Decimal { precision, scale } => Cell::Decimal(convert::decimal(text, precision, scale)?),
            ColumnType::Boolean => Cell::Boolean(convert::boolean(text)?),
            ColumnType::Date => Cell::Date(convert::date(text)?),
            ColumnType::Timestamp => Cell::Timestamp(convert::timestamp(text)?),
        })
    }

    pub fn accept_null<'a>(&self) -> Result<Cell<'a>, Reason> {
        if self.key {
            Err("is missing, and part of the key".to_owned())
        } else if self.required {
            Err("is missing, and required".to_owned())
        } else {
            Ok(Cell::Null)
        }
    }

    pub fn accept_text(&self, text: &str) -> Result<(), Reason> {
        match &self.values {
            Some(values) if !values.contains(text) => {
                let hint = nearest(text, values.iter().map(String::as_str));
                Err(match hint {
                    Some(near) => format!("is not one of the column's values; did you mean `{near}`?"),
                    None => "is not one of the column's values".to_owned(),
                })
            }
            _ => Ok(()),
        }
    }
}

fn staged_schema(stored: &Schema) -> SchemaRef {
    let mut fields: Vec<Field> = stored.fields().iter().map(|field| field.as_ref().clone()).collect();
    fields.push(Field::new(ORDER, DataType::UInt64, false));
    fields.push(Field::new(MARK, DataType::Int8, false));
    Arc::new(Schema::new(fields))
}

/// A value of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Cell<'a> {
    Null,
    Text(&'a str),
    Integer(i64),
    Number(f64),
    Decimal(i128),
    Boolean(bool),
    Date(i32),
    Timestamp(i64),
}

enum Builder {
    Text(StringBuilder),
    Integer(Int64Builder),
    Number(Float64Builder),
    Decimal(Decimal128Builder),
    Boolean(BooleanBuilder),
    Date(Date32Builder),
    Timestamp(TimestampMicrosecondBuilder),
}

/// Builds batches of accepted rows.
pub(crate) struct Rows {
    schema: SchemaRef,
    builders: Vec<Builder>,
    order: UInt64Builder,
    mark: Int8Builder,
    count: usize,
}

impl Rows {
    pub fn new(checks: &Checks) -> Self {
        let builders = checks.columns.iter().map(|column| match column.column_type {
            ColumnType::String => Builder::Text(StringBuilder::new()),
            ColumnType::Integer => Builder::Integer(Int64Builder::new()),
            ColumnType::Number => Builder::Number(Float64Builder::new()),
            decimal @ ColumnType::Decimal { .. } => {
                Builder::Decimal(Decimal128Builder::new().with_data_type(arrow_type(decimal)))
            }
            ColumnType::Boolean => Builder::Boolean(BooleanBuilder::new()),
            ColumnType::Date => Builder::Date(Date32Builder::new()),
            ColumnType::Timestamp => Builder::Timestamp(TimestampMicrosecondBuilder::new().with_timezone(UTC)),
        });
        Self {
            schema: checks.schema.clone(),
            builders: builders.collect(),
            order: UInt64Builder::new(),
            mark: Int8Builder::new(),
            count: 0,
        }
    }

    /// Adds a row; `cells` are in the order of the columns and of their types.
    pub fn push(&mut self, cells: &[Cell<'_>], order: u64, mark: i8) {
        for (builder, cell) in self.builders.iter_mut().zip(cells) {
            match (builder, *cell) {
                (Builder::Text(builder), Cell::Text(value)) => builder.append_value(value),
                (Builder::Integer(builder), Cell::Integer(value)) => builder.append_value(value),
                (Builder::Number(builder), Cell::Number(value)) => builder.append_value(value),
                (Builder::Decimal(builder), Cell::Decimal(value)) => builder.append_value(value),
                (Builder::Boolean(builder), Cell::Boolean(value)) => builder.append_value(value),
                (Builder::Date(builder), Cell::Date(value)) => builder.append_value(value),
                (Builder::Timestamp(builder), Cell::Timestamp(value)) => builder.append_value(value),
                (Builder::Text(builder), _) => builder.append_null(),
                (Builder::Integer(builder), _) => builder.append_null(),
                (Builder::Number(builder), _) => builder.append_null(),
                (Builder::Decimal(builder), _) => builder.append_null(),
                (Builder::Boolean(builder), _) => builder.append_null(),
                (Builder::Date(builder), _) => builder.append_null(),
                (Builder::Timestamp(builder), _) => builder.append_null(),
            }
        }
        self.order.append_value(order);
        self.mark.append_value(mark);
        self.count += 1;
    }

    pub fn is_full(&self) -> bool {
        self.count >= BATCH_ROWS
    }

    /// The rows so far, if any.
    pub fn take(&mut self) -> Result<Option<RecordBatch>> {
        if self.count == 0 {
            return Ok(None);
        }
        self.count = 0;
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(self.builders.len() + 2);
        for builder in &mut self.builders {
            columns.push(match builder {
                Builder::Text(builder) => Arc::new(builder.finish()),
                Builder::Integer(builder) => Arc::new(builder.finish()),
                Builder::Number(builder) => Arc::new(builder.finish()),
                Builder::Decimal(builder) => Arc::new(builder.finish()),
                Builder::Boolean(builder) => Arc::new(builder.finish()),
                Builder::Date(builder) => Arc::new(builder.finish()),
                Builder::Timestamp(builder) => Arc::new(builder.finish()),
            });
        }
        columns.push(Arc::new(self.order.finish()));
        columns.push(Arc::new(self.mark.finish()));
        Ok(Some(RecordBatch::try_new(self.schema.clone(), columns)?))
    }
}

/// What the readers share: the checks, the rejects, the rows read so far.
pub(crate) struct Intake {
    pub checks: Checks,
    pub rejects: Mutex<Rejects>,
    pub read: std::sync::atomic::AtomicU64,
}

impl Intake {
    pub fn reject(&self, reject: Reject) {
        self.rejects.lock().unwrap_or_else(PoisonError::into_inner).add(reject);
    }

    pub fn rejected(&self) -> u64 {
        self.rejects.lock().unwrap_or_else(PoisonError::into_inner).count
    }

    pub fn count_read(&self, rows: u64) {
        self.read.fetch_add(rows, std::sync::atomic::Ordering::Relaxed);
    }

    pub fn rows_read(&self) -> u64 {
        self.read.load(std::sync::atomic::Ordering::Relaxed)
    }
}
