//! Runs: one execution of a version of a campaign.
//!
//! State words are the engine's: a run is `running`, `paused`, `held`, `completed`, `failed` or `stopped`.

use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};
use serde_json::Value as Json;

use crate::Store;
use crate::alerts::{self, NewAlert};
use crate::error::{Error, Result};
use crate::logs::{self, NewLogLine};
use crate::sql::{self, Row, args};
use crate::tasks::{self, NewTask, Task};

/// A run to begin.
#[derive(Debug, Clone, PartialEq)]
pub struct NewRun {
    /// `run_<ulid>`.
    pub id: String,
    /// Campaign name.
    pub campaign: String,
    /// The version of the campaign that the run stays on.
    pub campaign_version: i64,
    /// `live` or `test`.
    pub mode: String,
    /// Seed of the run's random choices.
    pub seed: i64,
    /// Variables as given at the launch, a JSON object.
    pub variables: Json,
    /// A caller's own key: among the runs of a campaign and a mode, one has it.
    pub key: Option<String>,
    /// The launch, UTC microseconds.
    pub now_us: i64,
}

/// A stored run.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// `run_<ulid>`.
    pub id: String,
    /// Campaign name.
    pub campaign: String,
    /// The version of the campaign that the run stays on.
    pub campaign_version: i64,
    /// `live` or `test`.
    pub mode: String,
    /// Seed of the run's random choices.
    pub seed: i64,
    /// Variables as given at the launch, a JSON object.
    pub variables: Json,
    /// `running`, `paused`, `held`, `completed`, `failed` or `stopped`.
    pub state: String,
    /// Why it is paused or failed.
    pub error: Option<Json>,
    /// The launch, UTC microseconds.
    pub started_us: i64,
    /// The end, UTC microseconds; only of a run that is completed, failed or stopped.
    pub finished_us: Option<i64>,
    /// When it came to its state, UTC microseconds; unknown of old runs.
    pub changed_us: Option<i64>,
    /// When its populations, log and tasks were cleared, UTC microseconds.
    pub purged_us: Option<i64>,
}

impl NewRun {
    /// The run as it is at its launch.
    pub fn into_run(self) -> Run {
        Run {
            id: self.id,
            campaign: self.campaign,
            campaign_version: self.campaign_version,
            mode: self.mode,
            seed: self.seed,
            variables: self.variables,
            state: "running".to_owned(),
            error: None,
            started_us: self.now_us,
            finished_us: None,
            changed_us: Some(self.now_us),
            purged_us: None,
        }
    }
}

/// What follows from an event in a run, as the engine decided it. Activities are named by their ids on the canvas.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Follow {
    /// Activities that become ready, from `waiting`, `held` or `failed`; others keep their state.
    pub ready: Vec<String>,
    /// Activities that will never run, from `waiting`, `ready`, `held` or `failed`; others keep their state.
    pub skipped: Vec<String>,
    /// For the task that ended: its ports that nothing passes. A failed task with ports here is settled: the run goes
    /// on without it.
    pub closed_ports: Option<Vec<String>>,
    /// For a failed task: when it is tried again. `None`: it stays failed.
    pub retry_at_us: Option<i64>,
    /// The run's next state, where it changes. An ended run keeps its state.
    pub run_state: Option<String>,
    /// Kept with the run's next state; a run that goes on forgets its error.
    pub run_error: Option<Json>,
    /// Activities that are ready and wait for a time no longer.
    pub hastened: Vec<String>,
    /// What people answered to tasks that are held, to be kept with them.
    pub answers: Vec<Answer>,
    /// What the run's log says of it.
    pub lines: Vec<NewLogLine>,
    /// What people are told of it.
    pub alerts: Vec<NewAlert>,
    /// What is done anew, and what the run takes from another version of its campaign.
    pub revision: Option<Box<Revision>>,
}

impl Follow {
    /// The same, with a line that the log tells before the others.
    #[must_use]
    pub fn telling(mut self, line: NewLogLine) -> Self {
        self.lines.insert(0, line);
        self
    }
}

/// How a run becomes another: it is opened again, activities are done anew, another version of its campaign is taken.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Revision {
    /// An ended run goes on.
    pub reopens: bool,
    /// The version of the campaign that the run stays on from now on.
    pub campaign_version: Option<i64>,
    /// Activities that are done anew: all that is on record of them goes, with their populations and deliveries.
    pub anew: Vec<String>,
    /// Activities that wait again, as they are: they had been given up with the run, or what leads to them changed.
    pub waiting: Vec<String>,
    /// Activities that go.
    pub removed: Vec<String>,
    /// Activities that go on with the version that they began with; all others that are not done take the run's.
    pub kept: Vec<String>,
    /// Activities that come, after those that there are.
    pub added: Vec<NewTask>,
}

