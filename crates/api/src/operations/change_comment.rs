//! Changes or resolves a comment.

use axum::extract::State;
use tutti_runner::{Actor, CommentChange, CommentLine};

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Writes a comment anew, resolves it, or opens it again.
#[utoipa::path(put, path = "/comments/{id}", tag = "comments", params(("id" = i64, Path)),
    request_body = schemas::CommentChange, responses((status = 200, body = schemas::Comment), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(id): Path<i64>,
    Json(change): Json<CommentChange>,
) -> Answer<Json<CommentLine>> {
    Ok(Json(state.workspace.change_comment(id, change, &Actor::anyone()).await?))
}
