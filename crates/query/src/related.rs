//! Rules over linked rows: the keys of the parents that match, as a plan, and how they are joined to the rows.
//!
//! Whether a parent without linked rows matches is decided beforehand. Where it does not, the parents that match are
//! found among those with linked rows (semi-join); where it does, those that do not match are (anti-join).

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::common::ExprSchema;
use datafusion::common::tree_node::{Transformed, TreeNode};
use datafusion::functions::core::expr_fn::coalesce;
use datafusion::functions::math::expr_fn::sqrt;
use datafusion::functions_aggregate::expr_fn::{avg, count, count_distinct, max, min, stddev, sum};
use datafusion::logical_expr::{
    Expr, JoinType, LogicalPlan, LogicalPlanBuilder, cast, exists, in_subquery, lit, out_ref_col, when,
};
use tutti_model::bind::{Aggregate, Comparison, Count, Function, Predicate, Related, Right, Test};
use tutti_model::catalog::Hop;
use tutti_model::table::ColumnType;
use tutti_model::value::Literal;

use crate::error::Result;
use crate::frame::{Frame, Planner, column, column_type_of, comparable, join};
use crate::keep;
use crate::predicate::{fields_of_test, semi, test_condition, zero};

/// Keeps the rows that match `predicate`, a related or aggregate rule, or with `negated` those that do not.
pub fn join_matches<'a>(frame: Frame<'a>, predicate: &Predicate, negated: bool) -> Result<Frame<'a>> {
    let frame = with_parent_keys(frame, hops(predicate))?;
    if let Predicate::Aggregate(aggregate) = predicate
        && !fields_of_test(&aggregate.test).is_empty()
    {
        let (frame, condition) = compared_with_fields(frame, aggregate)?;
        return frame.filter_by(if negated { condition.is_not_true() } else { condition });
    }
    let keys = Keys::find(&frame, predicate)?;
    let on = keys.on.clone();
    semi(frame, keys.plan, on, keys.complement != negated)
}

/// Adds what is needed to say for each row whether it matches, as an expression.
pub fn mark_matches<'a>(frame: Frame<'a>, predicate: &Predicate) -> Result<(Frame<'a>, Expr)> {
    let frame = with_parent_keys(frame, hops(predicate))?;
    if let Predicate::Aggregate(aggregate) = predicate
        && !fields_of_test(&aggregate.test).is_empty()
    {
        return compared_with_fields(frame, aggregate);
    }
    let keys = Keys::find(&frame, predicate)?;
    if frame.planner.to_read {
        let complement = keys.complement;
        let among = keys.membership(&frame)?;
        return Ok((frame, if complement { among.is_not_true() } else { among }));
    }
    let name = frame.planner.fresh("mark");
    let before: Vec<Expr> = frame.plan.schema().columns().into_iter().map(Expr::Column).collect();
    let frame = frame.map(|plan| {
        let joined = join(plan, keys.plan, JoinType::LeftMark, keys.on)?;
        let mark = joined.schema().columns().pop().map(Expr::Column).unwrap_or_else(|| lit(false));
        let columns = before.into_iter().chain([mark.alias(name.clone())]);
        Ok(LogicalPlanBuilder::from(joined).project(columns)?.build()?)
    })?;
    let mark = column(&name);
    Ok((frame, if keys.complement { mark.is_not_true() } else { mark }))
}

fn hops(predicate: &Predicate) -> &[Hop] {
    match predicate {
        Predicate::Related(related) => &related.hops,
        Predicate::Aggregate(aggregate) => &aggregate.hops,
        _ => &[],
    }
}

/// Brings in the columns of the row that the first link starts from.
fn with_parent_keys<'a>(frame: Frame<'a>, hops: &[Hop]) -> Result<Frame<'a>> {
    let Some(first) = hops.first() else { return Ok(frame) };
    let table = frame.table().clone();
    let fields: Vec<tutti_model::bind::Field> = first
        .on
        .iter()
        .filter_map(|(here, _)| table.column(here))
        .map(|column| tutti_model::bind::Field::new(Vec::new(), column.clone()))
        .collect();
    frame.with_fields(&fields)
}

