//! Reports on a run, a campaign or a channel.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::Report;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::state::ApiState;
use crate::subject::subject;
use crate::{report_schemas, schemas};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    run: Option<String>,
    campaign: Option<String>,
    channel: Option<String>,
}

/// What became of the messages: figures, shares with what they are of, people, reasons.
#[utoipa::path(get, path = "/reports", tag = "reports", params(Parameters),
    responses((status = 200, body = report_schemas::Report), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Json<Report>> {
    let Parameters { run, campaign, channel } = parameters;
    Ok(Json(state.workspace.report(&subject(run, campaign, channel)?).await?))
}
