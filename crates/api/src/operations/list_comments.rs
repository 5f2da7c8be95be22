//! Lists the comments on a campaign.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::{CommentFilter, CommentLine};
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// About this activity.
    activity: Option<String>,
    /// About this version.
    version: Option<i64>,
    /// Only those that are resolved, or only those that are not.
    resolved: Option<bool>,
}

/// The comments on a campaign, its activities and its versions, oldest first.
#[utoipa::path(get, path = "/campaigns/{name}/comments", tag = "comments", params(("name" = String, Path), Parameters),
    responses((status = 200, body = [schemas::Comment]), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Vec<CommentLine>>> {
    let Parameters { activity, version, resolved } = parameters;
    let filter = CommentFilter { activity, version, resolved };
    Ok(Json(state.workspace.list_comments(&name, &filter).await?))
}
