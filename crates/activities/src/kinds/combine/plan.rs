//! The plans of a combination.

use tutti_model::bind::{Field, Scope};
use tutti_model::campaign::OUT;
use tutti_model::table::{Column, ColumnType};
use tutti_query::datafusion::functions_aggregate::expr_fn::{max, min, sum};
use tutti_query::datafusion::functions_window::expr_fn::row_number;
use tutti_query::datafusion::logical_expr::expr::Sort as SortExpr;
use tutti_query::datafusion::logical_expr::{
    Expr, ExprFunctionExt, JoinType, LogicalPlan, LogicalPlanBuilder, cast, lit, when,
};
use tutti_query::datafusion::prelude::ident;
use tutti_query::datafusion::scalar::ScalarValue;
use tutti_query::{Frame, arrow_type, functions};

use super::{Columns, Limit, Operation, Settings};
use crate::activity::COMPLEMENT;
use crate::explain::{Explanation, Seen, is_row};
use crate::fields;
use crate::operand::FieldOrExpression;
use crate::step::{Error, Input, Output, PORT_COLUMN, Step, StepContext};
use crate::told::thousands;

/// Which sets a key is in: bit n stands for set n.
const SETS: &str = "__sets";
const HIT: &str = "__hit";
/// The place of the row's first set in the order of priorities.
const PLACE: &str = "__place";
/// Whether no set before has a row like it.
const FIRST: &str = "__first";
const NUMBER: &str = "__number";
/// The place of the first set that has a row like it.
const FIRST_PLACE: &str = "__first_place";

/// All rows of all sets, one for each key: the key, the columns and [`SETS`]. Each key occurs at most once in a set, so
/// that a `max` over the rows of one set is the one value that there is.
fn stacked(settings: &Settings, context: &StepContext<'_>) -> Result<(LogicalPlanBuilder, Vec<Column>), Error> {
    let first = context.input()?;
    if let Some(other) = context.inputs.iter().find(|input| input.dimension != first.dimension) {
        return Err(Error::Dimensions(first.dimension.clone(), other.dimension.clone()));
    }
    let table = context.table(&first.dimension)?;
    let keys: Vec<Expr> = table.primary_key.iter().map(ident).collect();
    let columns = columns_of_all(settings, context);
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
    Ok((grouped.project(keys.into_iter().chain(values).chain([ident(SETS)]))?, added))
}

/// In which sets a row is, and what kept it out of their union.
pub(super) fn explain(
    settings: &Settings,
    primary: usize,
    context: &StepContext<'_>,
    key: &[String],
) -> Result<Explanation, Error> {
    let table = context.table(&context.input()?.dimension)?;
    let mut columns: Vec<Expr> =
        (0..context.inputs.len()).map(|index| has(index).alias(format!("in_{index}"))).collect();
    let rows = if settings.operation == Operation::Union && settings.leaves_out() {
        let (frame, added) = placed(settings, primary, context)?;
        let first = settings.first_alike();
        columns.push(first.clone().alias(FIRST));
        if !settings.by.is_empty() {
            columns.push(ident(FIRST_PLACE));
        }
        match &settings.limit {
            None => LogicalPlanBuilder::from(frame.into_plan()),
            Some(limit) => {
                columns.push(ident(NUMBER).gt(lit(limit.number)).alias(NUMBER));
                let (rows, order) = ordered(frame, limit, &added, context)?;
                numbered(rows, first, order)?
            }
        }
    } else {
        stacked(settings, context)?.0
    };
    let plan = rows.filter(is_row(table, key))?.project(columns)?.build()?;
    let names: Vec<String> = context.inputs.iter().map(name_of_set).collect();
    let by: Vec<&str> = settings.by.iter().map(FieldOrExpression::text).collect();
    let by = by.join(", ");
    let order = priorities(settings, primary, context)?;
    let limit = settings.limit.as_ref().map_or(0, |limit| limit.number);
    let limited = format!("left out: others came before it, and the limit is {} rows", thousands(limit));
    Ok(Explanation::new(plan, move |seen| {
        let mut told = said(&names, seen);
        if seen.is_false(FIRST) {
            let before = seen.number(FIRST_PLACE).and_then(|place| order.get(usize::try_from(place).ok()?));
            let before = before.and_then(|set| names.get(*set)).map_or("a set before", String::as_str);
            told.push(format!("left out: `{before}` comes before and has a row with the same {by}"));
        } else if seen.is_true(NUMBER) {
            told.push(limited.clone());
        }
        told
    }))
}

/// How a set is named that arrives.
pub(super) fn name_of_set(input: &Input) -> String {
    if input.port == OUT { input.from.clone() } else { format!("{}.{}", input.from, input.port) }
}

