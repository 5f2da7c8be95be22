//! Groups: a few messages of a batch that one connection has in its hands. They are the crash guarantee.
//!
//! A group is written before its messages are handed over and again when the answers are there. After a crash a group
//! without outcomes is exactly what is in doubt. Both writes take many groups at once, one transaction for all, since
//! a commit costs a flush to disk whatever is in it.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::DatabaseTransaction;

use crate::Store;
use crate::batches::BatchRef;
use crate::error::{Error, Result};
use crate::sql::{self, Row, args};

/// Messages about to be handed over: ordinals `first_ordinal .. first_ordinal + length`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupStart {
    /// The run.
    pub run: String,
    /// The channel activity.
    pub activity: String,
    /// The batch.
    pub batch_no: i64,
    /// The ordinal of its first message.
    pub first_ordinal: i64,
    /// Message count.
    pub length: i64,
    /// Counted from 1 for each range of ordinals.
    pub attempt: i64,
    /// When, UTC microseconds.
    pub at_us: i64,
}

impl GroupStart {
    fn batch(&self) -> BatchRef<'_> {
        BatchRef { run: &self.run, activity: &self.activity, batch_no: self.batch_no }
    }
}

/// The answers to a group: one byte per message, in the caller's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupAnswer {
    /// The run.
    pub run: String,
    /// The channel activity.
    pub activity: String,
    /// The batch.
    pub batch_no: i64,
    /// The ordinal of the group's first message.
    pub first_ordinal: i64,
    /// The attempt that is answered.
    pub attempt: i64,
    /// One byte per message.
    pub outcomes: Vec<u8>,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// A stored group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The ordinal of its first message.
    pub first_ordinal: i64,
    /// Message count.
    pub length: i64,
    /// Counted from 1 for each range of ordinals.
    pub attempt: i64,
    /// When it was begun, UTC microseconds.
    pub begun_us: i64,
    /// When it was answered, UTC microseconds.
    pub answered_us: Option<i64>,
    /// One byte per message; `None`: in doubt.
    pub outcomes: Option<Vec<u8>>,
}

/// The repository of groups; see [`Store::groups`].
pub struct Groups<'a>(&'a Store);

impl Store {
    /// Groups of messages in flight.
    pub fn groups(&self) -> Groups<'_> {
        Groups(self)
    }
}

