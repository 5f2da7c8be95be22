//! Rows from Parquet: whole columns are converted at once, and only rows that do not fit are looked at one by one.
//!
//! A column becomes the table's type where nothing can be lost unseen: whole numbers to any numeric type or text,
//! floats to decimals and integers when each fits exactly, decimals to decimals likewise, dates to timestamps (midnight
//! UTC), timestamps of any unit (cut to microseconds; without a zone UTC), and texts by the rules of CSV. Anything else
//! refuses the file.

use std::fs::File;
use std::sync::Arc;

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Decimal128Array, Int8Array, Int64Array, RecordBatch, UInt64Array,
    new_null_array,
};
use datafusion::arrow::compute::{cast, filter_record_batch};
use datafusion::arrow::datatypes::{DataType, Decimal128Type, Field, Float64Type, Schema};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::parquet::errors::ParquetError;
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt;
use tutti_model::table::ColumnType;
use tutti_query::arrow_type;

use super::convert::Reason;
use super::rejects::Reject;
use super::rows::{CHANGE_TYPE, Cell, Check, Intake, MARK_UPSERT, Rows, order_of};
use super::text::{Give, Input};
use crate::error::Result;
use crate::stream::BATCH_ROWS;

/// Doubles hold whole numbers exactly up to here.
const EXACT_F64: f64 = 9_007_199_254_740_992.0;

pub(crate) fn parquet(file: File, input: &Input<'_>, intake: &Intake, give: &mut Give<'_>) -> Result<()> {
    let broken = |what: String| intake.checks.file_error(input.name, what);
    let failed =
        |e: ParquetError| broken(format!("it cannot be read as Parquet ({e}); is it whole, and of that format?"));
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(failed)?;
    let (kept, schema) = renamed(builder.schema(), intake);
    check_schema(&schema, input, intake)?;
    let reader = builder.with_batch_size(BATCH_ROWS).build().map_err(failed)?;
    let mut first_row = 1;
    for batch in reader {
        let batch = batch.map_err(|e| broken(format!("it is damaged after row {} ({e})", first_row - 1)))?;
        let batch = batch.project(&kept)?.with_schema(Arc::clone(&schema))?;
        intake.count_read(batch.num_rows() as u64);
        let taken = take(&batch, first_row, input, intake)?;
        first_row += batch.num_rows() as u64;
        if taken.num_rows() > 0 && !give(taken) {
            return Ok(());
        }
    }
    Ok(())
}

/// Which columns are taken, and their schema under the names of the table.
fn renamed(schema: &Schema, intake: &Intake) -> (Vec<usize>, Arc<Schema>) {
    let named = |(index, field): (usize, &Arc<Field>)| {
        let name = intake.checks.named(field.name())?;
        Some((index, Arc::new(field.as_ref().clone().with_name(name))))
    };
    let (kept, fields): (Vec<usize>, Vec<Arc<Field>>) = schema.fields().iter().enumerate().filter_map(named).unzip();
    (kept, Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone())))
}

/// Rows that are computed elsewhere, checked as they come.
pub(crate) fn rows(
    rows: SendableRecordBatchStream,
    name: String,
    index: usize,
    intake: Arc<Intake>,
) -> Result<SendableRecordBatchStream> {
    let path = std::path::PathBuf::from(&name);
    check_schema(&rows.schema(), &Input { name: &name, index, path: &path }, &intake)?;
    let schema = intake.checks.schema.clone();
    let mut first_row = 1;
    let taken = rows.map(move |batch| {
        let batch = batch?;
        intake.count_read(batch.num_rows() as u64);
        let taken = take(&batch, first_row, &Input { name: &name, index, path: &path }, &intake)?;
        first_row += batch.num_rows() as u64;
        Ok(taken)
    });
    Ok(Box::pin(RecordBatchStreamAdapter::new(schema, taken)))
}

fn check_schema(schema: &Schema, input: &Input<'_>, intake: &Intake) -> Result<()> {
    let checks = &intake.checks;
    for field in schema.fields() {
        let name = field.name();
        if name == CHANGE_TYPE {
            if !is_text(field.data_type()) {
                let reason = format!("its column `{name}` has the type `{}`, not text", field.data_type());
                return Err(checks.file_error(input.name, reason));
            }
            continue;
        }
        let index = checks.position(name).ok_or_else(|| checks.unknown_column(input.name, name))?;
        let wanted = checks.columns[index].column_type;
        if !can_become(field.data_type(), wanted) {
            let reason = format!(
                "its column `{name}` has the type `{}`, which cannot become the table's {wanted}",
                field.data_type()
            );
            return Err(checks.file_error(input.name, reason));
        }
    }
    let missing = checks.columns.iter().find(|check| {
        (check.key || (check.required && schema.index_of(CHANGE_TYPE).is_err()))
            && schema.index_of(&check.name).is_err()
    });
    match missing {
        Some(check) => {
            let reason = format!("it lacks the column `{}` ({}), which is required", check.name, check.column_type);
            Err(checks.file_error(input.name, reason))
        }
        None => Ok(()),
    }
}

