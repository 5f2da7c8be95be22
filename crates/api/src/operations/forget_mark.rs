//! Forgets a mark.

use axum::extract::State;
use axum::http::StatusCode;

use crate::error::Answer;
use crate::extract::Path;
use crate::schemas;
use crate::state::ApiState;

/// Forgets the mark of an activity: the next run takes everything.
#[utoipa::path(delete, path = "/campaigns/{name}/marks/{activity}", tag = "campaigns",
    params(("name" = String, Path), ("activity" = String, Path)), responses((status = 204), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((name, activity)): Path<(String, String)>,
) -> Answer<StatusCode> {
    state.workspace.move_mark(&name, &activity, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
