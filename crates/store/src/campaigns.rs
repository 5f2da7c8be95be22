//! The life of campaigns beside their documents: state, the version in force, publication.
//!
//! State words are the engine's. A campaign without a row is a draft.

use sea_orm::{ConnectionTrait, DatabaseTransaction};
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use crate::Store;
use crate::alerts::{self, NewAlert};
use crate::audit::{self, NewAudit};
use crate::error::Result;
use crate::launches::{self, NewLaunch};
use crate::runs::{self, Follow, NewRun};
use crate::sql::{self, Row, args};
use crate::tasks::NewTask;

/// A campaign's life as it is stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Campaign {
    /// The name of its document.
    pub name: String,
    /// `draft`, `publishing`, `scheduled`, `live`, `suspended`, `closed`, `completed`, `stopped` or `archived`.
    pub state: String,
    /// The state that it was archived from.
    pub archived_from: Option<String>,
    /// The state that it was suspended in, to go on in.
    pub suspended_from: Option<String>,
    /// The version that runs take; `None` is the newest.
    pub pinned_version: Option<i64>,
    /// The versions that runs take later, soonest first.
    pub take_overs: Vec<TakeOver>,
    /// The version whose schedule the waiting launch is of.
    pub planned_version: Option<i64>,
    /// What was seen last of what signals it: the version in which the rows of a table changed, or the files.
    pub seen: Option<String>,
    /// The last publication, UTC microseconds.
    pub published_us: Option<i64>,
    /// The last change of its state or its document, UTC microseconds; 0 where nothing was ever written.
    pub changed_us: i64,
    /// Who changed it last.
    pub actor: String,
    /// Why the last publication failed, or why the last launch began nothing though it should have.
    pub error: Option<Json>,
}

/// A version that runs take from a time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeOver {
    /// Of the campaign's document.
    pub version: i64,
    /// From when on, UTC microseconds.
    pub at_us: i64,
}

/// How many live runs a campaign has had since it was published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct RunFacts {
    /// Whether there was any.
    pub any: bool,
    /// Whether one has completed.
    pub completed: bool,
    /// How many have not ended.
    pub active: i64,
    /// How many of those are neither held nor paused by an error.
    pub sound: i64,
    /// How many launches wait.
    pub launches: i64,
}

/// What is to be written about a campaign.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CampaignChange {
    /// The row as it is to be; `None` removes it, with its launches.
    pub row: Option<Campaign>,
    /// Whether launches that wait are given up.
    pub cancel_launches: bool,
    /// The launch that takes the place of the planned one; `Some(None)` leaves none.
    pub plan: Option<Option<NewLaunch>>,
    /// Planned times that are kept as skipped, because they were missed.
    pub missed: Vec<NewLaunch>,
    /// A run that begins, with its tasks and what follows at once.
    pub begin: Option<Box<(NewRun, Vec<NewTask>, Follow)>>,
    /// Kept in the record of changes.
    pub audit: Option<NewAudit>,
    /// What people are told of it.
    pub alert: Option<NewAlert>,
}

/// The repository of campaigns; see [`Store::campaigns`].
pub struct Campaigns<'a>(&'a Store);

impl Store {
    /// The life of campaigns.
    pub fn campaigns(&self) -> Campaigns<'_> {
        Campaigns(self)
    }
}

impl Campaign {
    /// A draft of which nothing is stored.
    pub fn draft(name: &str) -> Self {
        Campaign {
            name: name.to_owned(),
            state: "draft".to_owned(),
            archived_from: None,
            suspended_from: None,
            pinned_version: None,
            take_overs: Vec::new(),
            planned_version: None,
            seen: None,
            published_us: None,
            changed_us: 0,
            actor: String::new(),
            error: None,
        }
    }

    /// The version that runs take at a time; `None` is the newest.
    pub fn version_at(&self, now_us: i64) -> Option<i64> {
        let due = self.take_overs.iter().rfind(|take_over| take_over.at_us <= now_us);
        due.map(|take_over| take_over.version).or(self.pinned_version)
    }

    /// What it is once the versions that are due have taken over; `None` where none is.
    pub fn taken_over(&self, now_us: i64, newest: i64) -> Option<Self> {
        let due = self.take_overs.iter().rfind(|take_over| take_over.at_us <= now_us)?;
        let mut row = self.clone();
        row.take_overs.retain(|take_over| take_over.at_us > now_us);
        let is_newest = row.take_overs.is_empty() && due.version == newest;
        row.pinned_version = Some(due.version).filter(|_| !is_newest);
        Some(row)
    }
}

