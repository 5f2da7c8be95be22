//! Lists the tables.

use axum::extract::State;
use tutti_runner::TableInfo;

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// All tables with their columns, links, rows and versions.
#[utoipa::path(get, path = "/tables", tag = "tables", responses((status = 200, body = [schemas::Table]), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>) -> Answer<Json<Vec<TableInfo>>> {
    Ok(Json(state.workspace.list_tables().await?))
}
