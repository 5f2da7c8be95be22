//! Shows how the values of a field are spread.

use axum::extract::State;
use tutti_runner::{Actor, DistributionAnswer, DistributionQuestion};

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// The most frequent values with their shares, and a histogram of numbers and moments.
#[utoipa::path(post, path = "/query/distribution", tag = "query", request_body = schemas::DistributionQuestion,
    responses((status = 200, body = schemas::Distribution), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Json(question): Json<DistributionQuestion>) -> Answer<Json<DistributionAnswer>> {
    Ok(Json(state.workspace.distribution(&question, &Actor::anyone()).await?))
}
