//! Runs and launches as people look for them: those that a filter takes, a page at a time.

use sea_orm::{ConnectionTrait, Value};

use crate::error::Result;
use crate::launches::{self, Launch, Launches};
use crate::runs::{self, Run, Runs};
use crate::sql::{self, args};

/// Which runs are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RunFilter<'a> {
    /// Of one campaign.
    pub campaign: Option<&'a str>,
    /// In one of these states; in any where there are none.
    pub states: &'a [&'a str],
    /// `live` or `test`.
    pub mode: Option<&'a str>,
    /// Begun not before, UTC microseconds.
    pub since_us: Option<i64>,
    /// Begun not after, UTC microseconds.
    pub until_us: Option<i64>,
    /// In the list after the run that began then and has this id, for reading on.
    pub before: Option<(i64, &'a str)>,
}

/// Which launches of a campaign are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LaunchFilter<'a> {
    /// The campaign.
    pub campaign: &'a str,
    /// In one of these states; in any where there are none.
    pub states: &'a [&'a str],
    /// Due not before, UTC microseconds.
    pub since_us: Option<i64>,
    /// Due not after, UTC microseconds.
    pub until_us: Option<i64>,
    /// In the list after the launch that was kept at the first time for the second, and has this id, for reading on.
    pub before: Option<(i64, i64, &'a str)>,
}

impl RunFilter<'_> {
    /// As a condition, whose values come after those that are there.
    fn condition(&self, values: &mut Vec<Value>) -> String {
        all_of(
            [
                ("campaign = ?", self.campaign.map(|campaign| args![campaign])),
                ("state IN (?)", some_of(self.states)),
                ("mode = ?", self.mode.map(|mode| args![mode])),
                ("started_us >= ?", self.since_us.map(|since_us| args![since_us])),
                ("started_us <= ?", self.until_us.map(|until_us| args![until_us])),
                ("(started_us, id) < (?)", self.before.map(|(started_us, id)| args![started_us, id])),
            ],
            values,
        )
    }
}

impl LaunchFilter<'_> {
    /// As a condition, whose values come after those that are there.
    fn condition(&self, values: &mut Vec<Value>) -> String {
        let before = self.before.map(|(created_us, due_us, id)| args![created_us, due_us, id]);
        all_of(
            [
                ("campaign = ?", Some(args![self.campaign])),
                ("state IN (?)", some_of(self.states)),
                ("due_us >= ?", self.since_us.map(|since_us| args![since_us])),
                ("due_us <= ?", self.until_us.map(|until_us| args![until_us])),
                ("(created_us, due_us, id) < (?)", before),
            ],
            values,
        )
    }
}

fn some_of(words: &[&str]) -> Option<Vec<Value>> {
    (!words.is_empty()).then(|| words.iter().map(|word| Value::from(*word)).collect())
}

/// The conditions that have values, which come after those that are there.
fn all_of(conditions: impl IntoIterator<Item = (&'static str, Option<Vec<Value>>)>, values: &mut Vec<Value>) -> String {
    let mut texts = vec!["1 = 1".to_owned()];
    for (condition, given) in conditions {
        let Some(given) = given else { continue };
        texts.push(condition.replace('?', &sql::placeholders(values.len() + 1, given.len())));
        values.extend(given);
    }
    texts.join(" AND ")
}

async fn count<C: ConnectionTrait>(on: &C, what: &'static str, table: &str, of: (String, Vec<Value>)) -> Result<u64> {
    let (condition, values) = of;
    let sql = format!("SELECT COUNT(*) AS number FROM {table} WHERE {condition}");
    let row = sql::one(on, what, sql, values).await?;
    let number = row.map_or(Ok(0), |row| row.get::<i64>("number"))?;
    Ok(u64::try_from(number).unwrap_or_default())
}

/// The first values of a page: how many, and how many are left out before.
fn page(limit: u64, offset: u64) -> Vec<Value> {
    [limit, offset].map(|number| Value::from(i64::try_from(number).unwrap_or(i64::MAX))).into()
}

impl Runs<'_> {
    /// The runs that a filter takes, newest first.
    pub async fn find(&self, filter: &RunFilter<'_>, limit: u64, offset: u64) -> Result<Vec<Run>> {
        let mut values = page(limit, offset);
        let condition = filter.condition(&mut values);
        let sql = format!("SELECT * FROM runs WHERE {condition} ORDER BY started_us DESC, id DESC LIMIT $1 OFFSET $2");
        sql::all(self.0.reader(), "find runs", sql, values).await?.iter().map(runs::read).collect()
    }

    /// How many runs a filter takes, on all pages together.
    pub async fn count(&self, filter: &RunFilter<'_>) -> Result<u64> {
        let mut values = Vec::new();
        let condition = RunFilter { before: None, ..filter.clone() }.condition(&mut values);
        count(self.0.reader(), "count runs", "runs", (condition, values)).await
    }
}

impl Launches<'_> {
    /// The launches that a filter takes, newest first.
    pub async fn find(&self, filter: &LaunchFilter<'_>, limit: u64, offset: u64) -> Result<Vec<Launch>> {
        let mut values = page(limit, offset);
        let condition = filter.condition(&mut values);
        let sql = format!(
            "SELECT * FROM launches WHERE {condition} ORDER BY created_us DESC, due_us DESC, id DESC LIMIT $1 OFFSET $2"
        );
        sql::all(self.0.reader(), "find launches", sql, values).await?.iter().map(launches::read).collect()
    }

    /// How many launches a filter takes, on all pages together.
    pub async fn count(&self, filter: &LaunchFilter<'_>) -> Result<u64> {
        let mut values = Vec::new();
        let condition = LaunchFilter { before: None, ..filter.clone() }.condition(&mut values);
        count(self.0.reader(), "count launches", "launches", (condition, values)).await
    }
}