/// The keys of parents, and what they say: that those match, or with `complement` that those do not.
struct Keys {
    plan: LogicalPlan,
    on: Vec<(Expr, Expr)>,
    complement: bool,
}

impl Keys {
    fn find(frame: &Frame<'_>, predicate: &Predicate) -> Result<Self> {
        match predicate {
            Predicate::Related(related) => Self::of_related(frame, related),
            Predicate::Aggregate(aggregate) => Self::of_aggregate(frame, aggregate),
            _ => Ok(Self { plan: LogicalPlanBuilder::empty(false).build()?, on: Vec::new(), complement: false }),
        }
        .and_then(|keys| {
            // A name of its own makes it a derived table in SQL.
            let plan = LogicalPlanBuilder::from(keys.plan).alias(frame.planner.fresh("linked"))?.build()?;
            Ok(Self { plan, ..keys })
        })
    }

    fn of_related(frame: &Frame<'_>, related: &Related) -> Result<Self> {
        let linked = Linked::rows(frame, &related.hops, &related.filter)?;
        let (n, exactly) = match related.count {
            Count::AtLeast(1) => {
                let on = linked.on.clone();
                return Ok(Self { plan: linked.keys()?, on, complement: false });
            }
            Count::AtLeast(n) => (n, false),
            Count::Exactly(n) => (n, true),
        };
        let linked = linked.narrowed(frame)?;
        let (on, groups) = (linked.on.clone(), linked.group());
        let number = lit(i64::try_from(n).unwrap_or(i64::MAX));
        let rows = count(lit(1i64)).alias("__rows");
        let test = if exactly { column("__rows").eq(number) } else { column("__rows").gt_eq(number) };
        let plan = LogicalPlanBuilder::from(linked.frame.into_plan())
            .aggregate(groups.clone(), vec![rows])?
            .filter(test)?
            .project(groups)?
            .build()?;
        Ok(Self { plan, on, complement: false })
    }

    fn of_aggregate(frame: &Frame<'_>, aggregate: &Aggregate) -> Result<Self> {
        let linked = Linked::rows(frame, &aggregate.hops, &aggregate.filter)?.narrowed(frame)?;
        let (on, groups) = (linked.on.clone(), linked.group());
        let value = aggregated(linked, aggregate)?;
        let complement = constant_test(&aggregate.test, aggregate.function.is_zero_over_nothing());
        let condition = test_condition(&value, column("__value"), aggregate.result_type, &aggregate.test, false)?;
        let condition = if complement { condition.is_not_true() } else { condition };
        let plan = LogicalPlanBuilder::from(value.into_plan()).filter(condition)?.project(groups)?.build()?;
        Ok(Self { plan, on, complement })
    }

    /// Whether a row's key is among these, as SQL has it.
    fn membership(self, frame: &Frame<'_>) -> Result<Expr> {
        if let [(parent, _)] = self.on.as_slice() {
            return Ok(in_subquery(parent.clone(), Arc::new(self.plan)));
        }
        let schema = frame.plan.schema();
        let pairs = self.on.into_iter().map(|(parent, own)| {
            let outer = parent.transform(|expr| match expr {
                Expr::Column(name) => {
                    let data_type = schema.field_from_column(&name)?.data_type().clone();
                    Ok(Transformed::yes(out_ref_col(data_type, name)))
                }
                other => Ok(Transformed::no(other)),
            })?;
            Ok(own.eq(outer.data))
        });
        let pairs = pairs.collect::<Result<Vec<Expr>>>()?;
        let plan = pairs
            .into_iter()
            .try_fold(LogicalPlanBuilder::from(self.plan), LogicalPlanBuilder::filter)?
            .project(vec![lit(1i64)])?
            .build()?;
        Ok(exists(Arc::new(plan)))
    }
}

