//! Drafts: documents that somebody is working on, kept beside the versions. A draft may be wrong or half done.

use serde_json::Value as Json;

use crate::Store;
use crate::error::{Error, Result};
use crate::sql::{self, Row, args};

/// A draft as it is to be kept.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftWrite {
    /// Document kind, such as `campaign`.
    pub kind: String,
    /// Name of the document.
    pub name: String,
    /// The whole document, right or not.
    pub body: Json,
    /// The revision that the writer has read; 0 where there was none.
    pub expected_revision: i64,
    /// The version of the document that the draft was made from.
    pub base_version: i64,
}

/// A kept draft.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Document kind.
    pub kind: String,
    /// Name of the document.
    pub name: String,
    /// The whole document, right or not.
    pub body: Json,
    /// Counted from 1, with every write.
    pub revision: i64,
    /// The version of the document that the draft was made from.
    pub base_version: i64,
    /// When it was written, UTC microseconds.
    pub updated_us: i64,
}

/// The repository of drafts; see [`Store::drafts`].
pub struct Drafts<'a>(&'a Store);

impl Store {
    /// Documents that are being worked on.
    pub fn drafts(&self) -> Drafts<'_> {
        Drafts(self)
    }
}

impl Drafts<'_> {
    /// The draft of a document, where there is one.
    pub async fn get(&self, kind: &str, name: &str) -> Result<Option<Draft>> {
        let sql = "SELECT * FROM drafts WHERE kind = $1 AND name = $2";
        sql::one(self.0.reader(), "read a draft", sql, args![kind, name]).await?.as_ref().map(draft).transpose()
    }

    /// Keeps a draft in the place of the one that the writer has read, and answers its new revision.
    ///
    /// # Errors
    /// [`Error::VersionConflict`] where somebody else wrote it since; its versions are revisions.
    pub async fn put(&self, write: DraftWrite, now_us: i64) -> Result<i64> {
        let what = "keep a draft";
        let DraftWrite { kind, name, body, expected_revision: expected, base_version } = write;
        let transaction = self.0.begin(what).await?;
        // Also the lock that lines up writers of drafts.
        let revision = sql::take_numbers(&transaction, "drafts", 1).await?;
        let sql = "SELECT revision FROM drafts WHERE kind = $1 AND name = $2";
        let row = sql::one(&transaction, what, sql, args![kind.as_str(), name.as_str()]).await?;
        let found = row.map_or(Ok(0), |row| row.get("revision"))?;
        if found != expected {
            return Err(Error::VersionConflict { kind, name, expected, found });
        }
        let sql = "INSERT INTO drafts (kind, name, body, revision, base_version, updated_us) \
                   VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (kind, name) DO UPDATE SET body = excluded.body, \
                   revision = excluded.revision, base_version = excluded.base_version, updated_us = excluded.updated_us";
        let values = args![kind, name, body.to_string(), revision, base_version, now_us];
        sql::run(&transaction, what, sql, values).await?;
        self.0.commit(transaction, what).await?;
        Ok(revision)
    }

    /// Drops a draft; with `revision`, only that one. Says whether it was there.
    pub async fn delete(&self, kind: &str, name: &str, revision: Option<i64>) -> Result<bool> {
        let sql = "DELETE FROM drafts WHERE kind = $1 AND name = $2 AND revision = COALESCE($3, revision)";
        Ok(self.0.run("drop a draft", sql, args![kind, name, revision]).await? > 0)
    }

    /// The names of the documents of a kind that have a draft.
    pub async fn names(&self, kind: &str) -> Result<Vec<String>> {
        let sql = "SELECT name FROM drafts WHERE kind = $1 ORDER BY name";
        sql::all(self.0.reader(), "list drafts", sql, args![kind]).await?.iter().map(|row| row.get("name")).collect()
    }
}

fn draft(row: &Row) -> Result<Draft> {
    Ok(Draft {
        kind: row.get("kind")?,
        name: row.get("name")?,
        body: row.json("body")?,
        revision: row.get("revision")?,
        base_version: row.get("base_version")?,
        updated_us: row.get("updated_us")?,
    })
}