/// The sets in which a row is and is not.
fn said(names: &[String], seen: &Seen<'_>) -> Vec<String> {
    let (mut within, mut without) = (Vec::new(), Vec::new());
    for (index, name) in names.iter().enumerate() {
        let list = if seen.is_true(&format!("in_{index}")) { &mut within } else { &mut without };
        list.push(format!("`{name}`"));
    }
    let list = |what: &str, names: &[String]| (!names.is_empty()).then(|| format!("{what} {}", names.join(", ")));
    list("is in", &within).into_iter().chain(list("is not in", &without)).collect()
}

/// The rows of every set; the complement is the rest of the union.
pub(super) fn intersection(settings: &Settings, context: &StepContext<'_>) -> Result<Step, Error> {
    let (rows, added) = stacked(settings, context)?;
    let in_all = ident(SETS).eq(lit((1i64 << context.inputs.len()) - 1));
    finish(rows, in_all, added, settings, context)
}

/// The rows of any set, as far as `by` and the limit let them.
pub(super) fn union(settings: &Settings, primary: usize, context: &StepContext<'_>) -> Result<Step, Error> {
    if !settings.leaves_out() {
        let (rows, added) = stacked(settings, context)?;
        return finish(rows, lit(true), added, settings, context);
    }
    let (frame, added) = placed(settings, primary, context)?;
    let Some(limit) = &settings.limit else {
        let rows = LogicalPlanBuilder::from(frame.into_plan());
        return finish(rows, ident(FIRST), added, settings, context);
    };
    let (rows, order) = ordered(frame, limit, &added, context)?;
    let first = settings.first_alike();
    if !settings.complement {
        let rows = if settings.by.is_empty() { rows } else { rows.filter(first)? };
        let most = usize::try_from(limit.number).unwrap_or(usize::MAX);
        return finish(rows.sort_with_limit(order, Some(most))?, lit(true), added, settings, context);
    }
    let kept = first.clone().and(ident(NUMBER).lt_eq(lit(limit.number)));
    finish(numbered(rows, first, order)?, kept, added, settings, context)
}

impl Settings {
    /// Whether a union has not all rows of its sets.
    fn leaves_out(&self) -> bool {
        !self.by.is_empty() || self.limit.is_some()
    }

    /// Whether a row is like none of a set before.
    fn first_alike(&self) -> Expr {
        if self.by.is_empty() { lit(true) } else { ident(FIRST) }
    }
}

/// The rows of all sets with [`PLACE`] and, where rows are alike `by` values, [`FIRST`].
fn placed<'a>(
    settings: &Settings,
    primary: usize,
    context: &StepContext<'a>,
) -> Result<(Frame<'a>, Vec<Column>), Error> {
    let (rows, added) = stacked(settings, context)?;
    let table = context.table(&context.input()?.dimension)?;
    let mut frame = context.planner.population(&table.name, rows.build()?, &added)?;
    let order = priorities(settings, primary, context)?;
    let place = order.iter().enumerate().rev().try_fold(lit(i64::MAX), |later, (place, set)| {
        when(has(*set), lit(i64::try_from(place).unwrap_or(i64::MAX))).otherwise(later)
    })?;
    frame = frame.with_columns(vec![(place, PLACE.to_owned())])?;
    if !settings.by.is_empty() {
        let scope = Scope { table: &table.name, added: &added };
        frame = alike(frame, settings, scope, context)?;
    }
    Ok((frame, added))
}

/// The rows, and the order in which a limit takes them.
fn ordered(
    frame: Frame<'_>,
    limit: &Limit,
    added: &[Column],
    context: &StepContext<'_>,
) -> Result<(LogicalPlanBuilder, Vec<SortExpr>), Error> {
    let table = context.table(&context.input()?.dimension)?;
    let scope = Scope { table: &table.name, added };
    let fields =
        limit.sort.0.iter().map(|sort| sort.by.of(scope, context)).collect::<Result<Vec<Field>, _>>()?;
    let frame = frame.with_fields(&fields)?;
    let keys = || table.primary_key.iter().map(ident);
    let sorts = fields.iter().zip(&limit.sort.0);
    let mut order: Vec<SortExpr> = vec![ident(PLACE).sort(true, false)];
    order.extend(sorts.map(|(field, sort)| frame.column(field).sort(!sort.order.is_descending(), false)));
    if fields.is_empty() {
        order.push(functions::rank(context.seed, keys().collect()).sort(true, false));
    }
    order.extend(keys().map(|key| key.sort(true, false)));
    Ok((LogicalPlanBuilder::from(frame.into_plan()), order))
}