/// Compares an aggregate with fields of the row itself: every row needs its value, so it is joined.
fn compared_with_fields<'a>(frame: Frame<'a>, aggregate: &Aggregate) -> Result<(Frame<'a>, Expr)> {
    let frame = frame.with_fields(fields_of_test(&aggregate.test))?;
    let linked = Linked::rows(&frame, &aggregate.hops, &aggregate.filter)?.narrowed(&frame)?;
    let on = linked.on.clone();
    let value = aggregated(linked, aggregate)?;
    let name = frame.planner.fresh("mark");
    let before: Vec<Expr> = frame.plan.schema().columns().into_iter().map(Expr::Column).collect();
    let frame = frame.map(|plan| {
        let joined = join(plan, value.into_plan(), JoinType::Left, on)?;
        let value = if aggregate.function.is_zero_over_nothing() {
            coalesce(vec![column("__value"), zero(aggregate.result_type)])
        } else {
            column("__value")
        };
        Ok(LogicalPlanBuilder::from(joined).project(before.into_iter().chain([value.alias(name.clone())]))?.build()?)
    })?;
    let condition = test_condition(&frame, column(&name), aggregate.result_type, &aggregate.test, false)?;
    Ok((frame, condition))
}

/// The linked rows of many parents, with the parent's key beside each.
pub(crate) struct Linked<'a> {
    pub frame: Frame<'a>,
    /// Parent columns, and the columns here that equal them.
    on: Vec<(Expr, Expr)>,
    /// The names of the columns here.
    names: Vec<String>,
}

impl<'a> Linked<'a> {
    /// The rows at the end of `hops` for which `filter` holds. A row that is reached on two ways counts twice.
    pub fn rows(parent: &Frame<'a>, hops: &[Hop], filter: &Predicate) -> Result<Self> {
        let planner = parent.planner;
        let last = &hops[hops.len() - 1];
        let mut frame = targets(planner, last)?.filter(filter)?;
        let mut names: Vec<String> = last.on.iter().map(|(_, there)| there.clone()).collect();
        // Walking back to the parent, each step joins the rows of the table before.
        for pair in hops.windows(2).rev() {
            let (before, step) = (&pair[0], &pair[1]);
            let prefix = format!("{}.", planner.fresh("via"));
            let middle = targets(planner, before)?;
            let renamed: Vec<Expr> = middle
                .plan()
                .schema()
                .columns()
                .into_iter()
                .map(|name| Expr::Column(name.clone()).alias(format!("{prefix}{}", name.name)))
                .collect();
            let middle = LogicalPlanBuilder::from(middle.into_plan()).project(renamed)?.build()?;
            let (from, to) = (planner.definition(&step.from)?, planner.definition(&step.to)?);
            let on = step
                .on
                .iter()
                .zip(&names)
                .map(|((here, there), name)| {
                    let pair = (column(name), column(&format!("{prefix}{here}")));
                    comparable(pair, column_type_of(&to, there), column_type_of(&from, here))
                })
                .collect();
            frame = frame.map(|plan| join(plan, middle, JoinType::Inner, on))?;
            names = before.on.iter().map(|(_, there)| format!("{prefix}{there}")).collect();
        }
        let first = &hops[0];
        let (from, to) = (parent.table().clone(), planner.definition(&first.to)?);
        // The parent has columns of the same names, so the keys here get names of their own.
        let own: Vec<String> = names.iter().map(|_| planner.fresh("key")).collect();
        let named = names.iter().zip(&own).map(|(name, own)| (column(name), own.clone())).collect();
        let frame = frame.with_columns(named)?;
        let on = first
            .on
            .iter()
            .zip(&own)
            .map(|((here, there), own)| {
                comparable((column(here), column(own)), column_type_of(&from, here), column_type_of(&to, there))
            })
            .collect();
        Ok(Self { frame, on, names: own })
    }

    /// Only the rows of parents that are still candidates, where there are fewer of them than all.
    fn narrowed(self, parent: &Frame<'a>) -> Result<Self> {
        if !parent.filtered || parent.planner.to_read {
            return Ok(self);
        }
        self.of_parents(parent)
    }

