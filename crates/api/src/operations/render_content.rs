//! Renders a content for real rows.

use axum::extract::State;
use serde::Serialize;
use tutti_runner::{Actor, RenderAnswer, RenderQuestion, RenderedRow};

use crate::error::Answer;
use crate::extract::Json;
use crate::problem::Item;
use crate::schemas;
use crate::schemas::contents;
use crate::state::ApiState;

/// Messages as people would get them.
#[derive(Debug, Serialize)]
pub struct Rendered {
    dimension: Option<String>,
    total: u64,
    rows: Vec<Row>,
    problems: Vec<Item>,
}

#[derive(Debug, Serialize)]
struct Row {
    key: String,
    address: Option<String>,
    excluded: Option<String>,
    subject: String,
    preheader: String,
    html: String,
    text: String,
    html_bytes: usize,
    problems: Vec<Item>,
    failure: Option<String>,
}

impl From<RenderedRow> for Row {
    fn from(row: RenderedRow) -> Self {
        let RenderedRow { key, address, excluded, subject, preheader, html, text, html_bytes, problems, failure } = row;
        let problems = problems.into_iter().map(Item::from).collect();
        Self { key, address, excluded, subject, preheader, html, text, html_bytes, problems, failure }
    }
}

/// A content, stored or just written, as rows of a dimension or those arriving at an activity would get it. Sends and
/// changes nothing. Where the content has errors there are no rows.
#[utoipa::path(post, path = "/contents/render", tag = "contents", request_body = contents::RenderQuestion,
    responses((status = 200, body = contents::RenderAnswer), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(question): Json<RenderQuestion>) -> Answer<Json<Rendered>> {
    let answer = state.workspace.render_content(&question, &Actor::anyone()).await?;
    let RenderAnswer { dimension, total, rows, problems } = answer;
    Ok(Json(Rendered {
        dimension,
        total,
        rows: rows.into_iter().map(Row::from).collect(),
        problems: problems.into_iter().map(Item::from).collect(),
    }))
}
