//! Drops what somebody worked on.

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Drops the draft of a campaign; its versions stay as they are.
#[utoipa::path(delete, path = "/campaigns/{name}/draft", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 204), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<StatusCode> {
    state.workspace.discard_draft("campaign", &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
