//! Calls in another engine's words: a text with `$1`, `$2`, ... where the arguments stand. In plans a form has the type
//! of what it stands for; it is written and never run.

use std::ops::ControlFlow;
use std::sync::LazyLock;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::exec_err;
use datafusion::error::Result;
use datafusion::logical_expr::{
    ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::sql::sqlparser::ast::{self, VisitMut, VisitorMut};
use datafusion::sql::sqlparser::dialect::{Dialect as ParserDialect, DuckDbDialect, PostgreSqlDialect};
use datafusion::sql::sqlparser::parser::{Parser, ParserError};

use super::Dialect;

/// A call that is written as `text` says.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Form {
    text: String,
    returns: DataType,
}

static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::variadic_any(Volatility::Immutable));

impl ScalarUDFImpl for Form {
    /// The text itself: the name is all that a dialect sees of a function.
    fn name(&self) -> &str {
        &self.text
    }

    fn signature(&self) -> &Signature {
        &SIGNATURE
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        exec_err!("`{}` is for other engines", self.text)
    }
}

/// A call that is written as `text`, which has a `$1`.
pub fn form(text: impl Into<String>, arguments: Vec<Expr>, returns: DataType) -> Expr {
    ScalarUDF::from(Form { text: text.into(), returns }).call(arguments)
}

/// Whether a function of this name is a form: no other has a `$` in its name.
pub fn is_form(name: &str) -> bool {
    name.contains("$1")
}

/// The form with its arguments.
pub fn filled(text: &str, arguments: Vec<ast::Expr>, dialect: Dialect) -> std::result::Result<ast::Expr, ParserError> {
    let grammar: &dyn ParserDialect = match dialect {
        Dialect::DuckDb => &DuckDbDialect {},
        Dialect::PostgreSql => &PostgreSqlDialect {},
    };
    let mut parsed = Parser::new(grammar).try_with_sql(text)?.parse_expr()?;
    let _ = parsed.visit(&mut Filling { arguments: arguments.into_iter().map(bracketed).collect() });
    Ok(parsed)
}

/// Puts arguments in their places.
struct Filling {
    arguments: Vec<ast::Expr>,
}

impl Filling {
    fn argument(&self, expr: &ast::Expr) -> Option<ast::Expr> {
        let ast::Expr::Value(value) = expr else { return None };
        let ast::Value::Placeholder(name) = &value.value else { return None };
        let place: usize = name.strip_prefix('$')?.parse().ok()?;
        self.arguments.get(place.checked_sub(1)?).cloned()
    }
}

impl VisitorMut for Filling {
    type Break = ();

    /// After what is inside, so that nothing in an argument is taken for a place.
    fn post_visit_expr(&mut self, expr: &mut ast::Expr) -> ControlFlow<()> {
        if let Some(argument) = self.argument(expr) {
            *expr = argument;
        } else if let Some(number) = plain_integer(expr) {
            *expr = number;
        }
        ControlFlow::Continue(())
    }
}

/// The number in `CAST(3 AS INTEGER)`, which needs no cast.
fn plain_integer(expr: &ast::Expr) -> Option<ast::Expr> {
    let ast::Expr::Cast { expr, data_type: ast::DataType::Integer(None), .. } = expr else { return None };
    let ast::Expr::Value(value) = expr.as_ref() else { return None };
    matches!(value.value, ast::Value::Number(..)).then(|| expr.as_ref().clone())
}

/// In brackets where it needs them to keep its meaning beside operators.
fn bracketed(expr: ast::Expr) -> ast::Expr {
    match expr {
        ast::Expr::Identifier(_)
        | ast::Expr::CompoundIdentifier(_)
        | ast::Expr::Value(_)
        | ast::Expr::Function(_)
        | ast::Expr::Cast { .. }
        | ast::Expr::Extract { .. }
        | ast::Expr::Case { .. }
        | ast::Expr::Subquery(_)
        | ast::Expr::Nested(_) => expr,
        other => ast::Expr::Nested(Box::new(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_stand_in_their_places() {
        let parsed = |text: &str| Parser::new(&DuckDbDialect {}).try_with_sql(text).unwrap().parse_expr().unwrap();
        for (text, arguments, expected) in [
            ("lower($1)", vec!["a || b"], "lower((a || b))"),
            ("($1 - $2)", vec!["a - b", "-3"], "((a - b) - (-3))"),
            ("($2 AT TIME ZONE $1)", vec!["'UTC'", "seen"], "(seen AT TIME ZONE 'UTC')"),
            ("to_days(CAST($1 AS INTEGER))", vec!["30"], "to_days(30)"),
            ("to_days(CAST($1 AS INTEGER))", vec!["n"], "to_days(CAST(n AS INTEGER))"),
            ("nullif($1, '$2')", vec!["CASE WHEN a THEN 1 END"], "nullif(CASE WHEN a THEN 1 END, '$2')"),
        ] {
            let arguments = arguments.into_iter().map(parsed).collect();
            assert_eq!(filled(text, arguments, Dialect::DuckDb).unwrap().to_string(), expected, "{text}");
        }
        assert!(filled("lower($1", Vec::new(), Dialect::PostgreSql).is_err());
    }
}
