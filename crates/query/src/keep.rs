//! The first rows of each group, without a sort where one row is kept: order and key are packed into one binary value
//! whose minimum is found by a grouped aggregate (`measured.md` calls this shape the fast one).

use datafusion::functions_aggregate::expr_fn::min;
use datafusion::functions_window::expr_fn::row_number;
use datafusion::logical_expr::{Expr, ExprFunctionExt, JoinType, LogicalPlan, LogicalPlanBuilder, lit};
use tutti_model::catalog::Hop;

use crate::error::Result;
use crate::frame::{Frame, Planner, column, join};
use crate::functions::row_key;

/// See [`Frame::mark_first`].
pub fn mark_first<'a>(
    frame: Frame<'a>,
    by: Vec<Expr>,
    order: Vec<(Expr, bool)>,
    keep: u64,
    name: &str,
) -> Result<Frame<'a>> {
    let planner = frame.planner;
    let by_names: Vec<String> = by.iter().map(|_| planner.fresh("by")).collect();
    let keys: Vec<Expr> = frame.keys().iter().map(|key| column(key)).collect();
    let whole = by_names.iter().map(|by| column(by).is_not_null()).reduce(Expr::and).unwrap_or_else(|| lit(true));
    let before: Vec<Expr> = frame.plan.schema().columns().into_iter().map(Expr::Column).collect();
    let frame = frame.with_columns(by.into_iter().zip(by_names.iter().cloned()).collect())?;
    let groups: Vec<Expr> = by_names.iter().map(|by| column(by)).collect();
    if keep != 1 {
        return numbered(frame, &before, groups, order, keys, keep, whole, name);
    }
    let descending: Vec<bool> =
        order.iter().map(|(_, descending)| *descending).chain(keys.iter().map(|_| false)).collect();
    let position = planner.fresh("position");
    let packed = row_key(order.into_iter().map(|(expr, _)| expr).chain(keys).collect(), &descending);
    let frame = frame.with_columns(vec![(packed, position.clone())])?;
    let first = planner.fresh("first");
    let firsts = LogicalPlanBuilder::from(frame.plan.clone())
        .filter(whole.clone())?
        .aggregate(groups, vec![min(column(&position)).alias(first.clone())])?
        .project(vec![column(&first)])?
        .build()?;
    frame.map(|plan| {
        let joined = join(plan, firsts, JoinType::LeftMark, vec![(column(&position), column(&first))])?;
        let is_first = joined.schema().columns().pop().map(Expr::Column).unwrap_or_else(|| lit(false));
        let kept = whole.is_not_true().or(is_first).is_true();
        Ok(LogicalPlanBuilder::from(joined).project(before.into_iter().chain([kept.alias(name)]))?.build()?)
    })
}

#[expect(clippy::too_many_arguments, reason = "the parts of one plan; a struct would only rename them")]
fn numbered<'a>(
    frame: Frame<'a>,
    before: &[Expr],
    groups: Vec<Expr>,
    order: Vec<(Expr, bool)>,
    keys: Vec<Expr>,
    keep: u64,
    whole: Expr,
    name: &str,
) -> Result<Frame<'a>> {
    let number = frame.planner.fresh("number");
    let sorts = order
        .into_iter()
        .map(|(expr, descending)| expr.sort(!descending, false))
        .chain(keys.into_iter().map(|key| key.sort(true, false)))
        .collect();
    let numbered = row_number().partition_by(groups).order_by(sorts).build()?.alias(number.clone());
    frame.map(|plan| {
        let kept = whole.is_not_true().or(column(&number).lt_eq(lit(keep))).is_true();
        let plan = LogicalPlanBuilder::from(plan).window(vec![numbered])?;
        Ok(plan.project(before.iter().cloned().chain([kept.alias(name)]))?.build()?)
    })
}

/// Of the rows that a link could lead to, the one with the lowest key. `prefix` stands before the columns' names.
pub fn lowest_key(planner: &Planner<'_>, rows: LogicalPlan, hop: &Hop, prefix: &str) -> Result<LogicalPlan> {
    let Some(table) = planner.catalog.table(&hop.to) else { return Ok(rows) };
    let keys: Vec<Expr> = table.primary_key.iter().map(|key| column(&format!("{prefix}{key}"))).collect();
    let groups: Vec<Expr> = hop.on.iter().map(|(_, there)| column(&format!("{prefix}{there}"))).collect();
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
