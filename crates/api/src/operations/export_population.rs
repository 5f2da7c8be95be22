//! Gives the rows on a transition as a file.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use futures::TryStreamExt;
use futures::stream;
use serde::Deserialize;
use tutti_runner::PopulationView;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Path, Query};
use crate::schemas;
use crate::sheets::{self, Sheet};
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    #[serde(default = "out")]
    port: String,
    /// A part of the value of any column.
    search: Option<String>,
}

fn out() -> String {
    "out".to_owned()
}

/// Rows that are fetched at a time.
const PAGE: u64 = 50_000;

/// All rows as CSV with a header, page after page.
#[utoipa::path(get, path = "/runs/{run}/populations/{activity}/export", tag = "runs",
    params(("run" = String, Path), ("activity" = String, Path), Parameters),
    responses((status = 200, content_type = "text/csv", body = Vec<u8>), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path((run, activity)): Path<(String, String)>,
    Query(parameters): Query<Parameters>,
) -> Answer<Response> {
    let Parameters { port, search } = parameters;
    let view = PopulationView { order: None, search };
    let workspace = Arc::clone(&state.workspace);
    // What is wrong with the request is an answer; what fails later breaks the file off.
    let first = workspace.population_view(&run, (&activity, &port), &view, 0, PAGE).await?;
    let disposition = format!("attachment; filename=\"{activity}-{port}.csv\"");
    let columns: Vec<String> = first.columns.iter().map(|column| column.name.clone()).collect();
    let pages = stream::try_unfold((Some(first), 0_u64), move |(page, offset)| {
        let (workspace, view, columns) = (Arc::clone(&workspace), view.clone(), columns.clone());
        let (run, activity, port) = (run.clone(), activity.clone(), port.clone());
        async move {
            let page = match page {
                Some(page) => page,
                None => workspace
                    .population_view(&run, (&activity, &port), &view, offset, PAGE)
                    .await
                    .map_err(|error| std::io::Error::other(error.to_string()))?,
            };
            if page.rows.is_empty() && offset > 0 {
                return Ok(None);
            }
            let names: Vec<&str> = columns.iter().map(String::as_str).collect();
            let rows = page.rows.len() as u64;
            let next = offset + rows.max(1);
            let text = sheets::csv(&Sheet::new(&activity, &names, page.rows))
                .map_err(|error| std::io::Error::other(error.to_string()))?;
            // The header is the first page's only.
            let from = if offset == 0 { 0 } else { text.iter().position(|byte| *byte == b'\n').map_or(0, |at| at + 1) };
            Ok::<_, std::io::Error>(Some((bytes::Bytes::from(text).slice(from..), (None, next))))
        }
    });
    let body = Body::from_stream(pages.inspect_err(|error| tracing::warn!(%error, "an export broke off")));
    Ok(([(CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()), (CONTENT_DISPOSITION, disposition)], body)
        .into_response())
}
