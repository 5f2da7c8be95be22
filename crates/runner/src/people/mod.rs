//! People: the rows of a dimension, found by what is known of them, and everything that is known of one.

mod messages;

use async_recursion::async_recursion as boxed;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::bind::{self, Field, Scope};
use tutti_model::catalog::{Catalog, Hop};
use tutti_model::dimension::Dimension;
use tutti_model::rule::Rule;
use tutti_model::table::{ColumnType, Table};
use tutti_query::Planner;
use tutti_query::datafusion::arrow::array::RecordBatch;
use tutti_query::datafusion::common::Column;
use tutti_query::datafusion::logical_expr::{Expr, LogicalPlanBuilder, cast, lit};
use tutti_query::datafusion::scalar::ScalarValue;
use tutti_store::RegisterFilter;

pub use messages::PersonMessage;

use crate::error::{Error, Result};
use crate::life::Actor;
use crate::quality::hops_to_tables;
use crate::questions::{PreviewQuestion, Rows};
use crate::register::Registered;
use crate::rows::{self, RowsColumn};
use crate::shown::ShownColumn;
use crate::workspace::Workspace;

/// Linked rows that are shown of each link.
const LINKED_ROWS_MAX: usize = 20;

/// Columns that are looked through by their names, besides keys and addresses.
const NAME_COLUMNS_MAX: usize = 6;

/// One person, with everything that is known of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonView {
    pub dimension: String,
    pub table: String,
    /// As the ledger writes it.
    pub key: String,
    pub identity: Option<String>,
    pub fields: Vec<PersonField>,
    /// By the kind of channel.
    pub channels: Vec<PersonChannel>,
    /// Opt-outs and suppressions of the person, their addresses and the domains of these.
    pub register: Vec<Registered>,
    pub links: Vec<LinkedRows>,
    /// Newest first, those that were excluded among them.
    pub messages: Vec<PersonMessage>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonField {
    pub name: String,
    pub label: Option<String>,
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    pub value: Value,
}

/// How a person is reached on one kind of channel.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonChannel {
    pub channel: String,
    pub address: Option<String>,
    /// What the dimension's consent field says; none where there is no such field, or no value.
    pub consent: Option<bool>,
    /// Whether the dimension has a consent field for the channel.
    pub asks_consent: bool,
}

/// The rows behind one link: how many there are, and the first of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkedRows {
    pub name: String,
    pub to: String,
    pub to_many: bool,
    pub total: u64,
    pub columns: Vec<RowsColumn>,
    pub rows: Vec<Vec<Value>>,
}

impl Workspace {
    /// Rows of a dimension whose key is `search`, or whose addresses or names contain it; without it, the first rows.
    #[boxed]
    pub async fn search_people(&self, dimension: &str, search: &str, offset: usize, limit: usize) -> Result<Rows> {
        let catalog = self.catalog().await?;
        let (found, table) = dimension_of(&catalog, dimension)?;
        let names = name_columns(table);
        let rule: Rule = match search.trim() {
            "" => Rule::default(),
            search => serde_json::from_value(search_rule(&catalog, found, table, &names, search))
                .map_err(|error| Error::refused("internal", error.to_string()))?,
        };
        let mut columns: Vec<String> = found.addresses.values().cloned().collect();
        columns.extend(
            names.into_iter().filter(|name| !found.addresses.values().any(|path| path == name)).map(str::to_owned),
        );
        let question = PreviewQuestion {
            dimension: dimension.to_owned(),
            rule,
            columns: columns.into_iter().map(ShownColumn::field).collect(),
            order: Vec::new(),
            limit,
            offset,
            total: true,
            as_of: None,
            editor: None,
            setting: Default::default(),
        };
        self.preview(&question, &Actor::itself()).await
    }

