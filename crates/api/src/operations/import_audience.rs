//! Brings a file of members into an audience.

use axum::body::Body;
use axum::extract::State;
use serde::Deserialize;
use tutti_runner::{AudienceImport, AudienceRequest};
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::state::ApiState;
use crate::{schemas, uploads};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// The dimension whose rows become members.
    dimension: String,
    /// Columns of the file and the fields that they equal, as `mail=email`, separated by commas. Without it, the columns
    /// of the dimension's key.
    #[serde(default)]
    on: String,
    /// Columns of the file that are kept with the members, separated by commas.
    #[serde(default)]
    columns: String,
    /// `replace` (default), `append` or `remove`.
    mode: Option<String>,
    /// The encoding of the file; UTF-8 without it.
    encoding: Option<String>,
    /// The character between columns; without it the first line tells.
    separator: Option<String>,
    /// More lines than this that cannot be read, and nothing is taken.
    #[serde(default)]
    max_rejects: u64,
    /// What to call the file in messages.
    name: Option<String>,
}

/// Makes an audience of a file (CSV with a header, packed by gzip or not): its lines are matched with rows of the
/// dimension, by key or by other fields.
#[utoipa::path(post, path = "/audiences/{audience}/import", tag = "audiences",
    params(("audience" = String, Path), Parameters),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = schemas::AudienceImport), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(audience): Path<String>,
    Query(parameters): Query<Parameters>,
    body: Body,
) -> Answer<Json<AudienceImport>> {
    let workspace = &state.workspace;
    let (file, _) = uploads::receive(&workspace.settings().data_dir, body, state.limits.upload_bytes_max).await?;
    let list = |text: &str| text.split(',').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let pairs = list(&parameters.on).into_iter().map(|pair| match pair.split_once('=') {
        Some((column, field)) => (column.to_owned(), field.to_owned()),
        None => (pair.clone(), pair),
    });
    let request = AudienceRequest {
        dimension: parameters.dimension,
        on: pairs.collect(),
        columns: list(&parameters.columns),
        mode: parameters.mode,
        encoding: parameters.encoding,
        separator: parameters.separator,
        max_rejects: parameters.max_rejects,
        name: parameters.name.unwrap_or_else(|| "upload".to_owned()),
    };
    Ok(Json(workspace.import_audience(&audience, file.path(), request).await?))
}
