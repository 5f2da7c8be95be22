//! Takes a campaign out of the archive.

use axum::extract::State;
use tutti_runner::{Actor, CampaignHead};

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Takes a campaign out of the archive.
#[utoipa::path(post, path = "/campaigns/{name}/restore", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 200, body = schemas::CampaignHead), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<CampaignHead>> {
    state.workspace.restore_campaign(&name, &Actor::anyone()).await?;
    Ok(Json(state.workspace.campaign_head(&name).await?))
}
