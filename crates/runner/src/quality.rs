//! How good the rows of a table are: what is missing, what is outside of its enumeration, what leads nowhere. Computed
//! over all rows of one version, and kept until the table or one that it is linked to has another.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::builtin;
use tutti_model::catalog::{Catalog, Hop};
use tutti_model::table::{Column, Table};
use tutti_query::Planner;
use tutti_query::datafusion::arrow::array::{AsArray, RecordBatch};
use tutti_query::datafusion::arrow::compute::cast as cast_array;
use tutti_query::datafusion::arrow::datatypes::{DataType, Int64Type};
use tutti_query::datafusion::common::Column as PlanColumn;
use tutti_query::datafusion::error::DataFusionError;
use tutti_query::datafusion::functions_aggregate::expr_fn::{count, max, min};
use tutti_query::datafusion::logical_expr::{
    Expr, ExprFunctionExt, JoinType, LogicalPlan, LogicalPlanBuilder, cast, lit,
};

use crate::error::{Error, Result};
use crate::questions::elapsed_ms;
use crate::rows;
use crate::workspace::Workspace;

/// The quality of a table at a version.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableQuality {
    pub table: String,
    pub version: i64,
    pub rows: u64,
    pub columns: Vec<ColumnQuality>,
    /// Rows whose key another row has as well.
    pub duplicates: u64,
    /// The greatest value of the column that says which row of a key is the newest.
    pub newest: Option<Value>,
    pub links: Vec<LinkQuality>,
    /// What computing it took; 0 where it was known.
    pub elapsed_ms: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ColumnQuality {
    pub name: String,
    /// Rows without a value.
    pub nulls: u64,
    /// Different values.
    pub distinct: u64,
    /// Rows whose value is not one of the document's.
    pub outside: u64,
    pub min: Option<Value>,
    pub max: Option<Value>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkQuality {
    pub name: String,
    pub to: String,
    pub to_many: bool,
    /// Rows of this table that have a value and lead to no row of the other.
    pub orphans: u64,
    /// Rows of the other table that have a value and lead to no row of this one.
    pub orphans_there: u64,
}

/// What was computed, by table, with the versions that it was computed from.
#[derive(Default)]
pub(crate) struct KnownQuality(std::sync::Mutex<BTreeMap<String, Known>>);

type Known = (BTreeMap<String, i64>, TableQuality);

impl KnownQuality {
    fn find(&self, table: &str, versions: &BTreeMap<String, i64>) -> Option<TableQuality> {
        let known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (of, quality) = known.get(table)?;
        (of == versions).then(|| TableQuality { elapsed_ms: 0.0, ..quality.clone() })
    }

    fn keep(&self, versions: BTreeMap<String, i64>, quality: TableQuality) {
        let mut known = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        known.insert(quality.table.clone(), (versions, quality));
    }
}

/// The links of a table to those that people keep.
pub(crate) fn hops_to_tables<'c>(catalog: &'c Catalog, table: &str) -> Vec<&'c Hop> {
    let kept = |hop: &&Hop| !builtin::is_builtin(&hop.to) && catalog.tables.contains_key(&hop.to);
    catalog.hops(table).filter(kept).collect()
}

