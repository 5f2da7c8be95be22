//! Launches: the times and signals at which campaigns run. Rows, so that one that was missed is met at the next start,
//! and that of many workers one begins the run.
//!
//! A launch is `waiting` for its time, `queued` behind a run, `started`, or `skipped` with a reason.

use sea_orm::{ConnectionTrait, Value};
use serde_json::Value as Json;

use crate::Store;
use crate::campaigns::{self, Campaign, CampaignChange, RunFacts};
use crate::error::Result;
use crate::runs::{self, Follow, NewRun};
use crate::sql::{self, Row, args};
use crate::tasks::NewTask;

/// A launch by the schedule; each campaign has at most one that waits.
pub const SCHEDULE: &str = "schedule";
/// A launch by a caller's signal.
pub const SIGNAL: &str = "signal";

/// A launch to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct NewLaunch {
    /// `launch_<ulid>`.
    pub id: String,
    /// The campaign.
    pub campaign: String,
    /// Unique in its campaign: a second launch with this key is the first one again.
    pub key: String,
    /// [`SCHEDULE`], [`SIGNAL`], `chain` (the end of another campaign) or `table` (a change of a table).
    pub cause: String,
    /// When, UTC microseconds.
    pub due_us: i64,
    /// Variables of the run, a JSON object.
    pub variables: Json,
}

/// A kept launch.
#[derive(Debug, Clone, PartialEq)]
pub struct Launch {
    /// What was to be kept.
    pub launch: NewLaunch,
    /// `waiting`, `queued`, `started` or `skipped`.
    pub state: String,
    /// The run that it began.
    pub run: Option<String>,
    /// Why it was skipped.
    pub reason: Option<String>,
    /// What was wrong, or which run was going, where it was skipped for that.
    pub detail: Option<String>,
    /// When it was kept, UTC microseconds.
    pub created_us: i64,
    /// When it was started or skipped, UTC microseconds.
    pub settled_us: Option<i64>,
}

/// What became of a launch that somebody wants to keep.
#[derive(Debug, Clone, PartialEq)]
pub enum Kept {
    /// It is kept.
    New(Launch),
    /// One with its key was there.
    Before(Launch),
    /// The last signal was too short a time ago.
    Throttled {
        /// From when on the next one is taken, UTC microseconds.
        until_us: i64,
    },
    /// The campaign takes none now.
    Refused(Campaign),
}

/// What becomes of a launch that is due.
#[derive(Debug)]
pub enum Outcome {
    /// A run begins, with the tasks and what follows at once.
    Start(Box<(NewRun, Vec<NewTask>, Follow)>),
    /// It waits for the end of a run.
    Queue,
    /// Nothing begins, for this reason.
    Skip(&'static str),
    /// Nothing begins, because this run is going.
    Beside(String),
    /// Nothing begins, because this is wrong with what would.
    Invalid(String),
    /// It stays as it is.
    Leave,
}

/// The repository of launches; see [`Store::launches`].
pub struct Launches<'a>(pub(crate) &'a Store);

impl Store {
    /// The launches of campaigns.
    pub fn launches(&self) -> Launches<'_> {
        Launches(self)
    }
}

