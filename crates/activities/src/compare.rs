//! Comparing one value with others, as conditions on rows compare them: text by Unicode with case folded, numbers
//! exactly, and every negative operator the complement of its positive form.

use std::cmp::Ordering;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::date_math::Moment;
use tutti_model::table::ColumnType;
use tutti_model::value::Literal;
use tutti_query::functions::fold;

/// How a value is compared; the words are those of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Operator {
    #[serde(rename = "=")]
    Equal,
    #[serde(rename = "!=")]
    NotEqual,
    #[serde(rename = "<")]
    Less,
    #[serde(rename = "<=")]
    LessOrEqual,
    #[serde(rename = ">")]
    Greater,
    #[serde(rename = ">=")]
    GreaterOrEqual,
    Between,
    NotBetween,
    In,
    NotIn,
    Contains,
    DoesNotContain,
    BeginsWith,
    DoesNotBeginWith,
    EndsWith,
    DoesNotEndWith,
    Null,
    NotNull,
}

impl Operator {
    /// The operator of which this is the complement.
    fn positive(self) -> Option<Self> {
        Some(match self {
            Self::NotEqual => Self::Equal,
            Self::NotBetween => Self::Between,
            Self::NotIn => Self::In,
            Self::DoesNotContain => Self::Contains,
            Self::DoesNotBeginWith => Self::BeginsWith,
            Self::DoesNotEndWith => Self::EndsWith,
            Self::NotNull => Self::Null,
            _ => return None,
        })
    }
}

/// An operator with what it compares with, of one type.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    operator: Operator,
    operands: Vec<Literal>,
}

impl Comparison {
    /// Reads a comparison for values of `column_type`. The error says what was expected.
    pub fn read(
        operator: Operator,
        value: Option<&Value>,
        column_type: ColumnType,
        moment: &Moment,
    ) -> Result<Self, String> {
        use Operator::{BeginsWith, Between, Contains, EndsWith, Equal, In, Null};
        let positive = operator.positive().unwrap_or(operator);
        let values: Vec<Value> = match (positive, value) {
            (Null, _) => Vec::new(),
            (_, None | Some(Value::Null)) => return Err("the operator needs a `value`".to_owned()),
            (Between | In, Some(Value::Array(values))) => values.clone(),
            (Between | In, Some(Value::String(text))) => text.split(',').map(|item| Value::from(item.trim())).collect(),
            (_, Some(value)) => vec![value.clone()],
        };
        if positive == Between && values.len() != 2 {
            return Err("`between` takes two values, the lower and the upper, both included".to_owned());
        }
        if matches!(positive, Contains | BeginsWith | EndsWith) && column_type != ColumnType::String {
            return Err(format!("this operator is for text, and the value is {column_type}"));
        }
        if column_type == ColumnType::Boolean && !matches!(positive, Equal | In | Null) {
            return Err("true and false have no order".to_owned());
        }
        let operands = values.iter().map(|value| Literal::read(value, column_type, moment));
        Ok(Self { operator, operands: operands.collect::<Result<_, _>>()? })
    }

    /// Whether it holds for a value. For none only `null` and the complements do.
    pub fn holds(&self, left: Option<&Literal>) -> bool {
        match self.operator.positive() {
            Some(positive) => !self.positive_holds(positive, left),
            None => self.positive_holds(self.operator, left),
        }
    }

    fn positive_holds(&self, operator: Operator, left: Option<&Literal>) -> bool {
        let Some(left) = left else { return operator == Operator::Null };
        let order = |at: usize| self.operands.get(at).and_then(|right| compare(left, right));
        let text = |test: &dyn Fn(&str, &str) -> bool| match (left, self.operands.first()) {
            (Literal::Text(left), Some(Literal::Text(right))) => test(&fold(left), &fold(right)),
            _ => false,
        };
        match operator {
            Operator::Equal => order(0) == Some(Ordering::Equal),
            Operator::Less => order(0) == Some(Ordering::Less),
            Operator::LessOrEqual => order(0).is_some_and(Ordering::is_le),
            Operator::Greater => order(0) == Some(Ordering::Greater),
            Operator::GreaterOrEqual => order(0).is_some_and(Ordering::is_ge),
            Operator::Between => order(0).is_some_and(Ordering::is_ge) && order(1).is_some_and(Ordering::is_le),
            Operator::In => (0..self.operands.len()).any(|at| order(at) == Some(Ordering::Equal)),
            Operator::Contains => text(&|left, right| left.contains(right)),
            Operator::BeginsWith => text(&|left, right| left.starts_with(right)),
            Operator::EndsWith => text(&|left, right| left.ends_with(right)),
            // Every other operator is the complement of one of these.
            _ => false,
        }
    }
}

