//! The messages to one person, with what came back for each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::builtin;
use tutti_model::catalog::Catalog;
use tutti_model::table::Table;
use tutti_query::datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder};
use tutti_query::{Planner, Providers};
use tutti_store::{DeliveriesOf, RunDelivery};

use super::{is_key, named};
use crate::error::Result;
use crate::ledger::LedgerFilter;
use crate::rows;
use crate::workspace::Workspace;

/// The most messages that are shown, newest first.
const MESSAGES_MAX: usize = 1_000;

/// A line of the ledger, with what came back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PersonMessage {
    pub run: String,
    pub campaign: String,
    pub activity: String,
    pub channel: String,
    pub address: Option<String>,
    pub status: String,
    pub reason: Option<String>,
    pub segment_code: Option<String>,
    pub message_id: Option<String>,
    pub at: String,
    /// Oldest first.
    pub events: Vec<PersonEvent>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PersonEvent {
    /// `open`, `click`, `unsubscribe` and so on.
    pub kind: String,
    pub url: Option<String>,
    pub at: String,
}

impl Workspace {
    pub(super) async fn messages_to_person(
        &self,
        catalog: &Catalog,
        tables: &Providers,
        dimension: &str,
        table: &Table,
        key: &str,
        parts: &[String],
    ) -> Result<Vec<PersonMessage>> {
        let keys: Vec<String> = table.primary_key.iter().map(|key| builtin::key_name(key)).collect();
        let planner = Planner::new(catalog, tables);
        let columns = [
            "run",
            "campaign",
            "activity",
            "channel",
            "address",
            "status",
            "reason",
            "segment_code",
            "message_id",
            "updated_at",
        ];
        let (messages, events) = (builtin::messages_table(&table.name), builtin::events_table(&table.name));
        if !tables.contains_key(&messages) || !tables.contains_key(&events) {
            return Ok(Vec::new());
        }
        let rows = rows::to_json(
            &self
                .session
                .collect(newest(&planner, &messages, is_key(&keys, parts), ("updated_at", false), &columns)?)
                .await?,
        )?;
        let mut found: Vec<PersonMessage> = rows.into_iter().map(message).collect();
        found.splice(0..0, self.open_messages(dimension, key).await?);
        let columns = ["run", "activity", "kind", "url", "at"];
        let mut came_back: BTreeMap<(String, String), Vec<PersonEvent>> = BTreeMap::new();
        for row in rows::to_json(
            &self.session.collect(newest(&planner, &events, is_key(&keys, parts), ("at", true), &columns)?).await?,
        )? {
            let mut row = row.into_iter();
            let whose = (text(row.next()).unwrap_or_default(), text(row.next()).unwrap_or_default());
            let event = PersonEvent {
                kind: text(row.next()).unwrap_or_default(),
                url: text(row.next()),
                at: text(row.next()).unwrap_or_default(),
            };
            came_back.entry(whose).or_default().push(event);
        }
        for message in &mut found {
            let whose = (message.run.clone(), message.activity.clone());
            message.events = came_back.remove(&whose).unwrap_or_default();
        }
        Ok(found)
    }

    /// The person's lines of runs that have not ended: they are not in the table of messages yet.
    async fn open_messages(&self, dimension: &str, key: &str) -> Result<Vec<PersonMessage>> {
        let mut found = Vec::new();
        for RunDelivery { campaign, delivery, .. } in self.store.deliveries().of(DeliveriesOf::Unfinished).await? {
            let links = tutti_delivery::LinkList::find(&self.store, &delivery.run, &delivery.activity).await?;
            let is_of = links.is_some_and(|links| links.dimension == dimension);
            if !is_of || self.has_ended(&delivery.run, &delivery.activity) {
                continue;
            }
            let filter = LedgerFilter {
                activity: Some(delivery.activity.clone()),
                key: Some(key.to_owned()),
                ..LedgerFilter::default()
            };
            for line in self.ledger(&delivery.run, &filter, 0, MESSAGES_MAX as u64).await?.rows {
                found.push(PersonMessage {
                    run: line.run,
                    campaign: campaign.clone(),
                    activity: line.activity,
                    channel: line.channel,
                    address: line.address,
                    status: line.status,
                    reason: line.reason,
                    segment_code: None,
                    message_id: line.message_id,
                    at: line.updated_at,
                    events: Vec::new(),
                });
            }
        }
        Ok(found)
    }
}

/// Some rows of a table in the order of a time, oldest first or not.
fn newest(
    planner: &Planner<'_>,
    table: &str,
    condition: Expr,
    (time, ascending): (&str, bool),
    columns: &[&str],
) -> Result<LogicalPlan> {
    let frame = planner.rows(table)?.filter_by(condition)?;
    let columns: Vec<Expr> = columns.iter().map(|name| named(name)).collect();
    let plan = LogicalPlanBuilder::from(frame.into_plan())
        .sort_with_limit(vec![named(time).sort(ascending, false)], Some(MESSAGES_MAX))
        .and_then(|sorted| sorted.project(columns)?.build());
    Ok(plan.map_err(tutti_query::Error::from)?)
}

fn message(row: Vec<Value>) -> PersonMessage {
    let mut row = row.into_iter();
    let mut next = || text(row.next());
    PersonMessage {
        run: next().unwrap_or_default(),
        campaign: next().unwrap_or_default(),
        activity: next().unwrap_or_default(),
        channel: next().unwrap_or_default(),
        address: next(),
        status: next().unwrap_or_default(),
        reason: next(),
        segment_code: next(),
        message_id: next(),
        at: next().unwrap_or_default(),
        events: Vec::new(),
    }
}

fn text(value: Option<Value>) -> Option<String> {
    match value {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}
