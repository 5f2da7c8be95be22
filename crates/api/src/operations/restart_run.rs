//! Runs again what a run did, or opens it again.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tutti_runner::{Actor, RestartRequest};
use utoipa::ToSchema;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Restarted {
    /// The id of the run that goes on: a new one, or the same.
    pub run: String,
}

/// Without `from`, begins a run with the same mode and variables. With it, opens a failed, stopped or paused run again
/// from that activity: it and what comes after it are done anew, but for messages, which are only gone on with. 409
/// where that cannot be, with the reason.
#[utoipa::path(post, path = "/runs/{run}/restart", tag = "runs", params(("run" = String, Path)),
    request_body = schemas::RestartRequest, responses((status = 200, body = Restarted), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(run): Path<String>,
    Json(request): Json<RestartRequest>,
) -> Answer<Json<Restarted>> {
    let run = state.workspace.restart_run(&run, &request, &Actor::anyone()).await?;
    Ok(Json(Restarted { run }))
}
