//! The way of one row over a change of dimension: what it becomes, and whether the new row has its columns.

use tutti_model::catalog::Hop;
use tutti_query::datafusion::functions::string::expr_fn::concat_ws;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::logical_expr::expr::Sort as SortExpr;
use tutti_query::datafusion::logical_expr::{Expr, JoinType, LogicalPlan, LogicalPlanBuilder, cast, lit};
use tutti_query::datafusion::prelude::ident;

use super::Settings;
use super::plan::{OLD, hops, old_key, pairs, sort_name};
use crate::explain::{Explanation, is_key, is_row};
use crate::lineage::{self, FIRST, PLACE, SIZE, Side, placed};
use crate::step::{Error, Input, StepContext};
use crate::told::{rows, thousands};

/// The rows that a row leads to, or those that lead to it.
pub(super) fn lineage(settings: &Settings, context: &StepContext<'_>, row: Side<'_>) -> Result<LogicalPlan, Error> {
    let input = context.input()?;
    let (own, table) = (context.table(&input.dimension)?, context.table(&settings.dimension)?);
    let hops = hops(settings, input, context)?;
    let frame = context.frame(input)?;
    let frame = match row {
        Side::Arrives(key) => frame.filter_by(is_row(own, key))?,
        Side::Leaves(_) => frame,
    };
    let (plan, from) = beside(frame, &hops, &own.primary_key)?;
    let plan = match row {
        Side::Leaves(key) => LogicalPlanBuilder::from(plan).filter(is_row(table, key))?.build()?,
        Side::Arrives(_) => plan,
    };
    lineage::pairs(plan, from, table.primary_key.iter().map(ident).collect())
}

fn beside(
    frame: tutti_query::Frame<'_>,
    hops: &[Hop],
    keys: &[String],
) -> Result<(LogicalPlan, Vec<Expr>), Error> {
    if hops.is_empty() {
        return Ok((frame.into_plan(), keys.iter().map(ident).collect()));
    }
    let plan = frame.beside_related(hops, OLD)?.into_plan();
    Ok((plan, keys.iter().map(|key| ident(old_key(key))).collect()))
}

/// For each row that a row leads to: how many lead there, and which of them it is.
pub(super) fn explain(settings: &Settings, context: &StepContext<'_>, key: &[String]) -> Result<Explanation, Error> {
    let input = context.input()?;
    let (own, table) = (context.table(&input.dimension)?, context.table(&settings.dimension)?);
    let old: Vec<Expr> = own.primary_key.iter().map(|key| ident(old_key(key))).collect();
    let is_mine = is_key(old.clone(), key);
    let plan = near(settings, input, is_mine.clone(), context)?;
    let sorts = settings.sort.0.iter().enumerate();
    let order: Vec<SortExpr> =
        sorts.map(|(index, sort)| ident(sort_name(index)).sort(!sort.order.is_descending(), false)).collect();
    let new: Vec<Expr> = table.primary_key.iter().map(ident).collect();
    let text = concat_ws(lit(","), new.iter().map(|part| cast(part.clone(), DataType::Utf8)).collect());
    let plan = placed(plan, &new, order, &old)?
        .filter(is_mine)?
        .project(vec![
            text.alias("to"),
            cast(ident(PLACE), DataType::Int64).alias("place"),
            ident(SIZE).alias("size"),
            ident(FIRST).alias("first"),
        ])?
        .build()?;
    let (from, dimension, keep) = (input.dimension.clone(), settings.dimension.clone(), i64::from(settings.keep));
    Ok(Explanation::new(plan, move |seen| {
        let (place, size) = (seen.number("place").unwrap_or(1), seen.number("size").unwrap_or(1));
        let mut sentence = format!("leads to `{}` of `{dimension}`", seen.text("to"));
        if size > 1 {
            let many = rows(size.unsigned_abs());
            let place = thousands(place.unsigned_abs());
            sentence.push_str(&match seen.number("place") {
                Some(place) if place <= keep => format!(", whose columns are from this one of the {many} of `{from}` there"),
                _ => format!(", as number {place} of {many} of `{from}`; the columns there are those of `{}`", seen.text("first")),
            });
        }
        vec![sentence]
    }))
}

/// The pairs whose new row is one that a row leads to.
fn near(settings: &Settings, input: &Input, is_mine: Expr, context: &StepContext<'_>) -> Result<LogicalPlan, Error> {
    let table = context.table(&settings.dimension)?;
    let hops = hops(settings, input, context)?;
    let (mine, _) = pairs(settings, input, &hops, context)?;
    let name = |key: &String| format!("__mine.{key}");
    let keys = table.primary_key.iter().map(|key| ident(key).alias(name(key)));
    let mine = LogicalPlanBuilder::from(mine).filter(is_mine)?.project(keys.collect::<Vec<_>>())?.distinct()?.build()?;
    let (all, _) = pairs(settings, input, &hops, context)?;
    let on = table.primary_key.iter().map(|key| ident(key).eq(ident(name(key))));
    Ok(LogicalPlanBuilder::from(all).join_on(mine, JoinType::LeftSemi, on)?.build()?)
}
