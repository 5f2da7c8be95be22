//! Goes on with a paused run.

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Goes on with a paused run. Failed activities are tried again, held sends are confirmed.
#[utoipa::path(post, path = "/runs/{run}/resume", tag = "runs", params(("run" = String, Path)),
    responses((status = 204), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(run): Path<String>) -> Answer<StatusCode> {
    state.workspace.resume_run(&run).await?;
    Ok(StatusCode::NO_CONTENT)
}
