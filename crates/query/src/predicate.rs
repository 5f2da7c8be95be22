//! Predicates as plans. A top-level conjunction becomes filters, semi-joins and anti-joins; a related-row rule inside
//! `or` becomes a mark join, whose column says whether there is a match.

use std::collections::BTreeSet;

use datafusion::arrow::datatypes::DataType;
use datafusion::functions::string::expr_fn::{contains, ends_with, starts_with};
use datafusion::logical_expr::{Expr, ExprSchemable, JoinType, LogicalPlanBuilder, cast, lit};
use datafusion::scalar::ScalarValue;
use tutti_model::bind::{Comparison, Computed, Field, Predicate, Right, Test};
use tutti_model::catalog::Hop;
use tutti_model::table::ColumnType;
use tutti_model::value::Literal;

use crate::error::Result;
use crate::frame::{Frame, column, join};
use crate::functions::{casefold, fold, folds_begin, folds_to, is_like};
use crate::related;
use crate::types::{arrow_type, number_as, scalar};

/// Keeps the rows of `frame` that match.
pub fn filter<'a>(mut frame: Frame<'a>, predicate: &Predicate) -> Result<Frame<'a>> {
    if frame.planner.to_read {
        let (frame, condition) = condition(frame, predicate)?;
        return if *predicate == Predicate::Constant(true) { Ok(frame) } else { frame.filter_by(condition) };
    }
    let names: Vec<String> = frame.plan.schema().fields().iter().map(|field| field.name().clone()).collect();
    let mut conjuncts = Vec::new();
    flatten(predicate, &mut conjuncts);
    let (local, mut related): (Vec<&Predicate>, Vec<&Predicate>) =
        conjuncts.into_iter().filter(|part| **part != Predicate::Constant(true)).partition(|part| is_local(part));
    // What filters inside filters ask for twice is asked once.
    let mut seen: Vec<&Predicate> = Vec::new();
    related.retain(|part| {
        let is_new = !seen.contains(part);
        seen.push(part);
        is_new
    });
    // Rules over linked rows are asked of the rows that are left by conditions that are found without any.
    let (cheap, dear): (Vec<&Predicate>, Vec<&Predicate>) =
        local.into_iter().partition(|part| !fields_of(part).into_iter().any(has_linked));
    for part in &related {
        frame = related::with_parent_keys(frame, related::hops(part))?;
    }
    if !related.is_empty() && frame.few.is_some() {
        // With the columns of its table that the links start from.
        frame.few = Some(frame.plan.clone());
    }
    let (number, mut done) = (cheap.len(), 0);
    for part in cheap.into_iter().chain(dear) {
        frame = frame.with_fields(fields_of(part))?;
        let condition = local_condition(&frame, part)?;
        // Told so that the linked rows for which the condition holds are found first, and only those are joined.
        let present = needed(part).map(|field| column(&field.path()).is_not_null());
        frame = frame.filter_by(present.into_iter().fold(condition, Expr::and))?;
        done += 1;
        if done == number {
            frame.few = Some(frame.plan.clone());
        }
    }
    // Positive rules first: they leave fewer rows for the others.
    let (negative, positive): (Vec<_>, Vec<_>) =
        related.into_iter().partition(|part| matches!(part, Predicate::Not(_)));
    for part in positive.into_iter().chain(negative) {
        frame = match part {
            Predicate::Related(_) | Predicate::Aggregate(_) | Predicate::Member(_) => {
                related::join_matches(frame, part, false)?
            }
            Predicate::Not(inner)
                if matches!(**inner, Predicate::Related(_) | Predicate::Aggregate(_) | Predicate::Member(_)) =>
            {
                related::join_matches(frame, inner, true)?
            }
            other => {
                let (marked, condition) = condition(frame, other)?;
                marked.filter_by(condition)?
            }
        };
    }
    let plan = frame.plan.clone();
    let more = plan.schema().fields().len() > names.len();
    // Marks are dropped again; fields that were joined may stay, they are named by their paths.
    if more && plan.schema().fields().iter().any(|field| field.name().starts_with("__mark_")) {
        let keep: Vec<Expr> = plan
            .schema()
            .columns()
            .into_iter()
            .filter(|column| !column.name.starts_with("__mark_"))
            .map(Expr::Column)
            .collect();
        frame.plan = LogicalPlanBuilder::from(plan).project(keep)?.build()?;
        frame.marks.clear();
    }
    Ok(frame)
}

