//! What the campaigns of a test came to.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use indexmap::IndexMap;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tutti_model::test_case::{Key, RunExpect, activity_and_port};
use tutti_store::Run;

use super::drive::Simulation;
use super::shown;
use super::steps::text_of;
use crate::error::{Error, Result};
use crate::populations::POPULATION_ROWS_MAX;
use crate::summary::DeliverySummary;

/// What a campaign came to.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestCampaign {
    /// In the order in which they began.
    pub runs: Vec<TestRun>,
    /// The launches that began no run, in the order of their times.
    pub skipped: Vec<TestSkip>,
}

/// A launch that began no run.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestSkip {
    /// RFC 3339 with the offset of the campaign's zone.
    pub due_at: String,
    /// `overlap`, `missed`, `suspended`, `not_live` or `invalid`.
    pub reason: Option<String>,
    pub detail: Option<String>,
}

/// An alert.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestAlert {
    /// RFC 3339 with the offset of the campaign's zone.
    pub at: String,
    pub campaign: String,
    /// The activity that raised it.
    pub activity: Option<String>,
    /// `info`, `warning` or `critical`.
    pub level: String,
    /// What went wrong, of an alert that no activity raised.
    pub trouble: Option<String>,
    pub title: String,
    pub message: String,
}

/// A run of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestRun {
    /// RFC 3339 with the offset of the campaign's zone.
    pub started_at: String,
    pub finished_at: Option<String>,
    /// `running`, `paused`, `held`, `completed`, `failed` or `stopped`.
    pub state: String,
    /// Why it is paused, held or failed.
    pub error: Option<String>,
    /// The states of the activities.
    pub activities: IndexMap<String, String>,
    /// The rows that left by each port, by `ACTIVITY.PORT`.
    pub counts: IndexMap<String, u64>,
    /// The keys of the rows that left by the ports whose members the test names.
    pub members: IndexMap<String, Vec<String>>,
    /// What channel activities sent.
    pub messages: IndexMap<String, TestMessages>,
}

/// The messages of an activity.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TestMessages {
    pub targeted: i64,
    pub sent: i64,
    pub failed: i64,
    /// By reason.
    pub excluded: BTreeMap<String, i64>,
    /// The addresses, in the order of the messages.
    pub to: Vec<String>,
    /// By the keys of the rows.
    pub subjects: IndexMap<String, String>,
    /// The plain text and the HTML, by the keys of the rows.
    #[serde(skip)]
    pub texts: IndexMap<String, [String; 2]>,
}

impl TestRun {
    /// How many rows left by a port. Nobody left an activity that is done with and has no such population; of one that
    /// is not, nothing is known.
    pub fn count(&self, activity: &str, port: &str) -> Option<u64> {
        let counted = self.counts.get(&format!("{activity}.{port}")).copied();
        let settled = || self.activities.get(activity).is_some_and(|state| state == "completed" || state == "skipped");
        counted.or_else(|| settled().then_some(0))
    }
}

impl Simulation<'_> {
    /// What a campaign came to so far, with what its expected runs ask for.
    #[boxed]
    pub async fn campaign_outcome(&self, campaign: &str, expected: Option<&[RunExpect]>) -> Result<TestCampaign> {
        let expected = expected.unwrap_or_default();
        let mut outcome = TestCampaign::default();
        for (index, run) in self.runs(campaign).await?.iter().enumerate() {
            outcome.runs.push(self.run_outcome(run, expected.get(index)).await?);
        }
        let mut launches = self.workspace.store.launches().list(campaign, u64::MAX).await?;
        launches.retain(|launch| launch.state == "skipped");
        launches.sort_by_key(|launch| launch.launch.due_us);
        outcome.skipped = launches
            .into_iter()
            .map(|launch| TestSkip {
                due_at: self.shown_us(launch.launch.due_us),
                reason: launch.reason,
                detail: launch.detail,
            })
            .collect();
        Ok(outcome)
    }

    /// The alerts of all campaigns so far, oldest first.
    #[boxed]
    pub async fn alerts(&self) -> Result<Vec<TestAlert>> {
        let alerts = self.workspace.store.alerts().list(None, None, u64::MAX).await?;
        let shown = alerts.into_iter().rev().map(|alert| TestAlert {
            at: self.shown_us(alert.at_us),
            campaign: alert.campaign,
            activity: Some(alert.activity).filter(|activity| !activity.is_empty()),
            level: alert.level,
            trouble: alert.trouble,
            title: alert.title,
            message: alert.message,
        });
        Ok(shown.collect())
    }

    fn shown_us(&self, us: i64) -> String {
        shown(Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH), &self.planned.zone)
    }

    async fn run_outcome(&self, run: &Run, expected: Option<&RunExpect>) -> Result<TestRun> {
        let summary = self.workspace.run_summary(&run.id).await?;
        let at = |us: i64| self.shown_us(us);
        let count = |rows: i64| u64::try_from(rows).unwrap_or_default();
        let counts = summary
            .transitions
            .iter()
            .map(|transition| (format!("{}.{}", transition.from, transition.port), count(transition.rows)));
        let mut messages = IndexMap::new();
        for delivery in &summary.deliveries {
            messages.insert(delivery.activity.clone(), self.messages(&run.id, delivery)?);
        }
        let mut members = IndexMap::new();
        for name in expected.into_iter().flat_map(|expected| expected.members.keys()) {
            if let Some(keys) = self.members(&run.id, name).await? {
                members.insert(name.clone(), keys);
            }
        }
        let told = |error: &serde_json::Value| error.get("message")?.as_str().map(str::to_owned);
        Ok(TestRun {
            started_at: at(run.started_us),
            finished_at: run.finished_us.map(at),
            state: run.state.clone(),
            error: run.error.as_ref().and_then(told),
            counts: counts.collect(),
            activities: summary.activities.into_iter().map(|activity| (activity.id, activity.state)).collect(),
            members,
            messages,
        })
    }

    fn messages(&self, run: &str, delivery: &DeliverySummary) -> Result<TestMessages> {
        let mut messages = TestMessages {
            targeted: delivery.targeted,
            sent: delivery.sent,
            failed: delivery.failed,
            excluded: delivery.exclusions.clone(),
            ..TestMessages::default()
        };
        for mail in self.caught(run, &delivery.activity)? {
            messages.to.extend(mail.to);
            messages.subjects.insert(mail.key.clone(), mail.subject);
            messages.texts.insert(mail.key, [mail.text, mail.html]);
        }
        Ok(messages)
    }

    /// The keys of the rows that left by `ACTIVITY[.PORT]`; `None` where no population was written.
    async fn members(&self, run: &str, name: &str) -> Result<Option<Vec<String>>> {
        let (activity, port) = activity_and_port(name);
        let mut rows = match self.workspace.population(run, activity, port, 0, POPULATION_ROWS_MAX).await {
            Ok(rows) => rows,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        while rows.total.is_some_and(|total| total > rows.rows.len() as u64) {
            let have = rows.rows.len() as u64;
            rows.rows.extend(self.workspace.population(run, activity, port, have, POPULATION_ROWS_MAX).await?.rows);
        }
        let catalog = self.workspace.catalog().await?;
        let table = rows.dimension.as_deref().and_then(|dimension| catalog.dimension_table(dimension));
        // Rows of files belong to no dimension: their first column tells them apart, the number of the line.
        let width = table.map_or(1, |(_, table)| table.primary_key.len());
        let keys = rows.rows.iter().map(|row| Key(row.iter().take(width).map(text_of).collect()).to_string());
        Ok(Some(keys.collect()))
    }
}
