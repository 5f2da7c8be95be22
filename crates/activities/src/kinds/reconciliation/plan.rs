//! The plan of a reconciliation: pairs of a row that arrives and a row of the dimension, then one of each.

use tutti_model::bind::{Field, Scope};
use tutti_model::campaign::OUT;
use tutti_model::table::{Column, ColumnType, Table};
use tutti_query::datafusion::functions_aggregate::expr_fn::count;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::functions::string::expr_fn::concat_ws;
use tutti_query::datafusion::logical_expr::{Expr, JoinType, LogicalPlan, LogicalPlanBuilder, cast, lit};
use tutti_query::datafusion::prelude::ident;
use tutti_query::{Frame, first_of_groups, functions};

use super::{INBOUND, Settings, inbound_columns, side};
use crate::activity::{COMPLEMENT, Shape};
use crate::explain::{self, Explanation, is_key, is_row};
use crate::fields::carried_columns;
use crate::kinds::enrichment::OnMultiple;
use crate::lineage::{self, FIRST, SIZE, Side, placed};
use crate::step::{Error, Finding, Input, Output, Step, StepContext};
use crate::told::rows;

pub(super) fn step(settings: &Settings, context: &StepContext<'_>) -> Result<Step, Error> {
    let input = context.input()?;
    let table = context.table(&settings.dimension)?;
    let own = context.table(&input.dimension)?;
    let added = carried_columns(settings.carry.as_deref(), &input.added, table);
    let found = found(settings, input, context)?;
    let keys = table.primary_key.iter().map(|key| ident(key_name(key)).alias(key));
    let columns = added.iter().map(|column| ident(inbound(&column.name)).alias(&column.name));
    let plan = LogicalPlanBuilder::from(found.clone()).project(keys.chain(columns))?.build()?;
    let mut outputs = vec![Output { port: OUT.to_owned(), plan, added }];
    if settings.keep_unmatched {
        let on = own.primary_key.iter().map(|key| ident(key).eq(ident(inbound_key(key))));
        let used = own.primary_key.iter().map(|key| ident(inbound_key(key)));
        let used = LogicalPlanBuilder::from(found).project(used)?.build()?;
        let rows = context.planner.scan_provider(&input.rows)?;
        let names = own.primary_key.iter().chain(input.added.iter().map(|column| &column.name));
        let plan =
            LogicalPlanBuilder::from(rows).join_on(used, JoinType::LeftAnti, on)?.project(names.map(ident))?.build()?;
        outputs.push(Output { port: COMPLEMENT.to_owned(), plan, added: input.added.clone() });
    }
    Ok(Step::Populations(outputs))
}

pub(super) fn findings(settings: &Settings, context: &StepContext<'_>) -> Result<Vec<Finding>, Error> {
    let input = context.input()?;
    let table = context.table(&settings.dimension)?;
    let own = context.table(&input.dimension)?;
    let mut findings = Vec::new();
    let here: Vec<String> = own.primary_key.iter().map(|key| inbound_key(key)).collect();
    let there: Vec<String> = table.primary_key.iter().map(|key| key_name(key)).collect();
    // A pair for each part of the key leads to one row at most.
    let unique = table.primary_key.iter().all(|key| settings.on.values().any(|there| there == key));
    if !unique {
        let several = shared(pairs(settings, input, context)?, &here)?;
        let refuse = settings.on_multiple == OnMultiple::Error;
        let taken = if refuse { "" } else { ", of which the first was taken" };
        let words = format!("{{n}} rows match several rows of `{}`{taken}", settings.dimension);
        findings.push(Finding::rows(several, words, refuse)?);
    }
    let same = shared(chosen(settings, input, context)?, &there)?;
    let words = format!("{{n}} rows of `{}` are matched by several rows, of which the first stands for them", settings.dimension);
    findings.push(Finding::rows(same, words, false)?);
    Ok(findings)
}

/// The row that a row is found to be, or the rows that are found to be it.
pub(super) fn lineage(settings: &Settings, context: &StepContext<'_>, row: Side<'_>) -> Result<LogicalPlan, Error> {
    let input = context.input()?;
    let (table, own) = (context.table(&settings.dimension)?, context.table(&input.dimension)?);
    let here: Vec<Expr> = own.primary_key.iter().map(|key| ident(inbound_key(key))).collect();
    let there: Vec<Expr> = table.primary_key.iter().map(|key| ident(key_name(key))).collect();
    let is_it = match row {
        Side::Arrives(key) => is_key(here.clone(), key),
        Side::Leaves(key) => is_key(there.clone(), key),
    };
    let found = LogicalPlanBuilder::from(found(settings, input, context)?).filter(is_it)?.build()?;
    lineage::pairs(found, here, there)
}

