//! Typed values of rules, read from JSON by the type of the column they are compared with.

use std::cmp::Ordering;

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::date_math::{self, Moment};
use crate::table::ColumnType;

/// A value of a known type.
#[derive(Clone, Debug, PartialEq)]
pub enum Literal {
    Text(String),
    Integer(i64),
    Number(f64),
    /// `unscaled / 10^scale`, exactly.
    Decimal {
        unscaled: i128,
        scale: u8,
    },
    Boolean(bool),
    Date(Date),
    Timestamp(Timestamp),
}

impl Literal {
    /// Reads `value` for a comparison with a column of `column_type`. The error says what was expected.
    pub fn read(value: &Value, column_type: ColumnType, moment: &Moment) -> Result<Self, String> {
        match column_type {
            ColumnType::String => match value {
                Value::String(text) => Ok(Self::Text(text.clone())),
                Value::Number(number) => {
                    Err(format!("`{number}` is a number and the field is text; write \"{number}\" in quotes"))
                }
                other => Err(format!("`{other}` is not a text")),
            },
            ColumnType::Boolean => match value {
                Value::Bool(value) => Ok(Self::Boolean(*value)),
                Value::String(text) if text == "true" || text == "false" => Ok(Self::Boolean(text == "true")),
                other => Err(format!("`{other}` is not true or false")),
            },
            ColumnType::Integer | ColumnType::Decimal { .. } => {
                let text = number_text(value)?;
                check_digits(value, &text)?;
                exact(&text)
            }
            ColumnType::Number => {
                let text = number_text(value)?;
                let number = text.parse::<f64>().ok().filter(|number| number.is_finite());
                number.map(Self::Number).ok_or_else(|| format!("`{text}` is not a number"))
            }
            ColumnType::Date => date_math::date(time_text(value)?, moment).map(Self::Date),
            ColumnType::Timestamp => {
                date_math::instant(time_text(value)?, moment).map(|zoned| Self::Timestamp(zoned.timestamp()))
            }
        }
    }
}

impl Literal {
    /// Reads `value`, JSON or the text of it, as a value of `column_type` itself, as parameters and variables have it:
    /// an integer is whole, and a decimal has the places of its type. The error says what was expected.
    pub fn of_type(value: &Value, column_type: ColumnType, moment: &Moment) -> Result<Self, String> {
        match column_type {
            ColumnType::Integer => {
                let text = number_text(value)?;
                match exact(&text) {
                    Ok(Self::Integer(whole)) => check_digits(value, &text).map(|()| Self::Integer(whole)),
                    _ => {
                        Err(format!("`{text}` is not a whole number within 64 bits, from {} to {}", i64::MIN, i64::MAX))
                    }
                }
            }
            ColumnType::Decimal { precision, scale } => {
                let text = number_text(value)?;
                if text.parse::<f64>().is_err() {
                    return Err(format!("`{text}` is not a number"));
                }
                check_digits(value, &text)?;
                let unscaled = exact(&text).ok().and_then(|number| number.unscaled(precision, scale));
                unscaled.map(|unscaled| Self::Decimal { unscaled, scale }).ok_or_else(|| {
                    let before = precision.saturating_sub(scale);
                    format!(
                        "`{text}` does not fit {column_type}: it has at most {before} digits before the point and \
                         {scale} after it, {precision} in all"
                    )
                })
            }
            other => Self::read(value, other, moment),
        }
    }

    /// The exact number without its point, with `scale` places; `None` where it has more, or more than `precision`
    /// digits then.
    fn unscaled(&self, precision: u8, scale: u8) -> Option<i128> {
        let (unscaled, places) = match self {
            Self::Integer(value) => (i128::from(*value), 0),
            Self::Decimal { unscaled, scale } => (*unscaled, *scale),
            _ => return None,
        };
        let missing = u32::from(scale.checked_sub(places)?);
        let unscaled = unscaled.checked_mul(10i128.checked_pow(missing)?)?;
        (unscaled.unsigned_abs() < 10u128.checked_pow(u32::from(precision))?).then_some(unscaled)
    }

    /// How two values of one type compare, exactly; `None` for those of different ones.
    pub fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => Some(one.cmp(other)),
            (Self::Number(one), Self::Number(other)) => one.partial_cmp(other),
            (Self::Boolean(one), Self::Boolean(other)) => Some(one.cmp(other)),
            (Self::Date(one), Self::Date(other)) => Some(one.cmp(other)),
            (Self::Timestamp(one), Self::Timestamp(other)) => Some(one.cmp(other)),
            _ => Some(self.parts()?.cmp(&other.parts()?)),
        }
    }

    /// The whole part of an exact number, and its fraction with 38 places, so that nothing overflows.
    fn parts(&self) -> Option<(i128, i128)> {
        let (unscaled, scale) = match self {
            Self::Integer(value) => (i128::from(*value), 0),
            Self::Decimal { unscaled, scale } => (*unscaled, u32::from(*scale)),
            _ => return None,
        };
        let (unit, rest) = (10i128.checked_pow(scale)?, 10i128.checked_pow(38u32.checked_sub(scale)?)?);
        Some((unscaled.div_euclid(unit), unscaled.rem_euclid(unit) * rest))
    }

    /// The value as documents write it: numbers that JSON holds exactly as numbers, decimals as text.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Integer(value) => Value::from(*value),
            Self::Number(value) => Value::from(*value),
            Self::Decimal { unscaled, scale } => Value::from(decimal_text(*unscaled, *scale)),
            Self::Boolean(value) => Value::from(*value),
            Self::Date(date) => Value::from(date.to_string()),
            Self::Timestamp(timestamp) => Value::from(timestamp.to_string()),
        }
    }
}

