//! Says in another engine's words what Tutti's computes with: functions, conversions and operators whose names or
//! meanings differ. What has no words there stays as it is, with a note.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::expr_rewriter::NamePreserver;
use datafusion::logical_expr::utils::merge_schema;
use datafusion::logical_expr::{BinaryExpr, Expr, ExprSchemable, LogicalPlan, Operator, cast, lit};

use super::form::{form, is_form};
use super::functions::{SHARED, WRITTEN};
use super::{Dialect, Dialect::DuckDb, Dialect::PostgreSql, patterns, times};
use crate::aggregate::folded;
use crate::error::Result;
use crate::functions::native;

/// How a call is written, and what then differs.
pub struct Said {
    text: String,
    arguments: Vec<Expr>,
    notes: Vec<&'static str>,
}

impl Said {
    pub fn new(text: impl Into<String>, arguments: Vec<Expr>) -> Self {
        Self { text: text.into(), arguments, notes: Vec::new() }
    }

    pub fn noted(mut self, note: Option<&'static str>) -> Self {
        self.notes.extend(note);
        self
    }
}

/// The plan in the words of `dialect`, and where they mean something else or are missing.
pub fn reworded(plan: LogicalPlan, dialect: Dialect) -> Result<(LogicalPlan, Vec<String>)> {
    let mut rewording = Rewording { dialect, notes: Vec::new() };
    let changed = plan.transform_up_with_subqueries(|plan| {
        let schema = merge_schema(&plan.inputs());
        let names = NamePreserver::new(&plan);
        plan.map_expressions(|expr| {
            let name = names.save(&expr);
            let expr = expr.transform_down(|expr| Ok(rewording.reword(expr, &schema)))?;
            Ok(expr.update_data(|expr| name.restore(expr)))
        })
    })?;
    Ok((changed.data, rewording.notes))
}

struct Rewording {
    dialect: Dialect,
    notes: Vec<String>,
}

impl Rewording {
    /// Only what the expression itself is: its parts come after it.
    fn reword(&mut self, expr: Expr, schema: &DFSchema) -> Transformed<Expr> {
        if let Some(value) = constant(&expr) {
            return Transformed::yes(value);
        }
        let said = match &expr {
            Expr::ScalarFunction(call) => self.call(call, &expr, schema),
            Expr::Cast(cast) => self.conversion(&cast.expr, cast.field.data_type(), schema),
            Expr::TryCast(cast) => self.attempt(&cast.expr, cast.field.data_type(), schema),
            Expr::BinaryExpr(binary) => self.operator(binary, schema),
            _ => None,
        };
        said.map_or_else(|| Transformed::no(expr), Transformed::yes)
    }

    fn note(&mut self, text: &str) {
        if self.notes.iter().all(|known| known != text) {
            self.notes.push(text.to_owned());
        }
    }

    fn missing(&mut self, name: &str) {
        self.note(&format!("`{name}` is a function of Tutti's and may be missing or mean something else there"));
    }

    fn call(&mut self, call: &ScalarFunction, whole: &Expr, schema: &DFSchema) -> Option<Expr> {
        let name = call.func.name();
        if is_form(name) {
            return None;
        }
        let arguments: Vec<Expr> =
            call.args.iter().map(|argument| constant(argument).unwrap_or_else(|| argument.clone())).collect();
        let said = written(name, &arguments, self.dialect)
            .or_else(|| special(name, &arguments, schema, self.dialect))
            .or_else(|| times::said(name, &arguments, schema, self.dialect))
            .or_else(|| patterns::said(name, &arguments, self.dialect));
        let Some((said, returns)) = said.zip(whole.get_type(schema).ok()) else {
            if !SHARED.contains(&name) {
                self.missing(name);
            }
            return None;
        };
        for note in &said.notes {
            self.note(note);
        }
        Some(form(said.text, said.arguments, returns))
    }

    /// Conversions that cannot fail.
    fn conversion(&mut self, inner: &Expr, to: &DataType, schema: &DFSchema) -> Option<Expr> {
        let text = match (inner.get_type(schema).ok()?, to) {
            // A session's zone is not to matter.
            (DataType::Date32, DataType::Timestamp(_, Some(_))) => "(CAST($1 AS TIMESTAMP) AT TIME ZONE 'UTC')",
            // Days since 1970.
            (DataType::Date32, DataType::Int32) => match self.dialect {
                DuckDb => "date_diff('day', DATE '1970-01-01', $1)",
                PostgreSql => "($1 - DATE '1970-01-01')",
            },
            (DataType::Boolean, DataType::Int64) if self.dialect == PostgreSql => "CAST(CAST($1 AS INTEGER) AS BIGINT)",
            // A fraction is cut, and not rounded.
            (DataType::Float64 | DataType::Decimal128(..), DataType::Int64) => "CAST(trunc($1) AS BIGINT)",
            (DataType::Float64, DataType::Utf8) => {
                self.note("numbers with a fraction may have other digits as texts there");
                return None;
            }
            _ => return None,
        };
        Some(form(text, vec![inner.clone()], to.clone()))
    }

