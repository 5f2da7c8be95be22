//! Lists runs.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tutti_runner::ListQuestion;
use utoipa::IntoParams;

use super::list_campaigns::{TOTAL, words};
use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    campaign: Option<String>,
    /// In one of these states, with commas: `running`, `paused`, `held`, `completed`, `failed` or `stopped`.
    state: Option<String>,
    /// `live` or `test`.
    mode: Option<String>,
    /// Begun not before: a date, a time or date math, such as `now-1h`, in the campaign's zone.
    since: Option<String>,
    /// Begun not after.
    until: Option<String>,
    /// In the list after this run, for reading on.
    before: Option<String>,
    /// How many of the first are left out.
    #[serde(default)]
    offset: u64,
    /// At most 10,000.
    #[serde(default = "limit")]
    limit: u64,
}

fn limit() -> u64 {
    100
}

/// Runs, newest first, of one campaign or of all. `X-Total-Count` says how many there are in all pages together.
#[utoipa::path(get, path = "/runs", tag = "runs", params(Parameters), responses((status = 200, body = [schemas::RunHead]), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Response> {
    let Parameters { campaign, state: states, mode, since, until, before, offset, limit } = parameters;
    let question = ListQuestion { states: words(states.as_deref()), mode, since, until, before, offset };
    let page = state.workspace.find_runs(campaign.as_deref(), &question, limit).await?;
    let mut response = Json(page.lines).into_response();
    response.headers_mut().insert(TOTAL, HeaderValue::from(page.total));
    Ok(response)
}
