//! Counts the rows that match a rule.

use axum::extract::State;
use tutti_runner::{Actor, CountAnswer, CountQuestion};

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// The exact number of rows that match, and with `parts` of those that match each part of the rule.
#[utoipa::path(post, path = "/query/count", tag = "query", request_body = schemas::CountQuestion,
    responses((status = 200, body = schemas::Count), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(question): Json<CountQuestion>) -> Answer<Json<CountAnswer>> {
    Ok(Json(state.workspace.count(&question, &Actor::anyone()).await?))
}
