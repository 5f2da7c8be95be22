//! Shows how good the rows of a table are.

use axum::extract::State;
use tutti_runner::TableQuality;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::state::ApiState;
use crate::{data_schemas, schemas};

/// What is missing, what is outside of its enumeration, what leads nowhere: over all rows of the newest version.
#[utoipa::path(get, path = "/tables/{table}/quality", tag = "tables", params(("table" = String, Path)),
    responses((status = 200, body = data_schemas::TableQuality), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(table): Path<String>) -> Answer<Json<TableQuality>> {
    Ok(Json(state.workspace.table_quality(&table).await?))
}
