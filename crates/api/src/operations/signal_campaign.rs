//! Signals a campaign.

use axum::extract::State;
use tutti_runner::{SignalAnswer, SignalRequest};

use crate::error::Answer;
use crate::extract::{Json, Path};
use crate::schemas;
use crate::state::ApiState;

/// Runs a campaign whose schedule is a signal, with values of its parameters. A second signal with the same idempotency
/// key is the first one again. One that comes too soon is refused with 429 and `Retry-After`.
#[utoipa::path(post, path = "/campaigns/{name}/signal", tag = "campaigns", params(("name" = String, Path)),
    request_body = schemas::SignalRequest, responses((status = 200, body = schemas::SignalAnswer), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Json(request): Json<SignalRequest>,
) -> Answer<Json<SignalAnswer>> {
    Ok(Json(state.workspace.signal_campaign(&name, &request).await?))
}