/// `-1234` with scale 2 is `-12.34`.
fn decimal_text(unscaled: i128, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{:0>width$}", unscaled.unsigned_abs(), width = scale + 1);
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    let (sign, point) = (if unscaled < 0 { "-" } else { "" }, if scale > 0 { "." } else { "" });
    format!("{sign}{whole}{point}{fraction}")
}

fn time_text(value: &Value) -> Result<&str, String> {
    value
        .as_str()
        .ok_or_else(|| format!("`{value}` is not a date; write it as a text like \"2026-12-31\" or \"now-30d\""))
}

fn number_text(value: &Value) -> Result<String, String> {
    match value {
        Value::Number(number) => Ok(number.to_string()),
        Value::String(text) => Ok(text.trim().to_owned()),
        other => Err(format!("`{other}` is not a number")),
    }
}

/// Refuses a number of JSON that may have lost digits when it was read.
fn check_digits(value: &Value, text: &str) -> Result<(), String> {
    if value.as_number().is_some_and(|number| !keeps_its_digits(number)) {
        return Err(format!(
            "`{text}` may not be what was written: a number with a fraction or an exponent keeps {EXACT_DIGITS} \
             digits; write it in quotes, which keeps all"
        ));
    }
    Ok(())
}

/// Decimal digits that every double keeps (`f64::DIGITS`).
const EXACT_DIGITS: usize = f64::DIGITS as usize;

/// Whether a number of a JSON or YAML text is surely the one that was written: those with a fraction or an exponent are
/// read as doubles.
pub fn keeps_its_digits(number: &serde_json::Number) -> bool {
    if !number.is_f64() {
        return true;
    }
    let text = number.to_string();
    let mantissa = text.split(['e', 'E']).next().unwrap_or_default();
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    let significant = digits.trim_start_matches('0').trim_end_matches('0').len();
    significant <= EXACT_DIGITS && number.as_f64().is_some_and(|value| value.abs() < WHOLE_MAX)
}

/// From 2^53 on, whole numbers are no longer told apart.
const WHOLE_MAX: f64 = 9_007_199_254_740_992.0;