impl Campaigns<'_> {
    /// One campaign; a draft where nothing is stored.
    pub async fn get(&self, name: &str) -> Result<Campaign> {
        let found = find(self.0.reader(), name, "").await?;
        Ok(found.unwrap_or_else(|| Campaign::draft(name)))
    }

    /// All campaigns of which something is stored, by name.
    pub async fn list(&self) -> Result<Vec<Campaign>> {
        let sql = "SELECT * FROM campaigns ORDER BY name";
        sql::all(self.0.reader(), "list campaigns", sql, args![]).await?.iter().map(read).collect()
    }

    /// When a version of a campaign that takes launches takes over next, UTC microseconds.
    pub async fn next_take_over(&self) -> Result<Option<i64>> {
        let sql = "SELECT MIN(takes_over_us) AS due FROM campaigns \
                   WHERE takes_over_us IS NOT NULL AND state IN ('scheduled', 'live', 'suspended')";
        match sql::one(self.0.reader(), "find the next version that takes over", sql, args![]).await? {
            Some(row) => row.get("due"),
            None => Ok(None),
        }
    }

    /// What a campaign's live runs are, without a lock.
    pub async fn facts(&self, campaign: &Campaign) -> Result<RunFacts> {
        facts(self.0.reader(), campaign).await
    }

    /// Asks `decide` what changes, and writes it, all in one transaction in which nobody else can change the campaign
    /// or begin a run of it. `decide` may answer `None` (or an error of its own) to change nothing.
    pub async fn advance<T: Send>(
        &self,
        name: &str,
        now_us: i64,
        decide: impl FnOnce(&Campaign, &RunFacts) -> (Option<CampaignChange>, T) + Send,
    ) -> Result<T> {
        let what = "change a campaign";
        let transaction = self.0.begin(what).await?;
        let campaign = self.lock(&transaction, name).await?;
        let facts = facts(&transaction, &campaign).await?;
        let (change, answer) = decide(&campaign, &facts);
        let Some(change) = change else { return Ok(answer) };
        write(&transaction, name, change, now_us).await?;
        self.0.commit(transaction, what).await?;
        Ok(answer)
    }

    /// The campaign under a lock that holds until the transaction ends.
    pub(crate) async fn lock(&self, on: &DatabaseTransaction, name: &str) -> Result<Campaign> {
        if let Some(campaign) = find(on, name, self.0.for_update()).await? {
            return Ok(campaign);
        }
        // Without a row there is nothing to lock, so one is made; it goes with the transaction if nothing changes.
        let sql = "INSERT INTO campaigns (name, state, changed_us, actor) VALUES ($1, 'draft', 0, '') \
                   ON CONFLICT (name) DO NOTHING";
        sql::run(on, "make a campaign's row", sql, args![name]).await?;
        let found = find(on, name, self.0.for_update()).await?;
        Ok(found.unwrap_or_else(|| Campaign::draft(name)))
    }
}

pub(crate) async fn write(on: &DatabaseTransaction, name: &str, change: CampaignChange, now_us: i64) -> Result<()> {
    let what = "write a campaign";
    if change.cancel_launches {
        launches::cancel(on, name, now_us).await?;
    }
    if let Some(plan) = change.plan {
        launches::replan(on, name, plan, now_us).await?;
    }
    launches::keep_missed(on, &change.missed, now_us).await?;
    if let Some(run) = change.begin {
        let (run, tasks, follow) = *run;
        runs::begin(on, run, tasks, &follow).await?;
    }
    if let Some(audit) = &change.audit {
        audit::write(on, audit, now_us).await?;
    }
    if let Some(alert) = &change.alert {
        alerts::insert(on, alert).await?;
    }
    let Some(row) = change.row else {
        // Another campaign of its name would take its launches for its own.
        launches::forget(on, name).await?;
        sql::run(on, what, "DELETE FROM campaigns WHERE name = $1", args![name]).await?;
        return Ok(());
    };
    let sql = "UPDATE campaigns SET state = $2, archived_from = $3, pinned_version = $4, takes_over_us = $5, \
               planned_version = $6, seen = $7, published_us = $8, changed_us = $9, actor = $10, error = $11, take_overs = $12, \
               suspended_from = $13 WHERE name = $1";
    let take_overs = (!row.take_overs.is_empty()).then(|| json!(row.take_overs).to_string());
    let values = args![
        name,
        row.state,
        row.archived_from,
        row.pinned_version,
        row.take_overs.iter().map(|take_over| take_over.at_us).min(),
        row.planned_version,
        row.seen,
        row.published_us,
        row.changed_us,
        row.actor,
        row.error.map(|error| error.to_string()),
        take_overs,
        row.suspended_from
    ];
    sql::run(on, what, sql, values).await?;
    Ok(())
}

