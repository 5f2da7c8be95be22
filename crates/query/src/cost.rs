//! What answering a rule is thought to take, before anything is read: from the sizes of tables, from what documents and
//! files say of their columns, and from what is done to each row. Rough: it tells rules that take minutes from those
//! that take moments.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::catalog::TableProvider;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{ColumnStatistics, DFSchema, ScalarValue};
use datafusion::datasource::source_as_provider;
use datafusion::logical_expr::{Aggregate, Expr, FetchType, Join, JoinType, LogicalPlan, TableScan};
use tutti_model::bind::Predicate;
use tutti_model::table::ColumnType;

use crate::error::Result;
use crate::frame::Planner;
use crate::session::Session;

/// A rule that is thought to take longer than this is warned about.
pub const SLOW_MS: f64 = 2_000.0;

/// What answering is thought to take.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cost {
    /// By table.
    pub scans: BTreeMap<String, Scan>,
    pub joins: u64,
    pub aggregates: u64,
    /// The most rows that any step has to do with: more than the tables have where links to many rows follow each other.
    pub rows_max: u64,
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
        let mut said = vec![format!("this rule may take {}", length(self.estimated_ms))];
        said.extend(self.scans.iter().filter_map(|(table, scan)| {
            let rows = grouped(scan.rows?);
            Some(match scan.scans {
                0 | 1 => format!("it reads the {rows} rows of `{table}`"),
                times => format!("it reads the {rows} rows of `{table}` {times} times"),
            })
        }));
        let largest = self.scans.values().filter_map(|scan| scan.rows).max().unwrap_or(0);
        if self.rows_max > largest.saturating_mul(SPREAD) {
            said.push(format!("its links lead to about {} rows", grouped(self.rows_max)));
        }
        Some(said.join("; "))
    }
}

/// How many times more rows than the largest table has are told of.
const SPREAD: u64 = 4;

fn length(ms: f64) -> String {
    let seconds = (ms / 1000.0).ceil();
    match seconds {
        ..120.0 => format!("about {seconds} s"),
        ..7200.0 => format!("about {} minutes", (seconds / 60.0).round()),
        ..172_800.0 => format!("about {} hours", (seconds / 3600.0).round()),
        _ => "days".to_owned(),
    }
}

/// A number with commas between thousands.
fn grouped(number: u64) -> String {
    let mut rest = number;
    let mut text = String::new();
    while rest >= 1_000 {
        text = format!(",{:03}{text}", rest % 1_000);
        rest /= 1_000;
    }
    format!("{rest}{text}")
}

/// What the count of a rule about rows of `table` is thought to take.
pub fn estimate(session: &Session, planner: &Planner<'_>, table: &str, predicate: &Predicate) -> Result<Cost> {
    let frame = planner.asked(table)?.filter(predicate)?;
    let keys = frame.keys().to_vec();
    let optimized = session.frame(frame.select(&keys)?).into_optimized_plan()?;
    Ok(of_plan(&optimized, planner, session.threads()))
}

/// What a plan is thought to take with so many threads.
pub(crate) fn of_plan(plan: &LogicalPlan, planner: &Planner<'_>, threads: usize) -> Cost {
    let mut estimator = Estimator { planner, cost: Cost::default(), work_ms: 0.0 };
    estimator.rows(plan);
    let Estimator { mut cost, work_ms, .. } = estimator;
    cost.estimated_ms = (work_ms / threads.max(1) as f64).round();
    cost
}

const MILLION: f64 = 1e6;

/// Milliseconds that one thread needs for a million rows: to read a column, to go through a join, to be grouped, to be
/// filtered (measured on `bench/`'s tables), to be sorted, for each time that their number doubles.
const COLUMN_MS: f64 = 8.0;
const JOIN_MS: f64 = 20.0;
const GROUP_MS: f64 = 60.0;
const FILTER_MS: f64 = 5.0;
const SORT_MS: f64 = 10.0;

/// Functions, by what their names begin with, that take far longer for a value than reading it does: milliseconds for a
/// million calls, to the order of magnitude.
const COSTLY: [(&str, f64); 7] = [
    ("tutti_regex", 200.0),
    ("levenshtein", 400.0),
    ("tutti_similarity", 400.0),
    ("tutti_json_value", 500.0),
    ("tutti_node_value", 2_000.0),
    ("tutti_hmac", 500.0),
    ("tutti_aes_encrypt", 1_000.0),
];

