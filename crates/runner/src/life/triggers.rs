//! Signals that tables give: a campaign whose schedule is a signal `on: {table: ...}` runs after each import that
//! changed the table.

use serde_json::{Map, Value, json};
use tutti_model::campaign::Campaign;
use tutti_model::schedule::SignalSource;
use tutti_store::{CampaignChange, NewLaunch};

use super::plan::{signal_rule, signals_come_now};
use super::state_of;
use crate::error::Result;
use crate::workspace::Workspace;

impl Workspace {
    /// Signals the campaigns that wait for a change of a table, where there was one since they looked last.
    pub(crate) async fn look_at_tables(&self) -> Result<()> {
        let catalog = self.catalog().await?;
        // Most installations have no such campaign, and then nothing is read.
        let waits = |campaign: &Campaign| table_of(campaign).is_some();
        if !catalog.campaigns.values().any(|campaign| waits(campaign)) {
            return Ok(());
        }
        for stored in self.store.campaigns().list().await? {
            if !state_of(&stored)?.takes_launches() {
                continue;
            }
            let Ok((document, _)) = self.campaign_in_force(&stored).await else { continue };
            if table_of(&document).is_none() {
                continue;
            }
            let Some(seen) = self.seen_by_trigger(&document).await? else { continue };
            if stored.seen.as_deref() == Some(seen.as_str()) {
                continue;
            }
            if signals_come_now(&document, &catalog, self.clock.now()) {
                self.signal_by(&document, "table", &seen, Map::new()).await?;
            }
            // A crash before this repeats the signal, which is then known by its key.
            let now_us = self.clock.now_us();
            self.store
                .campaigns()
                .advance(&stored.name, now_us, |stored, _| {
                    let row = tutti_store::Campaign { seen: Some(seen), ..stored.clone() };
                    (Some(CampaignChange { row: Some(row), ..CampaignChange::default() }), ())
                })
                .await?;
        }
        Ok(())
    }

    /// What signals a campaign besides callers, as it is: a table as `TABLE@VERSION`, or the files that there are.
    pub(crate) async fn seen_by_trigger(&self, campaign: &Campaign) -> Result<Option<String>> {
        match signal_rule(campaign).and_then(|rule| rule.on) {
            Some(SignalSource::Table(table)) => {
                let snapshot = self.lake.snapshot(table).await?;
                Ok(Some(format!("{table}@{}", snapshot.version)))
            }
            Some(SignalSource::File(pattern)) => Ok(Some(self.seen_files(pattern).await?)),
            None => Ok(None),
        }
    }

    /// Gives the signal of a table or a file, with the defaults of its parameters and some values, once for a `key`.
    pub(crate) async fn signal_by(
        &self,
        campaign: &Campaign,
        cause: &str,
        key: &str,
        values: Map<String, Value>,
    ) -> Result<()> {
        let Some(rule) = signal_rule(campaign) else { return Ok(()) };
        let defaults = rule.parameters.iter();
        let defaults = defaults.filter_map(|parameter| Some((parameter.name.clone(), parameter.default.clone()?)));
        let variables: Map<String, Value> = defaults.chain(values).collect();
        let launch = NewLaunch {
            id: self.launch_id(),
            campaign: campaign.name.clone(),
            key: format!("{cause}/{key}"),
            cause: cause.to_owned(),
            due_us: self.clock.now_us(),
            variables: json!(variables),
        };
        let live = |stored: &tutti_store::Campaign| {
            state_of(stored).is_ok_and(tutti_engine::campaign::CampaignState::takes_launches)
        };
        self.store.launches().add(launch, None, self.clock.now_us(), live).await?;
        self.notify_changed();
        Ok(())
    }
}

fn table_of(campaign: &Campaign) -> Option<&str> {
    match signal_rule(campaign).and_then(|rule| rule.on) {
        Some(SignalSource::Table(table)) => Some(table),
        _ => None,
    }
}
