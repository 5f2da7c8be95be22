//! Exports a campaign.

use axum::extract::State;
use tutti_runner::Bundle;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// A campaign with all that it needs, as one YAML text: tables, dimensions, filters, channels (without secrets), contents,
/// calendars, audiences, the campaigns that it signals, and the tests of all of them. The same documents give the same
/// text. Rows are not in it.
#[utoipa::path(get, path = "/campaigns/{name}/export", tag = "campaigns", params(("name" = String, Path)),
    responses((status = 200, body = schemas::Bundle), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<Bundle>> {
    Ok(Json(state.workspace.export_campaign(&name).await?))
}
