//! Shows a person.

use axum::extract::State;
use tutti_runner::PersonView;

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::state::ApiState;
use crate::{people_schemas, schemas};

/// Fields, linked rows, consents, opt-outs, suppressions, and all messages with what came back.
#[utoipa::path(get, path = "/people/{dimension}/{key}", tag = "people",
    params(("dimension" = String, Path), ("key" = String, Path)),
    responses((status = 200, body = people_schemas::PersonView), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((dimension, key)): Path<(String, String)>,
) -> Answer<Json<PersonView>> {
    Ok(Json(state.workspace.person(&dimension, &key).await?))
}
