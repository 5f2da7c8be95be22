//! Moves a mark.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// A date or date math: what is later counts as new again, what is earlier does not.
    at: String,
}

/// Moves the mark of an activity to a moment.
#[utoipa::path(post, path = "/campaigns/{name}/marks/{activity}", tag = "campaigns",
    params(("name" = String, Path), ("activity" = String, Path)),
    request_body = Target, responses((status = 204), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((name, activity)): Path<(String, String)>,
    Json(target): Json<Target>,
) -> Answer<StatusCode> {
    state.workspace.move_mark(&name, &activity, Some(&target.at)).await?;
    Ok(StatusCode::NO_CONTENT)
}
