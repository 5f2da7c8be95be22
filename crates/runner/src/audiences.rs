//! Audiences: the list, and their members.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use tutti_model::table::Column;
use tutti_query::datafusion::logical_expr::LogicalPlanBuilder;
use tutti_query::datafusion::prelude::Expr;
use tutti_query::{Planner, Providers};

use crate::error::{Error, Result};
use crate::questions::Rows;
use crate::rows::{self, RowsColumn};
use crate::workspace::Workspace;

/// The most members that are given at once.
pub const MEMBERS_MAX: u64 = 100_000;

/// An audience as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AudienceInfo {
    pub name: String,
    pub label: Option<String>,
    pub dimension: String,
    /// What is kept of each member besides its key.
    pub columns: Vec<Column>,
    pub rows: u64,
    /// Grows with every save; of the members, not of the document.
    pub version: i64,
}

impl Workspace {
    /// All audiences, by name.
    #[boxed]
    pub async fn list_audiences(&self) -> Result<Vec<AudienceInfo>> {
        let catalog = self.catalog().await?;
        let heads = self.list_documents("audience").await?;
        let mut audiences = Vec::with_capacity(heads.len());
        for head in heads {
            let (Some(audience), Some(table)) = (catalog.audiences.get(&head.name), catalog.members(&head.name)) else {
                continue;
            };
            let snapshot = self.lake.snapshot(&table.name).await?;
            audiences.push(AudienceInfo {
                name: head.name,
                label: head.label,
                dimension: audience.dimension.clone(),
                columns: audience.columns.clone(),
                rows: snapshot.rows,
                version: snapshot.version,
            });
        }
        Ok(audiences)
    }

    /// Members of an audience from `offset` on, by key, with what was saved of them.
    #[boxed]
    pub async fn audience_rows(&self, name: &str, offset: u64, limit: u64) -> Result<Rows> {
        let catalog = self.catalog().await?;
        let found = catalog.audiences.get(name).zip(catalog.members(name));
        let (audience, table) =
            found.ok_or_else(|| Error::not_found("audience", name, catalog.audiences.keys().map(String::as_str)))?;
        let snapshot = self.lake.snapshot(&table.name).await?;
        let tables = Providers::from([(table.name.clone(), snapshot.provider)]);
        let planner = Planner::new(&catalog, &tables);
        let sorts = table
            .primary_key
            .iter()
            .map(|key| Expr::Column(tutti_query::datafusion::common::Column::new_unqualified(key)).sort(true, false));
        let (skip, fetch) = (usize::try_from(offset).unwrap_or(usize::MAX), usize::try_from(limit.min(MEMBERS_MAX)));
        let fetch = fetch.unwrap_or(usize::MAX);
        let plan = LogicalPlanBuilder::from(planner.rows(&table.name)?.into_plan())
            .sort_with_limit(sorts.collect::<Vec<_>>(), Some(skip.saturating_add(fetch)))
            .and_then(|sorted| sorted.limit(skip, Some(fetch)))
            .and_then(LogicalPlanBuilder::build)
            .map_err(tutti_query::Error::from)?;
        let batches = self.session.collect(plan).await?;
        let column = |column: &Column| RowsColumn { name: column.name.clone(), column_type: column.column_type };
        Ok(Rows {
            key: table.primary_key.clone(),
            dimension: Some(audience.dimension.clone()),
            columns: table.columns.iter().map(column).collect(),
            rows: rows::to_json(&batches)?,
            total: Some(snapshot.rows),
            as_of: None,
        })
    }
}
