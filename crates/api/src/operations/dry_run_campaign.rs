//! Says what a run would do.

use axum::extract::State;
use tutti_runner::DryRun;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// What would happen now: rows per transition, exclusions by reason, messages and samples. Sends and changes nothing.
#[utoipa::path(post, path = "/campaigns/{name}/dry-run", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 200, body = schemas::DryRun), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<DryRun>> {
    Ok(Json(state.workspace.dry_run(&name).await?))
}
