//! Looks whether everything is as it should be.

use std::path::Path;

use serde_json::{Value, json};
use tutti_runner::DataLock;

use super::Context;
use crate::cli::Doctor;
use crate::client::Client;
use crate::failure::{Done, Failure};
use crate::output;
use crate::settings::DEFAULTS;

/// Less free space than this is worth a word.
const FREE_BYTES_MIN: u64 = 1 << 30;

/// Checks the data directory, the state, the tables, the disk and the ports.
pub async fn run(context: &Context, arguments: &Doctor) -> Done {
    if arguments.settings {
        return output::write(DEFAULTS);
    }
    let mut checks = Vec::new();
    let mut check = |what: &str, found: Result<String, String>| {
        let (state, text) = match found {
            Ok(text) => ("ok", text),
            Err(text) => ("wrong", text),
        };
        checks.push(json!({"check": what, "state": state, "found": text}));
    };
    let data = &context.settings.data;
    check("version", Ok(env!("CARGO_PKG_VERSION").to_owned()));
    if context.settings.client.server.is_none() {
        check("disk", free(data));
        check("lock", lock(data));
    }
    match context.client().await {
        Err(failure) => check("state", Err(failure.message().to_owned())),
        Ok(client) => {
            let found = |value: Done<String>| value.map_err(|failure| failure.message().to_owned());
            check("documents", found(documents(&client).await));
            check("tables", found(tables(&client).await));
            check("runs", found(runs(&client).await));
        }
    }
    for (what, address) in [("web port", context.settings.server.listen.as_str()), ("catcher port", "127.0.0.1:2525")] {
        check(what, Ok(port(address)));
    }
    let wrong = checks.iter().filter(|check| check["state"] == "wrong").count();
    context.output.print_with(&Value::Array(checks), output::table)?;
    match wrong {
        0 => Ok(()),
        wrong => Err(Failure::new("doctor", format!("{wrong} of the checks found something wrong"))),
    }
}

fn free(data: &Path) -> Result<String, String> {
    let existing = data.ancestors().find(|path| path.exists()).unwrap_or(Path::new("."));
    let stat = rustix::fs::statvfs(existing)
        .map_err(|error| format!("`{}` could not be looked at: {error}", existing.display()))?;
    let free = stat.f_bavail.saturating_mul(stat.f_frsize);
    let text = format!("{:.1} GiB free below `{}`", to_gib(free), existing.display());
    if free < FREE_BYTES_MIN { Err(text) } else { Ok(text) }
}

#[expect(clippy::cast_precision_loss, reason = "shown with one place")]
fn to_gib(bytes: u64) -> f64 {
    bytes as f64 / f64::from(1 << 30)
}

fn lock(data: &Path) -> Result<String, String> {
    if !data.exists() {
        return Ok(format!("`{}` is not there yet; the first command makes it", data.display()));
    }
    match DataLock::take(data, std::process::id()) {
        Ok(_) => Ok(format!("`{}` is free", data.display())),
        Err(error) => Err(error.to_string()),
    }
}

async fn documents(client: &Client) -> Done<String> {
    let status = client.get("/status").await?;
    let documents = status["documents"].as_object().cloned().unwrap_or_default();
    let parts: Vec<String> = documents.iter().map(|(kind, count)| format!("{count} of kind {kind}")).collect();
    Ok(parts.join(", "))
}

async fn tables(client: &Client) -> Done<String> {
    let tables = client.get("/tables").await?;
    let tables = tables.as_array().cloned().unwrap_or_default();
    let rows: i64 = tables.iter().filter_map(|table| table["rows"].as_i64()).sum();
    Ok(format!("{} tables with {} rows, all readable", tables.len(), output::thousands(rows)))
}

async fn runs(client: &Client) -> Done<String> {
    let runs = client.get("/runs?limit=1000").await?;
    let runs = runs.as_array().cloned().unwrap_or_default();
    let in_state = |state: &str| runs.iter().filter(|run| run["state"] == state).count();
    Ok(format!(
        "{} runs, {} unfinished, {} paused, {} wait for somebody",
        runs.len(),
        in_state("running"),
        in_state("paused"),
        in_state("held")
    ))
}

fn port(address: &str) -> String {
    match std::net::TcpListener::bind(address) {
        Ok(_) => format!("`{address}` is free"),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => format!("`{address}` is in use"),
        Err(error) => format!("`{address}` cannot be listened on: {error}"),
    }
}
