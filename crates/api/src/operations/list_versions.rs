//! Lists the versions of a document.

use axum::extract::State;
use tutti_runner::VersionLine;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// The versions of a document, newest first, and which of a campaign's is in force.
#[utoipa::path(get, path = "/documents/{kind}/{name}/versions", tag = "documents",
    params(("kind" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = [schemas::Version]), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((kind, name)): Path<(String, String)>,
) -> Answer<Json<Vec<VersionLine>>> {
    Ok(Json(state.workspace.list_versions(&kind, &name).await?))
}
