//! Lists the alerts that runs raised.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::Alert;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    campaign: Option<String>,
    run: Option<String>,
    /// Only alerts before the one with this `seq`, for the next page.
    before: Option<i64>,
    #[serde(default = "limit")]
    limit: u64,
}

fn limit() -> u64 {
    100
}

/// Alerts, newest first, of one campaign, of one run, or all.
#[utoipa::path(get, path = "/alerts", tag = "runs", params(Parameters), responses((status = 200, body = [schemas::Alert]), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Json<Vec<Alert>>> {
    let Parameters { campaign, run, before, limit } = parameters;
    Ok(Json(state.workspace.alerts(campaign.as_deref(), run.as_deref(), before, limit).await?))
}
