//! Shows the rows on a transition.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::{PopulationView, Rows};
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    #[serde(default = "out")]
    port: String,
    /// A column that rows are ordered by, with `-` before it descending; without it, as they were written.
    order: Option<String>,
    /// A part of the value of any column.
    search: Option<String>,
    /// At most 100,000; more is refused with `bad_limit`.
    #[serde(default = "limit")]
    limit: u64,
    #[serde(default)]
    offset: u64,
}

fn out() -> String {
    "out".to_owned()
}

fn limit() -> u64 {
    50
}

/// The rows that an activity gave to a port.
#[utoipa::path(get, path = "/runs/{run}/populations/{activity}", tag = "runs",
    params(("run" = String, Path), ("activity" = String, Path), Parameters),
    responses((status = 200, body = schemas::Rows), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((run, activity)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Rows>> {
    let Parameters { port, order, search, limit, offset } = parameters;
    let view = PopulationView { order, search };
    Ok(Json(state.workspace.population_view(&run, (&activity, &port), &view, offset, limit).await?))
}
