//! Has the launches of a campaign skipped for a while.

use axum::extract::State;
use tutti_runner::{Actor, CampaignHead};

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Suspends a recurring campaign: until it is continued, its launches are kept as skipped. Runs that go on end, it can be
/// changed, and run by hand.
#[utoipa::path(post, path = "/campaigns/{name}/suspend", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 200, body = schemas::CampaignHead), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<CampaignHead>> {
    state.workspace.suspend_campaign(&name, &Actor::anyone()).await?;
    Ok(Json(state.workspace.campaign_head(&name).await?))
}
