//! Deletes a file from the folder for files.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::Query;
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Its path below the folder for files.
    name: String,
}

/// Deletes a file.
#[utoipa::path(delete, path = "/files", tag = "files", params(Parameters),
    responses((status = 204), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<StatusCode> {
    state.workspace.delete_file(&parameters.name)?;
    Ok(StatusCode::NO_CONTENT)
}
