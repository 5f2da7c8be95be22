//! Alerts that runs raised, one for each activity of a run at most; of the run itself, one for each round. And what is
//! wrong with runs and launches, kept together with what makes it so, to be mailed afterwards.

use sea_orm::ConnectionTrait;
use serde_json::Value as Json;

use crate::Store;
use crate::error::Result;
use crate::sql::{self, Row, args};

/// An alert to put on record.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NewAlert {
    /// The run; empty where a launch is meant that began none.
    pub run: String,
    /// The launch, where that is meant.
    pub launch: Option<String>,
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
    /// What went wrong, where that is told and nobody's word: `failed`, `paused`, `held` or `skipped`. It is said by
    /// whatever makes it so, and so is not looked for among what was said before.
    pub trouble: Option<String>,
    /// The addresses that it was mailed to.
    pub mailed_to: Vec<String>,
    /// The channel by which it is yet to be mailed.
    pub mail_by: Option<String>,
    /// The addresses that it is yet to be mailed to.
    pub mail_to: Vec<String>,
    /// When, UTC microseconds.
    pub now_us: i64,
}

/// A stored alert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Alert {
    /// Grows from alert to alert.
    pub seq: i64,
    /// The run; empty where a launch is meant that began none.
    pub run: String,
    /// The launch, where that is meant.
    pub launch: Option<String>,
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
    /// What went wrong, where that is told and nobody's word.
    pub trouble: Option<String>,
    /// The addresses that it was mailed to.
    pub mailed_to: Vec<String>,
    /// The channel by which it is yet to be mailed.
    pub mail_by: Option<String>,
    /// The addresses that it is yet to be mailed to.
    pub mail_to: Vec<String>,
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
        let added = insert(&transaction, alert).await?;
        self.0.commit(transaction, what).await?;
        Ok(added)
    }

    /// Up to `limit` alerts, newest first, of one campaign and of one run where they are given.
    pub async fn list(&self, campaign: Option<&str>, run: Option<&str>, limit: u64) -> Result<Vec<Alert>> {
        self.before(campaign, run, i64::MAX, limit).await
    }

    /// The same of those that were recorded before the one with this number.
    pub async fn before(&self, campaign: Option<&str>, run: Option<&str>, seq: i64, limit: u64) -> Result<Vec<Alert>> {
        let mut values = args![i64::try_from(limit).unwrap_or(i64::MAX), seq];
        let mut conditions = String::new();
        for (column, value) in [("campaign", campaign), ("run", run)] {
            if let Some(value) = value {
                values.push(value.into());
                conditions.push_str(&format!("AND {column} = ${} ", values.len()));
            }
        }
        let statement = format!("SELECT * FROM alerts WHERE seq < $2 {conditions}ORDER BY seq DESC LIMIT $1");
        sql::all(self.0.reader(), "list alerts", statement, values).await?.iter().map(read).collect()
    }

    /// Claims the oldest alert that is to be mailed by now: until `until_us` nobody else does.
    pub async fn claim_mail(&self, now_us: i64, until_us: i64) -> Result<Option<Alert>> {
        let sql = format!(
            "WITH picked AS ( \
               SELECT alerts.seq AS picked_seq FROM alerts WHERE mail_by IS NOT NULL AND mail_due_us <= $1 \
               ORDER BY seq LIMIT 1{} \
             ) \
             UPDATE alerts SET mail_due_us = $2 FROM picked WHERE alerts.seq = picked.picked_seq RETURNING *",
            self.0.for_update_of_free("alerts")
        );
        let rows = self.0.all("claim an alert to mail", sql, args![now_us, until_us]).await?;
        rows.first().map(read).transpose()
    }

    /// When the next alert is to be mailed, UTC microseconds.
    pub async fn next_mail(&self) -> Result<Option<i64>> {
        let sql = "SELECT MIN(mail_due_us) AS due FROM alerts WHERE mail_by IS NOT NULL";
        match sql::one(self.0.reader(), "find the next alert to mail", sql, args![]).await? {
            Some(row) => row.get("due"),
            None => Ok(None),
        }
    }

    /// Says to whom an alert was mailed; to nobody where that cannot be.
    pub async fn mailed(&self, seq: i64, to: &[String]) -> Result<()> {
        let sql = "UPDATE alerts SET mailed_to = $2, mail_by = NULL, mail_to = NULL, mail_due_us = NULL WHERE seq = $1";
        self.0.run("note that an alert was mailed", sql, args![seq, Json::from(to).to_string()]).await?;
        Ok(())
    }

    /// Puts the mail of an alert off.
    pub async fn put_off(&self, seq: i64, until_us: i64) -> Result<()> {
        let sql = "UPDATE alerts SET mail_due_us = $2 WHERE seq = $1 AND mail_by IS NOT NULL";
        self.0.run("put the mail of an alert off", sql, args![seq, until_us]).await?;
        Ok(())
    }
}

/// Records an alert in the transaction of what it tells; `false` where the run's activity raised its alert before.
pub(crate) async fn insert<C: ConnectionTrait>(on: &C, alert: &NewAlert) -> Result<bool> {
    let seq = sql::take_numbers(on, "alerts", 1).await?;
    let statement = "INSERT INTO alerts (seq, run, campaign, activity, round, level, title, message, mailed_to, at_us, \
                       launch, trouble, mail_by, mail_to, mail_due_us) \
                     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) \
                     ON CONFLICT (run, activity, round) DO NOTHING";
    // What is said together with what makes it so is said once anyway.
    let round = if alert.trouble.is_some() && alert.round == 0 { -seq } else { alert.round };
    let list = |addresses: &[String]| Json::from(addresses).to_string();
    let due_us = alert.mail_by.as_ref().map(|_| alert.now_us);
    let values = args![
        seq,
        alert.run.as_str(),
        alert.campaign.as_str(),
        alert.activity.as_str(),
        round,
        alert.level.as_str(),
        alert.title.as_str(),
        alert.message.as_str(),
        list(&alert.mailed_to),
        alert.now_us,
        alert.launch.as_deref(),
        alert.trouble.as_deref(),
        alert.mail_by.as_deref(),
        alert.mail_by.as_ref().map(|_| list(&alert.mail_to)),
        due_us
    ];
    Ok(sql::run(on, "record an alert", statement, values).await? > 0)
}

fn read(row: &Row) -> Result<Alert> {
    Ok(Alert {
        seq: row.get("seq")?,
        run: row.get("run")?,
        launch: row.get("launch")?,
        campaign: row.get("campaign")?,
        activity: row.get("activity")?,
        level: row.get("level")?,
        title: row.get("title")?,
        message: row.get("message")?,
        trouble: row.get("trouble")?,
        mailed_to: row.json("mailed_to")?,
        mail_by: row.get("mail_by")?,
        mail_to: row.json_or_null("mail_to")?.unwrap_or_default(),
        at_us: row.get("at_us")?,
    })
}
