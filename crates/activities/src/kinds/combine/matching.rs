//! Intersections and exclusions in which rows are not compared by their keys alone: for each other set it is found out
//! which rows of the primary one are in it.

use tutti_model::bind::{Field, Scope};
use tutti_model::campaign::OUT;
use tutti_model::catalog::{Catalog, Hop};
use tutti_model::problem::Problem;
use tutti_model::table::{Column, ColumnType};
use tutti_query::datafusion::logical_expr::{Expr, JoinType, LogicalPlan, LogicalPlanBuilder, lit, when};
use tutti_query::datafusion::prelude::ident;
use tutti_query::{Frame, comparable, functions};

use super::plan::{common, name_of_set, stays};
use super::{Operation, SetRule, Settings};
use crate::activity::COMPLEMENT;
use crate::explain::{Explanation, is_row};
use crate::operand::FieldOrExpression;
use crate::step::{Error, Input, Output, PORT_COLUMN, Step, StepContext};

/// What a row of the primary set has to equal to be in another, beside the rows there: each once.
struct Members {
    rows: LogicalPlan,
    on: Vec<Expr>,
}

pub(super) fn step(settings: &Settings, primary: usize, context: &StepContext<'_>) -> Result<Step, Error> {
    let input = &context.inputs[primary];
    let table = context.table(&input.dimension)?;
    let (frame, members) = compared(settings, primary, context)?;
    let added = common(&input.added, settings.columns, context.inputs);
    let carried: Vec<Expr> =
        table.primary_key.iter().chain(added.iter().map(|column| &column.name)).map(ident).collect();
    let exclusion = settings.operation == Operation::Exclusion;
    if !settings.complement {
        let join_type = if exclusion { JoinType::LeftAnti } else { JoinType::LeftSemi };
        let rows =
            members.into_iter().try_fold(LogicalPlanBuilder::from(frame.into_plan()), |rows, (_, members)| {
                rows.join_on(members.rows, join_type, members.on)
            })?;
        let plan = rows.project(carried)?.build()?;
        return Ok(Step::Populations(vec![Output { port: OUT.to_owned(), plan, added }]));
    }
    let (plan, marks) = marked(frame.into_plan(), members)?;
    let kept = if exclusion {
        marks.into_iter().reduce(Expr::or).unwrap_or_else(|| lit(false)).is_not_true()
    } else {
        marks.into_iter().reduce(Expr::and).unwrap_or_else(|| lit(true)).is_true()
    };
    let port = when(kept, stays()).otherwise(lit(1i32))?.alias(PORT_COLUMN);
    let plan = LogicalPlanBuilder::from(plan).project(carried.into_iter().chain([port]))?.build()?;
    Ok(Step::Routed { plan, ports: vec![OUT.to_owned(), COMPLEMENT.to_owned()], added })
}

/// In which of the other sets a row of the primary one is.
pub(super) fn explain(
    settings: &Settings,
    primary: usize,
    context: &StepContext<'_>,
    key: &[String],
) -> Result<Explanation, Error> {
    let table = context.table(&context.inputs[primary].dimension)?;
    let (frame, members) = compared(settings, primary, context)?;
    let phrases: Vec<[String; 2]> = members.iter().map(|(index, _)| phrases(settings, *index, context)).collect();
    let (plan, marks) = marked(frame.into_plan(), members)?;
    let columns = marks.into_iter().enumerate().map(|(index, mark)| mark.is_true().alias(format!("in_{index}")));
    let plan = LogicalPlanBuilder::from(plan).filter(is_row(table, key))?.project(columns)?.build()?;
    Ok(Explanation::new(plan, move |seen| {
        let told = phrases.iter().enumerate().map(|(index, [yes, no])| {
            if seen.is_true(&format!("in_{index}")) { yes.clone() } else { no.clone() }
        });
        told.collect()
    }))
}

