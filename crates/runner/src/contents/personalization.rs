//! What there is to personalize with: at an activity what truly arrives there, or what the rows of a dimension have.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tutti_activities::template::MESSAGE_NAMES;
use tutti_model::bind::{self, Field, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::table::{Column, ColumnType};
use tutti_query::datafusion::logical_expr::LogicalPlanBuilder;
use tutti_query::{Frame, Planner};

use super::population::Arrival;
use crate::error::{Error, Result};
use crate::life::Actor;
use crate::rows;
use crate::workspace::Workspace;

/// How many links may be crossed to a field.
const LINKS_MAX: usize = 2;
/// The most fields that are listed.
const FIELDS_MAX: usize = 600;
/// How many rows give samples.
const SAMPLES: usize = 5;

/// Rows of a dimension, or those that arrive at an activity of a campaign as it stands in its draft.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PersonalizationQuestion {
    pub dimension: Option<String>,
    pub campaign: Option<String>,
    pub activity: Option<String>,
    /// Values for the campaign's variables.
    pub variables: Map<String, Value>,
    pub editor: Option<String>,
}

/// Everything that a template may name.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Personalization {
    pub dimension: String,
    pub fields: Vec<PersonalField>,
    pub collections: Vec<Collection>,
    /// Links to many rows, which a template cannot follow: an enrichment collects their rows.
    pub other_links: Vec<OtherLink>,
    pub variables: Vec<NamedVariable>,
    pub links: Vec<NamedLink>,
}

/// A value of each row.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PersonalField {
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// `added` by the campaign, `own` to the row, or behind a `link`.
    pub source: &'static str,
    /// Values of the first rows that have one.
    pub samples: Vec<Value>,
}

