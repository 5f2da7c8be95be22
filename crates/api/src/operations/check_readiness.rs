//! Says that the process can work.

use axum::extract::State;

use crate::error::Answer;
use crate::state::ApiState;

/// Answers 200 when the state can be read.
#[utoipa::path(get, path = "/readyz", responses((status = 200, content_type = "text/plain"), (status = 500)))]
pub async fn handle(State(state): State<ApiState>) -> Answer<&'static str> {
    state.workspace.list_runs(None, 1).await?;
    Ok("ready\n")
}
