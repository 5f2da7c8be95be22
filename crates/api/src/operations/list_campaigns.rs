//! Lists the campaigns.

use axum::extract::State;
use tutti_runner::CampaignHead;

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// All campaigns with their last runs.
#[utoipa::path(get, path = "/campaigns", tag = "campaigns", responses((status = 200, body = [schemas::CampaignHead]), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>) -> Answer<Json<Vec<CampaignHead>>> {
    Ok(Json(state.workspace.list_campaigns().await?))
}
