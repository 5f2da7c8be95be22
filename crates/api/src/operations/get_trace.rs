//! Follows one row through a run.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::Trace;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The dimension whose key it is, where several have it; `file` means the lines of files.
    dimension: Option<String>,
}

/// Where a row was on every transition, by which key, what each activity made of it and why, what was sent to it and what
/// came back. For one that was never in the run: why the activities at which rows begin did not take it.
#[utoipa::path(get, path = "/runs/{run}/trace/{key}", tag = "runs",
    params(("run" = String, Path), ("key" = String, Path), Parameters),
    responses((status = 200, body = schemas::Trace), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((run, key)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Trace>> {
    Ok(Json(state.workspace.trace(&run, &key, parameters.dimension.as_deref()).await?))
}
