//! How rows change their keys: which row that arrives becomes which row that leaves, and where rows of a group stand.

use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::functions::string::expr_fn::concat_ws;
use tutti_query::datafusion::functions_aggregate::expr_fn::count;
use tutti_query::datafusion::functions_window::expr_fn::row_number;
use tutti_query::datafusion::functions_window::nth_value::first_value;
use tutti_query::datafusion::logical_expr::expr::Sort as SortExpr;
use tutti_query::datafusion::logical_expr::{
    Expr, ExprFunctionExt, LogicalPlan, LogicalPlanBuilder, WindowFrame, WindowFrameBound, WindowFrameUnits, cast, lit,
};
use tutti_query::datafusion::prelude::ident;
use tutti_query::datafusion::scalar::ScalarValue;

use crate::step::Error;

/// A row by its key, whose parts are texts, at the side of an activity where it is looked for.
#[derive(Clone, Copy, Debug)]
pub enum Side<'k> {
    /// It arrives; the rows that it becomes are asked for.
    Arrives(&'k [String]),
    /// It leaves; the rows that it came from are asked for.
    Leaves(&'k [String]),
}

/// The column of a lineage with a part of the key of the row that arrives.
pub fn from_name(part: usize) -> String {
    format!("from_{part}")
}

/// The column of a lineage with a part of the key of the row that leaves.
pub fn to_name(part: usize) -> String {
    format!("to_{part}")
}

/// Pairs of keys as a lineage has them: both as texts.
pub(crate) fn pairs(plan: LogicalPlan, from: Vec<Expr>, to: Vec<Expr>) -> Result<LogicalPlan, Error> {
    let text = |expr: Expr| cast(expr, DataType::Utf8);
    let from = from.into_iter().enumerate().map(|(part, key)| text(key).alias(from_name(part)));
    let to = to.into_iter().enumerate().map(|(part, key)| text(key).alias(to_name(part)));
    Ok(LogicalPlanBuilder::from(plan).project(from.chain(to).collect::<Vec<_>>())?.build()?)
}

/// The place of a row in its group, from 1.
pub(crate) const PLACE: &str = "__place";
/// The number of rows of its group.
pub(crate) const SIZE: &str = "__size";
/// The key of the first of its group, as text.
pub(crate) const FIRST: &str = "__first";

/// Adds to each row where it stands among those with equal `group`: [`PLACE`], [`SIZE`] and [`FIRST`].
pub(crate) fn placed(
    plan: LogicalPlan,
    group: &[Expr],
    order: Vec<SortExpr>,
    key: &[Expr],
) -> Result<LogicalPlanBuilder, Error> {
    let order: Vec<SortExpr> = order.into_iter().chain(key.iter().map(|key| key.clone().sort(true, false))).collect();
    let whole = WindowFrame::new_bounds(
        WindowFrameUnits::Rows,
        WindowFrameBound::Preceding(ScalarValue::UInt64(None)),
        WindowFrameBound::Following(ScalarValue::UInt64(None)),
    );
    let key = concat_ws(lit(","), key.iter().map(|part| cast(part.clone(), DataType::Utf8)).collect());
    let number = row_number().partition_by(group.to_vec()).order_by(order.clone()).build()?.alias(PLACE);
    let first = first_value(key).partition_by(group.to_vec()).order_by(order).window_frame(whole);
    let first = first.build()?.alias(FIRST);
    let sizes: Vec<Expr> = group.iter().enumerate().map(|(part, expr)| expr.clone().alias(group_name(part))).collect();
    let on: Vec<Expr> = group.iter().enumerate().map(|(part, expr)| expr.clone().eq(ident(group_name(part)))).collect();
    let sizes = LogicalPlanBuilder::from(plan.clone())
        .project(sizes)?
        .aggregate((0..group.len()).map(|part| ident(group_name(part))), vec![count(lit(1i64)).alias(SIZE)])?
        .build()?;
    let rows = LogicalPlanBuilder::from(plan).window(vec![number, first])?;
    Ok(rows.join_on(sizes, tutti_query::datafusion::logical_expr::JoinType::Inner, on)?)
}

fn group_name(part: usize) -> String {
    format!("__placed_{part}")
}
