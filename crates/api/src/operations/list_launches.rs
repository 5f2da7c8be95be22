//! Lists the launches of a campaign.

use axum::extract::State;
use axum::http::HeaderValue;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tutti_runner::ListQuestion;
use utoipa::IntoParams;

use super::list_campaigns::{TOTAL, words};
use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// In one of these states, with commas: `waiting`, `queued`, `started` or `skipped`.
    state: Option<String>,
    /// Due not before: a date, a time or date math, such as `now-1h`, in the campaign's zone.
    since: Option<String>,
    /// Due not after.
    until: Option<String>,
    /// In the list after this launch, for reading on.
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

/// The launches of a campaign by its schedule and by signals, newest first, with what became of each. `X-Total-Count` says
/// how many there are in all pages together.
#[utoipa::path(get, path = "/campaigns/{name}/launches", tag = "campaigns",
    params(("name" = String, Path), Parameters),
    responses((status = 200, body = [schemas::Launch]), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<Response> {
    let Parameters { state: states, since, until, before, offset, limit } = parameters;
    let question = ListQuestion { states: words(states.as_deref()), mode: None, since, until, before, offset };
    let page = state.workspace.find_launches(&name, &question, limit).await?;
    let mut response = Json(page.lines).into_response();
    response.headers_mut().insert(TOTAL, HeaderValue::from(page.total));
    Ok(response)
}