    /// Conversions of what may not be convertible, which then has no value. PostgreSQL has none that do not fail: texts
    /// are looked at first, and numbers are within the range of their new type nearly always.
    fn attempt(&mut self, inner: &Expr, to: &DataType, schema: &DFSchema) -> Option<Expr> {
        let from = inner.get_type(schema).ok()?;
        let is_text = matches!(from, DataType::Utf8 | DataType::Utf8View | DataType::LargeUtf8);
        let is_broken = matches!(from, DataType::Float64 | DataType::Decimal128(..));
        let one = |text: &str| Some(form(text, vec![inner.clone()], to.clone()));
        match (to, self.dialect) {
            (DataType::Boolean, _) if is_text => one(BOOLEAN),
            (DataType::Float64 | DataType::Decimal128(..), PostgreSql) if is_text => {
                Some(form(NUMBER, vec![inner.clone(), cast(inner.clone(), to.clone())], to.clone()))
            }
            (_, PostgreSql) if is_text => {
                self.missing("try_cast");
                None
            }
            // A fraction is cut, and not rounded.
            (DataType::Int64, DuckDb) if is_broken => one("TRY_CAST(trunc($1) AS BIGINT)"),
            (DataType::Int64, PostgreSql) if is_broken => one("CAST(trunc($1) AS BIGINT)"),
            (_, PostgreSql) => Some(cast(inner.clone(), to.clone())),
            _ => None,
        }
    }

    fn operator(&self, binary: &BinaryExpr, schema: &DFSchema) -> Option<Expr> {
        use Operator::{BitwiseXor, Divide, Minus, Modulo, Multiply, Plus};
        if !matches!(binary.op, BitwiseXor | Divide | Minus | Modulo | Multiply | Plus) {
            return None;
        }
        let sides = vec![binary.left.as_ref().clone(), binary.right.as_ref().clone()];
        let is_number = |side: &Expr| matches!(side.get_type(schema), Ok(DataType::Float64));
        match (binary.op, self.dialect) {
            (BitwiseXor, DuckDb) => Some(form("xor($1, $2)", sides, DataType::Int64)),
            (BitwiseXor, PostgreSql) => Some(form("($1 # $2)", sides, DataType::Int64)),
            (Modulo, PostgreSql) if sides.iter().any(is_number) => {
                let text = "CAST(mod(CAST($1 AS NUMERIC), CAST($2 AS NUMERIC)) AS DOUBLE PRECISION)";
                Some(form(text, sides, DataType::Float64))
            }
            (op @ (Plus | Minus | Multiply | Divide), _) => {
                // A number beside decimals is not to become one of them.
                let is_literal = |side: &Expr| matches!(side, Expr::Literal(ScalarValue::Float64(Some(_)), _));
                if !sides.iter().any(is_literal) || sides.iter().all(is_number) {
                    return None;
                }
                let mut sides = sides.into_iter().map(|side| if is_literal(&side) { number(side) } else { side });
                let (left, right) = (sides.next()?, sides.next()?);
                Some(Expr::BinaryExpr(BinaryExpr::new(Box::new(left), op, Box::new(right))))
            }
            _ => None,
        }
    }
}

/// Arrow's words for true and false.
const BOOLEAN: &str = "CASE WHEN lower(trim($1)) IN ('t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1') THEN TRUE \
                       WHEN lower(trim($1)) IN ('f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0') \
                       THEN FALSE END";

const NUMBER: &str = "CASE WHEN $1 ~ '^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?$' THEN $2 END";

/// What depends on no row, as its value: that reads better than how it is computed.
fn constant(expr: &Expr) -> Option<Expr> {
    let computes = match expr {
        Expr::ScalarFunction(call) => !is_form(call.func.name()),
        Expr::Case(_) | Expr::Cast(_) | Expr::TryCast(_) | Expr::Negative(_) | Expr::BinaryExpr(_) => true,
        _ => false,
    };
    if !computes || depends(expr) {
        return None;
    }
    match folded(expr.clone()).ok()? {
        // Other engines take a number with a point for a decimal.
        value @ Expr::Literal(ScalarValue::Float64(Some(_)), _) => Some(number(value)),
        value @ Expr::Literal(..) => Some(value),
        _ => None,
    }
}

fn depends(expr: &Expr) -> bool {
    let found = expr.exists(|part| {
        Ok(matches!(
            part,
            Expr::Column(_)
                | Expr::OuterReferenceColumn(..)
                | Expr::Exists(_)
                | Expr::InSubquery(_)
                | Expr::ScalarSubquery(_)
                | Expr::AggregateFunction(_)
                | Expr::WindowFunction(_)
        ))
    });
    found.unwrap_or(true)
}

fn number(value: Expr) -> Expr {
    form("CAST($1 AS DOUBLE PRECISION)", vec![value], DataType::Float64)
}

