//! Reads one document back.

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// An older version; without it the newest.
    version: Option<i64>,
}

/// One document, exactly as apply takes it.
#[utoipa::path(get, path = "/documents/{kind}/{name}", tag = "documents",
    params(("kind" = String, Path), ("name" = String, Path), Parameters),
    responses((status = 200, body = Object), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((kind, name)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Value>> {
    Ok(Json(state.workspace.get_document(&kind, &name, parameters.version).await?))
}