impl Groups<'_> {
    /// Records groups that `owner` is about to hand over. One answer per group, in order: `false` means that its batch
    /// is not the owner's any more and **nothing may be sent**; such a group is not written. What is `true` is on disk.
    /// A group that is there already stays as it is.
    pub async fn begin(&self, owner: &str, groups: &[GroupStart]) -> Result<Vec<bool>> {
        let what = "record messages as attempted";
        let transaction = self.0.begin(what).await?;
        let batches: BTreeSet<BatchRef<'_>> = groups.iter().map(GroupStart::batch).collect();
        let mut owned = BTreeMap::new();
        for batch in batches {
            owned.insert(batch, self.is_owner(&transaction, owner, batch).await?);
        }
        let accepted: Vec<bool> =
            groups.iter().map(|group| owned.get(&group.batch()).copied().unwrap_or(false)).collect();
        let written: Vec<&GroupStart> = groups.iter().zip(&accepted).filter_map(|(g, &ok)| ok.then_some(g)).collect();
        for some in written.chunks(sql::rows_per_statement(7)) {
            let mut values = Vec::with_capacity(some.len() * 7);
            for g in some {
                values.extend(args![g.run.as_str(), g.activity.as_str(), g.batch_no]);
                values.extend(args![g.first_ordinal, g.attempt, g.length, g.at_us]);
            }
            let sql = format!(
                "INSERT INTO message_groups (run, activity, batch_no, first_ordinal, attempt, length, begun_us) \
                 VALUES {} ON CONFLICT DO NOTHING",
                sql::value_rows(1, some.len(), 7)
            );
            sql::run(&transaction, what, sql, values).await?;
        }
        self.0.commit(transaction, what).await?;
        Ok(accepted)
    }

    /// Whether a message of an activity of a run was ever begun that is not settled yet.
    pub async fn any(&self, run: &str, activity: &str) -> Result<bool> {
        let sql = "SELECT 1 AS found FROM message_groups WHERE run = $1 AND activity = $2 LIMIT 1";
        Ok(sql::one(self.0.reader(), "look for messages in flight", sql, args![run, activity]).await?.is_some())
    }

    /// Records the answers to groups. An answer is a fact, so it is written whoever has the batch by now; where the
    /// batch is finished and its groups are gone, nothing is left to do.
    ///
    /// # Errors
    /// [`Error::Refused`] where a group of other length was begun; then none is written.
    pub async fn answer(&self, groups: &[GroupAnswer]) -> Result<()> {
        let what = "record the answers to messages";
        let transaction = self.0.begin(what).await?;
        for some in groups.chunks(sql::rows_per_statement(7)) {
            let mut values = Vec::with_capacity(some.len() * 7);
            for g in some {
                values.extend(args![g.run.as_str(), g.activity.as_str(), g.batch_no]);
                values.extend(args![g.first_ordinal, g.attempt, g.outcomes.clone(), g.at_us]);
            }
            let sql = format!(
                "WITH answers (run, activity, batch_no, first_ordinal, attempt, outcomes, at_us) AS (VALUES {}) \
                 UPDATE message_groups SET outcomes = answers.outcomes, answered_us = answers.at_us FROM answers \
                 WHERE message_groups.run = answers.run AND message_groups.activity = answers.activity \
                   AND message_groups.batch_no = answers.batch_no \
                   AND message_groups.first_ordinal = answers.first_ordinal \
                   AND message_groups.attempt = answers.attempt \
                 RETURNING length, length(message_groups.outcomes) AS answers_given, message_groups.first_ordinal AS ordinal",
                sql::value_rows(1, some.len(), 7)
            );
            for row in sql::all(&transaction, what, sql, values).await? {
                let (begun, given) = (row.get::<i64>("length")?, given(&row)?);
                if begun != given {
                    let ordinal: i64 = row.get("ordinal")?;
                    let why =
                        format!("the group at ordinal {ordinal} has {begun} messages, but {given} answers were given");
                    return Err(Error::Refused { what, why });
                }
            }
        }
        self.0.commit(transaction, what).await
    }

    /// The groups of a batch, by ordinal, the last attempt of a range last.
    pub async fn list(&self, batch: BatchRef<'_>) -> Result<Vec<Group>> {
        let BatchRef { run, activity, batch_no } = batch;
        let sql = "SELECT * FROM message_groups WHERE run = $1 AND activity = $2 AND batch_no = $3 \
                   ORDER BY first_ordinal, attempt";
        let rows = sql::all(self.0.reader(), "list the groups of a batch", sql, args![run, activity, batch_no]).await?;
        rows.iter().map(read).collect()
    }

    /// Whether the batch is running and the owner's, and stays so until the transaction ends.
    async fn is_owner(&self, on: &DatabaseTransaction, owner: &str, batch: BatchRef<'_>) -> Result<bool> {
        let BatchRef { run, activity, batch_no } = batch;
        let sql = format!(
            "SELECT 1 AS found FROM batches WHERE run = $1 AND activity = $2 AND batch_no = $3 AND owner = $4 \
             AND state = 'running'{}",
            self.0.for_share()
        );
        let row = sql::one(on, "read a batch's lease", sql, args![run, activity, batch_no, owner]).await?;
        Ok(row.is_some())
    }
}

/// `length(bytes)` is a 4-byte integer on PostgreSQL and an 8-byte one on SQLite.
fn given(row: &Row) -> Result<i64> {
    row.get::<i64>("answers_given").or_else(|_| row.get::<i32>("answers_given").map(i64::from))
}

fn read(row: &Row) -> Result<Group> {
    Ok(Group {
        first_ordinal: row.get("first_ordinal")?,
        length: row.get("length")?,
        attempt: row.get("attempt")?,
        begun_us: row.get("begun_us")?,
        answered_us: row.get("answered_us")?,
        outcomes: row.get("outcomes")?,
    })
}
