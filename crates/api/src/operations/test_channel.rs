//! Tries the connection of a channel.

use axum::extract::State;
use tutti_runner::ChannelTest;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::state::ApiState;
use crate::{data_schemas, schemas};

/// Connects, protects the connection and logs in, as sending would; nothing is sent. A failure is an answer, too.
#[utoipa::path(post, path = "/channels/{name}/test", tag = "server", params(("name" = String, Path)),
    responses((status = 200, body = data_schemas::ChannelTest), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>) -> Answer<Json<ChannelTest>> {
    Ok(Json(state.workspace.test_channel(&name).await?))
}
