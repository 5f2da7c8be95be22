//! The plan of an enrichment.

use std::sync::Arc;

use tutti_model::bind::{Count, Predicate, Related, Scope};
use tutti_model::campaign::OUT;
use tutti_model::catalog::Hop;
use tutti_model::problem::Problem;
use tutti_model::table::Column;
use tutti_query::datafusion::catalog::TableProvider;
use tutti_query::datafusion::datasource::ViewTable;
use tutti_query::datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast};
use tutti_query::datafusion::prelude::ident;
use tutti_query::{Frame, LinkedValue, Planner, Providers, arrow_type, first_of_groups};

use super::columns::{self, Bound};
use super::links::{self, BoundLink, Cardinality, Linked, OnMultiple, Set};
use super::{Add, Settings};
use crate::collected;
use crate::fields;
use crate::step::{Error, Finding, Input, Output, Step, StepContext};

pub(super) fn step(settings: &Settings, context: &StepContext<'_>) -> Result<Step, Error> {
    let input = main_input(settings, context)?;
    let linked = bind_links(settings, input, context)?;
    let tables = tables(&linked, context)?;
    let planner = Planner::new(&linked.catalog, &tables);
    let base = base(&planner, input, &linked, context)?;
    let table = base.table().clone();
    let scope = linked.scope(&table.name);
    let mut added = input.added.clone();
    let mut values: Vec<Expr> = added.iter().map(|column| ident(&column.name)).collect();
    let adds: Vec<(&Add, Bound)> = linked
        .keys
        .iter()
        .chain(&settings.add)
        .map(|add| {
            let mut problems = Vec::new();
            let bound = columns::bind(add, scope, &linked.catalog, context.moment, "", &mut problems);
            Ok((add, bound.ok_or(Error::Settings(problems))?))
        })
        .collect::<Result<_, Error>>()?;
    let fields = adds.iter().filter_map(|(_, bound)| match bound {
        Bound::Value(field) => Some(field),
        _ => None,
    });
    let over_links: Vec<(LinkedValue<'_>, String)> =
        adds.iter().enumerate().filter_map(|(index, (_, bound))| Some((bound.linked_value()?, linked_name(index)))).collect();
    let frame = base.clone().with_fields(fields)?.with_linked_values(&base, &over_links)?;
    for (index, (add, bound)) in adds.iter().enumerate() {
        let exprs = match bound {
            Bound::Value(field) => vec![frame.column(field)],
            Bound::Aggregate(_) => {
                let columns = bound.columns(add);
                columns.iter().map(|column| cast(ident(linked_name(index)), arrow_type(column.column_type))).collect()
            }
            Bound::Collect { count, list, .. } => collected::exprs(&ident(linked_name(index)), *count, list),
        };
        for (column, expr) in bound.columns(add).into_iter().zip(exprs) {
            let position = fields::put(&mut added, column);
            if position == values.len() {
                values.push(expr);
            } else {
                values[position] = expr;
            }
        }
    }
    let values = values.into_iter().zip(&added).map(|(value, column)| value.alias(&column.name));
    let plan = frame.project(table.primary_key.iter().map(ident).chain(values).collect())?;
    Ok(Step::Populations(vec![Output { port: OUT.to_owned(), plan, added }]))
}

/// The column of an entry's value over linked rows.
fn linked_name(index: usize) -> String {
    format!("__linked_{index}")
}

/// Rows that have not as many linked rows as the links say.
pub(super) fn findings(settings: &Settings, context: &StepContext<'_>) -> Result<Vec<Finding>, Error> {
    let input = main_input(settings, context)?;
    let linked = bind_links(settings, input, context)?;
    if linked.links.iter().all(|bound| bound.link.cardinality == Cardinality::Many) {
        return Ok(Vec::new());
    }
    let tables = tables(&linked, context)?;
    let planner = Planner::new(&linked.catalog, &tables);
    let base = base(&planner, input, &linked, context)?;
    let mut findings = Vec::new();
    for bound in &linked.links {
        let name = &bound.link.name;
        if bound.first.is_some() {
            let refuse = bound.link.on_multiple == OnMultiple::Error;
            let taken = if refuse { "" } else { ", of which the first was taken" };
            let words = format!("{{n}} rows are linked to several rows by `{name}`{taken}");
            findings.push(Finding::rows(linked_rows(&base, &bound.all, 2, false)?, words, refuse)?);
        }
        if bound.link.cardinality == Cardinality::One {
            let words = format!("{{n}} rows are linked to no row by `{name}`, which leads to one");
            findings.push(Finding::rows(linked_rows(&base, &bound.all, 1, true)?, words, true)?);
        }
    }
    Ok(findings)
}

/// The rows that have at least `count` linked rows, or with `fewer` those that have not.
fn linked_rows(base: &Frame<'_>, hop: &Hop, count: u64, fewer: bool) -> Result<LogicalPlan, Error> {
    let some = Predicate::Related(Related::new(vec![hop.clone()], Predicate::Constant(true), Count::AtLeast(count)));
    let wanted = if fewer { Predicate::Not(Box::new(some)) } else { some };
    Ok(base.clone().filter(&wanted)?.into_plan())
}

fn main_input<'a>(settings: &Settings, context: &StepContext<'a>) -> Result<&'a Input, Error> {
    let sets = context.inputs.iter().map(|input| (input.from.as_str(), input.port.as_str()));
    let main = settings.main(sets).and_then(|main| context.inputs.get(main));
    main.ok_or_else(|| match &settings.primary {
        Some(primary) => Error::MissingInput(primary.clone()),
        None => Error::NoInput,
    })
}

