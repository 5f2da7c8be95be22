//! Gives a report as a file for a spreadsheet.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use tutti_runner::{Breakdown, Figure, Figures, PeopleFilter, Report, Slice, Subject, Workspace};
use utoipa::IntoParams;

use crate::error::{Answer, Failure};
use crate::extract::Query;
use crate::schemas;
use crate::sheets::{self, Sheet};
use crate::state::ApiState;
use crate::subject::subject;

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    run: Option<String>,
    campaign: Option<String>,
    channel: Option<String>,
    /// Only messages that were settled (sent, excluded, failed) from this moment on: a date, a time or date math, such as
    /// `now-1d`, in UTC. What came back for them counts whenever it came.
    from: Option<String>,
    /// The first moment after.
    to: Option<String>,
    /// `xlsx` (default): the whole report, a sheet for each part; `csv`: the part that `by`, `step` or `figure` names,
    /// without them the figures.
    #[serde(default = "xlsx")]
    format: String,
    /// The breakdown; with `figure`, what the row is told apart by.
    by: Option<String>,
    /// Over time, by `hour` or `day`.
    step: Option<String>,
    zone: Option<String>,
    /// The people behind this figure.
    figure: Option<String>,
    value: Option<String>,
}

fn xlsx() -> String {
    "xlsx".to_owned()
}

/// Rows of each part of a workbook.
const ROWS_MAX: usize = 10_000;

/// The most people of a file.
const PEOPLE_MAX: u64 = 1_000_000;

/// The report as CSV or as an Excel workbook.
#[utoipa::path(get, path = "/reports/export", tag = "reports", params(Parameters),
    responses((status = 200, content_type = "application/octet-stream", body = Vec<u8>), schemas::Problems))]
pub async fn handle(State(state): State<ApiState>, Query(parameters): Query<Parameters>) -> Answer<Response> {
    let Parameters { run, campaign, channel, from, to, format, by, step, zone, figure, value } = parameters;
    let subject = subject(run, campaign, channel)?.within(from, to);
    let zone = zone.unwrap_or_else(|| "UTC".to_owned());
    let workspace = &state.workspace;
    let part = match (&figure, &by, &step) {
        (Some(figure), _, _) => Some(people(workspace, &subject, figure, by.as_deref(), value).await?),
        (None, Some(by), _) => {
            Some(breakdown(by, &workspace.report_breakdown(&subject, &Slice::parse(by)?, None, ROWS_MAX).await?))
        }
        (None, None, Some(step)) => Some(timeline(workspace, &subject, step, &zone).await?),
        (None, None, None) => None,
    };
    let (content_type, bytes) = match format.as_str() {
        "csv" => {
            let part = match part {
                Some(part) => part,
                None => figures(&workspace.report(&subject).await?),
            };
            ("text/csv; charset=utf-8", sheets::csv(&part)?)
        }
        "xlsx" => {
            let parts = match part {
                Some(part) => vec![part],
                None => whole(workspace, &subject, &zone).await?,
            };
            ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", sheets::xlsx(&parts)?)
        }
        other => {
            let detail = format!("`{other}` is not a format of reports");
            let failure = Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "unknown_value", detail);
            return Err(failure.hint("known are `csv` and `xlsx`"));
        }
    };
    let disposition = format!("attachment; filename=\"report-{}.{format}\"", subject.name);
    Ok(([(CONTENT_TYPE, content_type.to_owned()), (CONTENT_DISPOSITION, disposition)], bytes).into_response())
}

async fn whole(workspace: &Workspace, subject: &Subject, zone: &str) -> Answer<Vec<Sheet>> {
    let report = workspace.report(subject).await?;
    let mut parts = vec![figures(&report), rates(&report), reasons(&report)];
    for by in ["activity", "run", "segment", "domain", "link"] {
        parts.push(breakdown(by, &workspace.report_breakdown(subject, &Slice::parse(by)?, None, ROWS_MAX).await?));
    }
    parts.push(timeline(workspace, subject, "day", zone).await?);
    Ok(parts)
}

