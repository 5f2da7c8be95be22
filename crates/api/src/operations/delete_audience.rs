//! Deletes an audience.

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Deletes an audience that nothing needs, with its members.
#[utoipa::path(delete, path = "/audiences/{audience}", tag = "audiences", params(("audience" = String, Path)),
    responses((status = 204), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(audience): Path<String>) -> Answer<StatusCode> {
    state.workspace.delete_document("audience", &audience).await?;
    Ok(StatusCode::NO_CONTENT)
}
