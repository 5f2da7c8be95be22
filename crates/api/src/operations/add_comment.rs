//! Comments on a campaign.

use axum::extract::State;
use axum::http::StatusCode;
use tutti_runner::{Actor, CommentLine, CommentRequest};

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Keeps a comment on a campaign, one of its activities or versions, or an answer to another comment.
#[utoipa::path(post, path = "/campaigns/{name}/comments", tag = "comments", params(("name" = String, Path)),
    request_body = schemas::CommentRequest, responses((status = 201, body = schemas::Comment), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(request): Json<CommentRequest>,
) -> Answer<(StatusCode, Json<CommentLine>)> {
    let comment = state.workspace.add_comment(&name, request, &Actor::anyone()).await?;
    Ok((StatusCode::CREATED, Json(comment)))
}
