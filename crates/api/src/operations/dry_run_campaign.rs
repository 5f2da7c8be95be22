//! Says what a run would do.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use tutti_runner::DryRun;

use crate::error::{Answer, Failure};
use crate::extract::{Json, Path, read_body};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Body {
    variables: Map<String, Value>,
}

/// What would happen now: rows per transition, exclusions by reason, messages and samples. Sends and changes nothing.
/// Nothing waits, and what asks somebody goes on as approved. The body may be empty.
#[utoipa::path(post, path = "/campaigns/{name}/dry-run", tag = "campaigns", params(("name" = String, Path)),
    request_body = schemas::DryRunRequest, responses((status = 200, body = schemas::DryRun), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Path(name): Path<String>, bytes: Bytes) -> Answer<Json<DryRun>> {
    let body = match bytes.as_ref() {
        [] => Body::default(),
        bytes => {
            let value = serde_json::from_slice(bytes)
                .map_err(|error| Failure::new(StatusCode::BAD_REQUEST, "bad_request", error.to_string()))?;
            read_body(&value)?
        }
    };
    Ok(Json(state.workspace.dry_run(&name, &body.variables).await?))
}
