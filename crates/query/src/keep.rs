//! The first rows of each group, without sorting all rows. Groups of more rows than are kept are found by counting
//! hashes; only their rows are looked at more closely. Where one row is kept, order and key are packed into one binary
//! value whose minimum is found by a grouped aggregate; else the few rows are numbered.

use std::collections::BTreeSet;

use datafusion::functions_aggregate::expr_fn::{count, min};
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{Expr, ExprFunctionExt, JoinType, LogicalPlan, LogicalPlanBuilder, lit};
use tutti_model::catalog::Hop;

use crate::collect;
use crate::error::Result;
use crate::frame::{Frame, Planner, column, join};
use crate::functions::{group_hash, row_key};

/// See [`Frame::mark_first`].
pub fn mark_first<'a>(
    frame: Frame<'a>,
    by: Vec<Expr>,
    order: Vec<(Expr, bool)>,
    keep: u64,
    name: &str,
) -> Result<Frame<'a>> {
    let planner = frame.planner;
    let keys: Vec<Expr> = frame.keys().iter().map(|key| column(key)).collect();
    let before: Vec<Expr> = frame.plan.schema().columns().into_iter().map(Expr::Column).collect();
    let names: Vec<String> = by.iter().map(|_| planner.fresh("by")).collect();
    let by: Vec<Expr> = by.into_iter().zip(&names).map(|(by, name)| by.alias(name)).collect();
    let rows = LogicalPlanBuilder::from(frame.plan.clone()).project(before.iter().cloned().chain(by))?.build()?;
    let by: Vec<Expr> = names.iter().map(|name| column(name)).collect();
    let crowded = in_crowded_groups(planner, rows.clone(), by.clone(), keep)?;
    // What is not kept, and how rows are matched with it. A NULL in `by` equals nothing, so that its row is kept.
    let (others, on) = if keep == 1 {
        after_the_first(planner, crowded, &by, order, keys)?
    } else {
        after_number(planner, crowded, by, order, keys, keep)?
    };
    // The others are few: they are the side that is hashed.
    let joined = LogicalPlanBuilder::from(others).join_on(rows, JoinType::RightMark, on)?.build()?;
    let is_other = joined.schema().columns().pop().map(Expr::Column).unwrap_or_else(|| lit(false));
    let columns = before.into_iter().chain([is_other.is_not_true().alias(name)]);
    frame.map(|_| Ok(LogicalPlanBuilder::from(joined).project(columns)?.build()?))
}

/// The rows of groups that may have more than `keep` rows.
fn in_crowded_groups(planner: &Planner<'_>, rows: LogicalPlan, by: Vec<Expr>, keep: u64) -> Result<LogicalPlan> {
    if by.is_empty() {
        return Ok(rows);
    }
    let (hash, size) = (planner.fresh("hash"), planner.fresh("size"));
    let keep = lit(i64::try_from(keep).unwrap_or(i64::MAX));
    let crowded = LogicalPlanBuilder::from(rows.clone())
        .project(vec![group_hash(by.clone()).alias(&hash)])?
        .aggregate(vec![column(&hash)], vec![count(lit(1i64)).alias(&size)])?
        .filter(column(&size).gt(keep))?
        .project(vec![column(&hash)])?
        .build()?;
    // The crowded are few: they are the side that is hashed.
    join(crowded, rows, JoinType::RightSemi, vec![(column(&hash), group_hash(by))])
}

/// The first position of each group; all other positions of the group are not kept.
fn after_the_first(
    planner: &Planner<'_>,
    rows: LogicalPlan,
    by: &[Expr],
    order: Vec<(Expr, bool)>,
    keys: Vec<Expr>,
) -> Result<(LogicalPlan, Vec<Expr>)> {
    let descending: Vec<bool> =
        order.iter().map(|(_, descending)| *descending).chain(keys.iter().map(|_| false)).collect();
    let position = row_key(order.into_iter().map(|(expr, _)| expr).chain(keys).collect(), &descending);
    let first = planner.fresh("first");
    let names: Vec<String> = by.iter().map(|_| planner.fresh("group")).collect();
    let groups = by.iter().zip(&names).map(|(by, name)| by.clone().alias(name));
    let firsts = LogicalPlanBuilder::from(rows)
        .aggregate(by.to_vec(), vec![min(position.clone()).alias(&first)])?
        .project(groups.chain([column(&first)]))?
        .build()?;
    let same_group = by.iter().zip(&names).map(|(by, name)| by.clone().eq(column(name)));
    Ok((firsts, same_group.chain([position.not_eq(column(&first))]).collect()))
}

