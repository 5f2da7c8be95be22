//! The worker: claims tasks under a lease, does them, and records what came of them together with what follows.
//!
//! It may be killed at any instruction. What it had claimed is claimed again, by the next process on this data
//! directory at once, by another worker when the lease ends.

use async_recursion::async_recursion as boxed;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tutti_activities::Category;
use tutti_model::campaign::{ActivityNode, Campaign};
use tutti_model::date_math::Moment;
use tutti_store::{Task, TaskResult};

use crate::claims::Claim;
use crate::control::{Controlled, Hold, HoldKind, answer_to};
use crate::deliver::Delivered;
use crate::error::{Error, Result};
use crate::execute::{RunContext, Written};
use crate::flow::{self, Happened};
use crate::interruption::{Interruption, LOOK};
use crate::logs::line;
use crate::variables::{self, Results};
use crate::workspace::Workspace;

/// Owners of leases in the process that holds the data directory.
pub(crate) const OWNER_PREFIX: &str = "local/";

/// Between a worker and its claim, in the name of an owner.
pub(crate) const CLAIM_SEPARATOR: char = '.';

/// How long the worker sleeps at most when nobody wakes it.
const IDLE: Duration = Duration::from_millis(1000);

/// Tasks in hand at once. Those that compute are as many as the threads, but two at least; the others send and call.
const TASKS_MAX: usize = 64;

