//! The operators of expressions: which types they take, and what they mean where SQL engines differ. Nothing fails on
//! a row: a division by zero has no value.

use datafusion::arrow::datatypes::DataType;
use datafusion::functions::core::expr_fn::nullif;
use datafusion::logical_expr::{BinaryExpr, Expr, Operator, cast, lit};
use datafusion::sql::sqlparser::ast::{self, BinaryOperator, DateTimeField};
use tutti_model::bind::{Fault, Position};
use tutti_model::table::ColumnType;

use super::syntax::start;
use super::translate::Translator;
use super::typed::{Family, Typed};
use crate::frame::comparable;
use crate::functions::native;

impl Translator<'_> {
    pub fn binary(&mut self, left: &ast::Expr, op: &BinaryOperator, right: &ast::Expr) -> Result<Typed, Fault> {
        use BinaryOperator as Op;
        if let (Op::Plus | Op::Minus, ast::Expr::Interval(interval)) = (op, right) {
            let left = self.translate(left)?;
            return self.shifted(&left, interval, *op == Op::Minus);
        }
        if let (Op::Plus, ast::Expr::Interval(interval)) = (op, left) {
            let right = self.translate(right)?;
            return self.shifted(&right, interval, false);
        }
        let (left, right) = (self.translate(left)?, self.translate(right)?);
        let at = left.at;
        match op {
            Op::Eq => self.compare(&left, Operator::Eq, &right),
            Op::NotEq => self.compare(&left, Operator::NotEq, &right),
            Op::Lt => self.compare(&left, Operator::Lt, &right),
            Op::LtEq => self.compare(&left, Operator::LtEq, &right),
            Op::Gt => self.compare(&left, Operator::Gt, &right),
            Op::GtEq => self.compare(&left, Operator::GtEq, &right),
            Op::And | Op::Or => {
                let (left, right) =
                    (self.of_family(&left, Family::Boolean, op)?, self.of_family(&right, Family::Boolean, op)?);
                let expr = if *op == Op::And { left.expr.and(right.expr) } else { left.expr.or(right.expr) };
                self.typed(expr, at)
            }
            Op::StringConcat => {
                let (left, right) =
                    (self.of_family(&left, Family::Text, op)?, self.of_family(&right, Family::Text, op)?);
                let (left, right) = (left.cast_to(ColumnType::String), right.cast_to(ColumnType::String));
                self.typed(binary(left, Operator::StringConcat, right), at)
            }
            Op::Plus | Op::Minus if is_time(&left) || is_time(&right) => self.time_arithmetic(&left, op, &right),
            Op::Plus | Op::Minus | Op::Multiply | Op::Divide | Op::Modulo => self.arithmetic(&left, op, &right),
            Op::BitwiseAnd | Op::BitwiseOr | Op::PGBitwiseXor | Op::BitwiseXor => {
                let operator = match op {
                    Op::BitwiseAnd => Operator::BitwiseAnd,
                    Op::BitwiseOr => Operator::BitwiseOr,
                    _ => Operator::BitwiseXor,
                };
                let (left, right) = (self.integer(&left, op)?, self.integer(&right, op)?);
                self.typed(binary(left.expr, operator, right.expr), at)
            }
            other => Err(Fault::new(format!("the operator `{other}` is not known")).at(at)),
        }
    }

    /// A comparison; NULL where a side is.
    pub fn compare(&self, left: &Typed, operator: Operator, right: &Typed) -> Result<Typed, Fault> {
        let (left, right) = self.comparable(left, right)?;
        let at = left.at;
        let (Some(left_kind), Some(right_kind)) = (left.kind, right.kind) else {
            return self.typed(binary(left.expr, operator, right.expr), at);
        };
        let ordered = !matches!(
            operator,
            Operator::Eq | Operator::NotEq | Operator::IsDistinctFrom | Operator::IsNotDistinctFrom
        );
        if ordered && left_kind == ColumnType::Boolean {
            return Err(Fault::new("true and false have no order").at(at).hint("compare them with `=`"));
        }
        let (left, right) = comparable((left.expr, right.expr), left_kind, right_kind);
        self.typed(binary(left, operator, right), at)
    }

    /// Both sides, of types that can be compared.
    pub fn comparable(&self, left: &Typed, right: &Typed) -> Result<(Typed, Typed), Fault> {
        let (Some(left_kind), Some(right_kind)) = (left.kind, right.kind) else {
            // NULL takes the type of the other side.
            let known = left.kind.or(right.kind);
            let of_known = |side: &Typed| if side.kind.is_none() { Typed::null(known, side.at) } else { side.clone() };
            return Ok((of_known(left), of_known(right)));
        };
        if Family::of(left_kind) == Family::of(right_kind) {
            return Ok((self.instant_beside(left, right)?, self.instant_beside(right, left)?));
        }
        if let Some(right) = right.fit(Family::of(left_kind), self.moment)? {
            return Ok((self.instant_beside(left, &right)?, self.instant_beside(&right, left)?));
        }
        if let Some(left) = left.fit(Family::of(right_kind), self.moment)? {
            return Ok((self.instant_beside(&left, right)?, self.instant_beside(right, &left)?));
        }
        let message = format!(
            "{} is {left_kind} and {} is {right_kind}: they cannot be compared",
            self.words(left, "the left side"),
            self.words(right, "the right side")
        );
        let hint = match (&left.text, &right.text) {
            (Some(text), _) | (_, Some(text)) if text.value.parse::<f64>().is_ok() => {
                format!("write {} without quotes", text.value)
            }
            _ => format!("convert one of them, for example with `{}(...)`", Family::of(left_kind).conversion()),
        };
        Err(Fault::new(message).at(right.at).hint(hint))
    }

    /// A date beside a time is its midnight in the zone.
    fn instant_beside(&self, side: &Typed, other: &Typed) -> Result<Typed, Fault> {
        match (side.kind, other.kind) {
            (Some(ColumnType::Date), Some(ColumnType::Timestamp)) => {
                self.typed(native::instant(side.expr.clone(), self.zone()), side.at)
            }
            _ => Ok(side.clone()),
        }
    }

    pub fn arithmetic(&self, left: &Typed, op: &BinaryOperator, right: &Typed) -> Result<Typed, Fault> {
        let left = self.of_family(left, Family::Number, op)?;
        let right = self.of_family(right, Family::Number, op)?;
        let (Some(left_kind), Some(right_kind)) = (left.kind, right.kind) else {
            return Ok(Typed::null(left.kind.or(right.kind).or(Some(ColumnType::Integer)), left.at));
        };
        let number = |side: &Typed| side.cast_to(ColumnType::Number);
        let operator = match op {
            BinaryOperator::Plus => Operator::Plus,
            BinaryOperator::Minus => Operator::Minus,
            BinaryOperator::Multiply => Operator::Multiply,
            BinaryOperator::Modulo => Operator::Modulo,
            _ => {
                let divisor = nullif(number(&right), lit(0.0));
                return self.typed(binary(number(&left), Operator::Divide, divisor), left.at);
            }
        };
        if (left_kind, right_kind) == (ColumnType::Integer, ColumnType::Integer) {
            let name = match operator {
                Operator::Plus => "tutti_plus",
                Operator::Minus => "tutti_minus",
                Operator::Multiply => "tutti_times",
                _ => "tutti_remainder",
            };
            return self.typed(native::call(name, vec![left.expr, right.expr]), left.at);
        }
        // A result of more digits than decimals have is computed as a number.
        let is_wide = digits(left_kind, operator, right_kind) > 38;
        let (one, mut other) =
            if is_wide { (number(&left), number(&right)) } else { (left.expr.clone(), right.expr.clone()) };
        if operator == Operator::Modulo {
            let zero = if is_wide || right_kind == ColumnType::Number {
                lit(0.0)
            } else {
                cast(lit(0i64), crate::types::arrow_type(right_kind))
            };
            other = nullif(other, zero);
        }
        let result = self.typed(binary(one, operator, other), left.at)?;
        Ok(match result.kind {
            // The engine makes a zero of `x * 0`, of another type than the product: the cast keeps its type.
            Some(kind @ ColumnType::Decimal { .. }) if operator == Operator::Multiply => {
                Typed { expr: cast(result.expr, crate::types::arrow_type(kind)), ..result }
            }
            _ => result,
        })
    }

    fn time_arithmetic(&self, left: &Typed, op: &BinaryOperator, right: &Typed) -> Result<Typed, Fault> {
        let is_minus = *op == BinaryOperator::Minus;
        let right = if is_minus && right.text.is_some() {
            right.fit(Family::Time, self.moment)?.unwrap_or_else(|| right.clone())
        } else {
            right.clone()
        };
        match (left.kind, right.kind) {
            (Some(ColumnType::Date), Some(ColumnType::Integer)) => {
                let days = if is_minus { negated(right.expr.clone()) } else { right.expr.clone() };
                self.typed(native::shift("day", left.expr.clone(), days, self.zone()), left.at)
            }
            (Some(ColumnType::Date), Some(ColumnType::Date)) if is_minus => {
                let days = |side: &Typed| cast(cast(side.expr.clone(), DataType::Int32), DataType::Int64);
                self.typed(days(left) - days(&right), left.at)
            }
            _ => {
                let message = format!("`{op}` is not defined for {} and {}", left.kind_words(), right.kind_words());
                let hint = if is_minus && is_time(left) && is_time(&right) {
                    "use `days_diff(end, start)`, `hours_diff`, `seconds_diff`, ..."
                } else {
                    "use `add_days(time, n)`, `add_hours`, ..., or `+ interval '3 days'`"
                };
                Err(Fault::new(message).at(left.at).hint(hint))
            }
        }
    }

    /// A time, moved by an interval such as `interval '1 month 3 days'` or `interval 3 day`.
    fn shifted(&mut self, time: &Typed, interval: &ast::Interval, back: bool) -> Result<Typed, Fault> {
        let at = start(&interval.value);
        let Some(time) = time.fit(Family::Time, self.moment)?.filter(|time| time.kind.is_some_and(is_time_kind)) else {
            let message = format!("an interval is added to a date or a time, not to {}", time.kind_words());
            return Err(Fault::new(message).at(time.at));
        };
        let steps = self.interval_steps(interval, at)?;
        let mut moved = time;
        for (amount, unit) in steps {
            let amount = if back { negated(amount) } else { amount };
            let expr = native::shift(unit, moved.expr.clone(), amount, self.zone());
            moved = self.typed(expr, moved.at)?;
        }
        Ok(moved)
    }

    fn interval_steps(&mut self, interval: &ast::Interval, at: Position) -> Result<Vec<(Expr, &'static str)>, Fault> {
        let wrong = || {
            Fault::new("the interval is not understood")
                .at(at)
                .hint("write `interval '3 days'`, `interval '1 year 6 months'` or `interval 3 day`")
        };
        if interval.last_field.is_some() {
            return Err(wrong());
        }
        let amount = self.translate(&interval.value)?;
        if let Some(field) = &interval.leading_field {
            let unit = unit_of(&field_name(field)).ok_or_else(wrong)?;
            let amount = match &amount.text {
                Some(text) => Typed::literal(
                    &tutti_model::value::Literal::Integer(text.value.trim().parse().map_err(|_| wrong())?),
                    at,
                ),
                None => self.integer(&amount, &BinaryOperator::Plus)?,
            };
            return Ok(vec![(amount.expr, unit)]);
        }
        let text = amount.text.ok_or_else(wrong)?;
        let words: Vec<&str> = text.value.split_whitespace().collect();
        if words.is_empty() || words.len() % 2 == 1 {
            return Err(wrong());
        }
        words
            .chunks(2)
            .map(|pair| {
                let amount: i64 = pair[0].parse().map_err(|_| wrong())?;
                Ok((lit(amount), unit_of(pair[1]).ok_or_else(wrong)?))
            })
            .collect()
    }

    pub fn of_family(&self, part: &Typed, family: Family, op: &BinaryOperator) -> Result<Typed, Fault> {
        part.fit(family, self.moment)?.ok_or_else(|| {
            let fault = Fault::new(format!("`{op}` takes {}, not {}", family.words(), part.kind_words())).at(part.at);
            fault.hint(format!("convert it with `{}(...)`", family.conversion()))
        })
    }

    fn integer(&self, part: &Typed, op: &BinaryOperator) -> Result<Typed, Fault> {
        match self.of_family(part, Family::Number, op)? {
            part if matches!(part.kind, Some(ColumnType::Integer) | None) => Ok(part),
            part => Err(Fault::new(format!("`{op}` takes integers, not {}", part.kind_words()))
                .at(part.at)
                .hint("convert it with `to_integer(...)`")),
        }
    }
}

