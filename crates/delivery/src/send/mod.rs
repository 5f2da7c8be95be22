//! Sending: the batches of a delivery over the channel's connections, so that a crash at any point loses nobody and
//! leaves in doubt only what the connections had in their hands (connections × [`GROUP_MESSAGES`], over all deliveries of
//! a channel).

mod batch;
mod committer;
mod health;
mod queue;
mod slots;
mod worker;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use tutti_store::Store;

use crate::error::{Error, Result};
use crate::job::Job;
use crate::message::Envelope;
use crate::outcome::{Outcome, Policy};
use crate::smtp::Target;
use crate::targets::Targets;
use crate::template::Templates;
pub(crate) use batch::{Loaded, replay};
use health::Health;
use queue::Queue;
pub use slots::Connections;
use slots::Slots;

/// The most messages that one connection has in its hands.
pub const GROUP_MESSAGES: usize = 16;

/// Batches that are worked on at once: while the last messages of one are under way, the next begins.
const OPEN_BATCHES: usize = 3;
/// How long to wait before looking again for work that others have or that is not due.
const IDLE: Duration = Duration::from_millis(500);

/// Tells the time. Only the binary reads the system's clock.
pub trait Clock: Send + Sync {
    /// UTC microseconds.
    fn now_us(&self) -> i64;
}

/// How a delivery is sent.
#[derive(Clone, Debug)]
pub struct SendOptions {
    /// Who claims batches: different in each process and each call; where the activity has a task, the owner of that.
    pub owner: String,
    /// How long a claim lasts without being renewed, in microseconds.
    pub lease_us: i64,
    /// The value of the channel's `password_env`.
    pub password: Option<String>,
    /// How this side calls itself to mail servers; the host's name where it is absent.
    pub hello: Option<String>,
    /// How long a next hop may be away before the activity is paused.
    pub patience: Duration,
    /// Cancelled where the run has ended for good: answers that are still to come are hardly waited for any more.
    pub urgent: CancellationToken,
    /// Counts what happens, for progress bars.
    pub progress: Arc<Progress>,
    /// The same for all deliveries of this process.
    pub connections: Arc<Connections>,
}

/// What has happened so far in this call.
#[derive(Debug, Default)]
pub struct Progress {
    pub sent: AtomicU64,
    pub failed: AtomicU64,
}

/// How a call to [`send`] ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Every row has its final line.
    Completed,
    /// The next hop is away; the rest is pending. It may be back later by itself, or lets nobody in.
    Paused { reason: String, may_pass: bool },
    /// Asked to stop, or the run is not running any more, or somebody else has its task; the rest is pending.
    Stopped,
}

/// What the parts of a sending delivery share.
pub(crate) struct Shared {
    pub store: Store,
    pub job: Arc<Job>,
    pub templates: Arc<Templates>,
    pub targets: Targets,
    pub envelope: Envelope,
    pub target: Target,
    pub clock: Arc<dyn Clock>,
    pub owner: String,
    pub lease_us: i64,
    pub group_messages: usize,
    pub policy: Policy,
    pub queue: Queue,
    pub health: Health,
    pub slots: Arc<Slots>,
    /// Nothing new is begun.
    pub halt: CancellationToken,
    pub urgent: CancellationToken,
    pub committer: mpsc::Sender<committer::Request>,
    failure: Mutex<Option<Arc<tutti_store::Error>>>,
    progress: Arc<Progress>,
}

impl Shared {
    /// Ends everything where the next hop counts as dead; says whether it does.
    pub fn note_death(&self) -> bool {
        let dead = self.health.dead().is_some();
        if dead {
            self.end();
        }
        dead
    }

    /// Ends everything because the store failed.
    pub fn fail(&self, error: Arc<tutti_store::Error>) {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        self.end();
    }

    fn end(&self) {
        self.halt.cancel();
        self.queue.close();
    }

    pub fn count(&self, outcome: &Outcome) {
        match outcome {
            Outcome::Sent => self.progress.sent.fetch_add(1, Ordering::Relaxed),
            Outcome::Refused(..) | Outcome::Unsendable(_) => self.progress.failed.fetch_add(1, Ordering::Relaxed),
            _ => 0,
        };
    }
}

