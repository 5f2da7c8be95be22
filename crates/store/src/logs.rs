//! What a run tells about itself, line by line.

use crate::Store;
use crate::error::Result;
use crate::open::commit;
use crate::sql::{self, Row, args};

/// One line of a run's log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogLine {
    /// Grows from line to line; the key for reading on.
    pub seq: i64,
    /// The run.
    pub run: String,
    /// The activity, where the line is about one.
    pub activity: Option<String>,
    /// `info`, `warning` or `error`.
    pub level: String,
    /// One sentence.
    pub message: String,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// The repository of run logs; see [`Store::logs`].
pub struct Logs<'a>(&'a Store);

impl Store {
    /// The logs of runs.
    pub fn logs(&self) -> Logs<'_> {
        Logs(self)
    }
}

impl Logs<'_> {
    /// Adds a line and answers its number.
    pub async fn add(&self, run: &str, activity: Option<&str>, level: &str, message: &str, now_us: i64) -> Result<i64> {
        let what = "add to a run's log";
        let transaction = self.0.begin(what).await?;
        let seq = sql::take_numbers(&transaction, "run_logs", 1).await?;
        let sql = "INSERT INTO run_logs (run, seq, activity, level, message, at_us) VALUES ($1, $2, $3, $4, $5, $6)";
        sql::run(&transaction, what, sql, args![run, seq, activity, level, message, now_us]).await?;
        commit(transaction, what).await?;
        Ok(seq)
    }

    /// Up to `limit` lines after line `after_seq` (0 for all), oldest first, of one activity where it is given.
    pub async fn list(&self, run: &str, activity: Option<&str>, after_seq: i64, limit: u64) -> Result<Vec<LogLine>> {
        let sql = "SELECT * FROM run_logs WHERE run = $1 AND seq > $2 AND ($3 IS NULL OR activity = $3) \
                   ORDER BY seq LIMIT $4";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = sql::all(self.0.reader(), "read a run's log", sql, args![run, after_seq, activity, limit]).await?;
        rows.iter().map(line).collect()
    }
}

fn line(row: &Row) -> Result<LogLine> {
    Ok(LogLine {
        seq: row.get("seq")?,
        run: row.get("run")?,
        activity: row.get("activity")?,
        level: row.get("level")?,
        message: row.get("message")?,
        at_us: row.get("at_us")?,
    })
}