fn bind_links<'s>(settings: &'s Settings, input: &Input, context: &StepContext<'_>) -> Result<Linked<'s>, Error> {
    let table = context.table(&input.dimension)?;
    let scope = Scope { table: &table.name, added: &input.added };
    let sets = |name: &str| {
        let sets = context.inputs.iter().map(|input| (input.from.as_str(), input.port.as_str()));
        let position = fields::position_of_set(name, sets)?;
        let input = &context.inputs[position];
        Some(Set { position, dimension: &input.dimension, added: &input.added })
    };
    let mut problems: Vec<Problem> = Vec::new();
    links::bind(&settings.links, scope, (context.planner.catalog, context.moment), &sets, "", &mut problems)
        .ok_or(Error::Settings(problems))
}

/// The rows that arrive, with the columns that links start from.
fn base<'a>(
    planner: &'a Planner<'a>,
    input: &Input,
    linked: &Linked<'_>,
    context: &StepContext<'_>,
) -> Result<Frame<'a>, Error> {
    let table = context.table(&input.dimension)?;
    let frame = planner.population(&table.name, planner.scan_provider(&input.rows)?, &input.added)?;
    let frame = frame.with_fields(linked.starts.iter().map(|(field, _)| field))?;
    let starts: Vec<(Expr, Column)> =
        linked.starts.iter().map(|(field, column)| (frame.column(field), column.clone())).collect();
    Ok(if starts.is_empty() { frame } else { frame.with_added(starts)? })
}

/// The tables of the run, with those that links lead to and no table of the catalog is.
fn tables(linked: &Linked<'_>, context: &StepContext<'_>) -> Result<Providers, Error> {
    let mut tables = context.planner.tables.clone();
    for bound in &linked.links {
        if let Some(set) = bound.set {
            let input = &context.inputs[set];
            let definition = linked.catalog.table(&bound.all.to).ok_or_else(|| missing(&bound.all.to))?;
            let frame = context.frame(input)?;
            let own = frame.table().columns.iter().filter(|own| input.added.iter().all(|added| added.name != own.name));
            let fields: Vec<_> = own.map(|own| tutti_model::bind::Field::new(Vec::new(), own.clone())).collect();
            let plan = frame.with_fields(&fields)?.select(definition.columns.iter().map(|column| &column.name))?;
            tables.insert(bound.all.to.clone(), view(plan));
        }
    }
    let mut firsts = Vec::new();
    for bound in &linked.links {
        if let Some(first) = &bound.first {
            firsts.push((first.to.clone(), first_rows(bound, linked, &tables)?));
        }
    }
    tables.extend(firsts);
    Ok(tables)
}

/// Of the rows that a link to one row could lead to, the first for each value.
fn first_rows(bound: &BoundLink<'_>, linked: &Linked<'_>, tables: &Providers) -> Result<Arc<dyn TableProvider>, Error> {
    let planner = Planner::new(&linked.catalog, tables);
    let frame = planner.rows(&bound.all.to)?.with_fields(bound.order.iter().map(|(field, _)| field))?;
    let table = frame.table().clone();
    let by: Vec<String> = bound.all.on.iter().map(|(_, there)| there.clone()).collect();
    let order = bound.order.iter().map(|(field, descending)| (frame.column(field), *descending)).collect();
    let firsts = first_of_groups(&planner, frame.into_plan(), &by, order, &table.primary_key, 1)?;
    let columns = table.columns.iter().map(|column| ident(&column.name));
    let plan = LogicalPlanBuilder::from(firsts).project(columns)?.build()?;
    Ok(view(plan))
}

fn view(plan: LogicalPlan) -> Arc<dyn TableProvider> {
    Arc::new(ViewTable::new(plan, None))
}

fn missing(table: &str) -> Error {
    Error::Query(tutti_query::Error::TableNotOpened(table.to_owned()))
}
