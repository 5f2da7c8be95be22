//! The rows on a transition, for looking at.

use tutti_lake::PopulationPath;
use tutti_query::datafusion::logical_expr::LogicalPlanBuilder;
use tutti_query::{Planner, Providers};

use crate::error::{Error, Result};
use crate::execute::Written;
use crate::questions::Rows;
use crate::rows::{self, RowsColumn};
use crate::workspace::Workspace;

/// The most rows that are given at once.
pub const POPULATION_ROWS_MAX: u64 = 100_000;

impl Workspace {
    /// Rows of what an activity gave to a port, from `offset` on.
    pub async fn population(&self, run: &str, activity: &str, port: &str, offset: u64, limit: u64) -> Result<Rows> {
        let run = self.find_run(run).await?;
        let written = self.written(&run.id).await?;
        let Some(found) = written.iter().find(|written| written.activity == activity && written.port == port) else {
            let names: Vec<String> = written.iter().map(|written| format!("{}.{}", written.activity, written.port)).collect();
            let mut error = Error::not_found("population", &format!("{activity}.{port}"), names.iter().map(String::as_str));
            if let Error::NotFound { hint, .. } = &mut error
                && hint.is_none()
            {
                *hint = Some(format!("this run has {}", names.join(", ")));
            }
            return Err(error);
        };
        let path = PopulationPath::new(&run.id, &found.at.activity, &found.at.port);
        let provider = self.lake.population(&path).await?.ok_or_else(|| Error::NotFound {
            what: "population",
            name: format!("{activity}.{port}"),
            hint: Some("populations are kept for a limited time".to_owned()),
        })?;
        let catalog = self.catalog().await?;
        let tables = Providers::new();
        let planner = Planner::new(&catalog, &tables);
        let plan = planner.scan_provider(&provider)?;
        let limit = limit.min(POPULATION_ROWS_MAX);
        let page = LogicalPlanBuilder::from(plan)
            .limit(usize::try_from(offset).unwrap_or(usize::MAX), usize::try_from(limit).ok())
            .and_then(LogicalPlanBuilder::build)
            .map_err(tutti_query::Error::from)?;
        let batches = self.session.collect(page).await?;
        let columns = provider
            .schema()
            .fields()
            .iter()
            .map(|field| RowsColumn {
                name: field.name().clone(),
                column_type: tutti_query::column_type(field.data_type()).unwrap_or(tutti_model::table::ColumnType::String),
            })
            .collect();
        Ok(Rows { dimension: Some(found.dimension.clone()), columns, rows: rows::to_json(&batches)?, total: Some(found.rows) })
    }

    /// Everything that the activities of a run have written so far.
    pub(crate) async fn written(&self, run: &str) -> Result<Vec<Written>> {
        let stored = self.store.tasks().populations(run).await?;
        Ok(stored.into_iter().filter_map(Written::from_stored).collect())
    }
}
