//! Drafts of campaigns, contents and fragments: what somebody is working on, checked as far as it can be read, and made
//! a version when it is right.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::problem::{Problem, has_errors};
use tutti_model::source::SourceFile;
use tutti_model::table::Column;
use tutti_store::{DocumentVersion, DocumentWrite, DraftWrite, NewAudit};

use crate::error::{Error, Result};
use crate::life::{Actor, on_description, on_new_version};
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// The kinds of documents that can be worked on as drafts.
pub const DRAFTED_KINDS: [&str; 3] = ["campaign", "content", "fragment"];

const CAMPAIGN: &str = "campaign";

/// A draft as it is to be kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftRequest {
    /// The whole document, right or not.
    pub document: Value,
    /// The revision that the writer has read; 0 where there was none.
    pub revision: i64,
    /// The version that the draft is made from.
    pub base_version: i64,
}

/// A document as somebody works on it.
#[derive(Clone, Debug, PartialEq)]
pub struct Draft {
    pub document: Value,
    /// 0: there is no draft, and the document is the newest version.
    pub revision: i64,
    /// The version that it was made from.
    pub base_version: i64,
    /// The newest version.
    pub version: i64,
    pub updated_at: Option<String>,
    pub check: CampaignCheck,
}

/// What is wrong or doubtful with a document, and of a campaign what is known of its canvas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CampaignCheck {
    pub problems: Vec<Problem>,
    /// The ports of each activity of a campaign; empty where it cannot be read.
    pub ports: BTreeMap<String, Vec<String>>,
    /// What leaves each activity by each port.
    pub shapes: BTreeMap<String, BTreeMap<String, PortShape>>,
}

/// What leaves by one port.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PortShape {
    pub dimension: String,
    /// Columns beside those of the dimension.
    pub added: Vec<Column>,
}

impl Workspace {
    /// The draft of a document, or its newest version where there is none.
    #[boxed]
    pub async fn get_draft(&self, kind: &str, name: &str) -> Result<Draft> {
        let version = self.drafted_version(kind, name).await?;
        let draft = match self.store.drafts().get(kind, name).await? {
            Some(kept) => Draft {
                revision: kept.revision,
                base_version: kept.base_version,
                version,
                updated_at: Some(rfc3339(kept.updated_us)),
                check: self.check_draft(kind, &kept.body).await?,
                document: kept.body,
            },
            None => {
                let document = self.get_document(kind, name, None).await?;
                let check = self.check_draft(kind, &document).await?;
                Draft { document, revision: 0, base_version: version, version, updated_at: None, check }
            }
        };
        Ok(draft)
    }

    /// Keeps a draft, right or not, unless somebody else wrote one since the writer read it.
    #[boxed]
    pub async fn save_draft(&self, kind: &str, name: &str, request: DraftRequest) -> Result<Draft> {
        let version = self.drafted_version(kind, name).await?;
        let DraftRequest { document, revision, base_version } = request;
        let named = |field: &str| document.get(field).and_then(Value::as_str);
        if named("kind") != Some(kind) || named("name") != Some(name) {
            let message = format!("the draft is not of the {kind} `{name}`");
            let hint =
                format!("`kind` and `name` of a {kind} stay as they are; duplicate it to have it under another name");
            return Err(Error::refused_with("other_document", message, hint));
        }
        let check = self.check_draft(kind, &document).await?;
        let write = DraftWrite {
            kind: kind.to_owned(),
            name: name.to_owned(),
            body: document.clone(),
            expected_revision: revision,
            base_version,
        };
        let now_us = self.clock.now_us();
        let revision = self.store.drafts().put(write, now_us).await.map_err(conflict)?;
        Ok(Draft { document, revision, base_version, version, updated_at: Some(rfc3339(now_us)), check })
    }

    /// Drops the draft of a document; its versions stay.
    #[boxed]
    pub async fn discard_draft(&self, kind: &str, name: &str) -> Result<()> {
        self.drafted_version(kind, name).await?;
        self.store.drafts().delete(kind, name, None).await?;
        Ok(())
    }