impl Launches<'_> {
    /// Keeps a launch. `allow` is asked, under the campaign's lock, whether it takes one; with `throttle_us`, the last
    /// signal must be as long ago.
    pub async fn add(
        &self,
        launch: NewLaunch,
        throttle_us: Option<i64>,
        now_us: i64,
        allow: impl FnOnce(&Campaign) -> bool + Send,
    ) -> Result<Kept> {
        let what = "keep a launch";
        let transaction = self.0.begin(what).await?;
        let campaign = self.0.campaigns().lock(&transaction, &launch.campaign).await?;
        let same = "SELECT * FROM launches WHERE campaign = $1 AND key = $2";
        let values = args![launch.campaign.as_str(), launch.key.as_str()];
        if let Some(row) = sql::one(&transaction, what, same, values).await? {
            return Ok(Kept::Before(read(&row)?));
        }
        if !allow(&campaign) {
            return Ok(Kept::Refused(campaign));
        }
        if let Some(throttle_us) = throttle_us
            && let Some(last_us) = last_signal(&transaction, &launch.campaign).await?
            && now_us < last_us.saturating_add(throttle_us)
        {
            return Ok(Kept::Throttled { until_us: last_us.saturating_add(throttle_us) });
        }
        insert(&transaction, &launch, now_us).await?;
        self.0.commit(transaction, what).await?;
        let (run, reason, detail) = (None, None, None);
        let kept =
            Launch { launch, state: "waiting".into(), run, reason, detail, created_us: now_us, settled_us: None };
        Ok(Kept::New(kept))
    }

    // Where one of the two open states is meant, both are named first: by them SQLite knows the index of open launches.

    /// Launches that are due, oldest first; of those that are queued, the first of each campaign without a run.
    pub async fn due(&self, now_us: i64, limit: u64) -> Result<Vec<Launch>> {
        let sql = "SELECT * FROM launches WHERE state IN ('waiting', 'queued') AND state = 'waiting' AND due_us <= $1 \
                   UNION ALL \
                   SELECT * FROM launches WHERE state IN ('waiting', 'queued') AND state = 'queued' \
                     AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.campaign = launches.campaign \
                       AND runs.finished_us IS NULL AND runs.mode = 'live') \
                   ORDER BY due_us, id LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = sql::all(self.0.reader(), "find launches that are due", sql, args![now_us, limit]).await?;
        rows.iter().map(read).collect()
    }

    /// The launches of one campaign that are due, oldest first.
    pub async fn due_of(&self, campaign: &str, now_us: i64) -> Result<Vec<Launch>> {
        let sql = "SELECT * FROM launches WHERE campaign = $1 AND due_us <= $2 AND state IN ('waiting', 'queued') \
                   ORDER BY due_us, id";
        let rows = sql::all(self.0.reader(), "find launches that are due", sql, args![campaign, now_us]).await?;
        rows.iter().map(read).collect()
    }

    /// Settles a launch: `decide` sees it, its campaign and the campaign's runs under the campaign's lock, and what it
    /// answers is written in one transaction. Of many who settle one launch, one is asked; the others get `None`.
    pub async fn settle(
        &self,
        id: &str,
        now_us: i64,
        decide: impl FnOnce(&Launch, &Campaign, &RunFacts) -> (Outcome, Option<CampaignChange>) + Send,
    ) -> Result<Option<Launch>> {
        let what = "settle a launch";
        let transaction = self.0.begin(what).await?;
        let find = "SELECT * FROM launches WHERE id = $1";
        let Some(row) = sql::one(&transaction, what, find, args![id]).await? else { return Ok(None) };
        let name = read(&row)?.launch.campaign;
        let campaign = self.0.campaigns().lock(&transaction, &name).await?;
        // Read again: it may have been settled while this waited for the lock.
        let Some(row) = sql::one(&transaction, what, find, args![id]).await? else { return Ok(None) };
        let launch = read(&row)?;
        if !matches!(launch.state.as_str(), "waiting" | "queued") {
            return Ok(None);
        }
        let facts = campaigns::facts(&transaction, &campaign).await?;
        let (outcome, change) = decide(&launch, &campaign, &facts);
        let mut detail = None;
        let (state, run, reason, settled) = match outcome {
            Outcome::Start(run) => {
                let (run, tasks, follow) = *run;
                let id = run.id.clone();
                runs::begin(&transaction, run, tasks, &follow).await?;
                ("started", Some(id), None, Some(now_us))
            }
            Outcome::Skip(reason) => ("skipped", None, Some(reason), Some(now_us)),
            Outcome::Beside(which) => {
                detail = Some(which);
                ("skipped", None, Some("overlap"), Some(now_us))
            }
            Outcome::Invalid(why) => {
                detail = Some(why);
                ("skipped", None, Some("invalid"), Some(now_us))
            }
            Outcome::Queue => ("queued", None, None, None),
            Outcome::Leave => return Ok(None),
        };
        let sql = "UPDATE launches SET state = $2, run = $3, reason = $4, settled_us = $5, detail = $6 WHERE id = $1";
        let values = args![id, state, run.as_deref(), reason, settled, detail.as_deref()];
        sql::run(&transaction, what, sql, values).await?;
        if let Some(change) = change {
            campaigns::write(&transaction, &name, change, now_us).await?;
        }
        self.0.commit(transaction, what).await?;
        let reason = reason.map(str::to_owned);
        Ok(Some(Launch { state: state.to_owned(), run, reason, detail, settled_us: settled, ..launch }))
    }

    /// One launch.
    pub async fn get(&self, id: &str) -> Result<Option<Launch>> {
        let sql = "SELECT * FROM launches WHERE id = $1";
        sql::one(self.0.reader(), "read a launch", sql, args![id]).await?.as_ref().map(read).transpose()
    }

    /// The launch of a campaign with this key.
    pub async fn by_key(&self, campaign: &str, key: &str) -> Result<Option<Launch>> {
        let sql = "SELECT * FROM launches WHERE campaign = $1 AND key = $2";
        let row = sql::one(self.0.reader(), "read a launch", sql, args![campaign, key]).await?;
        row.as_ref().map(read).transpose()
    }

    /// The launches of a campaign, newest first.
    pub async fn list(&self, campaign: &str, limit: u64) -> Result<Vec<Launch>> {
        let sql = "SELECT * FROM launches WHERE campaign = $1 \
                   ORDER BY created_us DESC, due_us DESC, id DESC LIMIT $2";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        sql::all(self.0.reader(), "list launches", sql, args![campaign, limit]).await?.iter().map(read).collect()
    }

    /// The launches of a time that were skipped, by their times.
    pub async fn skipped(&self, from_us: i64, to_us: i64) -> Result<Vec<Launch>> {
        let sql = "SELECT * FROM launches WHERE state = 'skipped' AND due_us >= $1 AND due_us < $2 \
                   ORDER BY due_us, id";
        let rows = sql::all(self.0.reader(), "list skipped launches", sql, args![from_us, to_us]).await?;
        rows.iter().map(read).collect()
    }

    /// The planned launches that wait, of all campaigns, soonest first.
    pub async fn planned(&self) -> Result<Vec<Launch>> {
        let sql = "SELECT * FROM launches WHERE state IN ('waiting', 'queued') AND cause = $1 ORDER BY due_us, id";
        sql::all(self.0.reader(), "list planned launches", sql, args![SCHEDULE]).await?.iter().map(read).collect()
    }

    /// The planned launch of a campaign that waits.
    pub async fn planned_of(&self, campaign: &str) -> Result<Option<Launch>> {
        let sql = "SELECT * FROM launches WHERE campaign = $1 AND cause = $2 AND state IN ('waiting', 'queued') \
                   ORDER BY due_us LIMIT 1";
        let row = sql::one(self.0.reader(), "find a planned launch", sql, args![campaign, SCHEDULE]).await?;
        row.as_ref().map(read).transpose()
    }

    /// Removes up to `limit` launches that were settled before a time, with their alerts, and says how many. The last
    /// signal of a campaign stays: the next one may have to come some time after it.
    pub async fn clear(&self, before_us: i64, limit: u64) -> Result<u64> {
        let what = "clear launches";
        let sql = "SELECT id FROM launches WHERE settled_us IS NOT NULL AND settled_us < $1 \
                   AND (cause <> $2 OR state = 'skipped' OR EXISTS (SELECT 1 FROM launches AS later \
                     WHERE later.campaign = launches.campaign AND later.created_us > launches.created_us \
                       AND later.cause = $2 AND later.state <> 'skipped')) \
                   ORDER BY settled_us LIMIT $3";
        let values = args![before_us, SIGNAL, i64::try_from(limit).unwrap_or(i64::MAX)];
        let mut ids: Vec<Value> = Vec::new();
        for row in sql::all(self.0.reader(), what, sql, values).await? {
            ids.push(row.get::<String>("id")?.into());
        }
        if ids.is_empty() {
            return Ok(0);
        }
        let these = sql::placeholders(1, ids.len());
        let transaction = self.0.begin(what).await?;
        let alerts = format!("DELETE FROM alerts WHERE launch IN ({these})");
        sql::run(&transaction, what, alerts, ids.clone()).await?;
        let cleared = sql::run(&transaction, what, format!("DELETE FROM launches WHERE id IN ({these})"), ids).await?;
        self.0.commit(transaction, what).await?;
        Ok(cleared)
    }

    /// When the next launch is due, UTC microseconds.
    pub async fn next_due(&self) -> Result<Option<i64>> {
        let sql = "SELECT MIN(due_us) AS due FROM launches WHERE state IN ('waiting', 'queued') AND state = 'waiting'";
        match sql::one(self.0.reader(), "find the next launch", sql, args![]).await? {
            Some(row) => row.get("due"),
            None => Ok(None),
        }
    }
}

