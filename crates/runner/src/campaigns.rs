//! Campaigns as lists and canvases show them.

use async_recursion::async_recursion as boxed;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_engine::campaign::CampaignState;
use tutti_model::campaign::Campaign;
use tutti_model::catalog::Catalog;
use tutti_store::{Campaign as Stored, Run};

use crate::documents::DocumentHead;
use crate::error::{Error, Result};
use crate::life::told_trouble;
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
    /// Whether somebody works on changes that are in no version yet.
    pub draft: bool,
    /// `draft`, `publishing`, `scheduled`, `live`, `suspended`, `closed`, `completed`, `stopped` or `archived`.
    pub state: String,
    /// The version that runs take, where it is not the newest.
    pub pinned_version: Option<i64>,
    /// When the next version takes the place of the pinned one.
    pub takes_over_at: Option<String>,
    pub published_at: Option<String>,
    /// When the schedule launches it next.
    pub next_launch_at: Option<String>,
    /// Why somebody should look at it: its publication failed, a launch began nothing, a live run is held up, the newest
    /// one failed, or it is suspended.
    pub attention: Option<String>,
    /// How many activities are on the canvas.
    pub activities: usize,
    /// The channels that it sends by.
    pub channels: Vec<String>,
    /// The dimensions that it names.
    pub dimensions: Vec<String>,
    pub created_at: String,
    pub updated_at: String,
    pub last_run: Option<RunHead>,
}

/// A campaign with what its canvas needs besides the document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignView {
    pub document: Value,
    pub version: i64,
    /// Whether somebody works on changes that are in no version yet.
    pub draft: bool,
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
        let troubled = self.troubled_runs().await?;
        let drafts = self.drafted_campaigns().await?;
        let mut campaigns = Vec::with_capacity(heads.len());
        for head in heads {
            let life = stored.remove(&head.name).unwrap_or_else(|| Stored::draft(&head.name));
            let next = planned.get(&head.name).copied();
            let last_run = newest.remove(&head.name);
            let draft = drafts.contains(&head.name);
            let attention = attention(&life, troubled.get(&head.name));
            campaigns.push(CampaignHead { draft, attention, ..head_of(&catalog, head, life, next, last_run) });
        }
        Ok(campaigns)
    }

    /// The names of the campaigns that somebody works on.
    pub(crate) async fn drafted_campaigns(&self) -> Result<HashSet<String>> {
        Ok(self.store.drafts().names("campaign").await?.into_iter().collect())
    }

    /// The live run of each campaign that somebody should look at first, by campaign.
    pub(crate) async fn troubled_runs(&self) -> Result<HashMap<String, Run>> {
        let mut troubled: HashMap<String, Run> = HashMap::new();
        for run in self.store.runs().troubled(None).await? {
            match troubled.get(&run.campaign) {
                Some(other) if urgency(other) >= urgency(&run) => {}
                _ => drop(troubled.insert(run.campaign.clone(), run)),
            }
        }
        Ok(troubled)
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
        let draft = self.store.drafts().get("campaign", name).await?.is_some();
        // Of those that are alike the newest, as in the list.
        let troubled = self.store.runs().troubled(Some(name)).await?.into_iter().rev().max_by_key(urgency);
        let attention = attention(&life, troubled.as_ref());
        Ok(CampaignHead { draft, attention, ..head_of(&catalog, head, life, next, last_run) })
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
        let draft = self.store.drafts().get("campaign", name).await?.is_some();
        Ok(CampaignView { document, version, draft, state: stored.state, ports })
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

/// One line without what the store knows of drafts and of runs that somebody should look at.
pub(crate) fn head_of(
    catalog: &Catalog,
    head: DocumentHead,
    life: Stored,
    next_us: Option<i64>,
    last_run: Option<RunHead>,
) -> CampaignHead {
    let campaign = catalog.campaigns.get(&head.name);
    let named = |setting: &str| campaign.map_or_else(Vec::new, |campaign| named(campaign, setting));
    CampaignHead {
        attention: None,
        pinned_version: life.pinned_version,
        takes_over_at: life.take_overs.first().map(|next| rfc3339(next.at_us)),
        published_at: life.published_us.map(rfc3339),
        draft: false,
        next_launch_at: next_us.map(rfc3339),
        activities: campaign.map_or(0, |campaign| campaign.canvas.activities.len()),
        channels: named("channel"),
        dimensions: named("dimension"),
        state: life.state,
        last_run,
        name: head.name,
        label: head.label,
        description: head.description,
        tags: head.tags,
        folder: head.folder,
        version: head.version,
        created_at: head.created_at,
        updated_at: head.updated_at,
    }
}

/// What the activities of a campaign name by a setting, each once.
pub(crate) fn named(campaign: &Campaign, setting: &str) -> Vec<String> {
    let names = campaign.canvas.activities.iter().filter_map(|node| node.settings.get(setting)?.as_str());
    names.collect::<BTreeSet<&str>>().into_iter().map(str::to_owned).collect()
}

/// Which of several runs is to be looked at first.
fn urgency(run: &Run) -> u8 {
    match run.state.as_str() {
        "paused" => 2,
        "held" => 1,
        _ => 0,
    }
}

/// Why somebody should look at a campaign; `troubled` is the live run that is held up or failed.
pub(crate) fn attention(life: &Stored, troubled: Option<&Run>) -> Option<String> {
    let run = troubled.map(|run| match run.state.as_str() {
        "paused" => format!("the run `{}` is paused", run.id),
        "held" => format!("the run `{}` waits for somebody", run.id),
        _ => format!("the run `{}` failed", run.id),
    });
    let suspended = (life.state == CampaignState::Suspended.as_str())
        .then(|| "it is suspended, and its launches are skipped".to_owned());
    let reasons = [life.error.as_ref().map(told_trouble), run, suspended];
    let reasons: Vec<String> = reasons.into_iter().flatten().collect();
    (!reasons.is_empty()).then(|| reasons.join("; "))
}
