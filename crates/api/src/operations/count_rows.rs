//! Counts the rows that match a rule.

use axum::extract::State;
use serde::Deserialize;
use tutti_model::rule::Rule;
use tutti_runner::CountAnswer;

use crate::blocking::ask;
use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// A rule over a dimension.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    pub dimension: String,
    #[serde(rename = "where")]
    pub rule: Rule,
}

/// The exact number of rows that match.
#[utoipa::path(post, path = "/query/count", tag = "query", request_body = schemas::Question,
    responses((status = 200, body = schemas::Count), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(question): Json<Question>) -> Answer<Json<CountAnswer>> {
    let answer = ask(&state.workspace, async move |workspace| workspace.count(&question.dimension, &question.rule).await);
    Ok(Json(answer.await?))
}
