//! The rows on a transition, for looking at.

use async_recursion::async_recursion as boxed;
use tutti_model::builtin::FILE_DIMENSION;
use tutti_query::datafusion::arrow::datatypes::DataType;
use tutti_query::datafusion::common::Column;
use tutti_query::datafusion::functions::expr_fn::{lower, strpos};
use tutti_query::datafusion::logical_expr::{Expr, LogicalPlanBuilder, SortExpr, cast, lit};
use tutti_query::{Planner, Providers};

use crate::error::{Error, Result};
use crate::execute::{Written, missing_population, population_path};
use crate::questions::{Rows, at_most};
use crate::rows::{self, RowsColumn};
use crate::workspace::Workspace;

/// The most rows that are given at once.
pub const POPULATION_ROWS_MAX: u64 = 100_000;

/// How rows are looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PopulationView {
    /// A column that they are ordered by; descending with `-` before it. Rows without a value come last.
    pub order: Option<String>,
    /// Part of the value of any column, without regard to case.
    pub search: Option<String>,
}

impl Workspace {
    /// Rows of what an activity gave to a port, ordered and searched, from `offset` on.
    #[boxed]
    pub async fn population_view(
        &self,
        run: &str,
        (activity, port): (&str, &str),
        view: &PopulationView,
        offset: u64,
        limit: u64,
    ) -> Result<Rows> {
        let page = page(offset, limit)?;
        if *view == PopulationView::default() {
            return self.population(run, activity, port, offset, limit).await;
        }
        // Says whether there are such rows, and which columns they have.
        let mut rows = self.population(run, activity, port, 0, 0).await?;
        let written = self.written(run).await?;
        let found = written.iter().find(|written| written.activity == activity && written.port == port);
        let Some(found) = found.filter(|found| !found.is_nobody()) else { return Ok(rows) };
        let path = population_path(run, &found.at.activity, &found.at.port);
        let (provider, _) = self.lake.population(&path)?.ok_or_else(|| missing_population(&path))?;
        let catalog = self.catalog().await?;
        let tables = Providers::new();
        let mut builder = LogicalPlanBuilder::from(Planner::new(&catalog, &tables).scan_provider(&provider)?);
        let columns: Vec<Expr> = rows.columns.iter().map(|column| named(&column.name)).collect();
        builder = builder.project(columns.clone()).map_err(tutti_query::Error::from)?;
        if let Some(search) = view.search.as_deref().filter(|search| !search.is_empty()) {
            let part = lit(search.to_lowercase());
            let holds = |column: Expr| strpos(lower(cast(column, DataType::Utf8)), part.clone()).gt(lit(0_i64));
            let any = columns.into_iter().map(holds).reduce(Expr::or).unwrap_or_else(|| lit(false));
            builder = builder.filter(any).map_err(tutti_query::Error::from)?;
        }
        let plan = builder.build().map_err(tutti_query::Error::from)?;
        rows.total = Some(self.session.count(plan.clone()).await?);
        let (offset, limit) = page;
        let sorts = sorts(view, &rows.columns)?;
        let page = LogicalPlanBuilder::from(plan)
            .sort_with_limit(sorts, Some(offset.saturating_add(limit)))
            .and_then(|sorted| sorted.limit(offset, Some(limit))?.build())
            .map_err(tutti_query::Error::from)?;
        rows.rows = rows::to_json(&self.session.collect(page).await?)?;
        Ok(rows)
    }

    /// Rows of what an activity gave to a port, from `offset` on.
    #[boxed]
    pub async fn population(&self, run: &str, activity: &str, port: &str, offset: u64, limit: u64) -> Result<Rows> {
        let (offset, limit) = page(offset, limit)?;
        let run = self.find_whole_run(run).await?;
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
        let catalog = self.catalog().await?;
        let table = catalog.dimension_table(&found.dimension).map(|(_, table)| table);
        let key = table.map(|table| table.primary_key.clone()).unwrap_or_default();
        if found.is_nobody() {
            let keys = table.map(|table| table.key_columns()).unwrap_or_default();
            let columns = keys.into_iter().chain(&found.at.added);
            let columns =
                columns.map(|column| RowsColumn { name: column.name.clone(), column_type: column.column_type });
            let dimension = Some(found.dimension.clone());
            return Ok(Rows {
                dimension,
                key,
                columns: columns.collect(),
                rows: Vec::new(),
                total: Some(0),
                as_of: None,
            });
        }
        let path = population_path(&run.id, &found.at.activity, &found.at.port);
        let (_, info) = self.lake.population(&path)?.ok_or_else(|| missing_population(&path))?;
        let batches = self.lake.population_rows(&path, offset, limit).await?;
        let columns = info
            .columns
            .into_iter()
            .map(|column| RowsColumn { name: column.name, column_type: column.column_type })
            .collect();
        Ok(Rows {
            dimension: Some(found.dimension.clone()).filter(|dimension| dimension != FILE_DIMENSION),
            key,
            columns,
            rows: rows::to_json(&batches)?,
            total: Some(found.rows),
            as_of: None,
        })
    }

    /// Everything that the activities of a run have written so far.
    pub(crate) async fn written(&self, run: &str) -> Result<Vec<Written>> {
        let stored = self.store.tasks().populations(run).await?;
        Ok(stored.into_iter().filter_map(Written::from_stored).collect())
    }
}

/// From which row on, and how many.
fn page(offset: u64, limit: u64) -> Result<(usize, usize)> {
    let size = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    at_most("limit", size(limit), size(POPULATION_ROWS_MAX), "page through them with `offset`")?;
    Ok((size(offset), size(limit)))
}

/// The wanted column first, then all others from left to right, so that the order is always the same.
fn sorts(view: &PopulationView, columns: &[RowsColumn]) -> Result<Vec<SortExpr>> {
    let mut sorts = Vec::new();
    if let Some(order) = &view.order {
        let (name, ascending) = order.strip_prefix('-').map_or((order.as_str(), true), |name| (name, false));
        if columns.iter().all(|column| column.name != name) {
            return Err(Error::not_found("column", name, columns.iter().map(|column| column.name.as_str())));
        }
        sorts.push(named(name).sort(ascending, false));
    }
    sorts.extend(columns.iter().map(|column| named(&column.name).sort(true, false)));
    Ok(sorts)
}

fn named(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}