/// Adds a boolean column, never NULL: whether the row matches.
pub fn mark<'a>(frame: Frame<'a>, predicate: &Predicate, name: &str) -> Result<Frame<'a>> {
    let (frame, condition) = condition(frame, predicate)?;
    frame.with_columns(vec![(condition.is_true(), name.to_owned())])
}

/// Whether a value is found over linked rows.
fn has_linked(field: &Field) -> bool {
    let of_computed = |computed: &Computed| computed.aggregates || computed.inputs.iter().any(has_linked);
    field.aggregate.is_some() || field.computed.as_ref().is_some_and(of_computed)
}

/// The field over a link without whose value a condition does not hold.
fn needed(predicate: &Predicate) -> Option<&Field> {
    match predicate {
        Predicate::Compare { test: Test::Never | Test::Null | Test::Empty, .. } => None,
        Predicate::Compare { left, .. } => {
            Some(left).filter(|left| !left.hops.is_empty() && left.computed.is_none() && left.aggregate.is_none())
        }
        _ => None,
    }
}

fn flatten<'p>(predicate: &'p Predicate, into: &mut Vec<&'p Predicate>) {
    match predicate {
        Predicate::All(parts) => parts.iter().for_each(|part| flatten(part, into)),
        other => into.push(other),
    }
}

/// The parts of a predicate that all have to hold.
pub fn conjuncts(predicate: &Predicate) -> Vec<&Predicate> {
    let mut parts = Vec::new();
    flatten(predicate, &mut parts);
    parts
}

fn is_local(predicate: &Predicate) -> bool {
    match predicate {
        Predicate::Constant(_) | Predicate::Compare { .. } => true,
        Predicate::All(parts) | Predicate::Any(parts) => parts.iter().all(is_local),
        Predicate::Not(inner) => is_local(inner),
        Predicate::Related(_) | Predicate::Aggregate(_) | Predicate::Member(_) => false,
    }
}

/// The fields of the row itself that a predicate compares.
pub fn fields_of(predicate: &Predicate) -> Vec<&Field> {
    match predicate {
        Predicate::Constant(_) | Predicate::Related(_) | Predicate::Member(_) => Vec::new(),
        Predicate::All(parts) | Predicate::Any(parts) => parts.iter().flat_map(fields_of).collect(),
        Predicate::Not(inner) => fields_of(inner),
        Predicate::Compare { left, test, .. } => std::iter::once(left).chain(fields_of_test(test)).collect(),
        Predicate::Aggregate(aggregate) => fields_of_test(&aggregate.test),
    }
}

/// The columns of the row itself that a predicate and fields are computed from, those that links start from among them.
pub fn own_columns<'p>(predicate: &'p Predicate, fields: impl IntoIterator<Item = &'p Field>) -> BTreeSet<String> {
    let mut columns = BTreeSet::new();
    columns_of(predicate, &mut columns);
    fields_of(predicate).into_iter().chain(fields).for_each(|field| columns_of_field(field, &mut columns));
    columns
}

fn columns_of(predicate: &Predicate, into: &mut BTreeSet<String>) {
    match predicate {
        Predicate::Constant(_) | Predicate::Compare { .. } => {}
        Predicate::All(parts) | Predicate::Any(parts) => parts.iter().for_each(|part| columns_of(part, into)),
        Predicate::Not(inner) => columns_of(inner, into),
        Predicate::Related(related) => starts(&related.hops, into),
        Predicate::Aggregate(aggregate) => starts(&aggregate.hops, into),
        Predicate::Member(member) => into.extend(member.keys.iter().cloned()),
    }
}

