//! Lists who must not be written to.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::{RegisterFilter, RegisterPage};
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::state::ApiState;
use crate::{people_schemas, schemas};

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// `opt-out` or `suppression`; without it, both.
    list: Option<String>,
    /// `email`, `sms` and so on.
    channel: Option<String>,
    /// `person`, `address` or `domain`.
    subject: Option<String>,
    dimension: Option<String>,
    /// The whole value.
    value: Option<String>,
    /// A part of the value.
    search: Option<String>,
    #[serde(default = "limit")]
    limit: u64,
    #[serde(default)]
    offset: u64,
}

fn limit() -> u64 {
    100
}

/// Opt-outs and suppressions, newest first.
#[utoipa::path(get, path = "/register", tag = "people", params(Parameters),
    responses((status = 200, body = people_schemas::RegisterPage), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Json<RegisterPage>> {
    let Parameters { list, channel, subject, dimension, value, search, limit, offset } = parameters;
    let filter = RegisterFilter { list, channel, subject, dimension, value, search };
    Ok(Json(state.workspace.list_register(&filter, offset, limit).await?))
}
