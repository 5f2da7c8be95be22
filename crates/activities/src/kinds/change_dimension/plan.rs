//! The plan of a change of dimension.

use tutti_model::bind::{Count, Field, Predicate, Related, Scope};
use tutti_model::campaign::OUT;
use tutti_model::catalog::Hop;
use tutti_model::table::Column;
use tutti_query::datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use tutti_query::datafusion::prelude::ident;
use tutti_query::{first_of_groups, lists_of_groups};

use super::{Settings, steps};
use crate::activity::COMPLEMENT;
use crate::collected;
use crate::fields::{self, carried_columns};
use crate::step::{Error, Finding, Input, Output, Step, StepContext};

/// What stands before the columns of the rows that arrive, beside those of the new dimension.
pub(super) const OLD: &str = "__old";
const LIST: &str = "__rows";

pub(super) fn step(settings: &Settings, context: &StepContext<'_>) -> Result<Step, Error> {
    let input = context.input()?;
    let table = context.table(&settings.dimension)?;
    let hops = hops(settings, input, context)?;
    let (plan, each) = pairs(settings, input, &hops, context)?;
    let added = settings.columns(&each, &input.dimension);
    let order = settings.sort.0.iter().enumerate();
    let order = order.map(|(index, sort)| (ident(sort_name(index)), sort.order.is_descending())).collect();
    let ties: Vec<String> = context.table(&input.dimension)?.primary_key.iter().map(|key| old_key(key)).collect();
    let keys = &table.primary_key;
    let plan = if settings.keep > 1 {
        let keep = settings.keep as usize;
        let values = (0..each.len()).map(|index| ident(value_name(index))).collect();
        let lists = lists_of_groups(plan, keys, order, &ties, keep, values, LIST)?;
        let columns = collected::exprs(&ident(LIST), keep, &each).into_iter().zip(&added);
        let exprs = keys.iter().map(ident).chain(columns.map(|(value, column)| value.alias(&column.name)));
        LogicalPlanBuilder::from(lists).project(exprs)?.build()?
    } else {
        let once = is_reached_once(&hops, context)?;
        let firsts = if once { plan } else { first_of_groups(context.planner, plan, keys, order, &ties, 1)? };
        let columns = added.iter().enumerate().map(|(index, column)| ident(value_name(index)).alias(&column.name));
        LogicalPlanBuilder::from(firsts).project(keys.iter().map(ident).chain(columns))?.build()?
    };
    let mut outputs = vec![Output { port: OUT.to_owned(), plan, added }];
    if settings.complement {
        outputs.push(complement(input, &hops, context)?);
    }
    Ok(Step::Populations(outputs))
}

/// Whether no two rows lead to the same new row, so that there is nothing to choose: each step is over the whole key of
/// the table that it starts from.
fn is_reached_once(hops: &[Hop], context: &StepContext<'_>) -> Result<bool, Error> {
    for hop in hops {
        let table = |name: &str| context.planner.catalog.table(name).ok_or_else(|| Error::MissingTable(name.to_owned()));
        let (from, to) = (table(&hop.from)?, table(&hop.to)?);
        let is_by_key = from.primary_key.iter().all(|key| {
            hop.on.iter().any(|(here, there)| {
                let types = (from.column(here), to.column(there));
                here == key && matches!(types, (Some(here), Some(there)) if here.column_type == there.column_type)
            })
        });
        if !is_by_key {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Every row that arrives beside every new row that it leads to: the key of the latter, then what is needed of the
/// former. Answers the columns that one of them carries, too.
pub(super) fn pairs(
    settings: &Settings,
    input: &Input,
    hops: &[Hop],
    context: &StepContext<'_>,
) -> Result<(LogicalPlan, Vec<Column>), Error> {
    let table = context.table(&settings.dimension)?;
    let own = context.table(&input.dimension)?;
    let scope = Scope { table: &own.name, added: &input.added };
    let mut each = carried_columns(settings.carry.as_deref(), &input.added, table);
    let mut sources: Vec<Field> = each.iter().map(|column| Field::added(column.clone())).collect();
    for setting in &settings.fields {
        let field = setting.value.of(scope, context)?;
        let position = fields::put(&mut each, setting.column(&field));
        if position == sources.len() {
            sources.push(field);
        } else {
            sources[position] = field;
        }
    }
    let sorts = settings.sort.0.iter().map(|sort| sort.by.of(scope, context)).collect::<Result<Vec<Field>, _>>()?;
    let frame = context.frame(input)?.with_fields(sources.iter().chain(&sorts))?;
    let values: Vec<(Expr, String)> = sources
        .iter()
        .enumerate()
        .map(|(index, field)| (frame.column(field), value_name(index)))
        .chain(sorts.iter().enumerate().map(|(index, field)| (frame.column(field), sort_name(index))))
        .collect();
    let names: Vec<String> = values.iter().map(|(_, name)| name.clone()).collect();
    let frame = frame.with_columns(values)?;
    if hops.is_empty() {
        let old = own.primary_key.iter().map(|key| ident(key).alias(old_key(key)));
        let exprs = table.primary_key.iter().map(ident).chain(old).chain(names.iter().map(ident));
        return Ok((frame.project(exprs.collect())?, each));
    }
    let beside = frame.beside_related(hops, OLD)?;
    let old = own.primary_key.iter().map(|key| ident(old_key(key)));
    let values = names.iter().map(|name| ident(format!("{OLD}.{name}")).alias(name));
    let exprs = table.primary_key.iter().map(ident).chain(old).chain(values);
    Ok((beside.project(exprs.collect())?, each))
}

fn complement(input: &Input, hops: &[Hop], context: &StepContext<'_>) -> Result<Output, Error> {
    let frame = context.frame(input)?;
    let frame = if hops.is_empty() {
        frame.filter(&Predicate::Constant(false))?
    } else {
        frame.having_related(hops, true)?
    };
    Ok(Output { port: COMPLEMENT.to_owned(), plan: frame.select_population()?, added: input.added.clone() })
}

/// Rows that a link to one row leads to several of.
pub(super) fn findings(settings: &Settings, context: &StepContext<'_>) -> Result<Vec<Finding>, Error> {
    let input = context.input()?;
    let hops = hops(settings, input, context)?;
    let [hop] = hops.as_slice() else { return Ok(Vec::new()) };
    if hop.to_many || hop.unique {
        return Ok(Vec::new());
    }
    let all = Hop { to_many: true, ..hop.clone() };
    let several = Predicate::Related(Related::new(vec![all], Predicate::Constant(true), Count::AtLeast(2)));
    let plan = context.frame(input)?.filter(&several)?.into_plan();
    let words = format!("{{n}} rows are linked to several rows by `{}`, of which that with the lowest key was taken", hop.link);
    Ok(vec![Finding::rows(plan, words, false)?])
}

pub(super) fn hops(settings: &Settings, input: &Input, context: &StepContext<'_>) -> Result<Vec<Hop>, Error> {
    let (from, to) = (context.table(&input.dimension)?, context.table(&settings.dimension)?);
    steps(settings, &from.name, to, context.planner.catalog, "").map_err(|problem| Error::Settings(vec![*problem]))
}

pub(super) fn old_key(name: &str) -> String {
    format!("{OLD}.{name}")
}

fn value_name(index: usize) -> String {
    format!("__value_{index}")
}

pub(super) fn sort_name(index: usize) -> String {
    format!("__sort_{index}")
}
