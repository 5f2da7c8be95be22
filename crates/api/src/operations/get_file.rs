//! Gives a file out of the folder for files.

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use tokio_util::io::ReaderStream;
use utoipa::IntoParams;

use crate::error::{Answer, Failure};
use crate::extract::Query;
use crate::schemas;
use crate::state::ApiState;

/// Bytes that are read at a time.
const CHUNK_BYTES: usize = 1 << 18;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Its path below the folder for files.
    name: String,
}

/// The bytes of a file.
#[utoipa::path(get, path = "/files/content", tag = "files", params(Parameters),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Response> {
    let path = state.workspace.file_path(&parameters.name)?;
    let missing = |_| Failure::not_found("file", &parameters.name);
    let file = tokio::fs::File::open(&path).await.map_err(missing)?;
    let metadata = file.metadata().await.map_err(missing)?;
    if !metadata.is_file() {
        return Err(Failure::not_found("file", &parameters.name));
    }
    let name = parameters.name.rsplit('/').next().unwrap_or_default().replace(['"', '\\', '\r', '\n'], "_");
    let disposition = if name.is_ascii() { format!("attachment; filename=\"{name}\"") } else { "attachment".to_owned() };
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_LENGTH, metadata.len().to_string()),
        (CONTENT_DISPOSITION, disposition),
    ];
    let body = Body::from_stream(ReaderStream::with_capacity(file, CHUNK_BYTES));
    Ok((headers, body).into_response())
}
