//! Publishes a campaign.

use axum::extract::State;
use serde::Serialize;
use tutti_runner::{Actor, CampaignHead};

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::problem::Item;
use crate::schemas;
use crate::state::ApiState;

/// How the campaign is then, and what is doubtful about it.
#[derive(Debug, Serialize)]
pub struct Published {
    #[serde(flatten)]
    campaign: CampaignHead,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Item>,
}

/// Publishes a draft: it is checked, and its schedule begins. One that starts as soon as possible runs at once. Answers
/// with `warnings` where something is doubtful, such as a signal to a campaign that is still a draft.
#[utoipa::path(post, path = "/campaigns/{name}/publish", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 200, body = schemas::CampaignHead), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<Published>> {
    let warnings = state.workspace.publish_campaign(&name, &Actor::anyone()).await?;
    let campaign = state.workspace.campaign_head(&name).await?;
    Ok(Json(Published { campaign, warnings: warnings.into_iter().map(Item::from).collect() }))
}
