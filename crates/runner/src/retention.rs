//! Clearing the history of runs that ended long ago, and telling of runs that are paused for long.
//!
//! What goes: populations, tasks and the log. What stays: the figures of the run's summary, the ledger with the files
//! that it is made of, the rows of the table of messages, and what links in messages need to be understood. A run that
//! has not ended is never cleared, however long it is paused.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use tutti_model::duration::Duration;
use tutti_store::{NewAlert, PurgeFilter, Run};

use crate::error::Result;
use crate::summary::RunSummary;
use crate::workspace::Workspace;

/// How many runs are cleared in one go.
const RUNS_AT_A_TIME: u64 = 20;

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
        while runs.clear_log(&run.id, LINES_AT_A_TIME).await? > 0 {}
        runs.clear(&run.id, now_us).await?;
        Ok(())
    }

    /// The summary of a run whose history was cleared.
    pub(crate) async fn kept_summary(&self, run: &Run) -> Result<Option<RunSummary>> {
        let figures = self.store.runs().figures(&run.id).await?;
        let summary = figures.and_then(|figures| serde_json::from_value::<RunSummary>(figures).ok());
        Ok(summary.map(|summary| RunSummary { purged_at: run.purged_us.map(crate::time::rfc3339), ..summary }))
    }

    /// Raises an alert for each run that has been paused for a week, and one more for each further week.
    pub(crate) async fn tell_of_pauses(&self) -> Result<()> {
        let now_us = self.clock.now_us();
        let weeks_us = PAUSED.as_us();
        for run in self.store.runs().unfinished().await? {
            let since_us = run.changed_us.unwrap_or(run.started_us);
            let weeks = now_us.saturating_sub(since_us) / weeks_us;
            if run.state != "paused" || weeks < 1 {
                continue;
            }
            let days = weeks * 7;
            let why = run.error.as_ref().and_then(|error| error["message"].as_str());
            let why = why.map_or_else(String::new, |why| format!(": {why}"));
            let alert = NewAlert {
                run: run.id.clone(),
                campaign: run.campaign.clone(),
                activity: String::new(),
                // Another pause of the same run begins at another time.
                round: since_us.saturating_add(weeks),
                level: "warning".to_owned(),
                title: format!("a run of {} is paused for {days} days", run.campaign),
                message: format!("`{}` waits for somebody to resume or stop it{why}", run.id),
                mailed_to: Vec::new(),
                now_us,
            };
            if self.store.alerts().add(&alert).await? {
                self.store
                    .logs()
                    .add(&run.id, None, "warning", &format!("paused for {days} days{why}"), now_us)
                    .await?;
            }
        }
        Ok(())
    }
}
