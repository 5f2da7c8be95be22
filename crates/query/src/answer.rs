//! What is asked of a rule: its count, its first rows, and how it is computed.

use std::collections::BTreeSet;

use datafusion::arrow::array::RecordBatch;
use datafusion::common::tree_node::TreeNode;
use datafusion::logical_expr::{JoinType, LogicalPlan, LogicalPlanBuilder};
use datafusion::physical_plan::displayable;
use datafusion::sql::unparser::plan_to_sql;
use tutti_model::bind::{Aggregate, Field, Pick, Predicate};
use tutti_model::catalog::Hop;
use tutti_model::table::ColumnType;

use crate::error::Result;
use crate::frame::{Planner, column};
use crate::predicate::fields_of;
use crate::session::Session;

/// The number of rows of `table` that match.
pub async fn count(session: &Session, planner: &Planner<'_>, table: &str, predicate: &Predicate) -> Result<u64> {
    let plan = planner.rows(table)?.filter(predicate)?.into_plan();
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

/// The first `limit` matching rows by key, with the key columns and `fields`.
pub async fn preview(
    session: &Session,
    planner: &Planner<'_>,
    table: &str,
    predicate: &Predicate,
    fields: &[Field],
    limit: usize,
) -> Result<Answer> {
    let frame = planner.rows(table)?.filter(predicate)?.with_fields(fields)?;
    let definition = frame.table().clone();
    let mut columns: Vec<ResultColumn> = definition
        .key_columns()
        .into_iter()
        .map(|key| ResultColumn { name: key.name.clone(), column_type: key.column_type })
        .collect();
    for field in fields {
        let name = field.path();
        if columns.iter().all(|column| column.name != name) {
            columns.push(ResultColumn { name, column_type: field.column.column_type });
        }
    }
    let sorts: Vec<_> = frame.keys().iter().map(|key| column(key).sort(true, false)).collect();
    let plan = frame.select(columns.iter().map(|column| &column.name))?;
    let plan = LogicalPlanBuilder::from(plan).sort_with_limit(sorts, Some(limit))?.build()?;
    Ok(Answer { columns, batches: session.frame(plan).collect().await? })
}

/// How a rule is computed.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// In plain words.
    pub words: String,
    /// As SQL, where the plan has an equivalent.
    pub sql: Option<String>,
    /// As the physical plan.
    pub plan: String,
}

/// Explains the count of a rule.
pub async fn explain(
    session: &Session,
    planner: &Planner<'_>,
    table: &str,
    predicate: &Predicate,
) -> Result<Explanation> {
    let plan = planner.rows(table)?.filter(predicate)?.into_plan();
    // Not of the optimized plan: its scans hold filters, whose columns the unparser names wrongly under an alias.
    let sql = if has_marks(&plan)? { None } else { written(&plan) };
    let physical = session.frame(plan).create_physical_plan().await?;
    Ok(Explanation {
        words: tutti_model::bind::words(predicate),
        sql,
        plan: displayable(physical.as_ref()).indent(true).to_string(),
    })
}

/// The stack for writing SQL, in bytes. Only what is used of it is taken.
const STACK_BYTES: usize = 256 << 20;

/// The plan as SQL. The engine's writer calls itself for every level of a plan and needs a great deal of stack, far more
/// than the threads that answer have, so it runs on one of its own.
fn written(plan: &LogicalPlan) -> Option<String> {
    let write = || plan_to_sql(plan).ok().map(|statement| format!("{statement:#}"));
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().name("sql".to_owned()).stack_size(STACK_BYTES);
        thread.spawn_scoped(scope, write).ok()?.join().ok()?
    })
}

/// Whether the plan has a join that SQL has no word for.
fn has_marks(plan: &LogicalPlan) -> Result<bool> {
    let is_mark = |plan: &LogicalPlan| matches!(plan, LogicalPlan::Join(join) if join.join_type == JoinType::LeftMark);
    Ok(plan.exists(|plan| Ok(is_mark(plan)))?)
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
