//! Numbers for Prometheus.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::http::header;
use axum::response::IntoResponse;

use crate::error::Answer;
use crate::metrics::metric;
use crate::state::ApiState;

/// Runs that are looked through for their messages, newest first.
const RUNS_MAX: u64 = 1_000;

/// Requests of this process, and the newest thousand runs and their messages.
#[utoipa::path(get, path = "/metrics", responses((status = 200, content_type = "text/plain")))]
pub async fn handle(State(state): State<ApiState>) -> Answer<impl IntoResponse> {
    let runs = state.workspace.list_runs(None, RUNS_MAX).await?;
    let mut states: BTreeMap<&str, i64> = BTreeMap::new();
    let mut messages: BTreeMap<&str, i64> = BTreeMap::new();
    for run in &runs {
        *states.entry(&run.state).or_default() += 1;
        let statuses =
            [("excluded", run.excluded), ("sent", run.sent), ("failed", run.failed), ("in_doubt", run.in_doubt), ("pending", run.pending)];
        for (status, count) in statuses {
            *messages.entry(status).or_default() += count;
        }
    }
    let mut text = String::new();
    #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    let labelled = |label: &'static str, values: BTreeMap<&str, i64>| -> Vec<_> {
        values.into_iter().map(|(value, count)| (vec![(label, value.to_owned())], count as f64)).collect()
    };
    metric(&mut text, "tutti_info", "gauge", "The running version", [(vec![("version", state.version.to_owned())], 1.0)]);
    metric(&mut text, "tutti_runs", "gauge", "The newest runs, at most 1000, by state", labelled("state", states));
    metric(&mut text, "tutti_messages", "gauge", "Messages of those runs by status", labelled("status", messages));
    #[expect(clippy::cast_precision_loss, reason = "both stay far below 2^53")]
    let (questions, held) =
        (state.workspace.questions_running() as f64, state.workspace.query_memory_bytes() as f64);
    metric(&mut text, "tutti_questions", "gauge", "Questions about rows that are being answered", [(vec![], questions)]);
    metric(&mut text, "tutti_query_memory_bytes", "gauge", "Memory that queries hold", [(vec![], held)]);
    state.metrics.write(&mut text);
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text))
}