    /// Only the rows of parents that are in `parent`.
    pub fn of_parents(mut self, parent: &Frame<'a>) -> Result<Self> {
        let on = self.on.iter().map(|(parent, own)| (own.clone(), parent.clone())).collect();
        let wanted: Vec<Expr> = parent.plan.schema().columns().into_iter().map(Expr::Column).collect();
        // The candidates' columns are renamed, so that none of them is also a column of the linked rows.
        let prefix = parent.planner.fresh("candidate");
        let renamed: Vec<Expr> = wanted
            .into_iter()
            .map(|expr| {
                let name = expr.schema_name().to_string();
                expr.alias(format!("{prefix}.{name}"))
            })
            .collect();
        let candidates = LogicalPlanBuilder::from(parent.plan.clone()).project(renamed)?.build()?;
        let on: Vec<(Expr, Expr)> = rename_right(on, &prefix)?;
        self.frame = self.frame.map(|plan| join(plan, candidates, JoinType::LeftSemi, on))?;
        Ok(self)
    }

    fn group(&self) -> Vec<Expr> {
        self.names.iter().map(|name| column(name)).collect()
    }

    fn keys(self) -> Result<LogicalPlan> {
        let group = self.group();
        Ok(LogicalPlanBuilder::from(self.frame.into_plan()).project(group)?.build()?)
    }
}

/// The rows that a link can lead to. A link to one row leads to the one with the lowest key, as fields over it do.
fn targets<'a>(planner: &'a Planner<'a>, hop: &Hop) -> Result<Frame<'a>> {
    let rows = planner.rows(&hop.to)?;
    if hop.to_many || hop.unique {
        return Ok(rows);
    }
    rows.map(|plan| keep::lowest_key(planner, plan, hop, ""))
}

/// Puts `prefix` before the column names on the right of each pair.
fn rename_right(on: Vec<(Expr, Expr)>, prefix: &str) -> Result<Vec<(Expr, Expr)>> {
    on.into_iter()
        .map(|(left, right)| {
            let right = right
                .transform(|expr| {
                    Ok(match expr {
                        Expr::Column(name) => Transformed::yes(column(&format!("{prefix}.{}", name.name))),
                        other => Transformed::no(other),
                    })
                })
                .map_err(crate::error::Error::from)?
                .data;
            Ok((left, right))
        })
        .collect()
}

/// One row for each parent with linked rows: its key and `__value`.
fn aggregated<'a>(linked: Linked<'a>, aggregate: &Aggregate) -> Result<Frame<'a>> {
    let groups = linked.group();
    let names = linked.names;
    let frame = linked.frame.with_fields(&aggregate.operand)?;
    let operand = aggregate.operand.as_ref().map(|field| column(&field.path()));
    let operand_type = aggregate.operand.as_ref().map(|field| field.column.column_type);
    let to_read = frame.planner.to_read;
    let number = |value: Expr| cast(value, DataType::Float64);
    let (a, b, c) = (|| column("__a"), || column("__b"), || column("__c"));
    let (aggregates, result): (Vec<Expr>, Expr) = match (aggregate.function, operand) {
        (Function::Count, None) | (_, None) => (vec![count(lit(1i64)).alias("__a")], a()),
        (Function::Count, Some(operand)) => (vec![count(operand).alias("__a")], a()),
        (Function::CountDistinct, Some(operand)) => (vec![count_distinct(operand).alias("__a")], a()),
        (Function::Min, Some(operand)) => (vec![min(operand).alias("__a")], a()),
        (Function::Max, Some(operand)) => (vec![max(operand).alias("__a")], a()),
        (Function::Sum, Some(operand)) if to_read => {
            (vec![sum(operand).alias("__a")], coalesce(vec![a(), zero(aggregate.result_type)]))
        }
        // Over rows that all lack a value the sum is 0, as it is over no rows.
        (Function::Sum, Some(operand)) => {
            (vec![sum(exact(operand, operand_type)).alias("__a")], coalesce(vec![a(), zero(aggregate.result_type)]))
        }
        // The exact forms read badly, and SQL's own differ from them in the last digit at most.
        (Function::Avg, Some(operand)) if to_read => (vec![avg(number(operand)).alias("__a")], a()),
        (Function::Stddev, Some(operand)) if to_read => (vec![stddev(number(operand)).alias("__a")], a()),
        (Function::Avg, Some(operand)) if operand_type != Some(ColumnType::Number) => (
            vec![sum(exact(operand.clone(), operand_type)).alias("__a"), count(operand).alias("__b")],
            number(a()) / number(b()),
        ),
        (Function::Avg, Some(operand)) => (vec![avg(operand).alias("__a")], a()),
        (Function::Stddev, Some(operand)) => match squared(&operand, operand_type) {
            // n Σx² - (Σx)² is exact, so that the order of the rows does not matter; only the root is rounded.
            Some((value, square)) => {
                let n = || cast(b(), DataType::Decimal256(19, 0));
                let exact = vec![sum(value).alias("__a"), count(operand).alias("__b"), sum(square).alias("__c")];
                let numerator = number(n() * c() - a() * a());
                let pairs = number(b()) * (number(b()) - lit(1.0));
                (exact, when(b().gt(lit(1i64)), sqrt(numerator / pairs)).end()?)
            }
            None => (vec![stddev(number(operand)).alias("__a")], a()),
        },
    };
    frame.map(|plan| {
        let grouped = LogicalPlanBuilder::from(plan).aggregate(groups, aggregates)?;
        let columns = names.iter().map(|name| column(name)).chain([result.alias("__value")]);
        Ok(grouped.project(columns)?.build()?)
    })
}

