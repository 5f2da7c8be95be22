//! Questions about the values of a field: how they are spread, and which of them someone may be typing.

use async_recursion::async_recursion as boxed;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_activities::operand::FieldOrExpression;
use tutti_model::bind::Field;
use tutti_model::problem::Problem;
use tutti_model::rule::Rule;
use tutti_model::table::ColumnType;
use tutti_query::datafusion::scalar::ScalarValue;
use tutti_query::{ValueCount, Values};

use crate::error::{Error, Result};
use crate::life::Actor;
use crate::questions::{at_most, elapsed_ms};
use crate::rows;
use crate::setting::Setting;
use crate::shown::Reading;
use crate::time::rfc3339_in;
use crate::workspace::Workspace;

/// The most values that a distribution or a list of suggestions has.
pub const VALUES_MAX: usize = 1_000;

/// A field of a dimension's rows, or of rows linked to them.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DistributionQuestion {
    pub dimension: String,
    /// A field, whose path may lead over links to many rows, of which then every one counts; or an expression.
    pub field: FieldOrExpression,
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
    pub field: FieldOrExpression,
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
    pub async fn distribution(&self, asked: &DistributionQuestion, actor: &Actor) -> Result<DistributionAnswer> {
        self.editors.ask(actor, "distribution", asked.editor.as_deref(), self.distributed(asked)).await
    }

    async fn distributed(&self, asked: &DistributionQuestion) -> Result<DistributionAnswer> {
        let started = Instant::now();
        at_most("top", asked.top, VALUES_MAX, "the numbers of all rows and of all values are told in any case")?;
        let situation = self.situation(&asked.dimension, &asked.rule, &asked.setting, self.clock.now()).await?;
        let values = values(&situation.reading(), &asked.field).map_err(no_values)?;
        let question = self.question(situation, &asked.rule, &read_by(&values), None).await?;
        let planner = question.planner();
        let (table, predicate, top) = (question.table(), &question.predicate, asked.top);
        let found = tutti_query::distribution(&self.session, &planner, table, predicate, &values, top).await?;
        let listed: u64 = found.top.iter().map(|value| value.count).sum();
        let total = found.rows.max(1) as f64;
        let json = |value: &ScalarValue| json(value, &values);
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
            table: values.hops.last().map_or(table, |hop| hop.to.as_str()).to_owned(),
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
    pub async fn suggest(&self, asked: &SuggestQuestion, actor: &Actor) -> Result<SuggestAnswer> {
        self.editors.ask(actor, "suggest", asked.editor.as_deref(), self.suggested(asked)).await
    }

    async fn suggested(&self, asked: &SuggestQuestion) -> Result<SuggestAnswer> {
        let started = Instant::now();
        at_most("limit", asked.limit, VALUES_MAX, "give more of the value as `prefix`")?;
        let situation = self.situation(&asked.dimension, &asked.rule, &asked.setting, self.clock.now()).await?;
        let values = values(&situation.reading(), &asked.field).map_err(no_values)?;
        let question = self.question(situation, &asked.rule, &read_by(&values), None).await?;
        let planner = question.planner();
        let (table, predicate, limit) = (question.table(), &question.predicate, asked.limit);
        let typed = asked.prefix.as_str();
        let found = tutti_query::suggest(&self.session, &planner, table, predicate, &values, typed, limit).await?;
        let found =
            found.iter().map(|found| Ok(Suggestion { value: json(&found.value, &values)?, count: found.count }));
        Ok(SuggestAnswer { values: found.collect::<Result<_>>()?, elapsed_ms: elapsed_ms(started) })
    }
}

fn no_values(problem: Problem) -> Error {
    Error::Problems { what: "the field has no values to show".to_owned(), problems: vec![problem] }
}

fn values(reading: &Reading<'_>, field: &FieldOrExpression) -> Result<Values, Problem> {
    let at = "/field";
    let zone = || reading.moment.zone.clone();
    let of_row = || reading.value(field, at).map(|field| Values { hops: Vec::new(), field, zone: zone() });
    let carried = |path: &str| reading.scope.added.iter().any(|column| column.name == path);
    let FieldOrExpression::Field(path) = field else { return of_row() };
    if carried(path) {
        return of_row();
    }
    let resolved = reading.catalog.resolve(reading.scope.table, path, at)?;
    let Some(last) = resolved.hops.iter().rposition(|hop| hop.to_many) else { return of_row() };
    let Some(column) = resolved.column else {
        let message = format!("`{path}` is a link, and links have no values; name one of its columns");
        return Err(Problem::error("not_a_column", at, message));
    };
    let (to_many, to_one) = resolved.hops.split_at(last + 1);
    Ok(Values { hops: to_many.to_vec(), field: Field::new(to_one.to_vec(), column), zone: zone() })
}

/// Fields that name every table on the way to the values.
fn read_by(values: &Values) -> Vec<Field> {
    let way = Field::new(values.hops.clone(), values.field.column.clone());
    vec![way, values.field.clone()]
}

/// Timestamps are told by the clock of the zone.
fn json(value: &ScalarValue, values: &Values) -> Result<Value> {
    if let ScalarValue::TimestampMicrosecond(Some(at), _) = value {
        return Ok(rfc3339_in(*at, &values.zone).into());
    }
    let array = value.to_array().map_err(|error| Error::Query(error.into()))?;
    rows::value(&array)
}
