//! What a run did, as everybody reads it: the summary of the contract and the list of runs.

use async_recursion::async_recursion as boxed;
use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_delivery::{Ledger, Status};
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
    /// When its populations, log and tasks were cleared; then only figures and the ledger are left.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub purged_at: Option<String>,
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
    /// The version of the campaign that it ran with, once it has begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<i64>,
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
    /// What it did, in the marketer's words.
    pub note: Option<String>,
    pub error: Option<Value>,
    /// When it goes on by itself: a wait, or another attempt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waits_until: Option<String>,
    /// What it waits for a person for: `kind`, `message`, and where there are such `by`, `until`, `choices`,
    /// `needed` and the `votes` so far.
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
    #[boxed]
    pub async fn run_summary(&self, run: &str) -> Result<RunSummary> {
        let run = self.find_run(run).await?;
        if run.purged_us.is_some()
            && let Some(kept) = self.kept_summary(&run).await?
        {
            return Ok(kept);
        }
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
            purged_at: run.purged_us.map(rfc3339),
            error: run.error,
            activities,
            transitions,
            deliveries,
        })
    }

    /// Runs, newest first, of one campaign or of all.
    #[boxed]
    pub async fn list_runs(&self, campaign: Option<&str>, limit: u64) -> Result<Vec<RunHead>> {
        if let Some(name) = campaign {
            self.moment_of_runs(name).await?;
        }
        self.run_heads(self.store.runs().list(campaign, limit, 0).await?).await
    }

    /// Runs as lists show them.
    pub(crate) async fn run_heads(&self, runs: Vec<Run>) -> Result<Vec<RunHead>> {
        let ids: Vec<&str> = runs.iter().map(|run| run.id.as_str()).collect();
        let mut deliveries: HashMap<String, Vec<DeliverySummary>> = HashMap::new();
        for found in self.store.deliveries().of_runs(&ids).await? {
            // One ledger that cannot be read keeps nobody from the list; its own run says what is wrong.
            let now = self.delivery_now(found.clone()).await.unwrap_or_else(|error| {
                tracing::warn!(run = found.run, activity = found.activity, %error, "a ledger cannot be read");
                delivery(found.clone())
            });
            deliveries.entry(found.run).or_default().push(now);
        }
        let mut heads = Vec::with_capacity(runs.len());
        for run in runs {
            let deliveries = deliveries.remove(&run.id).unwrap_or_default();
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

    /// A run by its id whose history was not cleared.
    pub(crate) async fn find_whole_run(&self, run: &str) -> Result<Run> {
        let run = self.find_run(run).await?;
        if run.purged_us.is_some() { Err(crate::again::purged(&run)) } else { Ok(run) }
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
                Ok(Campaign { notify: self.notify_of(&campaign), ..campaign })
            }
            _ => Err(Error::Problems { what: format!("the campaign `{name}` cannot be read"), problems }),
        }
    }

    async fn deliveries_now(&self, run: &str) -> Result<Vec<DeliverySummary>> {
        let mut deliveries = Vec::new();
        for found in self.store.deliveries().list(run).await? {
            deliveries.push(self.delivery_now(found).await?);
        }
        Ok(deliveries)
    }

    /// What became of a delivery's rows by now, as its ledger has it.
    async fn delivery_now(&self, found: Delivery) -> Result<DeliverySummary> {
        let (run, mut now) = (found.run.clone(), delivery(found));
        if now.pending == 0 || self.has_ended(&run, &now.activity) {
            return Ok(now);
        }
        let folder = self.delivery_folder(&run, &now.activity);
        let Some(ledger) = Ledger::open(&self.store, &run, &now.activity, &folder).await? else { return Ok(now) };
        for (status, reason) in ledger.under_way(&self.store).await? {
            now.pending -= 1;
            match status {
                Status::Sent => now.sent += 1,
                Status::Failed => now.failed += 1,
                Status::InDoubt => now.in_doubt += 1,
                Status::Excluded => {
                    now.excluded += 1;
                    *now.exclusions.entry(reason.unwrap_or_default()).or_default() += 1;
                }
                Status::Pending => now.pending += 1,
            }
        }
        Ok(now)
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
    let hold = task.hold.as_ref().filter(|_| is_held).map(|hold| crate::answers::with_votes(hold, &task));
    ActivitySummary {
        id: task.activity,
        kind: task.kind,
        state: task.state,
        elapsed_ms: task.elapsed_ms,
        attempts: task.attempts,
        version: task.campaign_version,
        started_at: task.started_us.map(rfc3339),
        finished_at: task.finished_us.map(rfc3339),
        note: task.note,
        // What an earlier attempt said is no news once it waits for a person or is done.
        error: task.error.filter(|_| !is_held),
        waits_until: task.not_before_us.filter(|_| is_waiting).map(rfc3339),
        hold,
        results: match task.results {
            Some(Value::Object(results)) => results,
            _ => serde_json::Map::new(),
        },
    }
}
