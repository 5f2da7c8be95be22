//! Shows the first rows that match a rule.

use axum::extract::State;
use serde::Deserialize;
use tutti_model::rule::Rule;
use tutti_runner::Rows;

use crate::blocking::ask;
use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PreviewQuestion {
    dimension: String,
    #[serde(rename = "where")]
    rule: Rule,
    /// Field paths; without any, the columns of the table.
    #[serde(default)]
    columns: Vec<String>,
    #[serde(default = "limit")]
    limit: usize,
}

fn limit() -> usize {
    20
}

/// The first matching rows by key.
#[utoipa::path(post, path = "/query/preview", tag = "query", request_body = schemas::PreviewQuestion,
    responses((status = 200, body = schemas::Rows), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(question): Json<PreviewQuestion>) -> Answer<Json<Rows>> {
    let PreviewQuestion { dimension, rule, columns, limit } = question;
    let answer = ask(&state.workspace, async move |workspace| workspace.preview(&dimension, &rule, &columns, limit).await);
    Ok(Json(answer.await?))
}
