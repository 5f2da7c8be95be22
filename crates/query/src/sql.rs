//! A rule as SQL that DuckDB and PostgreSQL understand, for people to read and to check by. Nothing here is run.

mod form;
mod formats;
mod functions;
mod patterns;
mod rewording;
mod times;

use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::ScalarValue;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::{DataFusionError, Result as EngineResult};
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, lit};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{Optimizer, OptimizerContext, OptimizerRule};
use datafusion::sql::sqlparser::ast::{self, VisitMut, VisitorMut};
use datafusion::sql::unparser::Unparser;
use datafusion::sql::unparser::dialect::{Dialect as UnparserDialect, DuckDBDialect, PostgreSqlDialect};
use tutti_model::bind::Predicate;

use crate::error::Result;
use crate::frame::{Planner, column};

/// Whose SQL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dialect {
    #[default]
    DuckDb,
    PostgreSql,
}

impl Dialect {
    pub const NAMES: [(&'static str, Self); 2] = [("duckdb", Self::DuckDb), ("postgresql", Self::PostgreSql)];
}

/// A query for the keys of the matching rows.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadableSql {
    /// `None` where SQL has no way to say it; the notes tell what.
    pub text: Option<String>,
    /// Where the SQL means something slightly different.
    pub notes: Vec<String>,
}

/// The rule as SQL.
pub fn to_sql(planner: &Planner<'_>, table: &str, predicate: &Predicate, dialect: Dialect) -> Result<ReadableSql> {
    let planner = planner.reading();
    let frame = planner.asked(table)?.filter(predicate)?;
    let keys: Vec<Expr> = frame.keys().iter().map(|key| column(key)).collect();
    let plan = LogicalPlanBuilder::from(frame.into_plan()).project(keys)?.build()?;
    let (plan, notes) = rewording::reworded(narrow_decimals(plan)?, dialect)?;
    let plan = without_unused_columns(plan)?;
    Ok(match written(&plan, dialect) {
        Ok(text) => ReadableSql { text: Some(text), notes },
        Err(why) => ReadableSql { text: None, notes: vec![format!("the rule cannot be said in SQL: {why}")] },
    })
}

/// The stack for writing SQL, in bytes. Only what is used of it is taken.
const STACK_BYTES: usize = 256 << 20;

/// The plan as text. The engine's writer calls itself for every level of a plan and needs a great deal of stack, far
/// more than the threads that answer have, so it runs on one of its own.
fn written(plan: &LogicalPlan, dialect: Dialect) -> Result<String, String> {
    let write = || {
        let readable = Readable::new(dialect);
        let mut statement =
            Unparser::new(&readable).with_pretty(true).plan_to_sql(plan).map_err(|error| error.strip_backtrace())?;
        let _ = statement.visit(&mut Mended { dialect, tables: 0 });
        Ok(format!("{statement:#}"))
    };
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("sql".to_owned()).stack_size(STACK_BYTES);
        match thread.spawn_scoped(scope, write) {
            Ok(running) => running.join().unwrap_or_else(|_| Err("writing it broke off".to_owned())),
            Err(error) => Err(format!("no thread could be started for it: {error}")),
        }
    })
}

/// What the engine's writer leaves for other engines to stumble over.
struct Mended {
    dialect: Dialect,
    tables: usize,
}

impl VisitorMut for Mended {
    type Break = ();

    /// Derived tables get names of their own, since one name may not stand twice in a `FROM`. No column is qualified by
    /// them in the end: columns have names that differ.
    fn pre_visit_table_factor(&mut self, factor: &mut ast::TableFactor) -> ControlFlow<()> {
        if let ast::TableFactor::Derived { alias: Some(alias), .. } = factor
            && alias.name.value.starts_with("derived_")
        {
            self.tables += 1;
            alias.name.value = format!("rows_{}", self.tables);
        }
        ControlFlow::Continue(())
    }

    /// Texts are joined in ascending order, which the writer does not write; `\` takes the meaning from the character
    /// after it in patterns, which DuckDB has to be told.
    fn pre_visit_expr(&mut self, expr: &mut ast::Expr) -> ControlFlow<()> {
        // The writer qualifies the columns of a window over a derived table.
        if let ast::Expr::CompoundIdentifier(names) = expr
            && let [table, name] = names.as_slice()
            && table.value.starts_with("derived_")
        {
            *expr = ast::Expr::Identifier(name.clone());
        }
        if self.dialect == Dialect::DuckDb
            && let ast::Expr::Like { pattern, escape_char: escape @ None, .. } = expr
            && !is_plain(pattern)
        {
            *escape = Some(ast::Value::SingleQuotedString("\\".to_owned()).into());
        }
        if let ast::Expr::Function(function) = expr
            && function.name.to_string().eq_ignore_ascii_case("string_agg")
            && let ast::FunctionArguments::List(list) = &mut function.args
            && list.clauses.is_empty()
            && let Some(ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(joined))) = list.args.first().cloned()
        {
            let options = ast::OrderByOptions { asc: None, nulls_first: None };
            let order = ast::OrderByExpr { expr: joined, options, with_fill: None };
            list.clauses.push(ast::FunctionArgumentClause::OrderBy(vec![order]));
        }
        ControlFlow::Continue(())
    }

    /// Brackets stand only where they say something, and two minus signs never side by side, which begin a comment.
    fn post_visit_expr(&mut self, expr: &mut ast::Expr) -> ControlFlow<()> {
        match expr {
            ast::Expr::Function(function) => {
                if let ast::FunctionArguments::List(list) = &mut function.args {
                    for argument in &mut list.args {
                        if let ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(argument)) = argument {
                            unbracket(argument);
                        }
                    }
                }
            }
            ast::Expr::Cast { expr, .. } | ast::Expr::Extract { expr, .. } | ast::Expr::Nested(expr) => unbracket(expr),
            ast::Expr::UnaryOp { op: ast::UnaryOperator::Minus, expr } if expr.to_string().starts_with('-') => {
                let inner = std::mem::replace(expr.as_mut(), ast::Expr::value(ast::Value::Null));
                **expr = ast::Expr::Nested(Box::new(inner));
            }
            _ => {}
        }
        ControlFlow::Continue(())
    }
}

