//! Puts a file into the folder for files.

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use tutti_runner::FileInfo;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::state::ApiState;
use crate::{schemas, uploads};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Its path below the folder for files, such as `incoming/people.csv`.
    name: String,
}

/// Keeps a file under a name, in place of one that has it. It is seen when it is whole.
#[utoipa::path(post, path = "/files", tag = "files", params(Parameters),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = schemas::StoredFile), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Query(parameters): Query<Parameters>,
    body: Body,
) -> Answer<(StatusCode, Json<FileInfo>)> {
    let workspace = &state.workspace;
    workspace.file_path(&parameters.name)?;
    let (file, _) = uploads::receive(&workspace.settings().data_dir, body, state.limits.upload_bytes_max).await?;
    let kept = workspace.keep_file(file.path(), &parameters.name)?;
    Ok((StatusCode::CREATED, Json(kept)))
}
