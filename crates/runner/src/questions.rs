//! Questions about the rows of a dimension: how many, which, and how it is found out.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::bind::{self, Field, Predicate, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_query::{Dialect, Planner, Providers, View};

use crate::error::{Error, Result};
use crate::rows::{self, RowsColumn};
use crate::setting::Setting;
use crate::workspace::Workspace;

/// The most rows that a preview gives.
pub const PREVIEW_ROWS_MAX: usize = 10_000;

/// A rule over a dimension.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CountQuestion {
    pub dimension: String,
    #[serde(rename = "where")]
    pub rule: Rule,
    /// Whether each part of the rule is counted as well.
    #[serde(default)]
    pub parts: bool,
    /// Who asks: a newer question of the same editor ends the older one.
    #[serde(default)]
    pub editor: Option<String>,
    #[serde(flatten)]
    pub setting: Setting,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CountAnswer {
    pub count: u64,
    pub elapsed_ms: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parts: Option<Vec<PartCount>>,
}

/// How many rows match a part of a rule, taken by itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartCount {
    /// The part's JSON pointer in the rule; the empty one is the rule.
    pub pointer: String,
    pub count: u64,
}

/// Which rows to show.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewQuestion {
    pub dimension: String,
    #[serde(rename = "where")]
    pub rule: Rule,
    /// Field paths; without any, the columns of the table.
    #[serde(default)]
    pub columns: Vec<String>,
    /// What comes first; ties go by the key.
    #[serde(default)]
    pub order: Vec<OrderBy>,
    #[serde(default = "limit")]
    pub limit: usize,
    #[serde(default)]
    pub offset: usize,
    /// Whether the number of all matching rows is told as well.
    #[serde(default)]
    pub total: bool,
    #[serde(default)]
    pub editor: Option<String>,
    #[serde(flatten)]
    pub setting: Setting,
}

fn limit() -> usize {
    20
}

/// A field that rows are ordered by; rows without a value come last.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderBy {
    pub by: String,
    #[serde(default)]
    pub order: Direction,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    #[default]
    Ascending,
    Descending,
}

/// Rows as a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimension: Option<String>,
    /// The columns of the key, where rows have one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub key: Vec<String>,
    pub columns: Vec<RowsColumn>,
    pub rows: Vec<Vec<Value>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<u64>,
}

/// How to say what a rule does.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExplainQuestion {
    pub dimension: String,
    #[serde(rename = "where")]
    pub rule: Rule,
    /// `duckdb` (default) or `postgresql`.
    #[serde(default)]
    pub dialect: Option<String>,
    #[serde(flatten)]
    pub setting: Setting,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExplainAnswer {
    /// One sentence.
    pub words: String,
    /// A query for the keys of the matching rows, where SQL can say it.
    pub sql: Option<String>,
    /// Where the SQL differs from the rule, or why there is none.
    pub sql_notes: Vec<String>,
    pub plan: String,
    pub cost: CostAnswer,
    /// What to know before the rule is used.
    pub warnings: Vec<String>,
}

/// What answering is thought to take.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CostAnswer {
    /// Rough.
    pub estimated_ms: f64,
    pub tables: Vec<ScanAnswer>,
    pub joins: u64,
    pub aggregates: u64,
}

/// A table that is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanAnswer {
    pub table: String,
    pub rows: Option<u64>,
    /// How often.
    pub scans: u64,
}

/// A bound rule with the tables that it reads.
pub(crate) struct Question {
    pub catalog: Arc<Catalog>,
    pub table: String,
    pub predicate: Predicate,
    pub providers: Providers,
}

impl Workspace {
    /// The exact number of rows of a dimension that match, and of those that match each part of the rule.
    #[boxed]
    pub async fn count(&self, asked: &CountQuestion) -> Result<CountAnswer> {
        self.editors.ask(asked.editor.as_deref(), self.counted(asked)).await
    }

    async fn counted(&self, asked: &CountQuestion) -> Result<CountAnswer> {
        let started = Instant::now();
        let moment = self.moment_in(&asked.setting).await?;
        let question = self.question(&asked.dimension, &asked.rule, &moment, &[]).await?;
        let planner = Planner::new(&question.catalog, &question.providers);
        if !asked.parts {
            let count = tutti_query::count(&self.session, &planner, &question.table, &question.predicate).await?;
            return Ok(CountAnswer { count, elapsed_ms: elapsed_ms(started), parts: None });
        }
        let (pointers, rules): (Vec<String>, Vec<Rule>) = asked.rule.parts().into_iter().unzip();
        let mut predicates = Vec::with_capacity(rules.len());
        for (pointer, rule) in pointers.iter().zip(&rules) {
            predicates.push(bound(rule, &question.table, &question.catalog, &moment, pointer)?);
        }
        let counts = tutti_query::count_parts(&self.session, &planner, &question.table, &predicates).await?;
        let parts: Vec<PartCount> =
            pointers.into_iter().zip(counts).map(|(pointer, count)| PartCount { pointer, count }).collect();
        let count = parts.first().map_or(0, |whole| whole.count);
        Ok(CountAnswer { count, elapsed_ms: elapsed_ms(started), parts: Some(parts) })
    }

    /// Some of the matching rows, with the key columns and the asked ones.
    #[boxed]
    pub async fn preview(&self, asked: &PreviewQuestion) -> Result<Rows> {
        self.editors.ask(asked.editor.as_deref(), self.previewed(asked)).await
    }