/// The part of the rows that a filter is thought to leave.
const FILTERED: f64 = 0.3;

/// Where nothing is known of a column, n rows are thought to have n to the power of this different values.
const DIFFERENT: f64 = 0.75;

/// The rows that a list is thought to become.
const LISTED: f64 = 3.0;

/// The rows that a part of a plan is thought to give.
#[derive(Clone, Debug, Default)]
struct Estimate {
    rows: f64,
    /// How many different values each column has.
    different: Vec<f64>,
}

impl Estimate {
    /// Some of the rows.
    fn part(&self, rows: f64) -> Self {
        Self { rows: rows.min(self.rows), different: self.different.clone() }
    }

    /// How many different values an expression over the rows has, at most.
    fn different(&self, expr: &Expr, schema: &DFSchema) -> f64 {
        match expr {
            Expr::Column(column) => {
                let known = schema.maybe_index_of_column(column).and_then(|index| self.different.get(index));
                known.copied().unwrap_or(self.rows)
            }
            Expr::Alias(alias) => self.different(&alias.expr, schema),
            Expr::Cast(cast) => self.different(&cast.expr, schema),
            Expr::ScalarFunction(function) => match function.args.as_slice() {
                [one] => self.different(one, schema),
                _ => self.rows,
            },
            Expr::Literal(..) => 1.0,
            _ => self.rows,
        }
    }

    /// How many different combinations of values several expressions have.
    fn combinations<'e>(&self, exprs: impl Iterator<Item = &'e Expr>, schema: &DFSchema) -> f64 {
        exprs.map(|expr| self.different(expr, schema)).product::<f64>().min(self.rows).max(1.0)
    }
}

struct Estimator<'p> {
    planner: &'p Planner<'p>,
    cost: Cost,
    /// Of one thread.
    work_ms: f64,
}

