//! Values over linked rows: what is grouped, and how each value comes out of it. Sums, means and deviations of integers
//! and decimals are exact until a last rounding, so that the order of the rows does not matter.

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::functions::math::expr_fn::sqrt;
use datafusion::functions_aggregate::expr_fn::{avg, count, count_distinct, max, min, stddev, sum};
use datafusion::functions_aggregate::string_agg::string_agg_udaf;
use datafusion::logical_expr::simplify::SimplifyContext;
use datafusion::logical_expr::{Expr, ExprFunctionExt, LogicalPlanBuilder, cast, lit, try_cast, when};
use datafusion::optimizer::simplify_expressions::ExprSimplifier;
use tutti_model::bind::{Aggregate, Field, Function, Predicate};
use tutti_model::table::ColumnType;

use crate::error::Result;
use crate::expression::{Translated, aggregate_kind, translated};
use crate::frame::{Frame, column};
use crate::functions::aggregation::AggregateCall;
use crate::functions::casefold;
use crate::predicate::{own_columns, test_condition, zero};
use crate::related::Linked;
use crate::types::arrow_type;

/// One row for each parent with linked rows: its key and `__value`.
pub(crate) fn aggregated<'a>(linked: Linked<'a>, aggregate: &Aggregate) -> Result<Frame<'a>> {
    let linked = match &aggregate.pick {
        Some(pick) => {
            let wanted = own_columns(&Predicate::Constant(true), inputs(aggregate));
            linked.picked(pick, &wanted, aggregate.hops.len() > 1)?
        }
        None => linked,
    };
    let (groups, names) = (linked.group(), linked.names);
    let key = || names.iter().map(|name| column(name));
    if let Some(operand) = counted_once(aggregate) {
        let path = operand.path();
        return linked.frame.with_fields(inputs(aggregate))?.map(|plan| {
            // Each value once for each parent, then how many: a set of values for each parent would be held at once.
            let once = LogicalPlanBuilder::from(plan)
                .aggregate(groups.into_iter().chain([column(&path).alias("__once")]), Vec::<Expr>::new())?
                .aggregate(key(), [count(column("__once")).alias("__value")])?;
            Ok(once.project(key().chain([column("__value")]))?.build()?)
        });
    }
    let Grouping { parts, values, result } = grouping(aggregate, "", linked.frame.planner.to_read)?;
    linked.frame.with_fields(inputs(aggregate))?.map(|plan| {
        let grouped = LogicalPlanBuilder::from(plan).aggregate(groups, parts)?.project(key().chain(values))?;
        Ok(match &aggregate.expression {
            Some(_) => grouped.project(key().chain([result.alias("__value")]))?.build()?,
            None => grouped.build()?,
        })
    })
}

/// The field whose different values are counted, where nothing else is asked of the linked rows.
fn counted_once(aggregate: &Aggregate) -> Option<&Field> {
    let counts = match aggregate.function {
        Function::CountDistinct => true,
        Function::Count => aggregate.distinct,
        _ => false,
    };
    aggregate.operand.as_ref().filter(|_| counts && aggregate.expression.is_none())
}

/// The fields of a linked row that an aggregate is over.
pub(crate) fn inputs(aggregate: &Aggregate) -> impl Iterator<Item = &Field> {
    aggregate.operand.iter().chain(aggregate.expression.iter().flat_map(|computed| &computed.inputs))
}

/// How the value of an aggregate is found.
pub(crate) struct Grouping {
    /// The engine's aggregates.
    pub parts: Vec<Expr>,
    /// What is made of them, each with a name.
    pub values: Vec<Expr>,
    /// The value, from `values`.
    pub result: Expr,
}

