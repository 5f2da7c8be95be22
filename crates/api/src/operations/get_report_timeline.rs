//! Tells the figures of a report over time.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::Timeline;
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
    /// `hour` or `day` (default).
    #[serde(default = "day")]
    step: String,
    /// Whose hours and days, such as `Europe/Paris`; default `UTC`.
    #[serde(default = "utc")]
    zone: String,
}

fn day() -> String {
    "day".to_owned()
}

fn utc() -> String {
    "UTC".to_owned()
}

/// What happened in each hour or day.
#[utoipa::path(get, path = "/reports/timeline", tag = "reports", params(Parameters),
    responses((status = 200, body = report_schemas::Timeline), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Json<Timeline>> {
    let Parameters { run, campaign, channel, from, to, step, zone } = parameters;
    let subject = subject(run, campaign, channel)?.within(from, to);
    Ok(Json(state.workspace.report_timeline(&subject, &step, &zone).await?))
}
