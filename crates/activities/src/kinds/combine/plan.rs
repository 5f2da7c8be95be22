//! The plans of a combination.

use tutti_model::campaign::OUT;
use tutti_model::table::Column;
use tutti_query::arrow_type;
use tutti_query::datafusion::functions_aggregate::expr_fn::{max, sum};
use tutti_query::datafusion::logical_expr::{
    Expr, ExprFunctionExt, JoinType, LogicalPlan, LogicalPlanBuilder, cast, lit, when,
};
use tutti_query::datafusion::prelude::ident;
use tutti_query::datafusion::scalar::ScalarValue;

use crate::activity::COMPLEMENT;
use crate::step::{Error, Output, PORT_COLUMN, Step, StepContext};

/// Which sets a key is in: bit n stands for set n.
const SETS: &str = "__sets";
const HIT: &str = "__hit";

/// Union and intersection: all sets on top of each other, then one row for each key. Each key occurs at most once in
/// a set, so that a `max` over the rows of one set is the one value that there is.
pub(super) fn by_presence(context: &StepContext<'_>, union: bool, complement: bool) -> Result<Step, Error> {
    let table = context.table(&context.input()?.dimension)?;
    let keys: Vec<Expr> = table.primary_key.iter().map(ident).collect();
    let columns = columns_of_all(context);
    let mut stacked: Option<LogicalPlanBuilder> = None;
    for (index, input) in context.inputs.iter().enumerate() {
        let bit = 1i64 << index;
        let mut exprs: Vec<Expr> =
            table.key_columns().into_iter().map(|key| typed(ident(&key.name), key)).collect();
        exprs.push(lit(bit).alias(SETS));
        for (column, sets) in &columns {
            let value = if sets.contains(&index) { ident(&column.name) } else { null(column)? };
            exprs.push(typed(value, column));
        }
        let rows = LogicalPlanBuilder::from(context.planner.scan_provider(&input.rows)?).project(exprs)?;
        stacked = Some(match stacked {
            None => rows,
            Some(stacked) => stacked.union(rows.build()?)?,
        });
    }
    let stacked = stacked.ok_or(Error::NoInput)?;
    let mut aggregates = vec![sum(ident(SETS)).alias(SETS)];
    let mut values: Vec<Expr> = Vec::new();
    for (position, (column, sets)) in columns.iter().enumerate() {
        let mut value: Option<Expr> = None;
        // The first set that has both the row and the column gives the value, NULL or not.
        for set in sets.iter().rev() {
            let name = format!("__value_{position}_{set}");
            let of_set = if sets.len() == 1 {
                max(ident(&column.name))
            } else {
                max(ident(&column.name)).filter(ident(SETS).eq(lit(1i64 << set))).build()?
            };
            aggregates.push(of_set.alias(&name));
            value = Some(match value {
                None => ident(&name),
                Some(later) => when(has(*set), ident(&name)).otherwise(later)?,
            });
        }
        values.extend(value.map(|value| value.alias(&column.name)));
    }
    let grouped = stacked.aggregate(keys.clone(), aggregates)?;
    let added: Vec<Column> = columns.into_iter().map(|(column, _)| column).collect();
    let exprs = keys.into_iter().chain(values);
    let everywhere = lit((1i64 << context.inputs.len()) - 1);
    let in_all = ident(SETS).eq(everywhere);
    if complement {
        let port = when(in_all, lit(0i32)).otherwise(lit(1i32))?.alias(PORT_COLUMN);
        let plan = grouped.project(exprs.chain([port]))?.build()?;
        return Ok(Step::Routed { plan, ports: vec![OUT.to_owned(), COMPLEMENT.to_owned()], added });
    }
    let kept = if union { grouped } else { grouped.filter(in_all)? };
    let plan = kept.project(exprs)?.build()?;
    Ok(Step::Populations(vec![Output { port: OUT.to_owned(), plan, added }]))
}

/// The primary set without the keys of any other.
pub(super) fn exclusion(context: &StepContext<'_>, primary: usize, complement: bool) -> Result<Step, Error> {
    let input = &context.inputs[primary];
    let table = context.table(&input.dimension)?;
    let renamed = |key: &String| format!("__other_{key}");
    let mut others: Option<LogicalPlanBuilder> = None;
    for (index, other) in context.inputs.iter().enumerate() {
        if index == primary {
            continue;
        }
        let keys = table.primary_key.iter().map(|key| ident(key).alias(renamed(key)));
        let rows = LogicalPlanBuilder::from(context.planner.scan_provider(&other.rows)?).project(keys)?;
        others = Some(match others {
            None => rows,
            Some(others) => others.union(rows.build()?)?,
        });
    }
    let rows = LogicalPlanBuilder::from(context.planner.scan_provider(&input.rows)?);
    let carried: Vec<Expr> =
        table.primary_key.iter().chain(input.added.iter().map(|column| &column.name)).map(ident).collect();
    let added = input.added.clone();
    let Some(others) = others else { return Err(Error::NoInput) };
    let on = |key: &String| ident(key).eq(ident(renamed(key)));
    if !complement {
        let others = others.build()?;
        let plan = rows.join_on(others, JoinType::LeftAnti, table.primary_key.iter().map(on))?.project(carried)?.build()?;
        return Ok(Step::Populations(vec![Output { port: OUT.to_owned(), plan, added }]));
    }
    let names = table.primary_key.iter().map(|key| ident(renamed(key)));
    let others = hits(others, names.collect())?;
    let port = when(ident(HIT).is_null(), lit(0i32)).otherwise(lit(1i32))?.alias(PORT_COLUMN);
    let joined = rows.join_on(others, JoinType::Left, table.primary_key.iter().map(on))?;
    let plan = joined.project(carried.into_iter().chain([port]))?.build()?;
    Ok(Step::Routed { plan, ports: vec![OUT.to_owned(), COMPLEMENT.to_owned()], added })
}

/// Each key once, with a column that is never NULL.
fn hits(rows: LogicalPlanBuilder, keys: Vec<Expr>) -> Result<LogicalPlan, Error> {
    let once = rows.project(keys.clone())?.distinct()?;
    Ok(once.project(keys.into_iter().chain([lit(1i32).alias(HIT)]))?.build()?)
}

/// The columns that the sets carry, each once and with the sets that have it, in order.
fn columns_of_all(context: &StepContext<'_>) -> Vec<(Column, Vec<usize>)> {
    let mut all: Vec<(Column, Vec<usize>)> = Vec::new();
    for (index, input) in context.inputs.iter().enumerate() {
        for column in &input.added {
            match all.iter_mut().find(|(other, _)| other.name == column.name) {
                Some((_, sets)) => sets.push(index),
                None => all.push((column.clone(), vec![index])),
            }
        }
    }
    all
}

fn typed(expr: Expr, column: &Column) -> Expr {
    cast(expr, arrow_type(column.column_type)).alias(&column.name)
}

fn null(column: &Column) -> Result<Expr, Error> {
    Ok(lit(ScalarValue::try_from(&arrow_type(column.column_type))?))
}

/// Whether the row is in a set.
fn has(set: usize) -> Expr {
    let bit = 1i64 << set;
    (ident(SETS) & lit(bit)).not_eq(lit(0i64))
}
