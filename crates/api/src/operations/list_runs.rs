//! Lists runs.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::RunHead;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    campaign: Option<String>,
    #[serde(default = "limit")]
    limit: u64,
}

fn limit() -> u64 {
    100
}

/// Runs, newest first, of one campaign or of all.
#[utoipa::path(get, path = "/runs", tag = "runs", params(Parameters), responses((status = 200, body = [schemas::RunHead]), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Json<Vec<RunHead>>> {
    Ok(Json(state.workspace.list_runs(parameters.campaign.as_deref(), parameters.limit).await?))
}
