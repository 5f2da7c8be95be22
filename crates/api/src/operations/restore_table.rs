//! Takes a table back to an earlier version.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::RestoredTable;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RestoreRequest {
    /// The version whose rows come back.
    version: i64,
}

/// Makes a table what it was at a version, as a new version of it. What came since stays in its own versions.
#[utoipa::path(post, path = "/tables/{table}/restore", tag = "tables", params(("table" = String, Path)),
    request_body = RestoreRequest, responses((status = 200, body = schemas::Restored), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(table): Path<String>,
    Json(request): Json<RestoreRequest>,
) -> Answer<Json<RestoredTable>> {
    Ok(Json(state.workspace.restore_table(&table, request.version).await?))
}
