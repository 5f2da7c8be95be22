//! Says what a run would do.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Map, Value};
use tutti_runner::{DryRun, DryRunOf};

use crate::error::{Answer, Failure};
use crate::extract::{Json, Path, read_body};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Body {
    variables: Map<String, Value>,
    draft: bool,
    in_force: bool,
}

/// What would happen now: rows per transition, exclusions by reason, messages and samples. Sends and changes nothing.
/// Nothing waits, and what asks somebody goes on as approved. With `draft` it is about the campaign as somebody works on
/// it, with `in_force` about the version that a live run takes, else about the newest one. The body may be empty.
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
    let Body { variables, draft, in_force } = body;
    let of = match (draft, in_force) {
        (true, _) => DryRunOf::Draft,
        (false, true) => DryRunOf::InForce,
        (false, false) => DryRunOf::Newest,
    };
    Ok(Json(state.workspace.dry_run(&name, of, &variables).await?))
}
