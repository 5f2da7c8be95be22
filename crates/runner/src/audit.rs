//! Who changed what, as people read it.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};

use crate::error::Result;
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// A change that somebody made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AuditLine {
    /// Grows from line to line; the key for reading on.
    pub seq: i64,
    pub at: String,
    /// A person, a program, or `tutti` for what happens by itself.
    pub actor: String,
    /// The kind of document.
    pub kind: String,
    pub name: String,
    /// Such as `create`, `update`, `delete`, `publish`, `stop`.
    pub action: String,
    pub detail: Option<String>,
}

impl Workspace {
    /// Changes, newest first, of one kind and one thing where they are given, before line `before` where it is.
    #[boxed]
    pub async fn list_audit(
        &self,
        kind: Option<&str>,
        name: Option<&str>,
        before: Option<i64>,
        limit: u64,
    ) -> Result<Vec<AuditLine>> {
        let lines = self.store.audit().list(kind, name, before, limit).await?;
        Ok(lines
            .into_iter()
            .map(|line| AuditLine {
                seq: line.seq,
                at: rfc3339(line.at_us),
                actor: line.line.actor,
                kind: line.line.kind,
                name: line.line.name,
                action: line.line.action,
                detail: line.line.detail,
            })
            .collect())
    }
}
