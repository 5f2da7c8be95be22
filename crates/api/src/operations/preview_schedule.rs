//! Tells when a schedule would start a campaign.

use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use tutti_runner::LaunchesAsked;

use super::get_campaign_schedule::{ScheduleAnswer, ten};
use crate::error::Answer;
use crate::extract::Json;
use crate::schemas;
use crate::state::ApiState;

/// A schedule as it would stand in a campaign.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScheduleQuestion {
    schedule: Value,
    #[serde(default = "utc")]
    time_zone: String,
    #[serde(default = "ten")]
    next: usize,
    #[serde(default)]
    after: Option<String>,
}

fn utc() -> String {
    "UTC".to_owned()
}

/// The next launch times of a schedule that need not be stored, before jitter.
#[utoipa::path(post, path = "/schedule/preview", tag = "campaigns", request_body = schemas::ScheduleQuestion,
    responses((status = 200, body = ScheduleAnswer), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Json(question): Json<ScheduleQuestion>,
) -> Answer<Json<ScheduleAnswer>> {
    let ScheduleQuestion { schedule, time_zone, next, after } = question;
    let asked = LaunchesAsked { next, after };
    Ok(Json(state.workspace.preview_schedule(&schedule, &time_zone, &asked).await?.into()))
}
