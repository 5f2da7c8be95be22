//! From the parsed text of an expression to the engine's expression, typed part by part.

use std::cell::Cell;
use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field as ArrowField, Schema};
use datafusion::common::DFSchema;
use datafusion::logical_expr::expr::{InList, Like};
use datafusion::logical_expr::{Case, Expr, Operator, lit};
use datafusion::sql::sqlparser::ast::{self, UnaryOperator};
use tutti_model::bind::{Fault, Keys, Position};
use tutti_model::date_math::Moment;
use tutti_model::table::ColumnType;
use tutti_model::value::Literal;

use super::operators::{binary, field_name};
use super::syntax::{is_row_id, path_of, start};
use super::typed::{Family, Typed, common};
use crate::frame::{column, comparable};
use crate::functions::aggregation::AggregateCall;
use crate::functions::native;
use crate::types::arrow_type;

/// What an expression is translated with.
pub struct Translator<'a> {
    /// The columns that fields are, each named by its path.
    pub schema: Arc<DFSchema>,
    pub moment: &'a Moment,
    /// The key of the row, for what differs from row to row by chance. Empty while only types are looked at.
    pub keys: &'a [Expr],
    /// What is encrypted with.
    pub secrets: Keys,
    /// The aggregates found so far; `None` where an aggregate has no place.
    pub aggregates: Option<Vec<AggregateCall>>,
    /// The window functions found so far, each with the name of its column.
    pub windows: Vec<(String, Expr)>,
    /// How many functions of chance were met.
    pub chances: Cell<i64>,
}

impl<'a> Translator<'a> {
    pub fn new(schema: Arc<DFSchema>, moment: &'a Moment, keys: &'a [Expr]) -> Self {
        Self {
            schema,
            moment,
            keys,
            secrets: Keys::default(),
            aggregates: None,
            windows: Vec::new(),
            chances: Cell::new(0),
        }
    }

