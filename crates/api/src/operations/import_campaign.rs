//! Imports a campaign that was exported elsewhere.

use axum::extract::State;
use serde::Serialize;
use tutti_runner::{Actor, BundleLine, BundleRequest, MissingThing};

use crate::error::Answer;
use crate::extract::Json;
use crate::problem::Item;
use crate::schemas;
use crate::state::ApiState;

/// What an import does, or would do.
#[derive(Debug, Serialize)]
pub struct BundleReport {
    imported: bool,
    documents: Vec<BundleLine>,
    missing: Vec<MissingThing>,
    problems: Vec<Item>,
    environment: Vec<String>,
}

/// Imports what an export gave, whole or not at all. Of every document the answer says whether it is new, the same as
/// here, or differs; one that differs needs a choice: keep ours, take theirs, or rename. With `dry_run` nothing is done
/// either way.
#[utoipa::path(post, path = "/campaigns/import", tag = "campaigns", request_body = schemas::BundleRequest,
    responses((status = 200, body = schemas::BundleReport), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(request): Json<BundleRequest>) -> Answer<Json<BundleReport>> {
    let report = state.workspace.import_bundle(&request, &Actor::anyone()).await?;
    let tutti_runner::BundleReport { imported, documents, missing, problems, environment } = report;
    let problems = problems.into_iter().map(Item::from).collect();
    Ok(Json(BundleReport { imported, documents, missing, problems, environment }))
}
