//! Deletes a comment.

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Deletes a comment with the answers to it.
#[utoipa::path(delete, path = "/comments/{id}", tag = "comments", params(("id" = i64, Path)),
    responses((status = 204, description = "It is deleted"), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(id): Path<i64>) -> Answer<StatusCode> {
    state.workspace.delete_comment(id).await?;
    Ok(StatusCode::NO_CONTENT)
}
