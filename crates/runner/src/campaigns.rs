//! Campaigns as lists and canvases show them.

use async_recursion::async_recursion as boxed;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_store::Campaign as Stored;

use crate::documents::DocumentHead;
use crate::error::{Error, Result};
use crate::summary::RunHead;
use crate::time::rfc3339;
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
    /// `draft`, `publishing`, `scheduled`, `live`, `closed`, `completed`, `stopped` or `archived`.
    pub state: String,
    /// The version that runs take, where it is not the newest.
    pub pinned_version: Option<i64>,
    /// When the next version takes the place of the pinned one.
    pub takes_over_at: Option<String>,
    pub published_at: Option<String>,
    /// When the schedule launches it next.
    pub next_launch_at: Option<String>,
    /// Why somebody should look at it: its publication failed, or its last run is held up or failed.
    pub attention: Option<String>,
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
    #[boxed]
    pub async fn list_campaigns(&self) -> Result<Vec<CampaignHead>> {
        let catalog = self.catalog().await?;
        let heads = self.list_documents("campaign").await?;
        let stored = self.store.campaigns().list().await?;
        let mut stored: HashMap<String, Stored> = stored.into_iter().map(|row| (row.name.clone(), row)).collect();
        let planned = self.store.launches().planned().await?;
        // Soonest first, so the last that is put in is the soonest.
        let planned: HashMap<String, i64> =
            planned.into_iter().rev().map(|launch| (launch.launch.campaign, launch.launch.due_us)).collect();
        let mut newest = self.newest_runs().await?;
        let mut campaigns = Vec::with_capacity(heads.len());
        for head in heads {
            let life = stored.remove(&head.name).unwrap_or_else(|| Stored::draft(&head.name));
            let next = planned.get(&head.name).copied();
            let last_run = newest.remove(&head.name);
            campaigns.push(head_of(&catalog, head, life, next, last_run));
        }
        Ok(campaigns)
    }

    /// The newest run of every campaign, by campaign.
    pub(crate) async fn newest_runs(&self) -> Result<HashMap<String, RunHead>> {
        let runs = self.run_heads(self.store.runs().newest_of_each().await?).await?;
        Ok(runs.into_iter().map(|run| (run.campaign.clone(), run)).collect())
    }

    /// One line of the list of campaigns.
    #[boxed]
    pub async fn campaign_head(&self, name: &str) -> Result<CampaignHead> {
        self.find_campaign(name).await?;
        let catalog = self.catalog().await?;
        let head = self.document_head("campaign", name).await?;
        let life = self.store.campaigns().get(name).await?;
        let next = self.store.launches().planned_of(name).await?.map(|launch| launch.launch.due_us);
        let last_run = self.list_runs(Some(name), 1).await?.into_iter().next();
        Ok(head_of(&catalog, head, life, next, last_run))
    }

    #[boxed]
    pub async fn get_campaign(&self, name: &str) -> Result<CampaignView> {
        let (campaign, version) = self.find_campaign(name).await?;
        let document = self.get_document("campaign", name, None).await?;
        let stored = self.store.campaigns().get(name).await?;
        let ports = campaign
            .canvas
            .activities
            .iter()
            .map(|node| (node.id.clone(), tutti_activities::port_names(&campaign.canvas, node)))
            .collect();
        Ok(CampaignView { document, version, state: stored.state, ports })
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

pub(crate) fn head_of(
    catalog: &Catalog,
    head: DocumentHead,
    life: Stored,
    next_us: Option<i64>,
    last_run: Option<RunHead>,
) -> CampaignHead {
    CampaignHead {
        attention: attention(&life, last_run.as_ref()),
        pinned_version: life.pinned_version,
        takes_over_at: life.take_overs.first().map(|next| rfc3339(next.at_us)),
        published_at: life.published_us.map(rfc3339),
        next_launch_at: next_us.map(rfc3339),
        activities: catalog.campaigns.get(&head.name).map_or(0, |campaign| campaign.canvas.activities.len()),
        state: life.state,
        last_run,
        name: head.name,
        label: head.label,
        description: head.description,
        tags: head.tags,
        folder: head.folder,
        version: head.version,
        updated_at: head.updated_at,
    }
}

fn attention(life: &Stored, last_run: Option<&RunHead>) -> Option<String> {
    if let Some(error) = &life.error {
        let why = error.get("message").and_then(Value::as_str).unwrap_or("nobody said why");
        return Some(format!("its publication failed: {why}"));
    }
    let run = last_run.filter(|run| run.mode == "live")?;
    match run.state.as_str() {
        "paused" => Some(format!("the run `{}` is paused", run.run)),
        "held" => Some(format!("the run `{}` waits for somebody", run.run)),
        "failed" => Some(format!("the run `{}` failed", run.run)),
        _ => None,
    }
}
