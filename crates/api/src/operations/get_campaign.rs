//! Reads one campaign for its canvas.

use axum::extract::State;
use tutti_runner::CampaignView;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// A campaign with the ports of its activities.
#[utoipa::path(get, path = "/campaigns/{name}", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 200, body = schemas::Campaign), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<CampaignView>> {
    Ok(Json(state.workspace.get_campaign(&name).await?))
}
