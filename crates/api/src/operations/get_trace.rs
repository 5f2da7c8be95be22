//! Follows one row through a run.

use axum::extract::State;
use tutti_runner::Trace;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Where a row was on every transition, and where and why it left.
#[utoipa::path(get, path = "/runs/{run}/trace/{key}", tag = "runs", params(("run" = String, Path), ("key" = String, Path)),
    responses((status = 200, body = schemas::Trace), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path((run, key)): Path<(String, String)>) -> Answer<Json<Trace>> {
    Ok(Json(state.workspace.trace(&run, &key).await?))
}
