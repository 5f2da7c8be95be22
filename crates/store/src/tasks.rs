//! Tasks: one activity of a run each, claimed by workers under a lease.
//!
//! A task is `waiting`, `ready`, `running`, `held`, `completed`, `failed` or `skipped`. A worker that claims it owns it
//! until the lease ends; then anybody may claim it again, and the first owner's words are refused from then on. A held
//! task waits for a person; one with a time is claimed when that has come.

use sea_orm::{ConnectionTrait, DatabaseTransaction, Value};
use serde_json::Value as Json;

use crate::Store;
use crate::error::Result;
use crate::marks::{self, NewMark};
use crate::runs::{self, Answer, Follow, Run};
use crate::sql::{self, Row, args};

/// A task to make with its run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewTask {
    /// `task_<ulid>`.
    pub id: String,
    /// The activity's id on the canvas.
    pub activity: String,
    /// The activity's type.
    pub kind: String,
    /// `waiting`, `ready` or `skipped`.
    pub state: String,
}

/// A stored task.
#[derive(Debug, Clone, PartialEq)]
pub struct Task {
    /// `task_<ulid>`.
    pub id: String,
    /// The run.
    pub run: String,
    /// The activity's id on the canvas.
    pub activity: String,
    /// The activity's type.
    pub kind: String,
    /// `waiting`, `ready`, `running`, `held`, `completed`, `failed` or `skipped`.
    pub state: String,
    /// How often it was tried. Going on with what a worker left that died is no new attempt.
    pub attempts: i64,
    /// Who has claimed it.
    pub owner: Option<String>,
    /// When the claim ends, UTC microseconds.
    pub lease_until_us: Option<i64>,
    /// Not to be claimed before, UTC microseconds.
    pub not_before_us: Option<i64>,
    /// What it did, in the marketer's words.
    pub note: Option<String>,
    /// The version read of each table, a JSON object.
    pub table_versions: Option<Json>,
    /// Its ports that nothing passes, once it is settled; the engine's word.
    pub closed_ports: Option<Vec<String>>,
    /// What it waits or waited for a person for: an object with `kind`, as the caller describes it.
    pub hold: Option<Json>,
    /// What people answered, by the kind of what was asked; a JSON object.
    pub answers: Option<Json>,
    /// What came of it besides populations, by name; a JSON object.
    pub results: Option<Json>,
    /// Why the last attempt failed.
    pub error: Option<Json>,
    /// How long the successful attempt worked.
    pub elapsed_ms: Option<i64>,
    /// The first claim, UTC microseconds.
    pub started_us: Option<i64>,
    /// When it was completed, failed or skipped, UTC microseconds.
    pub finished_us: Option<i64>,
    /// The version of the campaign that it runs or ran with; the run's where it has not begun.
    pub campaign_version: Option<i64>,
    /// It is done anew: what an earlier time left in its folder has to go before.
    pub anew: bool,
}

/// What a task brought.
#[derive(Debug, Clone, PartialEq)]
pub struct TaskResult {
    /// What it did, in the marketer's words.
    pub note: Option<String>,
    /// The version read of each table, a JSON object.
    pub table_versions: Json,
    /// How long it worked.
    pub elapsed_ms: i64,
    /// What it wrote to each of its ports.
    pub populations: Vec<Population>,
    /// How the activity's mark moves with it.
    pub mark: Option<NewMark>,
    /// What else came of it, by name; a JSON object.
    pub results: Json,
}

/// The rows that an activity gave to one of its ports.
#[derive(Debug, Clone, PartialEq)]
pub struct Population {
    /// The activity's id on the canvas.
    pub activity: String,
    /// The port, such as `out`.
    pub port: String,
    /// Row count.
    pub rows: i64,
    /// The columns with their types, as the caller describes them.
    pub columns: Json,
    /// Whose keys they are; `None` for rows that belong to no dimension yet.
    pub dimension: Option<String>,
}

/// When an open task can be claimed; no time for one that only a person lets go on. There is an index of it.
const DUE: &str = "(CASE tasks.state WHEN 'ready' THEN COALESCE(tasks.not_before_us, 0) \
                   WHEN 'held' THEN tasks.not_before_us ELSE COALESCE(tasks.lease_until_us, 0) END)";

