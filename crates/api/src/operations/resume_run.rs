//! Goes on with a paused run.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use tutti_runner::Actor;
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Takes the newest version of the campaign: edits to what is done are ignored, those to what has not begun are
    /// taken, and those that contradict what was done are refused.
    #[serde(default)]
    pub edited: bool,
}

/// Goes on with a paused run. Failed activities are tried again, held sends are confirmed.
#[utoipa::path(post, path = "/runs/{run}/resume", tag = "runs", params(("run" = String, Path), Parameters),
    responses((status = 204), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(run): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<StatusCode> {
    match parameters.edited {
        true => state.workspace.resume_edited(&run, &Actor::anyone()).await?,
        false => state.workspace.resume_run(&run, &Actor::anyone()).await?,
    }
    Ok(StatusCode::NO_CONTENT)
}
