//! Reads a document as somebody works on it.

use axum::extract::State;

use super::get_draft::Draft;
use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// The draft of a campaign, content or fragment, or its newest version where there is none, with all errors and
/// warnings.
#[utoipa::path(get, path = "/documents/{kind}/{name}/draft", tag = "documents",
    params(("kind" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = schemas::Draft), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((kind, name)): Path<(String, String)>,
) -> Answer<Json<Draft>> {
    Ok(Json(state.workspace.get_draft(&kind, &name).await?.into()))
}
