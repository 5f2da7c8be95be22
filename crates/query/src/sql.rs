//! A rule as SQL that DuckDB and PostgreSQL understand, for people to read and to check by. Nothing here is run.

use std::ops::ControlFlow;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, TimeUnit};
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::error::Result as EngineResult;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, lit};
use datafusion::optimizer::optimize_projections::OptimizeProjections;
use datafusion::optimizer::{Optimizer, OptimizerContext, OptimizerRule};
use datafusion::sql::sqlparser::ast::{self, VisitMut, VisitorMut};
use datafusion::sql::unparser::Unparser;
use datafusion::sql::unparser::dialect::{Dialect as UnparserDialect, DuckDBDialect, PostgreSqlDialect};
use tutti_model::bind::Predicate;

use crate::error::Result;
use crate::explain::functions_of;
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

/// Functions that are written otherwise, and what then differs.
const REWRITTEN: [(&str, Option<&str>); 8] = [
    ("casefold", Some("`casefold` is written as `lower`: they differ for letters such as `ß` and `ς`")),
    ("contains", None),
    ("starts_with", None),
    ("ends_with", None),
    ("tutti_plus", None),
    ("tutti_minus", None),
    ("tutti_times", None),
    ("tutti_remainder", None),
];

/// Functions that both engines have under the same name and meaning.
const SHARED: [&str; 4] = ["coalesce", "sqrt", "lower", "upper"];

/// The rule as SQL.
pub fn to_sql(planner: &Planner<'_>, table: &str, predicate: &Predicate, dialect: Dialect) -> Result<ReadableSql> {
    let planner = Planner::to_read(planner.catalog, planner.tables);
    let frame = planner.rows(table)?.filter(predicate)?;
    let keys: Vec<Expr> = frame.keys().iter().map(|key| column(key)).collect();
    let plan = LogicalPlanBuilder::from(frame.into_plan()).project(keys)?.build()?;
    let plan = without_unused_columns(narrow_decimals(plan)?)?;
    let mut notes = Vec::new();
    for name in functions_of(&plan)? {
        match REWRITTEN.iter().find(|(known, _)| *known == name) {
            Some((_, note)) => notes.extend(note.map(str::to_owned)),
            None if SHARED.contains(&name.as_str()) => {}
            None => {
                notes
                    .push(format!("`{name}` is a function of Tutti's and may be missing or mean something else there"));
            }
        }
    }
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
        let _ = statement.visit(&mut Mended::default());
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
#[derive(Default)]
struct Mended {
    tables: usize,
}

impl VisitorMut for Mended {
    type Break = ();

    /// Derived tables get names of their own, since one name may not stand twice in a `FROM`. No column is qualified by
    /// them: columns have names that differ.
    fn pre_visit_table_factor(&mut self, factor: &mut ast::TableFactor) -> ControlFlow<()> {
        if let ast::TableFactor::Derived { alias: Some(alias), .. } = factor
            && alias.name.value.starts_with("derived_")
        {
            self.tables += 1;
            alias.name.value = format!("rows_{}", self.tables);
        }
        ControlFlow::Continue(())
    }

    /// Texts are joined in ascending order, which the writer does not write.
    fn pre_visit_expr(&mut self, expr: &mut ast::Expr) -> ControlFlow<()> {
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

    fn float64_ast_dtype(&self) -> ast::DataType {
        ast::DataType::DoublePrecision
    }

    fn timestamp_cast_dtype(&self, _: &TimeUnit, zone: &Option<Arc<str>>) -> ast::DataType {
        let zone = if zone.is_some() { ast::TimezoneInfo::WithTimeZone } else { ast::TimezoneInfo::None };
        ast::DataType::Timestamp(None, zone)
    }

    fn scalar_function_to_sql_overrides(
        &self,
        unparser: &Unparser<'_>,
        name: &str,
        arguments: &[Expr],
    ) -> EngineResult<Option<ast::Expr>> {
        match (name, arguments) {
            ("casefold", [text]) => unparser.scalar_function_to_sql("lower", std::slice::from_ref(text)).map(Some),
            ("contains", [text, part]) => {
                let place = unparser.scalar_function_to_sql("strpos", &[text.clone(), part.clone()])?;
                let zero = ast::Expr::value(ast::Value::Number("0".to_owned(), false));
                Ok(Some(binary(place, ast::BinaryOperator::Gt, zero)))
            }
            ("tutti_plus" | "tutti_minus" | "tutti_times", [one, other]) => {
                let operator = match name {
                    "tutti_plus" => ast::BinaryOperator::Plus,
                    "tutti_minus" => ast::BinaryOperator::Minus,
                    _ => ast::BinaryOperator::Multiply,
                };
                Ok(Some(binary(unparser.expr_to_sql(one)?, operator, unparser.expr_to_sql(other)?)))
            }
            ("tutti_remainder", [one, other]) => {
                let divisor = datafusion::functions::core::expr_fn::nullif(other.clone(), lit(0i64));
                let (one, divisor) = (unparser.expr_to_sql(one)?, unparser.expr_to_sql(&divisor)?);
                Ok(Some(binary(one, ast::BinaryOperator::Modulo, divisor)))
            }
            ("ends_with", [text, part]) if self.dialect == Dialect::PostgreSql => {
                let length = unparser.scalar_function_to_sql("length", std::slice::from_ref(part))?;
                let end = unparser.scalar_function_to_sql("right", &[text.clone(), part.clone()])?;
                let end = with_second_argument(end, length);
                Ok(Some(binary(end, ast::BinaryOperator::Eq, unparser.expr_to_sql(part)?)))
            }
            _ => self.inner.scalar_function_to_sql_overrides(unparser, name, arguments),
        }
    }
}

/// In brackets, so that it keeps its meaning wherever it stands.
fn binary(left: ast::Expr, op: ast::BinaryOperator, right: ast::Expr) -> ast::Expr {
    ast::Expr::Nested(Box::new(ast::Expr::BinaryOp { left: Box::new(left), op, right: Box::new(right) }))
}

fn with_second_argument(call: ast::Expr, argument: ast::Expr) -> ast::Expr {
    let ast::Expr::Function(mut function) = call else { return call };
    if let ast::FunctionArguments::List(list) = &mut function.args
        && let Some(second) = list.args.get_mut(1)
    {
        *second = ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(argument));
    }
    ast::Expr::Function(function)
}

/// Whether a name is a word of SQL.
fn ast_keyword(name: &str) -> bool {
    use datafusion::sql::sqlparser::keywords::ALL_KEYWORDS;
    ALL_KEYWORDS.binary_search(&name.to_uppercase().as_str()).is_ok()
}
