//! Questions about the values of a field: how they are spread, and which of them someone may be typing.

use async_recursion::async_recursion as boxed;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::bind::{self, Field, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_model::table::ColumnType;
use tutti_query::datafusion::scalar::ScalarValue;
use tutti_query::{Planner, ValueCount, Values};

use crate::error::{Error, Result};
use crate::questions::elapsed_ms;
use crate::rows;
use crate::setting::Setting;
use crate::workspace::Workspace;

/// The most values that a distribution or a list of suggestions has.
pub const VALUES_MAX: usize = 1_000;

/// A field of a dimension's rows, or of rows linked to them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistributionQuestion {
    pub dimension: String,
    /// A field path; over a link to many rows, every linked row counts.
    pub field: String,
    /// Of which rows; without it, of all.
    #[serde(rename = "where", default)]
    pub rule: Rule,
    #[serde(default = "top")]
    pub top: usize,
    #[serde(default)]
    pub editor: Option<String>,
    #[serde(flatten)]
    pub setting: Setting,
}

fn top() -> usize {
    20
}

/// What someone has typed of a value.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuggestQuestion {
    pub dimension: String,
    pub field: String,
    #[serde(default)]
    pub prefix: String,
    #[serde(rename = "where", default)]
    pub rule: Rule,
    #[serde(default = "suggestions")]
    pub limit: usize,
    #[serde(default)]
    pub editor: Option<String>,
    #[serde(flatten)]
    pub setting: Setting,
}

fn suggestions() -> usize {
    10
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DistributionAnswer {
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// The table that the counted rows are of.
    pub table: String,
    pub rows: u64,
    /// Rows without a value.
    pub nulls: u64,
    /// Different values.
    pub distinct: u64,
    /// The most frequent first.
    pub values: Vec<ValueShare>,
    /// Rows with a value that is not listed.
    pub others: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Value>,
    /// Of numbers, dates and timestamps: bins of one width, those without rows left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub histogram: Vec<HistogramBin>,
    pub elapsed_ms: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueShare {
    pub value: Value,
    pub count: u64,
    /// Of all rows, from 0 to 1.
    pub share: f64,
}

/// Rows with a value of at least `from` and less than `to`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistogramBin {
    pub from: Value,
    pub to: Value,
    pub count: u64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SuggestAnswer {
    pub values: Vec<Suggestion>,
    pub elapsed_ms: f64,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Suggestion {
    pub value: Value,
    pub count: u64,
}

impl Workspace {
    /// How the values of a field are spread over the matching rows.
    #[boxed]
    pub async fn distribution(&self, asked: &DistributionQuestion) -> Result<DistributionAnswer> {
        self.editors.ask(asked.editor.as_deref(), self.distributed(asked)).await
    }

    async fn distributed(&self, asked: &DistributionQuestion) -> Result<DistributionAnswer> {
        let started = Instant::now();
        let values = self.values(&asked.dimension, &asked.field).await?;
        let moment = self.moment_in(&asked.setting).await?;
        let question = self.question(&asked.dimension, &asked.rule, &moment, &read_by(&values)).await?;
        let planner = Planner::new(&question.catalog, &question.providers);
        let (table, predicate, top) = (&question.table, &question.predicate, asked.top.min(VALUES_MAX));
        let found = tutti_query::distribution(&self.session, &planner, table, predicate, &values, top).await?;
        let listed: u64 = found.top.iter().map(|value| value.count).sum();
        let total = found.rows.max(1) as f64;
        let share = |ValueCount { value, count }: &ValueCount| {
            Ok(ValueShare { value: json(value)?, count: *count, share: *count as f64 / total })
        };
        let bounds = found.bounds.as_ref();
        let histogram = found.histogram.iter();
        let bin = |bin: &tutti_query::ValueBin| {
            Ok(HistogramBin { from: json(&bin.from)?, to: json(&bin.to)?, count: bin.count })
        };
        Ok(DistributionAnswer {
            column_type: values.field.column.column_type,
            table: values.hops.last().map_or(table, |hop| &hop.to).clone(),
            rows: found.rows,
            nulls: found.nulls,
            distinct: found.distinct,
            values: found.top.iter().map(share).collect::<Result<_>>()?,
            others: found.rows - found.nulls - listed,
            min: bounds.map(|(least, _)| json(least)).transpose()?,
            max: bounds.map(|(_, greatest)| json(greatest)).transpose()?,
            histogram: histogram.map(bin).collect::<Result<_>>()?,
            elapsed_ms: elapsed_ms(started),
        })
    }

    /// Values that begin with what was typed, then those that contain it.
    #[boxed]
    pub async fn suggest(&self, asked: &SuggestQuestion) -> Result<SuggestAnswer> {
        self.editors.ask(asked.editor.as_deref(), self.suggested(asked)).await
    }

    async fn suggested(&self, asked: &SuggestQuestion) -> Result<SuggestAnswer> {
        let started = Instant::now();
        let values = self.values(&asked.dimension, &asked.field).await?;
        let moment = self.moment_in(&asked.setting).await?;
        let question = self.question(&asked.dimension, &asked.rule, &moment, &read_by(&values)).await?;
        let planner = Planner::new(&question.catalog, &question.providers);
        let (table, predicate, limit) = (&question.table, &question.predicate, asked.limit.min(VALUES_MAX));
        let typed = asked.prefix.as_str();
        let found = tutti_query::suggest(&self.session, &planner, table, predicate, &values, typed, limit).await?;
        let found = found.iter().map(|found| Ok(Suggestion { value: json(&found.value)?, count: found.count }));
        Ok(SuggestAnswer { values: found.collect::<Result<_>>()?, elapsed_ms: elapsed_ms(started) })
    }

    async fn values(&self, dimension: &str, path: &str) -> Result<Values> {
        let catalog = self.catalog().await?;
        let table = self.table_of(&catalog, dimension)?;
        values(&catalog, &table, path).map_err(|problem| Error::Problems {
            what: "the field has no values to show".to_owned(),
            problems: vec![problem],
        })
    }
}

fn values(catalog: &Catalog, table: &str, path: &str) -> Result<Values, Problem> {
    let at = "/field";
    let resolved = catalog.resolve(table, path, at)?;
    let Some(last) = resolved.hops.iter().rposition(|hop| hop.to_many) else {
        return Ok(Values { hops: Vec::new(), field: bind::field(path, Scope::table(table), catalog, at)? });
    };
    let Some(column) = resolved.column else {
        let message = format!("`{path}` is a link, and links have no values; name one of its columns");
        return Err(Problem::error("not_a_column", at, message));
    };
    let (to_many, to_one) = resolved.hops.split_at(last + 1);
    Ok(Values { hops: to_many.to_vec(), field: Field::new(to_one.to_vec(), column) })
}

/// Fields that name every table on the way to the values.
fn read_by(values: &Values) -> Vec<Field> {
    let way = Field::new(values.hops.clone(), values.field.column.clone());
    vec![way, values.field.clone()]
}

fn json(value: &ScalarValue) -> Result<Value> {
    let array = value.to_array().map_err(|error| Error::Query(error.into()))?;
    rows::value(&array)
}
