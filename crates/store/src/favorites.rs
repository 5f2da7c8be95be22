//! What people keep at hand: favorites of theirs, and what they used last, by kind and name.

use crate::Store;
use crate::error::Result;
use crate::sql::{self, Row, args};

/// Something that a person keeps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Favorite {
    pub name: String,
    /// When it was kept, or used, last; UTC microseconds.
    pub at_us: i64,
}

/// The repository of favorites; see [`Store::favorites`].
pub struct Favorites<'a>(&'a Store);

impl Store {
    /// What people keep at hand.
    pub fn favorites(&self) -> Favorites<'_> {
        Favorites(self)
    }
}

impl Favorites<'_> {
    /// What a person keeps of a kind, newest first.
    pub async fn list(&self, person: &str, kind: &str) -> Result<Vec<Favorite>> {
        let sql = "SELECT name, at_us FROM favorites WHERE person = $1 AND kind = $2 ORDER BY at_us DESC, name";
        sql::all(self.0.reader(), "list favorites", sql, args![person, kind]).await?.iter().map(read).collect()
    }

    /// Keeps something; what is kept already is the newest then. Of the kind, the newest `keep` stay.
    pub async fn add(&self, person: &str, kind: &str, name: &str, keep: i64, now_us: i64) -> Result<()> {
        let what = "keep a favorite";
        let transaction = self.0.begin(what).await?;
        let sql = "INSERT INTO favorites (person, kind, name, at_us) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (person, kind, name) DO UPDATE SET at_us = excluded.at_us";
        sql::run(&transaction, what, sql, args![person, kind, name, now_us]).await?;
        let sql = "DELETE FROM favorites WHERE person = $1 AND kind = $2 AND name NOT IN \
                   (SELECT name FROM favorites WHERE person = $1 AND kind = $2 ORDER BY at_us DESC, name LIMIT $3)";
        sql::run(&transaction, what, sql, args![person, kind, keep]).await?;
        self.0.commit(transaction, what).await
    }

    /// Gives up something. Says whether it was kept.
    pub async fn remove(&self, person: &str, kind: &str, name: &str) -> Result<bool> {
        let sql = "DELETE FROM favorites WHERE person = $1 AND kind = $2 AND name = $3";
        Ok(self.0.run("give up a favorite", sql, args![person, kind, name]).await? > 0)
    }

    /// Forgets something that is gone, whoever keeps it.
    pub async fn forget(&self, kind: &str, name: &str) -> Result<()> {
        let sql = "DELETE FROM favorites WHERE kind = $1 AND name = $2";
        self.0.run("forget favorites", sql, args![kind, name]).await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<Favorite> {
    Ok(Favorite { name: row.get("name")?, at_us: row.get("at_us")? })
}
