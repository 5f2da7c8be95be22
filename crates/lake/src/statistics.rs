//! What is known of a data file without reading it: rows, NULLs, least and greatest values. Written as Delta's
//! statistics, read back as DataFusion's. A bound is kept only where it is exact, so that whoever prunes by it or
//! answers `max` from it is right.

use datafusion::arrow::datatypes::{DataType, Schema};
use datafusion::common::stats::Precision;
use datafusion::common::{ColumnStatistics, Statistics};
use datafusion::parquet::arrow::arrow_reader::statistics::StatisticsConverter;
use datafusion::parquet::file::metadata::ParquetMetaData;
use datafusion::scalar::ScalarValue;
use serde_json::{Map, Value, json};

use crate::import::convert;

/// Longer texts have no bounds in the log.
const TEXT_BOUND_BYTES_MAX: usize = 64;

/// Integers beyond this are not exact as JSON numbers.
const EXACT_F64: i128 = 1 << 53;

/// The statistics of the file that `metadata` describes, in the order of the columns of `schema`.
pub(crate) fn of_file(metadata: &ParquetMetaData, schema: &Schema) -> Statistics {
    let rows = metadata.file_metadata().num_rows();
    let parquet_schema = metadata.file_metadata().schema_descr();
    let columns = schema.fields().iter().map(|field| {
        StatisticsConverter::try_new(field.name(), schema, parquet_schema)
            .ok()
            .and_then(|converter| bounds(&converter, metadata))
            .unwrap_or_else(ColumnStatistics::new_unknown)
    });
    Statistics {
        num_rows: Precision::Exact(usize::try_from(rows).unwrap_or(0)),
        total_byte_size: Precision::Absent,
        column_statistics: columns.collect(),
    }
}

fn bounds(converter: &StatisticsConverter<'_>, metadata: &ParquetMetaData) -> Option<ColumnStatistics> {
    let groups = metadata.row_groups();
    let nulls: u64 = converter.row_group_null_counts(groups).ok()?.iter().flatten().sum();
    let mut statistics = ColumnStatistics::new_unknown();
    statistics.null_count = Precision::Exact(usize::try_from(nulls).ok()?);
    let exact = groups.iter().all(|group| {
        converter
            .parquet_column_index()
            .and_then(|index| group.column(index).statistics())
            .is_some_and(|s| s.min_is_exact() && s.max_is_exact() || s.min_bytes_opt().is_none())
    });
    if !exact || matches!(converter.arrow_field().data_type(), DataType::Float64 | DataType::Boolean) {
        return Some(statistics);
    }
    let least = converter.row_group_mins(groups).ok()?;
    let greatest = converter.row_group_maxes(groups).ok()?;
    statistics.min_value = extreme(&least, std::cmp::Ordering::Less);
    statistics.max_value = extreme(&greatest, std::cmp::Ordering::Greater);
    Some(statistics)
}

fn extreme(values: &dyn datafusion::arrow::array::Array, wanted: std::cmp::Ordering) -> Precision<ScalarValue> {
    let mut best: Option<ScalarValue> = None;
    for index in 0..values.len() {
        let Ok(value) = ScalarValue::try_from_array(values, index) else { return Precision::Absent };
        if !value.is_null() && best.as_ref().is_none_or(|best| value.partial_cmp(best) == Some(wanted)) {
            best = Some(value);
        }
    }
    best.map_or(Precision::Absent, Precision::Exact)
}

/// Delta's JSON statistics.
pub(crate) fn to_json(statistics: &Statistics, schema: &Schema) -> String {
    let (mut least, mut greatest, mut nulls) = (Map::new(), Map::new(), Map::new());
    for (field, column) in schema.fields().iter().zip(&statistics.column_statistics) {
        if let Some(count) = column.null_count.get_value() {
            nulls.insert(field.name().clone(), json!(count));
        }
        if let (Some(min), Some(max)) = (
            column.min_value.get_value().and_then(scalar_to_json),
            column.max_value.get_value().and_then(scalar_to_json),
        ) {
            least.insert(field.name().clone(), min);
            greatest.insert(field.name().clone(), max);
        }
    }
    let rows = statistics.num_rows.get_value().copied().unwrap_or(0);
    json!({"numRecords": rows, "minValues": least, "maxValues": greatest, "nullCount": nulls}).to_string()
}

