//! Bringing rows into a table.

use std::path::Path;
use std::sync::Arc;

use tutti_api::LocalImport;
use tutti_runner::ImportFile;

use super::Context;
use crate::cli::{Import, TableCommand};
use crate::client::{Client, part, with_query};
use crate::failure::{Done, Failure};
use crate::output::{self, thousands};
use crate::progress;

/// Rejected rows that are told.
const REJECTS_SHOWN: usize = 10;

/// Loads files into a table.
pub async fn run(context: &Context, arguments: &Import) -> Done {
    for file in &arguments.files {
        if let Err(error) = std::fs::File::open(file) {
            return Err(Failure::new("input", format!("`{}` could not be read: {error}", file.display())));
        }
    }
    let client = context.client().await?;
    let report = if client.is_local() {
        here(context, &client, arguments).await?
    } else {
        over_there(&client, arguments).await?
    };
    context.output.print_with(&report, output::table)
}

/// Takes a table back, and tells of its versions, its quality and of tables that could be.
pub async fn table(context: &Context, command: &TableCommand) -> Done {
    let client = context.client().await?;
    match command {
        TableCommand::Restore { table, version } => {
            let body = serde_json::json!({"version": version});
            context.output.print(&client.post(&format!("/tables/{}/restore", part(table)), &body).await?)
        }
        TableCommand::Versions { table } => {
            context.output.print(&client.get(&format!("/tables/{}/versions", part(table))).await?)
        }
        TableCommand::Quality { table } => {
            let found = client.get(&format!("/tables/{}/quality", part(table))).await?;
            context.output.print_with(&found, quality)
        }
        TableCommand::Infer { file, name, format } => {
            infer(context, &client, file, name.as_deref(), format.clone()).await
        }
    }
}

fn quality(found: &serde_json::Value) -> String {
    let rows = |list: &str, columns: &[&str]| -> String {
        let rows = found[list].as_array().into_iter().flatten();
        output::grid(columns, rows.map(|row| columns.iter().map(|name| row[*name].clone()).collect()))
    };
    let head = format!("{} rows at version {}, {} duplicates\n", found["rows"], found["version"], found["duplicates"]);
    let columns = rows("columns", &["name", "nulls", "distinct", "outside", "min", "max"]);
    head + &columns + &rows("links", &["name", "to", "orphans", "orphans_there"])
}

/// Prints a document that the rows of a file fit.
async fn infer(context: &Context, client: &Client, file: &Path, name: Option<&str>, format: Option<String>) -> Done {
    let failed = |error| Failure::new("input", format!("`{}` could not be read: {error}", file.display()));
    let opened = tokio::fs::File::open(file).await.map_err(failed)?;
    let bytes = opened.metadata().await.map_err(failed)?.len();
    let called = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = called.split('.').next().unwrap_or_default().to_lowercase();
    let usual: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let table = name.map_or(usual, str::to_owned);
    let query = [("table", Some(table)), ("name", Some(called)), ("format", format)];
    let found = client.upload(&with_query("/tables/infer", &query), opened, bytes).await?;
    for note in found["notes"].as_array().into_iter().flatten() {
        eprintln!("note: {}", note.as_str().unwrap_or_default());
    }
    context.output.print_documents(&[found["document"].clone()], false)
}

async fn here(context: &Context, client: &Client, arguments: &Import) -> Done<serde_json::Value> {
    let own = context.settings.data.join("spill").join(format!("rejects-{}.csv", std::process::id()));
    let rejects = arguments.rejects.clone().unwrap_or_else(|| own.clone());
    let bar = progress::spinner(format!("importing into `{}`", arguments.table));
    let shown = bar.clone();
    let table = arguments.table.clone();
    let import = LocalImport {
        files: arguments
            .files
            .iter()
            .map(|path| ImportFile { name: path.display().to_string(), path: path.clone() })
            .collect(),
        rejects: Some(rejects.clone()),
        progress: Arc::new(move |done| {
            let rows = i64::try_from(done.read).unwrap_or(i64::MAX);
            shown.set_message(format!("importing into `{table}`: {} rows read", thousands(rows)));
        }),
    };
    let answer = client.import_here(&path(arguments, &[]), import).await;
    bar.finish_and_clear();
    if let Ok(report) = &answer
        && report["rejected"] != 0
    {
        tell_rejects(&rejects, report["rejected"].as_u64().unwrap_or_default());
    }
    if arguments.rejects.is_none()
        && let Err(error) = std::fs::remove_file(&own)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!(%error, "the file of rejected rows could not be removed");
    }
    answer
}

/// Says why the first rejected rows of an import that was taken were left out.
fn tell_rejects(path: &Path, rejected: u64) {
    let Ok(mut reader) = csv::Reader::from_path(path) else {
        return;
    };
    for row in reader.records().flatten().take(REJECTS_SHOWN) {
        let field = |index| row.get(index).unwrap_or_default();
        let (column, value) = (field(2), field(4));
        let column = if column.is_empty() { String::new() } else { format!("`{column}` ") };
        let value = if value.is_empty() { String::new() } else { format!("`{value}` ") };
        eprintln!("rejected: {column}{value}{}\n  --> {}:{}", field(3), field(0), field(1));
    }
    let more = rejected.saturating_sub(REJECTS_SHOWN as u64);
    if more > 0 {
        eprintln!("and {more} more; `--rejects FILE` writes them all to a file");
    }
}

/// Uploads the files one after the other, then imports them together.
async fn over_there(client: &Client, arguments: &Import) -> Done<serde_json::Value> {
    if arguments.rejects.is_some() {
        return Err(Failure::usage(
            "`--rejects` writes on the machine that holds the data directory, so that it does not go with `--server`",
        ));
    }
    let mut uploads = Vec::new();
    for file in &arguments.files {
        let failed = |error| Failure::new("input", format!("`{}` could not be read: {error}", file.display()));
        let opened = tokio::fs::File::open(file).await.map_err(failed)?;
        let bytes = opened.metadata().await.map_err(failed)?.len();
        let bar = progress::spinner(format!("uploading `{}`", file.display()));
        let answer = client.upload("/uploads", opened, bytes).await;
        bar.finish_and_clear();
        let id = answer?["upload"].as_str().unwrap_or_default().to_owned();
        let name = file.file_name().map(|name| name.to_string_lossy().replace([',', ':'], "_")).unwrap_or_default();
        uploads.push(format!("{id}:{name}"));
    }
    let bar = progress::spinner(format!("importing into `{}`", arguments.table));
    let answer = client.post(&path(arguments, &uploads), &serde_json::json!({})).await;
    bar.finish_and_clear();
    answer
}

fn path(arguments: &Import, uploads: &[String]) -> String {
    with_query(
        &format!("/tables/{}/import", part(&arguments.table)),
        &[
            ("mode", arguments.mode.clone()),
            ("format", arguments.format.clone()),
            ("max_rejects", Some(arguments.max_rejects.to_string())),
            ("uploads", (!uploads.is_empty()).then(|| uploads.join(","))),
        ],
    )
}
