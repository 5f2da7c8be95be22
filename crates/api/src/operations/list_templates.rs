//! Lists the templates.

use axum::extract::State;
use tutti_runner::TemplateHead;

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// All templates of campaigns: those that are stored, then those that come with Tutti.
#[utoipa::path(get, path = "/templates", tag = "templates",
    responses((status = 200, body = [schemas::TemplateHead]), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>) -> Answer<Json<Vec<TemplateHead>>> {
    Ok(Json(state.workspace.list_templates().await?))
}
