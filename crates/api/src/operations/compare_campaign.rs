//! Compares two versions of a campaign.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::Comparison;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Without it, the version in force, or the one before.
    from: Option<i64>,
    /// Without it, the newest version.
    to: Option<i64>,
}

/// What differs between two versions of a campaign: activities, transitions, schedule, variables, with their fields.
#[utoipa::path(get, path = "/campaigns/{name}/compare", tag = "campaigns",
    params(("name" = String, Path), Parameters),
    responses((status = 200, body = schemas::Comparison), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Comparison>> {
    Ok(Json(state.workspace.compare_campaign(&name, parameters.from, parameters.to).await?))
}
