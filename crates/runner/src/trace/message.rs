//! What came back of a row's messages.

use tutti_model::builtin;
use tutti_query::Planner;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::logical_expr::{LogicalPlanBuilder, cast, lit};
use tutti_query::datafusion::prelude::{Expr, ident};

use super::followed::Followed;
use super::scene::Stage;
use super::{RowKey, TraceEvent};
use crate::error::Result;
use crate::workspace::Workspace;

/// The most events that are told of one row.
const EVENTS_MAX: usize = 200;

impl Workspace {
    /// Opens, clicks and unsubscribes of the row's messages in this run, in the order of time.
    pub(super) async fn events_of(&self, stage: &Stage, followed: &Followed) -> Result<Vec<TraceEvent>> {
        let mut events = Vec::new();
        for row in followed.all() {
            events.extend(self.events_of_row(stage, row).await?);
        }
        events.sort();
        events.dedup();
        Ok(events)
    }

    async fn events_of_row(&self, stage: &Stage, row: &RowKey) -> Result<Vec<TraceEvent>> {
        let catalog = &stage.context.catalog;
        let Some((_, table)) = catalog.dimension_table(&row.dimension) else { return Ok(Vec::new()) };
        let (name, Some(parts)) = (builtin::events_table(&table.name), stage.parts(row)) else { return Ok(Vec::new()) };
        let Some(events) = catalog.table(&name) else { return Ok(Vec::new()) };
        let (tables, _) = self.lake.snapshots([&events.name]).await?;
        let keys = table
            .primary_key
            .iter()
            .zip(&parts)
            .map(|(key, part)| cast(ident(builtin::key_name(key)), DataType::Utf8).eq(lit(part.as_str())));
        let of_run = ident("run").eq(lit(stage.context.run.as_str()));
        let of_dimension = ident("dimension").eq(lit(row.dimension.as_str()));
        let condition = keys.fold(of_run.and(of_dimension), Expr::and);
        let plan = Planner::new(catalog, &tables).rows(&events.name)?.into_plan();
        let plan = LogicalPlanBuilder::from(plan)
            .filter(condition)
            .and_then(|plan| plan.project(["at", "activity", "kind", "url"].map(ident)))
            .and_then(|plan| plan.sort_with_limit(vec![ident("at").sort(true, false)], Some(EVENTS_MAX)))
            .and_then(LogicalPlanBuilder::build)
            .map_err(tutti_query::Error::from)?;
        let text = |row: &serde_json::Map<String, serde_json::Value>, name: &str| {
            row.get(name).and_then(|value| value.as_str()).map(str::to_owned)
        };
        let rows = self.objects(plan).await?;
        let event = |row: &serde_json::Map<String, serde_json::Value>| {
            Some(TraceEvent {
                at: text(row, "at")?,
                activity: text(row, "activity")?,
                kind: text(row, "kind")?,
                url: text(row, "url"),
            })
        };
        Ok(rows.iter().filter_map(event).collect())
    }
}
