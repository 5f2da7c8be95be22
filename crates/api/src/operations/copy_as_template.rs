//! Makes a template of a campaign.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tutti_runner::{Actor, DocumentChange};
use utoipa::ToSchema;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TemplateCopy {
    /// The name of the template; one of that name gets a new version.
    pub name: String,
    /// In place of the campaign's.
    #[serde(default)]
    pub label: Option<String>,
}

/// Makes a template of the newest version of a campaign. The dimensions, channels, contents, audiences and tables that
/// its activities name, and its variables, become parameters with what they are now as defaults.
#[utoipa::path(post, path = "/campaigns/{name}/template", tag = "templates", params(("name" = String, Path)),
    request_body = TemplateCopy, responses((status = 200, body = schemas::Change), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(copy): Json<TemplateCopy>,
) -> Answer<Json<DocumentChange>> {
    let change = state.workspace.copy_as_template(&name, &copy.name, copy.label.as_deref(), &Actor::anyone()).await?;
    Ok(Json(change))
}
