//! Questions about the rows of a dimension: how many, which, and how it is found out.

use async_recursion::async_recursion as boxed;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_activities::operand::FieldOrExpression;
use tutti_model::bind::{Field, Predicate};
use tutti_model::builtin::FILE_TABLE;
use tutti_model::catalog::Catalog;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_query::{Cost, Dialect, Planner, Providers, View};

use crate::as_of::AsOf;
use crate::error::{Error, Result};
use crate::execute::thousands;
use crate::life::Actor;
use crate::rows::{self, RowsColumn};
use crate::setting::{Setting, unanswered};
use crate::shown::ShownColumn;
use crate::situation::{AskedRun, Situation};
use crate::workspace::Workspace;

/// The most rows that a preview gives at once.
pub const PREVIEW_ROWS_MAX: usize = 10_000;

/// Where the rule of a question is in it: what is wrong with the rule is told with pointers below.
pub(crate) const RULE: &str = "/where";

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
    /// The run whose rows were counted, or asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<AskedRun>,
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
    /// Fields and expressions; without any, the columns of the table.
    #[serde(default)]
    pub columns: Vec<ShownColumn>,
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
    /// What another page was read of, to be read of this one as well; without it, the newest rows.
    #[serde(default)]
    pub as_of: Option<AsOf>,
    #[serde(default)]
    pub editor: Option<String>,
    #[serde(flatten)]
    pub setting: Setting,
}

fn limit() -> usize {
    20
}

/// A field or an expression that rows are ordered by; rows without a value come last.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderBy {
    pub by: FieldOrExpression,
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
    /// Of a preview: what it was read of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_of: Option<AsOf>,
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
    /// The most rows that any step has to do with.
    pub rows_max: u64,
}

/// A table that is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScanAnswer {
    pub table: String,
    pub rows: Option<u64>,
    /// How often.
    pub scans: u64,
}

/// A bound rule with the tables and populations that it reads.
pub(crate) struct Question {
    pub situation: Situation,
    pub predicate: Predicate,
    pub providers: Providers,
    /// Of the tables.
    pub versions: BTreeMap<String, i64>,
}

impl Question {
    pub fn planner(&self) -> Planner<'_> {
        self.situation.planner(&self.providers)
    }

    pub fn table(&self) -> &str {
        &self.situation.table
    }
}

impl From<Cost> for CostAnswer {
    fn from(cost: Cost) -> Self {
        let tables = cost.scans.into_iter();
        let tables = tables.map(|(table, scan)| ScanAnswer { table, rows: scan.rows, scans: scan.scans }).collect();
        let Cost { estimated_ms, joins, aggregates, rows_max, .. } = cost;
        Self { estimated_ms, tables, joins, aggregates, rows_max }
    }
}

impl Workspace {
    /// The exact number of rows of a dimension that match, and of those that match each part of the rule.
    #[boxed]
    pub async fn count(&self, asked: &CountQuestion, actor: &Actor) -> Result<CountAnswer> {
        self.editors.ask(actor, "count", asked.editor.as_deref(), self.counted(asked)).await
    }

    async fn counted(&self, asked: &CountQuestion) -> Result<CountAnswer> {
        let started = Instant::now();
        let situation = self.situation(&asked.dimension, &asked.rule, &asked.setting, self.clock.now()).await?;
        let run = situation.run.clone();
        let question = self.question(situation, &asked.rule, &[], None).await?;
        let planner = question.planner();
        if !asked.parts {
            let count = tutti_query::count(&self.session, &planner, question.table(), &question.predicate).await?;
            return Ok(CountAnswer { count, elapsed_ms: elapsed_ms(started), parts: None, run });
        }
        let (pointers, rules): (Vec<String>, Vec<Rule>) = asked.rule.parts().into_iter().unzip();
        let mut predicates = Vec::with_capacity(rules.len());
        for (pointer, rule) in pointers.iter().zip(&rules) {
            let pointer = format!("{RULE}{pointer}");
            predicates.push(question.situation.bind(rule, &pointer)?);
        }
        let counts = tutti_query::count_parts(&self.session, &planner, question.table(), &predicates).await?;
        let parts: Vec<PartCount> =
            pointers.into_iter().zip(counts).map(|(pointer, count)| PartCount { pointer, count }).collect();
        let count = parts.first().map_or(0, |whole| whole.count);
        Ok(CountAnswer { count, elapsed_ms: elapsed_ms(started), parts: Some(parts), run })
    }

    /// Some of the matching rows, with the key columns and the asked ones.
    #[boxed]
    pub async fn preview(&self, asked: &PreviewQuestion, actor: &Actor) -> Result<Rows> {
        self.editors.ask(actor, "preview", asked.editor.as_deref(), self.previewed(asked)).await
    }