impl Estimator<'_> {
    /// The rows that a plan is thought to give; adds its work.
    fn rows(&mut self, plan: &LogicalPlan) -> Estimate {
        let inputs: Vec<Estimate> = plan.inputs().into_iter().map(|input| self.rows(input)).collect();
        let first = inputs.first().cloned().unwrap_or_default();
        let million = first.rows / MILLION;
        let calls_ms = calls_ms(plan);
        let mut found = match plan {
            LogicalPlan::TableScan(scan) => self.scan(scan, calls_ms),
            LogicalPlan::Join(join) => self.join(join, &inputs, calls_ms),
            LogicalPlan::Filter(_) => {
                self.work_ms += million * (FILTER_MS + calls_ms);
                first.part(first.rows * FILTERED)
            }
            LogicalPlan::Projection(projection) => {
                self.work_ms += million * calls_ms;
                let schema = projection.input.schema();
                let different = projection.expr.iter().map(|expr| first.different(expr, schema)).collect();
                Estimate { rows: first.rows, different }
            }
            LogicalPlan::Aggregate(aggregate) => {
                self.work_ms += million * calls_ms;
                self.aggregate(aggregate, &first)
            }
            LogicalPlan::Distinct(_) => {
                self.work_ms += million * GROUP_MS;
                first.part(first.different.iter().product::<f64>().max(1.0))
            }
            LogicalPlan::Sort(sort) => {
                let kept = sort.fetch.map_or(first.rows, |fetch| fetch as f64).min(first.rows);
                self.sort(first.rows, kept);
                first.part(kept)
            }
            LogicalPlan::Window(window) => {
                self.sort(first.rows, first.rows);
                self.work_ms += million * (COLUMN_MS * window.window_expr.len() as f64 + calls_ms);
                first
            }
            LogicalPlan::Limit(limit) => match limit.get_fetch_type() {
                Ok(FetchType::Literal(Some(fetch))) => first.part(fetch as f64),
                _ => first,
            },
            LogicalPlan::Unnest(_) => {
                self.work_ms += million * LISTED * COLUMN_MS;
                Estimate { rows: first.rows * LISTED, different: Vec::new() }
            }
            LogicalPlan::Union(_) => {
                let rows = inputs.iter().map(|input| input.rows).sum();
                Estimate { rows, different: Vec::new() }
            }
            _ => first,
        };
        let rows = found.rows;
        found.different.resize(plan.schema().fields().len(), rows);
        for different in &mut found.different {
            *different = different.min(rows);
        }
        self.cost.rows_max = self.cost.rows_max.max(rows as u64);
        found
    }

    fn sort(&mut self, rows: f64, kept: f64) {
        self.work_ms += rows / MILLION * SORT_MS * kept.max(2.0).log2();
    }

    fn scan(&mut self, scan: &TableScan, calls_ms: f64) -> Estimate {
        let provider = source_as_provider(&scan.source).ok();
        let statistics = provider.as_ref().and_then(|provider| provider.statistics());
        let known = statistics.as_ref().and_then(|statistics| statistics.num_rows.get_value().copied());
        let table = scan.table_name.table();
        let name = self.name_of(table, provider.as_ref());
        let entry = self.cost.scans.entry(name).or_default();
        entry.scans += 1;
        entry.rows = known.map(|rows| rows as u64);
        let rows = known.unwrap_or(0) as f64;
        self.cost.rows_max = self.cost.rows_max.max(rows as u64);
        let columns = scan.projected_schema.fields().len().max(1);
        self.work_ms +=
            rows / MILLION * (COLUMN_MS * columns as f64 + FILTER_MS * scan.filters.len() as f64 + calls_ms);
        let of_column = |name: &str| {
            let index = provider.as_ref()?.schema().index_of(name).ok()?;
            statistics.as_ref()?.column_statistics.get(index)
        };
        let different = scan.projected_schema.fields().iter();
        let different = different.map(|field| self.values_of(table, field.name(), rows, of_column(field.name())));
        let found = Estimate { rows, different: different.collect() };
        if scan.filters.is_empty() { found } else { found.part(rows * FILTERED) }
    }

    /// What people call a table: plans have populations under names of their own.
    fn name_of(&self, table: &str, provider: Option<&Arc<dyn TableProvider>>) -> String {
        let tables = self.planner.tables;
        let same = |own: &Arc<dyn TableProvider>| provider.is_some_and(|provider| Arc::ptr_eq(own, provider));
        let own = if tables.contains_key(table) { None } else { tables.iter().find(|(_, own)| same(own)) };
        own.map_or(table, |(name, _)| name.as_str()).to_owned()
    }

    fn join(&mut self, join: &Join, inputs: &[Estimate], calls_ms: f64) -> Estimate {
        self.cost.joins += 1;
        let [left, right] = inputs else { return Estimate::default() };
        let on_left = left.combinations(join.on.iter().map(|pair| &pair.0), join.left.schema());
        let on_right = right.combinations(join.on.iter().map(|pair| &pair.1), join.right.schema());
        // Of the values on the side that has more of them, each is thought to meet its rows on the other side.
        let pairs = left.rows * right.rows / on_left.max(on_right);
        let asks_only = matches!(
            join.join_type,
            JoinType::LeftSemi
                | JoinType::LeftAnti
                | JoinType::LeftMark
                | JoinType::RightSemi
                | JoinType::RightAnti
                | JoinType::RightMark
        );
        // Without equal values every row is laid beside every other.
        let made = if asks_only && !join.on.is_empty() { 0.0 } else { pairs };
        let beyond = (made - left.rows.max(right.rows)).max(0.0);
        self.work_ms += (left.rows + right.rows + beyond) / MILLION * JOIN_MS + made / MILLION * calls_ms;
        let beside = |rows: f64| {
            let different = left.different.iter().chain(&right.different).copied().collect();
            Estimate { rows, different }
        };
        match join.join_type {
            JoinType::LeftSemi | JoinType::LeftAnti => left.part(left.rows * FILTERED),
            JoinType::RightSemi | JoinType::RightAnti => right.part(right.rows * FILTERED),
            JoinType::LeftMark => left.clone(),
            JoinType::RightMark => right.clone(),
            JoinType::Inner => beside(pairs),
            JoinType::Left => beside(pairs.max(left.rows)),
            JoinType::Right => beside(pairs.max(right.rows)),
            JoinType::Full => beside(pairs.max(left.rows + right.rows)),
        }
    }

    fn aggregate(&mut self, aggregate: &Aggregate, input: &Estimate) -> Estimate {
        self.cost.aggregates += 1;
        self.work_ms += input.rows / MILLION * GROUP_MS;
        let schema = aggregate.input.schema();
        let rows = input.combinations(aggregate.group_expr.iter(), schema);
        let different = aggregate.group_expr.iter().map(|group| input.different(group, schema)).collect();
        Estimate { rows, different }
    }

    /// How many different values a column of a table with so many rows is thought to have.
    fn values_of(&self, table: &str, column: &str, rows: f64, statistics: Option<&ColumnStatistics>) -> f64 {
        let catalog = self.planner.catalog;
        if let Some(Precision::Exact(counted)) = statistics.map(|statistics| &statistics.distinct_count) {
            return *counted as f64;
        }
        let definition = catalog.table(table);
        let own = definition.and_then(|definition| definition.column(column));
        let listed = own.filter(|own| !own.values.is_empty()).map(|own| own.values.len() as f64);
        let boolean = own.filter(|own| own.column_type == ColumnType::Boolean).map(|_| 2.0);
        // Where a link leads from here to one row, there are as many values as rows there.
        let single = |on: &[(String, String)], here: bool| match on {
            [(from, to)] => (if here { from } else { to }) == column,
            _ => false,
        };
        let to_one = catalog.hops(table).filter(|hop| !hop.to_many && single(&hop.on, true));
        let linked = to_one.filter_map(|hop| {
            let rows = self.planner.tables.get(&hop.to)?.statistics()?.num_rows.get_value().copied()?;
            Some(rows as f64)
        });
        let bounds = [listed, boolean, statistics.and_then(span)];
        let most = bounds.into_iter().flatten().chain(linked).fold(rows, f64::min);
        // The columns that links to one row lead to tell rows apart, as a key does.
        let mut hops = catalog.tables.keys().flat_map(|from| catalog.hops(from));
        let apart = definition.is_some_and(|definition| definition.primary_key == [column])
            || hops.any(|hop| hop.to == table && !hop.to_many && single(&hop.on, false));
        if apart || most < rows { most } else { rows.powf(DIFFERENT) }
    }
}

