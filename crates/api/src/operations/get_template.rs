//! Reads a template.

use axum::extract::State;
use tutti_runner::TemplateView;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// One template with its document, and with what is chosen for its parameters where nothing is given: its own default,
/// or the only one that there is. The rest names its candidates.
#[utoipa::path(get, path = "/templates/{name}", tag = "templates", params(("name" = String, Path)),
    responses((status = 200, body = schemas::Template), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<TemplateView>> {
    Ok(Json(state.workspace.get_template(&name).await?))
}
