//! Says how a rule is answered.

use axum::extract::State;
use tutti_runner::{ExplainAnswer, ExplainQuestion};

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// The rule in plain words, as SQL and as a plan, with what it is thought to cost.
#[utoipa::path(post, path = "/query/explain", tag = "query", request_body = schemas::ExplainQuestion,
    responses((status = 200, body = schemas::Explanation), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(question): Json<ExplainQuestion>) -> Answer<Json<ExplainAnswer>> {
    Ok(Json(state.workspace.explain(&question).await?))
}
