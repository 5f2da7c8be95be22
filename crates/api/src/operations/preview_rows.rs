//! Shows the first rows that match a rule.

use axum::extract::State;
use tutti_runner::{Actor, PreviewQuestion, Rows};

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// Some of the matching rows, in the asked order, else by key.
#[utoipa::path(post, path = "/query/preview", tag = "query", request_body = schemas::PreviewQuestion,
    responses((status = 200, body = schemas::Rows), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(question): Json<PreviewQuestion>) -> Answer<Json<Rows>> {
    Ok(Json(state.workspace.preview(&question, &Actor::anyone()).await?))
}
