//! Numbers and distances.

use datafusion::arrow::datatypes::DataType;
use datafusion::functions::core::expr_fn::{greatest, least, nullif};
use datafusion::functions::math::expr_fn as math;
use datafusion::logical_expr::{Expr, cast, lit, try_cast, when};
use tutti_model::bind::Fault;
use tutti_model::table::{ColumnType, DECIMAL_PRECISION_MAX};

use crate::expression::Call;
use crate::functions::native;
use crate::functions::registry::{Build, Category, Function, SPREADS, Takes, many, optional, p};
use crate::types::arrow_type;

pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "abs",
        familiar: &["Abs"],
        category: Category::Number,
        parameters: &[p("n", Takes::Number)],
        result: "as `n`",
        about: "The value without its sign.",
        nulls: "NULL where the argument is NULL or the least integer, which has no counterpart of 64 bits",
        examples: &[("abs(-2.5)", "2.5"), ("abs(-9223372036854775808)", "NULL")],
        build: Build::Scalar(|call| {
            Ok(match call.kind(0) {
                Some(ColumnType::Integer) => native::call("tutti_abs", vec![call.expr(0)]),
                _ => math::abs(call.expr(0)),
            })
        }),
    },
    Function {
        name: "ceil",
        familiar: &["Ceil", "ceiling"],
        category: Category::Number,
        parameters: &[p("n", Takes::Number)],
        result: "as `n`, without a fraction",
        about: "The smallest whole number that is not less.",
        nulls: SPREADS,
        examples: &[("ceil(2.1)", "3.0"), ("ceil(-2.1)", "-2.0")],
        build: Build::Scalar(|call| Ok(whole(call, math::ceil))),
    },
    Function {
        name: "floor",
        familiar: &["Floor"],
        category: Category::Number,
        parameters: &[p("n", Takes::Number)],
        result: "as `n`, without a fraction",
        about: "The largest whole number that is not more.",
        nulls: SPREADS,
        examples: &[("floor(2.9)", "2.0"), ("floor(-2.1)", "-3.0")],
        build: Build::Scalar(|call| Ok(whole(call, math::floor))),
    },
    Function {
        name: "greatest",
        familiar: &["Greatest"],
        category: Category::Number,
        parameters: &[many("value", Takes::Any)],
        result: "the type that all fit",
        about: "The largest of the values: numbers, texts or dates.",
        nulls: "NULL only where all are NULL: others win",
        examples: &[("greatest(3, 7)", "7"), ("greatest(null, 3)", "3")],
        build: Build::Scalar(|call| Ok(greatest(all(call)?))),
    },
    Function {
        name: "least",
        familiar: &["Least"],
        category: Category::Number,
        parameters: &[many("value", Takes::Any)],
        result: "the type that all fit",
        about: "The smallest of the values: numbers, texts or dates.",
        nulls: "NULL only where all are NULL: others win",
        examples: &[("least(3, 7)", "3"), ("least(date '2026-03-15', date '2026-01-01')", "2026-01-01")],
        build: Build::Scalar(|call| Ok(least(all(call)?))),
    },
    Function {
        name: "mod",
        familiar: &["Mod"],
        category: Category::Number,
        parameters: &[p("a", Takes::Number), p("b", Takes::Number)],
        result: "the type that both fit",
        about: "The remainder of `a / b`, with the sign of `a`; the operator `%` is the same.",
        nulls: "NULL where an argument is NULL or `b` is 0",
        examples: &[("mod(7, 3)", "1"), ("mod(-7, 3)", "-1"), ("mod(7, 0)", "NULL")],
        build: Build::Scalar(remainder),
    },
    Function {
        name: "percent",
        familiar: &["Percent"],
        category: Category::Number,
        parameters: &[p("a", Takes::Number), p("b", Takes::Number)],
        result: "number, per cent",
        about: "`a` as a percentage of `b`.",
        nulls: "NULL where an argument is NULL or `b` is 0",
        examples: &[("percent(1, 4)", "25"), ("percent(1, 0)", "NULL")],
        build: Build::Scalar(|call| {
            Ok(call.cast(0, ColumnType::Number) * lit(100.0) / nullif(call.cast(1, ColumnType::Number), lit(0.0)))
        }),
    },
    Function {
        name: "random",
        familiar: &["Random"],
        category: Category::Number,
        parameters: &[],
        result: "number, from 0 to 1, 1 excluded",
        about: "A number by chance. It follows from the moment and the key of the row, so that a step done twice gives the same; another moment gives another.",
        nulls: "Never NULL",
        examples: &[("random() >= 0 and random() < 1", "true")],
        build: Build::Scalar(|call| Ok(native::call("tutti_chance", call.key()))),
    },
    Function {
        name: "round",
        familiar: &["Round"],
        category: Category::Number,
        parameters: &[p("n", Takes::Number), optional("decimals", Takes::Integer)],
        result: "as `n`",
        about: "The value rounded to `decimals` places (0 without), halves away from zero; negative places round to tens and hundreds.",
        nulls: SPREADS,
        examples: &[("round(2.345, 2)", "2.350"), ("round(-2.5)", "-3.0"), ("round(to_double(1234), -2)", "1200")],
        build: Build::Scalar(round),
    },
    Function {
        name: "sign",
        familiar: &["Sign", "signum"],
        category: Category::Number,
        parameters: &[p("n", Takes::Number)],
        result: "integer: -1, 0 or 1",
        about: "Whether the value is negative, zero or positive.",
        nulls: SPREADS,
        examples: &[("sign(-3.5)", "-1"), ("sign(0)", "0")],
        build: Build::Scalar(sign),
    },
    Function {
        name: "to_double",
        familiar: &["ToDouble", "to_number"],
        category: Category::Number,
        parameters: &[p("value", Takes::Any)],
        result: "number",
        about: "The value as a floating-point number; a text is read, true is 1.",
        nulls: "NULL where the value is NULL or a text that is not a number",
        examples: &[("to_double('12.5')", "12.5"), ("to_double('a')", "NULL")],
        build: Build::Scalar(|call| call.converted(0, ColumnType::Number)),
    },
    Function {
        name: "to_integer",
        familiar: &["ToInteger", "ToInt64", "to_int64"],
        category: Category::Number,
        parameters: &[p("value", Takes::Any)],
        result: "integer of 64 bits",
        about: "The value as an integer: the fraction is cut, a text is read, true is 1.",
        nulls: "NULL where the value is NULL, not a number, or past 64 bits",
        examples: &[("to_integer(2.9)", "2"), ("to_integer('-12.7')", "-12"), ("ToInt64('many')", "NULL")],
        build: Build::Scalar(|call| call.converted(0, ColumnType::Integer)),
    },
    Function {
        name: "trunc",
        familiar: &["Trunc"],
        category: Category::Number,
        parameters: &[p("n", Takes::Number), optional("decimals", Takes::Integer)],
        result: "as `n`",
        about: "The value cut after `decimals` places (0 without), toward zero.",
        nulls: SPREADS,
        examples: &[("trunc(2.987, 2)", "2.980"), ("trunc(-2.9)", "-2.0")],
        build: Build::Scalar(trunc),
    },
    Function {
        name: "sqrt",
        familiar: &[],
        category: Category::Number,
        parameters: &[p("n", Takes::Number)],
        result: "number",
        about: "The square root.",
        nulls: "NULL where the argument is NULL or negative",
        examples: &[("sqrt(16)", "4"), ("sqrt(-1)", "NULL")],
        build: Build::Scalar(|call| {
            within(call, call.cast(0, ColumnType::Number).gt_eq(lit(0.0)), math::sqrt(call.cast(0, ColumnType::Number)))
        }),
    },
    Function {
        name: "power",
        familiar: &["pow"],
        category: Category::Number,
        parameters: &[p("a", Takes::Number), p("b", Takes::Number)],
        result: "number",
        about: "`a` to the power of `b`.",
        nulls: "NULL where an argument is NULL, or a negative `a` has a broken `b`",
        examples: &[("power(2, 10)", "1024"), ("power(-8, 0.5)", "NULL")],
        build: Build::Scalar(power),
    },
    Function {
        name: "exp",
        familiar: &[],
        category: Category::Number,
        parameters: &[p("n", Takes::Number)],
        result: "number",
        about: "e to the power of `n`.",
        nulls: SPREADS,
        examples: &[("exp(0)", "1")],
        build: Build::Scalar(|call| Ok(math::exp(call.cast(0, ColumnType::Number)))),
    },
    Function {
        name: "ln",
        familiar: &[],
        category: Category::Number,
        parameters: &[p("n", Takes::Number)],
        result: "number",
        about: "The natural logarithm.",
        nulls: "NULL where the argument is NULL or not positive",
        examples: &[("ln(1)", "0"), ("ln(0)", "NULL")],
        build: Build::Scalar(|call| {
            within(call, call.cast(0, ColumnType::Number).gt(lit(0.0)), math::ln(call.cast(0, ColumnType::Number)))
        }),
    },
    Function {
        name: "log10",
        familiar: &["log"],
        category: Category::Number,
        parameters: &[p("n", Takes::Number)],
        result: "number",
        about: "The logarithm to base 10.",
        nulls: "NULL where the argument is NULL or not positive",
        examples: &[("log10(1000)", "3")],
        build: Build::Scalar(|call| {
            within(call, call.cast(0, ColumnType::Number).gt(lit(0.0)), math::log10(call.cast(0, ColumnType::Number)))
        }),
    },
    Function {
        name: "gcd",
        familiar: &[],
        category: Category::Number,
        parameters: &[p("a", Takes::Integer), p("b", Takes::Integer)],
        result: "integer",
        about: "The greatest common divisor.",
        nulls: "NULL where an argument is NULL or the result has more than 64 bits",
        examples: &[("gcd(12, 18)", "6"), ("gcd(0, 5)", "5")],
        build: Build::Scalar(|call| Ok(native::call("tutti_gcd", vec![call.expr(0), call.expr(1)]))),
    },
    Function {
        name: "lcm",
        familiar: &[],
        category: Category::Number,
        parameters: &[p("a", Takes::Integer), p("b", Takes::Integer)],
        result: "integer",
        about: "The least common multiple.",
        nulls: "NULL where an argument is NULL or the result has more than 64 bits",
        examples: &[("lcm(4, 6)", "12"), ("lcm(9223372036854775807, 2)", "NULL")],
        build: Build::Scalar(|call| Ok(native::call("tutti_lcm", vec![call.expr(0), call.expr(1)]))),
    },
    Function {
        name: "factorial",
        familiar: &[],
        category: Category::Number,
        parameters: &[p("n", Takes::Integer)],
        result: "integer",
        about: "The product of the whole numbers from 1 to `n`.",
        nulls: "NULL where the argument is NULL, negative or over 20",
        examples: &[("factorial(5)", "120"), ("factorial(-1)", "NULL"), ("factorial(21)", "NULL")],
        build: Build::Scalar(|call| Ok(native::call("tutti_factorial", vec![call.expr(0)]))),
    },
    Function {
        name: "distance_km",
        familiar: &["Distance", "haversine"],
        category: Category::Geography,
        parameters: &[
            p("lon_a", Takes::Number),
            p("lat_a", Takes::Number),
            p("lon_b", Takes::Number),
            p("lat_b", Takes::Number),
        ],
        result: "number, kilometres",
        about: "The distance of two points along a great circle, by the haversine formula on a sphere of 6371.0088 km; coordinates in degrees, east and north positive.",
        nulls: "NULL where an argument is NULL or a latitude is past 90 degrees",
        examples: &[("round(distance_km(2.3522, 48.8566, 4.8357, 45.7640))", "391"), ("Distance(0, 0, 0, 91)", "NULL")],
        build: Build::Scalar(|call| {
            Ok(native::call("tutti_distance_km", (0..4).map(|index| call.cast(index, ColumnType::Number)).collect()))
        }),
    },
];

