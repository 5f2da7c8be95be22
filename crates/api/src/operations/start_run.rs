//! Starts a run.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tutti_runner::{Actor, RunRequest};
use utoipa::ToSchema;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Started {
    /// The id of the run.
    pub run: String,
}

/// Starts a run of a campaign; a worker does the rest. A live run takes the version in force and publishes a draft
/// first; a test run takes the newest version.
#[utoipa::path(post, path = "/campaigns/{name}/run", tag = "campaigns", params(("name" = String, Path)),
    request_body = schemas::RunRequest, responses((status = 201, body = Started), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(request): Json<RunRequest>,
) -> Answer<(StatusCode, Json<Started>)> {
    let run = state.workspace.start_run(&name, &request, &Actor::anyone()).await?;
    Ok((StatusCode::CREATED, Json(Started { run })))
}