/// How many values there are from the least to the greatest, where they can be counted.
fn span(statistics: &ColumnStatistics) -> Option<f64> {
    let (least, greatest) = (statistics.min_value.get_value()?, statistics.max_value.get_value()?);
    match (least, greatest) {
        _ if least.is_null() => None,
        _ if least == greatest => Some(1.0),
        (ScalarValue::Int64(Some(least)), ScalarValue::Int64(Some(greatest))) => {
            Some(*greatest as f64 - *least as f64 + 1.0)
        }
        (ScalarValue::Date32(Some(least)), ScalarValue::Date32(Some(greatest))) => {
            Some(f64::from(*greatest) - f64::from(*least) + 1.0)
        }
        _ => None,
    }
}

/// Milliseconds that the costly functions of a step take for a million rows.
fn calls_ms(plan: &LogicalPlan) -> f64 {
    let mut ms = 0.0;
    // Nothing in it can fail.
    let _ = plan.apply_expressions(|expr| {
        expr.apply(|expr| {
            if let Expr::ScalarFunction(function) = expr {
                let costly = COSTLY.iter().find(|(name, _)| function.name().starts_with(name));
                ms += costly.map_or(0.0, |(_, ms)| *ms);
            }
            Ok(TreeNodeRecursion::Continue)
        })
    });
    ms
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn warnings_say_how_long_and_why() {
        let scans = |rows: u64, scans: u64| BTreeMap::from([("visits".to_owned(), Scan { scans, rows: Some(rows) })]);
        let cost = |estimated_ms: f64, rows_max: u64, scans: BTreeMap<String, Scan>| Cost {
            scans,
            rows_max,
            estimated_ms,
            ..Cost::default()
        };
        assert_eq!(cost(1_999.0, 5, scans(5, 1)).warning(), None);
        for (cost, expected) in [
            (cost(5_400.0, 900, scans(1_000, 1)), "this rule may take about 6 s; it reads the 1,000 rows of `visits`"),
            (
                cost(600_000.0, 27_000_000_000, scans(3_000, 4)),
                "this rule may take about 10 minutes; it reads the 3,000 rows of `visits` 4 times; \
                 its links lead to about 27,000,000,000 rows",
            ),
            (cost(7.2e6, 0, BTreeMap::new()), "this rule may take about 2 hours"),
            (cost(1e12, 0, BTreeMap::new()), "this rule may take days"),
        ] {
            assert_eq!(cost.warning().as_deref(), Some(expected));
        }
        assert_eq!(grouped(1_000_001), "1,000,001");
    }
}
