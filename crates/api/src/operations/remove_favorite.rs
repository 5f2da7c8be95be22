//! Gives up something that is kept at hand.

use axum::extract::State;
use axum::http::StatusCode;

use super::list_favorites::Parameters;
use crate::error::Answer;
use crate::extract::{Path, Query};
use crate::schemas;
use crate::state::ApiState;

/// Gives up what somebody keeps. What is not kept is given up already.
#[utoipa::path(delete, path = "/favorites/{kind}/{name}", tag = "query",
    params(("kind" = String, Path), ("name" = String, Path), Parameters),
    responses((status = 204), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((kind, name)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
) -> Answer<StatusCode> {
    state.workspace.remove_favorite(&kind, &name, parameters.by.as_deref()).await?;
    Ok(StatusCode::NO_CONTENT)
}
