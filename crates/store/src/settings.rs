//! Settings that the instance keeps for itself, such as the secret that signs links.

use crate::Store;
use crate::error::{Error, Result};
use crate::sql::{self, args};

/// The repository of kept settings; see [`Store::settings`].
pub struct Settings<'a>(&'a Store);

impl Store {
    /// Values that the instance keeps under a key.
    pub fn settings(&self) -> Settings<'_> {
        Settings(self)
    }
}

impl Settings<'_> {
    /// The value under a key.
    pub async fn get(&self, key: &str) -> Result<Option<String>> {
        let row = sql::one(self.0.reader(), "read a setting", "SELECT value FROM settings WHERE key = $1", args![key])
            .await?;
        row.map(|row| row.get("value")).transpose()
    }

    /// Keeps a value, whatever was there.
    pub async fn set(&self, key: &str, value: &str) -> Result<()> {
        let sql = "INSERT INTO settings (key, value) VALUES ($1, $2) \
                   ON CONFLICT (key) DO UPDATE SET value = excluded.value";
        self.0.run("keep a setting", sql, args![key, value]).await?;
        Ok(())
    }

    /// Forgets the value under a key, where there is one.
    pub async fn forget(&self, key: &str) -> Result<()> {
        self.0.run("forget a setting", "DELETE FROM settings WHERE key = $1", args![key]).await?;
        Ok(())
    }

    /// Keeps a value unless there is one, and answers the one that is there now: of many callers, all get the first's.
    pub async fn set_if_absent(&self, key: &str, value: &str) -> Result<String> {
        let what = "keep a setting";
        let transaction = self.0.begin(what).await?;
        let sql = "INSERT INTO settings (key, value) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING";
        sql::run(&transaction, what, sql, args![key, value]).await?;
        let row = sql::one(&transaction, what, "SELECT value FROM settings WHERE key = $1", args![key]).await?;
        self.0.commit(transaction, what).await?;
        match row {
            Some(row) => row.get("value"),
            None => Err(Error::Refused { what, why: format!("`{key}` vanished while it was written") }),
        }
    }
}
