//! Deliveries: what one channel activity of one run does with its population.

use std::collections::BTreeMap;

use sea_orm::{ConnectionTrait, Value};

use crate::Store;
use crate::error::Result;
use crate::sql::{self, Row, args};

/// How many rows left for each reason.
pub type Reasons = BTreeMap<String, i64>;

/// A delivery to begin: the population is divided into excluded rows, with reasons, and eligible ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewDelivery {
    /// The run.
    pub run: String,
    /// The channel activity.
    pub activity: String,
    /// `email`, `sms` and so on.
    pub channel: String,
    /// The channel document's name.
    pub channel_name: String,
    /// Rows that arrived: excluded + eligible.
    pub targeted: i64,
    /// Rows that nothing is sent to.
    pub excluded: i64,
    /// The excluded rows by reason.
    pub exclusions: Reasons,
    /// Rows to send to, in batches.
    pub eligible: i64,
    /// The most rows of one batch.
    pub batch_rows: i64,
    /// Whether a message in doubt stays unsent rather than being sent again.
    pub at_most_once: bool,
    /// When it began, UTC microseconds.
    pub now_us: i64,
}

/// A batch of a delivery to begin: ordinals `first_ordinal .. first_ordinal + rows`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NewBatch {
    /// Counted from 0.
    pub batch_no: i64,
    /// The ordinal of its first row in the eligible population.
    pub first_ordinal: i64,
    /// Row count.
    pub rows: i64,
}

/// A stored delivery. Always: `targeted = excluded + sent + failed + in_doubt + pending()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The run.
    pub run: String,
    /// The channel activity.
    pub activity: String,
    /// `email`, `sms` and so on.
    pub channel: String,
    /// The channel document's name.
    pub channel_name: String,
    /// Rows that arrived.
    pub targeted: i64,
    /// Rows that nothing is sent to, those excluded late by a batch among them.
    pub excluded: i64,
    /// The excluded rows by reason.
    pub exclusions: Reasons,
    /// Rows that were to be sent to at the beginning.
    pub eligible: i64,
    /// The most rows of one batch.
    pub batch_rows: i64,
    /// Whether a message in doubt stays unsent rather than being sent again.
    pub at_most_once: bool,
    /// Accepted by the next hop, in finished batches.
    pub sent: i64,
    /// Refused for good, in finished batches.
    pub failed: i64,
    /// Handed over without an answer, in finished batches.
    pub in_doubt: i64,
    /// When it began, UTC microseconds.
    pub created_us: i64,
    /// When its last batch finished, UTC microseconds.
    pub finished_us: Option<i64>,
}

impl Delivery {
    /// Rows whose batch is not finished.
    pub fn pending(&self) -> i64 {
        self.targeted - self.excluded - self.sent - self.failed - self.in_doubt
    }
}

/// Whose deliveries are wanted together. Those of campaigns and channels are of live runs only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveriesOf<'a> {
    /// Of one run, whatever its mode.
    Run(&'a str),
    /// Of a campaign.
    Campaign(&'a str),
    /// Through a channel document.
    Channel(&'a str),
    /// Of all live runs, those with batches that are not finished: for good where the run was stopped.
    Unfinished,
}

/// A delivery, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunDelivery {
    /// The campaign of its run.
    pub campaign: String,
    /// When its run started, UTC microseconds.
    pub started_us: i64,
    /// The delivery.
    pub delivery: Delivery,
}

/// The repository of deliveries; see [`Store::deliveries`].
pub struct Deliveries<'a>(&'a Store);

impl Store {
    /// Deliveries.
    pub fn deliveries(&self) -> Deliveries<'_> {
        Deliveries(self)
    }
}

