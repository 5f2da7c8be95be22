//! Checks a content.

use axum::extract::State;
use serde::Serialize;
use tutti_runner::ContentQuestion;

use crate::error::Answer;
use crate::extract::Json;
use crate::problem::Item;
use crate::schemas;
use crate::schemas::contents;
use crate::state::ApiState;

/// What was found out.
#[derive(Debug, Serialize)]
pub struct Checked {
    problems: Vec<Item>,
    html_bytes: usize,
}

/// Everything wrong or doubtful with a content, stored or just written: templates, names, links, images, size.
#[utoipa::path(post, path = "/contents/check", tag = "contents", request_body = contents::ContentQuestion,
    responses((status = 200, body = contents::ContentCheck), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(question): Json<ContentQuestion>) -> Answer<Json<Checked>> {
    let found = state.workspace.check_content(&question).await?;
    let problems = found.problems.into_iter().map(Item::from).collect();
    Ok(Json(Checked { problems, html_bytes: found.html_bytes }))
}