/// Whether a row is looked for, how many rows it matches, and whether another one stands for it.
pub(super) fn explain(
    settings: &Settings,
    context: &StepContext<'_>,
    key: &[String],
) -> Result<Vec<Explanation>, Error> {
    let input = context.input()?;
    let (table, own) = (context.table(&settings.dimension)?, context.table(&input.dimension)?);
    let here: Vec<Expr> = own.primary_key.iter().map(|key| ident(inbound_key(key))).collect();
    let there: Vec<Expr> = table.primary_key.iter().map(|key| ident(key_name(key))).collect();
    let mut explanations = Vec::new();
    if let Some(rule) = &settings.filter {
        let scope = Scope { table: &own.name, added: &input.added };
        let one = context.frame(input)?.filter_by(is_row(own, key))?;
        explanations.push(explain::rule(one, &context.bind(rule, scope)?, "to be looked for, ")?);
    }
    let dimension = settings.dimension.clone();
    let mine = LogicalPlanBuilder::from(pairs(settings, input, context)?).filter(is_key(here.clone(), key))?.build()?;
    explanations.push(explain::number_of(mine, move |found| {
        vec![match found {
            0 => format!("matches no row of `{dimension}`"),
            1 => format!("matches one row of `{dimension}`"),
            several => format!("matches {several} rows of `{dimension}`, of which the first is meant"),
        }]
    })?);
    let same = placed(chosen(settings, input, context)?, &there, Vec::new(), &here)?;
    let text = concat_ws(lit(","), there.into_iter().map(|part| cast(part, DataType::Utf8)).collect());
    let columns = vec![text.alias("to"), ident(SIZE).alias("size"), ident(FIRST).alias("first")];
    let same = same.filter(is_key(here, key))?.project(columns)?.build()?;
    let mine = key.join(",");
    explanations.push(Explanation::new(same, move |seen| {
        let (to, first, size) = (seen.text("to"), seen.text("first"), seen.number("size").unwrap_or(1));
        vec![match (first == mine, size) {
            (_, 1) => format!("is `{to}`"),
            (true, size) => format!("is `{to}`, like {} more, for which it stands", rows(size.unsigned_abs() - 1)),
            (false, _) => format!("is `{to}`, and so is `{first}`, which stands for it"),
        }]
    }));
    Ok(explanations)
}

/// The groups of more than one row.
fn shared(plan: LogicalPlan, by: &[String]) -> Result<LogicalPlan, Error> {
    let size = "__size";
    let groups: Vec<Expr> = by.iter().map(ident).collect();
    let sized = LogicalPlanBuilder::from(plan).aggregate(groups, vec![count(lit(1i64)).alias(size)])?;
    Ok(sized.filter(ident(size).gt(lit(1i64)))?.build()?)
}

/// For each row that was found, the row that stands for it.
fn found(settings: &Settings, input: &Input, context: &StepContext<'_>) -> Result<LogicalPlan, Error> {
    let table = context.table(&settings.dimension)?;
    let own = context.table(&input.dimension)?;
    let chosen = chosen(settings, input, context)?;
    let there: Vec<String> = table.primary_key.iter().map(|key| key_name(key)).collect();
    let here: Vec<String> = own.primary_key.iter().map(|key| inbound_key(key)).collect();
    Ok(first_of_groups(context.planner, chosen, &there, Vec::new(), &here, 1)?)
}

/// For each row that arrives and matches, the one row that it matches.
fn chosen(settings: &Settings, input: &Input, context: &StepContext<'_>) -> Result<LogicalPlan, Error> {
    let table = context.table(&settings.dimension)?;
    let own = context.table(&input.dimension)?;
    let here: Vec<String> = own.primary_key.iter().map(|key| inbound_key(key)).collect();
    let there: Vec<String> = table.primary_key.iter().map(|key| key_name(key)).collect();
    let order = settings.sort.0.iter().enumerate();
    let order = order.map(|(index, sort)| (ident(sort_name(index)), sort.order.is_descending())).collect();
    Ok(first_of_groups(context.planner, pairs(settings, input, context)?, &here, order, &there, 1)?)
}

