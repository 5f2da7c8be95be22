//! Proposes a document for a table from a file of its rows.

use axum::body::Body;
use axum::extract::State;
use serde::Deserialize;
use tutti_runner::InferredTable;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::state::ApiState;
use crate::{data_schemas, schemas, uploads};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// What the table is to be called.
    table: String,
    /// What the file is called.
    #[serde(default = "upload")]
    name: String,
    /// `csv`, `parquet` or `jsonl`; without it, by the ending of `name`.
    format: Option<String>,
    /// A file that was uploaded before, in place of a body. It stays, for the import.
    upload: Option<String>,
}

fn upload() -> String {
    "upload".to_owned()
}

/// The document that the rows of a file fit, with the first rows; nothing is kept. Decimals are preferred to floating
/// numbers.
#[utoipa::path(post, path = "/tables/infer", tag = "tables", params(Parameters),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = data_schemas::InferredTable), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Query(parameters): Query<Parameters>,
    body: Body,
) -> Answer<Json<InferredTable>> {
    let Parameters { table, name, format, upload } = parameters;
    let data_dir = &state.workspace.settings().data_dir;
    // A body is kept for as long as it is read.
    let (path, _kept) = match upload {
        Some(upload) => (uploads::find(data_dir, &upload)?, None),
        None => {
            let (file, _) = uploads::receive(data_dir, body, state.limits.upload_bytes_max).await?;
            (file.path().to_owned(), Some(file))
        }
    };
    Ok(Json(state.workspace.infer_table(path, &name, format.as_deref(), &table).await?))
}
