//! Drafts of campaigns: what somebody is working on, checked as far as it can be read, and made a version when it is
//! right.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::problem::{Problem, has_errors};
use tutti_model::source::SourceFile;
use tutti_model::table::Column;
use tutti_store::{DocumentWrite, DraftWrite};

use crate::error::{Error, Result};
use crate::time::rfc3339;
use crate::workspace::Workspace;

const KIND: &str = "campaign";

/// A draft as it is to be kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftRequest {
    /// The whole campaign, right or not.
    pub document: Value,
    /// The revision that the writer has read; 0 where there was none.
    pub revision: i64,
    /// The version that the draft is made from.
    pub base_version: i64,
}

/// A campaign as somebody works on it.
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

/// What is wrong or doubtful with a campaign, and what is known of its canvas.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CampaignCheck {
    pub problems: Vec<Problem>,
    /// The ports of each activity; empty for a campaign that cannot be read.
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
    /// The draft of a campaign, or its newest version where there is none.
    pub async fn get_draft(&self, name: &str) -> Result<Draft> {
        let (_, version) = self.find_campaign(name).await?;
        let draft = match self.store.drafts().get(KIND, name).await? {
            Some(kept) => Draft {
                revision: kept.revision,
                base_version: kept.base_version,
                version,
                updated_at: Some(rfc3339(kept.updated_us)),
                check: self.check_campaign(&kept.body).await?,
                document: kept.body,
            },
            None => {
                let document = self.get_document(KIND, name, None).await?;
                let check = self.check_campaign(&document).await?;
                Draft { document, revision: 0, base_version: version, version, updated_at: None, check }
            }
        };
        Ok(draft)
    }

    /// Keeps a draft, right or not, unless somebody else wrote one since the writer read it.
    pub async fn save_draft(&self, name: &str, request: DraftRequest) -> Result<Draft> {
        let (_, version) = self.find_campaign(name).await?;
        let DraftRequest { document, revision, base_version } = request;
        let named = |field: &str| document.get(field).and_then(Value::as_str);
        if named("kind") != Some(KIND) || named("name") != Some(name) {
            let message = format!("the draft is not of the campaign `{name}`");
            let hint = "`kind` and `name` of a campaign stay as they are; duplicate it to have it under another name";
            return Err(Error::refused_with("other_document", message, hint));
        }
        let check = self.check_campaign(&document).await?;
        let write = DraftWrite {
            kind: KIND.to_owned(),
            name: name.to_owned(),
            body: document.clone(),
            expected_revision: revision,
            base_version,
        };
        let now_us = self.clock.now_us();
        let revision = self.store.drafts().put(write, now_us).await.map_err(conflict)?;
        Ok(Draft { document, revision, base_version, version, updated_at: Some(rfc3339(now_us)), check })
    }

    /// Drops the draft of a campaign; its versions stay.
    pub async fn discard_draft(&self, name: &str) -> Result<()> {
        self.find_campaign(name).await?;
        self.store.drafts().delete(KIND, name, None).await?;
        Ok(())
    }

    /// Makes a draft the newest version, if it is right and its version is still the newest.
    pub async fn apply_draft(&self, name: &str, revision: i64) -> Result<Draft> {
        let guard = self.documents_writer.lock().await;
        let kept = self.store.drafts().get(KIND, name).await?;
        let found = kept.as_ref().map_or(0, |draft| draft.revision);
        let Some(kept) = kept.filter(|draft| draft.revision == revision) else {
            let (kind, name) = (KIND.to_owned(), name.to_owned());
            return Err(conflict(tutti_store::Error::VersionConflict { kind, name, expected: revision, found }));
        };
        let checked = self.check(&[file_of(&kept.body)]).await?;
        if has_errors(&checked.problems) {
            let what = format!("the campaign `{name}` was not saved");
            return Err(Error::Problems { what, problems: checked.problems });
        }
        let write = DocumentWrite {
            kind: KIND.to_owned(),
            name: name.to_owned(),
            body: kept.body,
            expected_version: Some(kept.base_version),
        };
        self.store.documents().apply(vec![write], self.clock.now_us()).await.map_err(conflict)?;
        self.store.drafts().delete(KIND, name, Some(revision)).await?;
        drop(guard);
        self.get_draft(name).await
    }

    async fn check_campaign(&self, document: &Value) -> Result<CampaignCheck> {
        let checked = self.check(&[file_of(document)]).await?;
        let name = document.get("name").and_then(Value::as_str).unwrap_or_default();
        let of_this = |problem: &Problem| {
            problem.document.as_ref().is_none_or(|document| document.kind == KIND && document.name == name)
        };
        let problems = checked.problems.into_iter().filter(of_this).collect();
        let read = checked.documents.iter().any(|document| document.kind == KIND);
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

fn file_of(document: &Value) -> SourceFile {
    SourceFile { path: "draft.json".to_owned(), text: document.to_string() }
}

/// Somebody else wrote since the caller read: the caller's to settle.
fn conflict(error: tutti_store::Error) -> Error {
    match error {
        tutti_store::Error::VersionConflict { name, .. } => Error::refused_with(
            "changed_elsewhere",
            format!("the campaign `{name}` was changed elsewhere in the meantime"),
            "read it again, and bring both changes together",
        ),
        other => Error::Store(other),
    }
}
