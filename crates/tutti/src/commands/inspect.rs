//! Looking at runs: the list, the summary, populations, the ledger, one row's way.

use serde_json::{Value, json};

use super::Context;
use super::query::{column_names, objects};
use crate::cli::{Alerts, Ledger, Logs, Population, RunId, Runs, Tasks};
use crate::client::{part, with_query};
use crate::commands::summary_table;
use crate::failure::Done;
use crate::output;

/// Lines of a log that are fetched at a time.
const LOG_PAGE: u64 = 1_000;

/// Rows that are fetched at a time.
const PAGE: u64 = 100_000;

/// What a line of the ledger has.
const LEDGER_COLUMNS: [&str; 11] = [
    "run",
    "activity",
    "key",
    "secondary_key",
    "channel",
    "address",
    "status",
    "reason",
    "message_id",
    "attempts",
    "updated_at",
];

/// Lists runs, newest first.
pub async fn runs(context: &Context, arguments: &Runs) -> Done {
    let parameters = [
        ("campaign", arguments.campaign.clone()),
        ("state", Some(arguments.states.join(",")).filter(|states| !states.is_empty())),
        ("mode", arguments.mode.clone()),
        ("since", arguments.since.clone()),
        ("until", arguments.until.clone()),
        ("before", arguments.before.clone()),
        ("offset", Some(arguments.offset.to_string())),
        ("limit", Some(arguments.limit.to_string())),
    ];
    let answer = context.client().await?.get(&with_query("/runs", &parameters)).await?;
    let columns =
        ["run", "campaign", "version", "state", "mode", "started_at", "targeted", "sent", "excluded", "failed"];
    context.output.print_rows(take(answer), &columns, |runs| {
        let rows = runs.as_array().into_iter().flatten().map(|run| columns.map(|name| run[name].clone()).to_vec());
        output::grid(&columns, rows)
    })
}

/// Lists alerts, newest first.
pub async fn alerts(context: &Context, arguments: &Alerts) -> Done {
    let parameters = [
        ("campaign", arguments.campaign.clone()),
        ("run", arguments.run.clone()),
        ("limit", Some(arguments.limit.to_string())),
    ];
    let answer = context.client().await?.get(&with_query("/alerts", &parameters)).await?;
    context.output.print_with(&answer, |alerts| {
        let columns = ["at", "level", "campaign", "activity", "title", "message", "run"];
        let rows = alerts.as_array().into_iter().flatten();
        output::grid(&columns, rows.map(|alert| columns.map(|name| alert[name].clone()).to_vec()))
    })
}

/// Lists lines of the logs of runs, newest first.
pub async fn logs(context: &Context, arguments: &Logs) -> Done {
    let of_run = |name: &&String| name.starts_with("run_");
    let name = arguments.name.as_ref();
    let client = context.client().await?;
    let mut lines: Vec<Value> = Vec::new();
    while (lines.len() as u64) < arguments.limit {
        let before = lines.last().map(|line| line["seq"].to_string());
        let wanted = (arguments.limit - lines.len() as u64).min(LOG_PAGE);
        let parameters = [
            ("run", name.filter(of_run).cloned()),
            ("campaign", name.filter(|name| !of_run(name)).cloned()),
            ("activity", arguments.activity.clone()),
            ("level", arguments.level.clone()),
            ("search", arguments.search.clone()),
            ("since", arguments.since.clone()),
            ("until", arguments.until.clone()),
            ("before", before),
            ("limit", Some(wanted.to_string())),
        ];
        let found = take(client.get(&with_query("/logs", &parameters)).await?);
        let end = (found.len() as u64) < wanted;
        lines.extend(found);
        if end {
            break;
        }
    }
    let one_run = name.is_some_and(|name| of_run(&name));
    context.output.print_with(&Value::Array(lines), |lines| {
        let columns: &[&str] = match one_run {
            true => &["at", "level", "activity", "message"],
            false => &["at", "level", "run", "activity", "message"],
        };
        let rows = lines.as_array().into_iter().flatten();
        output::grid(columns, rows.map(|line| columns.iter().map(|name| line[*name].clone()).collect()))
    })
}