/// All names begin with `prefix`.
pub(crate) fn grouping(aggregate: &Aggregate, prefix: &str, to_read: bool) -> Result<Grouping> {
    let own = |name: &str| format!("{prefix}{name}");
    if let Some(computed) = &aggregate.expression {
        let Translated { expr, aggregates, .. } = translated(computed, &[])?;
        let (mut parts, mut values) = (Vec::new(), Vec::new());
        for call in &aggregates {
            let named = AggregateCall { name: own(&call.name), ..call.clone() };
            let (of_call, value) = parts_of(&named, to_read)?;
            parts.extend(of_call);
            // A sum of integers past 64 bits has no value here; everything else fits its type.
            values.push(try_cast(value, arrow_type(kind_of(call))).alias(&named.name));
        }
        let result = expr.transform(|expr| match &expr {
            Expr::Column(found) if aggregates.iter().any(|call| call.name == found.name) => {
                Ok(Transformed::yes(column(&own(&found.name))))
            }
            _ => Ok(Transformed::no(expr)),
        })?;
        return Ok(Grouping { parts, values, result: result.data });
    }
    let operand = aggregate.operand.as_ref().map(|field| {
        let kind = field.column.column_type;
        let value = column(&field.path());
        let is_extreme = matches!(aggregate.function, Function::Min | Function::Max);
        let folds = kind == ColumnType::String && is_extreme && !aggregate.case_sensitive;
        (if folds { casefold(value) } else { value }, kind)
    });
    let call = AggregateCall {
        name: own("__aggregate"),
        function: aggregate.function,
        operand,
        distinct: aggregate.distinct,
        separator: aggregate.separator.clone(),
    };
    let (parts, value) = parts_of(&call, to_read)?;
    let name = own("__value");
    Ok(Grouping { parts, values: vec![value.alias(&name)], result: column(&name) })
}

fn kind_of(call: &AggregateCall) -> ColumnType {
    aggregate_kind(call.function, call.operand.as_ref().map(|(_, kind)| *kind))
}

/// The engine's aggregates that a call needs, and its value from them. The exact forms read badly, and SQL's own differ
/// from them in the last digit at most: those are for plans `to_read`.
fn parts_of(call: &AggregateCall, to_read: bool) -> Result<(Vec<Expr>, Expr)> {
    let name = |part: &str| format!("{}_{part}", call.name);
    let (a, b, c) = (|| column(&name("a")), || column(&name("b")), || column(&name("c")));
    let one = |aggregate: Expr| (vec![aggregate.alias(name("a"))], a());
    let Some((operand, kind)) = call.operand.clone() else { return Ok(one(count(lit(1i64)))) };
    let number = |value: Expr| cast(value, DataType::Float64);
    let distinct =
        |aggregate: Expr| -> Result<Expr> { Ok(if call.distinct { aggregate.distinct().build()? } else { aggregate }) };
    Ok(match call.function {
        Function::Count if call.distinct => one(count_distinct(operand)),
        Function::Count => one(count(operand)),
        Function::CountDistinct => one(count_distinct(operand)),
        Function::Min => one(min(operand)),
        Function::Max => one(max(operand)),
        // Over rows that all lack a value the sum is 0, as it is over no rows.
        Function::Sum => {
            let summed = if to_read { operand } else { exact(operand, Some(kind)) };
            let total = distinct(sum(summed))?.alias(name("a"));
            (vec![total], coalesce(vec![a(), zero(kind)]))
        }
        Function::Avg if to_read => one(distinct(avg(number(operand)))?),
        Function::Stddev if to_read => one(stddev(number(operand))),
        Function::Avg if kind != ColumnType::Number => (
            vec![
                distinct(sum(exact(operand.clone(), Some(kind))))?.alias(name("a")),
                distinct(count(operand))?.alias(name("b")),
            ],
            number(a()) / number(b()),
        ),
        Function::Avg => one(distinct(avg(operand))?),
        Function::Stddev => match squared(&operand, kind) {
            // n Σx² - (Σx)² is exact, so that the order of the rows does not matter; only the root is rounded.
            Some((value, square)) => {
                let n = || cast(b(), DataType::Decimal256(19, 0));
                let sums =
                    vec![sum(value).alias(name("a")), count(operand).alias(name("b")), sum(square).alias(name("c"))];
                let numerator = number(n() * c() - a() * a());
                let pairs = number(b()) * (number(b()) - lit(1.0));
                (sums, when(b().gt(lit(1i64)), sqrt(numerator / pairs)).end()?)
            }
            None => one(stddev(number(operand))),
        },
        Function::StringAgg => {
            let joined = string_agg_udaf().call(vec![operand.clone(), lit(call.separator.clone())]);
            let ordered = joined.order_by(vec![operand.sort(true, false)]);
            let built = if call.distinct { ordered.distinct().build()? } else { ordered.build()? };
            (vec![built.alias(name("a"))], cast(a(), arrow_type(ColumnType::String)))
        }
        // Its calls come here one by one.
        Function::Expression => one(count(lit(1i64))),
    })
}

