//! Lists the tasks of a run.

use axum::extract::State;
use serde::{Deserialize, Serialize};
use tutti_runner::{TaskLine, TaskQuestion};
use utoipa::IntoParams;

use crate::error::Answer;
use crate::extract::{Json, Path, Query};
use crate::schemas;
use crate::state::ApiState;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// Of one activity.
    activity: Option<String>,
    /// `waiting`, `ready`, `running`, `held`, `completed`, `failed` or `skipped`.
    state: Option<String>,
    /// A part of the activity's id, type, label or of what it did, whatever its case.
    search: Option<String>,
    #[serde(default)]
    offset: u64,
    #[serde(default = "limit")]
    limit: u64,
}

fn limit() -> u64 {
    200
}

#[derive(Debug, Serialize)]
pub struct Page {
    total: u64,
    tasks: Vec<TaskLine>,
}

/// The tasks of a run, in the order of the canvas: what each activity did, when, and with which values.
#[utoipa::path(get, path = "/runs/{run}/tasks", tag = "runs", params(("run" = String, Path), Parameters),
    responses((status = 200, body = schemas::Tasks), schemas::Problems))]
pub async fn handle(
    State(state): State<ApiState>,
    Path(run): Path<String>,
    Query(parameters): Query<Parameters>,
) -> Answer<Json<Page>> {
    let Parameters { activity, state: task_state, search, offset, limit } = parameters;
    let question = TaskQuestion { activity, state: task_state, search };
    let (total, tasks) = state.workspace.list_tasks(&run, &question, offset, limit).await?;
    Ok(Json(Page { total, tasks }))
}
