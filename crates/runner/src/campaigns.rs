//! Campaigns as lists and canvases show them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::campaign::Campaign;

use crate::error::{Error, Result};
use crate::summary::RunHead;
use crate::workspace::Workspace;

/// One line of the list of campaigns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignHead {
    pub name: String,
    pub label: Option<String>,
    pub description: Option<String>,
    pub tags: Vec<String>,
    pub folder: Option<String>,
    pub version: i64,
    /// `draft` until the first live run, then `live`.
    pub state: String,
    /// How many activities are on the canvas.
    pub activities: usize,
    pub updated_at: String,
    pub last_run: Option<RunHead>,
}

/// A campaign with what its canvas needs besides the document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignView {
    pub document: Value,
    pub version: i64,
    pub state: String,
    /// The ports of each activity.
    pub ports: BTreeMap<String, Vec<String>>,
}

impl Workspace {
    pub async fn list_campaigns(&self) -> Result<Vec<CampaignHead>> {
        let catalog = self.catalog().await?;
        let heads = self.list_documents("campaign").await?;
        let mut campaigns = Vec::with_capacity(heads.len());
        for head in heads {
            let runs = self.list_runs(Some(&head.name), 20).await?;
            campaigns.push(CampaignHead {
                activities: catalog.campaigns.get(&head.name).map_or(0, |campaign| campaign.canvas.activities.len()),
                state: state_of(&runs),
                last_run: runs.into_iter().next(),
                name: head.name,
                label: head.label,
                description: head.description,
                tags: head.tags,
                folder: head.folder,
                version: head.version,
                updated_at: head.updated_at,
            });
        }
        Ok(campaigns)
    }

    pub async fn get_campaign(&self, name: &str) -> Result<CampaignView> {
        let (campaign, version) = self.find_campaign(name).await?;
        let document = self.get_document("campaign", name, None).await?;
        let runs = self.list_runs(Some(name), 20).await?;
        let ports = campaign
            .canvas
            .activities
            .iter()
            .map(|node| (node.id.clone(), tutti_activities::port_names(&campaign.canvas, node)))
            .collect();
        Ok(CampaignView { document, version, state: state_of(&runs), ports })
    }

    /// The newest version of a campaign.
    pub(crate) async fn find_campaign(&self, name: &str) -> Result<(Arc<Campaign>, i64)> {
        let catalog = self.catalog().await?;
        let Some(campaign) = catalog.campaigns.get(name) else {
            return Err(Error::not_found("campaign", name, catalog.campaigns.keys().map(String::as_str)));
        };
        let head = self.store.documents().get("campaign", name, None).await?;
        Ok((Arc::clone(campaign), head.map_or(0, |head| head.version)))
    }
}

fn state_of(runs: &[RunHead]) -> String {
    let live = runs.iter().any(|run| run.mode == "live");
    if live { "live" } else { "draft" }.to_owned()
}