fn is_text(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => true,
        DataType::Dictionary(_, value) => is_text(value),
        _ => false,
    }
}

fn can_become(found: &DataType, wanted: ColumnType) -> bool {
    if let DataType::Dictionary(_, value) = found {
        return can_become(value, wanted);
    }
    if is_text(found) || matches!(found, DataType::Null) {
        return true;
    }
    let decimal = matches!(found, DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..));
    match wanted {
        ColumnType::String => found.is_integer(),
        ColumnType::Integer | ColumnType::Number | ColumnType::Decimal { .. } => {
            found.is_integer() || found.is_floating() || decimal
        }
        ColumnType::Boolean => *found == DataType::Boolean,
        ColumnType::Date => matches!(found, DataType::Date32 | DataType::Date64),
        ColumnType::Timestamp => matches!(found, DataType::Date32 | DataType::Date64 | DataType::Timestamp(..)),
    }
}

/// Converts a batch; where a row does not fit, falls back to looking at each row.
fn take(batch: &RecordBatch, first_row: u64, input: &Input<'_>, intake: &Intake) -> Result<RecordBatch> {
    let checks = &intake.checks;
    let rows = batch.num_rows();
    let change = match batch.column_by_name(CHANGE_TYPE) {
        Some(column) => Some(cast(column, &DataType::Utf8)?),
        None => None,
    };
    let mut columns: Vec<ArrayRef> = Vec::with_capacity(checks.columns.len() + 2);
    let mut faults: Vec<Option<(usize, Reason)>> = Vec::new();
    let mut marks = vec![MARK_UPSERT; rows];
    let version = checks.columns.iter().find(|check| check.version).and_then(|c| batch.column_by_name(&c.name));
    if let Some(change) = &change {
        for (row, mark) in marks.iter_mut().enumerate() {
            let change = change.as_string::<i32>();
            let text = change.is_valid(row).then(|| change.value(row));
            match checks.mark(text, || version.is_some_and(|version| version.is_valid(row))) {
                Ok(found) => *mark = found,
                Err(reason) => set(&mut faults, rows, row, usize::MAX, reason),
            }
        }
    }
    for (index, check) in checks.columns.iter().enumerate() {
        let source = batch.column_by_name(&check.name);
        let column = match source {
            Some(source) => convert(source, check, &mut |row, reason| {
                if marks[row] == MARK_UPSERT || check.key || check.version {
                    set(&mut faults, rows, row, index, reason);
                }
            })?,
            None => new_null_array(&arrow_type(check.column_type), rows),
        };
        if (check.required || check.key) && column.null_count() > 0 {
            for row in (0..rows).filter(|row| column.is_null(*row)) {
                if (marks[row] == MARK_UPSERT || check.key)
                    && let Err(reason) = check.accept_null()
                {
                    set(&mut faults, rows, row, index, reason);
                }
            }
        }
        if check.values.is_some() && check.column_type == ColumnType::String {
            let texts = column.as_string::<i32>();
            for row in (0..rows).filter(|row| texts.is_valid(*row) && marks[*row] == MARK_UPSERT) {
                if let Err(reason) = check.accept_text(texts.value(row)) {
                    set(&mut faults, rows, row, index, reason);
                }
            }
        }
        columns.push(column);
    }
    let orders = (0..rows as u64).map(|row| order_of(input.index, first_row + row));
    columns.push(Arc::new(UInt64Array::from_iter_values(orders)));
    columns.push(Arc::new(Int8Array::from(marks)));
    let whole = RecordBatch::try_new(checks.schema.clone(), columns)?;
    if faults.is_empty() {
        return Ok(whole);
    }
    for (row, fault) in faults.iter().enumerate() {
        if let Some((index, reason)) = fault {
            let column = checks.columns.get(*index).map_or(CHANGE_TYPE, |check| check.name.as_str());
            intake.reject(Reject {
                file: input.name.to_owned(),
                line: first_row + row as u64,
                column: Some(column.to_owned()),
                reason: reason.clone(),
                value: batch.column_by_name(column).map_or_else(String::new, |array| shown(array, row)),
                row: batch.columns().iter().map(|array| shown(array, row)).collect::<Vec<_>>().join(","),
            });
        }
    }
    let good: BooleanArray = faults.iter().map(|fault| Some(fault.is_none())).collect();
    Ok(filter_record_batch(&whole, &good)?)
}

/// Keeps the first fault of a row.
fn set(faults: &mut Vec<Option<(usize, Reason)>>, rows: usize, row: usize, column: usize, reason: Reason) {
    faults.resize(rows, None);
    if faults[row].is_none() {
        faults[row] = Some((column, reason));
    }
}

