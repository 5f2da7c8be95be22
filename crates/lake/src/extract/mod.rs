//! Rows as a file for others: CSV, Excel, JSON Lines or Parquet.

mod excel;
mod text;
mod upload;

use async_recursion::async_recursion as boxed;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{
    Date32Type, Decimal128Type, Field, Float64Type, Int64Type, Schema, TimestampMicrosecondType,
};
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::file::properties::WriterProperties;
use datafusion::physical_plan::SendableRecordBatchStream;
use futures::StreamExt;
use jiff::Timestamp;
use jiff::civil::{Date, date as civil_date};
use jiff::tz::TimeZone;
use tutti_model::extract::{ExtractColumn, ExtractFormat, ExtractKind};
use tutti_model::table::ColumnType;
use tutti_query::arrow_type;

use crate::error::{Error, Result};

pub use upload::{Upload, upload};

/// How a file is written.
#[derive(Clone, Debug)]
pub struct ExtractLayout {
    /// What to call it in messages; an ending `.gz` packs it.
    pub name: String,
    pub kind: ExtractKind,
    pub format: ExtractFormat,
    pub columns: Vec<ExtractColumn>,
    /// Of times.
    pub zone: TimeZone,
}

/// Batches waiting to be written.
const WRITE_AHEAD: usize = 4;

/// Writes rows to a new file and answers their number. The columns of the rows are those of the layout, by place. Only
/// when it returns without an error is the file whole.
///
/// # Errors
/// When the rows fail, a value cannot be written in the file's encoding, or the disk is full.
#[boxed]
pub async fn write_extract(mut rows: SendableRecordBatchStream, layout: ExtractLayout, path: &Path) -> Result<u64> {
    let (sender, receiver) = tokio::sync::mpsc::channel::<RecordBatch>(WRITE_AHEAD);
    let path = path.to_owned();
    let writing = tokio::task::spawn_blocking(move || write(receiver, &layout, &path));
    let mut failed = None;
    while let Some(batch) = rows.next().await {
        match batch {
            // Who writes no more has failed, and says why.
            Ok(batch) => {
                if sender.send(batch).await.is_err() {
                    break;
                }
            }
            Err(error) => {
                failed = Some(error);
                break;
            }
        }
    }
    drop(sender);
    let written = writing.await?;
    match failed {
        Some(error) => Err(error.into()),
        None => written,
    }
}

fn write(mut batches: tokio::sync::mpsc::Receiver<RecordBatch>, layout: &ExtractLayout, path: &Path) -> Result<u64> {
    let file = File::create(path).map_err(|e| Error::io("create", path, e))?;
    let mut next = || batches.blocking_recv();
    match layout.kind {
        ExtractKind::Csv => text::csv(&mut next, layout, file, path),
        ExtractKind::Jsonl => text::json_lines(&mut next, layout, file, path),
        ExtractKind::Excel => excel::workbook(&mut next, layout, path),
        ExtractKind::Parquet => parquet(&mut next, layout, file, path),
    }
}

fn parquet(
    next: &mut dyn FnMut() -> Option<RecordBatch>,
    layout: &ExtractLayout,
    file: File,
    path: &Path,
) -> Result<u64> {
    let failed = |e| Error::parquet("written", path, e);
    let fields = layout.columns.iter().map(|column| Field::new(&column.header, arrow_type(column.column_type), true));
    let schema = Arc::new(Schema::new(fields.collect::<Vec<_>>()));
    let properties = WriterProperties::builder().set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties)).map_err(failed)?;
    let mut rows = 0;
    while let Some(batch) = next() {
        let columns = typed(&batch, layout)?;
        writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?).map_err(failed)?;
        rows += batch.num_rows() as u64;
    }
    writer.close().map_err(failed)?;
    Ok(rows)
}

/// The columns of a batch, of the types of the layout.
fn typed(batch: &RecordBatch, layout: &ExtractLayout) -> Result<Vec<ArrayRef>> {
    let columns = batch.columns().iter().zip(&layout.columns);
    columns.map(|(array, column)| Ok(cast(array, &arrow_type(column.column_type))?)).collect()
}

/// One value.
enum Value<'a> {
    Null,
    Text(&'a str),
    Integer(i64),
    Number(f64),
    /// Exact digits.
    Decimal(String),
    Boolean(bool),
    Date(Date),
    /// Microseconds since 1970.
    Instant(i64),
}

fn value<'a>(array: &'a ArrayRef, column_type: ColumnType, row: usize) -> Value<'a> {
    if array.is_null(row) {
        return Value::Null;
    }
    match column_type {
        ColumnType::String => Value::Text(array.as_string::<i32>().value(row)),
        ColumnType::Integer => Value::Integer(array.as_primitive::<Int64Type>().value(row)),
        ColumnType::Number => Value::Number(array.as_primitive::<Float64Type>().value(row)),
        ColumnType::Decimal { scale, .. } => {
            Value::Decimal(digits(array.as_primitive::<Decimal128Type>().value(row), usize::from(scale)))
        }
        ColumnType::Boolean => Value::Boolean(array.as_boolean().value(row)),
        ColumnType::Date => {
            let days = jiff::Span::new().try_days(array.as_primitive::<Date32Type>().value(row));
            let day = days.ok().and_then(|days| civil_date(1970, 1, 1).checked_add(days).ok());
            day.map_or(Value::Null, Value::Date)
        }
        ColumnType::Timestamp => Value::Instant(array.as_primitive::<TimestampMicrosecondType>().value(row)),
    }
}

/// A decimal with all its places.
fn digits(unscaled: i128, scale: usize) -> String {
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A date as it is asked for.
fn date_text(day: Date, pattern: Option<&str>) -> Result<String> {
    match pattern {
        None => Ok(day.to_string()),
        Some(pattern) => jiff::fmt::strtime::format(pattern, day).map_err(|error| bad_pattern(pattern, &error)),
    }
}

/// An instant in a zone, as it is asked for.
fn instant_text(micros: i64, zone: &TimeZone, pattern: Option<&str>) -> Result<String> {
    let Ok(instant) = Timestamp::from_microsecond(micros) else { return Ok(String::new()) };
    let placed = instant.to_zoned_datetime(zone.clone());
    match pattern {
        None => Ok(instant.display_with_offset(placed.offset()).to_string()),
        Some(pattern) => jiff::fmt::strtime::format(pattern, &placed).map_err(|error| bad_pattern(pattern, &error)),
    }
}

fn bad_pattern(pattern: &str, error: &jiff::Error) -> Error {
    Error::Option(format!("the format `{pattern}` ({error})"))
}
