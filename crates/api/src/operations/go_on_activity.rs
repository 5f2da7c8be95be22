//! Ends by hand what an activity waits for.

use axum::extract::State;
use axum::http::StatusCode;
use tutti_runner::Actor;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Lets an activity go on at once that waits for a time: a wait, or the pause before another attempt. 409 where it waits
/// for none, or the run has ended.
#[utoipa::path(post, path = "/runs/{run}/activities/{activity}/go-on", tag = "runs",
    params(("run" = String, Path), ("activity" = String, Path)), responses((status = 204), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((run, activity)): Path<(String, String)>,
) -> Answer<StatusCode> {
    state.workspace.go_on_activity(&run, &activity, &Actor::anyone()).await?;
    Ok(StatusCode::NO_CONTENT)
}
