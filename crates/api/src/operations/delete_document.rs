//! Deletes one document.

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Deletes a document that no other document needs; a table's rows go with it.
#[utoipa::path(delete, path = "/documents/{kind}/{name}", tag = "documents",
    params(("kind" = String, Path), ("name" = String, Path)),
    responses((status = 204), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path((kind, name)): Path<(String, String)>) -> Answer<StatusCode> {
    state.workspace.delete_document(&kind, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
