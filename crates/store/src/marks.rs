//! Marks: how far the runs of a campaign have come in an activity that only takes what is new. A mark moves in the
//! transaction that completes the activity's task, so that a run that fails before takes the same rows again.

use sea_orm::ConnectionTrait;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::Store;
use crate::error::Result;
use crate::sql::{self, Row, args};

/// What was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum MarkValue {
    /// Everything up to a moment, UTC microseconds.
    Latest { latest_us: i64 },
    /// The keys that runs took, oldest first.
    Keys { keys: Vec<TakenKeys> },
}

/// The keys that one run took, which are kept beside the tables.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakenKeys {
    pub run: String,
    pub at_us: i64,
    pub rows: i64,
}

/// A stored mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The activity's id on the canvas.
    pub activity: String,
    pub value: MarkValue,
    /// The run that moved it; `None` where a person did.
    pub run: Option<String>,
    /// UTC microseconds.
    pub moved_us: i64,
}

/// How a run moves a mark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NewMark {
    /// Forward to a moment, UTC microseconds.
    Latest { latest_us: i64 },
    /// By the keys that it took. Keys that were taken before `forget_before_us` are forgotten.
    Keys { at_us: i64, rows: i64, forget_before_us: Option<i64> },
}

/// The repository of marks; see [`Store::marks`].
pub struct Marks<'a>(&'a Store);

impl Store {
    /// How far activities have come that only take what is new.
    pub fn marks(&self) -> Marks<'_> {
        Marks(self)
    }
}

impl Marks<'_> {
    /// The marks of a campaign, by activity.
    pub async fn list(&self, campaign: &str) -> Result<Vec<Mark>> {
        let sql = "SELECT * FROM marks WHERE campaign = $1 ORDER BY activity";
        sql::all(self.0.reader(), "list marks", sql, args![campaign]).await?.iter().map(read).collect()
    }

    /// The mark of an activity.
    pub async fn get(&self, campaign: &str, activity: &str) -> Result<Option<Mark>> {
        find(self.0.reader(), campaign, activity, "").await
    }

    /// Moves a mark by hand; without a value, it is forgotten, and the next run takes everything.
    pub async fn set(&self, campaign: &str, activity: &str, value: Option<&MarkValue>, now_us: i64) -> Result<()> {
        let what = "move a mark";
        let transaction = self.0.begin(what).await?;
        match value {
            Some(value) => write(&transaction, campaign, activity, value, None, now_us).await?,
            None => {
                let sql = "DELETE FROM marks WHERE campaign = $1 AND activity = $2";
                sql::run(&transaction, what, sql, args![campaign, activity]).await?;
            }
        }
        self.0.commit(transaction, what).await
    }

    /// Forgets all marks of a campaign.
    pub async fn forget(&self, campaign: &str) -> Result<()> {
        self.0.run("forget marks", "DELETE FROM marks WHERE campaign = $1", args![campaign]).await?;
        Ok(())
    }
}

/// Moves a mark within a task's completion. Done twice, it is moved once.
pub(crate) async fn move_on<C: ConnectionTrait>(
    on: &C,
    (campaign, activity, run): (&str, &str, &str),
    new: &NewMark,
    for_update: &str,
    now_us: i64,
) -> Result<()> {
    let before = find(on, campaign, activity, for_update).await?.map(|mark| mark.value);
    let value = match (new, before) {
        (NewMark::Latest { latest_us }, Some(MarkValue::Latest { latest_us: before })) => {
            MarkValue::Latest { latest_us: before.max(*latest_us) }
        }
        (NewMark::Latest { latest_us }, _) => MarkValue::Latest { latest_us: *latest_us },
        (NewMark::Keys { at_us, rows, forget_before_us }, before) => {
            let mut keys = match before {
                Some(MarkValue::Keys { keys }) => keys,
                _ => Vec::new(),
            };
            keys.retain(|taken| taken.run != run && forget_before_us.is_none_or(|oldest| taken.at_us >= oldest));
            keys.push(TakenKeys { run: run.to_owned(), at_us: *at_us, rows: *rows });
            MarkValue::Keys { keys }
        }
    };
    write(on, campaign, activity, &value, Some(run), now_us).await
}

async fn find<C: ConnectionTrait>(on: &C, campaign: &str, activity: &str, for_update: &str) -> Result<Option<Mark>> {
    let sql = format!("SELECT * FROM marks WHERE campaign = $1 AND activity = $2{for_update}");
    sql::one(on, "read a mark", sql, args![campaign, activity]).await?.as_ref().map(read).transpose()
}

async fn write<C: ConnectionTrait>(
    on: &C,
    campaign: &str,
    activity: &str,
    value: &MarkValue,
    run: Option<&str>,
    now_us: i64,
) -> Result<()> {
    let sql = "INSERT INTO marks (campaign, activity, value, run, moved_us) VALUES ($1, $2, $3, $4, $5) \
               ON CONFLICT (campaign, activity) DO UPDATE SET value = excluded.value, run = excluded.run, \
                 moved_us = excluded.moved_us";
    sql::run(on, "move a mark", sql, args![campaign, activity, json!(value).to_string(), run, now_us]).await?;
    Ok(())
}

fn read(row: &Row) -> Result<Mark> {
    Ok(Mark {
        activity: row.get("activity")?,
        value: row.json("value")?,
        run: row.get("run")?,
        moved_us: row.get("moved_us")?,
    })
}
