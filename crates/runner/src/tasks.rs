//! The tasks of a run as people read them: what each activity did, when, with which values.

use async_recursion::async_recursion as boxed;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tutti_store::Task;

use crate::error::{Error, Result};
use crate::time::rfc3339;
use crate::workspace::Workspace;

/// The most tasks that are given at once.
pub const TASKS_MAX: u64 = 2_000;

/// Which tasks are wanted; what is absent does not matter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TaskQuestion {
    pub activity: Option<String>,
    /// `waiting`, `ready`, `running`, `held`, `completed`, `failed` or `skipped`.
    pub state: Option<String>,
    /// A part of the activity's id, type, label or of what it did, whatever its case.
    pub search: Option<String>,
}

/// A task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskLine {
    pub task: String,
    pub activity: String,
    pub label: Option<String>,
    #[serde(rename = "type")]
    pub kind: String,
    pub state: String,
    /// How often it was begun.
    pub attempts: i64,
    /// The version of the campaign that it ran with.
    pub version: Option<i64>,
    pub started_at: Option<String>,
    pub finished_at: Option<String>,
    pub elapsed_ms: Option<i64>,
    /// Who works on it.
    pub worker: Option<String>,
    /// When it goes on by itself: a wait, or another attempt.
    pub waits_until: Option<String>,
    /// What it did, in the marketer's words.
    pub note: Option<String>,
    pub error: Option<Value>,
    /// What it waits for a person for, or waited for.
    pub hold: Option<Value>,
    /// What people answered, by what was asked.
    pub answers: Option<Value>,
    /// The values that it could use: the run's, and what is known of the activities before it.
    pub variables: Map<String, Value>,
    /// What came of it besides populations, by name.
    pub results: Map<String, Value>,
    /// The version read of each table.
    pub table_versions: Map<String, Value>,
}

impl Workspace {
    /// The tasks of a run in the order of the canvas, `limit` of them from `offset` on, and how many there are.
    #[boxed]
    pub async fn list_tasks(
        &self,
        run: &str,
        question: &TaskQuestion,
        offset: u64,
        limit: u64,
    ) -> Result<(u64, Vec<TaskLine>)> {
        self.find_whole_run(run).await?;
        let context = self.run_context(run).await?;
        let tasks = self.store.tasks().list(run).await?;
        if let Some(activity) = &question.activity
            && !tasks.iter().any(|task| task.activity == *activity)
        {
            return Err(Error::not_found("activity", activity, tasks.iter().map(|task| task.activity.as_str())));
        }
        let (written, results) = (self.written(run).await?, self.results(run).await?);
        let order = context.campaign.canvas.topological_order();
        let mut lines: Vec<(usize, TaskLine)> = tasks
            .into_iter()
            .map(|task| {
                let place = order.iter().position(|id| *id == task.activity).unwrap_or(usize::MAX);
                let node = context.campaign.canvas.activity(&task.activity);
                let label = node.and_then(|node| node.label.clone());
                (place, line(task, label))
            })
            .filter(|(_, line)| question.takes(line))
            .collect();
        lines.sort_by_key(|(place, _)| *place);
        let total = lines.len() as u64;
        let (skip, take) =
            (usize::try_from(offset).unwrap_or(usize::MAX), usize::try_from(limit.min(TASKS_MAX)).unwrap_or(0));
        let mut page: Vec<TaskLine> = lines.into_iter().map(|(_, line)| line).skip(skip).take(take).collect();
        for line in &mut page {
            let Some(node) = context.campaign.canvas.activity(&line.activity) else { continue };
            let arrived = Self::arrivals(&context, node, &written);
            line.variables = context.at(node, &arrived, &written, &results).moment.variables.values();
        }
        Ok((total, page))
    }
}

impl TaskQuestion {
    fn takes(&self, line: &TaskLine) -> bool {
        let found = |search: &String| {
            let search = search.to_lowercase();
            let texts = [Some(&line.activity), Some(&line.kind), line.label.as_ref(), line.note.as_ref()];
            texts.into_iter().flatten().any(|text| text.to_lowercase().contains(&search))
        };
        self.activity.as_ref().is_none_or(|activity| line.activity == *activity)
            && self.state.as_ref().is_none_or(|state| line.state == *state)
            && self.search.as_ref().is_none_or(found)
    }
}

fn line(task: Task, label: Option<String>) -> TaskLine {
    let map = |value: Option<Value>| match value {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    let waits = task.state == "ready" || task.state == "held";
    TaskLine {
        task: task.id,
        activity: task.activity,
        label,
        kind: task.kind,
        state: task.state,
        attempts: task.attempts,
        version: task.campaign_version,
        started_at: task.started_us.map(rfc3339),
        finished_at: task.finished_us.map(rfc3339),
        elapsed_ms: task.elapsed_ms,
        worker: task.owner.as_deref().map(worker_of),
        waits_until: task.not_before_us.filter(|_| waits).map(rfc3339),
        note: task.note,
        error: task.error,
        hold: task.hold,
        answers: task.answers,
        variables: Map::new(),
        results: map(task.results),
        table_versions: map(task.table_versions),
    }
}

/// The worker that an owner's claim is of.
fn worker_of(owner: &str) -> String {
    owner.split(crate::worker::CLAIM_SEPARATOR).next().map_or_else(String::new, str::to_owned)
}
