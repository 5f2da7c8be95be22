//! Lists the audiences.

use axum::extract::State;
use tutti_runner::AudienceInfo;

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// All audiences with their dimensions, columns, rows and versions.
#[utoipa::path(get, path = "/audiences", tag = "audiences", responses((status = 200, body = [schemas::Audience]), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>) -> Answer<Json<Vec<AudienceInfo>>> {
    Ok(Json(state.workspace.list_audiences().await?))
}
