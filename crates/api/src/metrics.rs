//! Counts of requests, and the text that Prometheus reads.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use axum::http::StatusCode;

/// The counters, as handlers share them.
pub(crate) type Shared = Arc<Metrics>;

/// Requests by operation and status.
#[derive(Default)]
pub(crate) struct Metrics {
    requests: Mutex<BTreeMap<(&'static str, u16), Requests>>,
}

#[derive(Clone, Copy, Default)]
struct Requests {
    count: u64,
    seconds: f64,
}

/// Measures one request.
pub(crate) struct Timer<'a> {
    metrics: &'a Metrics,
    operation: &'static str,
    started: Instant,
}

impl Metrics {
    pub fn start(&self, operation: &'static str) -> Timer<'_> {
        Timer { metrics: self, operation, started: Instant::now() }
    }

    /// The counters of requests in the text format of Prometheus.
    pub fn write(&self, text: &mut String) {
        let requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rows = |value: fn(&Requests) -> f64| {
            requests
                .iter()
                .map(|((operation, status), found)| {
                    let labels = vec![("operation", (*operation).to_owned()), ("status", status.to_string())];
                    (labels, value(found))
                })
                .collect::<Vec<_>>()
        };
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
        metric(text, "tutti_http_requests_total", "counter", "Requests answered", rows(|found| found.count as f64));
        metric(
            text,
            "tutti_http_request_seconds_total",
            "counter",
            "Time spent answering",
            rows(|found| found.seconds),
        );
    }
}

impl Timer<'_> {
    pub fn stop(self, status: StatusCode) {
        let mut requests = self.metrics.requests.lock().unwrap_or_else(PoisonError::into_inner);
        let found = requests.entry((self.operation, status.as_u16())).or_default();
        found.count += 1;
        found.seconds += self.started.elapsed().as_secs_f64();
    }
}

/// Writes one metric with its labelled values.
pub(crate) fn metric(
    text: &mut String,
    name: &str,
    kind: &str,
    help: &str,
    values: impl IntoIterator<Item = (Vec<(&'static str, String)>, f64)>,
) {
    // Writing to a text cannot fail.
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
    for (labels, value) in values {
        let labels: Vec<String> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escape(value))).collect();
        let labels = if labels.is_empty() { String::new() } else { format!("{{{}}}", labels.join(",")) };
        let _ = writeln!(text, "{name}{labels} {value}");
    }
}

fn escape(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_are_counted_by_operation_and_status() {
        let metrics = Metrics::default();
        metrics.start("list_runs").stop(StatusCode::OK);
        metrics.start("list_runs").stop(StatusCode::OK);
        metrics.start("list_runs").stop(StatusCode::NOT_FOUND);
        let mut text = String::new();
        metrics.write(&mut text);
        assert!(text.contains("tutti_http_requests_total{operation=\"list_runs\",status=\"200\"} 2\n"), "{text}");
        assert!(text.contains("{operation=\"list_runs\",status=\"404\"} 1\n"), "{text}");
    }
}