/// The repository of tasks; see [`Store::tasks`].
pub struct Tasks<'a>(&'a Store);

impl Store {
    /// Tasks and the populations that they wrote.
    pub fn tasks(&self) -> Tasks<'_> {
        Tasks(self)
    }
}

impl Tasks<'_> {
    /// All tasks of a run, in the order in which they were made.
    pub async fn list(&self, run: &str) -> Result<Vec<Task>> {
        of_run(self.0.reader(), run).await
    }

    /// Claims up to `limit` tasks of running runs for `owner`, those first that are due longest: those that are ready or held and due, and those whose
    /// claim has ended. No task is given to two owners at a time. Counts one attempt for each, but none for those whose
    /// worker has died: it neither failed nor ended, and goes on.
    pub async fn claim_ready(&self, owner: &str, lease_us: i64, limit: u64, now_us: i64) -> Result<Vec<Task>> {
        let sql = format!(
            "WITH picked AS ( \
               SELECT tasks.id AS picked_id FROM tasks JOIN runs ON runs.id = tasks.run \
               WHERE runs.finished_us IS NULL AND runs.state IN ('running', 'held') \
                 AND tasks.state IN ('ready', 'running', 'held') AND {DUE} <= $1 \
               ORDER BY {DUE}, tasks.id LIMIT $2{} \
             ) \
             UPDATE tasks SET state = 'running', owner = $3, lease_until_us = $4, \
               attempts = attempts + CASE WHEN tasks.state = 'running' THEN 0 ELSE 1 END, \
               not_before_us = NULL, finished_us = NULL, started_us = COALESCE(started_us, $1), \
               campaign_version = COALESCE(campaign_version, \
                 (SELECT runs.campaign_version FROM runs WHERE runs.id = tasks.run)) \
             FROM picked WHERE tasks.id = picked.picked_id RETURNING *",
            self.0.for_update_of_free("tasks")
        );
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let values = args![now_us, limit, owner, now_us.saturating_add(lease_us)];
        let rows = self.0.all("claim tasks", sql, values).await?;
        let mut claimed = rows.iter().map(read).collect::<Result<Vec<_>>>()?;
        claimed.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(claimed)
    }

    /// When the next task becomes claimable, UTC microseconds: a past time if one is now, `None` if none will by itself.
    pub async fn next_due(&self) -> Result<Option<i64>> {
        let sql = format!(
            "SELECT {DUE} AS due FROM tasks JOIN runs ON runs.id = tasks.run \
             WHERE runs.finished_us IS NULL AND runs.state IN ('running', 'held') \
               AND tasks.state IN ('ready', 'running', 'held') AND {DUE} IS NOT NULL \
             ORDER BY {DUE}, tasks.id LIMIT 1"
        );
        match sql::one(self.0.reader(), "find the next due task", sql, args![]).await? {
            Some(row) => row.get("due"),
            None => Ok(None),
        }
    }

    /// Lengthens a claim; `false` where the task is not the owner's any more.
    pub async fn renew(&self, task: &str, owner: &str, lease_us: i64, now_us: i64) -> Result<bool> {
        let sql = "UPDATE tasks SET lease_until_us = $3 WHERE id = $1 AND owner = $2 AND state = 'running'";
        let values = args![task, owner, now_us.saturating_add(lease_us)];
        Ok(self.0.run("renew a task's lease", sql, values).await? > 0)
    }

    /// Whether a task is at work and the owner's.
    pub async fn is_owned(&self, task: &str, owner: &str) -> Result<bool> {
        let sql = "SELECT 1 AS found FROM tasks WHERE id = $1 AND owner = $2 AND state = 'running'";
        Ok(sql::one(self.0.reader(), "look whose a task is", sql, args![task, owner]).await?.is_some())
    }

    /// Completes a task: its result, its populations, its mark and what follows in the run, in one transaction.
    ///
    /// `decide` sees the run and its tasks (this one still `running`) as they are under the run's lock, so that two
    /// tasks that end at the same time are decided one after the other. `false`, and nothing changes, where the task
    /// is not the owner's any more: a second completion is refused.
    pub async fn complete(
        &self,
        task: &str,
        owner: &str,
        result: TaskResult,
        now_us: i64,
        decide: impl FnOnce(&Run, &[Task]) -> Follow + Send,
    ) -> Result<bool> {
        let what = "complete a task";
        let transaction = self.0.begin(what).await?;
        let Some((run, tasks)) = self.owned(&transaction, task, owner).await? else { return Ok(false) };
        let follow = decide(&run, &tasks);
        let sql = "UPDATE tasks SET state = 'completed', note = $2, table_versions = $3, elapsed_ms = $4, error = NULL, \
                   owner = NULL, lease_until_us = NULL, finished_us = $5, closed_ports = $6, results = $7 WHERE id = $1";
        let versions = result.table_versions.to_string();
        let (closed, results) = (closed_ports(&follow), result.results.to_string());
        let values = args![task, result.note, versions, result.elapsed_ms, now_us, closed, results];
        sql::run(&transaction, what, sql, values).await?;
        for population in &result.populations {
            write_population(&transaction, &run.id, population, now_us).await?;
        }
        if let Some(mark) = &result.mark
            && let Some(task) = tasks.iter().find(|other| other.id == task)
        {
            let whose = (run.campaign.as_str(), task.activity.as_str(), run.id.as_str());
            marks::move_on(&transaction, whose, mark, self.0.for_update(), now_us).await?;
        }
        runs::write_follow(&transaction, &run, &follow, now_us).await?;
        self.0.commit(transaction, what).await?;
        Ok(true)
    }

    /// Records that a task's attempt failed. With [`Follow::retry_at_us`] it becomes ready again at that time, else it
    /// is `failed`; where the run then goes on without it, `populations` is what it leaves behind. Refused as in
    /// [`Tasks::complete`].
    pub async fn fail(
        &self,
        task: &str,
        owner: &str,
        error: &Json,
        populations: &[Population],
        now_us: i64,
        decide: impl FnOnce(&Run, &[Task]) -> Follow + Send,
    ) -> Result<bool> {
        let what = "record a task's failure";
        let transaction = self.0.begin(what).await?;
        let Some((run, tasks)) = self.owned(&transaction, task, owner).await? else { return Ok(false) };
        let follow = decide(&run, &tasks);
        let (state, finished) = if follow.retry_at_us.is_some() { ("ready", None) } else { ("failed", Some(now_us)) };
        let sql = "UPDATE tasks SET state = $2, error = $3, not_before_us = $4, finished_us = $5, \
                   closed_ports = $6, owner = NULL, lease_until_us = NULL WHERE id = $1";
        let values = args![task, state, error.to_string(), follow.retry_at_us, finished, closed_ports(&follow)];
        sql::run(&transaction, what, sql, values).await?;
        let settled = follow.closed_ports.as_deref();
        let left = |population: &&Population| settled.is_some_and(|closed| !closed.contains(&population.port));
        for population in populations.iter().filter(left) {
            write_population(&transaction, &run.id, population, now_us).await?;
        }
        runs::write_follow(&transaction, &run, &follow, now_us).await?;
        self.0.commit(transaction, what).await?;
        Ok(true)
    }

    /// Records that a task waits for a person. With `due_us` it is claimed again at that time. The attempt does not
    /// count. Refused as in [`Tasks::complete`].
    pub async fn hold(
        &self,
        task: &str,
        owner: &str,
        hold: &Json,
        due_us: Option<i64>,
        now_us: i64,
        decide: impl FnOnce(&Run, &[Task]) -> Follow + Send,
    ) -> Result<bool> {
        let what = "hold a task";
        let transaction = self.0.begin(what).await?;
        let Some((run, tasks)) = self.owned(&transaction, task, owner).await? else { return Ok(false) };
        let follow = decide(&run, &tasks);
        let sql = "UPDATE tasks SET state = 'held', hold = $2, not_before_us = $3, attempts = attempts - 1, \
                   owner = NULL, lease_until_us = NULL WHERE id = $1";
        sql::run(&transaction, what, sql, args![task, hold.to_string(), due_us]).await?;
        runs::write_follow(&transaction, &run, &follow, now_us).await?;
        self.0.commit(transaction, what).await?;
        Ok(true)
    }

    /// Gives a claimed task back until a time (a wait, a send window, a worker that shuts down); the attempt does not
    /// count. `false` where it is not the owner's any more.
    pub async fn postpone(&self, task: &str, owner: &str, until_us: i64, note: Option<&str>) -> Result<bool> {
        let sql = "UPDATE tasks SET state = 'ready', not_before_us = $3, note = COALESCE($4, note), \
                   attempts = attempts - 1, owner = NULL, lease_until_us = NULL \
                   WHERE id = $1 AND owner = $2 AND state = 'running'";
        Ok(self.0.run("postpone a task", sql, args![task, owner, until_us, note]).await? > 0)
    }

    /// Makes a failed task ready again with its attempts forgotten; `false` for a task in another state.
    pub async fn reset(&self, task: &str) -> Result<bool> {
        let sql = "UPDATE tasks SET state = 'ready', attempts = 0, not_before_us = NULL, finished_us = NULL, \
                   owner = NULL, lease_until_us = NULL WHERE id = $1 AND state = 'failed'";
        Ok(self.0.run("reset a task", sql, args![task]).await? > 0)
    }

    /// Says that what an earlier time had left of a task is gone. `false` where it is not the owner's any more.
    pub async fn cleared(&self, task: &str, owner: &str) -> Result<bool> {
        let sql = "UPDATE tasks SET anew = FALSE WHERE id = $1 AND owner = $2 AND state = 'running'";
        Ok(self.0.run("note that a task's folder is clear", sql, args![task, owner]).await? > 0)
    }

    /// Ends the claims, on tasks and batches, of every owner whose name starts with `owner_prefix`: for the start of a
    /// process that knows that its predecessor is dead. Answers how many ended.
    pub async fn release_leases(&self, owner_prefix: &str) -> Result<u64> {
        let what = "release leases";
        let transaction = self.0.begin(what).await?;
        let mut released = 0;
        // The open states are named so that SQLite knows the index; without it, all that ever was would be looked at.
        for (table, open) in [("tasks", "state IN ('ready', 'running', 'held') AND "), ("batches", "")] {
            let sql = format!(
                "UPDATE {table} SET lease_until_us = 0 WHERE {open}state = 'running' \
                   AND substr(owner, 1, length($1)) = $1"
            );
            released += sql::run(&transaction, what, sql, args![owner_prefix]).await?;
        }
        self.0.commit(transaction, what).await?;
        Ok(released)
    }

    /// All populations of a run, by activity and port.
    pub async fn populations(&self, run: &str) -> Result<Vec<Population>> {
        let sql = "SELECT * FROM populations WHERE run = $1 ORDER BY activity, port";
        let rows = sql::all(self.0.reader(), "list a run's populations", sql, args![run]).await?;
        rows.iter().map(read_population).collect()
    }

    /// The run, locked, and its tasks, if the task is running and the owner's.
    async fn owned(&self, on: &DatabaseTransaction, task: &str, owner: &str) -> Result<Option<(Run, Vec<Task>)>> {
        let what = "read a task's run";
        let Some(row) = sql::one(on, what, "SELECT run FROM tasks WHERE id = $1", args![task]).await? else {
            return Ok(None);
        };
        let Some(run) = runs::find(on, &row.get::<String>("run")?, self.0.for_update()).await? else {
            return Ok(None);
        };
        let sql =
            format!("SELECT id FROM tasks WHERE id = $1 AND owner = $2 AND state = 'running'{}", self.0.for_update());
        if sql::one(on, what, sql, args![task, owner]).await?.is_none() {
            return Ok(None);
        }
        let tasks = of_run(on, &run.id).await?;
        Ok(Some((run, tasks)))
    }
}

