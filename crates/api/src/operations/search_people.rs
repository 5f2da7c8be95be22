//! Finds people.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::Rows;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The beginning of a key, or a part of an address, of the identity or of a name.
    #[serde(default)]
    search: String,
    /// At most 10,000; more is refused with `bad_limit`.
    #[serde(default = "limit")]
    limit: usize,
    #[serde(default)]
    offset: usize,
}

fn limit() -> usize {
    50
}

/// Rows of a dimension that are found by a key, an address or a name.
#[utoipa::path(get, path = "/people/{dimension}", tag = "people", params(("dimension" = String, Path), Parameters),
    responses((status = 200, body = schemas::Rows), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(dimension): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Rows>> {
    let Parameters { search, limit, offset } = parameters;
    Ok(Json(state.workspace.search_people(&dimension, &search, offset, limit).await?))
}
