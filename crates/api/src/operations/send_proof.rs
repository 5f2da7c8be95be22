//! Sends a proof of a content.

use axum::extract::State;
use tutti_runner::{Actor, ProofAnswer, ProofRequest};

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::schemas::contents;
use crate::state::ApiState;

/// Sends a content as some rows would get it to chosen addresses, marked as a proof and in nobody's ledger. So many go in
/// a minute, and each is in the audit log.
#[utoipa::path(post, path = "/contents/proofs", tag = "contents", request_body = contents::ProofRequest,
    responses((status = 200, body = contents::ProofAnswer), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(request): Json<ProofRequest>) -> Answer<Json<ProofAnswer>> {
    Ok(Json(state.workspace.send_proof(&request, &Actor::anyone()).await?))
}