fn remainder(call: &Call<'_>) -> Result<Expr, Fault> {
    call.remainder()
}

fn all(call: &Call<'_>) -> Result<Vec<Expr>, Fault> {
    call.alike(&(0..call.arguments.len()).collect::<Vec<_>>())
}

/// A decimal with room for one more digit, since rounding may need it.
fn roomy(call: &Call<'_>) -> Expr {
    match call.kind(0) {
        Some(ColumnType::Decimal { precision: DECIMAL_PRECISION_MAX, scale }) => {
            cast(call.expr(0), DataType::Decimal256(DECIMAL_PRECISION_MAX + 1, scale.cast_signed()))
        }
        Some(ColumnType::Decimal { precision, scale }) => {
            call.cast(0, ColumnType::Decimal { precision: precision + 1, scale })
        }
        _ => call.expr(0),
    }
}

/// What was made of a roomy decimal, as one that columns have; where those have too few digits there is no value.
fn fitted(call: &Call<'_>, value: Expr) -> Expr {
    match call.kind(0) {
        Some(kind @ ColumnType::Decimal { precision: DECIMAL_PRECISION_MAX, .. }) => try_cast(value, arrow_type(kind)),
        Some(ColumnType::Decimal { precision, scale }) => {
            cast(value, arrow_type(ColumnType::Decimal { precision: precision + 1, scale }))
        }
        _ => value,
    }
}

