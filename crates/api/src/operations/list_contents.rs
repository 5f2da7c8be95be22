//! Lists the contents and fragments.

use axum::extract::State;
use tutti_runner::ContentLine;

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::schemas::contents;
use crate::state::ApiState;

/// All contents, and then all fragments, with the campaigns and contents that use them.
#[utoipa::path(get, path = "/contents", tag = "contents",
    responses((status = 200, body = [contents::ContentLine]), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>) -> Answer<Json<Vec<ContentLine>>> {
    Ok(Json(state.workspace.list_contents().await?))
}