/// How it is said that a row is in another set, and that it is not.
fn phrases(settings: &Settings, index: usize, context: &StepContext<'_>) -> [String; 2] {
    let sets: Vec<(&str, &str)> =
        context.inputs.iter().map(|input| (input.from.as_str(), input.port.as_str())).collect();
    let set = name_of_set(&context.inputs[index]);
    let same = |fields: Vec<&str>| {
        let fields = fields.join(", ");
        [format!("`{set}` has a row with the same {fields}"), format!("`{set}` has no row with the same {fields}")]
    };
    match settings.rule_for(index, &sets) {
        Some(SetRule { link: Some(path), .. }) => {
            [format!("`{set}` has a row that `{path}` leads to"), format!("`{set}` has no row that `{path}` leads to")]
        }
        Some(rule) => same(rule.on.keys().map(String::as_str).collect()),
        None if settings.by.is_empty() => [format!("is in `{set}`"), format!("is not in `{set}`")],
        None => same(settings.by.iter().map(FieldOrExpression::text).collect()),
    }
}

/// The rows of the primary set, and what they have to equal to be in each other set, with the set's position.
fn compared<'a>(
    settings: &Settings,
    primary: usize,
    context: &StepContext<'a>,
) -> Result<(Frame<'a>, Vec<(usize, Members)>), Error> {
    let input = &context.inputs[primary];
    let sets: Vec<(&str, &str)> =
        context.inputs.iter().map(|input| (input.from.as_str(), input.port.as_str())).collect();
    let mut frame = context.frame(input)?;
    let mut members = Vec::new();
    for (index, set) in context.inputs.iter().enumerate().filter(|(index, _)| *index != primary) {
        let found;
        (frame, found) = match settings.rule_for(index, &sets) {
            Some(SetRule { link: Some(path), .. }) => by_link(frame, index, path, input, set, context)?,
            Some(rule) => {
                let pairs: Vec<_> = rule
                    .on
                    .iter()
                    .map(|(left, right)| (FieldOrExpression::from_text(left), FieldOrExpression::from_text(right)))
                    .collect();
                by_values(frame, index, &pairs, input, set, settings, context)?
            }
            None if settings.by.is_empty() => by_key(frame, index, input, set, context)?,
            None => {
                let pairs: Vec<_> = settings.by.iter().map(|value| (value.clone(), value.clone())).collect();
                by_values(frame, index, &pairs, input, set, settings, context)?
            }
        };
        members.push((index, found));
    }
    Ok((frame, members))
}

/// Adds for each other set whether a row is in it.
fn marked(mut plan: LogicalPlan, members: Vec<(usize, Members)>) -> Result<(LogicalPlan, Vec<Expr>), Error> {
    let mut marks = Vec::new();
    for (index, members) in members {
        let mark = format!("__in_{index}");
        let before: Vec<Expr> = plan.schema().columns().into_iter().map(Expr::Column).collect();
        let joined = LogicalPlanBuilder::from(plan).join_on(members.rows, JoinType::LeftMark, members.on)?.build()?;
        let is_in = joined.schema().columns().pop().map(Expr::Column).unwrap_or_else(|| lit(false));
        let columns = before.into_iter().chain([is_in.alias(&mark)]);
        plan = LogicalPlanBuilder::from(joined).project(columns)?.build()?;
        marks.push(ident(mark));
    }
    Ok((plan, marks))
}

fn by_key<'a>(
    frame: Frame<'a>,
    index: usize,
    input: &Input,
    set: &Input,
    context: &StepContext<'_>,
) -> Result<(Frame<'a>, Members), Error> {
    if set.dimension != input.dimension {
        return Err(Error::Dimensions(input.dimension.clone(), set.dimension.clone()));
    }
    let keys = frame.keys().to_vec();
    let name = |key: &String| format!("__set_{index}.{key}");
    let rows = LogicalPlanBuilder::from(context.planner.scan_provider(&set.rows)?);
    let rows = rows.project(keys.iter().map(|key| ident(key).alias(name(key))))?.build()?;
    let on = keys.iter().map(|key| ident(key).eq(ident(name(key)))).collect();
    Ok((frame, Members { rows, on }))
}

