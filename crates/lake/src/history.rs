//! The versions of a table.

use async_recursion::async_recursion as boxed;
use futures::TryStreamExt;

use crate::error::{Error, Result};
use crate::lake::Lake;

/// A version of a table, as its log tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableVersion {
    pub version: i64,
    /// When it was committed, in milliseconds since 1970, UTC.
    pub at_ms: Option<i64>,
    /// What made it, such as `WRITE` or `CREATE TABLE`.
    pub operation: Option<String>,
    /// None where its files are gone, so that it cannot be gone back to.
    pub rows: Option<u64>,
}

impl Lake {
    /// The newest versions of a table, newest first.
    ///
    /// # Errors
    /// [`Error::NoTable`], or when the log cannot be read.
    #[boxed]
    pub async fn versions(&self, name: &str, limit: usize) -> Result<Vec<TableVersion>> {
        let current = self.current(name).await?;
        let commits: Vec<_> =
            current.delta.history(Some(limit)).try_collect().await.map_err(|e| Error::delta(name, "read", e))?;
        let mut versions = Vec::with_capacity(commits.len());
        for (back, commit) in (0_i64..).zip(commits) {
            let version = current.version - back;
            let rows = match self.loaded_at(name, version).await {
                Ok(loaded) => Some(loaded.rows()),
                Err(Error::NoVersion { .. }) => None,
                Err(error) => return Err(error),
            };
            let at_ms = commit.in_commit_timestamp.or(commit.timestamp);
            versions.push(TableVersion { version, at_ms, operation: commit.operation, rows });
        }
        Ok(versions)
    }
}
