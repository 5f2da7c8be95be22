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
    /// Only messages that were settled (sent, excluded, failed) from this moment on: a date, a time or date math, such as
    /// `now-1d`, in UTC. What came back for them counts whenever it came.
    from: Option<String>,
    /// The first moment after.
    to: Option<String>,
}

/// What became of the messages: figures, shares with what they are of, people, reasons.
#[utoipa::path(get, path = "/reports", tag = "reports", params(Parameters),
    responses((status = 200, body = report_schemas::Report), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Json<Report>> {
    let Parameters { run, campaign, channel, from, to } = parameters;
    Ok(Json(state.workspace.report(&subject(run, campaign, channel)?.within(from, to)).await?))
}
