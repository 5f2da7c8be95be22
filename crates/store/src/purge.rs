//! Clearing what runs that ended long ago have left in the state.

use sea_orm::Value;
use serde_json::Value as Json;

use crate::error::Result;
use crate::runs::{self, Run, Runs};
use crate::sql::{self, args};

/// Whose runs are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PurgeFilter<'a> {
    /// Those of one campaign.
    Campaign(&'a str),
    /// Those of all campaigns but these.
    Others(&'a [&'a str]),
}

impl Runs<'_> {
    /// Up to `limit` runs that ended before a time and are not cleared yet, the oldest first.
    pub async fn to_purge(&self, filter: PurgeFilter<'_>, before_us: i64, limit: u64) -> Result<Vec<Run>> {
        let mut values = args![before_us, i64::try_from(limit).unwrap_or(i64::MAX)];
        let of = match filter {
            PurgeFilter::Campaign(name) => {
                values.push(name.into());
                "AND campaign = $3".to_owned()
            }
            PurgeFilter::Others([]) => String::new(),
            PurgeFilter::Others(names) => {
                values.extend(names.iter().map(|name| Value::from(*name)));
                format!("AND campaign NOT IN ({})", sql::placeholders(3, names.len()))
            }
        };
        let sql = format!(
            "SELECT * FROM runs WHERE finished_us IS NOT NULL AND cleared_us IS NULL AND finished_us < $1 {of} \
             ORDER BY finished_us LIMIT $2"
        );
        let rows = sql::all(self.0.reader(), "find runs to clear", sql, values).await?;
        rows.iter().map(runs::read).collect()
    }

    /// Keeps the figures of a run that is about to be cleared; from then on it cannot be opened again. `false` where it
    /// goes on, or somebody else was faster.
    pub async fn purge(&self, id: &str, figures: &Json, now_us: i64) -> Result<bool> {
        let sql = "UPDATE runs SET purged_us = $2, figures = $3 \
                   WHERE id = $1 AND finished_us IS NOT NULL AND purged_us IS NULL";
        let values = args![id, now_us, figures.to_string()];
        Ok(self.0.run("keep the figures of a run", sql, values).await? > 0)
    }

    /// Removes up to `limit` lines of the log of a run that is being cleared, and says how many.
    pub async fn clear_log(&self, id: &str, limit: u64) -> Result<u64> {
        let sql = "DELETE FROM run_logs WHERE run = $1 AND seq IN \
                     (SELECT seq FROM run_logs WHERE run = $1 ORDER BY seq LIMIT $2) \
                   AND EXISTS (SELECT 1 FROM runs WHERE id = $1 AND purged_us IS NOT NULL)";
        let values = args![id, i64::try_from(limit).unwrap_or(i64::MAX)];
        self.0.run("clear the log of a run", sql, values).await
    }

    /// Removes the tasks and what is known of the populations of a run that is being cleared.
    pub async fn clear(&self, id: &str, now_us: i64) -> Result<()> {
        let what = "clear a run";
        let transaction = self.0.begin(what).await?;
        let sql = "UPDATE runs SET cleared_us = $2 WHERE id = $1 AND purged_us IS NOT NULL";
        if sql::run(&transaction, what, sql, args![id, now_us]).await? > 0 {
            for table in ["populations", "tasks"] {
                sql::run(&transaction, what, format!("DELETE FROM {table} WHERE run = $1"), args![id]).await?;
            }
        }
        self.0.commit(transaction, what).await
    }

    /// Up to `limit` cleared runs that ended before a time, the oldest first, that nothing needs any more. Needed are the
    /// last run of a campaign that there is and its last that was completed, which say how it stands, and runs that were
    /// stopped amid a delivery, whose lines are nowhere else.
    pub async fn to_forget(&self, before_us: i64, limit: u64) -> Result<Vec<String>> {
        let sql = "SELECT id FROM runs WHERE cleared_us IS NOT NULL AND finished_us < $1 \
                   AND NOT EXISTS (SELECT 1 FROM deliveries WHERE deliveries.run = runs.id \
                     AND deliveries.finished_us IS NULL AND runs.mode = 'live') \
                   AND (mode <> 'live' OR NOT EXISTS (SELECT 1 FROM campaigns WHERE campaigns.name = runs.campaign) \
                     OR EXISTS (SELECT 1 FROM runs AS later WHERE later.campaign = runs.campaign \
                       AND later.started_us > runs.started_us AND later.mode = 'live' \
                       AND (later.state = 'completed' OR runs.state <> 'completed'))) \
                   ORDER BY finished_us LIMIT $2";
        let values = args![before_us, i64::try_from(limit).unwrap_or(i64::MAX)];
        let rows = sql::all(self.0.reader(), "find runs to forget", sql, values).await?;
        rows.iter().map(|row| row.get("id")).collect()
    }

    /// Removes all that the state has of a cleared run, but where the links of its messages lead.
    pub async fn forget(&self, id: &str) -> Result<()> {
        let what = "forget a run";
        let transaction = self.0.begin(what).await?;
        for table in ["message_groups", "batches", "deliveries", "alerts"] {
            let sql = format!(
                "DELETE FROM {table} WHERE run = $1 \
                 AND EXISTS (SELECT 1 FROM runs WHERE id = $1 AND cleared_us IS NOT NULL)"
            );
            sql::run(&transaction, what, sql, args![id]).await?;
        }
        sql::run(&transaction, what, "DELETE FROM runs WHERE id = $1 AND cleared_us IS NOT NULL", args![id]).await?;
        self.0.commit(transaction, what).await
    }

    /// The figures that were kept of a run that was cleared.
    pub async fn figures(&self, id: &str) -> Result<Option<Json>> {
        let sql = "SELECT figures FROM runs WHERE id = $1";
        match sql::one(self.0.reader(), "read the figures of a run", sql, args![id]).await? {
            Some(row) => row.json_or_null("figures"),
            None => Ok(None),
        }
    }
}
