//! Column types of documents as Arrow types, and values of rules as scalars.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef, TimeUnit};
use datafusion::scalar::ScalarValue;
use tutti_model::table::{Column, ColumnType};
use tutti_model::value::Literal;

/// The zone that timestamps are stored in.
pub const UTC: &str = "UTC";

/// The Arrow type that a column has in files and snapshots.
pub fn arrow_type(column_type: ColumnType) -> DataType {
    match column_type {
        ColumnType::String => DataType::Utf8,
        ColumnType::Integer => DataType::Int64,
        ColumnType::Number => DataType::Float64,
        ColumnType::Decimal { precision, scale } => DataType::Decimal128(precision, scale.cast_signed()),
        ColumnType::Boolean => DataType::Boolean,
        ColumnType::Date => DataType::Date32,
        ColumnType::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
    }
}

/// The column type of an Arrow type, where there is one.
pub fn column_type(data_type: &DataType) -> Option<ColumnType> {
    Some(match data_type {
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => ColumnType::String,
        DataType::Int8 | DataType::Int16 | DataType::Int32 | DataType::Int64 => ColumnType::Integer,
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => ColumnType::Integer,
        DataType::Float16 | DataType::Float32 | DataType::Float64 => ColumnType::Number,
        DataType::Decimal128(precision, scale) => {
            ColumnType::Decimal { precision: *precision, scale: u8::try_from(*scale).ok()? }
        }
        DataType::Boolean => ColumnType::Boolean,
        DataType::Date32 | DataType::Date64 => ColumnType::Date,
        DataType::Timestamp(..) => ColumnType::Timestamp,
        DataType::Dictionary(_, value) => return column_type(value),
        _ => return None,
    })
}

/// The schema of `columns`. All are nullable: what must not be NULL is checked at import.
pub fn schema_of(columns: &[Column]) -> SchemaRef {
    let fields: Vec<Field> =
        columns.iter().map(|column| Field::new(&column.name, arrow_type(column.column_type), true)).collect();
    Arc::new(Schema::new(fields))
}

/// A value of a rule as a scalar of its own type.
pub fn scalar(literal: &Literal) -> ScalarValue {
    match literal {
        Literal::Text(text) => ScalarValue::Utf8(Some(text.clone())),
        Literal::Integer(value) => ScalarValue::Int64(Some(*value)),
        Literal::Number(value) => ScalarValue::Float64(Some(*value)),
        Literal::Decimal { unscaled, scale } => ScalarValue::Decimal128(Some(*unscaled), 38, scale.cast_signed()),
        Literal::Boolean(value) => ScalarValue::Boolean(Some(*value)),
        Literal::Date(date) => ScalarValue::Date32(Some(days_since_epoch(*date))),
        Literal::Timestamp(value) => ScalarValue::TimestampMicrosecond(Some(value.as_microsecond()), Some(UTC.into())),
    }
}

/// A number of a rule as a scalar of `wanted`, if it can be one without loss.
pub fn number_as(literal: &Literal, wanted: &DataType) -> Option<ScalarValue> {
    let (unscaled, scale) = match literal {
        Literal::Integer(value) => (i128::from(*value), 0u8),
        Literal::Decimal { unscaled, scale } => (*unscaled, *scale),
        _ => return None,
    };
    match wanted {
        DataType::Decimal128(precision, wanted_scale) => {
            let up = u32::from(u8::try_from(*wanted_scale).ok()?.checked_sub(scale)?);
            let value = unscaled.checked_mul(10i128.checked_pow(up)?)?;
            (value.unsigned_abs() < 10u128.checked_pow(u32::from(*precision))?).then_some(ScalarValue::Decimal128(
                Some(value),
                *precision,
                *wanted_scale,
            ))
        }
        DataType::Int64 if scale == 0 => i64::try_from(unscaled).ok().map(|value| ScalarValue::Int64(Some(value))),
        _ => None,
    }
}

fn days_since_epoch(date: jiff::civil::Date) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    // The difference of two dates in days always fits: jiff's range is 20,000 years.
    date.since((jiff::Unit::Day, epoch)).map_or(0, |span| span.get_days())
}