/// Adds [`NUMBER`]: the place of a row in the order, those that are like none before them first.
fn numbered(rows: LogicalPlanBuilder, first: Expr, order: Vec<SortExpr>) -> Result<LogicalPlanBuilder, Error> {
    let order = std::iter::once(first.sort(false, false)).chain(order).collect();
    Ok(rows.window(vec![row_number().order_by(order).build()?.alias(NUMBER)])?)
}

/// The positions of the sets whose rows come first: those with a priority, the primary one, then all others.
fn priorities(settings: &Settings, primary: usize, context: &StepContext<'_>) -> Result<Vec<usize>, Error> {
    let named = settings.limit.iter().flat_map(|limit| &limit.priority);
    let named = named.map(|name| {
        let sets = context.inputs.iter().map(|input| (input.from.as_str(), input.port.as_str()));
        fields::position_of_set(name, sets).ok_or_else(|| Error::MissingInput(name.clone()))
    });
    let mut order = Vec::new();
    for set in named.chain([Ok(primary)]).chain((0..context.inputs.len()).map(Ok)) {
        let set = set?;
        if !order.contains(&set) {
            order.push(set);
        }
    }
    Ok(order)
}

/// Adds [`FIRST`]: whether no row with equal values in `by` is in a set that comes before the row's first.
fn alike<'a>(
    frame: Frame<'a>,
    settings: &Settings,
    scope: Scope<'_>,
    context: &StepContext<'_>,
) -> Result<Frame<'a>, Error> {
    let fields = settings.by.iter().map(|value| value.of(scope, context)).collect::<Result<Vec<Field>, _>>()?;
    let frame = frame.with_fields(&fields)?;
    let values = fields.iter().map(|field| {
        let folds = field.column.column_type == ColumnType::String && !settings.case_sensitive;
        let value = frame.column(field);
        if folds { functions::casefold(value) } else { value }
    });
    let values = values.collect();
    let frame = frame.with_group_values(values, vec![(min(ident(PLACE)), FIRST_PLACE.to_owned())])?;
    let first = ident(FIRST_PLACE).lt(ident(PLACE)).is_not_true();
    Ok(frame.with_columns(vec![(first, FIRST.to_owned())])?)
}

/// The rows for which `kept` is true, and the others by the complement where it is asked for.
fn finish(
    rows: LogicalPlanBuilder,
    kept: Expr,
    added: Vec<Column>,
    settings: &Settings,
    context: &StepContext<'_>,
) -> Result<Step, Error> {
    let table = context.table(&context.input()?.dimension)?;
    let exprs = table.primary_key.iter().chain(added.iter().map(|column| &column.name)).map(ident);
    if settings.complement {
        let port = when(kept, stays()).otherwise(lit(1i32))?.alias(PORT_COLUMN);
        let plan = rows.project(exprs.chain([port]))?.build()?;
        return Ok(Step::Routed { plan, ports: vec![OUT.to_owned(), COMPLEMENT.to_owned()], added });
    }
    let rows = if kept == lit(true) { rows } else { rows.filter(kept)? };
    let plan = rows.project(exprs)?.build()?;
    Ok(Step::Populations(vec![Output { port: OUT.to_owned(), plan, added }]))
}

/// The number of the port `out`.
pub(super) fn stays() -> Expr {
    lit(0i32)
}

/// The columns of one set, or those of them that all sets have.
pub(super) fn common(added: &[Column], columns: Columns, inputs: &[Input]) -> Vec<Column> {
    let everywhere =
        |column: &&Column| inputs.iter().all(|input| input.added.iter().any(|other| other.name == column.name));
    added.iter().filter(|column| columns == Columns::All || everywhere(column)).cloned().collect()
}

/// The primary set without the keys of any other.
pub(super) fn exclusion(context: &StepContext<'_>, primary: usize, settings: &Settings) -> Result<Step, Error> {
    let input = &context.inputs[primary];
    if let Some(other) = context.inputs.iter().find(|other| other.dimension != input.dimension) {
        return Err(Error::Dimensions(input.dimension.clone(), other.dimension.clone()));
    }
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
    let added = common(&input.added, settings.columns, context.inputs);
    let carried: Vec<Expr> =
        table.primary_key.iter().chain(added.iter().map(|column| &column.name)).map(ident).collect();
    let Some(others) = others else { return Err(Error::NoInput) };
    let on = |key: &String| ident(key).eq(ident(renamed(key)));
    if !settings.complement {
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
fn columns_of_all(settings: &Settings, context: &StepContext<'_>) -> Vec<(Column, Vec<usize>)> {
    let mut all: Vec<(Column, Vec<usize>)> = Vec::new();
    for (index, input) in context.inputs.iter().enumerate() {
        for column in &common(&input.added, settings.columns, context.inputs) {
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
