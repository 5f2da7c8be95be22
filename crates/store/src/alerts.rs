//! Alerts that runs raised, one for each activity of a run at most; of the run itself, one for each round.

use serde_json::Value as Json;

use crate::Store;
use crate::error::Result;
use crate::sql::{self, Row, args};

/// An alert to put on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAlert {
    /// The run.
    pub run: String,
    /// Campaign name.
    pub campaign: String,
    /// The activity's id on the canvas; empty where the run itself is meant.
    pub activity: String,
    /// Which time it is said, for what is said more than once; else 0.
    pub round: i64,
    /// `info`, `warning` or `critical`.
    pub level: String,
    /// One line.
    pub title: String,
    /// Plain text.
    pub message: String,
    /// The addresses that it was mailed to.
    pub mailed_to: Vec<String>,
    /// When, UTC microseconds.
    pub now_us: i64,
}

/// A stored alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Grows from alert to alert.
    pub seq: i64,
    /// The run.
    pub run: String,
    /// Campaign name.
    pub campaign: String,
    /// The activity's id on the canvas; empty where the run itself is meant.
    pub activity: String,
    /// `info`, `warning` or `critical`.
    pub level: String,
    /// One line.
    pub title: String,
    /// Plain text.
    pub message: String,
    /// The addresses that it was mailed to.
    pub mailed_to: Vec<String>,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// The repository of alerts; see [`Store::alerts`].
pub struct Alerts<'a>(&'a Store);

impl Store {
    /// Alerts that runs raised.
    pub fn alerts(&self) -> Alerts<'_> {
        Alerts(self)
    }
}

impl Alerts<'_> {
    /// Records an alert; `false` where the run's activity raised its alert before, which stays as it is.
    pub async fn add(&self, alert: &NewAlert) -> Result<bool> {
        let what = "record an alert";
        let transaction = self.0.begin(what).await?;
        let seq = sql::take_numbers(&transaction, "alerts", 1).await?;
        let statement = "INSERT INTO alerts (seq, run, campaign, activity, round, level, title, message, mailed_to, at_us) \
                         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
                         ON CONFLICT (run, activity, round) DO NOTHING";
        let NewAlert { run, campaign, activity, round, level, title, message, mailed_to, now_us } = alert;
        let mailed_to = Json::from(mailed_to.as_slice()).to_string();
        let values = args![
            seq,
            run.as_str(),
            campaign.as_str(),
            activity.as_str(),
            *round,
            level.as_str(),
            title.as_str(),
            message.as_str(),
            mailed_to,
            *now_us
        ];
        let added = sql::run(&transaction, what, statement, values).await? > 0;
        self.0.commit(transaction, what).await?;
        Ok(added)
    }

    /// Up to `limit` alerts, newest first, of one campaign and of one run where they are given.
    pub async fn list(&self, campaign: Option<&str>, run: Option<&str>, limit: u64) -> Result<Vec<Alert>> {
        let mut values = args![i64::try_from(limit).unwrap_or(i64::MAX)];
        let mut conditions = String::new();
        for (column, value) in [("campaign", campaign), ("run", run)] {
            if let Some(value) = value {
                values.push(value.into());
                let word = if conditions.is_empty() { "WHERE" } else { "AND" };
                conditions.push_str(&format!("{word} {column} = ${} ", values.len()));
            }
        }
        let statement = format!("SELECT * FROM alerts {conditions}ORDER BY seq DESC LIMIT $1");
        sql::all(self.0.reader(), "list alerts", statement, values).await?.iter().map(read).collect()
    }
}

fn read(row: &Row) -> Result<Alert> {
    Ok(Alert {
        seq: row.get("seq")?,
        run: row.get("run")?,
        campaign: row.get("campaign")?,
        activity: row.get("activity")?,
        level: row.get("level")?,
        title: row.get("title")?,
        message: row.get("message")?,
        mailed_to: row.json("mailed_to")?,
        at_us: row.get("at_us")?,
    })
}
