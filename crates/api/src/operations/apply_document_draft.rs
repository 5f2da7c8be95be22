//! Makes a draft the newest version.

use axum::extract::State;
use tutti_runner::Actor;

use super::apply_draft::ApplyDraft;
use super::get_draft::Draft;
use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Makes the draft of a campaign, content or fragment its newest version and drops the draft. Refused when it has errors,
/// and with `changed_elsewhere` when the draft or the document has been changed by somebody else.
#[utoipa::path(post, path = "/documents/{kind}/{name}/draft/apply", tag = "documents",
    params(("kind" = String, Path), ("name" = String, Path)), request_body = ApplyDraft,
    responses((status = 200, body = schemas::Draft), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((kind, name)): Path<(String, String)>,
    Json(request): Json<ApplyDraft>,
) -> Answer<Json<Draft>> {
    let workspace = &state.workspace;
    let at = match &request.takes_over {
        Some(text) => Some(workspace.moment_of((kind == "campaign").then_some(name.as_str()), text).await?),
        None => None,
    };
    Ok(Json(workspace.apply_draft(&kind, &name, request.revision, at, &Actor::anyone()).await?.into()))
}
