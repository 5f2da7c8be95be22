//! Checks a rule or an expression as somebody types it.

use axum::extract::State;
use serde::Serialize;
use tutti_model::table::ColumnType;
use tutti_runner::{Candidate, CheckQuestion, CostAnswer};

use crate::error::Answer;
use crate::extract::Json;
use crate::problem::Item;
use crate::schemas;
use crate::state::ApiState;

/// What was found out.
#[derive(Debug, Serialize)]
pub struct Checked {
    valid: bool,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    column_type: Option<ColumnType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    problems: Vec<Item>,
    candidates: Vec<Candidate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<CostAnswer>,
    warnings: Vec<String>,
}

/// The type of an expression, a rule in plain words, everything wrong with either and where, what could be typed next,
/// and with `cost` what the count of the rule is thought to take.
#[utoipa::path(post, path = "/query/check", tag = "query", request_body = schemas::CheckQuestion,
    responses((status = 200, body = schemas::Checked), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(question): Json<CheckQuestion>) -> Answer<Json<Checked>> {
    let answer = state.workspace.check_rule(&question).await?;
    Ok(Json(Checked {
        valid: answer.valid,
        column_type: answer.column_type,
        words: answer.words,
        problems: answer.problems.into_iter().map(Item::from).collect(),
        candidates: answer.candidates,
        cost: answer.cost,
        warnings: answer.warnings,
    }))
}
