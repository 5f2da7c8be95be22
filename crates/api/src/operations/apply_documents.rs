//! Creates or updates documents.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tutti_model::source::SourceFile;
use tutti_runner::{Actor, DocumentChange, TakeOverTime};
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Only says what would change.
    #[serde(default)]
    dry_run: bool,
    /// Changes of live campaigns take over at this time, in place of their next runs: RFC 3339, or a time in the zone of
    /// each. What else would change is in force at once, so that nothing is applied then (`cannot_wait`).
    takes_over: Option<String>,
}

/// Files of documents, as their owner wrote them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Files {
    pub files: Vec<SourceFile>,
}

#[derive(Debug, Serialize)]
pub struct Changes {
    pub changes: Vec<DocumentChange>,
}

/// Creates or updates the documents of some files, all or none.
#[utoipa::path(post, path = "/documents/apply", tag = "documents", params(Parameters),
    request_body = schemas::Files, responses((status = 200, body = schemas::Changes), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Query(parameters): Query<Parameters>,
    Json(body): Json<Files>,
) -> Answer<Json<Changes>> {
    let takes_over = parameters.takes_over.as_deref().map(TakeOverTime::read).transpose()?;
    let (files, dry_run) = (&body.files, parameters.dry_run);
    let changes = state.workspace.apply_documents_as(files, dry_run, takes_over, &Actor::anyone()).await?;
    Ok(Json(Changes { changes }))
}