/// Lists the tasks of a run, all of them unless limited.
pub async fn tasks(context: &Context, arguments: &Tasks) -> Done {
    let path = format!("/runs/{}/tasks", part(&arguments.run));
    let client = context.client().await?;
    let page = async |offset, limit| {
        let query = [
            ("activity", arguments.activity.clone()),
            ("state", arguments.state.clone()),
            ("search", arguments.search.clone()),
            ("offset", Some(u64::to_string(&offset))),
            ("limit", Some(u64::to_string(&limit))),
        ];
        let mut answer = client.get(&with_query(&path, &query)).await?;
        Ok((answer["total"].as_u64().unwrap_or_default(), take(answer["tasks"].take())))
    };
    let tasks = pages(arguments.limit, page).await?;
    context.output.print_with(&Value::Array(tasks), |tasks| {
        let columns = ["activity", "type", "state", "attempts", "version", "started_at", "finished_at", "worker"];
        let rows = tasks.as_array().into_iter().flatten().map(|task| {
            let mut row = columns.map(|name| task[name].clone()).to_vec();
            row.push(task["waits_until"].clone());
            row.push(json!(named_values(&task["results"])));
            row.push(task["note"].clone());
            row
        });
        let more = ["waits until", "results", "what it did"];
        output::grid(&columns.into_iter().chain(more).collect::<Vec<_>>(), rows)
    })
}

/// `city: Lyon, least: 3`.
pub fn named_values(values: &Value) -> String {
    let values = values.as_object().into_iter().flatten();
    let values = values
        .map(|(name, value)| format!("{name}: {}", value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    values.collect::<Vec<_>>().join(", ")
}

/// Prints the summary of a run.
pub async fn show(context: &Context, arguments: &RunId) -> Done {
    let summary = context.client().await?.get(&format!("/runs/{}", part(&arguments.run))).await?;
    context.output.print_with(&summary, summary_table)
}

/// Prints the rows on a transition, all of them unless limited.
pub async fn population(context: &Context, arguments: &Population) -> Done {
    let (activity, port) = arguments.at.split_once('.').unwrap_or((&arguments.at, "out"));
    let path = format!("/runs/{}/populations/{}", part(&arguments.run), part(activity));
    let client = context.client().await?;
    let columns = std::cell::RefCell::new(Vec::new());
    let page = async |offset, limit| {
        let path = with_query(
            &path,
            &[
                ("port", Some(port.to_owned())),
                ("offset", Some(u64::to_string(&offset))),
                ("limit", Some(u64::to_string(&limit))),
            ],
        );
        let answer = client.get(&path).await?;
        let total = answer["total"].as_u64().unwrap_or_default();
        columns.replace(column_names(&answer));
        Ok((total, take(objects(&answer))))
    };
    let rows = pages(arguments.limit, page).await?;
    let columns = columns.into_inner();
    context.output.print_rows(rows, &columns.iter().map(String::as_str).collect::<Vec<_>>(), output::table)
}

/// Prints the lines of the ledger, all of them unless limited.
pub async fn ledger(context: &Context, arguments: &Ledger) -> Done {
    let path = format!("/runs/{}/ledger", part(&arguments.run));
    let client = context.client().await?;
    let page = async |offset, limit| {
        let query = [
            ("activity", arguments.activity.clone()),
            ("status", arguments.status.clone()),
            ("reason", arguments.reason.clone()),
            ("search", arguments.search.clone()),
            ("offset", Some(u64::to_string(&offset))),
            ("limit", Some(u64::to_string(&limit))),
        ];
        let mut answer = client.get(&with_query(&path, &query)).await?;
        Ok((answer["total"].as_u64().unwrap_or_default(), take(answer["rows"].take())))
    };
    let rows = pages(arguments.limit, page).await?;
    context.output.print_rows(rows, &LEDGER_COLUMNS, |rows| {
        let columns = ["activity", "key", "address", "status", "reason", "attempts", "updated_at"];
        let rows = rows.as_array().into_iter().flatten().map(|row| columns.map(|name| row[name].clone()).to_vec());
        output::grid(&columns, rows)
    })
}

/// Fetches page after page until everything, or enough, is there.
pub async fn pages(limit: Option<u64>, page: impl AsyncFn(u64, u64) -> Done<(u64, Vec<Value>)>) -> Done<Vec<Value>> {
    let mut rows: Vec<Value> = Vec::new();
    loop {
        let have = rows.len() as u64;
        let wanted = limit.map_or(PAGE, |limit| PAGE.min(limit.saturating_sub(have)));
        if wanted == 0 {
            return Ok(rows);
        }
        let (total, found) = page(have, wanted).await?;
        let end = found.is_empty();
        rows.extend(found);
        if end || rows.len() as u64 >= total {
            return Ok(rows);
        }
    }
}

pub fn take(rows: Value) -> Vec<Value> {
    match rows {
        Value::Array(rows) => rows,
        _ => Vec::new(),
    }
}
