//! What a run tells about itself, line by line.

use sea_orm::{DatabaseTransaction, Value};

use crate::Store;
use crate::error::Result;
use crate::sql::{self, Row, args};

/// Lines that are looked through at a time.
const LINES_AT_A_TIME: usize = 1_000;

/// The most lines that are looked through for a text in one go.
const LINES_SEARCHED_MAX: usize = 200_000;

/// A line to add.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewLogLine {
    /// The activity, where the line is about one.
    pub activity: Option<String>,
    /// `info`, `warning` or `error`.
    pub level: &'static str,
    /// One sentence.
    pub message: String,
}

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

/// Which lines are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LogFilter<'a> {
    /// Of one run.
    pub run: Option<&'a str>,
    /// Of all runs of a campaign.
    pub campaign: Option<&'a str>,
    /// About one activity.
    pub activity: Option<&'a str>,
    /// Of these levels; of any where there are none.
    pub levels: &'a [&'a str],
    /// A part of the message, whatever its case.
    pub search: Option<&'a str>,
    /// Not before, UTC microseconds.
    pub since_us: Option<i64>,
    /// Not after, UTC microseconds.
    pub until_us: Option<i64>,
    /// Before this line, for reading on.
    pub before_seq: Option<i64>,
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
        let seq = insert(&transaction, run, activity, level, message, now_us).await?;
        self.0.commit(transaction, what).await?;
        Ok(seq)
    }

    /// Up to `limit` lines, newest first. A search that has looked through very many lines in vain ends there.
    pub async fn find(&self, filter: &LogFilter<'_>, limit: usize) -> Result<Vec<LogLine>> {
        let search = filter.search.map(str::to_lowercase).filter(|search| !search.is_empty());
        let mut found = Vec::new();
        let (mut before_seq, mut looked_at) = (filter.before_seq, 0);
        while found.len() < limit && looked_at < LINES_SEARCHED_MAX {
            let wanted = if search.is_some() { LINES_AT_A_TIME } else { limit };
            let lines = self.page(&LogFilter { before_seq, ..filter.clone() }, wanted).await?;
            let Some(last) = lines.last() else { break };
            (before_seq, looked_at) = (Some(last.seq), looked_at + lines.len());
            let end = lines.len() < wanted;
            // Databases fold the case of letters differently.
            let takes =
                |line: &LogLine| search.as_ref().is_none_or(|search| line.message.to_lowercase().contains(search));
            found.extend(lines.into_iter().filter(takes).take(limit - found.len()));
            if end {
                break;
            }
        }
        Ok(found)
    }

    async fn page(&self, filter: &LogFilter<'_>, limit: usize) -> Result<Vec<LogLine>> {
        let mut values = args![i64::try_from(limit).unwrap_or(i64::MAX)];
        let mut conditions: Vec<String> = Vec::new();
        let mut add = |condition: &str, value: Option<Value>| {
            if let Some(value) = value {
                values.push(value);
                conditions.push(condition.replace('?', &format!("${}", values.len())));
            }
        };
        add("run = ?", filter.run.map(Value::from));
        add("run IN (SELECT id FROM runs WHERE campaign = ?)", filter.campaign.map(Value::from));
        add("activity = ?", filter.activity.map(Value::from));
        add("at_us >= ?", filter.since_us.map(Value::from));
        add("at_us <= ?", filter.until_us.map(Value::from));
        add("seq < ?", filter.before_seq.map(Value::from));
        if !filter.levels.is_empty() {
            let list = sql::placeholders(values.len() + 1, filter.levels.len());
            values.extend(filter.levels.iter().map(|level| Value::from(*level)));
            conditions.push(format!("level IN ({list})"));
        }
        let conditions =
            if conditions.is_empty() { String::new() } else { format!("WHERE {} ", conditions.join(" AND ")) };
        let sql = format!("SELECT * FROM run_logs {conditions}ORDER BY seq DESC LIMIT $1");
        sql::all(self.0.reader(), "read logs of runs", sql, values).await?.iter().map(line).collect()
    }
}

pub(crate) async fn insert(
    on: &DatabaseTransaction,
    run: &str,
    activity: Option<&str>,
    level: &str,
    message: &str,
    now_us: i64,
) -> Result<i64> {
    let seq = sql::take_numbers(on, "run_logs", 1).await?;
    let sql = "INSERT INTO run_logs (run, seq, activity, level, message, at_us) VALUES ($1, $2, $3, $4, $5, $6)";
    sql::run(on, "add to a run's log", sql, args![run, seq, activity, level, message, now_us]).await?;
    Ok(seq)
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
