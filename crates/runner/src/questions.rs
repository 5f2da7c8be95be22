//! Questions about the rows of a dimension: how many, which, and how it is found out.

use std::collections::BTreeSet;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::bind::{self, Field, Predicate, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_query::{Planner, Providers};

use crate::error::{Error, Result};
use crate::rows::{self, RowsColumn};
use crate::workspace::Workspace;

/// The most rows that a preview gives.
pub const PREVIEW_ROWS_MAX: usize = 10_000;

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountAnswer {
    pub count: u64,
    pub elapsed_ms: f64,
}

/// Rows as a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<String>,
    pub columns: Vec<RowsColumn>,
    pub rows: Vec<Vec<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExplainAnswer {
    /// In plain words.
    pub words: String,
    pub sql: Option<String>,
    pub plan: String,
}

struct Question {
    catalog: std::sync::Arc<Catalog>,
    table: String,
    predicate: Predicate,
    providers: Providers,
}

impl Workspace {
    /// The exact number of rows of a dimension that match.
    pub async fn count(&self, dimension: &str, rule: &Rule) -> Result<CountAnswer> {
        let started = Instant::now();
        let question = self.question(dimension, rule, &[]).await?;
        let planner = Planner::new(&question.catalog, &question.providers);
        let count = tutti_query::count(&self.session, &planner, &question.table, &question.predicate).await?;
        let elapsed_ms = (started.elapsed().as_secs_f64() * 1e6).round() / 1e3;
        Ok(CountAnswer { count, elapsed_ms })
    }

    /// The first matching rows by key, with the key columns and `columns` (field paths), or without any the columns
    /// of the table.
    pub async fn preview(&self, dimension: &str, rule: &Rule, columns: &[String], limit: usize) -> Result<Rows> {
        let catalog = self.catalog().await?;
        let table = self.table_of(&catalog, dimension)?;
        let fields = fields(&catalog, &table, columns)?;
        let question = self.question(dimension, rule, &fields).await?;
        let planner = Planner::new(&question.catalog, &question.providers);
        let limit = limit.min(PREVIEW_ROWS_MAX);
        let answer =
            tutti_query::preview(&self.session, &planner, &question.table, &question.predicate, &fields, limit).await?;
        let columns = answer
            .columns
            .into_iter()
            .map(|column| RowsColumn { name: column.name, column_type: column.column_type })
            .collect();
        Ok(Rows { dimension: Some(dimension.to_owned()), columns, rows: rows::to_json(&answer.batches)?, total: None })
    }

    /// How the count of a rule is computed.
    pub async fn explain(&self, dimension: &str, rule: &Rule) -> Result<ExplainAnswer> {
        let question = self.question(dimension, rule, &[]).await?;
        let planner = Planner::new(&question.catalog, &question.providers);
        let explained = tutti_query::explain(&self.session, &planner, &question.table, &question.predicate).await?;
        Ok(ExplainAnswer { words: explained.words, sql: explained.sql, plan: explained.plan })
    }

    fn table_of(&self, catalog: &Catalog, dimension: &str) -> Result<String> {
        match catalog.dimensions.get(dimension) {
            Some(found) => Ok(found.table.clone()),
            None => Err(Error::not_found("dimension", dimension, catalog.dimensions.keys().map(String::as_str))),
        }
    }

    async fn question(&self, dimension: &str, rule: &Rule, fields: &[Field]) -> Result<Question> {
        let catalog = self.catalog().await?;
        let table = self.table_of(&catalog, dimension)?;
        let mut problems = Vec::new();
        let predicate = bind::bind(rule, Scope::table(&table), &catalog, &self.moment_utc(), "", &mut problems);
        let Some(predicate) = predicate else {
            return Err(Error::Problems { what: "the rule cannot be used".to_owned(), problems });
        };
        let mut tables = BTreeSet::from([table.clone()]);
        tutti_query::tables_of_predicate(&predicate, &mut tables);
        tables.extend(fields.iter().flat_map(|field| field.hops.iter().map(|hop| hop.to.clone())));
        let (providers, _) = self.lake.snapshots(tables.iter().map(String::as_str)).await?;
        Ok(Question { catalog, table, predicate, providers })
    }
}

fn fields(catalog: &Catalog, table: &str, columns: &[String]) -> Result<Vec<Field>> {
    if columns.is_empty() {
        let columns = catalog.table(table).map(|table| table.columns.clone()).unwrap_or_default();
        return Ok(columns.into_iter().map(|column| Field::new(Vec::new(), column)).collect());
    }
    let mut problems: Vec<Problem> = Vec::new();
    let fields = columns
        .iter()
        .enumerate()
        .filter_map(|(index, path)| {
            bind::field(path, Scope::table(table), catalog, &format!("/columns/{index}"))
                .map_err(|problem| problems.push(problem))
                .ok()
        })
        .collect();
    if problems.is_empty() {
        Ok(fields)
    } else {
        Err(Error::Problems { what: "the columns cannot be shown".to_owned(), problems })
    }
}