/// The most digits whose sums of `i64::MAX` rows have at most the 38 digits of a 128-bit decimal.
const SUM_DIGITS_MAX: u8 = 19;

/// The operand of a sum that cannot overflow: integers as decimals, long decimals in 256 bits.
fn exact(operand: Expr, operand_type: Option<ColumnType>) -> Expr {
    match operand_type {
        Some(ColumnType::Integer) => cast(operand, DataType::Decimal128(19, 0)),
        Some(ColumnType::Decimal { precision, scale }) if precision > SUM_DIGITS_MAX => {
            cast(operand, DataType::Decimal256(precision, scale.cast_signed()))
        }
        _ => operand,
    }
}

/// An exact operand and its square, where the sums of both fit 256 bits.
fn squared(operand: &Expr, operand_type: Option<ColumnType>) -> Option<(Expr, Expr)> {
    let (precision, scale) = match operand_type? {
        ColumnType::Integer => (19, 0),
        ColumnType::Decimal { precision, scale } if precision <= SUM_DIGITS_MAX => (precision, scale.cast_signed()),
        _ => return None,
    };
    let wide = cast(operand.clone(), DataType::Decimal256(precision, scale));
    Some((wide.clone(), wide.clone() * wide))
}

/// Whether the test holds for zero, or for no value at all.
pub fn constant_test(test: &Test, is_zero: bool) -> bool {
    let against_zero = |right: &Right| -> Option<Ordering> {
        let Right::Literal(literal) = right else { return None };
        match literal {
            Literal::Integer(value) => Some(0.cmp(value)),
            Literal::Decimal { unscaled, .. } => Some(0.cmp(unscaled)),
            Literal::Number(value) => 0.0.partial_cmp(value),
            _ => None,
        }
    };
    if !is_zero {
        return matches!(test, Test::Null | Test::Empty);
    }
    let holds = |comparison: Comparison, right: &Right| {
        against_zero(right).is_some_and(|order| match comparison {
            Comparison::Equal => order == Ordering::Equal,
            Comparison::Less => order == Ordering::Less,
            Comparison::LessOrEqual => order != Ordering::Greater,
            Comparison::Greater => order == Ordering::Greater,
            Comparison::GreaterOrEqual => order != Ordering::Less,
        })
    };
    match test {
        Test::Compare(comparison, right) => holds(*comparison, right),
        Test::Between(low, high) => holds(Comparison::GreaterOrEqual, low) && holds(Comparison::LessOrEqual, high),
        Test::In(values) => values.iter().any(|value| holds(Comparison::Equal, &Right::Literal(value.clone()))),
        _ => false,
    }
}
