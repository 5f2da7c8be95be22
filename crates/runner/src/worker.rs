//! The worker: claims tasks under a lease, does them, and records what came of them together with what follows.
//!
//! It may be killed at any instruction. What it had claimed is claimed again, by the next process on this data
//! directory at once, by another worker when the lease ends.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tutti_model::campaign::{ActivityNode, Campaign};
use tutti_model::date_math::Moment;
use tutti_store::{Task, TaskResult};

use crate::control::{Controlled, Hold, HoldKind, answer_to};
use crate::deliver::Delivered;
use crate::error::{Error, Result};
use crate::execute::{RunContext, Written};
use crate::flow::{self, Happened};
use crate::variables::{self, Results};
use crate::workspace::Workspace;

/// Owners of leases in the process that holds the data directory.
pub(crate) const OWNER_PREFIX: &str = "local/";

/// How long a claim holds without being renewed.
const LEASE: Duration = Duration::from_secs(60);

/// How often a claim is renewed.
const RENEWAL: Duration = Duration::from_secs(15);

/// How long the worker sleeps at most when nobody wakes it.
const IDLE: Duration = Duration::from_millis(1000);

/// How a task's work ended.
enum Outcome {
    Completed {
        result: TaskResult,
        stop_branch: bool,
        empty_ports: Vec<String>,
    },
    /// It waits for a time, UTC microseconds, with a note.
    Postponed {
        until_us: i64,
        note: String,
    },
    /// The run was paused or stopped, or the process shuts down: the task is done another time.
    Interrupted,
    /// It waits for a person.
    Held(Hold),
}