fn figures(report: &Report) -> Sheet {
    let rows = cells(&report.figures);
    let row = |(name, value): (&'static str, Value)| {
        let people = report.people.get(name).map_or(Value::Null, |people| json!(people));
        vec![json!(name), value, people]
    };
    Sheet::new("figures", &["figure", "messages", "people"], rows.into_iter().map(row))
}

fn rates(report: &Report) -> Sheet {
    let columns = ["rate", "numerator", "denominator", "count", "of", "value", "low", "high"];
    let rows = report.rates.iter().map(|rate| {
        let texts = [&rate.name, &rate.numerator, &rate.denominator].map(|text| json!(text));
        let numbers = [json!(rate.count), json!(rate.of), json!(rate.value), json!(rate.low), json!(rate.high)];
        texts.into_iter().chain(numbers).collect()
    });
    Sheet::new("rates", &columns, rows)
}

fn reasons(report: &Report) -> Sheet {
    let of = |status: &'static str, reasons: &[tutti_runner::ReasonCount]| -> Vec<Vec<Value>> {
        reasons.iter().map(|each| vec![json!(status), json!(each.reason), json!(each.count)]).collect()
    };
    let rows = of("excluded", &report.exclusions).into_iter().chain(of("failed", &report.failures));
    Sheet::new("reasons", &["status", "reason", "messages"], rows)
}

fn breakdown(by: &str, found: &Breakdown) -> Sheet {
    let names: Vec<&str> = cells(&Figures::default()).into_iter().map(|(name, _)| name).collect();
    let columns: Vec<&str> = [by].into_iter().chain(names).collect();
    let rows = found.rows.iter().map(|row| {
        let figures = cells(&row.figures).into_iter().map(|(_, value)| value);
        [json!(row.value)].into_iter().chain(figures).collect()
    });
    Sheet::new(by, &columns, rows)
}

async fn timeline(workspace: &Workspace, subject: &Subject, step: &str, zone: &str) -> Answer<Sheet> {
    let found = workspace.report_timeline(subject, step, zone).await?;
    let columns = ["at", "sent", "failed", "opens", "opened", "clicks", "clicked", "unsubscribed", "excluded"];
    let rows = found.points.into_iter().map(|point| {
        let sent = [point.sent, point.failed];
        let back = [point.opens, point.opened, point.clicks, point.clicked, point.unsubscribed];
        let numbers = sent.into_iter().chain(back).chain([point.excluded]);
        [json!(point.at)].into_iter().chain(numbers.map(|number| json!(number))).collect()
    });
    Ok(Sheet::new("over time", &columns, rows))
}

async fn people(
    workspace: &Workspace,
    subject: &Subject,
    figure: &str,
    by: Option<&str>,
    value: Option<String>,
) -> Answer<Sheet> {
    let slice = by.map(Slice::parse).transpose()?.map(|slice| (slice, value));
    let filter = PeopleFilter { figure: Figure::parse(figure)?, slice, search: None };
    let mut rows: Vec<Vec<Value>> = Vec::new();
    let mut columns: Vec<String> = Vec::new();
    loop {
        let page = workspace.report_people(subject, &filter, rows.len() as u64, 100_000).await?;
        if page.total > PEOPLE_MAX {
            let detail = format!("{} people are more than the {PEOPLE_MAX} that a file takes", page.total);
            let failure = Failure::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many_rows", detail);
            return Err(failure.hint("take a part of them, or page through `/reports/people`"));
        }
        let end = page.rows.is_empty();
        for person in &page.rows {
            if let Ok(Value::Object(fields)) = serde_json::to_value(person) {
                if columns.is_empty() {
                    columns = fields.keys().cloned().collect();
                }
                rows.push(fields.into_iter().map(|(_, value)| value).collect());
            }
        }
        if end || rows.len() as u64 >= page.total {
            break;
        }
    }
    let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
    Ok(Sheet::new("people", &columns, rows))
}

/// The figures by name, in their order.
fn cells(figures: &Figures) -> Vec<(&'static str, Value)> {
    let lines = Figure::ALL.iter().map(|figure| (figure.as_str(), json!(figures.get(*figure))));
    lines.chain([("opens", json!(figures.opens)), ("clicks", json!(figures.clicks))]).collect()
}
