//! Arrow rows as JSON: decimals as exact texts, dates and instants as ISO 8601.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::table::ColumnType;
use tutti_query::datafusion::arrow::array::{Array, ArrayRef, AsArray, RecordBatch};
use tutti_query::datafusion::arrow::compute::cast;
use tutti_query::datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimeUnit, TimestampMicrosecondType,
};
use tutti_query::datafusion::arrow::error::ArrowError;

use crate::error::{Error, Result};

/// A column of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RowsColumn {
    pub name: String,
    #[serde(rename = "type")]
    pub column_type: ColumnType,
}

/// The rows of `batches`, one list of values each.
pub fn to_json(batches: &[RecordBatch]) -> Result<Vec<Vec<Value>>> {
    let mut rows = Vec::new();
    for batch in batches {
        let columns = batch.columns().iter().map(column).collect::<Result<Vec<_>>>()?;
        rows.extend((0..batch.num_rows()).map(|row| columns.iter().map(|values| values[row].clone()).collect()));
    }
    Ok(rows)
}

/// The one value of `array`.
pub fn value(array: &ArrayRef) -> Result<Value> {
    Ok(column(array)?.pop().unwrap_or_default())
}

fn column(array: &ArrayRef) -> Result<Vec<Value>> {
    let failed = |error: ArrowError| Error::Query(tutti_query::Error::DataFusion(error.into()));
    let values = |to: &DataType, value: &dyn Fn(&ArrayRef, usize) -> Value| -> Result<Vec<Value>> {
        let array = cast(array, to).map_err(failed)?;
        Ok((0..array.len()).map(|row| if array.is_null(row) { Value::Null } else { value(&array, row) }).collect())
    };
    match array.data_type() {
        DataType::Boolean => values(&DataType::Boolean, &|array, row| json!(array.as_boolean().value(row))),
        DataType::Float16 | DataType::Float32 | DataType::Float64 => {
            values(&DataType::Float64, &|array, row| json!(array.as_primitive::<Float64Type>().value(row)))
        }
        DataType::Decimal128(_, scale) => {
            let scale = usize::try_from(*scale).unwrap_or_default();
            values(array.data_type(), &|array, row| {
                json!(decimal(array.as_primitive::<Decimal128Type>().value(row), scale))
            })
        }
        DataType::Date32 => values(&DataType::Date32, &|array, row| {
            let date = array.as_primitive::<Date32Type>().value_as_date(row);
            date.map_or(Value::Null, |date| json!(date.to_string()))
        }),
        DataType::Timestamp(..) => {
            values(&DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), &|array, row| {
                json!(crate::time::rfc3339(array.as_primitive::<TimestampMicrosecondType>().value(row)))
            })
        }
        data_type if data_type.is_integer() => {
            values(&DataType::Int64, &|array, row| json!(array.as_primitive::<Int64Type>().value(row)))
        }
        _ => values(&DataType::Utf8, &|array, row| json!(array.as_string::<i32>().value(row))),
    }
}

/// A decimal as text, with all its places.
pub fn decimal(unscaled: i128, scale: usize) -> String {
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let sign = if unscaled < 0 { "-" } else { "" };
    if scale == 0 { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_their_places() {
        for (unscaled, scale, text) in [(12_340, 2, "123.40"), (-5, 2, "-0.05"), (7, 0, "7"), (0, 3, "0.000")] {
            assert_eq!(decimal(unscaled, scale), text);
        }
    }
}
