//! SQL scalar expressions in rules: parsed by the engine, with names that are field paths.

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, Field as ArrowField, Schema};
use datafusion::common::{DFSchema, DFSchemaRef};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SessionState;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, ExprSchemable};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::prelude::SessionConfig;
use datafusion::sql::parser::DFParserBuilder;
use datafusion::sql::sqlparser::ast::{self, Ident, visit_expressions, visit_expressions_mut};
use tutti_model::bind::{Expressions, Field};
use tutti_model::table::ColumnType;

use crate::error::{Error, Result};
use crate::functions;
use crate::types::{arrow_type, column_type};

/// The engine's understanding of SQL expressions, for a catalog.
#[derive(Debug)]
pub struct SqlExpressions;

/// Only parses and types; nothing runs in it.
static PARSER: LazyLock<SessionState> = LazyLock::new(|| {
    let config = SessionConfig::new().set_str("datafusion.sql_parser.enable_ident_normalization", "false");
    let mut state = SessionStateBuilder::new().with_config(config).with_default_features().build();
    for function in functions::all() {
        // Registering a function only fails for state that is read-only.
        let _ = datafusion::execution::FunctionRegistry::register_udf(&mut state, function);
    }
    state
});

impl Expressions for SqlExpressions {
    fn paths(&self, sql: &str) -> Result<Vec<String>, String> {
        let parsed = parse(sql)?;
        let mut paths: Vec<String> = Vec::new();
        let flow = visit_expressions(&parsed.expr, |expr| {
            let path = match expr {
                ast::Expr::Identifier(name) => name.value.clone(),
                ast::Expr::CompoundIdentifier(names) => path_of(names),
                ast::Expr::Subquery(_) | ast::Expr::Exists { .. } | ast::Expr::InSubquery { .. } => {
                    return ControlFlow::Break("a query inside an expression is not a scalar; use a related-rows rule");
                }
                _ => return ControlFlow::Continue(()),
            };
            if !paths.contains(&path) {
                paths.push(path);
            }
            ControlFlow::Continue(())
        });
        match flow {
            ControlFlow::Break(message) => Err(message.to_owned()),
            ControlFlow::Continue(()) => Ok(paths),
        }
    }

    fn result_type(&self, sql: &str, inputs: &[Field]) -> Result<ColumnType, String> {
        let schema = schema(inputs).map_err(|error| error.to_string())?;
        let expr = plan_expression(sql, &schema)?;
        let has_aggregate = datafusion::logical_expr::utils::find_aggregate_exprs([&expr]);
        if !has_aggregate.is_empty() {
            return Err("an aggregate has no place in a scalar expression; use an aggregate rule".to_owned());
        }
        let context = SimplifyContext::builder().with_schema(Arc::clone(&schema)).build();
        let expr = ExprSimplifier::new(context).coerce(expr, &schema).map_err(|error| message(&error))?;
        let data_type = expr.get_type(&schema).map_err(|error| message(&error))?;
        match column_type(&data_type) {
            Some(column_type) => Ok(column_type),
            None if data_type == DataType::Null => Err("it has no value and so no type".to_owned()),
            None => Err(format!("its result ({data_type}) cannot be compared; cast it to a column type")),
        }
    }
}

/// The expression over columns that are named by their field paths.
pub(crate) fn expression(sql: &str, inputs: &[Field]) -> Result<Expr> {
    let schema = schema(inputs)?;
    plan_expression(sql, &schema).map_err(|text| Error::DataFusion(datafusion::error::DataFusionError::Plan(text)))
}

fn plan_expression(sql: &str, schema: &DFSchemaRef) -> Result<Expr, String> {
    let mut parsed = parse(sql)?;
    // A path has dots in it, and is one column here.
    let _ = visit_expressions_mut(&mut parsed.expr, |expr| {
        if let ast::Expr::CompoundIdentifier(names) = expr {
            *expr = ast::Expr::Identifier(Ident::with_quote('"', path_of(names)));
        }
        ControlFlow::<()>::Continue(())
    });
    PARSER.create_logical_expr_from_sql_expr(parsed, schema).map_err(|error| message(&error))
}

fn parse(sql: &str) -> Result<ast::ExprWithAlias, String> {
    let mut parser = DFParserBuilder::new(sql).build().map_err(|error| message(&error))?;
    let parsed = parser.parse_into_expr().map_err(|error| message(&error))?;
    match &parsed.alias {
        None => Ok(parsed),
        Some(alias) => Err(format!("`{alias}` after the expression: a rule's expression has no name")),
    }
}

fn path_of(names: &[Ident]) -> String {
    names.iter().map(|name| name.value.as_str()).collect::<Vec<_>>().join(".")
}

fn schema(inputs: &[Field]) -> Result<DFSchemaRef> {
    let fields: Vec<ArrowField> =
        inputs.iter().map(|input| ArrowField::new(input.path(), arrow_type(input.column.column_type), true)).collect();
    Ok(Arc::new(DFSchema::try_from(Schema::new(fields))?))
}

/// The engine's message without its prefixes.
fn message(error: &datafusion::error::DataFusionError) -> String {
    let text = error.strip_backtrace();
    let text = text.lines().next().unwrap_or_default();
    ["Error during planning: ", "SQL error: ", "Schema error: ", "Execution error: "]
        .iter()
        .fold(text, |text, prefix| text.strip_prefix(prefix).unwrap_or(text))
        .to_owned()
}