fn columns_of_field(field: &Field, into: &mut BTreeSet<String>) {
    if let Some(computed) = &field.computed {
        computed.inputs.iter().for_each(|input| columns_of_field(input, into));
    } else if let Some(aggregate) = &field.aggregate {
        starts(&aggregate.hops, into);
    } else if field.hops.is_empty() {
        into.insert(field.column.name.clone());
    } else {
        starts(&field.hops, into);
    }
}

/// The columns that links start from.
fn starts(hops: &[Hop], into: &mut BTreeSet<String>) {
    into.extend(hops.first().into_iter().flat_map(|first| first.on.iter().map(|(here, _)| here.clone())));
}

/// The fields that a test compares with.
pub fn fields_of_test(test: &Test) -> Vec<&Field> {
    let field = |right: &'_ Right| matches!(right, Right::Field(_));
    match test {
        Test::Compare(_, right) if field(right) => right_field(right).into_iter().collect(),
        Test::Between(low, high) => right_field(low).into_iter().chain(right_field(high)).collect(),
        Test::In(values) => values.iter().filter_map(right_field).collect(),
        Test::Contains(right) | Test::BeginsWith(right) | Test::EndsWith(right) | Test::Like(right) => {
            right_field(right).into_iter().collect()
        }
        Test::Never | Test::Null | Test::Empty | Test::Within(_) | Test::Compare(..) => Vec::new(),
    }
}

fn right_field(right: &Right) -> Option<&Field> {
    match right {
        Right::Field(field) => Some(field),
        Right::Literal(_) => None,
    }
}

/// A condition on any predicate, as an expression over `frame` with the joins that it needs. NULL means no match.
pub(crate) fn condition<'a>(frame: Frame<'a>, predicate: &Predicate) -> Result<(Frame<'a>, Expr)> {
    match predicate {
        Predicate::Constant(value) => Ok((frame, lit(*value))),
        Predicate::Compare { .. } => {
            let frame = frame.with_fields(fields_of(predicate))?;
            let condition = local_condition(&frame, predicate)?;
            Ok((frame, condition))
        }
        Predicate::Not(inner) => {
            let (frame, condition) = self::condition(frame, inner)?;
            Ok((frame, condition.is_not_true()))
        }
        Predicate::All(parts) => conditions(frame, parts, true),
        Predicate::Any(parts) => conditions(frame, parts, false),
        Predicate::Related(_) | Predicate::Aggregate(_) | Predicate::Member(_) => {
            related::mark_matches(frame, predicate)
        }
    }
}

fn conditions<'a>(mut frame: Frame<'a>, parts: &[Predicate], all: bool) -> Result<(Frame<'a>, Expr)> {
    let mut conditions = Vec::with_capacity(parts.len());
    for part in parts {
        let (next, condition) = condition(frame, part)?;
        frame = next;
        conditions.push(condition);
    }
    Ok((frame, combine(conditions, all)))
}

/// Combines as a balanced tree, so that long lists do not nest deeply.
pub(crate) fn combine(mut conditions: Vec<Expr>, all: bool) -> Expr {
    while conditions.len() > 1 {
        let mut next = Vec::with_capacity(conditions.len().div_ceil(2));
        let mut rest = conditions.into_iter();
        while let Some(left) = rest.next() {
            next.push(match rest.next() {
                Some(right) if all => left.and(right),
                Some(right) => left.or(right),
                None => left,
            });
        }
        conditions = next;
    }
    conditions.pop().unwrap_or_else(|| lit(all))
}

