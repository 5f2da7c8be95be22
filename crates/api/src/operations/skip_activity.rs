//! Gives an activity up.

use axum::extract::State;
use axum::http::StatusCode;
use tutti_runner::Actor;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Gives an activity up that has not begun, is held or has failed. A paused run goes on without it, and without what
/// only it leads to, when it is resumed; where nothing is left it is complete. 409 where it has begun or is done, or the run has ended.
#[utoipa::path(post, path = "/runs/{run}/activities/{activity}/skip", tag = "runs",
    params(("run" = String, Path), ("activity" = String, Path)), responses((status = 204), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((run, activity)): Path<(String, String)>,
) -> Answer<StatusCode> {
    state.workspace.skip_activity(&run, &activity, &Actor::anyone()).await?;
    Ok(StatusCode::NO_CONTENT)
}
