//! Goes back to an older version of a document.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tutti_runner::{Actor, DocumentChange, TakeOverTime};
use utoipa::ToSchema;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Restoration {
    /// The version to go back to; without it, the one before the newest.
    pub version: Option<i64>,
    /// Of a live campaign: when runs begin to take it, RFC 3339 or a time in its zone; without it, from the next run on.
    /// A version that waits is given this time.
    pub at: Option<String>,
}

/// Makes the text of an older version the newest version.
#[utoipa::path(post, path = "/documents/{kind}/{name}/restore", tag = "documents",
    params(("kind" = String, Path), ("name" = String, Path)), request_body = Restoration,
    responses((status = 200, body = schemas::Change), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((kind, name)): Path<(String, String)>,
    Json(body): Json<Restoration>,
) -> Answer<Json<DocumentChange>> {
    let at = body.at.as_deref().map(TakeOverTime::read).transpose()?;
    Ok(Json(state.workspace.restore_version(&kind, &name, body.version, at, &Actor::anyone()).await?))
}