/// A condition without related rows; its fields are in the frame.
fn local_condition(frame: &Frame<'_>, predicate: &Predicate) -> Result<Expr> {
    Ok(match predicate {
        Predicate::Constant(value) => lit(*value),
        Predicate::Compare { left, test, case_sensitive } => {
            test_condition(frame, column(&left.path()), left.column.column_type, test, *case_sensitive)?
        }
        Predicate::Not(inner) => local_condition(frame, inner)?.is_not_true(),
        Predicate::All(parts) | Predicate::Any(parts) => {
            let conditions = parts.iter().map(|part| local_condition(frame, part)).collect::<Result<Vec<_>>>()?;
            combine(conditions, matches!(predicate, Predicate::All(_)))
        }
        // `is_local` keeps these out.
        Predicate::Related(_) | Predicate::Aggregate(_) | Predicate::Member(_) => lit(false),
    })
}

/// Longer lists of texts are looked up in a table.
const FOLDED_LIST_MAX: usize = 16;

/// A test of `value`, which is a column of `frame`'s plan. NULL means that the test does not hold.
pub fn test_condition(
    frame: &Frame<'_>,
    value: Expr,
    column_type: ColumnType,
    test: &Test,
    case_sensitive: bool,
) -> Result<Expr> {
    let text = column_type == ColumnType::String && !case_sensitive;
    let folded = |value: Expr| if text { casefold(value) } else { value };
    let part = |right: &Right| match right {
        Right::Literal(Literal::Text(value)) => lit(if case_sensitive { value.clone() } else { fold(value) }),
        Right::Literal(other) => lit(scalar(other)),
        Right::Field(field) => folded(column(&field.path())),
    };
    Ok(match test {
        Test::Never => lit(false),
        Test::Null => value.is_null(),
        Test::Empty => value.clone().is_null().or(value.eq(lit(""))),
        Test::Contains(right) => contains(folded(value), part(right)),
        Test::BeginsWith(right @ Right::Literal(_)) if text && !frame.planner.to_read => {
            folds_begin(value, part(right))
        }
        Test::BeginsWith(right) => starts_with(folded(value), part(right)),
        Test::EndsWith(right) => ends_with(folded(value), part(right)),
        Test::Like(Right::Literal(Literal::Text(pattern))) if !frame.planner.to_read => {
            let pattern = if case_sensitive { pattern.clone() } else { fold(pattern) };
            let starts = pattern.strip_suffix('%').filter(|starts| !starts.contains(['%', '_', '\\']));
            match starts {
                Some(starts) if text => folds_begin(value, lit(starts)),
                _ => is_like(value, &pattern, text),
            }
        }
        Test::Like(right) => folded(value).like(part(right)),
        Test::In(values) => {
            let literals: Vec<Literal> = values.iter().filter_map(Right::literal).cloned().collect();
            let (list_value, list) = in_list(frame, value.clone(), column_type, &literals, case_sensitive)?;
            let mut any = vec![if list.is_empty() {
                // No value of the list fits the column's type.
                lit(false)
            } else if text && list.len() <= FOLDED_LIST_MAX && !frame.planner.to_read {
                folds_to(list_value, list)
            } else {
                folded(list_value).in_list(list, false)
            }];
            for right in values.iter().filter(|right| right.literal().is_none()) {
                let (left, right) = operands(frame, value.clone(), column_type, right, text)?;
                any.push(left.eq(right));
            }
            combine(any, false)
        }
        Test::Compare(Comparison::Equal, right @ Right::Literal(Literal::Text(_)))
            if text && !frame.planner.to_read =>
        {
            folds_to(value, vec![part(right)])
        }
        Test::Compare(comparison, right) => {
            let (left, right) = operands(frame, value, column_type, right, text)?;
            compare(left, *comparison, right)
        }
        Test::Between(low, high) => {
            let (left, low) = operands(frame, value.clone(), column_type, low, text)?;
            let (also_left, high) = operands(frame, value, column_type, high, text)?;
            compare(left, Comparison::GreaterOrEqual, low).and(compare(also_left, Comparison::LessOrEqual, high))
        }
        Test::Within(periods) => {
            let within = periods.iter().map(|period| {
                let ends = (lit(scalar(&period.from)), lit(scalar(&period.to)));
                value.clone().gt_eq(ends.0).and(value.clone().lt(ends.1))
            });
            combine(within.collect(), false)
        }
    })
}

