//! The way of one row through a run.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::builtin::FILE_DIMENSION;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::common::Column;
use tutti_query::datafusion::logical_expr::{LogicalPlanBuilder, cast, lit};
use tutti_query::datafusion::prelude::Expr;
use tutti_query::{Planner, Providers};

use tutti_activities::{Activity, Mark, registry};
use tutti_model::campaign::ActivityNode;
use tutti_store::{Run, Task};

use crate::error::Result;
use crate::execute::{RunContext, Written, missing_population, population_path, step_context};
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
    /// Why it went where it went, activity by activity.
    pub reasons: Vec<TraceReason>,
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

/// What an activity found of the row.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TraceReason {
    pub activity: String,
    /// Which rules it passed and failed with the values seen, which limit or duplicate dropped it, in words.
    pub because: Vec<String>,
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
        let reasons = self.reasons(&found, &written, key).await?;
        let mut steps = Vec::with_capacity(written.len());
        // Lines of files are nobody: no key is theirs.
        for population in written.into_iter().filter(|written| written.dimension != FILE_DIMENSION) {
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
        Ok(Trace { run: run.to_owned(), key: key.to_owned(), steps, reasons, messages })
    }

    /// What each activity that is done says of the row, at the moment and on the versions of the tables that it saw.
    async fn reasons(&self, run: &Run, written: &[Written], key: &str) -> Result<Vec<TraceReason>> {
        let mut context = self.run_context(&run.id).await?;
        let tasks = self.store.tasks().list(&run.id).await?;
        let campaign = std::sync::Arc::clone(&context.campaign);
        let mut reasons = Vec::new();
        for id in campaign.canvas.topological_order() {
            let (Some(node), Some(task)) =
                (campaign.canvas.activity(id), tasks.iter().find(|task| task.activity == id))
            else {
                continue;
            };
            let Some(kind) = registry::find(&node.kind).filter(|_| task.state == "completed") else { continue };
            if let Some(started) = task.started_us.and_then(|us| jiff::Timestamp::from_microsecond(us).ok()) {
                context.moment.now = started;
            }
            let arrived = Self::arrivals(&context, node, written);
            let mut inputs = Vec::with_capacity(arrived.len());
            for written in &arrived {
                inputs.push(self.input(&context, written)?);
            }
            let mut tables = self.tables_of(&context, task).await?;
            let (moment, populations) = self.memberships(&context, node, written)?;
            tables.extend(populations);
            let explanations = {
                let planner = Planner::new(&context.catalog, &tables);
                let step = step_context(&context, node, &moment, &planner, &inputs, Mark::default());
                let table = dimension_of(node, kind, &arrived).and_then(|name| context.catalog.dimension_table(name));
                let parts = table.map(|(_, table)| tutti_delivery::feedback::split_key(key, table.primary_key.len()));
                match parts.flatten() {
                    Some(parts) => kind.explain(&node.settings, &step, &parts)?,
                    None => Vec::new(),
                }
            };
            let mut because = Vec::new();
            for explanation in explanations {
                let names: Vec<String> =
                    explanation.plan.schema().fields().iter().map(|field| field.name().clone()).collect();
                let rows = rows::to_json(&self.session.collect(explanation.plan.clone()).await?)?;
                if let Some(row) = rows.into_iter().next() {
                    because.extend(explanation.sentences(&names.into_iter().zip(row).collect()));
                }
            }
            if !because.is_empty() {
                reasons.push(TraceReason { activity: id.to_owned(), because });
            }
        }
        Ok(reasons)
    }

    /// The tables as a task saw them; those that it did not read, or whose version is gone, as they are now.
    async fn tables_of(&self, context: &RunContext, task: &Task) -> Result<Providers> {
        let names = context.catalog.tables.keys().map(String::as_str);
        let (mut tables, _) = self.lake.snapshots(names).await?;
        let versions = task.table_versions.as_ref().and_then(Value::as_object);
        for (name, version) in versions.into_iter().flatten() {
            let version = version.as_i64().unwrap_or_default();
            match self.lake.snapshot_at(name, version).await {
                Ok(snapshot) => drop(tables.insert(name.clone(), snapshot.provider)),
                Err(tutti_lake::Error::NoVersion { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(tables)
    }
}

/// The dimension of the rows that an activity works on.
fn dimension_of<'a>(node: &'a ActivityNode, kind: &dyn Activity, arrived: &'a [Written]) -> Option<&'a str> {
    let sets: Vec<(&str, &str)> =
        arrived.iter().map(|written| (written.activity.as_str(), written.port.as_str())).collect();
    let main = arrived.get(kind.main_input(&node.settings, &sets)).map(|written| written.dimension.as_str());
    main.or_else(|| node.settings.get("dimension").and_then(Value::as_str))
}
