//! Batches: contiguous parts of a delivery, each sent by one worker at a time under a lease.
//!
//! A batch is `ready`, `running` or `done`. Its counts reach the delivery when it is done, together with the end of
//! its groups, so that a person is counted once however often a worker dies.

use crate::Store;
use crate::deliveries::{self, Reasons};
use crate::error::{Error, Result};
use crate::sql::{self, Row, args};

/// A stored batch: ordinals `first_ordinal .. first_ordinal + rows` of the delivery's eligible rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// The run.
    pub run: String,
    /// The channel activity.
    pub activity: String,
    /// Counted from 0.
    pub batch_no: i64,
    /// The ordinal of its first row.
    pub first_ordinal: i64,
    /// Row count.
    pub rows: i64,
    /// `ready`, `running` or `done`.
    pub state: String,
    /// How often it was claimed; more than 1 means that an earlier worker may have left groups.
    pub attempts: i64,
    /// Who has claimed it.
    pub owner: Option<String>,
    /// When the claim ends, UTC microseconds.
    pub lease_until_us: Option<i64>,
    /// Not to be claimed before, UTC microseconds.
    pub not_before_us: Option<i64>,
    /// What became of its rows, once it is done.
    pub counts: BatchCounts,
    /// The file with its ledger lines, once it is done.
    pub ledger_file: Option<String>,
    /// When it was done, UTC microseconds.
    pub finished_us: Option<i64>,
}

/// Names a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BatchRef<'a> {
    /// The run.
    pub run: &'a str,
    /// The channel activity.
    pub activity: &'a str,
    /// Counted from 0.
    pub batch_no: i64,
}

impl Batch {
    /// This batch's name.
    pub fn name(&self) -> BatchRef<'_> {
        BatchRef { run: &self.run, activity: &self.activity, batch_no: self.batch_no }
    }
}

/// What became of the rows of a batch. Together they are the batch's rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BatchCounts {
    /// Accepted by the next hop.
    pub sent: i64,
    /// Refused for good.
    pub failed: i64,
    /// Handed over without an answer.
    pub in_doubt: i64,
    /// Excluded when the batch was about to go, by reason.
    pub excluded_late: Reasons,
}

impl BatchCounts {
    fn total(&self) -> i64 {
        self.sent + self.failed + self.in_doubt + self.excluded_late.values().sum::<i64>()
    }
}

/// The repository of batches; see [`Store::batches`].
pub struct Batches<'a>(&'a Store);

impl Store {
    /// Batches of deliveries.
    pub fn batches(&self) -> Batches<'_> {
        Batches(self)
    }
}

/// Nobody but `owner` has or had the task that the delivery `$1`, `$2` is made for: whoever has lost it neither begins a
/// batch nor keeps one. A delivery without a task is nobody else's.
fn has_task(owner: &str) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM tasks WHERE tasks.run = $1 AND tasks.activity = $2 \
         AND (tasks.state <> 'running' OR tasks.owner IS NULL OR tasks.owner <> {owner}))"
    )
}

