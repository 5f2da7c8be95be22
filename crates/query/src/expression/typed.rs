//! Parts of an expression with their types, and what fits where.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::logical_expr::{Expr, ExprSchemable, cast, lit};
use datafusion::scalar::ScalarValue;
use tutti_model::bind::{Fault, Position};
use tutti_model::date_math::Moment;
use tutti_model::table::ColumnType;
use tutti_model::value::Literal;

use super::message;
use crate::types::{arrow_type, column_type, scalar};

/// A part of an expression, where it stands, and its type; a bare NULL has none.
#[derive(Clone, Debug)]
pub struct Typed {
    pub expr: Expr,
    pub kind: Option<ColumnType>,
    pub at: Position,
    /// The text of a literal, or of a variable that was declared without a type.
    pub text: Option<Text>,
}

/// A text that may stand for a value of another type.
#[derive(Clone, Debug)]
pub struct Text {
    pub value: String,
    /// A variable's: it may stand for a number too, since campaigns declare variables as plain text.
    pub is_variable: bool,
}

impl Typed {
    /// A part whose type the engine knows.
    pub fn new(expr: Expr, schema: &DFSchema, at: Position) -> Result<Self, Fault> {
        let data_type = expr.get_type(schema).map_err(|error| Fault::new(message(&error)).at(at))?;
        let (expr, kind) = match data_type {
            DataType::Null => (expr, None),
            DataType::UInt64 => (cast(expr, DataType::Int64), Some(ColumnType::Integer)),
            // Past 38 digits decimals are no column type; as a number they are rounded.
            DataType::Decimal256(..) => (cast(expr, DataType::Float64), Some(ColumnType::Number)),
            data_type => match column_type(&data_type) {
                Some(kind) => (expr, Some(kind)),
                None => {
                    return Err(Fault::new(format!("its result ({data_type}) is not a type of columns"))
                        .at(at)
                        .hint("cast it to a column type"));
                }
            },
        };
        // One type for each kind, so that the parts meet as columns do.
        let expr = match kind {
            Some(kind) if expr.get_type(schema).ok().as_ref() != Some(&arrow_type(kind)) => {
                cast(expr, arrow_type(kind))
            }
            _ => expr,
        };
        Ok(Self { expr, kind, at, text: None })
    }

    pub fn literal(literal: &Literal, at: Position) -> Self {
        let (value, kind) = match literal {
            Literal::Text(_) => (scalar(literal), ColumnType::String),
            Literal::Integer(_) => (scalar(literal), ColumnType::Integer),
            Literal::Number(_) => (scalar(literal), ColumnType::Number),
            Literal::Decimal { unscaled, scale } => {
                let digits = u8::try_from(unscaled.unsigned_abs().checked_ilog10().unwrap_or(0) + 1).unwrap_or(38);
                let precision = digits.max(*scale).max(1);
                let value = ScalarValue::Decimal128(Some(*unscaled), precision, scale.cast_signed());
                (value, ColumnType::Decimal { precision, scale: *scale })
            }
            Literal::Boolean(_) => (scalar(literal), ColumnType::Boolean),
            Literal::Date(_) => (scalar(literal), ColumnType::Date),
            Literal::Timestamp(_) => (scalar(literal), ColumnType::Timestamp),
        };
        let text = match literal {
            Literal::Text(value) => Some(Text { value: value.clone(), is_variable: false }),
            _ => None,
        };
        Self { expr: lit(value), kind: Some(kind), at, text }
    }

    /// A value of a declared type: a decimal has the digits of its type, however few it needs.
    pub fn declared(literal: &Literal, kind: ColumnType, at: Position) -> Self {
        let typed = Self::literal(literal, at);
        match (literal, kind) {
            (Literal::Decimal { unscaled, scale }, ColumnType::Decimal { precision, scale: own }) if *scale == own => {
                let value = ScalarValue::Decimal128(Some(*unscaled), precision, own.cast_signed());
                Self { expr: lit(value), kind: Some(kind), ..typed }
            }
            _ => typed,
        }
    }

    /// NULL, of a type or of none.
    pub fn null(kind: Option<ColumnType>, at: Position) -> Self {
        let value = match kind {
            None => ScalarValue::Null,
            Some(kind) => ScalarValue::try_from(arrow_type(kind)).unwrap_or(ScalarValue::Null),
        };
        Self { expr: lit(value), kind, at, text: None }
    }

    /// The type in words, for messages.
    pub fn kind_words(&self) -> String {
        self.kind.map_or_else(|| "NULL".to_owned(), |kind| kind.to_string())
    }

