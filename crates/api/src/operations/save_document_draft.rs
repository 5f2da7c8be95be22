//! Keeps a document as somebody works on it.

use axum::extract::State;
use tutti_runner::DraftRequest;

use super::get_draft::Draft;
use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Keeps a draft of a campaign, content or fragment, right or not, and answers what is wrong with it. Refused with
/// `changed_elsewhere` when the draft is not at the given revision any more.
#[utoipa::path(put, path = "/documents/{kind}/{name}/draft", tag = "documents",
    params(("kind" = String, Path), ("name" = String, Path)), request_body = schemas::DraftRequest,
    responses((status = 200, body = schemas::Draft), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((kind, name)): Path<(String, String)>,
    Json(request): Json<DraftRequest>,
) -> Answer<Json<Draft>> {
    Ok(Json(state.workspace.save_draft(&kind, &name, request).await?.into()))
}
