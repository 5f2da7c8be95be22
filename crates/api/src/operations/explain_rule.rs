//! Says how a rule is answered.

use axum::extract::State;
use tutti_runner::ExplainAnswer;

use super::count_rows::Question;
use crate::blocking::ask;
use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// The rule in plain words, as SQL and as a plan.
#[utoipa::path(post, path = "/query/explain", tag = "query", request_body = schemas::Question,
    responses((status = 200, body = schemas::Explanation), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(question): Json<Question>) -> Answer<Json<ExplainAnswer>> {
    let answer = ask(&state.workspace, async move |workspace| workspace.explain(&question.dimension, &question.rule).await);
    Ok(Json(answer.await?))
}
