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
    Native { name: "tutti_abs", returns: |_| DataType::Int64, run: |arguments| unary(arguments, i64::checked_abs) },
    Native { name: "tutti_factorial", returns: |_| DataType::Int64, run: |arguments| unary(arguments, factorial) },
    Native { name: "tutti_gcd", returns: |_| DataType::Int64, run: |arguments| each(arguments, gcd) },
    Native { name: "tutti_lcm", returns: |_| DataType::Int64, run: |arguments| each(arguments, lcm) },
];

fn unary(arguments: &Arguments, operation: fn(i64) -> Option<i64>) -> Result<ArrayRef> {
    Ok(Arc::new(arguments.integers(0)?.unary_opt::<_, Int64Type>(operation)))
}

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

fn factorial(n: i64) -> Option<i64> {
    // 21! has more than 64 bits.
    (0..=20).contains(&n).then(|| (1..=n).product())
}

/// The greatest common divisor, by Euclid's algorithm; 0 of 0 and 0.
fn gcd(one: i64, other: i64) -> Option<i64> {
    let (mut greater, mut less) = (one.unsigned_abs(), other.unsigned_abs());
    while less != 0 {
        (greater, less) = (less, greater % less);
    }
    i64::try_from(greater).ok()
}

/// The least common multiple; 0 where one of them is 0.
fn lcm(one: i64, other: i64) -> Option<i64> {
    if one == 0 || other == 0 {
        return Some(0);
    }
    (one / gcd(one, other)?).checked_mul(other)?.checked_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_past_64_bits_have_no_value() {
        for (one, other, divisor, multiple) in [
            (12, 18, Some(6), Some(36)),
            (-12, 18, Some(6), Some(36)),
            (0, 5, Some(5), Some(0)),
            (0, 0, Some(0), Some(0)),
            (i64::MIN, 0, None, Some(0)),
            (i64::MIN, i64::MIN, None, None),
            (i64::MIN, 1, Some(1), None),
            (i64::MAX, i64::MAX - 1, Some(1), None),
        ] {
            assert_eq!((gcd(one, other), lcm(one, other)), (divisor, multiple), "{one} {other}");
        }
        let factorials = [-1, 0, 5, 20, 21].map(factorial);
        assert_eq!(factorials, [None, Some(1), Some(120), Some(2_432_902_008_176_640_000), None]);
    }
}
