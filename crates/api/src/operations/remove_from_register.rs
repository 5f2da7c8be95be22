//! Removes from the register of who must not be written to.

use axum::extract::State;
use tutti_runner::{Actor, RegisterEntry};

use super::add_to_register::Change;
use crate::error::Answer;
use crate::extract::Json;
use crate::state::ApiState;
use crate::{people_schemas, schemas};

/// Removes an opt-out or a suppression; the reason is kept in the record of changes.
#[utoipa::path(post, path = "/register/remove", tag = "people", request_body = people_schemas::RegisterEntry,
    responses((status = 200, body = people_schemas::RegisterChange), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(entry): Json<RegisterEntry>) -> Answer<Json<Change>> {
    let changed = state.workspace.remove_from_register(&entry, &Actor::anyone()).await?;
    Ok(Json(Change { changed }))
}