async fn last_signal<C: ConnectionTrait>(on: &C, campaign: &str) -> Result<Option<i64>> {
    let sql = "SELECT created_us FROM launches WHERE campaign = $1 AND cause = $2 AND state <> 'skipped' \
               ORDER BY created_us DESC LIMIT 1";
    let row = sql::one(on, "find the last signal", sql, args![campaign, SIGNAL]).await?;
    row.map(|row| row.get("created_us")).transpose()
}

async fn insert<C: ConnectionTrait>(on: &C, launch: &NewLaunch, now_us: i64) -> Result<()> {
    let sql = "INSERT INTO launches (id, campaign, key, cause, due_us, variables, state, created_us) \
               VALUES ($1, $2, $3, $4, $5, $6, 'waiting', $7) ON CONFLICT (campaign, key) DO NOTHING";
    let NewLaunch { id, campaign, key, cause, due_us, variables } = launch;
    let values =
        args![id.as_str(), campaign.as_str(), key.as_str(), cause.as_str(), *due_us, variables.to_string(), now_us];
    sql::run(on, "keep a launch", sql, values).await?;
    Ok(())
}

/// Keeps planned times that were missed, each as a launch that was skipped.
pub(crate) async fn keep_missed<C: ConnectionTrait>(on: &C, missed: &[NewLaunch], now_us: i64) -> Result<()> {
    let sql = "UPDATE launches SET state = 'skipped', reason = 'missed', settled_us = $2 \
               WHERE id = $1 AND state = 'waiting'";
    for launch in missed {
        insert(on, launch, now_us).await?;
        sql::run(on, "skip a launch that was missed", sql, args![launch.id.as_str(), now_us]).await?;
    }
    Ok(())
}