fn scalar_to_json(value: &ScalarValue) -> Option<Value> {
    match value {
        ScalarValue::Utf8(Some(text)) | ScalarValue::Utf8View(Some(text)) => {
            (text.len() <= TEXT_BOUND_BYTES_MAX).then(|| json!(text))
        }
        ScalarValue::Int64(Some(value)) => Some(json!(value)),
        ScalarValue::Decimal128(Some(value), _, scale) => {
            let power = 10f64.powi(i32::from(*scale));
            (value.abs() < EXACT_F64 && *scale <= 15).then(|| json!(*value as f64 / power))
        }
        ScalarValue::Date32(Some(days)) => convert::date_text(*days).map(Value::String),
        ScalarValue::TimestampMicrosecond(Some(micros), _) => convert::timestamp_text(*micros).map(Value::String),
        _ => None,
    }
}

/// Reads Delta's JSON statistics for the columns of `schema`; what is missing or unreadable is unknown.
pub(crate) fn from_json(text: Option<&str>, schema: &Schema) -> Statistics {
    let value: Value = text.and_then(|text| serde_json::from_str(text).ok()).unwrap_or(Value::Null);
    let rows = value["numRecords"].as_u64().and_then(|rows| usize::try_from(rows).ok());
    let columns = schema.fields().iter().map(|field| {
        let name = field.name().as_str();
        let mut column = ColumnStatistics::new_unknown();
        if let Some(nulls) = value["nullCount"][name].as_u64() {
            column.null_count = usize::try_from(nulls).map_or(Precision::Absent, Precision::Exact);
        }
        let bound = |side: &str| {
            value[side]
                .get(name)
                .and_then(|v| scalar_of_json(v, field.data_type()))
                .map_or(Precision::Absent, Precision::Exact)
        };
        column.min_value = bound("minValues");
        column.max_value = bound("maxValues");
        column
    });
    Statistics {
        num_rows: rows.map_or(Precision::Absent, Precision::Exact),
        total_byte_size: Precision::Absent,
        column_statistics: columns.collect(),
    }
}

fn scalar_of_json(value: &Value, data_type: &DataType) -> Option<ScalarValue> {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(match data_type {
        DataType::Utf8View => ScalarValue::Utf8View(Some(text)),
        DataType::Utf8 => ScalarValue::Utf8(Some(text)),
        DataType::Int64 => ScalarValue::Int64(Some(text.parse().ok()?)),
        DataType::Decimal128(precision, scale) => {
            let scale_u8 = u8::try_from(*scale).ok()?;
            let unscaled = convert::decimal(&text, *precision, scale_u8).ok()?;
            ScalarValue::Decimal128(Some(unscaled), *precision, *scale)
        }
        DataType::Date32 => ScalarValue::Date32(Some(convert::date(&text).ok()?)),
        DataType::Timestamp(_, zone) => {
            ScalarValue::TimestampMicrosecond(Some(convert::timestamp(&text).ok()?), zone.clone())
        }
        _ => return None,
    })
}

/// Adds up the statistics of several files.
pub(crate) fn sum<'a>(files: impl Iterator<Item = &'a Statistics>, schema: &Schema) -> Statistics {
    files
        .cloned()
        .reduce(|left, right| Statistics {
            num_rows: left.num_rows.add(&right.num_rows),
            total_byte_size: left.total_byte_size.add(&right.total_byte_size),
            column_statistics: left
                .column_statistics
                .iter()
                .zip(&right.column_statistics)
                .map(|(left, right)| ColumnStatistics {
                    null_count: left.null_count.add(&right.null_count),
                    min_value: left.min_value.min(&right.min_value),
                    max_value: left.max_value.max(&right.max_value),
                    ..ColumnStatistics::new_unknown()
                })
                .collect(),
        })
        .unwrap_or_else(|| Statistics {
            num_rows: Precision::Exact(0),
            total_byte_size: Precision::Exact(0),
            column_statistics: vec![ColumnStatistics::new_unknown(); schema.fields().len()],
        })
}
