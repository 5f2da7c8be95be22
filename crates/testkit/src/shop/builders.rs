//! Small helpers to fill Arrow columns.

use std::sync::Arc;

use arrow::array::{
    ArrayRef, Decimal128Builder, PrimitiveBuilder, RecordBatch, StringBuilder, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{ArrowPrimitiveType, DataType, Field, Schema, SchemaRef, TimeUnit};
use arrow::error::ArrowError;

pub(super) const DAY_MICROS: i64 = 86_400_000_000;

/// What the columns of the shop can hold.
#[derive(Clone, Copy)]
pub(super) enum Type {
    Text,
    Integer,
    Number,
    Money,
    Boolean,
    Date,
    Timestamp,
}

/// A schema from names, types and whether NULL is possible.
pub(super) fn schema(columns: &[(&str, Type, bool)]) -> SchemaRef {
    let field = |(name, kind, nullable): &(&str, Type, bool)| Field::new(*name, kind.arrow(), *nullable);
    Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()))
}

impl Type {
    fn arrow(self) -> DataType {
        match self {
            Self::Text => DataType::Utf8,
            Self::Integer => DataType::Int64,
            Self::Number => DataType::Float64,
            Self::Money => DataType::Decimal128(12, 2),
            Self::Boolean => DataType::Boolean,
            Self::Date => DataType::Date32,
            Self::Timestamp => DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())),
        }
    }
}

/// A number behind a letter, with leading zeros: `c0000042`.
pub(super) struct Id {
    text: [u8; 24],
    start: usize,
}

impl Id {
    pub(super) fn new(letter: u8, number: u64, width: usize) -> Self {
        let mut text = [b'0'; 24];
        let (mut at, mut rest) = (text.len(), number);
        while rest > 0 || text.len() - at < width {
            at -= 1;
            text[at] = b'0' + (rest % 10) as u8;
            rest /= 10;
        }
        at -= 1;
        text[at] = letter;
        Self { text, start: at }
    }

    pub(super) fn as_str(&self) -> &str {
        std::str::from_utf8(&self.text[self.start..]).unwrap_or_default()
    }
}

pub(super) fn customer_id(index: u64) -> Id {
    Id::new(b'c', index + 1, 7)
}

pub(super) fn product_id(index: u64) -> Id {
    Id::new(b'p', index + 1, 5)
}

pub(super) fn texts(rows: usize, bytes: usize) -> StringBuilder {
    StringBuilder::with_capacity(rows, rows * bytes)
}

pub(super) fn numbers<T: ArrowPrimitiveType>(rows: usize) -> PrimitiveBuilder<T> {
    PrimitiveBuilder::with_capacity(rows)
}

/// Cents as decimal(12,2).
pub(super) fn money(rows: usize) -> Decimal128Builder {
    Decimal128Builder::with_capacity(rows).with_data_type(DataType::Decimal128(12, 2))
}

pub(super) fn timestamps(rows: usize) -> TimestampMicrosecondBuilder {
    TimestampMicrosecondBuilder::with_capacity(rows).with_timezone("UTC")
}

pub(super) fn batch(schema: SchemaRef, columns: Vec<ArrayRef>) -> Result<RecordBatch, ArrowError> {
    RecordBatch::try_new(schema, columns)
}

/// Finished columns, in the order given.
macro_rules! columns {
    ($($builder:ident),+ $(,)?) => {
        vec![$(std::sync::Arc::new($builder.finish()) as arrow::array::ArrayRef),+]
    };
}
pub(super) use columns;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_leading_zeros_and_grow_past_their_width() {
        assert_eq!(customer_id(0).as_str(), "c0000001");
        assert_eq!(customer_id(12_345_677).as_str(), "c12345678");
        assert_eq!(Id::new(b'o', u64::MAX, 8).as_str(), "o18446744073709551615");
    }
}