/// Puts another planned launch in the place of the one that waits. One that is queued stays.
pub(crate) async fn replan<C: ConnectionTrait>(
    on: &C,
    campaign: &str,
    plan: Option<NewLaunch>,
    now_us: i64,
) -> Result<()> {
    let sql = "DELETE FROM launches WHERE campaign = $1 AND cause = $2 AND state = 'waiting'";
    sql::run(on, "remove a planned launch", sql, args![campaign, SCHEDULE]).await?;
    match plan {
        Some(launch) => insert(on, &launch, now_us).await,
        None => Ok(()),
    }
}

/// Forgets the launches of a campaign that is deleted.
pub(crate) async fn forget<C: ConnectionTrait>(on: &C, campaign: &str) -> Result<()> {
    sql::run(on, "forget launches", "DELETE FROM launches WHERE campaign = $1", args![campaign]).await?;
    Ok(())
}

/// Gives up all launches of a campaign that wait. A planned one leaves no trace, so that it can be planned again.
pub(crate) async fn cancel<C: ConnectionTrait>(on: &C, campaign: &str, now_us: i64) -> Result<()> {
    let what = "give up launches";
    let planned = "DELETE FROM launches WHERE campaign = $1 AND cause = $2 AND state IN ('waiting', 'queued')";
    sql::run(on, what, planned, args![campaign, SCHEDULE]).await?;
    let others = "UPDATE launches SET state = 'skipped', reason = 'not_live', settled_us = $2 \
                  WHERE campaign = $1 AND state IN ('waiting', 'queued')";
    sql::run(on, what, others, args![campaign, now_us]).await?;
    Ok(())
}

pub(crate) fn read(row: &Row) -> Result<Launch> {
    let launch = NewLaunch {
        id: row.get("id")?,
        campaign: row.get("campaign")?,
        key: row.get("key")?,
        cause: row.get("cause")?,
        due_us: row.get("due_us")?,
        variables: row.json("variables")?,
    };
    Ok(Launch {
        launch,
        state: row.get("state")?,
        run: row.get("run")?,
        reason: row.get("reason")?,
        detail: row.get("detail")?,
        created_us: row.get("created_us")?,
        settled_us: row.get("settled_us")?,
    })
}
