//! What a run did, as everybody reads it: the summary of the contract and the list of runs.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::campaign::Campaign;
use tutti_store::{Delivery, Run, Task};

use crate::error::{Error, Result};
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// The summary of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    pub run: String,
    pub campaign: String,
    pub version: i64,
    /// `running`, `paused`, `held`, `completed`, `failed` or `stopped`.
    pub state: String,
    /// `live` or `test`.
    pub mode: String,
    pub started_at: String,
    pub finished_at: Option<String>,
    /// The values of the campaign's variables and of its signal's parameters.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub variables: serde_json::Map<String, Value>,
    /// Why the run is paused, held or failed: `code`, `message` and, where one can be named, the `activity`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<Value>,
    pub activities: Vec<ActivitySummary>,
    pub transitions: Vec<TransitionSummary>,
    pub deliveries: Vec<DeliverySummary>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ActivitySummary {
    pub id: String,
    #[serde(rename = "type")]
    pub kind: String,
    /// `waiting`, `ready`, `running`, `held`, `completed`, `failed` or `skipped`.
    pub state: String,
    pub elapsed_ms: Option<i64>,
    pub attempts: i64,
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
    /// What it did, in the marketer's words.
    pub note: Option<String>,
    pub error: Option<Value>,
    /// When it goes on by itself: a wait, or another attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<String>,
    /// What it waits for a person for: `kind`, `message`, and where there are such `by` and `until`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hold: Option<Value>,
    /// What came of it besides populations, by name.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub results: serde_json::Map<String, Value>,
}

/// The rows that went over a transition, or left by a port that leads nowhere.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TransitionSummary {
    pub from: String,
    pub port: String,
    pub to: Option<String>,
    pub rows: i64,
}

/// targeted = excluded + sent + failed + in_doubt + pending.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct DeliverySummary {
    pub activity: String,
    pub targeted: i64,
    pub excluded: i64,
    pub sent: i64,
    pub failed: i64,
    pub in_doubt: i64,
    pub pending: i64,
    pub exclusions: BTreeMap<String, i64>,
}

/// One line of the list of runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunHead {
    pub run: String,
    pub campaign: String,
    pub version: i64,
    pub state: String,
    pub mode: String,
    pub started_at: String,
    pub finished_at: Option<String>,
    pub targeted: i64,
    pub excluded: i64,
    pub sent: i64,
    pub failed: i64,
    pub in_doubt: i64,
    pub pending: i64,
}

impl Workspace {
    /// The summary of one run, as far as it has come.
    pub async fn run_summary(&self, run: &str) -> Result<RunSummary> {
        let run = self.find_run(run).await?;
        let campaign = self.campaign_version(&run.campaign, run.campaign_version).await?;
        let tasks = self.store.tasks().list(&run.id).await?;
        let populations = self.store.tasks().populations(&run.id).await?;
        let deliveries = self.deliveries_now(&run.id).await?;
        let mut transitions = Vec::new();
        for population in &populations {
            let targets: Vec<&str> = campaign
                .canvas
                .outbound(&population.activity)
                .filter(|transition| transition.port == population.port)
                .map(|transition| transition.to.as_str())
                .collect();
            let summary = |to: Option<&str>| TransitionSummary {
                from: population.activity.clone(),
                port: population.port.clone(),
                to: to.map(str::to_owned),
                rows: population.rows,
            };
            if targets.is_empty() {
                transitions.push(summary(None));
            }
            transitions.extend(targets.into_iter().map(|to| summary(Some(to))));
        }
        let order: Vec<&str> = campaign.canvas.topological_order();
        let position = |id: &str| order.iter().position(|other| *other == id).unwrap_or(usize::MAX);
        transitions.sort_by_key(|transition| position(&transition.from));
        let mut activities: Vec<ActivitySummary> = tasks.into_iter().map(activity).collect();
        activities.sort_by_key(|activity| position(&activity.id));
        let moment = crate::worker::moment_of(&campaign, self.clock.now());
        let variables = crate::variables::of_run(&campaign, &run.variables, &moment).values();
        Ok(RunSummary {
            variables,
            run: run.id,
            campaign: run.campaign,
            version: run.campaign_version,
            state: run.state,
            mode: run.mode,
            started_at: rfc3339(run.started_us),
            finished_at: run.finished_us.map(rfc3339),
            error: run.error,
            activities,
            transitions,
            deliveries,
        })
    }

