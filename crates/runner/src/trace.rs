//! The way of one row through a run.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::common::Column;
use tutti_query::datafusion::logical_expr::{LogicalPlanBuilder, cast, lit};
use tutti_query::datafusion::prelude::Expr;
use tutti_query::{Planner, Providers};

use crate::error::Result;
use crate::execute::{Written, missing_population, population_path};
use crate::ledger::{LedgerFilter, LedgerLine};
use crate::rows;
use crate::workspace::Workspace;

/// Where a row was, and where it ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    pub run: String,
    pub key: String,
    /// Every population of the run, in the order of the canvas.
    pub steps: Vec<TraceStep>,
    /// The row's lines in the ledger.
    pub messages: Vec<LedgerLine>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceStep {
    pub activity: String,
    pub port: String,
    /// Whether the row was there.
    pub present: bool,
    /// The columns that the population adds to the key.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub columns: serde_json::Map<String, Value>,
}

impl Workspace {
    /// Where the row with `key` was on every transition of a run. The parts of a key of several columns are joined by
    /// commas, as in the ledger.
    pub async fn trace(&self, run: &str, key: &str) -> Result<Trace> {
        let found = self.find_run(run).await?;
        let campaign = self.campaign_version(&found.campaign, found.campaign_version).await?;
        let catalog = self.catalog().await?;
        let mut written = self.written(run).await?;
        let order = campaign.canvas.topological_order();
        written.sort_by_key(|written| order.iter().position(|id| *id == written.activity));
        let mut steps = Vec::with_capacity(written.len());
        for population in written {
            if population.is_nobody() {
                let columns = serde_json::Map::new();
                let Written { activity, port, .. } = population;
                steps.push(TraceStep { activity, port, present: false, columns });
                continue;
            }
            let keys: Vec<String> = catalog
                .dimension_table(&population.dimension)
                .map(|(_, table)| table.primary_key.clone())
                .unwrap_or_default();
            let path = population_path(run, &population.at.activity, &population.at.port);
            let (provider, _) = self.lake.population(&path)?.ok_or_else(|| missing_population(&path))?;
            let tables = Providers::new();
            let plan = Planner::new(&catalog, &tables).scan_provider(&provider)?;
            let parts = tutti_delivery::feedback::split_key(key, keys.len()).unwrap_or_default();
            let condition = keys
                .iter()
                .zip(&parts)
                .map(|(name, part)| {
                    cast(Expr::Column(Column::new_unqualified(name.as_str())), DataType::Utf8).eq(lit(part.as_str()))
                })
                .reduce(Expr::and)
                .filter(|_| parts.len() == keys.len())
                .unwrap_or_else(|| lit(false));
            let plan = LogicalPlanBuilder::from(plan)
                .filter(condition)
                .and_then(LogicalPlanBuilder::build)
                .map_err(tutti_query::Error::from)?;
            let batches = self.session.collect(plan).await?;
            let names: Vec<String> = provider.schema().fields().iter().map(|field| field.name().clone()).collect();
            let row = rows::to_json(&batches)?.into_iter().next();
            let columns = row.iter().flatten().zip(&names).filter(|(_, name)| !keys.contains(name));
            steps.push(TraceStep {
                present: row.is_some(),
                columns: columns.map(|(value, name)| (name.clone(), value.clone())).collect(),
                activity: population.activity,
                port: population.port,
            });
        }
        let filter = LedgerFilter { key: Some(key.to_owned()), ..LedgerFilter::default() };
        let messages = self.ledger(run, &filter, 0, 1_000).await?.rows;
        Ok(Trace { run: run.to_owned(), key: key.to_owned(), steps, messages })
    }
}