pub(crate) async fn of_run<C: ConnectionTrait>(on: &C, run: &str) -> Result<Vec<Task>> {
    let sql = "SELECT * FROM tasks WHERE run = $1 ORDER BY position";
    sql::all(on, "list a run's tasks", sql, args![run]).await?.iter().map(read).collect()
}

pub(crate) async fn insert<C: ConnectionTrait>(on: &C, run: &str, tasks: Vec<NewTask>) -> Result<()> {
    if tasks.is_empty() {
        return Ok(());
    }
    let what = "create tasks";
    let sql = "SELECT COALESCE(MAX(position), -1) AS last FROM tasks WHERE run = $1";
    let last = sql::one(on, what, sql, args![run]).await?;
    let mut position = last.map_or(Ok(-1), |row| row.get::<i64>("last"))? + 1;
    let mut rows = tasks.into_iter().peekable();
    while rows.peek().is_some() {
        let mut values = Vec::new();
        let mut count = 0;
        for task in rows.by_ref().take(sql::rows_per_statement(7)) {
            values.extend(args![task.id, run, position, task.activity, task.kind, task.state, 0_i64]);
            position += 1;
            count += 1;
        }
        let sql = format!(
            "INSERT INTO tasks (id, run, position, activity, kind, state, attempts) VALUES {}",
            sql::value_rows(1, count, 7)
        );
        sql::run(on, what, sql, values).await?;
    }
    Ok(())
}

