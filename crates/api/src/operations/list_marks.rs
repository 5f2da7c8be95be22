//! Lists the marks of a campaign.

use axum::extract::State;
use tutti_runner::MarkView;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// How far the runs of a campaign have come in activities that only take what is new.
#[utoipa::path(get, path = "/campaigns/{name}/marks", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 200, body = Vec<schemas::Mark>), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<Vec<MarkView>>> {
    Ok(Json(state.workspace.marks(&name).await?))
}
