//! What is asked of a rule: its count and its first rows.

use std::collections::BTreeSet;

use datafusion::arrow::array::RecordBatch;
use datafusion::logical_expr::{Expr, LogicalPlanBuilder};
use tutti_model::bind::{Aggregate, Field, Pick, Predicate};
use tutti_model::catalog::Hop;
use tutti_model::table::ColumnType;

use crate::error::Result;
use crate::frame::{Planner, column};
use crate::predicate::fields_of;
use crate::session::Session;

/// The number of rows of `table` that match.
pub async fn count(session: &Session, planner: &Planner<'_>, table: &str, predicate: &Predicate) -> Result<u64> {
    let plan = planner.asked(table)?.filter(predicate)?.into_plan();
    session.count(plan).await
}

/// A column of an answer.
#[derive(Clone, Debug, PartialEq)]
pub struct ResultColumn {
    pub name: String,
    pub column_type: ColumnType,
}

/// Rows, with their columns.
#[derive(Clone, Debug)]
pub struct Answer {
    pub columns: Vec<ResultColumn>,
    pub batches: Vec<RecordBatch>,
}

/// Which of the matching rows are shown, and how.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// Columns besides the key's.
    pub fields: Vec<Shown>,
    /// What the rows are ordered by, and whether each is descending; NULLs are last. Ties go by the key.
    pub order: Vec<(Field, bool)>,
    pub offset: usize,
    pub limit: usize,
}

/// A column of a preview: a value of each row, and what it is called.
#[derive(Clone, Debug)]
pub struct Shown {
    pub field: Field,
    pub name: String,
}

impl From<Field> for Shown {
    /// Under its path, or its expression.
    fn from(field: Field) -> Self {
        Self { name: field.path(), field }
    }
}

/// Some of the matching rows, with the key columns and the fields of `view`.
pub async fn preview(
    session: &Session,
    planner: &Planner<'_>,
    table: &str,
    predicate: &Predicate,
    view: &View,
) -> Result<Answer> {
    let shown = view.fields.iter().map(|shown| &shown.field).chain(view.order.iter().map(|(field, _)| field));
    let frame = planner.asked(table)?.filter(predicate)?.with_fields(shown)?;
    let definition = frame.table().clone();
    let mut columns: Vec<ResultColumn> = definition
        .key_columns()
        .into_iter()
        .map(|key| ResultColumn { name: key.name.clone(), column_type: key.column_type })
        .collect();
    let mut values: Vec<Expr> = columns.iter().map(|key| column(&key.name)).collect();
    for Shown { field, name } in &view.fields {
        if columns.iter().all(|column| column.name != *name) {
            columns.push(ResultColumn { name: name.clone(), column_type: field.column.column_type });
            values.push(frame.column(field).alias(name));
        }
    }
    let order = view.order.iter().map(|(field, descending)| (frame.column(field), *descending));
    let keys = frame.keys().iter().map(|key| (column(key), false));
    let sorts: Vec<_> = order.chain(keys).map(|(expr, descending)| expr.sort(!descending, false)).collect();
    let rows = LogicalPlanBuilder::from(frame.into_plan())
        .sort_with_limit(sorts, Some(view.offset.saturating_add(view.limit)))?
        .limit(view.offset, Some(view.limit))?
        .project(values)?
        .build()?;
    Ok(Answer { columns, batches: session.collect(rows).await? })
}

/// The tables that a predicate reads, besides the one it is about.
pub fn tables_of_predicate(predicate: &Predicate, into: &mut BTreeSet<String>) {
    fields_of(predicate).into_iter().for_each(|field| tables_of_field(field, into));
    match predicate {
        Predicate::All(parts) | Predicate::Any(parts) => parts.iter().for_each(|part| tables_of_predicate(part, into)),
        Predicate::Not(inner) => tables_of_predicate(inner, into),
        Predicate::Related(related) => {
            tables_of_hops(&related.hops, into);
            related.pick.iter().for_each(|pick| tables_of_pick(pick, into));
            tables_of_predicate(&related.filter, into);
        }
        Predicate::Aggregate(aggregate) => tables_of_aggregate(aggregate, into),
        Predicate::Constant(_) | Predicate::Compare { .. } | Predicate::Member(_) => {}
    }
}

/// The tables that a field's value comes from, besides that of the row.
pub fn tables_of_field(field: &Field, into: &mut BTreeSet<String>) {
    field.sources().into_iter().for_each(|source| tables_of_hops(&source.hops, into));
    if let Some(aggregate) = &field.aggregate {
        tables_of_aggregate(aggregate, into);
    }
}

fn tables_of_aggregate(aggregate: &Aggregate, into: &mut BTreeSet<String>) {
    tables_of_hops(&aggregate.hops, into);
    let inputs = aggregate.expression.iter().flat_map(|computed| &computed.inputs);
    aggregate.operand.iter().chain(inputs).for_each(|field| tables_of_field(field, into));
    aggregate.pick.iter().for_each(|pick| tables_of_pick(pick, into));
    tables_of_predicate(&aggregate.filter, into);
}

fn tables_of_pick(pick: &Pick, into: &mut BTreeSet<String>) {
    tables_of_field(&pick.by, into);
    tables_of_predicate(&pick.filter, into);
}

fn tables_of_hops(hops: &[Hop], into: &mut BTreeSet<String>) {
    into.extend(hops.iter().map(|hop| hop.to.clone()));
}
