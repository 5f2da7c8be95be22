//! Lets a suspended campaign launch again.

use axum::extract::State;
use tutti_runner::{Actor, CampaignHead};

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Continues a suspended campaign: its next launch runs. What was skipped stays skipped.
#[utoipa::path(post, path = "/campaigns/{name}/continue", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 200, body = schemas::CampaignHead), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<CampaignHead>> {
    state.workspace.continue_campaign(&name, &Actor::anyone()).await?;
    Ok(Json(state.workspace.campaign_head(&name).await?))
}
