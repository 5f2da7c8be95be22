//! Lets an activity go on that waits for a person.

use axum::extract::State;
use axum::http::StatusCode;
use tutti_runner::AnswerRequest;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Approves what an activity asks, confirms the messages that it holds, or passes its breakpoint. 409 where it waits
/// for nobody, or for somebody else.
#[utoipa::path(post, path = "/runs/{run}/activities/{activity}/approve", tag = "runs",
    params(("run" = String, Path), ("activity" = String, Path)),
    request_body = schemas::ActivityAnswer, responses((status = 204), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((run, activity)): Path<(String, String)>,
    Json(answer): Json<AnswerRequest>,
) -> Answer<StatusCode> {
    state.workspace.approve(&run, &activity, &answer).await?;
    Ok(StatusCode::NO_CONTENT)
}
