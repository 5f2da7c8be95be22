//! Copies a campaign.

use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tutti_runner::{Actor, DocumentChange};
use utoipa::ToSchema;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    /// The name of the copy.
    pub name: String,
}

/// Makes a draft of another name from the newest version of a campaign, whatever its state.
#[utoipa::path(post, path = "/campaigns/{name}/duplicate", tag = "campaigns", params(("name" = String, Path)),
    request_body = Copy, responses((status = 201, body = schemas::Change), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(copy): Json<Copy>,
) -> Answer<(StatusCode, Json<DocumentChange>)> {
    let change = state.workspace.duplicate_campaign(&name, &copy.name, &Actor::anyone()).await?;
    Ok((StatusCode::CREATED, Json(change)))
}