/// Every row that arrives beside every row that it matches: the keys of both, what is sorted by, and what is carried.
fn pairs(settings: &Settings, input: &Input, context: &StepContext<'_>) -> Result<LogicalPlan, Error> {
    let table = context.table(&settings.dimension)?;
    let (here, on_here) = inbound_rows(settings, input, context)?;
    let scope = Scope::table(&table.name);
    let there = settings
        .on
        .values()
        .map(|text| side(text, scope).of(scope, context))
        .collect::<Result<Vec<Field>, _>>()?;
    let sorts =
        settings.sort.0.iter().map(|sort| sort.by.of(scope, context)).collect::<Result<Vec<Field>, _>>()?;
    let mut frame = context.planner.rows(&table.name)?.with_fields(there.iter().chain(&sorts))?;
    let values: Vec<(Expr, String)> =
        sorts.iter().enumerate().map(|(index, field)| (frame.column(field), sort_name(index))).collect();
    frame = frame.with_columns(values)?;
    let on = there
        .iter()
        .zip(on_here)
        .map(|(there, (here, of_here))| {
            let of_there = there.column.column_type;
            let fold = |value: Expr| {
                let text = of_here == ColumnType::String && of_there == ColumnType::String;
                if text && !settings.case_sensitive { functions::casefold(value) } else { value }
            };
            ((fold(frame.column(there)), of_there), (fold(here), of_here))
        })
        .collect();
    let carried = inbound_columns(&shape(input), context.table(&input.dimension).ok().map(AsRef::as_ref));
    let mut frame = frame.beside(here, on, carried.clone())?;
    if let Some(rule) = &settings.rule {
        let predicate = context.bind(rule, Scope { table: &table.name, added: &carried })?;
        frame = frame.filter(&predicate)?;
    }
    let own = context.table(&input.dimension)?;
    let kept = carried_columns(settings.carry.as_deref(), &input.added, table);
    let names = own
        .primary_key
        .iter()
        .map(|key| ident(inbound_key(key)))
        .chain(table.primary_key.iter().map(|key| ident(key).alias(key_name(key))))
        .chain((0..settings.sort.0.len()).map(|index| ident(sort_name(index))))
        .chain(kept.iter().map(|column| ident(inbound(&column.name))));
    Ok(frame.project(names.collect())?)
}

/// A value and its type.
type Typed = (Expr, ColumnType);

/// The rows that are looked for, with names that no row of the dimension has, and the values of `on`.
fn inbound_rows(
    settings: &Settings,
    input: &Input,
    context: &StepContext<'_>,
) -> Result<(LogicalPlan, Vec<Typed>), Error> {
    let own = context.table(&input.dimension)?;
    let scope = Scope { table: &own.name, added: &input.added };
    let fields = settings
        .on
        .keys()
        .map(|text| side(text, scope).of(scope, context))
        .collect::<Result<Vec<Field>, _>>()?;
    let mut frame: Frame<'_> = context.frame(input)?;
    if let Some(rule) = &settings.filter {
        frame = frame.filter(&context.bind(rule, scope)?)?;
    }
    frame = frame.with_fields(&fields)?;
    // A rule may ask for any field of the row.
    let others: Vec<&Column> = if settings.rule.is_some() { own_columns(own, input) } else { Vec::new() };
    let whole: Vec<Field> = others.iter().map(|column| Field::new(Vec::new(), (*column).clone())).collect();
    frame = frame.with_fields(&whole)?;
    let mut exprs: Vec<Expr> = own.primary_key.iter().map(|key| ident(key).alias(inbound_key(key))).collect();
    let columns = input.added.iter().chain(others.iter().copied());
    exprs.extend(columns.map(|column| ident(&column.name).alias(inbound(&column.name))));
    let mut on = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let name = format!("__{INBOUND}_on_{index}");
        exprs.push(frame.column(field).alias(&name));
        on.push((ident(name), field.column.column_type));
    }
    Ok((frame.project(exprs)?, on))
}

/// The columns of the own table that no column which rows carry hides.
fn own_columns<'t>(own: &'t Table, input: &Input) -> Vec<&'t Column> {
    own.columns.iter().filter(|own| input.added.iter().all(|added| added.name != own.name)).collect()
}

fn shape(input: &Input) -> Shape {
    Shape { dimension: input.dimension.clone(), added: input.added.clone() }
}

fn inbound(name: &str) -> String {
    format!("{INBOUND}.{name}")
}

fn inbound_key(name: &str) -> String {
    format!("__{INBOUND}_key.{name}")
}

/// A key column of the dimension, where it is beside those of the rows that arrive.
fn key_name(name: &str) -> String {
    format!("__key.{name}")
}

fn sort_name(index: usize) -> String {
    format!("__sort_{index}")
}
