//! Addresses and domains that nothing is sent to, whatever anybody consented to: hard bounces, complaints, lists.

use std::collections::HashMap;

use sea_orm::Value;

use crate::Store;
use crate::error::{Error, Result};
use crate::sql::{self, Row, args};

/// A suppressed address or domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suppression {
    /// `email`, `sms` and so on.
    pub channel: String,
    /// `address` or `domain`; a domain covers exactly the addresses that end in `@` and it, not its subdomains.
    pub kind: String,
    /// The address or domain; compared and kept in lower case.
    pub value: String,
    /// Why, such as `hard_bounce`.
    pub reason: String,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// The repository of suppressions; see [`Store::suppressions`].
pub struct Suppressions<'a>(&'a Store);

impl Store {
    /// The suppression lists.
    pub fn suppressions(&self) -> Suppressions<'_> {
        Suppressions(self)
    }
}

impl Suppressions<'_> {
    /// Adds suppressions, all or none, and answers how many are new; the first reason of an address or domain stays.
    ///
    /// # Errors
    /// [`Error::Refused`] for a kind other than `address` and `domain`.
    pub async fn add(&self, suppressions: &[Suppression]) -> Result<u64> {
        let what = "add suppressions";
        if let Some(other) = suppressions.iter().find(|one| !matches!(one.kind.as_str(), "address" | "domain")) {
            let why = format!("`{}` is no kind of suppression; it is `address` or `domain`", other.kind);
            return Err(Error::Refused { what, why });
        }
        let transaction = self.0.begin(what).await?;
        let mut new = 0;
        for some in suppressions.chunks(sql::rows_per_statement(5)) {
            let mut values = Vec::with_capacity(some.len() * 5);
            for one in some {
                values.extend(args![one.channel.as_str(), one.kind.as_str(), one.value.to_lowercase()]);
                values.extend(args![one.reason.as_str(), one.at_us]);
            }
            let sql = format!(
                "INSERT INTO suppressions (channel, kind, value, reason, at_us) VALUES {} ON CONFLICT DO NOTHING",
                sql::value_rows(1, some.len(), 5)
            );
            new += sql::run(&transaction, what, sql, values).await?;
        }
        self.0.commit(transaction, what).await?;
        Ok(new)
    }

    /// Removes a suppression; says whether there was one.
    pub async fn remove(&self, channel: &str, kind: &str, value: &str) -> Result<bool> {
        let sql = "DELETE FROM suppressions WHERE channel = $1 AND kind = $2 AND value = $3";
        let values = args![channel, kind, value.to_lowercase()];
        Ok(self.0.run("remove a suppression", sql, values).await? > 0)
    }

    /// Up to `limit` suppressions of a channel after the one given, by kind and value.
    pub async fn list(&self, channel: &str, after: Option<(&str, &str)>, limit: u64) -> Result<Vec<Suppression>> {
        let (kind, value) = after.unwrap_or_default();
        let sql = "SELECT * FROM suppressions WHERE channel = $1 AND (kind > $2 OR (kind = $2 AND value > $3)) \
                   ORDER BY kind, value LIMIT $4";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = sql::all(self.0.reader(), "list suppressions", sql, args![channel, kind, value, limit]).await?;
        rows.iter().map(read).collect()
    }

    /// Which of these addresses are suppressed, by themselves or by their domain, with the reason. Addresses are
    /// answered as the caller spelled them.
    pub async fn lookup(&self, channel: &str, addresses: &[&str]) -> Result<HashMap<String, String>> {
        let mut wanted: Vec<(&'static str, String)> = Vec::with_capacity(addresses.len() * 2);
        for address in addresses.iter().map(|address| address.to_lowercase()) {
            if let Some((_, domain)) = address.rsplit_once('@') {
                wanted.push(("domain", domain.to_owned()));
            }
            wanted.push(("address", address));
        }
        wanted.sort_unstable();
        wanted.dedup();
        let mut reasons: HashMap<(&'static str, String), String> = HashMap::new();
        for kind in ["address", "domain"] {
            let of_kind: Vec<&str> =
                wanted.iter().filter(|(of, _)| *of == kind).map(|(_, value)| value.as_str()).collect();
            for some in of_kind.chunks(sql::rows_per_statement(1)) {
                let sql = format!(
                    "SELECT value, reason FROM suppressions WHERE channel = $1 AND kind = $2 AND value IN ({})",
                    sql::placeholders(3, some.len())
                );
                let mut values = args![channel, kind];
                values.extend(some.iter().map(|&value| Value::from(value)));
                for row in sql::all(self.0.reader(), "look up suppressions", sql, values).await? {
                    reasons.insert((kind, row.get("value")?), row.get("reason")?);
                }
            }
        }
        let reason_of = |address: &str| {
            let lower = address.to_lowercase();
            let domain = lower.rsplit_once('@').map(|(_, domain)| ("domain", domain.to_owned()));
            reasons.get(&("address", lower)).or_else(|| domain.and_then(|domain| reasons.get(&domain))).cloned()
        };
        Ok(addresses.iter().filter_map(|&address| Some((address.to_owned(), reason_of(address)?))).collect())
    }
}

fn read(row: &Row) -> Result<Suppression> {
    Ok(Suppression {
        channel: row.get("channel")?,
        kind: row.get("kind")?,
        value: row.get("value")?,
        reason: row.get("reason")?,
        at_us: row.get("at_us")?,
    })
}
