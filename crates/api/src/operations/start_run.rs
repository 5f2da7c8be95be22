//! Starts a run.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tutti_runner::{Actor, RunRequest};
use utoipa::ToSchema;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::problem::Item;
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Started {
    /// The id of the run.
    pub run: String,
    /// What is doubtful, such as a live run of the campaign that has not ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<Item>,
}

/// Starts a run of a campaign; a worker does the rest. A live run takes the version in force and publishes a draft
/// first; a test run takes the newest version. A second call with the same idempotency key starts nothing, and is
/// answered with the same run and 200. A live run that goes on is no hindrance; the answer warns of it.
#[utoipa::path(post, path = "/campaigns/{name}/run", tag = "campaigns", params(("name" = String, Path)),
    request_body = schemas::RunRequest,
    responses((status = 201, body = Started), (status = 200, body = Started), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(request): Json<RunRequest>,
) -> Answer<(StatusCode, Json<Started>)> {
    let started = state.workspace.start_run(&name, &request, &Actor::anyone()).await?;
    let status = if started.known { StatusCode::OK } else { StatusCode::CREATED };
    let warnings = started.warnings.into_iter().map(Item::from).collect();
    Ok((status, Json(Started { run: started.run, warnings })))
}
