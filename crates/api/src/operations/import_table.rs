//! Brings rows into a table.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tutti_lake::{ImportReport, Progress, Reject, Renamed, read_rejects};
use tutti_runner::{ImportFile, ImportRequest};
use utoipa::IntoParams;

use crate::error::{Answer, Failure};
use crate::extract::{Json, Path, Query};
use crate::state::ApiState;
use crate::{schemas, uploads};

#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `upsert` (default), `append` or `replace`.
    mode: Option<String>,
    /// `csv`, `parquet` or `jsonl`; without it, by the ending of `name`.
    format: Option<String>,
    /// More rejected rows than this, and nothing is taken.
    #[serde(default)]
    max_rejects: u64,
    /// What to call the file in messages.
    name: Option<String>,
    /// Columns of the files that are called otherwise than the table's, as `file:table`, separated by commas; `file:` alone
    /// passes a column over.
    #[serde(default)]
    columns: String,
    /// How many rejected rows the answer tells.
    #[serde(default)]
    rejects: usize,
    /// Files that were uploaded before, as `id:name`, separated by commas, in place of a body.
    uploads: Option<String>,
}

/// Files on this machine in place of a body: given by a caller in the same process, never over the network.
#[derive(Clone)]
pub struct LocalImport {
    pub files: Vec<ImportFile>,
    /// Where rejected rows are written, as CSV.
    pub rejects: Option<PathBuf>,
    /// Hears how far it is.
    pub progress: Arc<dyn Fn(Progress) + Send + Sync>,
}

/// What an import did, and some of the rejected rows.
#[derive(Debug, Serialize)]
pub struct Imported {
    #[serde(flatten)]
    report: ImportReport,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    rejects: Vec<Reject>,
}

/// Loads files into a table, all in one new version of it, or none.
#[utoipa::path(post, path = "/tables/{table}/import", tag = "tables", params(("table" = String, Path), Parameters),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = schemas::ImportReport), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(table): Path<String>,
    Query(parameters): Query<Parameters>,
    local: Option<Extension<LocalImport>>,
    body: Body,
) -> Answer<Json<Imported>> {
    let mut request = ImportRequest {
        mode: parameters.mode,
        format: parameters.format,
        max_rejects: parameters.max_rejects,
        rejects: None,
        renamed: renamed(&parameters.columns)?,
    };
    if let Some(Extension(local)) = local {
        request.rejects = local.rejects;
        let progress = local.progress;
        let report = state.workspace.import(&table, local.files, request, move |done| progress(done)).await?;
        return Ok(Json(Imported { report, rejects: Vec::new() }));
    }
    let data_dir = &state.workspace.settings().data_dir;
    let told = rejects_file(data_dir, parameters.rejects)?;
    request.rejects = told.as_ref().map(|file| file.path().to_owned());
    let answer = |report: ImportReport| -> Answer<Json<Imported>> {
        let mut rejects = match &told {
            Some(file) => read_rejects(file.path()).map_err(|error| Failure::from(tutti_runner::Error::from(error)))?,
            None => Vec::new(),
        };
        rejects.truncate(parameters.rejects);
        Ok(Json(Imported { report, rejects }))
    };
    if let Some(named) = parameters.uploads {
        let files = named.split(',').map(|upload| uploaded(data_dir, upload)).collect::<Result<Vec<_>, _>>()?;
        let paths: Vec<PathBuf> = files.iter().map(|file| file.path.clone()).collect();
        let imported = state.workspace.import(&table, files, request, |_| ()).await;
        for path in paths {
            if let Err(error) = std::fs::remove_file(&path) {
                tracing::warn!(path = %path.display(), %error, "an upload could not be removed");
            }
        }
        return answer(imported?);
    }
    let (file, _) = uploads::receive(data_dir, body, state.limits.upload_bytes_max).await?;
    let name = parameters.name.unwrap_or_else(|| "upload".to_owned());
    if request.format.is_none() {
        request.format = format_of(&name);
    }
    let given = ImportFile { name, path: file.path().to_owned() };
    answer(state.workspace.import(&table, vec![given], request, |_| ()).await?)
}

/// Where rejected rows are written until they are told.
fn rejects_file(data_dir: &std::path::Path, wanted: usize) -> Result<Option<tempfile::NamedTempFile>, Failure> {
    if wanted == 0 {
        return Ok(None);
    }
    let failed = |error: std::io::Error| Failure::internal("data_dir", "a file could not be made", &error);
    let folder = uploads::folder(data_dir);
    std::fs::create_dir_all(&folder).map_err(failed)?;
    tempfile::Builder::new().prefix("rejects_").tempfile_in(&folder).map(Some).map_err(failed)
}

fn renamed(text: &str) -> Result<Renamed, Failure> {
    let pairs = text.split(',').filter(|pair| !pair.is_empty()).map(|pair| match pair.rsplit_once(':') {
        Some((file, "")) => Ok((file.to_owned(), None)),
        Some((file, table)) => Ok((file.to_owned(), Some(table.to_owned()))),
        None => {
            let detail = format!("`{pair}` does not say which column of the table a column is");
            Err(Failure::new(axum::http::StatusCode::BAD_REQUEST, "bad_request", detail).hint("write `file:table`"))
        }
    });
    pairs.collect()
}

fn uploaded(data_dir: &std::path::Path, upload: &str) -> Result<ImportFile, Failure> {
    let (id, name) = upload.split_once(':').unwrap_or((upload, upload));
    Ok(ImportFile { name: name.to_owned(), path: uploads::find(data_dir, id)? })
}

/// The uploaded file has no ending of its own, so that the name it was given by decides.
fn format_of(name: &str) -> Option<String> {
    let format = tutti_lake::Format::of(std::path::Path::new(name))?;
    serde_json::to_value(format).ok()?.as_str().map(str::to_owned)
}