fn shown(array: &ArrayRef, row: usize) -> String {
    if array.is_null(row) {
        return String::new();
    }
    ArrayFormatter::try_new(array, &FormatOptions::default())
        .map_or_else(|_| String::new(), |f| f.value(row).to_string())
}

fn convert(source: &ArrayRef, check: &Check, fault: &mut dyn FnMut(usize, Reason)) -> Result<ArrayRef> {
    let wanted = arrow_type(check.column_type);
    let source = match source.data_type() {
        DataType::Dictionary(_, value) => &cast(source, value)?,
        _ => source,
    };
    if source.data_type() == &wanted && check.column_type != ColumnType::Number {
        if let ColumnType::Decimal { precision, .. } = check.column_type {
            source.as_primitive::<Decimal128Type>().validate_decimal_precision(precision)?;
        }
        return Ok(source.clone());
    }
    if is_text(source.data_type()) && check.column_type != ColumnType::String {
        return from_texts(&cast(source, &DataType::Utf8)?, check, fault);
    }
    match check.column_type {
        ColumnType::Number => {
            let numbers = cast(source, &DataType::Float64)?;
            let values = numbers.as_primitive::<Float64Type>();
            for (row, value) in values.iter().enumerate() {
                if value.is_some_and(|value| !value.is_finite()) {
                    fault(row, "is not a finite number".to_owned());
                }
            }
            Ok(numbers)
        }
        ColumnType::Decimal { precision, scale } if source.data_type().is_floating() => {
            let floats = cast(source, &DataType::Float64)?;
            Ok(decimals_of_floats(&floats, precision, scale, fault)?)
        }
        ColumnType::Integer if source.data_type().is_floating() => {
            let floats = cast(source, &DataType::Float64)?;
            let values = floats.as_primitive::<Float64Type>().iter().enumerate().map(|(row, value)| {
                let value = value?;
                if value.fract() != 0.0 || value.abs() >= EXACT_F64 {
                    fault(row, "is not an integer".to_owned());
                    return None;
                }
                Some(value as i64)
            });
            Ok(Arc::new(values.collect::<Int64Array>()))
        }
        _ => {
            // Arrow's cast rounds decimals silently: going back must give the same.
            let converted = cast(source, &wanted)?;
            let lossy = matches!(
                source.data_type(),
                DataType::Decimal32(..) | DataType::Decimal64(..) | DataType::Decimal128(..)
            );
            let back = if lossy { Some(cast(&converted, source.data_type())?) } else { None };
            let same = match &back {
                Some(back) => Some(datafusion::arrow::compute::kernels::cmp::not_distinct(back, source)?),
                None => None,
            };
            if converted.null_count() > source.null_count() || same.as_ref().is_some_and(|s| s.true_count() < s.len()) {
                for row in 0..source.len() {
                    if source.is_valid(row) && (converted.is_null(row) || same.as_ref().is_some_and(|s| !s.value(row)))
                    {
                        fault(row, format!("does not fit {}", check.column_type));
                    }
                }
            }
            Ok(converted)
        }
    }
}

/// A float is taken when it is the double nearest to a decimal of the column's scale.
fn decimals_of_floats(
    floats: &ArrayRef,
    precision: u8,
    scale: u8,
    fault: &mut dyn FnMut(usize, Reason),
) -> Result<ArrayRef> {
    let power = 10f64.powi(i32::from(scale));
    let limit = 10i128.pow(u32::from(precision));
    let values = floats.as_primitive::<Float64Type>().iter().enumerate().map(|(row, value): (usize, Option<f64>)| {
        let value = value?;
        let unscaled = (value * power).round();
        let exact = unscaled.abs() < EXACT_F64 && unscaled / power == value && scale <= 22;
        if exact && (unscaled as i128).abs() < limit {
            return Some(unscaled as i128);
        }
        let text = value.to_string();
        match super::convert::decimal(&text, precision, scale) {
            Ok(unscaled) => Some(unscaled),
            Err(reason) => {
                fault(row, reason);
                None
            }
        }
    });
    let values: Decimal128Array = values.collect();
    Ok(Arc::new(values.with_precision_and_scale(precision, scale.cast_signed())?))
}

fn from_texts(source: &ArrayRef, check: &Check, fault: &mut dyn FnMut(usize, Reason)) -> Result<ArrayRef> {
    let texts = source.as_string::<i32>();
    let one = super::rows::Checks::single(check);
    let mut rows = Rows::new(&one);
    for row in 0..texts.len() {
        let cell = if texts.is_valid(row) && !texts.value(row).is_empty() {
            check.read(Some(texts.value(row))).unwrap_or_else(|reason| {
                fault(row, reason);
                Cell::Null
            })
        } else {
            Cell::Null
        };
        rows.push(&[cell], 0, MARK_UPSERT);
    }
    match rows.take()? {
        Some(batch) => Ok(batch.column(0).clone()),
        None => Ok(new_null_array(&arrow_type(check.column_type), 0)),
    }
}
