//! The rows on a transition, for looking at.

use tutti_model::builtin::FILE_DIMENSION;

use crate::error::{Error, Result};
use crate::execute::{Written, missing_population, population_path};
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
            let names: Vec<String> =
                written.iter().map(|written| format!("{}.{}", written.activity, written.port)).collect();
            let mut error =
                Error::not_found("population", &format!("{activity}.{port}"), names.iter().map(String::as_str));
            if let Error::NotFound { hint, .. } = &mut error
                && hint.is_none()
            {
                *hint = Some(format!("this run has {}", names.join(", ")));
            }
            return Err(error);
        };
        if found.is_nobody() {
            let catalog = self.catalog().await?;
            let table = catalog.dimension_table(&found.dimension).map(|(_, table)| table);
            let keys = table.map(|table| table.key_columns()).unwrap_or_default();
            let columns = keys.into_iter().chain(&found.at.added);
            let columns =
                columns.map(|column| RowsColumn { name: column.name.clone(), column_type: column.column_type });
            let dimension = Some(found.dimension.clone());
            return Ok(Rows { dimension, columns: columns.collect(), rows: Vec::new(), total: Some(0) });
        }
        let path = population_path(&run.id, &found.at.activity, &found.at.port);
        let (_, info) = self.lake.population(&path)?.ok_or_else(|| missing_population(&path))?;
        let page = (
            usize::try_from(offset).unwrap_or(usize::MAX),
            usize::try_from(limit.min(POPULATION_ROWS_MAX)).unwrap_or(usize::MAX),
        );
        let batches = self.lake.population_rows(&path, page.0, page.1).await?;
        let columns = info
            .columns
            .into_iter()
            .map(|column| RowsColumn { name: column.name, column_type: column.column_type })
            .collect();
        Ok(Rows {
            dimension: Some(found.dimension.clone()).filter(|dimension| dimension != FILE_DIMENSION),
            columns,
            rows: rows::to_json(&batches)?,
            total: Some(found.rows),
        })
    }

    /// Everything that the activities of a run have written so far.
    pub(crate) async fn written(&self, run: &str) -> Result<Vec<Written>> {
        let stored = self.store.tasks().populations(run).await?;
        Ok(stored.into_iter().filter_map(Written::from_stored).collect())
    }
}