/// Reads a decimal number without loss: an integer where there is no fraction, else a decimal.
fn exact(text: &str) -> Result<Literal, String> {
    let wrong = || format!("`{text}` is not a number");
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| wrong())?),
        None => (text, 0),
    };
    let negative = mantissa.starts_with('-');
    let digits = mantissa.trim_start_matches(['-', '+']);
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong());
    }
    let fraction_digits = i32::try_from(fraction.len()).map_err(|_| wrong())?;
    let mut scale = fraction_digits - exponent;
    let mut unscaled: i128 = all.parse().map_err(|_| wrong())?;
    while scale > 0 && unscaled % 10 == 0 {
        unscaled /= 10;
        scale -= 1;
    }
    while scale < 0 {
        unscaled = unscaled.checked_mul(10).ok_or_else(wrong)?;
        scale += 1;
    }
    if negative {
        unscaled = -unscaled;
    }
    if scale == 0
        && let Ok(integer) = i64::try_from(unscaled)
    {
        return Ok(Literal::Integer(integer));
    }
    let scale = u8::try_from(scale).ok().filter(|scale| *scale <= 38 && unscaled.unsigned_abs() < 10u128.pow(38));
    scale
        .map(|scale| Literal::Decimal { unscaled, scale })
        .ok_or_else(|| format!("`{text}` has more digits than can be compared exactly (38)"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn numbers_are_exact() {
        let moment = Moment::utc(Timestamp::UNIX_EPOCH);
        let money = ColumnType::Decimal { precision: 12, scale: 2 };
        for (value, expected) in [
            (json!(200), Literal::Integer(200)),
            (json!("200"), Literal::Integer(200)),
            (json!(0.1), Literal::Decimal { unscaled: 1, scale: 1 }),
            (json!("-12.340"), Literal::Decimal { unscaled: -1234, scale: 2 }),
            (json!(1e3), Literal::Integer(1000)),
            (json!("1.5e-3"), Literal::Decimal { unscaled: 15, scale: 4 }),
            (json!(2.0), Literal::Integer(2)),
        ] {
            assert_eq!(Literal::read(&value, money, &moment).unwrap(), expected, "{value}");
        }
        for value in [json!(0.123_456_789_012_345_67), json!(9_007_199_254_740_992.5), json!(1e20)] {
            let error = Literal::read(&value, money, &moment).unwrap_err();
            assert!(error.contains("write it in quotes"), "{error}");
        }
        let whole = Literal::read(&json!(u64::MAX), money, &moment).unwrap();
        assert_eq!(whole, Literal::Decimal { unscaled: i128::from(u64::MAX), scale: 0 });
        for value in [json!("abc"), json!(true), json!(""), json!("-"), json!(null), json!("1e99")] {
            assert!(Literal::read(&value, money, &moment).is_err(), "{value}");
        }
    }

    #[test]
    fn values_of_a_type_are_of_no_other() {
        let moment = Moment::utc(Timestamp::UNIX_EPOCH);
        let of = |column_type: &str, value: &Value| {
            let read = Literal::of_type(value, column_type.parse().unwrap(), &moment);
            read.map(|literal| literal.to_json())
        };
        for (column_type, value, expected) in [
            ("integer", json!("-7"), json!(-7)),
            ("integer", json!(2.0), json!(2)),
            ("integer", json!("1e3"), json!(1000)),
            ("integer", json!("9223372036854775807"), json!(i64::MAX)),
            ("integer", json!("-9223372036854775808"), json!(i64::MIN)),
            ("decimal(8,2)", json!("1.50"), json!("1.50")),
            ("decimal(8,2)", json!(1.5), json!("1.50")),
            ("decimal(8,2)", json!(200), json!("200.00")),
            ("decimal(8,2)", json!("1e3"), json!("1000.00")),
            ("decimal(8,2)", json!("-0.050"), json!("-0.05")),
            ("decimal(8,2)", json!("999999.99"), json!("999999.99")),
            ("decimal(4,0)", json!("1200"), json!("1200")),
            ("decimal(38,38)", json!("0"), json!(format!("0.{}", "0".repeat(38)))),
            ("date", json!("2026-02-28"), json!("2026-02-28")),
        ] {
            assert_eq!(of(column_type, &value), Ok(expected), "{column_type} {value}");
        }
        for (column_type, value, said) in [
            ("integer", json!(2.5), "whole number within 64 bits"),
            ("integer", json!("1.5"), "whole number within 64 bits"),
            ("integer", json!("99999999999999999999"), "whole number within 64 bits"),
            ("integer", json!(1e20), "whole number within 64 bits"),
            ("integer", json!(u64::MAX), "whole number within 64 bits"),
            ("integer", json!("x"), "whole number within 64 bits"),
            ("integer", json!(9_007_199_254_740_992.0), "write it in quotes"),
            ("decimal(8,2)", json!("1.234"), "2 after it"),
            ("decimal(8,2)", json!(1.234), "2 after it"),
            ("decimal(8,2)", json!("1234567.5"), "at most 6 digits before the point"),
            ("decimal(8,2)", json!("1e6"), "8 in all"),
            ("decimal(8,2)", json!("1e99"), "8 in all"),
            ("decimal(8,2)", json!("abc"), "is not a number"),
            ("decimal(8,2)", json!(true), "is not a number"),
            ("decimal(38,2)", json!(0.123_456_789_012_345_67), "write it in quotes"),
            ("date", json!("2026-02-30"), "is not a date"),
            ("boolean", json!("True"), "is not true or false"),
        ] {
            let error = of(column_type, &value).unwrap_err();
            assert!(error.contains(said), "{column_type} {value}: {error}");
        }
    }

    #[test]
    fn values_have_an_order() {
        let decimal = |unscaled: i128, scale: u8| Literal::Decimal { unscaled, scale };
        let largest = 10i128.pow(38) - 1;
        for (one, other, expected) in [
            (Literal::Integer(2), decimal(15, 1), Some(Ordering::Greater)),
            (decimal(-15, 1), Literal::Integer(-1), Some(Ordering::Less)),
            (decimal(150, 2), decimal(15, 1), Some(Ordering::Equal)),
            (decimal(largest, 0), decimal(largest, 38), Some(Ordering::Greater)),
            (decimal(-largest, 38), decimal(largest, 38), Some(Ordering::Less)),
            (Literal::Number(0.5), Literal::Number(-0.5), Some(Ordering::Greater)),
            (Literal::Text("a".to_owned()), Literal::Text("b".to_owned()), Some(Ordering::Less)),
            (Literal::Text("1".to_owned()), Literal::Integer(1), None),
        ] {
            assert_eq!(one.order(&other), expected, "{one:?} {other:?}");
        }
    }

    #[test]
    fn types_do_not_mix() {
        let moment = Moment::utc(Timestamp::UNIX_EPOCH);
        assert!(Literal::read(&json!(7), ColumnType::String, &moment).is_err());
        assert!(Literal::read(&json!("yes"), ColumnType::Boolean, &moment).is_err());
        assert!(Literal::read(&json!(20260101), ColumnType::Date, &moment).is_err());
    }
}
