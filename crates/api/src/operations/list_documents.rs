//! Lists the documents of one kind.

use axum::extract::State;
use tutti_runner::DocumentHead;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// The documents of one kind, by name.
#[utoipa::path(get, path = "/documents/{kind}", tag = "documents",
    params(("kind" = String, Path, description = "table, dimension, filter, channel or campaign")),
    responses((status = 200, body = [schemas::DocumentHead]), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(kind): Path<String>) -> Answer<Json<Vec<DocumentHead>>> {
    Ok(Json(state.workspace.list_documents(&kind).await?))
}