/// The most digits whose sums of `i64::MAX` rows have at most the 38 digits of a 128-bit decimal.
const SUM_DIGITS_MAX: u8 = 19;

/// The operand of a sum that cannot overflow: integers as decimals, long decimals in 256 bits.
pub(crate) fn exact(operand: Expr, operand_type: Option<ColumnType>) -> Expr {
    match operand_type {
        Some(ColumnType::Integer) => cast(operand, DataType::Decimal128(19, 0)),
        Some(ColumnType::Decimal { precision, scale }) if precision > SUM_DIGITS_MAX => {
            cast(operand, DataType::Decimal256(precision, scale.cast_signed()))
        }
        _ => operand,
    }
}

/// An exact operand and its square, where the sums of both fit 256 bits.
fn squared(operand: &Expr, kind: ColumnType) -> Option<(Expr, Expr)> {
    let (precision, scale) = match kind {
        ColumnType::Integer => (19, 0),
        ColumnType::Decimal { precision, scale } if precision <= SUM_DIGITS_MAX => (precision, scale.cast_signed()),
        _ => return None,
    };
    let wide = cast(operand.clone(), DataType::Decimal256(precision, scale));
    Some((wide.clone(), wide.clone() * wide))
}

/// The value over no linked rows, as a literal: counts and sums are 0, others NULL.
pub(crate) fn over_nothing(aggregate: &Aggregate) -> Result<Expr> {
    let of = |function: Function, kind: ColumnType| -> Result<Expr> {
        Ok(if function.is_zero_over_nothing() { zero(kind) } else { lit(ScalarValue::try_from(arrow_type(kind))?) })
    };
    let value = match &aggregate.expression {
        None => of(aggregate.function, aggregate.result_type)?,
        Some(computed) => {
            let Translated { expr, aggregates, .. } = translated(computed, &[])?;
            let filled = expr.transform(|expr| {
                let call = match &expr {
                    Expr::Column(column) => aggregates.iter().find(|call| call.name == column.name),
                    _ => None,
                };
                Ok(match call {
                    Some(call) => {
                        let value = of(call.function, kind_of(call));
                        Transformed::yes(
                            value.map_err(|error| datafusion::error::DataFusionError::External(error.into()))?,
                        )
                    }
                    None => Transformed::no(expr),
                })
            });
            filled?.data
        }
    };
    folded(value)
}

/// Whether the test holds for a row without linked rows.
pub(crate) fn holds_over_nothing(frame: &Frame<'_>, aggregate: &Aggregate) -> Result<bool> {
    let Aggregate { result_type, test, case_sensitive, .. } = aggregate;
    let holds = test_condition(frame, over_nothing(aggregate)?, *result_type, test, *case_sensitive)?;
    Ok(matches!(folded(holds.is_true())?, Expr::Literal(ScalarValue::Boolean(Some(true)), _)))
}

/// An expression without columns as its value.
pub(crate) fn folded(expr: Expr) -> Result<Expr> {
    let schema = Arc::new(DFSchema::empty());
    let simplifier = ExprSimplifier::new(SimplifyContext::builder().with_schema(Arc::clone(&schema)).build());
    Ok(simplifier.simplify(simplifier.coerce(expr, &schema)?)?)
}
