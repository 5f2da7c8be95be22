//! Tries a failed activity again.

use axum::extract::State;
use axum::http::StatusCode;
use tutti_runner::Actor;

use super::resume_run::Parameters;
use crate::error::Answer;
use crate::extract::{Path, Query};
use crate::schemas;
use crate::state::ApiState;

/// Tries a failed activity again; the run goes on. 409 where it has not failed, or the run has ended.
#[utoipa::path(post, path = "/runs/{run}/activities/{activity}/retry", tag = "runs",
    params(("run" = String, Path), ("activity" = String, Path), Parameters),
    responses((status = 204), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((run, activity)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
) -> Answer<StatusCode> {
    match parameters.edited {
        true => state.workspace.retry_edited(&run, &activity, &Actor::anyone()).await?,
        false => state.workspace.retry_activity(&run, &activity, &Actor::anyone()).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}
