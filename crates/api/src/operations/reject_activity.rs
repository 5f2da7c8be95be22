//! Rejects what an approval asks.

use axum::extract::State;
use axum::http::StatusCode;
use tutti_runner::AnswerRequest;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Rejects what an approval asks: what arrived leaves by its port `rejected`. 409 where it waits for nobody, or for
/// somebody else.
#[utoipa::path(post, path = "/runs/{run}/activities/{activity}/reject", tag = "runs",
    params(("run" = String, Path), ("activity" = String, Path)),
    request_body = schemas::ActivityAnswer, responses((status = 204), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((run, activity)): Path<(String, String)>,
    Json(answer): Json<AnswerRequest>,
) -> Answer<StatusCode> {
    state.workspace.reject(&run, &activity, &answer).await?;
    Ok(StatusCode::NO_CONTENT)
}
