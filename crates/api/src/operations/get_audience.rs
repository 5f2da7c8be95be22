//! Shows the members of an audience.

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
    /// 50 unless given.
    #[serde(default = "limit")]
    limit: u64,
    #[serde(default)]
    offset: u64,
}

fn limit() -> u64 {
    50
}

/// The members of an audience by key, with what was saved of them.
#[utoipa::path(get, path = "/audiences/{audience}/rows", tag = "audiences", params(("audience" = String, Path), Parameters),
    responses((status = 200, body = schemas::Rows), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(audience): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Rows>> {
    Ok(Json(state.workspace.audience_rows(&audience, parameters.offset, parameters.limit).await?))
}