fn whole(call: &Call<'_>, rounded: fn(Expr) -> Expr) -> Expr {
    match call.kind(0) {
        // Integers are whole already.
        Some(ColumnType::Integer) => call.expr(0),
        Some(ColumnType::Decimal { precision: DECIMAL_PRECISION_MAX, .. }) => fitted(call, rounded(roomy(call))),
        _ => rounded(roomy(call)),
    }
}

fn places(call: &Call<'_>) -> Result<i64, Fault> {
    match call.arguments.get(1) {
        None => Ok(0),
        Some(places) => match places.integer() {
            Some(places) if (-18..=18).contains(&places) => Ok(places),
            _ => Err(call.wrong(1, "`decimals` is a number from -18 to 18, the same for every row")),
        },
    }
}

fn round(call: &Call<'_>) -> Result<Expr, Fault> {
    let places = places(call)?;
    Ok(match call.kind(0) {
        Some(ColumnType::Integer) if places >= 0 => call.expr(0),
        Some(ColumnType::Integer) => {
            let wide = call.cast(0, ColumnType::Decimal { precision: 38, scale: 0 });
            try_cast(math::round(vec![wide, lit(places)]), DataType::Int64)
        }
        // Rounding at a place past the last digit changes nothing.
        Some(ColumnType::Decimal { scale, .. }) if places >= i64::from(scale) => call.expr(0),
        // By one step of the wanted place, so that the digits stay those of the column.
        Some(ColumnType::Decimal { .. }) => fitted(call, math::round(vec![roomy(call), lit(places)])),
        _ => math::round(vec![call.expr(0), lit(places)]),
    })
}

