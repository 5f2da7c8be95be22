//! How a rule is answered: in plain words, as SQL, as the plan, and about what it costs.

use std::collections::BTreeMap;

use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::logical_expr::{JoinType, LogicalPlan};
use datafusion::physical_plan::displayable;
use tutti_model::bind::{Predicate, sentence};

use crate::error::Result;
use crate::frame::{Planner, Providers};
use crate::session::Session;
use crate::sql::{Dialect, ReadableSql, to_sql};

/// A rule that is thought to take longer than this is warned about.
pub const SLOW_MS: f64 = 2_000.0;

/// How a rule is computed.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// One sentence.
    pub words: String,
    /// As SQL for other engines; the reason why not is among the warnings of `sql`.
    pub sql: ReadableSql,
    /// As the physical plan.
    pub plan: String,
    pub cost: Cost,
}

/// What answering is thought to take, before anything is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// By table.
    pub scans: BTreeMap<String, Scan>,
    pub joins: u64,
    pub aggregates: u64,
    /// Rough: from the sizes of the tables alone.
    pub estimated_ms: f64,
}

/// How often a table is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scan {
    pub scans: u64,
    /// Rows of the table, where they are known.
    pub rows: Option<u64>,
}

impl Cost {
    /// What makes the rule slow, when it is thought to be.
    pub fn warning(&self) -> Option<String> {
        if self.estimated_ms < SLOW_MS {
            return None;
        }
        let reads: Vec<String> = self
            .scans
            .iter()
            .filter_map(|(table, scan)| {
                let times = if scan.scans > 1 { format!(" {} times", scan.scans) } else { String::new() };
                Some(format!("{} rows of `{table}`{times}", scan.rows?))
            })
            .collect();
        let seconds = (self.estimated_ms / 1000.0).ceil();
        Some(format!("this rule may take about {seconds} s: it reads {}", reads.join(" and ")))
    }
}

/// Explains the count of a rule about rows of `table`, which people call `subject`.
pub async fn explain(
    session: &Session,
    planner: &Planner<'_>,
    table: &str,
    subject: &str,
    predicate: &Predicate,
    dialect: Dialect,
) -> Result<Explanation> {
    let sql = to_sql(planner, table, predicate, dialect)?;
    let plan = planner.rows(table)?.filter(predicate)?;
    let keys = plan.keys().to_vec();
    let optimized = session.frame(plan.select(&keys)?).into_optimized_plan()?;
    let cost = cost(&optimized, planner.tables, session.threads());
    let physical = session.frame(optimized).create_physical_plan().await?;
    let plan = displayable(physical.as_ref()).indent(true).to_string();
    Ok(Explanation { words: sentence(subject, predicate), sql, plan, cost })
}

/// Milliseconds that one thread needs for a million rows: to read a column, to go through a join, to be grouped, to be
/// filtered (measured on `bench/`'s tables).
const COLUMN_MS: f64 = 8.0;
const JOIN_MS: f64 = 20.0;
const GROUP_MS: f64 = 60.0;
const FILTER_MS: f64 = 5.0;

/// The part of the rows that a filter is thought to leave.
const FILTERED: f64 = 0.3;

fn cost(plan: &LogicalPlan, tables: &Providers, threads: usize) -> Cost {
    let mut cost = Cost::default();
    let mut work_ms = 0.0;
    rows_of(plan, tables, &mut cost, &mut work_ms);
    cost.estimated_ms = (work_ms / threads.max(1) as f64).round();
    cost
}

/// The rows that a plan is thought to give; adds its work.
fn rows_of(plan: &LogicalPlan, tables: &Providers, cost: &mut Cost, work_ms: &mut f64) -> f64 {
    let inputs: Vec<f64> = plan.inputs().into_iter().map(|input| rows_of(input, tables, cost, work_ms)).collect();
    let million: f64 = inputs.iter().sum::<f64>() / 1e6;
    let first = inputs.first().copied().unwrap_or(0.0);
    match plan {
        LogicalPlan::TableScan(scan) => {
            let table = scan.table_name.table();
            let rows = tables
                .get(table)
                .and_then(|provider| provider.statistics())
                .and_then(|statistics| statistics.num_rows.get_value().copied());
            let entry = cost.scans.entry(table.to_owned()).or_default();
            entry.scans += 1;
            entry.rows = rows.map(|rows| rows as u64);
            let rows = rows.unwrap_or(0) as f64;
            let columns = scan.projected_schema.fields().len().max(1);
            *work_ms += rows / 1e6 * (COLUMN_MS * columns as f64 + FILTER_MS * scan.filters.len() as f64);
            if scan.filters.is_empty() { rows } else { rows * FILTERED }
        }
        LogicalPlan::Filter(_) => {
            *work_ms += million * FILTER_MS;
            first * FILTERED
        }
        LogicalPlan::Join(join) => {
            cost.joins += 1;
            *work_ms += million * JOIN_MS;
            match join.join_type {
                JoinType::LeftSemi | JoinType::LeftAnti => first * FILTERED,
                JoinType::RightSemi | JoinType::RightAnti => inputs.last().copied().unwrap_or(0.0) * FILTERED,
                JoinType::RightMark => inputs.last().copied().unwrap_or(0.0),
                JoinType::LeftMark => first,
                _ => inputs.iter().copied().fold(0.0, f64::max),
            }
        }
        LogicalPlan::Aggregate(_) => {
            cost.aggregates += 1;
            *work_ms += million * GROUP_MS;
            first * FILTERED
        }
        _ => first,
    }
}

/// The names of the functions that a plan calls.
pub(crate) fn functions_of(plan: &LogicalPlan) -> Result<Vec<String>> {
    let mut names = Vec::new();
    plan.apply_with_subqueries(|plan| {
        plan.apply_expressions(|expr| {
            expr.apply(|expr| {
                if let datafusion::logical_expr::Expr::ScalarFunction(function) = expr {
                    names.push(function.name().to_owned());
                }
                Ok(TreeNodeRecursion::Continue)
            })
        })
    })?;
    names.sort();
    names.dedup();
    Ok(names)
}