    async fn previewed(&self, asked: &PreviewQuestion) -> Result<Rows> {
        let catalog = self.catalog().await?;
        let table = self.table_of(&catalog, &asked.dimension)?;
        let fields = fields(&catalog, &table, &asked.columns)?;
        let order = order(&catalog, &table, &asked.order)?;
        let read: Vec<Field> = fields.iter().chain(order.iter().map(|(field, _)| field)).cloned().collect();
        let moment = self.moment_in(&asked.setting).await?;
        let question = self.question(&asked.dimension, &asked.rule, &moment, &read).await?;
        let planner = Planner::new(&question.catalog, &question.providers);
        let view = View { fields, order, offset: asked.offset, limit: asked.limit.min(PREVIEW_ROWS_MAX) };
        let answer = tutti_query::preview(&self.session, &planner, &question.table, &question.predicate, &view).await?;
        let total = match asked.total {
            true => Some(tutti_query::count(&self.session, &planner, &question.table, &question.predicate).await?),
            false => None,
        };
        let columns = answer
            .columns
            .into_iter()
            .map(|column| RowsColumn { name: column.name, column_type: column.column_type })
            .collect();
        let key = Vec::new();
        Ok(Rows {
            dimension: Some(asked.dimension.clone()),
            key,
            columns,
            rows: rows::to_json(&answer.batches)?,
            total,
        })
    }

    /// How the count of a rule is computed, and what that costs.
    #[boxed]
    pub async fn explain(&self, asked: &ExplainQuestion) -> Result<ExplainAnswer> {
        let name = asked.dialect.as_deref().unwrap_or("duckdb");
        let Some((_, dialect)) = Dialect::NAMES.into_iter().find(|(known, _)| *known == name) else {
            return Err(Error::not_found("dialect", name, Dialect::NAMES.map(|(known, _)| known)));
        };
        let moment = self.moment_in(&asked.setting).await?;
        let question = self.question(&asked.dimension, &asked.rule, &moment, &[]).await?;
        let planner = Planner::new(&question.catalog, &question.providers);
        let (table, predicate) = (&question.table, &question.predicate);
        let explained =
            tutti_query::explain(&self.session, &planner, table, &asked.dimension, predicate, dialect).await?;
        let warnings = explained.cost.warning().into_iter().collect();
        let cost = explained.cost;
        let tables = cost.scans.into_iter();
        let tables = tables.map(|(table, scan)| ScanAnswer { table, rows: scan.rows, scans: scan.scans }).collect();
        Ok(ExplainAnswer {
            words: explained.words,
            sql: explained.sql.text,
            sql_notes: explained.sql.notes,
            plan: explained.plan,
            cost: CostAnswer {
                estimated_ms: cost.estimated_ms,
                tables,
                joins: cost.joins,
                aggregates: cost.aggregates,
            },
            warnings,
        })
    }

    /// How many questions about rows are being answered.
    pub fn questions_running(&self) -> usize {
        self.editors.running()
    }

    /// What the queries of this process hold in memory, in bytes.
    pub fn query_memory_bytes(&self) -> usize {
        self.session.memory_bytes()
    }

    pub(crate) fn table_of(&self, catalog: &Catalog, dimension: &str) -> Result<String> {
        match catalog.dimensions.get(dimension) {
            Some(found) => Ok(found.table.clone()),
            None => Err(Error::not_found("dimension", dimension, catalog.dimensions.keys().map(String::as_str))),
        }
    }

    pub(crate) async fn question(
        &self,
        dimension: &str,
        rule: &Rule,
        moment: &Moment,
        fields: &[Field],
    ) -> Result<Question> {
        let catalog = self.catalog().await?;
        let table = self.table_of(&catalog, dimension)?;
        let predicate = bound(rule, &table, &catalog, moment, "")?;
        let mut tables = BTreeSet::from([table.clone()]);
        tutti_query::tables_of_predicate(&predicate, &mut tables);
        let sources = fields.iter().flat_map(Field::sources);
        tables.extend(sources.flat_map(|field| field.hops.iter().map(|hop| hop.to.clone())));
        let (providers, _) = self.lake.snapshots(tables.iter().map(String::as_str)).await?;
        Ok(Question { catalog, table, predicate, providers })
    }
}

pub(crate) fn elapsed_ms(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

fn bound(rule: &Rule, table: &str, catalog: &Catalog, moment: &Moment, pointer: &str) -> Result<Predicate> {
    let mut problems = Vec::new();
    let predicate = bind::bind(rule, Scope::table(table), catalog, moment, pointer, &mut problems);
    predicate.ok_or_else(|| Error::Problems { what: "the rule cannot be used".to_owned(), problems })
}

fn order(catalog: &Catalog, table: &str, order: &[OrderBy]) -> Result<Vec<(Field, bool)>> {
    let paths: Vec<String> = order.iter().map(|order| order.by.clone()).collect();
    let fields = found(catalog, table, &paths, |index| format!("/order/{index}/by"))?;
    Ok(fields.into_iter().zip(order).map(|(field, order)| (field, order.order == Direction::Descending)).collect())
}

fn fields(catalog: &Catalog, table: &str, columns: &[String]) -> Result<Vec<Field>> {
    if columns.is_empty() {
        let columns = catalog.table(table).map(|table| table.columns.clone()).unwrap_or_default();
        return Ok(columns.into_iter().map(|column| Field::new(Vec::new(), column)).collect());
    }
    found(catalog, table, columns, |index| format!("/columns/{index}"))
}

fn found(catalog: &Catalog, table: &str, paths: &[String], place: impl Fn(usize) -> String) -> Result<Vec<Field>> {
    let mut problems: Vec<Problem> = Vec::new();
    let fields = paths
        .iter()
        .enumerate()
        .filter_map(|(index, path)| {
            bind::field(path, Scope::table(table), catalog, &place(index))
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
