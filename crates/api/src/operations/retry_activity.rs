//! Tries a failed activity again.

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Tries a failed activity again; the run goes on. 409 where it has not failed, or the run has ended.
#[utoipa::path(post, path = "/runs/{run}/activities/{activity}/retry", tag = "runs",
    params(("run" = String, Path), ("activity" = String, Path)), responses((status = 204), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((run, activity)): Path<(String, String)>,
) -> Answer<StatusCode> {
    state.workspace.retry_activity(&run, &activity).await?;
    Ok(StatusCode::NO_CONTENT)
}
