//! Makes a draft the newest version.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::Actor;
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
    pub(super) revision: i64,
    /// Of a live campaign: when its runs begin to take it, RFC 3339 or a time in its zone. Without it, the next does.
    #[serde(default)]
    pub(super) takes_over: Option<String>,
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
    let workspace = &state.workspace;
    let at = match &request.takes_over {
        Some(text) => Some(workspace.moment_of(Some(&name), text).await?),
        None => None,
    };
    Ok(Json(workspace.apply_draft("campaign", &name, request.revision, at, &Actor::anyone()).await?.into()))
}
