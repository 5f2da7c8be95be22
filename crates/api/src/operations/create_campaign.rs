//! Makes a campaign of a template.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use tutti_model::template::Chosen;
use tutti_runner::{Actor, CreateRequest};

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::problem::Item;
use crate::schemas;
use crate::state::ApiState;

/// A campaign that was made, or would be.
#[derive(Debug, Serialize)]
pub struct Creation {
    campaign: String,
    template: String,
    created: bool,
    chosen: Vec<Chosen>,
    to_choose: Vec<String>,
    problems: Vec<Item>,
    checklist: Vec<String>,
    document: Option<Value>,
}

/// Makes a draft of a template, whole or not at all: while something is still to choose, or the campaign would be wrong,
/// every such thing is named and nothing is made. With `dry_run` nothing is made either way, and the answer says what
/// would be.
#[utoipa::path(post, path = "/templates/{name}/campaigns", tag = "templates", params(("name" = String, Path)),
    request_body = schemas::CreateRequest,
    responses((status = 201, body = schemas::Creation), (status = 200, body = schemas::Creation, description = "A dry run"),
        schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(request): Json<CreateRequest>,
) -> Answer<(StatusCode, Json<Creation>)> {
    let made = state.workspace.create_from_template(&name, request, &Actor::anyone()).await?;
    let tutti_runner::Creation { campaign, template, created, chosen, to_choose, problems, checklist, document } = made;
    let problems = problems.into_iter().map(Item::from).collect();
    let status = if created { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(Creation { campaign, template, created, chosen, to_choose, problems, checklist, document })))
}
