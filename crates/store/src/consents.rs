//! Tutti's own register of people and addresses that do not want to be written to.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, Value};

use crate::Store;
use crate::error::{Error, Result};
use crate::sql::{self, Row, args};

/// An opt-out of a channel by a person, an address, or both at once. Kept as up to two facts, one for each, so that
/// neither is lost when the other is known already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OptOut {
    /// `email`, `sms` and so on.
    pub channel: String,
    /// The dimension and key of the person, where known.
    pub person: Option<(String, String)>,
    /// The address, where known; compared and kept in lower case.
    pub address: Option<String>,
    /// Where it came from, such as `one-click`, `import` or a user's name.
    pub source: String,
    /// The run whose message it answers.
    pub run: Option<String>,
    /// The activity whose message it answers.
    pub activity: Option<String>,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// One line of the register: a person's or an address's opt-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredOptOut {
    /// Grows with time; the key for reading on.
    pub seq: i64,
    /// As written; exactly one of `person` and `address` is there.
    pub opt_out: OptOut,
}

/// Which of the people and addresses asked about have opted out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct OptedOut {
    /// Keys in the dimension asked about.
    pub keys: HashSet<String>,
    /// Addresses as the caller spelled them.
    pub addresses: HashSet<String>,
}

/// The repository of opt-outs; see [`Store::consents`].
pub struct Consents<'a>(&'a Store);

impl Store {
    /// The opt-out register.
    pub fn consents(&self) -> Consents<'_> {
        Consents(self)
    }
}

impl Consents<'_> {
    /// Records an opt-out; says whether any of it is new. The first record of a person or an address stays.
    ///
    /// # Errors
    /// [`Error::Refused`] where neither person nor address is given.
    pub async fn opt_out(&self, opt_out: &OptOut) -> Result<bool> {
        let what = "record an opt-out";
        let subjects = subjects(what, opt_out.person.as_ref(), opt_out.address.as_deref())?;
        let transaction = self.0.begin(what).await?;
        let mut new = false;
        for (subject, dimension, value) in subjects {
            let seq = sql::take_numbers(&transaction, "opt_outs", 1).await?;
            let sql = "INSERT INTO opt_outs (channel, subject, dimension, value, seq, source, run, activity, at_us) \
                       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING";
            let OptOut { channel, source, run, activity, at_us, .. } = opt_out;
            let mut values = args![channel.as_str(), subject, dimension, value, seq, source.as_str()];
            values.extend(args![run.as_deref(), activity.as_deref(), *at_us]);
            new |= sql::run(&transaction, what, sql, values).await? > 0;
        }
        self.0.commit(transaction, what).await?;
        Ok(new)
    }

    /// Forgets the opt-out of a person, an address, or both; says whether there was one.
    ///
    /// # Errors
    /// [`Error::Refused`] where neither person nor address is given.
    pub async fn opt_in(
        &self,
        channel: &str,
        person: Option<&(String, String)>,
        address: Option<&str>,
    ) -> Result<bool> {
        let what = "record an opt-in";
        let subjects = subjects(what, person, address)?;
        let transaction = self.0.begin(what).await?;
        let mut gone = 0;
        for (subject, dimension, value) in subjects {
            let sql = "DELETE FROM opt_outs WHERE channel = $1 AND subject = $2 AND dimension = $3 AND value = $4";
            gone += sql::run(&transaction, what, sql, args![channel, subject, dimension, value]).await?;
        }
        self.0.commit(transaction, what).await?;
        Ok(gone > 0)
    }

    /// Up to `limit` opt-outs of a channel after line `after_seq` (0 for all), oldest first.
    pub async fn opt_outs(&self, channel: &str, after_seq: i64, limit: u64) -> Result<Vec<StoredOptOut>> {
        let sql = "SELECT * FROM opt_outs WHERE channel = $1 AND seq > $2 ORDER BY seq LIMIT $3";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = sql::all(self.0.reader(), "list opt-outs", sql, args![channel, after_seq, limit]).await?;
        rows.iter().map(read).collect()
    }

    /// Which of these keys of a dimension, and which of these addresses, have opted out of a channel.
    pub async fn opted_out(
        &self,
        channel: &str,
        dimension: &str,
        keys: &[&str],
        addresses: &[&str],
    ) -> Result<OptedOut> {
        let on = self.0.reader();
        let of_keys: Vec<String> = keys.iter().map(|&key| key.to_owned()).collect();
        let of_addresses: Vec<String> = addresses.iter().map(|address| address.to_lowercase()).collect();
        let found_keys = known(on, channel, "person", dimension, &of_keys).await?;
        let found_addresses = known(on, channel, "address", "", &of_addresses).await?;
        let addresses = addresses.iter().zip(&of_addresses).filter(|(_, lower)| found_addresses.contains(*lower));
        Ok(OptedOut { keys: found_keys, addresses: addresses.map(|(&address, _)| address.to_owned()).collect() })
    }
}

type Subject = (&'static str, String, String);

fn subjects(what: &'static str, person: Option<&(String, String)>, address: Option<&str>) -> Result<Vec<Subject>> {
    let person = person.map(|(dimension, key)| ("person", dimension.clone(), key.clone()));
    let address = address.map(|address| ("address", String::new(), address.to_lowercase()));
    let subjects: Vec<_> = person.into_iter().chain(address).collect();
    if subjects.is_empty() {
        return Err(Error::Refused { what, why: "neither a person nor an address is given".to_owned() });
    }
    Ok(subjects)
}

async fn known<C: ConnectionTrait>(
    on: &C,
    channel: &str,
    subject: &str,
    dimension: &str,
    values: &[String],
) -> Result<HashSet<String>> {
    let mut found = HashSet::new();
    for some in values.chunks(sql::rows_per_statement(1)) {
        let sql = format!(
            "SELECT value FROM opt_outs WHERE channel = $1 AND subject = $2 AND dimension = $3 AND value IN ({})",
            sql::placeholders(4, some.len())
        );
        let mut bound = args![channel, subject, dimension];
        bound.extend(some.iter().map(|value| Value::from(value.as_str())));
        for row in sql::all(on, "look up opt-outs", sql, bound).await? {
            found.insert(row.get("value")?);
        }
    }
    Ok(found)
}

fn read(row: &Row) -> Result<StoredOptOut> {
    let (subject, dimension, value): (String, String, String) =
        (row.get("subject")?, row.get("dimension")?, row.get("value")?);
    let (person, address) = match subject.as_str() {
        "person" => (Some((dimension, value)), None),
        _ => (None, Some(value)),
    };
    let opt_out = OptOut {
        channel: row.get("channel")?,
        person,
        address,
        source: row.get("source")?,
        run: row.get("run")?,
        activity: row.get("activity")?,
        at_us: row.get("at_us")?,
    };
    Ok(StoredOptOut { seq: row.get("seq")?, opt_out })
}
