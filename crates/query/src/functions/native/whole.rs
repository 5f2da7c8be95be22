//! Arithmetic of whole numbers of 64 bits: a result past them has no value, where the engine's own would wrap round.

use std::sync::Arc;

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::common::Result;

use super::arguments::{Arguments, Native, integers};

pub const FUNCTIONS: &[Native] = &[
    Native { name: "tutti_plus", returns: |_| DataType::Int64, run: |arguments| each(arguments, i64::checked_add) },
    Native { name: "tutti_minus", returns: |_| DataType::Int64, run: |arguments| each(arguments, i64::checked_sub) },
    Native { name: "tutti_times", returns: |_| DataType::Int64, run: |arguments| each(arguments, i64::checked_mul) },
    Native { name: "tutti_remainder", returns: |_| DataType::Int64, run: remainders },
];

fn each(arguments: &Arguments, operation: fn(i64, i64) -> Option<i64>) -> Result<ArrayRef> {
    let left = arguments.integers(0)?;
    if let Some(right) = arguments.constant_integer(1) {
        return Ok(Arc::new(left.unary_opt::<_, Int64Type>(|left| operation(left, right))));
    }
    let right = arguments.integers(1)?;
    Ok(integers((0..arguments.rows).map(|row| {
        let known = left.is_valid(row) && right.is_valid(row);
        known.then(|| operation(left.value(row), right.value(row))).flatten()
    })))
}

fn remainders(arguments: &Arguments) -> Result<ArrayRef> {
    match arguments.constant_integer(1) {
        // Every number has a remainder then.
        Some(divisor) if divisor != 0 => {
            let left = arguments.integers(0)?;
            Ok(Arc::new(left.unary::<_, Int64Type>(|left| left.wrapping_rem(divisor))))
        }
        _ => each(arguments, remainder),
    }
}

fn remainder(one: i64, other: i64) -> Option<i64> {
    (other != 0).then(|| one.wrapping_rem(other))
}
