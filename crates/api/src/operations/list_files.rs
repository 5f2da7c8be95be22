//! Lists the files that campaigns read and write.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::FileInfo;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Only files below this folder.
    #[serde(default)]
    under: String,
}

/// The files in the folder for files, by name.
#[utoipa::path(get, path = "/files", tag = "files", params(Parameters),
    responses((status = 200, body = [schemas::StoredFile]), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Vec<FileInfo>>> {
    Ok(Json(state.workspace.list_files(&parameters.under).await?))
}