/// Whether a pattern is a text without `\`.
fn is_plain(pattern: &ast::Expr) -> bool {
    let ast::Expr::Value(value) = pattern else { return false };
    matches!(&value.value, ast::Value::SingleQuotedString(text) if !text.contains('\\'))
}

fn unbracket(expr: &mut ast::Expr) {
    while let ast::Expr::Nested(inner) = expr {
        let inner = std::mem::replace(inner.as_mut(), ast::Expr::value(ast::Value::Null));
        *expr = inner;
    }
}

/// Other engines' decimals have 38 digits at most.
fn narrow_decimals(plan: LogicalPlan) -> Result<LogicalPlan> {
    let narrow = |expr: Expr| match expr {
        Expr::Cast(cast) => match cast.field.data_type() {
            DataType::Decimal256(_, scale) => {
                Ok(Transformed::yes(datafusion::logical_expr::cast(*cast.expr, DataType::Decimal128(38, *scale))))
            }
            _ => Ok(Transformed::no(Expr::Cast(cast))),
        },
        other => Ok(Transformed::no(other)),
    };
    let changed = plan.transform_up_with_subqueries(|plan| plan.map_expressions(|expr| expr.transform(narrow)))?;
    Ok(changed.data)
}

/// Only the columns that matter, so that there is less to read.
fn without_unused_columns(plan: LogicalPlan) -> Result<LogicalPlan> {
    let rules: Vec<Arc<dyn OptimizerRule + Send + Sync>> = vec![Arc::new(OptimizeProjections::new())];
    Ok(Optimizer::with_rules(rules).optimize(plan, &OptimizerContext::new(), |_, _| {})?)
}

/// The engine's dialect with Tutti's functions.
struct Readable {
    dialect: Dialect,
    inner: Box<dyn UnparserDialect>,
}

impl Readable {
    fn new(dialect: Dialect) -> Self {
        let inner: Box<dyn UnparserDialect> = match dialect {
            Dialect::DuckDb => Box::new(DuckDBDialect::new()),
            Dialect::PostgreSql => Box::new(PostgreSqlDialect {}),
        };
        Self { dialect, inner }
    }
}

impl UnparserDialect for Readable {
    /// Names that SQL may not know as names are quoted; the others read better without.
    fn identifier_quote_style(&self, identifier: &str) -> Option<char> {
        let mut letters = identifier.chars();
        let plain = letters.next().is_some_and(|first| first.is_ascii_lowercase() || first == '_')
            && letters.all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_')
            && !ast_keyword(identifier);
        if plain { None } else { Some('"') }
    }

    fn requires_derived_table_alias(&self) -> bool {
        true
    }

    fn supports_empty_select_list(&self) -> bool {
        false
    }

    /// Not every engine has the word: numbered rows are a derived table, whose `WHERE` asks for the numbers.
    fn supports_qualify(&self) -> bool {
        false
    }

    fn float64_ast_dtype(&self) -> ast::DataType {
        ast::DataType::DoublePrecision
    }

    /// All times are instants: without a zone they would be read in that of the session.
    fn timestamp_cast_dtype(&self, _: &TimeUnit, _: &Option<Arc<str>>) -> ast::DataType {
        ast::DataType::Timestamp(None, ast::TimezoneInfo::WithTimeZone)
    }

    fn scalar_function_to_sql_overrides(
        &self,
        unparser: &Unparser<'_>,
        name: &str,
        arguments: &[Expr],
    ) -> EngineResult<Option<ast::Expr>> {
        if !form::is_form(name) {
            return self.inner.scalar_function_to_sql_overrides(unparser, name, arguments);
        }
        let arguments = arguments.iter().map(|argument| match argument {
            // A NULL says of what type it is, so that others find the function that is meant.
            Expr::Literal(value, _) if value.is_null() && *value != ScalarValue::Null => {
                unparser.expr_to_sql(&cast(lit(ScalarValue::Null), value.data_type()))
            }
            argument => unparser.expr_to_sql(argument),
        });
        let written = form::filled(name, arguments.collect::<EngineResult<_>>()?, self.dialect);
        written.map(Some).map_err(|error| DataFusionError::Plan(format!("`{name}` cannot be written: {error}")))
    }
}

/// Whether a name is a word of SQL.
fn ast_keyword(name: &str) -> bool {
    use datafusion::sql::sqlparser::keywords::ALL_KEYWORDS;
    ALL_KEYWORDS.binary_search(&name.to_uppercase().as_str()).is_ok()
}