    async fn previewed(&self, asked: &PreviewQuestion) -> Result<Rows> {
        at_most("limit", asked.limit, PREVIEW_ROWS_MAX, "page through them with `offset` and `as_of`")?;
        let now = asked.as_of.as_ref().map_or_else(|| self.clock.now(), |as_of| as_of.at);
        // All pages are of one run.
        let run = asked.as_of.as_ref().and_then(|as_of| as_of.run.as_ref()).or(asked.setting.run.as_ref());
        let setting = Setting { run: run.cloned(), ..asked.setting.clone() };
        let situation = self.situation(&asked.dimension, &asked.rule, &setting, now).await?;
        let reading = situation.reading();
        let (fields, order) = (reading.columns(&asked.columns)?, reading.order(&asked.order)?);
        let shown = fields.iter().map(|shown| &shown.field);
        let read: Vec<Field> = shown.chain(order.iter().map(|(field, _)| field)).cloned().collect();
        let as_of = asked.as_of.as_ref();
        let question = self.question(situation, &asked.rule, &read, as_of).await?;
        let (planner, table) = (question.planner(), question.table());
        let view = View { fields, order, offset: asked.offset, limit: asked.limit };
        let answer = tutti_query::preview(&self.session, &planner, table, &question.predicate, &view).await?;
        let total = match asked.total {
            true => Some(tutti_query::count(&self.session, &planner, table, &question.predicate).await?),
            false => None,
        };
        let columns = answer
            .columns
            .into_iter()
            .map(|column| RowsColumn { name: column.name, column_type: column.column_type })
            .collect();
        let Situation { catalog, moment, run, .. } = &question.situation;
        let key = catalog.table(table).map(|table| table.primary_key.clone()).unwrap_or_default();
        let run = run.as_ref().map(|run| run.run.clone());
        Ok(Rows {
            dimension: Some(asked.dimension.clone()),
            key,
            columns,
            rows: rows::to_json(&answer.batches)?,
            total,
            as_of: Some(AsOf { at: moment.now, versions: question.versions.clone(), run }),
        })
    }

    /// How the count of a rule is computed, and what that costs.
    #[boxed]
    pub async fn explain(&self, asked: &ExplainQuestion) -> Result<ExplainAnswer> {
        let name = asked.dialect.as_deref().unwrap_or("duckdb");
        let Some((_, dialect)) = Dialect::NAMES.into_iter().find(|(known, _)| *known == name) else {
            return Err(Error::not_found("dialect", name, Dialect::NAMES.map(|(known, _)| known)));
        };
        let situation = self.situation(&asked.dimension, &asked.rule, &asked.setting, self.clock.now()).await?;
        let notes = situation.notes();
        let question = self.question(situation, &asked.rule, &[], None).await?;
        let planner = question.planner();
        let (table, predicate) = (question.table(), &question.predicate);
        let explained =
            tutti_query::explain(&self.session, &planner, table, &asked.dimension, predicate, dialect).await?;
        let warnings = explained.cost.warning().into_iter().collect();
        Ok(ExplainAnswer {
            words: explained.words,
            sql: explained.sql.text,
            sql_notes: explained.sql.notes.into_iter().chain(notes).collect(),
            plan: explained.plan,
            cost: explained.cost.into(),
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
        situation: Situation,
        rule: &Rule,
        fields: &[Field],
        as_of: Option<&AsOf>,
    ) -> Result<Question> {
        let predicate = situation.bind(rule, RULE)?;
        let mut tables = BTreeSet::from([situation.table.clone()]);
        tutti_query::tables_of_predicate(&predicate, &mut tables);
        let sources = fields.iter().flat_map(Field::sources);
        tables.extend(sources.flat_map(|field| field.hops.iter().map(|hop| hop.to.clone())));
        // Lines of files are in populations only.
        tables.remove(FILE_TABLE);
        let (mut providers, versions) = self.tables_as_of(&tables, &situation.catalog, as_of).await?;
        providers.extend(situation.populations.iter().map(|(name, rows)| (name.clone(), Arc::clone(rows))));
        Ok(Question { situation, predicate, providers, versions })
    }
}

pub(crate) fn elapsed_ms(started: Instant) -> f64 {
    (started.elapsed().as_secs_f64() * 1e6).round() / 1e3
}

/// Refuses to give more at once than is given: nothing is cut short without a word.
pub(crate) fn at_most(name: &str, asked: usize, most: usize, way_out: &str) -> Result<()> {
    if asked <= most {
        return Ok(());
    }
    let (asked, most) = (thousands(asked as u64), thousands(most as u64));
    let message = format!("`{name}` is {asked}, and at most {most} are given at once");
    Err(unanswered(Problem::error("bad_limit", format!("/{name}"), message).hint(way_out)))
}