    /// Runs, newest first, of one campaign or of all.
    pub async fn list_runs(&self, campaign: Option<&str>, limit: u64) -> Result<Vec<RunHead>> {
        if let Some(name) = campaign {
            self.find_campaign(name).await?;
        }
        let runs = self.store.runs().list(campaign, limit, 0).await?;
        let mut heads = Vec::with_capacity(runs.len());
        for run in runs {
            let deliveries = self.deliveries_now(&run.id).await?;
            let sum = |value: fn(&DeliverySummary) -> i64| deliveries.iter().map(value).sum();
            heads.push(RunHead {
                version: run.campaign_version,
                started_at: rfc3339(run.started_us),
                finished_at: run.finished_us.map(rfc3339),
                targeted: sum(|delivery| delivery.targeted),
                excluded: sum(|delivery| delivery.excluded),
                sent: sum(|delivery| delivery.sent),
                failed: sum(|delivery| delivery.failed),
                in_doubt: sum(|delivery| delivery.in_doubt),
                pending: sum(|delivery| delivery.pending),
                run: run.id,
                campaign: run.campaign,
                state: run.state,
                mode: run.mode,
            });
        }
        Ok(heads)
    }

    /// A run by its id, or an error that names the nearest.
    pub(crate) async fn find_run(&self, run: &str) -> Result<Run> {
        match self.store.runs().get(run).await? {
            Some(run) => Ok(run),
            None => Err(Error::NotFound {
                what: "run",
                name: run.to_owned(),
                hint: Some("`tutti runs` lists the runs there are".to_owned()),
            }),
        }
    }

    /// The campaign as a run knows it.
    pub(crate) async fn campaign_version(&self, name: &str, version: i64) -> Result<Campaign> {
        let stored = self.store.documents().get("campaign", name, Some(version)).await?;
        let body = stored.and_then(|stored| stored.body).ok_or_else(|| Error::NotFound {
            what: "campaign",
            name: format!("{name} (version {version})"),
            hint: None,
        })?;
        let mut problems = Vec::new();
        match tutti_model::document::Document::read(&body, &mut problems) {
            Some(tutti_model::document::Document { spec: tutti_model::document::Spec::Campaign(campaign), .. }) => {
                Ok(campaign)
            }
            _ => Err(Error::Problems { what: format!("the campaign `{name}` cannot be read"), problems }),
        }
    }

    async fn deliveries_now(&self, run: &str) -> Result<Vec<DeliverySummary>> {
        Ok(self.store.deliveries().list(run).await?.into_iter().map(delivery).collect())
    }
}

fn delivery(delivery: Delivery) -> DeliverySummary {
    DeliverySummary {
        pending: delivery.pending(),
        activity: delivery.activity,
        targeted: delivery.targeted,
        excluded: delivery.excluded,
        sent: delivery.sent,
        failed: delivery.failed,
        in_doubt: delivery.in_doubt,
        exclusions: delivery.exclusions,
    }
}

fn activity(task: Task) -> ActivitySummary {
    let (is_waiting, is_held) = (task.state == "ready", task.state == "held");
    ActivitySummary {
        id: task.activity,
        kind: task.kind,
        state: task.state,
        elapsed_ms: task.elapsed_ms,
        attempts: task.attempts,
        started_at: task.started_us.map(rfc3339),
        finished_at: task.finished_us.map(rfc3339),
        note: task.note,
        // What an earlier attempt said is no news once it waits for a person or is done.
        error: task.error.filter(|_| !is_held),
        waits_until: task.not_before_us.filter(|_| is_waiting).map(rfc3339),
        hold: task.hold.filter(|_| is_held),
        results: match task.results {
            Some(Value::Object(results)) => results,
            _ => serde_json::Map::new(),
        },
    }
}