impl Deliveries<'_> {
    /// Begins a delivery with its batches, or answers the one that the run's activity has already.
    pub async fn create(&self, new: NewDelivery, batches: &[NewBatch]) -> Result<Delivery> {
        let what = "create a delivery";
        let transaction = self.0.begin(what).await?;
        let sql = "INSERT INTO deliveries (run, activity, channel, channel_name, targeted, excluded, exclusions, eligible, \
                     batch_rows, at_most_once, sent, failed, in_doubt, created_us, finished_us) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, 0, 0, $11, $12) \
                   ON CONFLICT (run, activity) DO NOTHING";
        let finished = batches.is_empty().then_some(new.now_us);
        let values = args![
            new.run.as_str(),
            new.activity.as_str(),
            new.channel,
            new.channel_name,
            new.targeted,
            new.excluded,
            json(&new.exclusions),
            new.eligible,
            new.batch_rows,
            new.at_most_once,
            new.now_us,
            finished,
        ];
        if sql::run(&transaction, what, sql, values).await? > 0 {
            insert_batches(&transaction, &new.run, &new.activity, batches).await?;
        }
        let delivery = find(&transaction, &new.run, &new.activity, "").await?;
        self.0.commit(transaction, what).await?;
        delivery.ok_or_else(|| crate::Error::Refused { what, why: "it vanished while it was written".to_owned() })
    }

    /// The delivery of a run's activity.
    pub async fn get(&self, run: &str, activity: &str) -> Result<Option<Delivery>> {
        find(self.0.reader(), run, activity, "").await
    }

    /// The deliveries of several runs, by run and activity.
    pub async fn of_runs(&self, runs: &[&str]) -> Result<Vec<Delivery>> {
        let mut found = Vec::new();
        for some in runs.chunks(sql::rows_per_statement(1)) {
            let sql = format!(
                "SELECT * FROM deliveries WHERE run IN ({}) ORDER BY run, activity",
                sql::placeholders(1, some.len())
            );
            let values = some.iter().map(|&run| Value::from(run)).collect();
            let rows = sql::all(self.0.reader(), "list the deliveries of runs", sql, values).await?;
            found.extend(rows.iter().map(read).collect::<Result<Vec<_>>>()?);
        }
        Ok(found)
    }

    /// The deliveries of a run, oldest first.
    pub async fn list(&self, run: &str) -> Result<Vec<Delivery>> {
        let sql = "SELECT * FROM deliveries WHERE run = $1 ORDER BY created_us, activity";
        sql::all(self.0.reader(), "list deliveries", sql, args![run]).await?.iter().map(read).collect()
    }

    /// The deliveries of a run, a campaign or a channel, oldest run first.
    pub async fn of(&self, of: DeliveriesOf<'_>) -> Result<Vec<RunDelivery>> {
        let (wanted, values) = match of {
            DeliveriesOf::Run(name) => ("r.id = $1", args![name]),
            DeliveriesOf::Campaign(name) => ("r.campaign = $1 AND r.mode = 'live'", args![name]),
            DeliveriesOf::Channel(name) => ("d.channel_name = $1 AND r.mode = 'live'", args![name]),
            DeliveriesOf::Unfinished => ("d.finished_us IS NULL AND r.mode = 'live'", args![]),
        };
        let sql = format!(
            "SELECT d.*, r.campaign, r.started_us FROM deliveries d JOIN runs r ON r.id = d.run WHERE {wanted} \
             ORDER BY r.started_us, d.run, d.created_us, d.activity"
        );
        let rows = sql::all(self.0.reader(), "list deliveries", sql, values).await?;
        let whose = |row: &Row| {
            Ok(RunDelivery { campaign: row.get("campaign")?, started_us: row.get("started_us")?, delivery: read(row)? })
        };
        rows.iter().map(whose).collect()
    }
}

async fn insert_batches<C: ConnectionTrait>(on: &C, run: &str, activity: &str, batches: &[NewBatch]) -> Result<()> {
    for some in batches.chunks(sql::rows_per_statement(11)) {
        let mut values = Vec::with_capacity(some.len() * 11);
        for batch in some {
            values.extend(args![run, activity, batch.batch_no, batch.first_ordinal, batch.rows]);
            values.extend(args!["ready", 0_i64, 0_i64, 0_i64, 0_i64, "{}"]);
        }
        let sql = format!(
            "INSERT INTO batches (run, activity, batch_no, first_ordinal, row_count, state, attempts, sent, failed, \
               in_doubt, excluded_late) VALUES {}",
            sql::value_rows(1, some.len(), 11)
        );
        sql::run(on, "create batches", sql, values).await?;
    }
    Ok(())
}

pub(crate) async fn find<C: ConnectionTrait>(
    on: &C,
    run: &str,
    activity: &str,
    lock: &str,
) -> Result<Option<Delivery>> {
    let sql = format!("SELECT * FROM deliveries WHERE run = $1 AND activity = $2{lock}");
    sql::one(on, "read a delivery", sql, args![run, activity]).await?.as_ref().map(read).transpose()
}

/// Writes the counts of a delivery that the caller has locked.
pub(crate) async fn write_counts<C: ConnectionTrait>(on: &C, delivery: &Delivery) -> Result<()> {
    let sql = "UPDATE deliveries SET excluded = $3, exclusions = $4, sent = $5, failed = $6, in_doubt = $7, \
               finished_us = $8 WHERE run = $1 AND activity = $2";
    let values = args![
        delivery.run.as_str(),
        delivery.activity.as_str(),
        delivery.excluded,
        json(&delivery.exclusions),
        delivery.sent,
        delivery.failed,
        delivery.in_doubt,
        delivery.finished_us,
    ];
    sql::run(on, "write a delivery's counts", sql, values).await?;
    Ok(())
}

/// Reasons as stored.
pub(crate) fn json(reasons: &Reasons) -> String {
    let map: serde_json::Map<_, _> = reasons.iter().map(|(reason, &count)| (reason.clone(), count.into())).collect();
    serde_json::Value::Object(map).to_string()
}

fn read(row: &Row) -> Result<Delivery> {
    Ok(Delivery {
        run: row.get("run")?,
        activity: row.get("activity")?,
        channel: row.get("channel")?,
        channel_name: row.get("channel_name")?,
        targeted: row.get("targeted")?,
        excluded: row.get("excluded")?,
        exclusions: row.json("exclusions")?,
        eligible: row.get("eligible")?,
        batch_rows: row.get("batch_rows")?,
        at_most_once: row.get("at_most_once")?,
        sent: row.get("sent")?,
        failed: row.get("failed")?,
        in_doubt: row.get("in_doubt")?,
        created_us: row.get("created_us")?,
        finished_us: row.get("finished_us")?,
    })
}
