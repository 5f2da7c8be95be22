//! SQL scalar expressions in rules: parsed by the engine, with names that are field paths.

use std::ops::ControlFlow;
use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::{DataType, Field as ArrowField, Schema};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, DFSchemaRef};
use datafusion::execution::SessionStateBuilder;
use datafusion::execution::context::SessionState;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, ExprSchemable, cast, lit};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use datafusion::prelude::SessionConfig;
use datafusion::scalar::ScalarValue;
use datafusion::sql::parser::DFParserBuilder;
use datafusion::sql::sqlparser::ast::{self, Ident, Spanned, visit_expressions, visit_expressions_mut};
use tutti_model::bind::{Computed, Expressions, Fault, Names, Position};
use tutti_model::date_math::Moment;
use tutti_model::table::ColumnType;
use tutti_model::variables::Variable;

use crate::error::{Error, Result};
use crate::functions;
use crate::types::{arrow_type, column_type, scalar};

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
    fn names(&self, sql: &str) -> Result<Names, Fault> {
        let parsed = parse(sql).map_err(Fault::new)?;
        let mut names = Names::default();
        let flow = visit_expressions(&parsed.expr, |expr| {
            let (name, list) = match expr {
                ast::Expr::Identifier(name) => (name.value.clone(), &mut names.paths),
                ast::Expr::CompoundIdentifier(parts) => (path_of(parts), &mut names.paths),
                ast::Expr::Value(value) => match &value.value {
                    ast::Value::Placeholder(name) => (name.trim_start_matches('$').to_owned(), &mut names.variables),
                    _ => return ControlFlow::Continue(()),
                },
                ast::Expr::Subquery(_) | ast::Expr::Exists { .. } | ast::Expr::InSubquery { .. } => {
                    return ControlFlow::Break("a query inside an expression is not a scalar; use a related-rows rule");
                }
                _ => return ControlFlow::Continue(()),
            };
            if !list.iter().any(|(known, _)| *known == name) {
                let start = expr.span().start;
                list.push((name, Position { line: start.line, column: start.column }));
            }
            ControlFlow::Continue(())
        });
        match flow {
            ControlFlow::Break(message) => Err(Fault::new(message)),
            ControlFlow::Continue(()) => Ok(names),
        }
    }

    fn result_type(&self, computed: &Computed) -> Result<ColumnType, Fault> {
        let schema = schema(computed).map_err(|error| Fault::new(error.to_string()))?;
        let expr = plan_expression(computed, &schema).map_err(Fault::new)?;
        let has_aggregate = datafusion::logical_expr::utils::find_aggregate_exprs([&expr]);
        if !has_aggregate.is_empty() {
            return Err(Fault::new("an aggregate has no place in a scalar expression; use an aggregate rule"));
        }
        let context = SimplifyContext::builder().with_schema(Arc::clone(&schema)).build();
        let typed = ExprSimplifier::new(context).coerce(expr, &schema).and_then(|expr| expr.get_type(&schema));
        let data_type = typed.map_err(|error| Fault::new(message(&error)))?;
        match column_type(&data_type) {
            Some(column_type) => Ok(column_type),
            None if data_type == DataType::Null => Err(Fault::new("it has no value and so no type")),
            None => Err(Fault::new(format!("its result ({data_type}) cannot be compared; cast it to a column type"))),
        }
    }
}

/// The expression over columns that are named by their field paths.
pub(crate) fn expression(computed: &Computed) -> Result<Expr> {
    let schema = schema(computed)?;
    plan_expression(computed, &schema).map_err(|text| Error::DataFusion(datafusion::error::DataFusionError::Plan(text)))
}

fn plan_expression(computed: &Computed, schema: &DFSchemaRef) -> Result<Expr, String> {
    let mut parsed = parse(&computed.sql)?;
    // A path has dots in it, and is one column here; so is a variable, until it is known what it stands for.
    let _ = visit_expressions_mut(&mut parsed.expr, |expr| {
        match expr {
            ast::Expr::CompoundIdentifier(names) => {
                *expr = ast::Expr::Identifier(Ident::with_quote('"', path_of(names)));
            }
            ast::Expr::Value(value) => {
                if let ast::Value::Placeholder(name) = &value.value {
                    *expr = ast::Expr::Identifier(Ident::with_quote('"', name));
                }
            }
            _ => {}
        }
        ControlFlow::<()>::Continue(())
    });
    let expr = PARSER.create_logical_expr_from_sql_expr(parsed, schema).map_err(|error| message(&error))?;
    let moment = &computed.moment;
    let known = expr.transform(|expr| match &expr {
        Expr::Column(column) => match column.name.strip_prefix('$').and_then(|name| moment.variables.get(name)) {
            Some(variable) => Ok(Transformed::yes(literal(variable, moment)?)),
            None => Ok(Transformed::no(expr)),
        },
        _ => Ok(Transformed::no(expr)),
    });
    known.map(|known| known.data).map_err(|error| message(&error))
}

fn literal(variable: &Variable, moment: &Moment) -> datafusion::common::Result<Expr> {
    let data_type = arrow_type(variable.data_type);
    let value = variable.literal(moment).map_err(datafusion::error::DataFusionError::Plan)?;
    let value = value.map_or(ScalarValue::Null, |value| scalar(&value));
    Ok(cast(lit(value), data_type))
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

fn schema(computed: &Computed) -> Result<DFSchemaRef> {
    let inputs =
        computed.inputs.iter().map(|input| ArrowField::new(input.path(), arrow_type(input.column.column_type), true));
    let variables = computed
        .moment
        .variables
        .0
        .iter()
        .map(|(name, variable)| ArrowField::new(format!("${name}"), arrow_type(variable.data_type), true));
    let fields: Vec<ArrowField> = inputs.chain(variables).collect();
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
