//! The inbox of feedback: opens, clicks and unsubscribes on their way into a table.

use crate::Store;
use crate::error::Result;
use crate::sql::{self, Row, args};

/// One event that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Makes a repetition harmless while the event is in the inbox, and in the table it goes to.
    pub id: String,
    /// `open`, `click` or `unsubscribe`.
    pub kind: String,
    /// The dimension of the person.
    pub dimension: Option<String>,
    /// The key of the person.
    pub key: Option<String>,
    /// The run whose message it answers.
    pub run: Option<String>,
    /// The activity whose message it answers.
    pub activity: Option<String>,
    /// The campaign whose message it answers.
    pub campaign: Option<String>,
    /// The message that it answers.
    pub message_id: Option<String>,
    /// Where a click led.
    pub url: Option<String>,
    /// The program that the person used.
    pub user_agent: Option<String>,
    /// When, UTC microseconds.
    pub at_us: i64,
}

/// An event in the inbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEvent {
    /// Its place in the inbox; a number is never seen before a smaller one.
    pub seq: i64,
    /// The event.
    pub event: Event,
}

/// The repository of feedback; see [`Store::events`].
pub struct Events<'a>(&'a Store);

impl Store {
    /// The feedback inbox.
    pub fn events(&self) -> Events<'_> {
        Events(self)
    }
}

/// Values bound for one event.
const WIDTH: usize = 12;

impl Events<'_> {
    /// Adds events, all or none, leaving out those that are in the inbox; answers how many are new.
    pub async fn append(&self, events: &[Event]) -> Result<u64> {
        if events.is_empty() {
            return Ok(0);
        }
        let what = "keep feedback events";
        let transaction = self.0.begin(what).await?;
        let count = i64::try_from(events.len()).unwrap_or(i64::MAX);
        let mut seq = sql::take_numbers(&transaction, "events", count).await?;
        let mut new = 0;
        for some in events.chunks(sql::rows_per_statement(WIDTH)) {
            let mut values = Vec::with_capacity(some.len() * WIDTH);
            for event in some {
                values.extend(args![seq, event.id.as_str(), event.kind.as_str(), event.dimension.as_deref()]);
                values.extend(args![event.key.as_deref(), event.run.as_deref(), event.activity.as_deref()]);
                values.extend(args![event.campaign.as_deref(), event.message_id.as_deref(), event.url.as_deref()]);
                values.extend(args![event.user_agent.as_deref(), event.at_us]);
                seq += 1;
            }
            let sql = format!(
                "INSERT INTO events (seq, id, kind, dimension, key, run, activity, campaign, message_id, url, user_agent, \
                   at_us) VALUES {} ON CONFLICT (id) DO NOTHING",
                sql::value_rows(1, some.len(), WIDTH)
            );
            new += sql::run(&transaction, what, sql, values).await?;
        }
        self.0.commit(transaction, what).await?;
        Ok(new)
    }

    /// Up to `limit` events, oldest first. They stay until [`Events::drop_through`].
    pub async fn take(&self, limit: u64) -> Result<Vec<StoredEvent>> {
        let sql = "SELECT * FROM events ORDER BY seq LIMIT $1";
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        sql::all(self.0.reader(), "read feedback events", sql, args![limit]).await?.iter().map(read).collect()
    }

    /// Removes the events up to and with `seq`, once they are safe in their table; answers how many.
    pub async fn drop_through(&self, seq: i64) -> Result<u64> {
        self.0.run("remove feedback events", "DELETE FROM events WHERE seq <= $1", args![seq]).await
    }
}

fn read(row: &Row) -> Result<StoredEvent> {
    let event = Event {
        id: row.get("id")?,
        kind: row.get("kind")?,
        dimension: row.get("dimension")?,
        key: row.get("key")?,
        run: row.get("run")?,
        activity: row.get("activity")?,
        campaign: row.get("campaign")?,
        message_id: row.get("message_id")?,
        url: row.get("url")?,
        user_agent: row.get("user_agent")?,
        at_us: row.get("at_us")?,
    };
    Ok(StoredEvent { seq: row.get("seq")?, event })
}