    /// Everything about the row with `key`; the parts of a key of several columns are joined by commas.
    #[boxed]
    pub async fn person(&self, dimension: &str, key: &str) -> Result<PersonView> {
        self.flush_feedback().await?;
        let catalog = self.catalog().await?;
        let (found, table) = dimension_of(&catalog, dimension)?;
        let nobody = || Error::NotFound {
            what: "person",
            name: key.to_owned(),
            hint: Some(format!("keys of `{dimension}` are values of `{}`", table.primary_key.join("`, `"))),
        };
        let parts = tutti_delivery::feedback::split_key(key, table.primary_key.len()).ok_or_else(nobody)?;
        let (tables, _) = self.lake.snapshots(catalog.stored_tables()).await?;
        let planner = Planner::new(&catalog, &tables);
        let field = |path: &String| bind::field(path, Scope::table(&table.name), &catalog, "").ok();
        let identity = field(&found.identity);
        let channels: Vec<(String, Option<Field>, Option<Field>)> = found
            .addresses
            .iter()
            .map(|(kind, path)| (kind.clone(), field(path), found.consent.get(kind).and_then(field)))
            .collect();
        let wanted =
            identity.iter().chain(channels.iter().flat_map(|(_, address, consent)| address.iter().chain(consent)));
        let frame = planner.rows(&table.name)?.filter_by(is_key(&table.primary_key, &parts))?.with_fields(wanted)?;
        let text = |field: &Option<Field>, name: String| {
            let value = field.as_ref().map_or(lit(ScalarValue::Utf8(None)), |field| {
                cast(frame.column(field), tutti_query::datafusion::arrow::datatypes::DataType::Utf8)
            });
            value.alias(name)
        };
        let mut columns: Vec<Expr> = table.columns.iter().map(|column| named(&column.name)).collect();
        columns.push(text(&identity, "__identity".to_owned()));
        for (position, (_, address, consent)) in channels.iter().enumerate() {
            columns.push(text(address, format!("__address_{position}")));
            columns.push(text(consent, format!("__consent_{position}")));
        }
        let batches = self.session.collect(frame.clone().project(columns)?).await?;
        let row = batches.iter().find(|batch| batch.num_rows() > 0).ok_or_else(nobody)?;
        let values = rows::to_json(&[row.slice(0, 1)])?.into_iter().next().unwrap_or_default();
        let mut rest = values[table.columns.len()..].iter().map(|value| value.as_str().map(str::to_owned));
        let identity = rest.next().flatten();
        let channels: Vec<PersonChannel> = channels
            .into_iter()
            .map(|(channel, _, consent)| PersonChannel {
                channel,
                address: rest.next().flatten(),
                consent: rest.next().flatten().map(|value| value == "true"),
                asks_consent: consent.is_some(),
            })
            .collect();
        let fields = table.columns.iter().zip(&values).map(|(column, value)| PersonField {
            name: column.name.clone(),
            label: column.label.clone(),
            column_type: column.column_type,
            value: value.clone(),
        });
        Ok(PersonView {
            dimension: dimension.to_owned(),
            table: table.name.clone(),
            key: key.to_owned(),
            fields: fields.collect(),
            register: self.register_of(dimension, identity.as_deref(), &channels).await?,
            identity,
            channels,
            links: self.linked_rows(&catalog, &planner, table, row).await?,
            messages: self.messages_to_person(&catalog, &tables, dimension, table, key, &parts).await?,
        })
    }

    async fn register_of(
        &self,
        dimension: &str,
        identity: Option<&str>,
        channels: &[PersonChannel],
    ) -> Result<Vec<Registered>> {
        let mut wanted: Vec<RegisterFilter> = Vec::new();
        let mut want = |subject: &str, dimension: Option<&str>, channel: Option<&str>, value: String| {
            wanted.push(RegisterFilter {
                subject: Some(subject.to_owned()),
                dimension: dimension.map(str::to_owned),
                channel: channel.map(str::to_owned),
                value: Some(value),
                ..RegisterFilter::default()
            });
        };
        if let Some(identity) = identity {
            want("person", Some(dimension), None, identity.to_owned());
        }
        for PersonChannel { channel, address, .. } in channels {
            let Some(address) = address.as_deref().map(|address| address.trim().to_lowercase()) else { continue };
            if let Some((_, domain)) = address.rsplit_once('@') {
                want("domain", None, Some(channel), domain.to_owned());
            }
            want("address", None, Some(channel), address);
        }
        let mut lines = Vec::new();
        for filter in wanted {
            lines.extend(self.list_register(&filter, 0, 100).await?.rows);
        }
        Ok(lines)
    }

