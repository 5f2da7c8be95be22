//! Clearing the history of runs that ended long ago, and telling of runs that are paused for long.
//!
//! What goes: populations, tasks and the log. What stays for much longer: the figures of the run's summary, and the
//! ledger with the files that it is made of. What stays for ever: the rows of the table of messages, and what links in
//! messages need to be understood. A run that has not ended is never cleared, however long it is paused.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use tutti_model::duration::Duration;
use tutti_model::notify::Trouble;
use tutti_store::{NewAlert, PurgeFilter, Run};

use crate::error::Result;
use crate::summary::RunSummary;
use crate::workspace::Workspace;

/// How many runs are cleared in one go.
const RUNS_AT_A_TIME: u64 = 20;

/// How many launches are forgotten in one go.
const LAUNCHES_AT_A_TIME: u64 = 1_000;

/// How many lines of a log are cleared in one statement.
const LINES_AT_A_TIME: u64 = 5_000;

/// After how long a pause is told, and told again.
const PAUSED: Duration = Duration::from_days(7);

impl Workspace {
    /// Clears what is older than its campaign's `history`, a bounded part of it, and answers how many runs that were.
    #[boxed]
    pub async fn clear_history(&self) -> Result<u64> {
        let catalog = self.catalog().await?;
        let own: BTreeMap<&str, Duration> = catalog
            .campaigns
            .values()
            .filter_map(|campaign| Some((campaign.name.as_str(), campaign.history?)))
            .collect();
        let names: Vec<&str> = own.keys().copied().collect();
        let mut cleared = 0;
        let others = PurgeFilter::Others(&names);
        let of_own = own.iter().map(|(name, history)| (PurgeFilter::Campaign(name), *history));
        for (filter, history) in std::iter::once((others, self.settings.history)).chain(of_own) {
            if cleared >= RUNS_AT_A_TIME {
                break;
            }
            let before_us = self.clock.now_us().saturating_sub(history.as_us());
            for run in self.store.runs().to_purge(filter, before_us, RUNS_AT_A_TIME - cleared).await? {
                self.clear_run(&run).await?;
                cleared += 1;
            }
        }
        Ok(cleared)
    }

    /// Each step may be done again: the figures are kept first, then nothing of the run is looked at any more.
    async fn clear_run(&self, run: &Run) -> Result<()> {
        let (runs, now_us) = (self.store.runs(), self.clock.now_us());
        if run.purged_us.is_none() {
            let summary = self.run_summary(&run.id).await?;
            let figures = serde_json::to_value(&summary).unwrap_or_default();
            if !runs.purge(&run.id, &figures, now_us).await? {
                return Ok(());
            }
        }
        let kept: Vec<String> =
            self.store.deliveries().list(&run.id).await?.into_iter().map(|delivery| delivery.activity).collect();
        self.lake.clear_run(&run.id, &kept).await?;
        self.forget_confirmation(&run.id).await?;
        while runs.clear_log(&run.id, LINES_AT_A_TIME).await? > 0 {}
        runs.clear(&run.id, now_us).await?;
        Ok(())
    }

    /// Forgets launches that were settled, and runs that were cleared, as long ago as the settings say; a bounded part of
    /// them.
    #[boxed]
    pub async fn forget_records(&self) -> Result<()> {
        let before_us = |kept: Duration| self.clock.now_us().saturating_sub(kept.as_us());
        for run in self.store.runs().to_forget(before_us(self.settings.records), RUNS_AT_A_TIME).await? {
            // The files first: without its row, nobody knows of them.
            self.lake.clear_run(&run, &[]).await?;
            self.store.runs().forget(&run).await?;
        }
        self.store.launches().clear(before_us(self.settings.launches), LAUNCHES_AT_A_TIME).await?;
        Ok(())
    }

    /// The summary of a run whose history was cleared.
    pub(crate) async fn kept_summary(&self, run: &Run) -> Result<Option<RunSummary>> {
        let figures = self.store.runs().figures(&run.id).await?;
        let summary = figures.and_then(|figures| serde_json::from_value::<RunSummary>(figures).ok());
        Ok(summary.map(|summary| RunSummary { purged_at: run.purged_us.map(crate::time::rfc3339), ..summary }))
    }

    /// Raises an alert for each run that has been paused or held for a week, and one more for each further week.
    pub(crate) async fn tell_of_pauses(&self) -> Result<()> {
        let now_us = self.clock.now_us();
        let weeks_us = PAUSED.as_us();
        for run in self.store.runs().unfinished().await? {
            let since_us = run.changed_us.unwrap_or(run.started_us);
            let weeks = now_us.saturating_sub(since_us) / weeks_us;
            let days = weeks * 7;
            let (trouble, is, asks) = match run.state.as_str() {
                "paused" => (Trouble::Paused, format!("is paused for {days} days"), " to resume or stop it"),
                "held" => (Trouble::Held, format!("waits for somebody for {days} days"), ""),
                _ => continue,
            };
            if weeks < 1 {
                continue;
            }
            let why = run.error.as_ref().and_then(|error| error["message"].as_str());
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            let notify = match self.campaign_version(&run.campaign, run.campaign_version).await {
                Ok(campaign) => campaign.notify,
                // Of a campaign that is gone nobody knows who was to be told.
                Err(_) => self.settings.notify.clone(),
            };
            let told = notify.filter(|notify| notify.on.contains(&trouble));
            let (mail_by, mail_to) = told.map(|notify| (notify.channel, notify.to)).unzip();
            let alert = NewAlert {
                run: run.id.clone(),
                campaign: run.campaign.clone(),
                // Another pause of the same run begins at another time.
                round: since_us.saturating_add(weeks),
                level: "warning".to_owned(),
                title: format!("a run of {} {is}", run.campaign),
                message: format!("`{}` waits for somebody{asks}{why}", run.id),
                trouble: Some(trouble.as_str().to_owned()),
                mail_by,
                mail_to: mail_to.unwrap_or_default(),
                now_us,
                ..NewAlert::default()
            };
            if self.store.alerts().add(&alert).await? {
                let told = format!("it {is}{why}");
                self.store.logs().add(&run.id, None, "warning", &told, now_us).await?;
            }
        }
        Ok(())
    }
}
