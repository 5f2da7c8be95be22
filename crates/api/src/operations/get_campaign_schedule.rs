//! Tells when a campaign will start.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tutti_runner::{LaunchesAsked, SchedulePreview};
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::problem::Item;
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// How many launch times, 10 unless given, at most 1,000.
    #[serde(default = "ten")]
    next: usize,
    /// After when: RFC 3339, or a date or a wall-clock time in the campaign's zone; without it, after now.
    after: Option<String>,
}

pub fn ten() -> usize {
    10
}

/// A schedule in words, and its next launches.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScheduleAnswer {
    /// The campaign whose schedule it is; of a schedule that is no campaign's yet, null.
    pub campaign: Option<String>,
    pub time_zone: String,
    /// In plain words.
    pub words: String,
    /// RFC 3339, with the offset of the campaign's zone. None of `signal`, and of `asap` unless it has a `from`.
    pub launches: Vec<String>,
    /// What is doubtful about the schedule.
    pub warnings: Vec<Item>,
}

impl From<SchedulePreview> for ScheduleAnswer {
    fn from(preview: SchedulePreview) -> Self {
        Self {
            campaign: preview.campaign,
            time_zone: preview.time_zone,
            words: preview.words,
            launches: preview.launches,
            warnings: preview.warnings.into_iter().map(Item::from).collect(),
        }
    }
}

/// The next launch times of a campaign, its jitter included.
#[utoipa::path(get, path = "/campaigns/{name}/schedule", tag = "campaigns", params(("name" = String, Path), Parameters),
    responses((status = 200, body = ScheduleAnswer), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(name): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<ScheduleAnswer>> {
    let asked = LaunchesAsked { next: parameters.next, after: parameters.after };
    Ok(Json(state.workspace.campaign_schedule(&name, &asked).await?.into()))
}