/// Whether an activity mostly waits for other systems, so that others may compute meanwhile.
fn waits_for_others(node: &ActivityNode) -> bool {
    node.kind == "http-call"
        || tutti_activities::registry::find(&node.kind).is_some_and(|kind| kind.category() == Category::Channel)
}

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
        let worker = format!("{OWNER_PREFIX}{}", self.ulid());
        let mut tasks: JoinSet<()> = JoinSet::new();
        let turns = Arc::new(Semaphore::new(self.settings.threads.max(2)));
        let mailing = Arc::new(Semaphore::new(1));
        while !shutdown.is_cancelled() {
            while tasks.try_join_next().is_some() {}
            let room = TASKS_MAX.saturating_sub(tasks.len());
            let free = std::iter::from_fn(|| Arc::clone(&turns).try_acquire_owned().ok()).take(room);
            let mut free: Vec<OwnedSemaphorePermit> = free.collect();
            let claimed = if free.is_empty() { Vec::new() } else { self.claim(&worker, free.len()).await };
            let busy = !claimed.is_empty();
            for task in claimed {
                let (workspace, shutdown, turn) = (Arc::clone(&self), shutdown.clone(), free.pop());
                tasks.spawn(async move { workspace.attend(task, turn, &shutdown).await });
            }
            drop(free);
            if let Err(error) = self.flush_feedback().await {
                tracing::warn!(error = &error as &dyn std::error::Error, "feedback could not be moved to its tables");
            }
            if self.has_mail().await
                && let Ok(turn) = Arc::clone(&mailing).try_acquire_owned()
            {
                let workspace = Arc::clone(&self);
                tasks.spawn(async move {
                    workspace.mail_alerts().await;
                    drop(turn);
                });
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
        self.mail_last_alerts().await;
    }

    /// Does the tasks that are ready, one after the other, until none is, and moves feedback. Answers how many it did.
    /// For whoever sets the clock forward by hand; everybody else has [`Workspace::work`].
    #[boxed]
    pub async fn work_through(&self) -> Result<u64> {
        let worker = format!("{OWNER_PREFIX}{}", self.ulid());
        let mut done = 0;
        while let Some(task) = self.claim(&worker, 1).await.pop() {
            self.attend(task, None, &CancellationToken::new()).await;
            self.flush_feedback().await?;
            done += 1;
        }
        self.flush_feedback().await?;
        self.mail_alerts().await;
        Ok(done)
    }

    /// When the next launch or task is due by itself, UTC microseconds; `None` where all rests.
    #[boxed]
    pub async fn next_due(&self) -> Result<Option<i64>> {
        let now_us = self.clock.now_us();
        let (launch, task) = (self.store.launches().next_due().await?, self.store.tasks().next_due().await?);
        Ok(launch.into_iter().chain(task).filter(|due| *due > now_us).min())
    }

    /// Each claim is of an owner of its own: a process that slept for longer than a lease and claims its own task again
    /// must not go on with the work that it had begun before.
    async fn claim(&self, worker: &str, limit: usize) -> Vec<Task> {
        let lease_us = self.lease_us();
        let owner = format!("{worker}{CLAIM_SEPARATOR}{}", self.ulid());
        match self.store.tasks().claim_ready(&owner, lease_us, limit as u64, self.clock.now_us()).await {
            Ok(tasks) => tasks,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "tasks could not be claimed");
                Vec::new()
            }
        }
    }

    /// Does one task and records the end, whatever it is. Its turn ends with its computing: what mostly waits for others
    /// gives it back at once.
    async fn attend(&self, task: Task, turn: Option<OwnedSemaphorePermit>, shutdown: &CancellationToken) {
        let owner = task.owner.clone().unwrap_or_default();
        let owner = owner.as_str();
        self.notify_changed();
        let interruption = self.interrupts.of(&task.run, shutdown);
        let outcome = tokio::select! {
            outcome = self.perform(&task, turn, &interruption) => outcome,
            () = self.hold_on(owner, &task) => {
                // Whoever has it now records what comes of it.
                tracing::warn!(task = task.id, "a claim was lost, and its work broken off");
                return;
            }
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

    /// How long a claim holds, in microseconds.
    pub(crate) fn lease_us(&self) -> i64 {
        i64::try_from(self.settings.lease.as_micros()).unwrap_or(i64::MAX)
    }

    /// Renews a claim for as long as it is this worker's: ends when somebody else has it, or may have it since the
    /// state could not be reached for too long. Passes on what other processes say of the run.
    async fn hold_on(&self, owner: &str, task: &Task) {
        let lease = self.settings.lease;
        let mut until = Instant::now() + lease;
        let mut renewal = Instant::now() + lease / 4;
        while Instant::now() < until {
            tokio::time::sleep(LOOK.min(lease / 4)).await;
            // Somebody may have paused or stopped the run in another process.
            if let Err(error) = self.look_at_run(&task.run).await {
                tracing::warn!(task = task.id, error = &error as &dyn std::error::Error, "its run could not be read");
            }
            if Instant::now() < renewal {
                continue;
            }
            let asked = Instant::now();
            match self.store.tasks().renew(&task.id, owner, self.lease_us(), self.clock.now_us()).await {
                Ok(true) => (until, renewal) = (asked + lease, asked + lease / 4),
                Ok(false) => return,
                Err(error) => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(task = task.id, error, "a claim could not be renewed");
                }
            }
        }
    }

    async fn perform(
        &self,
        task: &Task,
        turn: Option<OwnedSemaphorePermit>,
        interruption: &Interruption,
    ) -> Result<Outcome> {
        let context = self.task_context(task).await?;
        let kept = self.keep_claim(&context).await?;
        if task.anew {
            // What an earlier time left may not be taken for what this one does.
            self.lake.clear_activity(&task.run, &task.activity)?;
            if !self.store.tasks().cleared(&task.id, task.owner.as_deref().unwrap_or_default()).await? {
                return Ok(Outcome::Interrupted);
            }
        }
        self.lake.remove_unfinished(&task.run, &task.activity)?;
        drop(kept);
        let Some(node) = context.campaign.canvas.activity(&task.activity) else {
            return Err(Error::NotFound { what: "activity", name: task.activity.clone(), hint: None });
        };
        let _turn = turn.filter(|_| !waits_for_others(node));
        self.wake();
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
        interruption: &Interruption,
    ) -> Result<Outcome> {
        let started = Instant::now();
        if node.common.breakpoint && answer_to(task, HoldKind::Breakpoint).is_none() {
            let message = format!("there is a breakpoint at `{}`; what arrives at it can be looked at", node.id);
            return Ok(Outcome::Held(Hold::new(HoldKind::Breakpoint, message)));
        }
        let written = self.written(&task.run).await?;
        let arrived = Self::arrivals(context, node, &written);
        let context = &context.at(node, &arrived, &written, &self.results(&task.run).await?);
        let executing = self.execute(context, node, &arrived, &written);
        let mut executed = match interruption.unless_stopped(executing).await {
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
            let controlling = self.control(context, node, task, control, &mut executed);
            match interruption.unless_stopped(controlling).await {
                Ok(Controlled::Done) => {}
                Ok(Controlled::Until(until_us, note)) => return Ok(Outcome::Postponed { until_us, note }),
                Ok(Controlled::Held(hold)) => return Ok(Outcome::Held(hold)),
                Err(Error::Interrupted) => return Ok(Outcome::Interrupted),
                Err(error) => return Err(error),
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
    pub(crate) async fn results(&self, run: &str) -> Result<Results> {
        let tasks = self.store.tasks().list(run).await?;
        let results = tasks.into_iter().filter_map(|task| match task.results {
            Some(serde_json::Value::Object(results)) => Some((task.activity, results)),
            _ => None,
        });
        Ok(results.collect())
    }

    /// What an activity leaves behind by its port of errors, where it has one.
    async fn left_by_error(&self, task: &Task) -> Result<Vec<tutti_store::Population>> {
        let context = self.task_context(task).await?;
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
                let told = line(Some(activity), "info", note);
                tasks
                    .complete(&task.id, owner, result, now_us, |run, tasks| {
                        flow::decide(&campaign, run, tasks, event, now_us).telling(told)
                    })
                    .await?;
                if moved {
                    self.tidy_marks(&run.campaign, activity).await?;
                }
            }
            Ok(Outcome::Interrupted) | Err(Error::Interrupted) => {
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
                let told = line(Some(activity), "warning", hold.message);
                tasks
                    .hold(&task.id, owner, &stored, hold.until_us, now_us, |run, tasks| {
                        flow::decide(&campaign, run, tasks, event, now_us).telling(told)
                    })
                    .await?;
            }
            Err(error) => {
                let message = crate::error::chain(&error);
                tracing::error!(run = run.id, activity, message, "an activity failed");
                let class = error.class();
                let error = json!({"code": error.code(), "message": message, "activity": activity});
                let event = Happened::Failed { activity, class, error: error.clone() };
                let left = self.left_by_error(task).await?;
                let told = line(Some(activity), "error", message);
                tasks
                    .fail(&task.id, owner, &error, &left, now_us, |run, tasks| {
                        flow::decide(&campaign, run, tasks, event, now_us).telling(told)
                    })
                    .await?;
            }
        }
        Ok(())
    }

    /// What stays the same during a run.
    pub(crate) async fn run_context(&self, run: &str) -> Result<RunContext> {
        let run = self.find_run(run).await?;
        let version = run.campaign_version;
        self.context_of(run, version).await
    }

    /// The same as a task sees it, which may go on with the version that it began with.
    pub(crate) async fn task_context(&self, task: &Task) -> Result<RunContext> {
        let run = self.find_run(&task.run).await?;
        let version = task.campaign_version.unwrap_or(run.campaign_version);
        let context = self.context_of(run, version).await?;
        Ok(RunContext { claim: Some(Claim::of(task)), ..context })
    }

    async fn context_of(&self, run: tutti_store::Run, version: i64) -> Result<RunContext> {
        let campaign = self.campaign_version(&run.campaign, version).await?;
        let mut moment = moment_of(&campaign, self.clock.now());
        moment.variables = variables::of_run(&campaign, &run.variables, &moment);
        Ok(RunContext {
            seed: run.seed.cast_unsigned(),
            started: jiff::Timestamp::from_microsecond(run.started_us).unwrap_or_else(|_| self.clock.now()),
            public_url: self.settings.public_url.clone(),
            claim: None,
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
