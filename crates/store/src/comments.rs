//! What people say about a campaign, one of its activities or one of its versions.

use crate::Store;
use crate::error::Result;
use crate::sql::{self, Row, args};

/// A comment to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewComment {
    pub campaign: String,
    /// About one activity.
    pub activity: Option<String>,
    /// About one version.
    pub version: Option<i64>,
    /// The comment that this one answers.
    pub reply_to: Option<i64>,
    pub author: String,
    pub text: String,
}

/// A kept comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Grows from comment to comment; never used twice.
    pub seq: i64,
    pub comment: NewComment,
    /// UTC microseconds, like all times.
    pub created_us: i64,
    /// When its text was written last.
    pub changed_us: i64,
    pub resolved_us: Option<i64>,
    pub resolved_by: Option<String>,
}

/// The repository of comments; see [`Store::comments`].
pub struct Comments<'a>(&'a Store);

impl Store {
    /// What people say about campaigns.
    pub fn comments(&self) -> Comments<'_> {
        Comments(self)
    }
}

impl Comments<'_> {
    /// Keeps a comment, and answers its number.
    pub async fn add(&self, comment: &NewComment, now_us: i64) -> Result<i64> {
        let what = "keep a comment";
        let transaction = self.0.begin(what).await?;
        let seq = sql::take_numbers(&transaction, "comments", 1).await?;
        let sql = "INSERT INTO comments (seq, campaign, activity, version, reply_to, author, body, created_us, changed_us) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
        let NewComment { campaign, activity, version, reply_to, author, text } = comment;
        let values = args![
            seq,
            campaign.as_str(),
            activity.as_deref(),
            *version,
            *reply_to,
            author.as_str(),
            text.as_str(),
            now_us
        ];
        sql::run(&transaction, what, sql, values).await?;
        self.0.commit(transaction, what).await?;
        Ok(seq)
    }

    pub async fn get(&self, seq: i64) -> Result<Option<Comment>> {
        let sql = "SELECT * FROM comments WHERE seq = $1";
        sql::one(self.0.reader(), "read a comment", sql, args![seq]).await?.as_ref().map(read).transpose()
    }

    /// The comments on a campaign, oldest first.
    pub async fn list(&self, campaign: &str) -> Result<Vec<Comment>> {
        let sql = "SELECT * FROM comments WHERE campaign = $1 ORDER BY seq";
        sql::all(self.0.reader(), "list comments", sql, args![campaign]).await?.iter().map(read).collect()
    }

    /// Writes the text of a comment anew. Says whether it was there.
    pub async fn rewrite(&self, seq: i64, text: &str, now_us: i64) -> Result<bool> {
        let sql = "UPDATE comments SET body = $2, changed_us = $3 WHERE seq = $1";
        Ok(self.0.run("write a comment", sql, args![seq, text, now_us]).await? > 0)
    }

    /// Resolves a comment, or with `by: None` opens it again. Says whether it was there.
    pub async fn resolve(&self, seq: i64, by: Option<&str>, now_us: i64) -> Result<bool> {
        let sql = "UPDATE comments SET resolved_us = $2, resolved_by = $3 WHERE seq = $1";
        let at = by.map(|_| now_us);
        Ok(self.0.run("resolve a comment", sql, args![seq, at, by]).await? > 0)
    }

    /// Deletes a comment with the answers to it. Says whether it was there.
    pub async fn delete(&self, seq: i64) -> Result<bool> {
        let sql = "DELETE FROM comments WHERE seq = $1 OR reply_to = $1";
        Ok(self.0.run("delete a comment", sql, args![seq]).await? > 0)
    }

    /// Deletes all comments on a campaign.
    pub async fn forget(&self, campaign: &str) -> Result<()> {
        self.0.run("forget comments", "DELETE FROM comments WHERE campaign = $1", args![campaign]).await?;
        Ok(())
    }
}

fn read(row: &Row) -> Result<Comment> {
    Ok(Comment {
        seq: row.get("seq")?,
        comment: NewComment {
            campaign: row.get("campaign")?,
            activity: row.get("activity")?,
            version: row.get("version")?,
            reply_to: row.get("reply_to")?,
            author: row.get("author")?,
            text: row.get("body")?,
        },
        created_us: row.get("created_us")?,
        changed_us: row.get("changed_us")?,
        resolved_us: row.get("resolved_us")?,
        resolved_by: row.get("resolved_by")?,
    })
}
