//! Adds to the register of who must not be written to.

use axum::extract::State;
use serde::Serialize;
use tutti_runner::{Actor, RegisterEntry};

use crate::error::Answer;
use crate::extract::Json;
use crate::state::ApiState;
use crate::{people_schemas, schemas};

#[derive(Debug, Serialize)]
pub struct Change {
    /// Whether it was not there already.
    pub changed: bool,
}

/// Adds an opt-out or a suppression; the first reason stays.
#[utoipa::path(post, path = "/register", tag = "people", request_body = people_schemas::RegisterEntry,
    responses((status = 200, body = people_schemas::RegisterChange), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(entry): Json<RegisterEntry>) -> Answer<Json<Change>> {
    let changed = state.workspace.add_to_register(&entry, &Actor::anyone()).await?;
    Ok(Json(Change { changed }))
}