fn trunc(call: &Call<'_>) -> Result<Expr, Fault> {
    let places = places(call)?;
    Ok(match call.kind(0) {
        Some(ColumnType::Integer) if places >= 0 => call.expr(0),
        Some(ColumnType::Integer) => {
            let unit = lit(10i64.pow(places.unsigned_abs().try_into().unwrap_or(18)));
            call.expr(0) - call.expr(0) % unit
        }
        Some(ColumnType::Decimal { scale, .. }) if places >= i64::from(scale) => call.expr(0),
        _ => math::trunc(vec![call.expr(0), lit(places)]),
    })
}

fn sign(call: &Call<'_>) -> Result<Expr, Fault> {
    let zero = || cast(lit(0i64), arrow_type(call.kind(0).unwrap_or(ColumnType::Integer)));
    when(call.expr(0).lt(zero()), lit(-1i64))
        .when(call.expr(0).eq(zero()), lit(0i64))
        .when(call.expr(0).gt(zero()), lit(1i64))
        .end()
        .map_err(|error| call.wrong(0, error.to_string()))
}

/// `value` where the condition holds, else NULL.
pub(super) fn within(call: &Call<'_>, condition: Expr, value: Expr) -> Result<Expr, Fault> {
    when(condition, value).end().map_err(|error| call.wrong(0, error.to_string()))
}

fn power(call: &Call<'_>) -> Result<Expr, Fault> {
    let (base, exponent) = (call.cast(0, ColumnType::Number), call.cast(1, ColumnType::Number));
    let is_real = base.clone().gt_eq(lit(0.0)).or(exponent.clone().eq(math::floor(exponent.clone())));
    within(call, is_real, math::power(base, exponent))
}