/// Forgets all that tasks did, which then wait to be done anew.
pub(crate) async fn forget<C: ConnectionTrait>(on: &C, run: &str, activities: &[String]) -> Result<()> {
    let change = "state = 'waiting', anew = TRUE, attempts = 0, owner = NULL, lease_until_us = NULL, \
                  not_before_us = NULL, note = NULL, table_versions = NULL, closed_ports = NULL, hold = NULL, \
                  answers = NULL, results = NULL, error = NULL, elapsed_ms = NULL, started_us = NULL, \
                  finished_us = NULL, campaign_version = NULL";
    let any = "'waiting', 'ready', 'running', 'held', 'completed', 'failed', 'skipped'";
    change_activities(on, run, activities, change, any, None).await?;
    for table in ["populations", "message_groups", "batches", "deliveries"] {
        delete_of(on, table, run, activities).await?;
    }
    Ok(())
}

/// Lets the tasks of a run that are not done take the run's version, but for some.
pub(crate) async fn take_version<C: ConnectionTrait>(on: &C, run: &str, kept: &[String]) -> Result<()> {
    let but = match kept.is_empty() {
        true => String::new(),
        false => format!("AND activity NOT IN ({})", sql::placeholders(2, kept.len())),
    };
    let mut values = args![run];
    values.extend(kept.iter().map(|activity| Value::from(activity.as_str())));
    let sql = format!(
        "UPDATE tasks SET campaign_version = NULL WHERE run = $1 AND closed_ports IS NULL \
           AND state IN ('waiting', 'ready', 'running', 'held', 'failed') {but}"
    );
    sql::run(on, "set the version of tasks", sql, values).await?;
    Ok(())
}

