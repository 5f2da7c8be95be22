//! Lists the people behind a figure of a report.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::{Figure, PeopleFilter, PeoplePage, Slice};
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
    /// A figure, such as `opened`; default `targeted`.
    #[serde(default = "targeted")]
    figure: String,
    /// Only one row of a breakdown: what it is told apart by.
    by: Option<String>,
    /// The row's value; without it, the row without a value.
    value: Option<String>,
    /// Part of a key or an address.
    search: Option<String>,
    #[serde(default = "limit")]
    limit: u64,
    #[serde(default)]
    offset: u64,
}

fn targeted() -> String {
    "targeted".to_owned()
}

fn limit() -> u64 {
    100
}

/// The lines of the ledger that a figure counts, with what came back for each; as many as the figure says.
#[utoipa::path(get, path = "/reports/people", tag = "reports", params(Parameters),
    responses((status = 200, body = report_schemas::ReportPeople), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Json<PeoplePage>> {
    let Parameters { run, campaign, channel, from, to, figure, by, value, search, limit, offset } = parameters;
    let slice = by.map(|by| Slice::parse(&by)).transpose()?.map(|slice| (slice, value));
    let filter = PeopleFilter { figure: Figure::parse(&figure)?, slice, search };
    let subject = subject(run, campaign, channel)?.within(from, to);
    Ok(Json(state.workspace.report_people(&subject, &filter, offset, limit).await?))
}
