//! Lists who changed what.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::AuditLine;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Of one kind of documents.
    kind: Option<String>,
    /// Of one document.
    name: Option<String>,
    /// Before this line, for reading on.
    before: Option<i64>,
    #[serde(default = "limit")]
    limit: u64,
}

fn limit() -> u64 {
    100
}

/// Changes of documents and campaigns, newest first.
#[utoipa::path(get, path = "/audit", tag = "server", params(Parameters),
    responses((status = 200, body = [schemas::AuditLine]), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Vec<AuditLine>>> {
    let Parameters { kind, name, before, limit } = parameters;
    Ok(Json(state.workspace.list_audit(kind.as_deref(), name.as_deref(), before, limit).await?))
}
