//! Publishes a campaign.

use axum::extract::State;
use tutti_runner::{Actor, CampaignHead};

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Publishes a draft: it is checked, and its schedule begins. One that starts as soon as possible runs at once.
#[utoipa::path(post, path = "/campaigns/{name}/publish", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 200, body = schemas::CampaignHead), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<CampaignHead>> {
    state.workspace.publish_campaign(&name, &Actor::anyone()).await?;
    Ok(Json(state.workspace.campaign_head(&name).await?))
}
