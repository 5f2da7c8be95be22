//! Puts a campaign away.

use axum::extract::State;
use tutti_runner::{Actor, CampaignHead};

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Puts a campaign away; it is deleted 30 days after its last change.
#[utoipa::path(post, path = "/campaigns/{name}/archive", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 200, body = schemas::CampaignHead), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<CampaignHead>> {
    state.workspace.archive_campaign(&name, &Actor::anyone()).await?;
    Ok(Json(state.workspace.campaign_head(&name).await?))
}