    pub fn translate(&mut self, expr: &ast::Expr) -> Result<Typed, Fault> {
        let at = start(expr);
        match expr {
            ast::Expr::Identifier(name) if is_row_id(name) => self.named("row_id", &[], at),
            ast::Expr::Identifier(name) => self.field(&name.value, at),
            ast::Expr::CompoundIdentifier(names) => self.field(&path_of(names), at),
            ast::Expr::Value(value) => self.value(&value.value, at),
            ast::Expr::TypedString(typed) => {
                let kind = type_named(&typed.data_type).ok_or_else(|| unknown_type(&typed.data_type, at))?;
                let text = self.value(&typed.value.value, at)?;
                self.read(&text, kind)
            }
            ast::Expr::Nested(inner) => self.translate(inner),
            ast::Expr::UnaryOp { op, expr } => self.unary(*op, expr, at),
            ast::Expr::BinaryOp { left, op, right } => self.binary(left, op, right),
            ast::Expr::IsNull(inner) => self.translated(inner, Expr::is_null),
            ast::Expr::IsNotNull(inner) => self.translated(inner, Expr::is_not_null),
            ast::Expr::IsTrue(inner) => self.truth(inner, Expr::is_true),
            ast::Expr::IsNotTrue(inner) => self.truth(inner, Expr::is_not_true),
            ast::Expr::IsFalse(inner) => self.truth(inner, Expr::is_false),
            ast::Expr::IsNotFalse(inner) => self.truth(inner, Expr::is_not_false),
            ast::Expr::IsUnknown(inner) => self.truth(inner, Expr::is_unknown),
            ast::Expr::IsNotUnknown(inner) => self.truth(inner, Expr::is_not_unknown),
            ast::Expr::IsDistinctFrom(left, right) => {
                let (left, right) = (self.translate(left)?, self.translate(right)?);
                self.compare(&left, Operator::IsDistinctFrom, &right)
            }
            ast::Expr::IsNotDistinctFrom(left, right) => {
                let (left, right) = (self.translate(left)?, self.translate(right)?);
                self.compare(&left, Operator::IsNotDistinctFrom, &right)
            }
            ast::Expr::InList { expr, list, negated } => self.in_list(expr, list, *negated),
            ast::Expr::Between { expr, negated, low, high } => {
                let (value, low, high) = (self.translate(expr)?, self.translate(low)?, self.translate(high)?);
                let within = self.compare(&value, Operator::GtEq, &low)?.expr;
                let within = within.and(self.compare(&value, Operator::LtEq, &high)?.expr);
                self.typed(if *negated { !within } else { within }, at)
            }
            ast::Expr::Like { negated, any: false, expr, pattern, escape_char } => {
                self.like(expr, pattern, escape_char.as_ref(), *negated, false)
            }
            ast::Expr::ILike { negated, any: false, expr, pattern, escape_char } => {
                self.like(expr, pattern, escape_char.as_ref(), *negated, true)
            }
            ast::Expr::Case { operand, conditions, else_result, .. } => {
                let branches = conditions.iter().map(|when| (&when.condition, &when.result)).collect::<Vec<_>>();
                self.case(operand.as_deref(), &branches, else_result.as_deref(), at)
            }
            ast::Expr::Cast { expr, data_type, array: false, format: None, .. } => {
                let kind = type_named(data_type).ok_or_else(|| unknown_type(data_type, at))?;
                let value = self.translate(expr)?;
                self.convert(&value, kind)
            }
            ast::Expr::AtTimeZone { timestamp, time_zone } => self.named("to_time_zone", &[timestamp, time_zone], at),
            ast::Expr::Extract { field, expr, .. } => {
                let name = field_name(field);
                let Some(function) = native::PARTS.into_iter().find(|part| *part == name) else {
                    let known = native::PARTS.join("`, `");
                    let fault = Fault::new(format!("`{name}` is not a part of a date")).at(at);
                    return Err(fault.hint(format!("known are `{known}`")));
                };
                let value = self.translate(expr)?;
                let time = self.of_family(&value, Family::Time, &ast::BinaryOperator::Custom("extract".to_owned()))?;
                self.typed(native::part(function, time.expr, self.zone()), at)
            }
            ast::Expr::Substring { expr, substring_from, substring_for, .. } => {
                let from = substring_from.as_deref();
                let arguments: Vec<&ast::Expr> =
                    [Some(expr.as_ref()), from, substring_for.as_deref()].into_iter().flatten().collect();
                match from {
                    Some(_) => self.named("substring", &arguments, at),
                    None => Err(Fault::new("`substring` needs the place where the part begins").at(at)),
                }
            }
            ast::Expr::Trim { trim_where: None, trim_what: None, trim_characters: None, expr } => {
                self.named("trim", &[expr], at)
            }
            ast::Expr::Position { expr, r#in } => self.named("charindex", &[r#in, expr], at),
            ast::Expr::Function(function) => self.function(function, at),
            ast::Expr::Interval(_) => {
                Err(Fault::new("an interval stands only after `+` or `-`, beside a date or a time").at(at))
            }
            other => Err(Fault::new(format!("`{other}` is not understood in an expression")).at(at)),
        }
    }

    pub fn typed(&self, expr: Expr, at: Position) -> Result<Typed, Fault> {
        Typed::new(expr, &self.schema, at)
    }

    /// Adds a column that stands for what is computed before the expression.
    pub fn add_column(&mut self, name: &str, data_type: DataType) {
        let fields = self.schema.fields().iter().map(|field| field.as_ref().clone());
        let fields: Vec<ArrowField> = fields.chain([ArrowField::new(name, data_type, true)]).collect();
        // The names differ, so that there is nothing to go wrong.
        if let Ok(schema) = DFSchema::try_from(Schema::new(fields)) {
            self.schema = Arc::new(schema);
        }
    }

    /// The name of the zone in which days are cut.
    pub fn zone(&self) -> &str {
        self.moment.zone.iana_name().unwrap_or("UTC")
    }

    /// How a part of the expression is called in messages.
    pub fn words(&self, part: &Typed, otherwise: &str) -> String {
        match &part.expr {
            Expr::Column(column) => format!("`{}`", column.name),
            _ => otherwise.to_owned(),
        }
    }

    fn field(&self, path: &str, at: Position) -> Result<Typed, Fault> {
        if !self.schema.has_column_with_unqualified_name(path) {
            return Err(Fault::new(format!("there is no field `{path}`")).at(at));
        }
        self.typed(column(path), at)
    }

    fn value(&self, value: &ast::Value, at: Position) -> Result<Typed, Fault> {
        let read = |text: &str, kind: ColumnType| {
            Literal::read(&serde_json::Value::String(text.to_owned()), kind, self.moment)
        };
        match value {
            ast::Value::Null => Ok(Typed::null(None, at)),
            ast::Value::Boolean(value) => Ok(Typed::literal(&Literal::Boolean(*value), at)),
            ast::Value::Number(text, _) => {
                // Without loss where it has at most 38 digits.
                read(text, ColumnType::Decimal { precision: 38, scale: 0 })
                    .or_else(|_| read(text, ColumnType::Number))
                    .map(|literal| Typed::literal(&literal, at))
                    .map_err(|message| Fault::new(message).at(at))
            }
            ast::Value::SingleQuotedString(text)
            | ast::Value::EscapedStringLiteral(text)
            | ast::Value::NationalStringLiteral(text) => Ok(Typed::literal(&Literal::Text(text.clone()), at)),
            ast::Value::Placeholder(name) => self.variable(name, at),
            other => Err(Fault::new(format!("`{other}` is not understood in an expression")).at(at)),
        }
    }

    fn variable(&self, name: &str, at: Position) -> Result<Typed, Fault> {
        let Some(variable) = name.strip_prefix('$').and_then(|name| self.moment.variables.get(name)) else {
            return Err(Fault::new(format!("there is no variable `{name}`")).at(at));
        };
        let wrong = |message: String| Fault::new(format!("the variable `{name}`: {message}")).at(at);
        match variable.literal(self.moment).map_err(wrong)? {
            None => Ok(Typed::null(Some(variable.data_type), at)),
            Some(literal) => {
                let mut typed = Typed::declared(&literal, variable.data_type, at);
                if let Some(text) = &mut typed.text {
                    text.is_variable = true;
                }
                Ok(typed)
            }
        }
    }

    /// A literal text as a value of a type.
    fn read(&self, text: &Typed, kind: ColumnType) -> Result<Typed, Fault> {
        let Some(value) = &text.text else { return self.convert(text, kind) };
        let wanted = match kind {
            ColumnType::Decimal { .. } | ColumnType::Integer => ColumnType::Decimal { precision: 38, scale: 0 },
            kind => kind,
        };
        let value = serde_json::Value::String(value.value.clone());
        let literal = Literal::read(&value, wanted, self.moment).map_err(|message| Fault::new(message).at(text.at))?;
        let typed = Typed::literal(&literal, text.at);
        if typed.kind == Some(kind) { Ok(typed) } else { self.convert(&typed, kind) }
    }

    fn unary(&mut self, op: UnaryOperator, inner: &ast::Expr, at: Position) -> Result<Typed, Fault> {
        if let (UnaryOperator::Minus, ast::Expr::Value(value)) = (op, inner)
            && let ast::Value::Number(text, long) = &value.value
        {
            return self.value(&ast::Value::Number(format!("-{text}"), *long), at);
        }
        let inner = self.translate(inner)?;
        let named = |name: &str| ast::BinaryOperator::Custom(name.to_owned());
        match op {
            UnaryOperator::Plus => self.of_family(&inner, Family::Number, &named("+")),
            UnaryOperator::Minus => {
                let inner = self.of_family(&inner, Family::Number, &named("-"))?;
                if inner.kind == Some(ColumnType::Integer) {
                    return self.typed(native::call("tutti_minus", vec![lit(0i64), inner.expr]), at);
                }
                self.typed(Expr::Negative(Box::new(inner.expr)), at)
            }
            UnaryOperator::Not | UnaryOperator::BangNot => {
                let inner = self.of_family(&inner, Family::Boolean, &named("not"))?;
                self.typed(!inner.expr, at)
            }
            UnaryOperator::BitwiseNot => {
                let inner = self.of_family(&inner, Family::Number, &named("~"))?;
                self.typed(binary(inner.expr, Operator::BitwiseXor, lit(-1i64)), at)
            }
            other => Err(Fault::new(format!("the operator `{other}` is not known")).at(at)),
        }
    }

    fn translated(&mut self, inner: &ast::Expr, test: fn(Expr) -> Expr) -> Result<Typed, Fault> {
        let inner = self.translate(inner)?;
        self.typed(test(inner.expr), inner.at)
    }

    fn truth(&mut self, inner: &ast::Expr, test: fn(Expr) -> Expr) -> Result<Typed, Fault> {
        let inner = self.translate(inner)?;
        let inner = self.of_family(&inner, Family::Boolean, &ast::BinaryOperator::Custom("is".to_owned()))?;
        self.typed(test(inner.cast_to(ColumnType::Boolean)), inner.at)
    }

    fn in_list(&mut self, value: &ast::Expr, list: &[ast::Expr], negated: bool) -> Result<Typed, Fault> {
        let value = self.translate(value)?;
        let mut items = Vec::with_capacity(list.len());
        for item in list {
            let item = self.translate(item)?;
            let (left, item) = self.comparable(&value, &item)?;
            items.push((left, item));
        }
        // Where all sides stay as they are this is a list, else one comparison for each.
        let is_plain = items.iter().all(|(left, item)| left.expr == value.expr && left.kind == item.kind);
        let expr = if is_plain {
            let list = items.into_iter().map(|(_, item)| item.expr).collect();
            Expr::InList(InList::new(Box::new(value.expr.clone()), list, negated))
        } else {
            let mut any = lit(false);
            for (left, item) in items {
                any = any.or(match (left.kind, item.kind) {
                    (Some(left_kind), Some(kind)) => {
                        let (left, item) = comparable((left.expr, item.expr), left_kind, kind);
                        left.eq(item)
                    }
                    _ => left.expr.eq(item.expr),
                });
            }
            if negated { !any } else { any }
        };
        self.typed(expr, value.at)
    }

    fn like(
        &mut self,
        value: &ast::Expr,
        pattern: &ast::Expr,
        escape: Option<&ast::ValueWithSpan>,
        negated: bool,
        any_case: bool,
    ) -> Result<Typed, Fault> {
        let (value, pattern) = (self.translate(value)?, self.translate(pattern)?);
        let name = ast::BinaryOperator::Custom("like".to_owned());
        let value = self.of_family(&value, Family::Text, &name)?;
        let pattern = self.of_family(&pattern, Family::Text, &name)?;
        let escape = match escape.map(|escape| &escape.value) {
            None => None,
            Some(ast::Value::SingleQuotedString(text)) if text.chars().count() == 1 => text.chars().next(),
            Some(_) => return Err(Fault::new("the escape of `like` is one character in quotes").at(pattern.at)),
        };
        let (text, pattern) = (value.cast_to(ColumnType::String), pattern.cast_to(ColumnType::String));
        let (text, pattern) = if any_case {
            (crate::functions::casefold(text), crate::functions::casefold(pattern))
        } else {
            (text, pattern)
        };
        self.typed(Expr::Like(Like::new(negated, Box::new(text), Box::new(pattern), escape, false)), value.at)
    }

    /// `case`, in SQL's form or in the form of functions.
    pub fn case(
        &mut self,
        operand: Option<&ast::Expr>,
        branches: &[(&ast::Expr, &ast::Expr)],
        otherwise: Option<&ast::Expr>,
        at: Position,
    ) -> Result<Typed, Fault> {
        let operand = operand.map(|operand| self.translate(operand)).transpose()?;
        let mut conditions = Vec::with_capacity(branches.len());
        let mut results = Vec::with_capacity(branches.len() + 1);
        for (condition, result) in branches {
            let condition = self.translate(condition)?;
            conditions.push(match &operand {
                Some(operand) => self.compare(operand, Operator::Eq, &condition)?,
                None => self.of_family(&condition, Family::Boolean, &ast::BinaryOperator::Custom("when".to_owned()))?,
            });
            results.push(self.translate(result)?);
        }
        results.push(match otherwise {
            Some(otherwise) => self.translate(otherwise)?,
            None => Typed::null(None, at),
        });
        let kind = self.common_kind(&results)?;
        let mut results: Vec<Expr> = self.all_as(&results, kind)?;
        let otherwise = results.pop().map(Box::new);
        let when_then = conditions
            .into_iter()
            .zip(results)
            .map(|(condition, result)| (Box::new(condition.expr), Box::new(result)))
            .collect();
        self.typed(Expr::Case(Case::new(None, when_then, otherwise)), at)
    }

    /// The type that all values of a choice have.
    pub fn common_kind(&self, parts: &[Typed]) -> Result<Option<ColumnType>, Fault> {
        common(parts).map_err(|(index, before)| {
            let part = &parts[index];
            let message = format!("{} and {} cannot be values of one column", before.words(), part.kind_words());
            Fault::new(message).at(part.at).hint(format!("convert it with `{}(...)`", before.conversion()))
        })
    }

    /// All as values of one type.
    pub fn all_as(&self, parts: &[Typed], kind: Option<ColumnType>) -> Result<Vec<Expr>, Fault> {
        let Some(kind) = kind else { return Ok(parts.iter().map(|part| part.expr.clone()).collect()) };
        parts
            .iter()
            .map(|part| match (part.kind, kind) {
                (Some(ColumnType::Date), ColumnType::Timestamp) => Ok(native::instant(part.expr.clone(), self.zone())),
                (Some(own), kind) if own == kind => Ok(part.expr.clone()),
                _ => Ok(datafusion::logical_expr::cast(part.expr.clone(), arrow_type(kind))),
            })
            .collect()
    }
}

/// The column type that SQL's name of a type means.
pub fn type_named(data_type: &ast::DataType) -> Option<ColumnType> {
    let text = data_type.to_string().to_lowercase();
    let (name, arguments) = text.split_once('(').map_or((text.as_str(), ""), |(name, rest)| (name, rest));
    Some(match name.trim() {
        "text" | "string" | "varchar" | "char" | "character varying" | "character" => ColumnType::String,
        "int" | "integer" | "bigint" | "smallint" | "tinyint" | "int4" | "int8" | "int64" => ColumnType::Integer,
        "number" | "double" | "double precision" | "float" | "real" | "float8" | "float64" => ColumnType::Number,
        "decimal" | "numeric" | "dec" => {
            let mut digits = arguments.trim_end_matches(')').split(',').map(|digits| digits.trim().parse::<u8>());
            match (digits.next(), digits.next()) {
                (Some(Ok(precision)), None) => decimal(precision, 0)?,
                (Some(Ok(precision)), Some(Ok(scale))) => decimal(precision, scale)?,
                _ => decimal(38, 10)?,
            }
        }
        "boolean" | "bool" => ColumnType::Boolean,
        "date" => ColumnType::Date,
        "timestamp" | "datetime" | "timestamp with time zone" | "timestamp without time zone" | "timestamptz" => {
            ColumnType::Timestamp
        }
        _ => return None,
    })
}

fn decimal(precision: u8, scale: u8) -> Option<ColumnType> {
    (1..=38).contains(&precision).then_some(())?;
    (scale <= precision).then_some(ColumnType::Decimal { precision, scale })
}

fn unknown_type(data_type: &ast::DataType, at: Position) -> Fault {
    Fault::new(format!("`{data_type}` is not a type"))
        .at(at)
        .hint("known are string, integer, number, decimal(p,s), boolean, date, timestamp")
}