/// The keys of the rows past the number that is kept.
fn after_number(
    planner: &Planner<'_>,
    rows: LogicalPlan,
    by: Vec<Expr>,
    order: Vec<(Expr, bool)>,
    keys: Vec<Expr>,
    keep: u64,
) -> Result<(LogicalPlan, Vec<Expr>)> {
    let number = planner.fresh("number");
    let sorts = order
        .into_iter()
        .map(|(expr, descending)| expr.sort(!descending, false))
        .chain(keys.iter().map(|key| key.clone().sort(true, false)))
        .collect();
    let numbered = row_number().partition_by(by).order_by(sorts).build()?.alias(&number);
    let names: Vec<String> = keys.iter().map(|_| planner.fresh("key")).collect();
    let others = LogicalPlanBuilder::from(rows)
        .window(vec![numbered])?
        .filter(column(&number).gt(lit(keep)))?
        .project(keys.iter().zip(&names).map(|(key, name)| key.clone().alias(name)))?
        .build()?;
    Ok((others, keys.into_iter().zip(&names).map(|(key, name)| key.eq(column(name))).collect()))
}

/// Of the rows of each group the first `n`, by `order` (a column, and whether it is descending; NULLs last) and then by
/// their key, with the columns `groups`, their keys and `wanted`. Where rows come on `several_ways`, those of a group that
/// have one key are one.
pub fn first_of_groups<'a>(
    frame: Frame<'a>,
    groups: &[String],
    order: (String, bool),
    n: u64,
    wanted: &BTreeSet<String>,
    several_ways: bool,
) -> Result<Frame<'a>> {
    let planner = frame.planner;
    let keys = frame.keys().to_vec();
    let kept = |name: &String| groups.contains(name) || keys.contains(name) || wanted.contains(name);
    let names: Vec<&String> = frame.plan.schema().fields().iter().map(|field| field.name()).collect();
    let columns = |names: &[&String]| -> Vec<Expr> { names.iter().map(|name| column(name)).collect() };
    let with_order: Vec<&String> = names.iter().copied().filter(|name| kept(name) || **name == order.0).collect();
    let (with_order, columns) =
        (columns(&with_order), columns(&names.into_iter().filter(|name| kept(name)).collect::<Vec<_>>()));
    let sort = (column(&order.0), order.1);
    let count = usize::try_from(n).unwrap_or(usize::MAX);
    frame.forget_joined().map(|plan| {
        let rows = LogicalPlanBuilder::from(plan).project(with_order)?;
        // The first of all needs no care: a row that comes twice stands at one place.
        let rows = if several_ways && n > 1 { rows.distinct()?.build()? } else { rows.build()? };
        if !planner.to_read {
            let first = collect::first_of_groups(planner, rows, groups, vec![sort], &keys, count)?;
            return Ok(LogicalPlanBuilder::from(first).project(columns)?.build()?);
        }
        // SQL has no words for the position that the lowest of is found by.
        let rows = if several_ways { LogicalPlanBuilder::from(rows).distinct()?.build()? } else { rows };
        let number = planner.fresh("number");
        let ties = keys.iter().map(|key| column(key).sort(true, false));
        let sorts = std::iter::once(sort.0.sort(!sort.1, false)).chain(ties).collect();
        let by = groups.iter().map(|group| column(group)).collect();
        let numbered = row_number().partition_by(by).order_by(sorts).build()?.alias(&number);
        // A name of its own makes the numbered rows a derived table: not every engine filters beside a window.
        let rows = LogicalPlanBuilder::from(rows).window(vec![numbered])?.alias(planner.fresh("numbered"))?;
        let unqualified = columns.iter().map(|column| column.clone().alias(column.schema_name().to_string()));
        Ok(rows.filter(column(&number).lt_eq(lit(n)))?.project(unqualified)?.build()?)
    })
}

/// Of the rows that a link could lead to, the one with the lowest key. `prefix` stands before the columns' names.
pub fn lowest_key(planner: &Planner<'_>, rows: LogicalPlan, hop: &Hop, prefix: &str) -> Result<LogicalPlan> {
    let Some(table) = planner.catalog.table(&hop.to) else { return Ok(rows) };
    let keys: Vec<Expr> = table.primary_key.iter().map(|key| column(&format!("{prefix}{key}"))).collect();
    let groups: Vec<Expr> = hop.on.iter().map(|(_, there)| column(&format!("{prefix}{there}"))).collect();
    if planner.to_read {
        let columns = rows.schema().columns().into_iter().map(Expr::Column).collect();
        let sorts = groups.iter().chain(&keys).map(|expr| expr.clone().sort(true, false)).collect();
        return Ok(LogicalPlanBuilder::from(rows).distinct_on(groups, columns, Some(sorts))?.build()?);
    }
    let (position, first) = (planner.fresh("position"), planner.fresh("first"));
    let ascending = vec![false; keys.len()];
    let columns: Vec<Expr> = rows.schema().columns().into_iter().map(Expr::Column).collect();
    let with_position = columns.iter().cloned().chain([row_key(keys, &ascending).alias(position.clone())]);
    let rows = LogicalPlanBuilder::from(rows).project(with_position)?.build()?;
    let firsts = LogicalPlanBuilder::from(rows.clone())
        .aggregate(groups, vec![min(column(&position)).alias(first.clone())])?
        .project(vec![column(&first)])?
        .build()?;
    let kept = join(rows, firsts, JoinType::LeftSemi, vec![(column(&position), column(&first))])?;
    Ok(LogicalPlanBuilder::from(kept).project(columns)?.build()?)
}
