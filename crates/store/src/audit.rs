//! Who changed what, and when.

use sea_orm::{ConnectionTrait, Value};

use crate::Store;
use crate::error::Result;
use crate::sql::{self, Row, args};

/// A change to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewAudit {
    /// Who did it: a person, a program, or `tutti` for what happens by itself.
    pub actor: String,
    /// The kind of thing, such as `campaign`.
    pub kind: String,
    /// The thing's name.
    pub name: String,
    /// What was done, such as `publish`.
    pub action: String,
    /// More about it, in one sentence.
    pub detail: Option<String>,
}

/// A kept change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditLine {
    /// Grows from line to line.
    pub seq: i64,
    /// When, UTC microseconds.
    pub at_us: i64,
    /// What was done by whom.
    pub line: NewAudit,
}

/// The repository of changes; see [`Store::audit`].
pub struct Audit<'a>(&'a Store);

impl Store {
    /// Who changed what.
    pub fn audit(&self) -> Audit<'_> {
        Audit(self)
    }
}

impl Audit<'_> {
    /// Keeps changes, all or none.
    pub async fn add(&self, lines: &[NewAudit], now_us: i64) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let transaction = self.0.begin("record changes").await?;
        for line in lines {
            write(&transaction, line, now_us).await?;
        }
        self.0.commit(transaction, "record changes").await
    }

    /// Up to `limit` changes, newest first, before line `before_seq` where it is given, of one kind and one thing where
    /// they are.
    pub async fn list(
        &self,
        kind: Option<&str>,
        name: Option<&str>,
        before_seq: Option<i64>,
        limit: u64,
    ) -> Result<Vec<AuditLine>> {
        let mut values: Vec<Value> = args![i64::try_from(limit).unwrap_or(i64::MAX)];
        let mut wanted = vec!["1 = 1".to_owned()];
        for (column, value) in [
            ("kind =", kind.map(Value::from)),
            ("name =", name.map(Value::from)),
            ("seq <", before_seq.map(Value::from)),
        ] {
            if let Some(value) = value {
                values.push(value);
                wanted.push(format!("{column} ${}", values.len()));
            }
        }
        let sql = format!("SELECT * FROM audit WHERE {} ORDER BY seq DESC LIMIT $1", wanted.join(" AND "));
        sql::all(self.0.reader(), "read the record of changes", sql, values).await?.iter().map(read).collect()
    }
}

/// Keeps one change in the transaction that makes it.
pub(crate) async fn write<C: ConnectionTrait>(on: &C, line: &NewAudit, now_us: i64) -> Result<()> {
    let seq = sql::take_numbers(on, "audit", 1).await?;
    let sql = "INSERT INTO audit (seq, at_us, actor, kind, name, action, detail) VALUES ($1, $2, $3, $4, $5, $6, $7)";
    let NewAudit { actor, kind, name, action, detail } = line;
    let values = args![seq, now_us, actor.as_str(), kind.as_str(), name.as_str(), action.as_str(), detail.as_deref()];
    sql::run(on, "record a change", sql, values).await?;
    Ok(())
}

fn read(row: &Row) -> Result<AuditLine> {
    let line = NewAudit {
        actor: row.get("actor")?,
        kind: row.get("kind")?,
        name: row.get("name")?,
        action: row.get("action")?,
        detail: row.get("detail")?,
    };
    Ok(AuditLine { seq: row.get("seq")?, at_us: row.get("at_us")?, line })
}
