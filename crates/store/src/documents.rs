//! Documents: tables, dimensions, campaigns and the rest, with every version ever applied.

use std::collections::BTreeMap;

use sea_orm::ConnectionTrait;
use serde_json::Value as Json;

use crate::Store;
use crate::campaigns::{self, Campaign, CampaignChange};
use crate::error::{Error, Result};
use crate::sql::{self, Row, args};

/// A document to write.
#[derive(Debug, Clone, PartialEq)]
pub struct DocumentWrite {
    /// Document kind, such as `table`.
    pub kind: String,
    /// Name, unique in its kind.
    pub name: String,
    /// The whole document, as apply takes it.
    pub body: Json,
    /// The version that the writer has read, where it must still be the head; 0 for "must not exist".
    pub expected_version: Option<i64>,
}

/// What writing did to one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentVersion {
    /// Document kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// The version that is the head now, counted from 1.
    pub version: i64,
    /// How it came to be.
    pub change: Change,
}

/// What writing did to a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It did not exist, or had been deleted.
    Created,
    /// It has a new version.
    Updated,
    /// It was like this already.
    Unchanged,
}

/// One version of a document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    /// Document kind.
    pub kind: String,
    /// Name.
    pub name: String,
    /// Counted from 1, without holes.
    pub version: i64,
    /// The document; `None` for a version that deleted it.
    pub body: Option<Json>,
    /// Whether it is the newest version.
    pub head: bool,
    /// When it was written, UTC microseconds.
    pub written_us: i64,
    /// When the document was made, UTC microseconds; of a version that deleted it, when it was deleted.
    pub created_us: i64,
}

/// The repository of documents; see [`Store::documents`].
pub struct Documents<'a>(&'a Store);

impl Store {
    /// Documents and their versions.
    pub fn documents(&self) -> Documents<'_> {
        Documents(self)
    }
}

impl Documents<'_> {
    /// Writes all documents or none, and answers in the order of `writes`. A body that is equal to the head's (the
    /// order of fields does not count) makes no version.
    ///
    /// # Errors
    /// [`Error::VersionConflict`] where an expected version is not the head any more.
    pub async fn apply(&self, writes: Vec<DocumentWrite>, now_us: i64) -> Result<Vec<DocumentVersion>> {
        self.apply_to_campaigns(writes, now_us, &|_, _| None).await
    }

    /// As [`Documents::apply`]. Of each campaign that has a life beside its document and gets a new version, `decide`
    /// says what changes with it, in the same transaction.
    pub async fn apply_to_campaigns(
        &self,
        writes: Vec<DocumentWrite>,
        now_us: i64,
        decide: &(dyn Fn(&Campaign, &DocumentVersion) -> Option<CampaignChange> + Sync),
    ) -> Result<Vec<DocumentVersion>> {
        let what = "apply documents";
        let transaction = self.0.begin(what).await?;
        // Also the lock that lines up writers of documents.
        sql::take_numbers(&transaction, "documents", 1).await?;
        let mut done = Vec::with_capacity(writes.len());
        for write in writes {
            let version = apply_one(&transaction, write, now_us).await?;
            if version.kind == "campaign"
                && version.change == Change::Updated
                && let Some(campaign) = campaigns::find(&transaction, &version.name, self.0.for_update()).await?
                && let Some(change) = decide(&campaign, &version)
            {
                campaigns::write(&transaction, &version.name, change, now_us).await?;
            }
            done.push(version);
        }
        if done.iter().any(|version| version.change != Change::Unchanged) {
            self.0.commit(transaction, what).await?;
        }
        Ok(done)
    }

    /// One document: its head, or any version of it. `None` where it does not exist or that version deleted it.
    pub async fn get(&self, kind: &str, name: &str, version: Option<i64>) -> Result<Option<Document>> {
        let found = match version {
            None => {
                let sql = "SELECT * FROM documents WHERE head AND kind = $1 AND name = $2";
                sql::one(self.0.reader(), "read a document", sql, args![kind, name]).await?
            }
            Some(version) => {
                let sql = "SELECT * FROM documents WHERE kind = $1 AND name = $2 AND version = $3";
                sql::one(self.0.reader(), "read a document", sql, args![kind, name, version]).await?
            }
        };
        let found = found.as_ref().map(document).transpose()?;
        Ok(found.filter(|document| document.body.is_some()))
    }

    /// The heads of one kind that are not deleted, by name.
    pub async fn list(&self, kind: &str) -> Result<Vec<Document>> {
        let sql = "SELECT * FROM documents WHERE head AND body IS NOT NULL AND kind = $1 ORDER BY name";
        sql::all(self.0.reader(), "list documents", sql, args![kind]).await?.iter().map(document).collect()
    }

    /// All versions of a document, newest first, those that deleted it among them.
    pub async fn versions(&self, kind: &str, name: &str) -> Result<Vec<Document>> {
        let sql = "SELECT * FROM documents WHERE kind = $1 AND name = $2 ORDER BY version DESC";
        sql::all(self.0.reader(), "list a document's versions", sql, args![kind, name])
            .await?
            .iter()
            .map(document)
            .collect()
    }

    /// Deletes a document by a version without body; the older versions stay readable. `None` where there is nothing
    /// to delete.
    pub async fn delete(&self, kind: &str, name: &str, now_us: i64) -> Result<Option<i64>> {
        let what = "delete a document";
        let transaction = self.0.begin(what).await?;
        sql::take_numbers(&transaction, "documents", 1).await?;
        match head(&transaction, kind, name).await? {
            Some(Document { version, body: Some(_), .. }) => {
                write(&transaction, (kind, name), version + 1, None, (now_us, None)).await?;
                self.0.commit(transaction, what).await?;
                Ok(Some(version + 1))
            }
            _ => Ok(None),
        }
    }

    /// Every document that is not deleted, by kind and name.
    pub async fn heads(&self) -> Result<Vec<Document>> {
        let sql = "SELECT * FROM documents WHERE head AND body IS NOT NULL ORDER BY kind, name";
        sql::all(self.0.reader(), "read all documents", sql, args![]).await?.iter().map(document).collect()
    }

    /// The newest version of each document of a kind that is not deleted, by name.
    pub async fn head_versions(&self, kind: &str) -> Result<BTreeMap<String, i64>> {
        let sql = "SELECT name, version FROM documents WHERE head AND body IS NOT NULL AND kind = $1";
        let rows = sql::all(self.0.reader(), "list the versions of documents", sql, args![kind]).await?;
        rows.iter().map(|row| Ok((row.get("name")?, row.get("version")?))).collect()
    }

    /// Grows with every change to any document: what was made of the heads is good as long as this stays.
    pub async fn generation(&self) -> Result<i64> {
        let sql = "SELECT value FROM counters WHERE name = 'documents'";
        match sql::one(self.0.reader(), "read the generation of the documents", sql, args![]).await? {
            Some(row) => row.get("value"),
            None => Ok(0),
        }
    }
}