    /// Makes a draft the newest version, if it is right and its version is still the newest. The runs of a live
    /// campaign take it from the next one on, which gives up what was to take over later, or from `takes_over` on.
    #[boxed]
    pub async fn apply_draft(
        &self,
        kind: &str,
        name: &str,
        revision: i64,
        takes_over: Option<Timestamp>,
        actor: &Actor,
    ) -> Result<Draft> {
        let guard = self.lake.alone("documents").await?;
        let kept = self.store.drafts().get(kind, name).await?;
        let found = kept.as_ref().map_or(0, |draft| draft.revision);
        let Some(kept) = kept.filter(|draft| draft.revision == revision) else {
            let (kind, name) = (kind.to_owned(), name.to_owned());
            return Err(conflict(tutti_store::Error::VersionConflict { kind, name, expected: revision, found }));
        };
        let mut checked = self.check(&[file_of(&kept.body)]).await?;
        checked.problems.extend(self.check_edits(&checked.documents).await?);
        if has_errors(&checked.problems) {
            let what = format!("the {kind} `{name}` was not saved");
            return Err(Error::Problems { what, problems: checked.problems });
        }
        if takes_over.is_some()
            && let Some(problem) = self.cannot_wait(kind, name).await?
        {
            let what = format!("the {kind} `{name}` was not saved");
            return Err(Error::Problems { what, problems: vec![problem] });
        }
        self.check_take_over(takes_over)?;
        let describes = takes_over.is_none() && kind == "campaign" && self.only_describes(name, &kept.body).await?;
        let write = DocumentWrite {
            kind: kind.to_owned(),
            name: name.to_owned(),
            body: kept.body,
            expected_version: Some(kept.base_version),
        };
        let now = self.clock.now();
        let in_life = |stored: &tutti_store::Campaign, written: &DocumentVersion| match describes {
            true => on_description(stored, written.version, now, actor),
            false => on_new_version(stored, written.version, takes_over, now, actor),
        };
        let documents = self.store.documents();
        let written =
            documents.apply_to_campaigns(vec![write], now.as_microsecond(), &in_life).await.map_err(conflict)?;
        self.store.drafts().delete(kind, name, Some(revision)).await?;
        drop(guard);
        let line = NewAudit {
            actor: actor.as_str().to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            action: "update".to_owned(),
            detail: written.first().map(|written| format!("version {}", written.version)),
        };
        self.store.audit().add(&[line], self.clock.now_us()).await?;
        self.plan_launches(false).await?;
        self.notify_changed();
        self.get_draft(kind, name).await
    }

    /// The newest version of a document of a kind that is worked on as drafts.
    async fn drafted_version(&self, kind: &str, name: &str) -> Result<i64> {
        if !DRAFTED_KINDS.contains(&kind) {
            return Err(Error::not_found("kind of document with drafts", kind, DRAFTED_KINDS));
        }
        match self.store.documents().get(kind, name, None).await?.filter(|document| document.body.is_some()) {
            Some(document) => Ok(document.version),
            None => Err(self.no_document(kind, name).await?),
        }
    }

    async fn check_draft(&self, kind: &str, document: &Value) -> Result<CampaignCheck> {
        let checked = self.check(&[file_of(document)]).await?;
        let name = document.get("name").and_then(Value::as_str).unwrap_or_default();
        let of_content = format!("of the {kind} `{name}`:");
        let of_this = |problem: &Problem| {
            problem.document.as_ref().is_none_or(|document| document.kind == kind && document.name == name)
                // What campaigns that send it would miss.
                || kind == "content" && problem.message.contains(&of_content)
        };
        let problems = checked.problems.into_iter().filter(of_this).collect();
        let read = checked.documents.iter().any(|document| document.kind == CAMPAIGN);
        let Some(campaign) = checked.catalog.campaigns.get(name).filter(|_| read) else {
            return Ok(CampaignCheck { problems, ..CampaignCheck::default() });
        };
        let nodes = campaign.canvas.activities.iter();
        let ports = nodes.map(|node| (node.id.clone(), tutti_activities::port_names(&campaign.canvas, node))).collect();
        let found = tutti_activities::validate(campaign, &checked.catalog, &self.moment_utc()).shapes;
        let shapes = found.into_iter().map(|(activity, shapes)| {
            let ports = shapes.into_iter().map(|(port, shape)| {
                let shape = PortShape { dimension: shape.dimension, added: shape.added };
                (port, shape)
            });
            (activity, ports.collect())
        });
        Ok(CampaignCheck { problems, ports, shapes: shapes.collect() })
    }
}

pub(crate) fn file_of(document: &Value) -> SourceFile {
    SourceFile { path: "draft.json".to_owned(), text: document.to_string() }
}

/// Somebody else wrote since the caller read: the caller's to settle.
fn conflict(error: tutti_store::Error) -> Error {
    match error {
        tutti_store::Error::VersionConflict { kind, name, .. } => Error::refused_with(
            "changed_elsewhere",
            format!("the {kind} `{name}` was changed elsewhere in the meantime"),
            "read it again, and bring both changes together",
        ),
        other => Error::Store(other),
    }
}