impl Batches<'_> {
    /// The batches of a delivery, in order.
    pub async fn list(&self, run: &str, activity: &str) -> Result<Vec<Batch>> {
        let sql = "SELECT * FROM batches WHERE run = $1 AND activity = $2 ORDER BY batch_no";
        sql::all(self.0.reader(), "list batches", sql, args![run, activity]).await?.iter().map(read).collect()
    }

    /// Claims the first batch that is free and due (or whose claim has ended), while the run is running and the task of
    /// the activity, if there is one, is the owner's.
    pub async fn claim(
        &self,
        run: &str,
        activity: &str,
        owner: &str,
        lease_us: i64,
        now_us: i64,
    ) -> Result<Option<Batch>> {
        let sql = format!(
            "WITH picked AS ( \
               SELECT batches.batch_no AS picked_no FROM batches JOIN runs ON runs.id = batches.run \
               WHERE batches.run = $1 AND batches.activity = $2 AND batches.state IN ('ready', 'running') \
                 AND runs.state = 'running' AND {} \
                 AND ((batches.state = 'ready' AND COALESCE(batches.not_before_us, 0) <= $3) \
                   OR (batches.state = 'running' AND COALESCE(batches.lease_until_us, 0) <= $3)) \
               ORDER BY batches.batch_no LIMIT 1{} \
             ) \
             UPDATE batches SET state = 'running', attempts = attempts + 1, owner = $4, lease_until_us = $5, \
               not_before_us = NULL \
             FROM picked WHERE batches.run = $1 AND batches.activity = $2 AND batches.batch_no = picked.picked_no \
             RETURNING *",
            has_task("$4"),
            self.0.for_update_of_free("batches")
        );
        let values = args![run, activity, now_us, owner, now_us.saturating_add(lease_us)];
        // All rows are read, so that the statement has ended before its connection goes back.
        self.0.all("claim a batch", sql, values).await?.first().map(read).transpose()
    }

    /// Lengthens a claim; `false` where the batch, or the task of its activity, is not the owner's any more.
    pub async fn renew(&self, batch: BatchRef<'_>, owner: &str, lease_us: i64, now_us: i64) -> Result<bool> {
        let BatchRef { run, activity, batch_no } = batch;
        let sql = format!(
            "UPDATE batches SET lease_until_us = $5 \
             WHERE run = $1 AND activity = $2 AND batch_no = $3 AND owner = $4 AND state = 'running' AND {}",
            has_task("$4")
        );
        let values = args![run, activity, batch_no, owner, now_us.saturating_add(lease_us)];
        Ok(self.0.run("renew a batch's lease", sql, values).await? > 0)
    }

    /// Whether the task of a delivery's activity, if there is one, is the owner's.
    pub async fn has_task(&self, run: &str, activity: &str, owner: &str) -> Result<bool> {
        let sql = format!("SELECT 1 AS found WHERE {}", has_task("$3"));
        let rows =
            sql::all(self.0.reader(), "look at the task of a delivery", sql, args![run, activity, owner]).await?;
        Ok(!rows.is_empty())
    }

    /// Gives a claimed batch back, not to be claimed before a time where one is given; its groups stay. `false` where
    /// it is not the owner's any more.
    pub async fn release(&self, batch: BatchRef<'_>, owner: &str, not_before_us: Option<i64>) -> Result<bool> {
        let BatchRef { run, activity, batch_no } = batch;
        let sql = "UPDATE batches SET state = 'ready', owner = NULL, lease_until_us = NULL, not_before_us = $5 \
                   WHERE run = $1 AND activity = $2 AND batch_no = $3 AND owner = $4 AND state = 'running'";
        let values = args![run, activity, batch_no, owner, not_before_us];
        Ok(self.0.run("release a batch", sql, values).await? > 0)
    }

    /// Ends every claim and every delay of a delivery's unfinished batches, for a run that is resumed. Answers how many
    /// batches are to do.
    pub async fn reopen(&self, run: &str, activity: &str) -> Result<u64> {
        let sql = "UPDATE batches SET state = 'ready', owner = NULL, lease_until_us = NULL, not_before_us = NULL \
                   WHERE run = $1 AND activity = $2 AND state IN ('ready', 'running')";
        self.0.run("reopen batches", sql, args![run, activity]).await
    }

    /// Ends a batch: its counts go to the delivery, its groups go away, and the delivery ends with its last batch. All
    /// in one transaction; `false`, and nothing changes, where the batch is not the owner's any more.
    ///
    /// # Errors
    /// [`Error::Refused`] where the counts are not the batch's rows: a row would be lost or counted twice.
    pub async fn finish(
        &self,
        batch: BatchRef<'_>,
        owner: &str,
        counts: &BatchCounts,
        ledger_file: Option<&str>,
        now_us: i64,
    ) -> Result<bool> {
        let BatchRef { run, activity, batch_no } = batch;
        let what = "finish a batch";
        let transaction = self.0.begin(what).await?;
        let Some(mut delivery) = deliveries::find(&transaction, run, activity, self.0.for_update()).await? else {
            return Ok(false);
        };
        let sql = "UPDATE batches SET state = 'done', owner = NULL, lease_until_us = NULL, sent = $5, failed = $6, \
                   in_doubt = $7, excluded_late = $8, ledger_file = $9, finished_us = $10 \
                   WHERE run = $1 AND activity = $2 AND batch_no = $3 AND owner = $4 AND state = 'running' \
                   RETURNING row_count";
        let late = deliveries::json(&counts.excluded_late);
        let BatchCounts { sent, failed, in_doubt, excluded_late } = counts;
        let values = args![run, activity, batch_no, owner, *sent, *failed, *in_doubt, late, ledger_file, now_us];
        let rows = sql::all(&transaction, what, sql, values).await?;
        let Some(row) = rows.first() else { return Ok(false) };
        let rows: i64 = row.get("row_count")?;
        if counts.total() != rows {
            let why = format!("its {rows} rows are counted as {}", counts.total());
            return Err(Error::Refused { what, why });
        }
        delivery.sent += sent;
        delivery.failed += failed;
        delivery.in_doubt += in_doubt;
        for (reason, &count) in excluded_late {
            delivery.excluded += count;
            *delivery.exclusions.entry(reason.clone()).or_default() += count;
        }
        let sql =
            "SELECT 1 AS found FROM batches WHERE run = $1 AND activity = $2 AND state IN ('ready', 'running') LIMIT 1";
        if sql::one(&transaction, what, sql, args![run, activity]).await?.is_none() {
            delivery.finished_us = Some(now_us);
        }
        deliveries::write_counts(&transaction, &delivery).await?;
        let sql = "DELETE FROM message_groups WHERE run = $1 AND activity = $2 AND batch_no = $3";
        sql::run(&transaction, what, sql, args![run, activity, batch_no]).await?;
        self.0.commit(transaction, what).await?;
        Ok(true)
    }
}

fn read(row: &Row) -> Result<Batch> {
    Ok(Batch {
        run: row.get("run")?,
        activity: row.get("activity")?,
        batch_no: row.get("batch_no")?,
        first_ordinal: row.get("first_ordinal")?,
        rows: row.get("row_count")?,
        state: row.get("state")?,
        attempts: row.get("attempts")?,
        owner: row.get("owner")?,
        lease_until_us: row.get("lease_until_us")?,
        not_before_us: row.get("not_before_us")?,
        counts: BatchCounts {
            sent: row.get("sent")?,
            failed: row.get("failed")?,
            in_doubt: row.get("in_doubt")?,
            excluded_late: row.json("excluded_late")?,
        },
        ledger_file: row.get("ledger_file")?,
        finished_us: row.get("finished_us")?,
    })
}
