//! What is done with many campaigns at once, each by itself: one that cannot does not keep the others.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_model::source::SourceFile;
use tutti_store::DraftWrite;

use crate::error::{Error, Result, chain};
use crate::life::Actor;
use crate::workspace::Workspace;

/// How many campaigns one call takes.
pub const BULK_MAX: usize = 1_000;

/// What is done, and with which campaigns.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BulkRequest {
    pub campaigns: Vec<String>,
    pub action: BulkAction,
    /// With `tag` and `untag`.
    #[serde(default)]
    pub tags: Vec<String>,
    /// With `move`; empty: into none.
    #[serde(default)]
    pub folder: Option<String>,
}

/// What can be done with many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum BulkAction {
    Tag,
    Untag,
    Move,
    Publish,
    Unpublish,
    Suspend,
    Continue,
    Close,
    Stop,
    Archive,
    Unarchive,
    Delete,
}

/// What came of it for one campaign.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BulkLine {
    pub campaign: String,
    pub done: bool,
    /// Its state afterwards; NULL where it is gone or is not there.
    pub state: Option<String>,
    /// The code of the error.
    pub code: Option<String>,
    /// Why it was not done.
    pub message: Option<String>,
    pub hint: Option<String>,
}

impl Workspace {
    /// Does one thing with many campaigns, in their order.
    #[boxed]
    pub async fn change_campaigns(&self, request: &BulkRequest, actor: &Actor) -> Result<Vec<BulkLine>> {
        let BulkRequest { campaigns, action, tags, folder } = request;
        if campaigns.is_empty() || campaigns.len() > BULK_MAX {
            let message = format!("{} campaigns are named; 1 to {BULK_MAX} can be", campaigns.len());
            return Err(Error::refused("bad_value", message));
        }
        match action {
            BulkAction::Tag | BulkAction::Untag if tags.is_empty() => {
                return Err(Error::refused_with("missing_field", "no tag is named", "give `tags`"));
            }
            BulkAction::Move if folder.is_none() => {
                return Err(Error::refused_with("missing_field", "no folder is named", "give `folder`; empty is none"));
            }
            _ => {}
        }
        let mut lines = Vec::with_capacity(campaigns.len());
        for name in campaigns {
            let done = self.change_one(name, request, actor).await;
            let state = self.campaign_head(name).await.ok().map(|head| head.state);
            lines.push(match done {
                Ok(()) => BulkLine { campaign: name.clone(), done: true, state, code: None, message: None, hint: None },
                Err(error) => BulkLine {
                    campaign: name.clone(),
                    done: false,
                    state,
                    code: Some(error.code().to_owned()),
                    message: Some(why(&error)),
                    hint: error.hint(),
                },
            });
        }
        Ok(lines)
    }

    async fn change_one(&self, name: &str, request: &BulkRequest, actor: &Actor) -> Result<()> {
        match request.action {
            BulkAction::Tag | BulkAction::Untag | BulkAction::Move => self.rewrite(name, request, actor).await,
            BulkAction::Publish => self.publish_campaign(name, actor).await.map(drop),
            BulkAction::Unpublish => self.unpublish_campaign(name, actor).await,
            BulkAction::Suspend => self.suspend_campaign(name, actor).await,
            BulkAction::Continue => self.continue_campaign(name, actor).await,
            BulkAction::Close => self.close_campaign(name, actor).await,
            BulkAction::Stop => self.stop_campaign(name, actor).await,
            BulkAction::Archive => self.archive_campaign(name, actor).await,
            BulkAction::Unarchive => self.restore_campaign(name, actor).await,
            BulkAction::Delete => self.delete_document_as("campaign", name, actor).await,
        }
    }

    /// Changes tags or folder in the newest version, and in the draft that somebody works on.
    async fn rewrite(&self, name: &str, request: &BulkRequest, actor: &Actor) -> Result<()> {
        let mut document = self.get_document("campaign", name, None).await?;
        let before = document.clone();
        change_meta(&mut document, request);
        if document == before {
            return Ok(());
        }
        let draft = self.store.drafts().get("campaign", name).await?;
        let file = SourceFile { path: format!("{name}.json"), text: document.to_string() };
        let changes = self.apply_documents_as(&[file], false, None, actor).await?;
        let version = changes.first().map(|change| change.version);
        // A draft of the version before is now one of this version: nobody has to bring both together.
        if let (Some(mut draft), Some(version)) = (draft, version)
            && draft.base_version == version - 1
        {
            change_meta(&mut draft.body, request);
            let write = DraftWrite {
                kind: draft.kind,
                name: draft.name,
                body: draft.body,
                expected_revision: draft.revision,
                base_version: version,
            };
            match self.store.drafts().put(write, self.clock.now_us()).await {
                // Somebody wrote it meanwhile, and settles it when saving.
                Ok(_) | Err(tutti_store::Error::VersionConflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

fn change_meta(document: &mut Value, request: &BulkRequest) {
    let Some(fields) = document.as_object_mut() else { return };
    if request.action == BulkAction::Move {
        match request.folder.as_deref().map(str::trim).filter(|folder| !folder.is_empty()) {
            Some(folder) => drop(fields.insert("folder".to_owned(), json!(folder))),
            None => drop(fields.shift_remove("folder")),
        }
        return;
    }
    let mut tags: Vec<Value> = fields.get("tags").and_then(Value::as_array).cloned().unwrap_or_default();
    for tag in request.tags.iter().map(|tag| json!(tag)) {
        match request.action {
            BulkAction::Untag => tags.retain(|known| *known != tag),
            _ if tags.contains(&tag) => {}
            _ => tags.push(tag),
        }
    }
    if tags.is_empty() {
        fields.shift_remove("tags");
    } else {
        fields.insert("tags".to_owned(), Value::Array(tags));
    }
}

/// The error with the first thing that is wrong, where there are some.
fn why(error: &Error) -> String {
    match error.problems().iter().find(|problem| problem.is_error()) {
        Some(first) => format!("{}: {}", chain(error), first.message),
        None => chain(error),
    }
}