/// A table and those that its links lead to.
fn names<'c>(table: &'c str, hops: &[&'c Hop]) -> Vec<&'c str> {
    std::iter::once(table).chain(hops.iter().map(|hop| hop.to.as_str())).collect()
}

impl Workspace {
    /// How good the rows of a table are.
    #[boxed]
    pub async fn table_quality(&self, name: &str) -> Result<TableQuality> {
        let started = Instant::now();
        let catalog = self.catalog().await?;
        let known = catalog.tables.keys().map(String::as_str);
        let table = catalog.tables.get(name).ok_or_else(|| Error::not_found("table", name, known))?;
        let hops = hops_to_tables(&catalog, name);
        let (tables, versions) = self.lake.snapshots(names(name, &hops)).await?;
        if let Some(quality) = self.quality.find(name, &versions) {
            return Ok(quality);
        }
        let planner = Planner::new(&catalog, &tables);
        let mut quality = TableQuality {
            table: name.to_owned(),
            version: versions.get(name).copied().unwrap_or_default(),
            rows: self.session.count(planner.rows(name)?.into_plan()).await?,
            columns: self.columns_of(&planner, table).await?,
            duplicates: 0,
            newest: None,
            links: Vec::new(),
            elapsed_ms: 0.0,
        };
        let keys: Vec<Expr> = table.primary_key.iter().map(|key| named(key)).collect();
        let groups = planner.rows(name)?.into_plan();
        let groups =
            LogicalPlanBuilder::from(groups).aggregate(keys, Vec::<Expr>::new()).and_then(LogicalPlanBuilder::build);
        quality.duplicates = quality.rows - self.session.count(groups.map_err(query)?).await?;
        let version = table.version.as_deref();
        quality.newest = quality
            .columns
            .iter()
            .find(|column| version == Some(column.name.as_str()))
            .and_then(|column| column.max.clone());
        for hop in &hops {
            quality.links.push(LinkQuality {
                name: hop.link.clone(),
                to: hop.to.clone(),
                to_many: hop.to_many,
                orphans: self.session.count(orphans(&catalog, &planner, hop, false)?).await?,
                orphans_there: self.session.count(orphans(&catalog, &planner, hop, true)?).await?,
            });
        }
        quality.elapsed_ms = elapsed_ms(started);
        self.quality.keep(versions, quality.clone());
        Ok(quality)
    }

    async fn columns_of(&self, planner: &Planner<'_>, table: &Table) -> Result<Vec<ColumnQuality>> {
        let mut columns = Vec::with_capacity(table.columns.len());
        for column in &table.columns {
            // One column at a time: its different values are the largest thing held.
            let values = planner.rows(&table.name)?.select([&column.name])?;
            let groups = LogicalPlanBuilder::from(values)
                .aggregate(vec![named(&column.name)], vec![count(lit(1_i64)).alias("__n")])
                .and_then(|groups| groups.aggregate(Vec::<Expr>::new(), sums(column)?))
                .and_then(LogicalPlanBuilder::build)
                .map_err(query)?;
            let batches = self.session.collect(groups).await?;
            let Some(batch) = batches.iter().find(|batch| batch.num_rows() > 0) else { continue };
            let bound = |at: usize| -> Result<Option<Value>> {
                let value = rows::value(batch.column(at))?;
                Ok((!value.is_null()).then_some(value))
            };
            columns.push(ColumnQuality {
                name: column.name.clone(),
                nulls: number(batch, 0)?,
                distinct: number(batch, 1)?,
                outside: number(batch, 2)?,
                min: bound(3)?,
                max: bound(4)?,
            });
        }
        Ok(columns)
    }
}

/// Over groups of equal values: rows without one, different ones, rows outside of the enumeration, least and greatest.
fn sums(column: &Column) -> Result<Vec<Expr>, DataFusionError> {
    use tutti_query::datafusion::functions_aggregate::expr_fn::sum;
    let value = named(&column.name);
    let outside = match column.values.as_slice() {
        [] => lit(false),
        values => {
            let known = values.iter().map(|known| lit(known.as_str())).collect();
            value.clone().is_not_null().and(value.clone().in_list(known, true))
        }
    };
    let comparable = if column.column_type == tutti_model::table::ColumnType::Boolean {
        cast(value.clone(), DataType::Utf8)
    } else {
        value.clone()
    };
    Ok(vec![
        sum(named("__n")).filter(value.clone().is_null()).build()?.alias("nulls"),
        count(value).alias("distinct"),
        sum(named("__n")).filter(outside).build()?.alias("outside"),
        min(comparable.clone()).alias("min"),
        max(comparable).alias("max"),
    ])
}

/// The rows of one end of a link that have a value and lead to no row of the other.
fn orphans(catalog: &Catalog, planner: &Planner<'_>, hop: &Hop, there: bool) -> Result<LogicalPlan> {
    let (one, other) = if there { (&hop.to, &hop.from) } else { (&hop.from, &hop.to) };
    let pairs: Vec<(&String, &String)> =
        hop.on.iter().map(|(from, to)| if there { (to, from) } else { (from, to) }).collect();
    let column_type = |table: &str, name: &str| {
        let column = catalog.table(table).and_then(|table| table.column(name));
        column.map_or(tutti_model::table::ColumnType::String, |column| column.column_type)
    };
    let left = planner.rows(one)?.select(pairs.iter().map(|(name, _)| name.as_str()))?;
    let right = planner.rows(other)?.into_plan();
    let right = LogicalPlanBuilder::from(right)
        .project(pairs.iter().map(|(_, name)| named(name).alias(format!("o.{name}"))))
        .and_then(LogicalPlanBuilder::build)
        .map_err(query)?;
    let valued = pairs.iter().map(|(name, _)| named(name).is_not_null()).reduce(Expr::and).unwrap_or_else(|| lit(true));
    let on: Vec<Expr> = pairs
        .iter()
        .map(|(name, linked)| {
            let sides = (named(name), named(&format!("o.{linked}")));
            let (left, right) = tutti_query::comparable(sides, column_type(one, name), column_type(other, linked));
            left.eq(right)
        })
        .collect();
    LogicalPlanBuilder::from(left)
        .filter(valued)
        .and_then(|valued| valued.join_on(right, JoinType::LeftAnti, on)?.build())
        .map_err(query)
}

fn number(batch: &RecordBatch, column: usize) -> Result<u64> {
    let array = cast_array(batch.column(column), &DataType::Int64).map_err(|error| query(error.into()))?;
    let array = array.as_primitive::<Int64Type>();
    Ok(array.iter().next().flatten().map_or(0, i64::unsigned_abs))
}

fn named(name: &str) -> Expr {
    Expr::Column(PlanColumn::new_unqualified(name))
}

fn query(error: DataFusionError) -> Error {
    Error::Query(error.into())
}
