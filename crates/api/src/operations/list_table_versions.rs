//! Lists the versions of a table.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::TableVersionInfo;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::state::ApiState;
use crate::{data_schemas, schemas};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    #[serde(default = "limit")]
    limit: usize,
}

fn limit() -> usize {
    20
}

/// The newest versions of a table, newest first, with the rows of those that can be gone back to.
#[utoipa::path(get, path = "/tables/{table}/versions", tag = "tables", params(("table" = String, Path), Parameters),
    responses((status = 200, body = [data_schemas::TableVersion]), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(table): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Vec<TableVersionInfo>>> {
    Ok(Json(state.workspace.table_versions(&table, parameters.limit).await?))
}