/// A row of the primary set is in the other when a row that it is linked to is.
fn by_link<'a>(
    frame: Frame<'a>,
    index: usize,
    path: &str,
    input: &Input,
    set: &Input,
    context: &StepContext<'_>,
) -> Result<(Frame<'a>, Members), Error> {
    let (from, to) = (context.table(&input.dimension)?, context.table(&set.dimension)?);
    let hops = steps(path, &from.name, &to.name, context.planner.catalog, "")
        .map_err(|problem| Error::Settings(vec![*problem]))?;
    let old = format!("__primary_{index}");
    let beside = context.frame(input)?.beside_related(&hops, &old)?;
    let name = |key: &String| format!("__set_{index}.{key}");
    let rows = LogicalPlanBuilder::from(context.planner.scan_provider(&set.rows)?);
    let rows = rows.project(to.primary_key.iter().map(|key| ident(key).alias(name(key))))?.build()?;
    let on = to.primary_key.iter().map(|key| ident(key).eq(ident(name(key))));
    let keys = from.primary_key.iter().map(|key| ident(format!("{old}.{key}")));
    let rows = LogicalPlanBuilder::from(beside.into_plan())
        .join_on(rows, JoinType::LeftSemi, on)?
        .project(keys)?
        .build()?;
    let on = from.primary_key.iter().map(|key| ident(key).eq(ident(format!("{old}.{key}")))).collect();
    Ok((frame, Members { rows, on }))
}

/// A row of the primary set is in the other when a row there has the same values.
fn by_values<'a>(
    frame: Frame<'a>,
    index: usize,
    pairs: &[(FieldOrExpression, FieldOrExpression)],
    input: &Input,
    set: &Input,
    settings: &Settings,
    context: &StepContext<'_>,
) -> Result<(Frame<'a>, Members), Error> {
    let fields = |input: &Input, values: Vec<&FieldOrExpression>| -> Result<Vec<Field>, Error> {
        let table = context.table(&input.dimension)?;
        let scope = Scope { table: &table.name, added: &input.added };
        values.into_iter().map(|value| value.of(scope, context)).collect()
    };
    let here = fields(input, pairs.iter().map(|(left, _)| left).collect())?;
    let there = fields(set, pairs.iter().map(|(_, right)| right).collect())?;
    let frame = frame.with_fields(&here)?;
    let others = context.frame(set)?.with_fields(&there)?;
    let mut exprs = Vec::new();
    let mut on = Vec::new();
    for (position, (here, there)) in here.iter().zip(&there).enumerate() {
        let name = format!("__set_{index}_{position}");
        let (of_here, of_there) = (here.column.column_type, there.column.column_type);
        let folds = of_here == ColumnType::String && of_there == ColumnType::String && !settings.case_sensitive;
        let fold = |value: Expr| if folds { functions::casefold(value) } else { value };
        let pair = (fold(frame.column(here)), fold(others.column(there)));
        let (here, there) = comparable(pair, of_here, of_there);
        exprs.push(there.alias(&name));
        on.push(here.eq(ident(name)));
    }
    Ok((frame, Members { rows: others.project(exprs)?, on }))
}

/// The way from the table of the primary set to that of another.
pub(super) fn steps(path: &str, from: &str, to: &str, catalog: &Catalog, at: &str) -> Result<Vec<Hop>, Box<Problem>> {
    let resolved = catalog.resolve(from, path, at)?;
    if let Some(Column { name, .. }) = resolved.column {
        let message = format!("`{path}`: `{name}` is a column; sets of two dimensions are compared over a link");
        return Err(Box::new(Problem::error("not_a_link", at, message).hint("or compare fields, with `on`")));
    }
    match resolved.hops.last() {
        Some(last) if last.to == to => Ok(resolved.hops),
        last => {
            let end = last.map_or(from, |hop| hop.to.as_str());
            let message = format!("`{path}` leads to `{end}`, and the set has rows of `{to}`");
            Err(Box::new(Problem::error("dimension_mismatch", at, message).hint("name a path that leads there")))
        }
    }
}
