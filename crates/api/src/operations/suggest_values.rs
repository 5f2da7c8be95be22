//! Suggests values while someone types.

use axum::extract::State;
use tutti_runner::{Actor, SuggestAnswer, SuggestQuestion};

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// Values that begin with what was typed, then those that contain it; the most frequent first.
#[utoipa::path(post, path = "/query/suggest", tag = "query", request_body = schemas::SuggestQuestion,
    responses((status = 200, body = schemas::Suggestions), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(question): Json<SuggestQuestion>) -> Answer<Json<SuggestAnswer>> {
    Ok(Json(state.workspace.suggest(&question, &Actor::anyone()).await?))
}