/// Rows of each row, to loop over.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Collection {
    pub path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    pub columns: Vec<Column>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct OtherLink {
    pub path: String,
    /// The table that it leads to.
    pub to: String,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedVariable {
    pub name: String,
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

/// Something that delivery gives each message.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NamedLink {
    pub name: &'static str,
    pub about: &'static str,
}

impl Workspace {
    /// What templates may name, with labels, types and samples.
    #[boxed]
    pub async fn personalization(&self, question: &PersonalizationQuestion, actor: &Actor) -> Result<Personalization> {
        self.editors.ask(actor, "personalization", question.editor.as_deref(), self.personal(question)).await
    }

    async fn personal(&self, question: &PersonalizationQuestion) -> Result<Personalization> {
        match (&question.campaign, &question.activity, &question.dimension) {
            (Some(campaign), Some(activity), _) => {
                let arrival = self.arrival(campaign, activity, &question.variables).await?;
                let answer = self.personal_at(&arrival).await;
                self.forget_arrival(&arrival).await?;
                answer
            }
            (None, None, Some(dimension)) => {
                let catalog = self.catalog().await?;
                self.personal_in(&catalog, dimension, None).await
            }
            _ => Err(Error::refused_with(
                "bad_rows",
                "nobody knows which rows are meant",
                "give a `dimension`, or a `campaign` and its `activity`",
            )),
        }
    }

    async fn personal_at(&self, arrival: &Arrival) -> Result<Personalization> {
        let catalog = Arc::clone(&arrival.context.catalog);
        let mut answer = self.personal_in(&catalog, &arrival.arrived.dimension, Some(arrival)).await?;
        let variables = arrival.context.moment.variables.0.iter();
        answer.variables = variables
            .map(|(name, variable)| NamedVariable {
                name: name.clone(),
                column_type: variable.data_type,
                value: variable.value.clone(),
            })
            .collect();
        Ok(answer)
    }

    async fn personal_in(
        &self,
        catalog: &Catalog,
        dimension: &str,
        arrival: Option<&Arrival>,
    ) -> Result<Personalization> {
        let table = self.table_of(catalog, dimension)?;
        let added = arrival.map(|arrival| arrival.arrived.at.added.as_slice()).unwrap_or_default();
        let mut answer = Personalization { dimension: dimension.to_owned(), ..Personalization::default() };
        let (collected, single): (Vec<&Column>, Vec<&Column>) =
            added.iter().partition(|column| !column.list.is_empty());
        answer.collections = collected.into_iter().map(collection).collect();
        answer.fields = single.into_iter().map(|column| personal_field(&column.name, column, "added")).collect();
        let own = catalog.table(&table).map(|table| table.columns.clone()).unwrap_or_default();
        let own = own.iter().filter(|column| added.iter().all(|added| added.name != column.name));
        answer.fields.extend(own.map(|column| personal_field(&column.name, column, "own")));
        linked(&mut answer, catalog, &table, "", &mut vec![table.clone()]);
        answer.fields.truncate(FIELDS_MAX);
        answer.links = MESSAGE_NAMES
            .iter()
            .filter(|(name, _)| added.iter().all(|column| column.name != *name))
            .map(|(name, about)| NamedLink { name, about })
            .collect();
        self.sample(catalog, &table, arrival, &mut answer.fields).await?;
        Ok(answer)
    }

    /// Puts values of the first rows to the fields.
    async fn sample(
        &self,
        catalog: &Catalog,
        table: &str,
        arrival: Option<&Arrival>,
        fields: &mut [PersonalField],
    ) -> Result<()> {
        let added = arrival.map(|arrival| arrival.arrived.at.added.as_slice()).unwrap_or_default();
        let scope = Scope { table, added };
        let found: Vec<Field> =
            fields.iter().filter_map(|field| bind::field(&field.path, scope, catalog, "").ok()).collect();
        if found.len() != fields.len() {
            return Ok(());
        }
        let (providers, _) = self.lake.snapshots(catalog.stored_tables()).await?;
        let input = arrival.map(|arrival| self.input(&arrival.context, &arrival.arrived)).transpose()?;
        let plan = {
            let planner = Planner::new(catalog, &providers);
            let rows = match &input {
                Some(input) => planner.scan_provider(&input.rows)?,
                None => planner.rows(table)?.select_population()?,
            };
            // Links are followed for a few rows only.
            let rows = LogicalPlanBuilder::from(rows).limit(0, Some(SAMPLES)).and_then(LogicalPlanBuilder::build);
            let frame: Frame<'_> =
                planner.population(table, rows.map_err(tutti_query::Error::from)?, added)?.with_fields(&found)?;
            let columns = found.iter().enumerate();
            let columns = columns.map(|(index, field)| frame.column(field).alias(format!("f{index}"))).collect();
            frame.project(columns)?
        };
        let rows = rows::to_json(&self.session.collect(plan).await?)?;
        for (index, field) in fields.iter_mut().enumerate() {
            let values = rows.iter().filter_map(|row| row.get(index)).filter(|value| !value.is_null());
            let mut seen = BTreeSet::new();
            field.samples = values.filter(|value| seen.insert(value.to_string())).take(3).cloned().collect();
        }
        Ok(())
    }
}

/// Adds what links to one row lead to, and names those to many.
fn linked(answer: &mut Personalization, catalog: &Catalog, table: &str, before: &str, way: &mut Vec<String>) {
    for hop in catalog.hops(table) {
        let path = if before.is_empty() { hop.link.clone() } else { format!("{before}.{}", hop.link) };
        if hop.to_many {
            if before.is_empty() {
                answer.other_links.push(OtherLink { path, to: hop.to.clone() });
            }
            continue;
        }
        if way.len() > LINKS_MAX || way.contains(&hop.to) || answer.fields.len() >= FIELDS_MAX {
            continue;
        }
        let columns = catalog.table(&hop.to).map(|table| table.columns.clone()).unwrap_or_default();
        let columns = columns.iter();
        answer.fields.extend(columns.map(|column| personal_field(&format!("{path}.{}", column.name), column, "link")));
        way.push(hop.to.clone());
        linked(answer, catalog, &hop.to, &path, way);
        way.pop();
    }
}

fn personal_field(path: &str, column: &Column, source: &'static str) -> PersonalField {
    PersonalField {
        path: path.to_owned(),
        label: column.label.clone(),
        column_type: column.column_type,
        source,
        samples: Vec::new(),
    }
}

fn collection(column: &Column) -> Collection {
    Collection { path: column.name.clone(), label: column.label.clone(), columns: column.list.to_vec() }
}
