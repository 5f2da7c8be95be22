//! Pauses a run.

use axum::extract::State;
use axum::http::StatusCode;
use tutti_runner::Actor;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Pauses a run. No new message leaves after two seconds; what is on its way arrives.
#[utoipa::path(post, path = "/runs/{run}/pause", tag = "runs", params(("run" = String, Path)),
    responses((status = 204), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(run): Path<String>) -> Answer<StatusCode> {
    state.workspace.pause_run(&run, &Actor::anyone()).await?;
    Ok(StatusCode::NO_CONTENT)
}
