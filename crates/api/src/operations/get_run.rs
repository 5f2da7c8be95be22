//! Reads the summary of a run.

use axum::extract::State;
use tutti_runner::RunSummary;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// The summary of a run, as far as it has come.
#[utoipa::path(get, path = "/runs/{run}", tag = "runs", params(("run" = String, Path)),
    responses((status = 200, body = schemas::RunSummary), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(run): Path<String>) -> Answer<Json<RunSummary>> {
    Ok(Json(state.workspace.run_summary(&run).await?))
}
