//! Signals that tables give: a campaign whose schedule is a signal `on: {table: ...}` runs after each import that
//! changed rows of the table.

use serde_json::{Map, Value, json};
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::schedule::SignalSource;
use tutti_store::{Campaign as Stored, CampaignChange, NewLaunch};

use super::plan::{signal_rule, signals_come_now, zone};
use super::signals::resolve;
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
            // One campaign's trouble must not hold up the others.
            if let Err(error) = self.look_at_table_of(&stored, &catalog).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(campaign = stored.name, error, "the table of a campaign could not be looked at");
            }
        }
        Ok(())
    }

    async fn look_at_table_of(&self, stored: &Stored, catalog: &Catalog) -> Result<()> {
        if !state_of(stored)?.takes_launches() {
            return Ok(());
        }
        let Ok((document, _)) = self.campaign_in_force(stored).await else { return Ok(()) };
        let Some(table) = table_of(&document) else { return Ok(()) };
        // What changes on a day that the schedule leaves out is new on the next open one.
        if !signals_come_now(&document, catalog, self.clock.now()) {
            return Ok(());
        }
        let changed = self.lake.changed_version(table).await?;
        let known = stored.seen.as_deref().and_then(|seen| seen_version(seen, table));
        if known.is_some_and(|known| known >= changed) {
            return Ok(());
        }
        let seen = seen_table(table, changed);
        // Another version of the campaign looks at another table: what is there is not new.
        if known.is_some() {
            self.signal_by(&document, "table", &seen, Map::new()).await?;
        }
        // A crash before this repeats the signal, which is then known by its key.
        self.keep_seen(&stored.name, seen).await
    }

    /// Remembers what a campaign was signalled by.
    pub(super) async fn keep_seen(&self, campaign: &str, seen: String) -> Result<()> {
        self.store
            .campaigns()
            .advance(campaign, self.clock.now_us(), |stored, _| {
                let row = Stored { seen: Some(seen), ..stored.clone() };
                (Some(CampaignChange { row: Some(row), ..CampaignChange::default() }), ())
            })
            .await?;
        Ok(())
    }

    /// What signals a campaign besides callers, as it is: a table as `TABLE@VERSION`, or the files that there are.
    pub(crate) async fn seen_by_trigger(&self, campaign: &Campaign) -> Result<Option<String>> {
        match signal_rule(campaign).and_then(|rule| rule.on) {
            Some(SignalSource::Table(table)) => Ok(Some(seen_table(table, self.lake.changed_version(table).await?))),
            Some(SignalSource::File(pattern)) => Ok(Some(self.seen_files(pattern).await?)),
            None => Ok(None),
        }
    }

    /// Gives the signal of a table or a file, with some values and the defaults of its parameters, once for a `key`. Where
    /// one has no value or a wrong one, the launch is skipped as invalid when it is met, with the reason.
    pub(crate) async fn signal_by(
        &self,
        campaign: &Campaign,
        cause: &str,
        key: &str,
        values: Map<String, Value>,
    ) -> Result<()> {
        let Some(rule) = signal_rule(campaign) else { return Ok(()) };
        let moment = Moment::new(self.clock.now(), zone(campaign));
        let variables = resolve(campaign, &rule, &values, &moment).unwrap_or(values);
        let launch = NewLaunch {
            id: self.launch_id(),
            campaign: campaign.name.clone(),
            key: format!("{cause}/{key}"),
            cause: cause.to_owned(),
            due_us: self.clock.now_us(),
            variables: json!(variables),
        };
        let live = |stored: &Stored| state_of(stored).is_ok_and(tutti_engine::campaign::CampaignState::takes_launches);
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

/// A table and the version in which its rows changed last, as the state keeps them.
fn seen_table(table: &str, version: i64) -> String {
    format!("{table}@{version}")
}

/// The version of a table that was seen; `None` where something else was.
fn seen_version(seen: &str, table: &str) -> Option<i64> {
    seen.strip_prefix(table)?.strip_prefix('@')?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_of_a_table_reads_back() {
        for (seen, table, version) in [
            (seen_table("orders", 7), "orders", Some(7)),
            (seen_table("orders_old", 7), "orders", None),
            (seen_table("orders", 7), "orders_old", None),
            ("in/*.csv\n00000000000000ff".to_owned(), "orders", None),
        ] {
            assert_eq!(seen_version(&seen, table), version, "{seen} {table}");
        }
    }
}
