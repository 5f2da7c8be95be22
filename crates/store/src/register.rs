//! The opt-outs and the suppressions as one list to look through.

use sea_orm::Value;

use crate::Store;
use crate::error::Result;
use crate::sql::{self, Row, args};

/// Which lines are wanted; what is absent does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RegisterFilter {
    /// `opt-out` or `suppression`.
    pub list: Option<String>,
    /// `email`, `sms` and so on.
    pub channel: Option<String>,
    /// `person`, `address` or `domain`.
    pub subject: Option<String>,
    /// The dimension of persons.
    pub dimension: Option<String>,
    /// The whole value, in lower case where it is an address or a domain.
    pub value: Option<String>,
    /// Part of the value, without regard to case.
    pub search: Option<String>,
}

/// A line of either list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RegisterLine {
    /// `opt-out` or `suppression`.
    pub list: String,
    /// `email`, `sms` and so on.
    pub channel: String,
    /// `person`, `address` or `domain`.
    pub subject: String,
    /// Of a person; empty otherwise.
    pub dimension: String,
    /// The person's identity, the address or the domain.
    pub value: String,
    /// Why, or where it came from.
    pub reason: String,
    /// The run whose message an opt-out answers.
    pub run: Option<String>,
    /// The activity whose message an opt-out answers.
    pub activity: Option<String>,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// The repository over both lists; see [`Store::register`].
pub struct Register<'a>(&'a Store);

impl Store {
    /// Opt-outs and suppressions together.
    pub fn register(&self) -> Register<'_> {
        Register(self)
    }
}

const BOTH: &str = "SELECT 'opt-out' AS list, channel, subject, dimension, value, source AS reason, run, activity, at_us \
                    FROM opt_outs UNION ALL \
                    SELECT 'suppression', channel, kind, '', value, reason, NULL, NULL, at_us FROM suppressions";

impl Register<'_> {
    /// Lines from `offset` on, newest first, and how many there are.
    pub async fn list(&self, filter: &RegisterFilter, offset: u64, limit: u64) -> Result<(u64, Vec<RegisterLine>)> {
        let what = "look through the opt-outs and suppressions";
        let mut values: Vec<Value> = Vec::new();
        let mut wanted = vec!["1 = 1".to_owned()];
        for (column, value) in [
            ("list", &filter.list),
            ("channel", &filter.channel),
            ("subject", &filter.subject),
            ("dimension", &filter.dimension),
            ("value", &filter.value),
        ] {
            if let Some(value) = value {
                values.push(value.as_str().into());
                wanted.push(format!("{column} = ${}", values.len()));
            }
        }
        if let Some(search) = &filter.search {
            let part = search.to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            values.push(format!("%{part}%").into());
            wanted.push(format!("LOWER(value) LIKE ${} ESCAPE '\\'", values.len()));
        }
        let wanted = wanted.join(" AND ");
        let counted = format!("SELECT COUNT(*) AS n FROM ({BOTH}) AS lines WHERE {wanted}");
        let row = sql::one(self.0.reader(), what, counted, values.clone()).await?;
        let total: i64 = row.map_or(Ok(0), |row| row.get("n"))?;
        let size = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        values.extend(args![size(limit), size(offset)]);
        let page = format!(
            "SELECT * FROM ({BOTH}) AS lines WHERE {wanted} ORDER BY at_us DESC, list, channel, subject, dimension, value \
             LIMIT ${} OFFSET ${}",
            values.len() - 1,
            values.len()
        );
        let rows = sql::all(self.0.reader(), what, page, values).await?;
        let lines = rows.iter().map(read).collect::<Result<_>>()?;
        Ok((total.unsigned_abs(), lines))
    }
}

fn read(row: &Row) -> Result<RegisterLine> {
    Ok(RegisterLine {
        list: row.get("list")?,
        channel: row.get("channel")?,
        subject: row.get("subject")?,
        dimension: row.get("dimension")?,
        value: row.get("value")?,
        reason: row.get("reason")?,
        run: row.get("run")?,
        activity: row.get("activity")?,
        at_us: row.get("at_us")?,
    })
}
