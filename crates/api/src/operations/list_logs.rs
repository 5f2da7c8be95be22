//! Lists what runs tell, line by line.

use axum::extract::State;
use serde::Deserialize;
use tutti_runner::{LogEntry, LogQuestion};
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Of one run.
    run: Option<String>,
    /// Of all runs of a campaign.
    campaign: Option<String>,
    /// About one activity.
    activity: Option<String>,
    /// `info`, `warning` or `error`: lines of this level and worse.
    level: Option<String>,
    /// A part of the message, whatever its case.
    search: Option<String>,
    /// Not before: a date, a time or date math, such as `now-1h`, in the campaign's zone.
    since: Option<String>,
    /// Not after.
    until: Option<String>,
    /// Before this line, for reading on.
    before: Option<i64>,
    #[serde(default = "limit")]
    limit: u64,
}

fn limit() -> u64 {
    100
}

/// Lines of the logs of runs, newest first: what activities did, what people did, what failed.
#[utoipa::path(get, path = "/logs", tag = "runs", params(Parameters),
    responses((status = 200, body = [schemas::LogEntry]), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Vec<LogEntry>>> {
    let Parameters { run, campaign, activity, level, search, since, until, before, limit } = parameters;
    let question = LogQuestion { run, campaign, activity, level, search, since, until, before };
    Ok(Json(state.workspace.list_logs(&question, limit).await?))
}
