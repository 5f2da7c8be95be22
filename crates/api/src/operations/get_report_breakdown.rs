//! Tells the figures of a report apart.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::{Breakdown, Slice};
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
    /// `activity`, `run`, `campaign`, `channel`, `segment`, `domain`, `status`, `reason`, `dimension`, `link`, or
    /// `field:PATH` for a field of the dimension as it is now.
    by: String,
    /// The value of the row that all others are compared with.
    base: Option<String>,
    #[serde(default = "limit")]
    limit: usize,
}

fn limit() -> usize {
    100
}

/// The figures by message, segment code, domain, link, field and so on; with `base`, compared.
#[utoipa::path(get, path = "/reports/breakdown", tag = "reports", params(Parameters),
    responses((status = 200, body = report_schemas::Breakdown), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Json<Breakdown>> {
    let Parameters { run, campaign, channel, from, to, by, base, limit } = parameters;
    let (subject, slice) = (subject(run, campaign, channel)?.within(from, to), Slice::parse(&by)?);
    Ok(Json(state.workspace.report_breakdown(&subject, &slice, base.as_deref(), limit).await?))
}