fn compare(left: Expr, comparison: Comparison, right: Expr) -> Expr {
    match comparison {
        Comparison::Equal => left.eq(right),
        Comparison::Less => left.lt(right),
        Comparison::LessOrEqual => left.lt_eq(right),
        Comparison::Greater => left.gt(right),
        Comparison::GreaterOrEqual => left.gt_eq(right),
    }
}

/// Both sides of a comparison, folded where text is compared without case, and of types that compare exactly.
fn operands(frame: &Frame<'_>, left: Expr, column_type: ColumnType, right: &Right, text: bool) -> Result<(Expr, Expr)> {
    match right {
        Right::Field(field) => {
            let right = column(&field.path());
            if text {
                return Ok((casefold(left), casefold(right)));
            }
            Ok(crate::frame::comparable((left, right), column_type, field.column.column_type))
        }
        Right::Literal(Literal::Text(value)) => {
            Ok(if text { (casefold(left), lit(fold(value))) } else { (left, lit(value.clone())) })
        }
        Right::Literal(literal) => number(frame, left, literal),
    }
}

/// A number is compared in the column's own type where it fits without loss, else both in a wider decimal.
fn number(frame: &Frame<'_>, left: Expr, literal: &Literal) -> Result<(Expr, Expr)> {
    let (Literal::Integer(_) | Literal::Decimal { .. }) = literal else { return Ok((left, lit(scalar(literal)))) };
    if frame.planner.to_read {
        return Ok((left, lit(scalar(literal))));
    }
    let left_type = left.get_type(frame.plan.schema())?;
    if let Some(value) = number_as(literal, &left_type) {
        return Ok((left, lit(value)));
    }
    if left_type == DataType::Float64 {
        return Ok((left, cast(lit(scalar(literal)), DataType::Float64)));
    }
    let (unscaled, scale) = match literal {
        Literal::Integer(value) => (i128::from(*value), 0),
        Literal::Decimal { unscaled, scale } => (*unscaled, scale.cast_signed()),
        _ => (0, 0),
    };
    // Past the column's range: a decimal of 38 digits holds every value of a rule, and Arrow compares the two exactly
    // in 256 bits.
    let wide = match &left_type {
        DataType::Decimal128(_, left_scale) | DataType::Decimal256(_, left_scale) => {
            DataType::Decimal256(76, scale.max(*left_scale))
        }
        _ => DataType::Decimal256(76, scale),
    };
    let value = ScalarValue::Decimal128(Some(unscaled), 38, scale);
    Ok((cast(left, wide.clone()), cast(lit(value), wide)))
}

fn in_list(
    frame: &Frame<'_>,
    value: Expr,
    column_type: ColumnType,
    values: &[Literal],
    case_sensitive: bool,
) -> Result<(Expr, Vec<Expr>)> {
    if column_type == ColumnType::String {
        let texts = values.iter().map(|value| match value {
            Literal::Text(text) if !case_sensitive => lit(fold(text)),
            other => lit(scalar(other)),
        });
        return Ok((value, texts.collect()));
    }
    let wanted = value.get_type(frame.plan.schema())?;
    if !column_type.is_numeric() || column_type == ColumnType::Number {
        return Ok((value, values.iter().map(|value| lit(scalar(value))).collect()));
    }
    // A number that the column's type cannot hold is in no row.
    Ok((value, values.iter().filter_map(|value| number_as(value, &wanted)).map(lit).collect()))
}

pub(crate) fn semi(
    frame: Frame<'_>,
    right: datafusion::logical_expr::LogicalPlan,
    on: Vec<(Expr, Expr)>,
    anti: bool,
) -> Result<Frame<'_>> {
    let join_type = if anti { JoinType::LeftAnti } else { JoinType::LeftSemi };
    frame.map(|plan| join(plan, right, join_type, on))
}

pub(crate) fn zero(result_type: ColumnType) -> Expr {
    cast(lit(0i64), arrow_type(result_type))
}