/// Lets tasks that were given up, or that nobody has begun yet, wait again.
pub(crate) async fn wait_again<C: ConnectionTrait>(on: &C, run: &str, activities: &[String]) -> Result<()> {
    let change = "state = 'waiting', owner = NULL, lease_until_us = NULL, finished_us = NULL, closed_ports = NULL";
    change_activities(on, run, activities, change, "'skipped', 'ready', 'running', 'held', 'failed'", None).await
}

/// Removes tasks with all that is on record of them.
pub(crate) async fn remove<C: ConnectionTrait>(on: &C, run: &str, activities: &[String]) -> Result<()> {
    for table in ["populations", "message_groups", "batches", "deliveries", "tasks"] {
        delete_of(on, table, run, activities).await?;
    }
    Ok(())
}

async fn delete_of<C: ConnectionTrait>(on: &C, table: &str, run: &str, activities: &[String]) -> Result<()> {
    for some in activities.chunks(sql::rows_per_statement(1)) {
        let mut values = args![run];
        values.extend(some.iter().map(|activity| Value::from(activity.as_str())));
        let sql = format!("DELETE FROM {table} WHERE run = $1 AND activity IN ({})", sql::placeholders(2, some.len()));
        sql::run(on, "forget what activities did", sql, values).await?;
    }
    Ok(())
}

pub(crate) async fn make_ready<C: ConnectionTrait>(on: &C, run: &str, activities: &[String]) -> Result<()> {
    let change = "state = 'ready', attempts = 0, not_before_us = NULL, finished_us = NULL";
    change_activities(on, run, activities, change, "'waiting', 'held', 'failed'", None).await
}