    async fn linked_rows(
        &self,
        catalog: &Catalog,
        planner: &Planner<'_>,
        table: &Table,
        row: &RecordBatch,
    ) -> Result<Vec<LinkedRows>> {
        let mut links = Vec::new();
        for hop in hops_to_tables(catalog, &table.name) {
            let Some(to) = catalog.table(&hop.to) else { continue };
            let columns = to
                .columns
                .iter()
                .map(|column| RowsColumn { name: column.name.clone(), column_type: column.column_type });
            let mut linked = LinkedRows {
                name: hop.link.clone(),
                to: hop.to.clone(),
                to_many: hop.to_many,
                total: 0,
                columns: columns.collect(),
                rows: Vec::new(),
            };
            if let Some(condition) = linked_to(hop, row)? {
                let frame = planner.rows(&hop.to)?.filter_by(condition)?;
                linked.total = self.session.count(frame.plan().clone()).await?;
                let sorts: Vec<_> = to.primary_key.iter().map(|key| named(key).sort(true, false)).collect();
                let page = LogicalPlanBuilder::from(frame.into_plan())
                    .sort_with_limit(sorts, Some(LINKED_ROWS_MAX))
                    .and_then(LogicalPlanBuilder::build)
                    .map_err(tutti_query::Error::from)?;
                linked.rows = rows::to_json(&self.session.collect(page).await?)?;
            }
            links.push(linked);
        }
        Ok(links)
    }
}

/// Which rows of the other table a row is linked to; `None` where a value that links is missing.
fn linked_to(hop: &Hop, row: &RecordBatch) -> Result<Option<Expr>> {
    let mut all: Option<Expr> = None;
    for (here, there) in &hop.on {
        let Some(column) = row.column_by_name(here) else { return Ok(None) };
        let value = ScalarValue::try_from_array(column, 0).map_err(tutti_query::Error::from)?;
        if value.is_null() {
            return Ok(None);
        }
        let same = named(there).eq(lit(value));
        all = Some(all.map_or_else(|| same.clone(), |all| all.and(same.clone())));
    }
    Ok(all)
}

/// The row of a key whose parts are texts.
fn is_key(keys: &[String], parts: &[String]) -> Expr {
    let text = tutti_query::datafusion::arrow::datatypes::DataType::Utf8;
    let same = keys.iter().zip(parts).map(|(key, part)| cast(named(key), text.clone()).eq(lit(part.as_str())));
    same.reduce(Expr::and).unwrap_or_else(|| lit(false))
}

fn search_rule(catalog: &Catalog, dimension: &Dimension, table: &Table, names: &[&str], search: &str) -> Value {
    let mut rules = Vec::new();
    for key in table.key_columns() {
        match key.column_type {
            ColumnType::String => rules.push(json!({"field": key.name, "operator": "beginsWith", "value": search})),
            ColumnType::Integer => {
                if let Ok(number) = search.parse::<i64>() {
                    rules.push(json!({"field": key.name, "operator": "=", "value": number}));
                }
            }
            _ => {}
        }
    }
    let is_text = |path: &str| {
        let resolved = catalog.resolve(&table.name, path, "").ok().and_then(|path| path.column);
        resolved.is_some_and(|column| column.column_type == ColumnType::String)
    };
    let addresses = dimension.addresses.values().map(String::as_str).chain([dimension.identity.as_str()]);
    for path in addresses.chain(names.iter().copied()).filter(|path| is_text(path)) {
        rules.push(json!({"field": path, "operator": "contains", "value": search}));
    }
    if rules.is_empty() {
        // Nothing that could be it: nobody is found, not everybody.
        return json!({"combinator": "or", "not": true, "rules": []});
    }
    json!({"combinator": "or", "rules": rules})
}

/// The texts that say what a row is called.
fn name_columns(table: &Table) -> Vec<&str> {
    let called = |name: &str| {
        ["name", "surname", "title", "label"]
            .iter()
            .any(|word| name.split('_').any(|part| part == *word) || name.ends_with(word))
    };
    let texts =
        table.columns.iter().filter(|column| column.column_type == ColumnType::String && column.values.is_empty());
    texts.map(|column| column.name.as_str()).filter(|name| called(name)).take(NAME_COLUMNS_MAX).collect()
}

fn dimension_of<'a>(catalog: &'a Catalog, name: &str) -> Result<(&'a Arc<Dimension>, &'a Arc<Table>)> {
    let found = catalog.dimensions.contains_key(name).then(|| catalog.dimension_table(name)).flatten();
    found.ok_or_else(|| Error::not_found("dimension", name, catalog.dimensions.keys().map(String::as_str)))
}

fn named(name: &str) -> Expr {
    Expr::Column(Column::new_unqualified(name))
}