pub(crate) async fn facts<C: ConnectionTrait>(on: &C, campaign: &Campaign) -> Result<RunFacts> {
    let what = "look at a campaign's runs";
    // Each part stops at the first run, or reads only those that have not ended.
    let sql = "SELECT \
                 CASE WHEN EXISTS (SELECT 1 FROM runs WHERE campaign = $1 AND started_us >= $2 AND mode = 'live') \
                   THEN 1 ELSE 0 END AS any_run, \
                 CASE WHEN EXISTS (SELECT 1 FROM runs WHERE campaign = $1 AND started_us >= $2 AND mode = 'live' \
                     AND state = 'completed') THEN 1 ELSE 0 END AS completed, \
                 (SELECT COUNT(*) FROM runs WHERE campaign = $1 AND finished_us IS NULL AND mode = 'live') AS active, \
                 (SELECT COUNT(*) FROM runs WHERE campaign = $1 AND finished_us IS NULL AND mode = 'live' \
                     AND state <> 'held' AND (state <> 'paused' OR error IS NULL)) AS sound, \
                 (SELECT COUNT(*) FROM launches WHERE campaign = $1 AND state IN ('waiting', 'queued')) AS launches";
    let values = args![campaign.name.as_str(), campaign.published_us.unwrap_or_default()];
    let Some(row) = sql::one(on, what, sql, values).await? else { return Ok(RunFacts::default()) };
    let flag = |column| Ok::<_, crate::Error>(row.get::<i32>(column)? != 0);
    Ok(RunFacts {
        any: flag("any_run")?,
        completed: flag("completed")?,
        active: row.get("active")?,
        sound: row.get("sound")?,
        launches: row.get("launches")?,
    })
}

pub(crate) async fn find<C: ConnectionTrait>(on: &C, name: &str, lock: &str) -> Result<Option<Campaign>> {
    let sql = format!("SELECT * FROM campaigns WHERE name = $1{lock}");
    sql::one(on, "read a campaign", sql, args![name]).await?.as_ref().map(read).transpose()
}

fn read(row: &Row) -> Result<Campaign> {
    Ok(Campaign {
        name: row.get("name")?,
        state: row.get("state")?,
        archived_from: row.get("archived_from")?,
        suspended_from: row.get("suspended_from")?,
        pinned_version: row.get("pinned_version")?,
        take_overs: row.json_or_null("take_overs")?.unwrap_or_default(),
        planned_version: row.get("planned_version")?,
        seen: row.get("seen")?,
        published_us: row.get("published_us")?,
        changed_us: row.get("changed_us")?,
        actor: row.get("actor")?,
        error: row.json_or_null("error")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_version_takes_over_at_its_time() {
        let take_over = |version, at_us| TakeOver { version, at_us };
        let campaign = Campaign {
            pinned_version: Some(2),
            take_overs: vec![take_over(3, 10), take_over(4, 20)],
            ..Campaign::draft("a")
        };
        let in_force = [9, 10, 19, 20].map(|now_us| campaign.version_at(now_us));
        assert_eq!(in_force, [Some(2), Some(3), Some(3), Some(4)]);
        assert_eq!(campaign.taken_over(9, 4), None);
        let third = campaign.taken_over(10, 4).unwrap();
        assert_eq!((third.pinned_version, &third.take_overs), (Some(3), &vec![take_over(4, 20)]));
        let fourth = third.taken_over(20, 4).unwrap();
        assert_eq!((fourth.pinned_version, fourth.take_overs), (None, vec![]));
        // Both at once, and an older one last.
        assert_eq!(campaign.taken_over(30, 4).unwrap().pinned_version, None);
        let back = Campaign { take_overs: vec![take_over(4, 10), take_over(3, 20)], ..campaign };
        assert_eq!(back.taken_over(10, 4).unwrap().pinned_version, Some(4));
        assert_eq!(back.taken_over(20, 4).unwrap().pinned_version, Some(3));
    }
}
