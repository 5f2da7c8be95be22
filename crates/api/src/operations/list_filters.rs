//! Lists the predefined filters.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::FilterLine;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// On rows of this dimension.
    dimension: Option<String>,
    /// Who asks, where nobody signs in.
    by: Option<String>,
}

/// The filters that somebody can choose, favorites first, with Tutti's own for each dimension. Filters that are not
/// shared are there for their owner alone.
#[utoipa::path(get, path = "/filters", tag = "query", params(Parameters),
    responses((status = 200, body = [schemas::ListedFilter]), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Vec<FilterLine>>> {
    let Parameters { dimension, by } = parameters;
    Ok(Json(state.workspace.list_filters(dimension.as_deref(), by.as_deref()).await?))
}