async fn apply_one<C: ConnectionTrait>(on: &C, document: DocumentWrite, now_us: i64) -> Result<DocumentVersion> {
    let DocumentWrite { kind, name, body, expected_version } = document;
    let head = head(on, &kind, &name).await?;
    let live = head.as_ref().filter(|head| head.body.is_some());
    let found = live.map_or(0, |head| head.version);
    if let Some(expected) = expected_version.filter(|&expected| expected != found) {
        return Err(Error::VersionConflict { kind, name, expected, found });
    }
    if live.is_some_and(|head| head.body.as_ref() == Some(&body)) {
        return Ok(DocumentVersion { kind, name, version: found, change: Change::Unchanged });
    }
    let change = if live.is_some() { Change::Updated } else { Change::Created };
    let created_us = live.map_or(now_us, |head| head.created_us);
    let version = head.map_or(1, |head| head.version + 1);
    write(on, (&kind, &name), version, Some(body.to_string()), (now_us, Some(created_us))).await?;
    Ok(DocumentVersion { kind, name, version, change })
}

async fn head<C: ConnectionTrait>(on: &C, kind: &str, name: &str) -> Result<Option<Document>> {
    let sql = "SELECT * FROM documents WHERE head AND kind = $1 AND name = $2";
    sql::one(on, "read a document", sql, args![kind, name]).await?.as_ref().map(document).transpose()
}

async fn write<C: ConnectionTrait>(
    on: &C,
    (kind, name): (&str, &str),
    version: i64,
    body: Option<String>,
    (now_us, created_us): (i64, Option<i64>),
) -> Result<()> {
    let what = "write a document";
    let retire = "UPDATE documents SET head = FALSE WHERE head AND kind = $1 AND name = $2";
    sql::run(on, what, retire, args![kind, name]).await?;
    let insert = "INSERT INTO documents (kind, name, version, body, head, written_us, created_us) \
                  VALUES ($1, $2, $3, $4, TRUE, $5, $6)";
    sql::run(on, what, insert, args![kind, name, version, body, now_us, created_us]).await?;
    Ok(())
}

fn document(row: &Row) -> Result<Document> {
    let written_us = row.get("written_us")?;
    Ok(Document {
        kind: row.get("kind")?,
        name: row.get("name")?,
        version: row.get("version")?,
        body: row.json_or_null("body")?,
        head: row.get("head")?,
        created_us: row.get::<Option<i64>>("created_us")?.unwrap_or(written_us),
        written_us,
    })
}
