//! Makes a draft the newest version.

use axum::extract::State;
use serde::Deserialize;
use utoipa::ToSchema;

use super::get_draft::Draft;
use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplyDraft {
    /// The revision that the caller has seen.
    revision: i64,
}

/// Makes the draft of a campaign its newest version and drops the draft. Refused when it has errors, and with
/// `changed_elsewhere` when the draft or the campaign has been changed by somebody else.
#[utoipa::path(post, path = "/campaigns/{name}/draft/apply", tag = "campaigns", params(("name" = String, Path)),
    request_body = ApplyDraft, responses((status = 200, body = schemas::Draft), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(request): Json<ApplyDraft>,
) -> Answer<Json<Draft>> {
    Ok(Json(state.workspace.apply_draft(&name, request.revision).await?.into()))
}
