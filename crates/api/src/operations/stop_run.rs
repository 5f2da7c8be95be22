//! Ends a run where it is.

use axum::extract::State;
use axum::http::StatusCode;
use tutti_runner::Actor;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Ends a run where it is. What was sent stays sent.
#[utoipa::path(post, path = "/runs/{run}/stop", tag = "runs", params(("run" = String, Path)),
    responses((status = 204), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(run): Path<String>) -> Answer<StatusCode> {
    state.workspace.stop_run(&run, &Actor::anyone()).await?;
    Ok(StatusCode::NO_CONTENT)
}