/// Sends what is left of a prepared delivery. Dropping the future is like a crash: the next call goes on from what is
/// on record.
///
/// # Errors
/// What keeps the delivery as a whole from going on. What happens to one message is in the ledger instead.
pub async fn send(
    store: &Store,
    job: Arc<Job>,
    templates: Arc<Templates>,
    options: SendOptions,
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) -> Result<Ended> {
    let (committer, requests) = mpsc::channel(1024);
    let connections = job.channel.smtp.connections.max(1);
    let patience_us = i64::try_from(options.patience.as_micros()).unwrap_or(i64::MAX);
    let shared = Arc::new(Shared {
        store: store.clone(),
        targets: Targets::open(&job.targets_path())?,
        envelope: Envelope::new(&job.channel, &job.run, &job.activity)?,
        target: Target { smtp: job.channel.smtp.clone(), password: options.password, hello: options.hello },
        policy: Policy { guarantee: job.channel.delivery, retry: job.channel.retry },
        clock,
        owner: options.owner.clone(),
        lease_us: options.lease_us.max(1_000_000),
        group_messages: GROUP_MESSAGES,
        queue: Queue::default(),
        health: Health::new(patience_us, connections),
        slots: options.connections.of(&job.channel.name, connections),
        halt: CancellationToken::new(),
        urgent: options.urgent,
        committer,
        failure: Mutex::default(),
        progress: options.progress,
        job,
        templates,
    });
    // All of them end when this future is dropped.
    let mut tasks = JoinSet::new();
    tasks.spawn(committer::serve(store.clone(), options.owner, requests));
    for _ in 0..connections {
        tasks.spawn(worker::work(Arc::clone(&shared)));
    }
    let ended = drive(&shared, &stop).await;
    shared.end();
    if ended.is_ok() {
        // Connections take their leave; the committer stays as long as `shared`.
        while tasks.len() > 1 && tasks.join_next().await.is_some() {}
    }
    let failure = shared.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(error) = failure {
        return Err(Error::Progress(error));
    }
    ended
}

async fn drive(shared: &Arc<Shared>, stop: &CancellationToken) -> Result<Ended> {
    let (run, activity) = (shared.job.run.as_str(), shared.job.activity.as_str());
    let batches = shared.store.batches();
    // Tasks, not futures that are polled here: one of them may hold the connection that a claim waits for.
    let mut open = JoinSet::new();
    let mut stopped = false;
    loop {
        while open.len() < OPEN_BATCHES && !shared.halt.is_cancelled() {
            let now = shared.clock.now_us();
            let claimed = batches.claim(run, activity, &shared.owner, shared.lease_us, now).await;
            match claimed.map_err(Error::store("claim a batch"))? {
                Some(batch) => drop(open.spawn(batch::run(Arc::clone(shared), batch))),
                None => break,
            }
        }
        if open.is_empty() {
            if let Some(reason) = shared.health.dead() {
                return Ok(Ended::Paused { reason, may_pass: shared.health.may_pass() });
            }
            if stopped || shared.halt.is_cancelled() {
                return Ok(Ended::Stopped);
            }
            let all = batches.list(run, activity).await.map_err(Error::store("list batches"))?;
            // Nothing that borrows may live over an await here, or the future could not move between threads.
            let left: Vec<Option<i64>> =
                all.iter().filter(|batch| batch.state != "done").map(|batch| batch.not_before_us).collect();
            if left.is_empty() {
                return Ok(Ended::Completed);
            }
            let state = shared.store.runs().get(run).await.map_err(Error::store("read the run"))?;
            if state.is_none_or(|run| run.state != "running") {
                return Ok(Ended::Stopped);
            }
            let has_task = batches.has_task(run, activity, &shared.owner).await;
            if !has_task.map_err(Error::store("look at the task of a delivery"))? {
                return Ok(Ended::Stopped);
            }
            let now = shared.clock.now_us();
            let due = left.into_iter().flatten().min().unwrap_or(now);
            let wait =
                Duration::from_micros(u64::try_from(due - now).unwrap_or(0)).clamp(Duration::from_millis(20), IDLE);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = stop.cancelled() => stopped = true,
            }
            continue;
        }
        tokio::select! {
            Some(left) = open.join_next() => {
                left.map_err(|error| Error::file("work on the batches of", &shared.job.folder)(error.into()))??;
            }
            () = stop.cancelled(), if !stopped => {
                stopped = true;
                shared.end();
            }
        }
    }
}
