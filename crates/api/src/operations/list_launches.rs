//! Lists the launches of a campaign.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::LaunchLine;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    #[serde(default = "limit")]
    limit: u64,
}

fn limit() -> u64 {
    100
}

/// The launches of a campaign by its schedule and by signals, newest first, with what became of each.
#[utoipa::path(get, path = "/campaigns/{name}/launches", tag = "campaigns",
    params(("name" = String, Path), Parameters),
    responses((status = 200, body = [schemas::Launch]), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Vec<LaunchLine>>> {
    Ok(Json(state.workspace.list_launches(&name, parameters.limit).await?))
}
