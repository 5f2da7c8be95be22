//! Takes a file in, for an import of several files.

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::error::{Answer, Failure};
use crate::extract::Json;
use crate::state::ApiState;
use crate::{schemas, uploads};

/// A file that waits for its import.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct Upload {
    pub upload: String,
    pub bytes: u64,
}

/// Keeps a file until an import names it; it does not outlive the process.
#[utoipa::path(post, path = "/uploads", tag = "tables",
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Upload), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, body: Body) -> Answer<(StatusCode, Json<Upload>)> {
    let data_dir = &state.workspace.settings().data_dir;
    let (file, bytes) = uploads::receive(data_dir, body, state.limits.upload_bytes_max).await?;
    let (_, path) = file.keep().map_err(|error| Failure::internal("data_dir", "the upload could not be kept", &error.error))?;
    let upload = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok((StatusCode::CREATED, Json(Upload { upload, bytes })))
}