/// An activity that is still to come, or at work, in runs that go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenActivity {
    /// The campaign.
    pub campaign: String,
    /// The version of it that the activity runs with.
    pub version: i64,
    /// Whether these are live runs; else they are tests.
    pub live: bool,
    /// The activity's id on the canvas.
    pub activity: String,
    /// The first of these runs.
    pub run: String,
}

/// A person's answer to what a task waits for.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The activity.
    pub activity: String,
    /// What was asked, the `kind` of the task's hold; each kind has one answer.
    pub kind: String,
    /// The answer, as the caller describes it.
    pub answer: Json,
}

/// The repository of runs; see [`Store::runs`].
pub struct Runs<'a>(pub(crate) &'a Store);

impl Store {
    /// Runs.
    pub fn runs(&self) -> Runs<'_> {
        Runs(self)
    }
}

impl Runs<'_> {
    /// Begins a run in state `running`, with all its tasks in the order given.
    pub async fn create(&self, run: NewRun, new_tasks: Vec<NewTask>) -> Result<()> {
        self.begin(run, new_tasks, &Follow::default()).await
    }

    /// As [`Runs::create`], with what follows from the launch written in the same transaction.
    pub async fn begin(&self, run: NewRun, new_tasks: Vec<NewTask>, follow: &Follow) -> Result<()> {
        let what = "create a run";
        let transaction = self.0.begin(what).await?;
        begin(&transaction, run, new_tasks, follow).await?;
        self.0.commit(transaction, what).await
    }

    /// One run.
    pub async fn get(&self, id: &str) -> Result<Option<Run>> {
        find(self.0.reader(), id, "").await
    }

    /// The run of a campaign in a mode that was begun with this key.
    pub async fn by_key(&self, campaign: &str, mode: &str, key: &str) -> Result<Option<Run>> {
        let sql = "SELECT * FROM runs WHERE campaign = $1 AND mode = $2 AND idempotency_key = $3";
        let row = sql::one(self.0.reader(), "find a run by its key", sql, args![campaign, mode, key]).await?;
        row.as_ref().map(read).transpose()
    }

    /// Runs, newest first, of one campaign where it is given.
    pub async fn list(&self, campaign: Option<&str>, limit: u64, offset: u64) -> Result<Vec<Run>> {
        let page = [limit, offset].map(|number| Value::from(i64::try_from(number).unwrap_or(i64::MAX)));
        let mut values: Vec<Value> = page.into();
        let of = campaign.map_or("", |campaign| {
            values.push(campaign.into());
            "WHERE campaign = $3"
        });
        let sql = format!("SELECT * FROM runs {of} ORDER BY started_us DESC, id DESC LIMIT $1 OFFSET $2");
        sql::all(self.0.reader(), "list runs", sql, values).await?.iter().map(read).collect()
    }

    /// The runs that began in a stretch of time, oldest first; its end is not in it.
    pub async fn between(&self, from_us: i64, to_us: i64) -> Result<Vec<Run>> {
        let sql = "SELECT * FROM runs WHERE started_us >= $1 AND started_us < $2 ORDER BY started_us, id";
        let rows = sql::all(self.0.reader(), "list runs of a time", sql, args![from_us, to_us]).await?;
        rows.iter().map(read).collect()
    }

    /// The newest run of every campaign of which there is a document.
    pub async fn newest_of_each(&self) -> Result<Vec<Run>> {
        let sql = "SELECT runs.* FROM documents JOIN runs ON runs.id = ( \
                     SELECT newest.id FROM runs AS newest WHERE newest.campaign = documents.name \
                     ORDER BY newest.started_us DESC, newest.id DESC LIMIT 1) \
                   WHERE documents.head AND documents.kind = 'campaign'";
        sql::all(self.0.reader(), "list the newest runs", sql, args![]).await?.iter().map(read).collect()
    }

    /// Live runs that somebody should look at, newest first: those that are paused or held, and the newest of each
    /// campaign where it has failed. Of one campaign where it is given, else of all of which there is a document.
    pub async fn troubled(&self, campaign: Option<&str>) -> Result<Vec<Run>> {
        let mut values: Vec<Value> = Vec::new();
        let mut of = ["", ""];
        if let Some(campaign) = campaign {
            values.push(campaign.into());
            of = ["AND campaign = $1", "AND documents.name = $1"];
        }
        let sql = format!(
            "SELECT * FROM runs WHERE finished_us IS NULL AND mode = 'live' AND state IN ('paused', 'held') {} \
             UNION ALL \
             SELECT runs.* FROM documents JOIN runs ON runs.id = ( \
               SELECT newest.id FROM runs AS newest WHERE newest.campaign = documents.name AND newest.mode = 'live' \
               ORDER BY newest.started_us DESC, newest.id DESC LIMIT 1) \
             WHERE documents.head AND documents.kind = 'campaign' AND runs.state = 'failed' {} \
             ORDER BY started_us DESC, id DESC",
            of[0], of[1]
        );
        sql::all(self.0.reader(), "list runs in trouble", sql, values).await?.iter().map(read).collect()
    }

    /// Runs that have not ended, oldest first.
    pub async fn unfinished(&self) -> Result<Vec<Run>> {
        let sql = "SELECT * FROM runs WHERE finished_us IS NULL ORDER BY started_us, id";
        sql::all(self.0.reader(), "list unfinished runs", sql, args![]).await?.iter().map(read).collect()
    }

    /// The activities that are still to come in runs that have not ended, by campaign and version.
    pub async fn open_activities(&self) -> Result<Vec<OpenActivity>> {
        let version = "COALESCE(tasks.campaign_version, runs.campaign_version)";
        let sql = format!(
            "SELECT runs.campaign AS campaign, {version} AS version, runs.mode AS mode, tasks.activity AS activity, \
               MIN(runs.id) AS run \
             FROM runs JOIN tasks ON tasks.run = runs.id \
             WHERE runs.finished_us IS NULL AND tasks.state NOT IN ('completed', 'skipped') \
               AND tasks.closed_ports IS NULL \
             GROUP BY runs.campaign, {version}, runs.mode, tasks.activity \
             ORDER BY runs.campaign, {version}, runs.mode, tasks.activity"
        );
        let rows = sql::all(self.0.reader(), "list the activities of unfinished runs", sql, args![]).await?;
        let read = |row: &Row| {
            Ok(OpenActivity {
                campaign: row.get("campaign")?,
                version: row.get("version")?,
                live: row.get::<String>("mode")? == "live",
                activity: row.get("activity")?,
                run: row.get("run")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// The live runs of a campaign that have not ended, oldest first.
    pub async fn active(&self, campaign: &str) -> Result<Vec<Run>> {
        let sql = "SELECT * FROM runs WHERE campaign = $1 AND finished_us IS NULL AND mode = 'live' \
                   ORDER BY started_us, id";
        sql::all(self.0.reader(), "list a campaign's runs", sql, args![campaign]).await?.iter().map(read).collect()
    }

    /// Moves a run to another state if it is in one of `from`, and says whether it did. Its error becomes `error`.
    pub async fn set_state(
        &self,
        id: &str,
        from: &[&str],
        to: &str,
        error: Option<&Json>,
        now_us: i64,
    ) -> Result<bool> {
        if from.is_empty() {
            return Ok(false);
        }
        let finished = ended(to).then_some(now_us);
        let mut values = args![id, to, error.map(Json::to_string), finished, now_us];
        values.extend(from.iter().map(|&state| Value::from(state)));
        let sql = format!(
            "UPDATE runs SET state = $2, error = $3, finished_us = $4, changed_us = $5 WHERE id = $1 AND state IN ({})",
            sql::placeholders(6, from.len())
        );
        Ok(self.0.run("set a run's state", sql, values).await? > 0)
    }

    /// Asks `decide` what follows in a run, and writes it, all in one transaction in which nobody else can change the
    /// run: for launch, pause, resume and stop. `None` where there is no such run; else the run as it is afterwards.
    pub async fn advance(
        &self,
        id: &str,
        now_us: i64,
        decide: impl FnOnce(&Run, &[Task]) -> Follow + Send,
    ) -> Result<Option<Run>> {
        let what = "advance a run";
        let transaction = self.0.begin(what).await?;
        let Some(run) = find(&transaction, id, self.0.for_update()).await? else { return Ok(None) };
        let tasks = tasks::of_run(&transaction, id).await?;
        let follow = decide(&run, &tasks);
        write_follow(&transaction, &run, &follow, now_us).await?;
        let after = find(&transaction, id, "").await?;
        self.0.commit(transaction, what).await?;
        Ok(after)
    }
}

/// Inserts a run with its tasks, and writes what follows from its launch.
pub(crate) async fn begin(
    on: &DatabaseTransaction,
    new: NewRun,
    new_tasks: Vec<NewTask>,
    follow: &Follow,
) -> Result<()> {
    let sql = "INSERT INTO runs (id, campaign, campaign_version, mode, seed, variables, state, started_us, \
                 changed_us, idempotency_key) \
               VALUES ($1, $2, $3, $4, $5, $6, 'running', $7, $7, $8) \
               ON CONFLICT (campaign, mode, idempotency_key) WHERE idempotency_key IS NOT NULL DO NOTHING";
    let key = new.key.clone();
    let run = new.into_run();
    let values = args![
        run.id.as_str(),
        run.campaign.as_str(),
        run.campaign_version,
        run.mode.as_str(),
        run.seed,
        run.variables.to_string(),
        run.started_us,
        key.as_deref()
    ];
    if sql::run(on, "create a run", sql, values).await? == 0 {
        return Err(Error::KeyTaken { key: key.unwrap_or_default() });
    }
    tasks::insert(on, &run.id, new_tasks).await?;
    write_follow(on, &run, follow, run.started_us).await
}

/// Whether a run in this state never changes again.
pub(crate) fn ended(state: &str) -> bool {
    matches!(state, "completed" | "failed" | "stopped")
}

pub(crate) async fn find<C: ConnectionTrait>(on: &C, id: &str, lock: &str) -> Result<Option<Run>> {
    let sql = format!("SELECT * FROM runs WHERE id = $1{lock}");
    sql::one(on, "read a run", sql, args![id]).await?.as_ref().map(read).transpose()
}

/// Writes what follows from an event, in the event's own transaction.
pub(crate) async fn write_follow(on: &DatabaseTransaction, run: &Run, follow: &Follow, now_us: i64) -> Result<()> {
    if let Some(revision) = &follow.revision {
        revise(on, run, revision).await?;
    }
    for answer in &follow.answers {
        tasks::keep_answer(on, &run.id, answer).await?;
    }
    tasks::make_ready(on, &run.id, &follow.ready).await?;
    tasks::hasten(on, &run.id, &follow.hastened).await?;
    tasks::skip(on, &run.id, &follow.skipped, now_us).await?;
    for line in &follow.lines {
        logs::insert(on, &run.id, line.activity.as_deref(), line.level, &line.message, now_us).await?;
    }
    for alert in &follow.alerts {
        alerts::insert(on, alert).await?;
    }
    let Some(state) = &follow.run_state else { return Ok(()) };
    if ended(&run.state) && follow.revision.as_ref().is_none_or(|revision| !revision.reopens) {
        return Ok(());
    }
    let finished = ended(state).then_some(now_us);
    let sql = "UPDATE runs SET state = $2, error = $3, finished_us = $4, changed_us = $5 WHERE id = $1";
    let error = follow.run_error.as_ref().map(Json::to_string);
    sql::run(on, "set a run's state", sql, args![run.id.as_str(), state.as_str(), error, finished, now_us]).await?;
    Ok(())
}

/// Makes the tasks of a run what a revision says, before what follows is written.
async fn revise(on: &DatabaseTransaction, run: &Run, revision: &Revision) -> Result<()> {
    if let Some(version) = revision.campaign_version {
        let sql = "UPDATE runs SET campaign_version = $2 WHERE id = $1";
        sql::run(on, "set the version of a run", sql, args![run.id.as_str(), version]).await?;
        tasks::take_version(on, &run.id, &revision.kept).await?;
    }
    tasks::forget(on, &run.id, &revision.anew).await?;
    tasks::wait_again(on, &run.id, &revision.waiting).await?;
    tasks::remove(on, &run.id, &revision.removed).await?;
    tasks::insert(on, &run.id, revision.added.clone()).await
}

pub(crate) fn read(row: &Row) -> Result<Run> {
    Ok(Run {
        id: row.get("id")?,
        campaign: row.get("campaign")?,
        campaign_version: row.get("campaign_version")?,
        mode: row.get("mode")?,
        seed: row.get("seed")?,
        variables: row.json("variables")?,
        state: row.get("state")?,
        error: row.json_or_null("error")?,
        started_us: row.get("started_us")?,
        finished_us: row.get("finished_us")?,
        changed_us: row.get("changed_us")?,
        purged_us: row.get("purged_us")?,
    })
}
