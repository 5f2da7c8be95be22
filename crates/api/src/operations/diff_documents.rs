//! Says what applying would change.

use axum::extract::State;

use super::apply_documents::{Changes, Files};
use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// What applying these files would change, without a change.
#[utoipa::path(post, path = "/documents/diff", tag = "documents",
    request_body = schemas::Files, responses((status = 200, body = schemas::Changes), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(body): Json<Files>) -> Answer<Json<Changes>> {
    Ok(Json(Changes { changes: state.workspace.diff_documents(&body.files).await? }))
}
