//! Does one thing with many campaigns.

use axum::extract::State;
use tutti_runner::{Actor, BulkLine, BulkRequest};

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// Does one thing with many campaigns, each by itself, and answers what came of it for each: `tag`, `untag`, `move` to a
/// folder, `publish`, `unpublish`, `suspend`, `continue`, `close`, `stop`, `archive`, `unarchive` or `delete`.
#[utoipa::path(post, path = "/campaigns/bulk", tag = "campaigns", request_body = schemas::BulkRequest,
    responses((status = 200, body = [schemas::BulkLine]), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(request): Json<BulkRequest>) -> Answer<Json<Vec<BulkLine>>> {
    Ok(Json(state.workspace.change_campaigns(&request, &Actor::anyone()).await?))
}