/// Calls that are always written in the same way.
fn written(name: &str, arguments: &[Expr], dialect: Dialect) -> Option<Said> {
    let known = WRITTEN.iter().find(|known| known.name == name && known.arity == arguments.len())?;
    let text = match dialect {
        DuckDb => known.duckdb,
        PostgreSql => known.postgresql,
    };
    Some(Said::new(text?, arguments.to_vec()).noted(known.note))
}

/// Calls whose writing depends on their constant arguments, or on types.
fn special(name: &str, arguments: &[Expr], schema: &DFSchema, dialect: Dialect) -> Option<Said> {
    match (name, arguments) {
        ("encode", [Expr::ScalarFunction(digest), encoding]) if digest.func.name() == "digest" => {
            let [text, algorithm] = digest.args.as_slice() else { return None };
            let form = match (text_of(encoding)?, text_of(algorithm)?, dialect) {
                ("hex", "md5", _) => "md5($1)".to_owned(),
                ("hex", "sha256", DuckDb) => "sha256($1)".to_owned(),
                ("hex", algorithm @ ("sha256" | "sha512"), PostgreSql) => {
                    format!("encode({algorithm}(convert_to($1, 'UTF8')), 'hex')")
                }
                _ => return None,
            };
            Some(Said::new(form, vec![text.clone()]))
        }
        ("round" | "trunc", [value, places]) => {
            let is_decimal = match value.get_type(schema).ok()? {
                DataType::Float64 => false,
                DataType::Decimal128(..) | DataType::Decimal256(..) => true,
                _ => return None,
            };
            let form = rounded(name, integer_of(places)?, is_decimal, dialect);
            Some(Said::new(form, vec![value.clone()]))
        }
        // DuckDB counts places before the first from the end.
        ("substr", [_, start]) if dialect == DuckDb => {
            let form = match integer_of(start) {
                Some(1..) => "substring($1, $2)",
                _ => "substring($1, CASE WHEN $2 < 1 THEN 1 ELSE $2 END)",
            };
            Some(Said::new(form, arguments.to_vec()))
        }
        ("substr", [_, start, _]) if dialect == DuckDb => {
            let form = match integer_of(start) {
                Some(1..) => "substring($1, $2, $3)",
                _ => {
                    "substring($1, CASE WHEN $2 < 1 THEN 1 ELSE $2 END, \
                     CASE WHEN $2 >= 1 THEN $3 WHEN $3 + $2 < 1 THEN 0 ELSE $3 + $2 - 1 END)"
                }
            };
            Some(Said::new(form, arguments.to_vec()))
        }
        ("tutti_pad", [text, length, fill, side]) => {
            let length = integer_of(length).filter(|length| (0..=native::text::PADDED_MAX).contains(length))?;
            let function = if text_of(side)? == "left" { "lpad" } else { "rpad" };
            text_of(fill).filter(|fill| !fill.is_empty())?;
            Some(Said::new(format!("{function}($1, {length}, $2)"), vec![text.clone(), fill.clone()]))
        }
        ("tutti_json_value", [text, path]) if dialect == DuckDb => {
            let path = json_path(text_of(path)?)?;
            let form = "CASE WHEN json_valid($1) THEN json_extract_string($1, $2) END";
            Some(Said::new(form, vec![text.clone(), lit(path)]))
        }
        _ => None,
    }
}

fn rounded(name: &str, places: i64, is_decimal: bool, dialect: Dialect) -> String {
    match (name, places, is_decimal, dialect) {
        (_, 0, true, _) | ("trunc", 0, ..) | ("round", 0, _, DuckDb) => format!("{name}($1)"),
        (_, _, true, _) | ("round", _, _, DuckDb) => format!("{name}($1, {places})"),
        // PostgreSQL rounds numbers with a fraction to whole ones, halves to even ones.
        ("round", 0, ..) => "(sign($1) * floor(abs($1) + 0.5))".to_owned(),
        (name, places, ..) => {
            let factor = 10f64.powi(i32::try_from(places).unwrap_or(0));
            match name {
                "round" => format!("(sign($1) * floor(abs($1) * {factor:?} + 0.5) / {factor:?})"),
                _ => format!("(trunc($1 * {factor:?}) / {factor:?})"),
            }
        }
    }
}

/// A path as DuckDB reads it; `None` for names with what has a meaning there.
fn json_path(path: &str) -> Option<String> {
    let mut written = "$".to_owned();
    for step in native::document::json_path(path).ok()? {
        match step {
            native::document::Step::Name(name) if name.contains(['"', '\\']) => return None,
            native::document::Step::Name(name) => written.push_str(&format!(".\"{name}\"")),
            native::document::Step::Place(place @ ..0) => written.push_str(&format!("[#{place}]")),
            native::document::Step::Place(place) => written.push_str(&format!("[{place}]")),
        }
    }
    Some(written)
}

/// The value of a constant text.
pub fn text_of(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Literal(value, _) => value.try_as_str().flatten(),
        _ => None,
    }
}

/// The value of a constant integer.
pub fn integer_of(expr: &Expr) -> Option<i64> {
    match expr {
        Expr::Literal(ScalarValue::Int64(value), _) => *value,
        _ => None,
    }
}