impl Workspace {
    /// Does the work of this data directory until `shutdown`: tasks of all runs, and feedback. Then it lets running
    /// tasks end or stop where they can go on later.
    pub async fn work(self: Arc<Self>, shutdown: CancellationToken) {
        let owner = format!("{OWNER_PREFIX}{}", self.ulid());
        let mut tasks: JoinSet<()> = JoinSet::new();
        let slots = self.settings.threads.max(2);
        while !shutdown.is_cancelled() {
            while tasks.try_join_next().is_some() {}
            let free = slots.saturating_sub(tasks.len());
            let claimed = if free > 0 { self.claim(&owner, free).await } else { Vec::new() };
            let busy = !claimed.is_empty();
            for task in claimed {
                let (workspace, owner, shutdown) = (Arc::clone(&self), owner.clone(), shutdown.clone());
                tasks.spawn(async move { workspace.attend(&owner, task, &shutdown).await });
            }
            if let Err(error) = self.flush_feedback().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "feedback could not be moved to its tables");
            }
            if busy {
                continue;
            }
            tokio::select! {
                () = shutdown.cancelled() => {}
                () = self.work.notified() => {}
                Some(_) = tasks.join_next() => {}
                () = tokio::time::sleep(IDLE) => {}
            }
        }
        while tasks.join_next().await.is_some() {}
    }

    async fn claim(&self, owner: &str, limit: usize) -> Vec<Task> {
        let lease_us = i64::try_from(LEASE.as_micros()).unwrap_or(i64::MAX);
        match self.store.tasks().claim_ready(owner, lease_us, limit as u64, self.clock.now_us()).await {
            Ok(tasks) => tasks,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "tasks could not be claimed");
                Vec::new()
            }
        }
    }

    /// Does one task and records the end, whatever it is.
    async fn attend(&self, owner: &str, task: Task, shutdown: &CancellationToken) {
        self.notify_changed();
        let interruption = self.interruption(&task.run, shutdown);
        let renewing = self.renew(owner, &task);
        let outcome = tokio::select! {
            outcome = self.perform(&task, &interruption) => outcome,
            never = renewing => match never {},
        };
        if let Err(error) = self.record(owner, &task, outcome).await {
            tracing::error!(
                task = task.id,
                error = &error as &dyn std::error::Error,
                "the end of a task could not be recorded"
            );
        }
        // What is missed here is found by the next thorough look of the launcher.
        if let Err(error) = self.settle_after(&task.run).await {
            let error = &error as &dyn std::error::Error;
            tracing::error!(run = task.run, error, "it could not be seen whether a run completes its campaign");
        }
        self.wake();
    }

    async fn renew(&self, owner: &str, task: &Task) -> std::convert::Infallible {
        let lease_us = i64::try_from(LEASE.as_micros()).unwrap_or(i64::MAX);
        loop {
            tokio::time::sleep(RENEWAL).await;
            if let Err(error) = self.store.tasks().renew(&task.id, owner, lease_us, self.clock.now_us()).await {
                tracing::warn!(
                    task = task.id,
                    error = &error as &dyn std::error::Error,
                    "a lease could not be renewed"
                );
            }
        }
    }

    async fn perform(&self, task: &Task, interruption: &CancellationToken) -> Result<Outcome> {
        let context = self.run_context(&task.run).await?;
        let Some(node) = context.campaign.canvas.activity(&task.activity) else {
            return Err(Error::NotFound { what: "activity", name: task.activity.clone(), hint: None });
        };
        let work = self.work_on(&context, node, task, interruption);
        let Some(expected) = node.common.expected_duration else { return work.await };
        tokio::pin!(work);
        let limit = Duration::from_micros(u64::try_from(expected.as_us()).unwrap_or(u64::MAX));
        if let Ok(outcome) = tokio::time::timeout(limit, &mut work).await {
            return outcome;
        }
        let message = format!("`{}` works for longer than the {expected} that are expected of it", node.id);
        self.store.logs().add(&task.run, Some(&node.id), "warning", &message, self.clock.now_us()).await?;
        work.await
    }

    async fn work_on(
        &self,
        context: &RunContext,
        node: &ActivityNode,
        task: &Task,
        interruption: &CancellationToken,
    ) -> Result<Outcome> {
        let started = Instant::now();
        if node.common.breakpoint && answer_to(task, HoldKind::Breakpoint).is_none() {
            let message = format!("there is a breakpoint at `{}`; what arrives at it can be looked at", node.id);
            return Ok(Outcome::Held(Hold { kind: HoldKind::Breakpoint, message, by: Vec::new(), until_us: None }));
        }
        let written = self.written(&task.run).await?;
        let arrived = Self::arrivals(context, node, &written);
        let context = &context.at(node, &arrived, &written, &self.results(&task.run).await?);
        let mut executed = match self.execute(context, node, &arrived, &written).await {
            Err(Error::Interrupted) => return Ok(Outcome::Interrupted),
            other => other?,
        };
        if let Some((settings, arrived)) = executed.deliver.take() {
            match self.deliver(context, node, task, &settings, &arrived, interruption).await? {
                Delivered::Done(note) => executed.note = note,
                Delivered::Interrupted => return Ok(Outcome::Interrupted),
                Delivered::Held(hold) => return Ok(Outcome::Held(hold)),
            }
            executed.results = self.delivery_results(&task.run, &node.id).await?;
        }
        if let Some(control) = executed.control.take() {
            match self.control(context, node, task, control, &mut executed).await? {
                Controlled::Done => {}
                Controlled::Until(until_us, note) => return Ok(Outcome::Postponed { until_us, note }),
                Controlled::Held(hold) => return Ok(Outcome::Held(hold)),
            }
        }
        let result = TaskResult {
            note: Some(executed.note),
            table_versions: json!(executed.versions),
            elapsed_ms: i64::try_from(started.elapsed().as_millis()).unwrap_or(i64::MAX),
            populations: executed.populations.iter().map(Written::to_stored).collect(),
            mark: executed.mark,
            results: json!(executed.results),
        };
        Ok(Outcome::Completed { result, stop_branch: executed.stop_branch, empty_ports: executed.empty_ports })
    }

    /// What came of the activities of a run so far, besides populations.
    async fn results(&self, run: &str) -> Result<Results> {
        let tasks = self.store.tasks().list(run).await?;
        let results = tasks.into_iter().filter_map(|task| match task.results {
            Some(serde_json::Value::Object(results)) => Some((task.activity, results)),
            _ => None,
        });
        Ok(results.collect())
    }

    /// What an activity leaves behind by its port of errors, where it has one.
    async fn left_by_error(&self, task: &Task) -> Result<Vec<tutti_store::Population>> {
        let context = self.run_context(&task.run).await?;
        let node = context.campaign.canvas.activity(&task.activity);
        let Some(node) = node.filter(|node| node.common.has_error_port()) else { return Ok(Vec::new()) };
        let written = self.written(&task.run).await?;
        let left = Written::left_by_error(node, &Self::arrivals(&context, node, &written));
        Ok(left.iter().map(Written::to_stored).collect())
    }

    async fn record(&self, owner: &str, task: &Task, outcome: Result<Outcome>) -> Result<()> {
        let run = self.find_run(&task.run).await?;
        let campaign = self.campaign_version(&run.campaign, run.campaign_version).await?;
        let now_us = self.clock.now_us();
        let tasks = self.store.tasks();
        let activity = task.activity.as_str();
        match outcome {
            Ok(Outcome::Completed { result, stop_branch, empty_ports }) => {
                let note = result.note.clone().unwrap_or_default();
                let moved = result.mark.is_some();
                let event = Happened::Completed { activity, stop_branch, empty_ports };
                tasks
                    .complete(&task.id, owner, result, now_us, |run, tasks| {
                        flow::decide(&campaign, run, tasks, event, now_us)
                    })
                    .await?;
                self.store.logs().add(&run.id, Some(activity), "info", &note, now_us).await?;
                if moved {
                    self.tidy_marks(&run.campaign, activity).await?;
                }
            }
            Ok(Outcome::Interrupted) => {
                tasks.postpone(&task.id, owner, now_us, None).await?;
            }
            Ok(Outcome::Postponed { until_us, note }) => {
                if tasks.postpone(&task.id, owner, until_us, Some(&note)).await? {
                    self.store.logs().add(&run.id, Some(activity), "info", &note, now_us).await?;
                }
            }
            Ok(Outcome::Held(hold)) => {
                let stored = hold.to_json();
                let event = Happened::Held { activity, hold: stored.clone() };
                tasks
                    .hold(&task.id, owner, &stored, hold.until_us, now_us, |run, tasks| {
                        flow::decide(&campaign, run, tasks, event, now_us)
                    })
                    .await?;
                self.store.logs().add(&run.id, Some(activity), "warning", &hold.message, now_us).await?;
            }
            Err(error) => {
                let message = crate::error::chain(&error);
                tracing::error!(run = run.id, activity, message, "an activity failed");
                let class = error.class();
                let error = json!({"code": error.code(), "message": message, "activity": activity});
                let event = Happened::Failed { activity, class, error: error.clone() };
                let left = self.left_by_error(task).await?;
                tasks
                    .fail(&task.id, owner, &error, &left, now_us, |run, tasks| {
                        flow::decide(&campaign, run, tasks, event, now_us)
                    })
                    .await?;
                self.store.logs().add(&run.id, Some(activity), "error", &message, now_us).await?;
            }
        }
        Ok(())
    }

    /// What stays the same during a run.
    pub(crate) async fn run_context(&self, run: &str) -> Result<RunContext> {
        let run = self.find_run(run).await?;
        let campaign = self.campaign_version(&run.campaign, run.campaign_version).await?;
        let mut moment = moment_of(&campaign, self.clock.now());
        moment.variables = variables::of_run(&campaign, &run.variables, &moment);
        Ok(RunContext {
            seed: run.seed.cast_unsigned(),
            started: jiff::Timestamp::from_microsecond(run.started_us).unwrap_or_else(|_| self.clock.now()),
            mode: run.mode,
            run: run.id,
            campaign: Arc::new(campaign),
            catalog: self.catalog().await?,
            moment,
        })
    }
}

/// An instant in a campaign's zone.
pub(crate) fn moment_of(campaign: &Campaign, now: jiff::Timestamp) -> Moment {
    let zone = jiff::tz::TimeZone::get(&campaign.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
    Moment::new(now, zone)
}
