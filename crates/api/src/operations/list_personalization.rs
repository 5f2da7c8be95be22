//! Lists what there is to personalize with.

use axum::extract::State;
use tutti_runner::{Actor, Personalization, PersonalizationQuestion};

use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::schemas::contents;
use crate::state::ApiState;

/// What templates may name for the rows of a dimension, or for those that arrive at an activity of a campaign as it
/// stands in its draft: fields with samples, collections to loop over, variables, links.
#[utoipa::path(post, path = "/query/personalization", tag = "contents",
    request_body = contents::PersonalizationQuestion,
    responses((status = 200, body = contents::Personalization), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Json(question): Json<PersonalizationQuestion>,
) -> Answer<Json<Personalization>> {
    Ok(Json(state.workspace.personalization(&question, &Actor::anyone()).await?))
}
