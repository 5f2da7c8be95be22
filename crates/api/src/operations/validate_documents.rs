//! Finds all that is wrong or doubtful in documents.

use axum::extract::State;
use serde::Serialize;

use super::apply_documents::Files;
use crate::error::Answer;
use crate::extract::Json;
use crate::problem::Item;
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Validation {
    pub errors: Vec<Item>,
    pub warnings: Vec<Item>,
}

/// All errors and warnings of these files at once, against the stored documents, without a change.
#[utoipa::path(post, path = "/documents/validate", tag = "documents",
    request_body = schemas::Files, responses((status = 200, body = Validation), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(body): Json<Files>) -> Answer<Json<Validation>> {
    let report = state.workspace.validate_documents(&body.files).await?;
    let items = |problems: Vec<_>| problems.into_iter().map(Item::from).collect();
    Ok(Json(Validation { errors: items(report.errors), warnings: items(report.warnings) }))
}
