//! Shows the ledger of a run.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::{LedgerFilter, LedgerPage};
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    activity: Option<String>,
    status: Option<String>,
    reason: Option<String>,
    /// A part of a key or an address.
    search: Option<String>,
    /// A whole key.
    key: Option<String>,
    #[serde(default = "limit")]
    limit: u64,
    #[serde(default)]
    offset: u64,
}

fn limit() -> u64 {
    100
}

/// One line per person and message, with the counts of all that the filter finds.
#[utoipa::path(get, path = "/runs/{run}/ledger", tag = "runs", params(("run" = String, Path), Parameters),
    responses((status = 200, body = schemas::LedgerPage), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(run): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<LedgerPage>> {
    let Parameters { activity, status, reason, search, key, limit, offset } = parameters;
    let filter = LedgerFilter { activity, status, reason, search, key };
    Ok(Json(state.workspace.ledger(&run, &filter, offset, limit).await?))
}