pub fn binary(left: Expr, operator: Operator, right: Expr) -> Expr {
    Expr::BinaryExpr(BinaryExpr::new(Box::new(left), operator, Box::new(right)))
}

/// An integer with the other sign; the least one has none.
fn negated(integer: Expr) -> Expr {
    native::call("tutti_minus", vec![lit(0i64), integer])
}

fn is_time(part: &Typed) -> bool {
    part.kind.is_some_and(is_time_kind)
}

fn is_time_kind(kind: ColumnType) -> bool {
    Family::of(kind) == Family::Time
}

/// The digits that the exact result may need.
fn digits(left: ColumnType, operator: Operator, right: ColumnType) -> u32 {
    let parts = |kind| match kind {
        ColumnType::Decimal { precision, scale } => Some((u32::from(precision - scale), u32::from(scale))),
        // What integers become beside decimals.
        ColumnType::Integer => Some((20, 0)),
        _ => None,
    };
    match (left, right, parts(left), parts(right)) {
        (ColumnType::Integer, ColumnType::Integer, ..) | (.., None, _) | (.., None) => 0,
        (.., Some((whole, scale)), Some((other_whole, other_scale))) => match operator {
            Operator::Multiply => whole + scale + other_whole + other_scale + 1,
            _ => whole.max(other_whole) + scale.max(other_scale) + 1,
        },
    }
}

pub fn field_name(field: &DateTimeField) -> String {
    field.to_string().to_lowercase()
}

/// The unit of time that a word names.
pub fn unit_of(word: &str) -> Option<&'static str> {
    let word = word.to_lowercase();
    native::UNITS.into_iter().find(|unit| *unit == word || format!("{unit}s") == word)
}