/// The order of two values; `None` where they have none.
fn compare(left: &Literal, right: &Literal) -> Option<Ordering> {
    match (left, right) {
        (Literal::Text(left), Literal::Text(right)) => Some(fold(left).cmp(&fold(right))),
        (Literal::Boolean(left), Literal::Boolean(right)) => Some(left.cmp(right)),
        (Literal::Date(left), Literal::Date(right)) => Some(left.cmp(right)),
        (Literal::Timestamp(left), Literal::Timestamp(right)) => Some(left.cmp(right)),
        _ => match (decimal(left), decimal(right)) {
            (Some(left), Some(right)) => Some(compare_decimals(left, right)),
            _ => number(left)?.partial_cmp(&number(right)?),
        },
    }
}

/// An exact number as digits and places.
fn decimal(value: &Literal) -> Option<(i128, u8)> {
    match value {
        Literal::Integer(value) => Some((i128::from(*value), 0)),
        Literal::Decimal { unscaled, scale } => Some((*unscaled, *scale)),
        _ => None,
    }
}

fn number(value: &Literal) -> Option<f64> {
    match value {
        Literal::Number(value) => Some(*value),
        // A double compares with the double that is nearest to the exact number.
        _ => decimal(value).map(|(unscaled, scale)| unscaled as f64 / 10f64.powi(i32::from(scale))),
    }
}

fn compare_decimals((left, left_scale): (i128, u8), (right, right_scale): (i128, u8)) -> Ordering {
    let scale = left_scale.max(right_scale);
    let widen = |value: i128, by: u8| 10i128.checked_pow(u32::from(by)).and_then(|factor| value.checked_mul(factor));
    match (widen(left, scale - left_scale), widen(right, scale - right_scale)) {
        (Some(left), Some(right)) => left.cmp(&right),
        // One that is too large to be widened is beyond whatever the other is.
        (None, _) => left.signum().cmp(&0),
        (_, None) => 0.cmp(&right.signum()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use serde_json::json;

    use super::*;

    fn holds(column_type: &str, left: &Value, operator: &str, right: &Value) -> Result<bool, String> {
        let moment = Moment::utc(Timestamp::UNIX_EPOCH);
        let column_type: ColumnType = serde_json::from_value(json!(column_type)).unwrap();
        let operator: Operator = serde_json::from_value(json!(operator)).unwrap();
        let left = (!left.is_null()).then(|| Literal::read(left, column_type, &moment).unwrap());
        Ok(Comparison::read(operator, Some(right), column_type, &moment)?.holds(left.as_ref()))
    }

    #[test]
    fn values_compare_by_type_and_complements_are_exact() {
        let pairs = [
            ("=", "!="),
            ("between", "notBetween"),
            ("in", "notIn"),
            ("contains", "doesNotContain"),
            ("beginsWith", "doesNotBeginWith"),
            ("endsWith", "doesNotEndWith"),
            ("null", "notNull"),
        ];
        for (column_type, left, operator, right, expected) in [
            ("integer", json!(10), ">", json!("9"), true),
            ("integer", json!(10), ">=", json!(10.5), false),
            ("decimal(12,2)", json!("0.30"), "=", json!(0.3), true),
            ("decimal(38,0)", json!("99999999999999999999999999999999999999"), ">", json!(0.001), true),
            ("number", json!(0.5), "<", json!(1), true),
            ("string", json!("Straße"), "=", json!("STRASSE"), true),
            ("string", json!("Lyon"), "contains", json!("YO"), true),
            ("string", json!("Lyon"), "beginsWith", json!("yo"), false),
            ("string", json!("Lyon"), "endsWith", json!("ON"), true),
            ("integer", json!(3), "between", json!([1, 3]), true),
            ("integer", json!(3), "in", json!("1, 2"), false),
            ("date", json!("2026-01-01"), "<=", json!("2026-01-01"), true),
            ("boolean", json!(true), "=", json!(true), true),
            ("integer", json!(null), "=", json!(0), false),
            ("integer", json!(null), "null", json!(null), true),
        ] {
            assert_eq!(holds(column_type, &left, operator, &right), Ok(expected), "{left} {operator} {right}");
            if let Some((_, negative)) = pairs.iter().find(|(positive, _)| *positive == operator) {
                assert_eq!(holds(column_type, &left, negative, &right), Ok(!expected), "{left} {negative} {right}");
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (column_type, operator, right) in [
            ("integer", ">", json!("many")),
            ("integer", ">", json!(null)),
            ("integer", "between", json!([1])),
            ("integer", "contains", json!(1)),
            ("boolean", ">", json!(true)),
        ] {
            assert!(holds(column_type, &json!(null), operator, &right).is_err(), "{operator} {right}");
        }
    }
}
