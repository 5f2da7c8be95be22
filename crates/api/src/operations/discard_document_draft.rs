//! Drops what somebody worked on.

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Drops the draft of a campaign, content or fragment; its versions stay as they are.
#[utoipa::path(delete, path = "/documents/{kind}/{name}/draft", tag = "documents",
    params(("kind" = String, Path), ("name" = String, Path)), responses((status = 204), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path((kind, name)): Path<(String, String)>) -> Answer<StatusCode> {
    state.workspace.discard_draft(&kind, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