/// Lets tasks that are ready wait for a time no longer.
pub(crate) async fn hasten<C: ConnectionTrait>(on: &C, run: &str, activities: &[String]) -> Result<()> {
    change_activities(on, run, activities, "not_before_us = NULL", "'ready'", None).await
}

pub(crate) async fn skip<C: ConnectionTrait>(on: &C, run: &str, activities: &[String], now_us: i64) -> Result<()> {
    let change = "state = 'skipped', not_before_us = NULL, finished_us = $2";
    change_activities(on, run, activities, change, "'waiting', 'ready', 'held', 'failed'", Some(now_us)).await
}

/// Keeps an answer beside those to other questions. The run's lock is held.
pub(crate) async fn keep_answer<C: ConnectionTrait>(on: &C, run: &str, answer: &Answer) -> Result<()> {
    let what = "keep an answer";
    let sql = "SELECT answers FROM tasks WHERE run = $1 AND activity = $2";
    let Some(row) = sql::one(on, what, sql, args![run, answer.activity.as_str()]).await? else { return Ok(()) };
    let mut answers: serde_json::Map<String, Json> = row.json_or_null("answers")?.unwrap_or_default();
    answers.insert(answer.kind.clone(), answer.answer.clone());
    let sql = "UPDATE tasks SET answers = $3 WHERE run = $1 AND activity = $2";
    sql::run(on, what, sql, args![run, answer.activity.as_str(), Json::Object(answers).to_string()]).await?;
    Ok(())
}

async fn change_activities<C: ConnectionTrait>(
    on: &C,
    run: &str,
    activities: &[String],
    change: &str,
    from: &str,
    now_us: Option<i64>,
) -> Result<()> {
    for some in activities.chunks(sql::rows_per_statement(1)) {
        let mut values = args![run];
        values.extend(now_us.map(Value::from));
        let list = sql::placeholders(values.len() + 1, some.len());
        values.extend(some.iter().map(|activity| Value::from(activity.as_str())));
        let sql = format!("UPDATE tasks SET {change} WHERE run = $1 AND state IN ({from}) AND activity IN ({list})");
        sql::run(on, "set the state of tasks", sql, values).await?;
    }
    Ok(())
}

fn closed_ports(follow: &Follow) -> Option<String> {
    follow.closed_ports.as_ref().map(|ports| Json::from(ports.as_slice()).to_string())
}

async fn write_population<C: ConnectionTrait>(on: &C, run: &str, population: &Population, now_us: i64) -> Result<()> {
    let sql = "INSERT INTO populations (run, activity, port, row_count, columns, dimension, written_us) \
               VALUES ($1, $2, $3, $4, $5, $6, $7) \
               ON CONFLICT (run, activity, port) DO UPDATE SET row_count = excluded.row_count, \
                 columns = excluded.columns, dimension = excluded.dimension, written_us = excluded.written_us";
    let Population { activity, port, rows, columns, dimension } = population;
    let values = args![run, activity.as_str(), port.as_str(), *rows, columns.to_string(), dimension.as_deref(), now_us];
    sql::run(on, "record a population", sql, values).await?;
    Ok(())
}

fn read_population(row: &Row) -> Result<Population> {
    Ok(Population {
        activity: row.get("activity")?,
        port: row.get("port")?,
        rows: row.get("row_count")?,
        columns: row.json("columns")?,
        dimension: row.get("dimension")?,
    })
}

fn read(row: &Row) -> Result<Task> {
    Ok(Task {
        id: row.get("id")?,
        run: row.get("run")?,
        activity: row.get("activity")?,
        kind: row.get("kind")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        owner: row.get("owner")?,
        lease_until_us: row.get("lease_until_us")?,
        not_before_us: row.get("not_before_us")?,
        note: row.get("note")?,
        table_versions: row.json_or_null("table_versions")?,
        closed_ports: row.json_or_null("closed_ports")?,
        hold: row.json_or_null("hold")?,
        answers: row.json_or_null("answers")?,
        results: row.json_or_null("results")?,
        error: row.json_or_null("error")?,
        elapsed_ms: row.get("elapsed_ms")?,
        started_us: row.get("started_us")?,
        finished_us: row.get("finished_us")?,
        campaign_version: row.get("campaign_version")?,
        anew: row.get("anew")?,
    })
}
