//! Expressions over variables alone: they have one value for a whole run.

use std::sync::Arc;

use datafusion::common::DFSchema;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, cast};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::scalar::ScalarValue;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan};
use tutti_model::bind::{self, Expressions, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::problem::Problem;
use tutti_model::table::ColumnType;
use tutti_model::value::Literal;

use crate::expression::{SqlExpressions, translated};
use crate::types::arrow_type;

/// The type and the value of an expression that names variables and no fields; no value is NULL. What is wrong with
/// it is a problem at `pointer`.
pub fn constant(sql: &str, moment: &Moment, pointer: &str) -> Result<(ColumnType, Option<Literal>), Box<Problem>> {
    let wrong = |message: String| Box::new(Problem::error("bad_expression", pointer, format!("`{sql}`: {message}")));
    if let Ok(names) = SqlExpressions.names(sql)
        && let Some((path, _)) = names.paths.first()
    {
        let problem = wrong(format!("`{path}` is no variable, and there are no rows here whose field it could be"));
        return Err(match moment.variables.get(path) {
            Some(_) => Box::new(problem.hint(format!("did you mean `${path}`?"))),
            None => Box::new(problem.hint("write variables as `$name`, and texts in single quotes")),
        });
    }
    let mut catalog = Catalog::default();
    catalog.expressions = Some(Arc::new(SqlExpressions));
    let bound = bind::expression(sql, Scope::table(""), &catalog, moment, pointer).map_err(Box::new)?;
    let column_type = bound.column.column_type;
    let Some(computed) = &bound.computed else { return Err(wrong("it is not an expression".to_owned())) };
    let context = SimplifyContext::builder().with_schema(Arc::new(DFSchema::empty())).build();
    let translated = translated(computed, &[]).map_err(|error| wrong(error.to_string()))?;
    if translated.differs_by_row || !translated.windows.is_empty() {
        return Err(wrong("its value differs from row to row, and there are no rows here".to_owned()));
    }
    let simplifier = ExprSimplifier::new(context);
    let folded = simplifier
        .coerce(cast(translated.expr, arrow_type(column_type)), &DFSchema::empty())
        .and_then(|typed| simplifier.simplify(typed))
        .map_err(|error| wrong(error.to_string()))?;
    match folded {
        Expr::Literal(value, _) if value.is_null() => Ok((column_type, None)),
        Expr::Literal(value, _) => match literal(&value) {
            Some(literal) => Ok((column_type, Some(literal))),
            None => Err(wrong(format!("its value `{value}` cannot be used"))),
        },
        _ => Err(wrong("its value changes from one look to the next".to_owned())),
    }
}

/// A value of one of the engine's types of columns.
fn literal(value: &ScalarValue) -> Option<Literal> {
    Some(match value {
        ScalarValue::Utf8(text) | ScalarValue::Utf8View(text) | ScalarValue::LargeUtf8(text) => {
            Literal::Text(text.clone()?)
        }
        ScalarValue::Int64(value) => Literal::Integer((*value)?),
        ScalarValue::Float64(value) => Literal::Number((*value)?),
        ScalarValue::Boolean(value) => Literal::Boolean((*value)?),
        ScalarValue::Decimal128(value, _, scale) => {
            Literal::Decimal { unscaled: (*value)?, scale: u8::try_from(*scale).ok()? }
        }
        ScalarValue::Date32(days) => {
            Literal::Date(Date::constant(1970, 1, 1).checked_add(i64::from((*days)?).days()).ok()?)
        }
        ScalarValue::TimestampMicrosecond(value, _) => Literal::Timestamp(Timestamp::from_microsecond((*value)?).ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};
    use tutti_model::variables::Variable;

    use super::*;

    fn moment() -> Moment {
        let mut moment = Moment::utc("2026-03-15T10:20:30Z".parse().unwrap());
        let mut set = |name: &str, column_type: ColumnType, value: Option<Value>| {
            moment.variables.insert(name, Variable::new(column_type, value));
        };
        set("rows", ColumnType::Integer, Some(json!(12)));
        set("city", ColumnType::String, Some(json!("Lyon")));
        set("budget", ColumnType::Decimal { precision: 12, scale: 2 }, Some(json!("2.50")));
        set("day", ColumnType::Date, Some(json!("2026-01-31")));
        set("unknown", ColumnType::Integer, None);
        moment
    }

    #[test]
    fn expressions_over_variables_have_a_value() {
        let decimal = |unscaled: i128, scale: u8| Some(Literal::Decimal { unscaled, scale });
        for (sql, expected) in [
            ("$rows > 10", Some(Literal::Boolean(true))),
            ("$rows * 2 + 1", Some(Literal::Integer(25))),
            ("upper($city) = 'LYON' and $rows between 1 and 20", Some(Literal::Boolean(true))),
            ("$budget", decimal(250, 2)),
            ("$budget + $budget", decimal(500, 2)),
            ("$budget + 200", decimal(20250, 2)),
            ("$day", Some(Literal::Date("2026-01-31".parse().unwrap()))),
            ("$unknown + 1", None),
            ("case when $unknown is null then 'x' else 'y' end", Some(Literal::Text("x".to_owned()))),
            ("$rows / 5.0", Some(Literal::Number(2.4))),
        ] {
            assert_eq!(constant(sql, &moment(), "").map(|(_, value)| value), Ok(expected), "{sql}");
        }
    }

    #[test]
    fn what_has_no_value_is_refused() {
        for (sql, hint) in [
            ("$row > 1", Some("did you mean `$rows`?")),
            ("rows > 1", Some("did you mean `$rows`?")),
            ("email = 'x'", Some("write variables as `$name`, and texts in single quotes")),
            ("$rows >", None),
            ("random() > 0.5", None),
            ("$city + 1", Some("convert it with `to_number(...)`")),
        ] {
            let problem = constant(sql, &moment(), "/x").unwrap_err();
            assert_eq!(problem.hint.as_deref(), hint, "{sql}: {}", problem.message);
        }
    }
}
