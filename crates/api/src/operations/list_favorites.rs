//! Lists what somebody keeps at hand.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::FavoriteLine;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Whose, where nobody signs in.
    pub(super) by: Option<String>,
}

/// What somebody keeps of a kind, newest first: `filter`, `attribute` (a field as `dimension.path`; at most 20) or
/// `recent-attribute` (the 20 that were used last).
#[utoipa::path(get, path = "/favorites/{kind}", tag = "query", params(("kind" = String, Path), Parameters),
    responses((status = 200, body = [schemas::Favorite]), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(kind): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Vec<FavoriteLine>>> {
    Ok(Json(state.workspace.list_favorites(&kind, parameters.by.as_deref()).await?))
}