    /// The value of an integer literal.
    pub fn integer(&self) -> Option<i64> {
        match &self.expr {
            Expr::Literal(ScalarValue::Int64(value), _) => *value,
            Expr::Negative(inner) => match inner.as_ref() {
                Expr::Literal(ScalarValue::Int64(value), _) => value.and_then(i64::checked_neg),
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether it is NULL as it is written.
    pub fn is_null(&self) -> bool {
        matches!(&self.expr, Expr::Literal(value, _) if value.is_null())
    }

    pub fn is_text(&self) -> bool {
        self.kind == Some(ColumnType::String)
    }

    /// The value as one of `family`; a literal text is read as one where it can be. `None` where it does not fit.
    pub fn fit(&self, family: Family, moment: &Moment) -> Result<Option<Self>, Fault> {
        let Some(kind) = self.kind else { return Ok(Some(self.clone())) };
        if family.holds(kind) {
            return Ok(Some(self.clone()));
        }
        let Some(text) = &self.text else { return Ok(None) };
        let wanted = match family {
            Family::Time if is_date_only(&text.value) => ColumnType::Date,
            Family::Time => ColumnType::Timestamp,
            Family::Number if text.is_variable => ColumnType::Decimal { precision: 38, scale: 0 },
            Family::Boolean if text.is_variable => ColumnType::Boolean,
            _ => return Ok(None),
        };
        let value = serde_json::Value::String(text.value.clone());
        match Literal::read(&value, wanted, moment) {
            Ok(literal) => Ok(Some(Self::literal(&literal, self.at))),
            Err(message) if text.is_variable => {
                let hint = format!("convert it with `{}(...)`", family.conversion());
                Err(Fault::new(message).at(self.at).hint(hint))
            }
            Err(message) => Err(Fault::new(message).at(self.at)),
        }
    }

    /// The expression with a cast to the type, unless it has it.
    pub fn cast_to(&self, kind: ColumnType) -> Expr {
        if self.kind == Some(kind) { self.expr.clone() } else { cast(self.expr.clone(), arrow_type(kind)) }
    }
}

fn is_date_only(text: &str) -> bool {
    text.trim().parse::<jiff::civil::Date>().is_ok()
        && text.trim().len() <= "-009999-12-31".len()
        && !text.contains(':')
}

/// Types that can be compared with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    Text,
    Number,
    Boolean,
    Time,
}

impl Family {
    pub fn of(kind: ColumnType) -> Self {
        match kind {
            ColumnType::String => Self::Text,
            ColumnType::Integer | ColumnType::Number | ColumnType::Decimal { .. } => Self::Number,
            ColumnType::Boolean => Self::Boolean,
            ColumnType::Date | ColumnType::Timestamp => Self::Time,
        }
    }

    pub fn holds(self, kind: ColumnType) -> bool {
        Self::of(kind) == self
    }

    pub fn words(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "a number",
            Self::Boolean => "true or false",
            Self::Time => "a date or a time",
        }
    }

    /// How a value of another type becomes one of this.
    pub fn conversion(self) -> &'static str {
        match self {
            Self::Text => "to_string",
            Self::Number => "to_number",
            Self::Boolean => "to_boolean",
            Self::Time => "to_timestamp",
        }
    }
}

/// The type that holds the values of all of one family: `None` when all are NULL. The error is the first that does
/// not fit, with the family of those before.
pub fn common(parts: &[Typed]) -> Result<Option<ColumnType>, (usize, Family)> {
    let mut found: Option<ColumnType> = None;
    for (index, part) in parts.iter().enumerate() {
        let Some(kind) = part.kind else { continue };
        found = Some(match found {
            None => kind,
            Some(before) => wider(before, kind).ok_or((index, Family::of(before)))?,
        });
    }
    Ok(found)
}

fn wider(one: ColumnType, other: ColumnType) -> Option<ColumnType> {
    use ColumnType::{Date, Decimal, Integer, Number, Timestamp};
    Some(match (one, other) {
        (one, other) if one == other => one,
        (Number, Integer | Decimal { .. }) | (Integer | Decimal { .. }, Number) => Number,
        (Date, Timestamp) | (Timestamp, Date) => Timestamp,
        (Integer | Decimal { .. }, Integer | Decimal { .. }) => {
            let digits = |kind| match kind {
                Decimal { precision, scale } => (precision - scale, scale),
                _ => (19, 0),
            };
            let ((whole, scale), (other_whole, other_scale)) = (digits(one), digits(other));
            let scale = scale.max(other_scale);
            match whole.max(other_whole) + scale {
                precision if precision <= 38 => Decimal { precision, scale },
                _ => Number,
            }
        }
        _ => return None,
    })
}
