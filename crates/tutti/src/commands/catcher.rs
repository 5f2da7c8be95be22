//! A mail catcher of its own process.

use std::sync::Arc;

use serde_json::json;
use tutti_testkit::mail::{DirMailStore, DirOptions, MailStore};
use tutti_testkit::smtp::{Fault, SmtpOptions, SmtpServer};

use super::Context;
use crate::cli::Catcher;
use crate::failure::{Done, Failure};
use crate::output::{Format, thousands};
use crate::server;

/// Catches mail until Ctrl-C or SIGTERM. It does not need the data directory's lock.
pub async fn run(context: &Context, arguments: &Catcher) -> Done {
    let dir = arguments.dir.clone().unwrap_or_else(|| context.settings.data.join("catcher"));
    let faults = arguments
        .fail
        .iter()
        .map(|rule| rule.parse::<Fault>().map_err(|error| Failure::usage(error.to_string())))
        .collect::<Done<Vec<_>>>()?;
    let addresses = tokio::net::lookup_host(&arguments.smtp).await;
    let listen = addresses.ok().and_then(|mut found| found.next()).ok_or_else(|| {
        Failure::usage(format!("`{}` is no address to listen on", arguments.smtp)).hint("such as `127.0.0.1:2525`")
    })?;
    let store = DirMailStore::open(&dir, DirOptions::default()).map_err(|error| {
        Failure::new("catcher", format!("the mails in `{}` could not be opened: {error}", dir.display()))
    })?;
    let store = Arc::new(store);
    let mut options = SmtpOptions::new(store.clone());
    options.listen = listen;
    options.faults = faults;
    let catcher = SmtpServer::start(options).await.map_err(|error| Failure::new("listen", text(&error)))?;
    let facts = json!({"smtp": catcher.addr().to_string(), "dir": dir, "messages": store.count()});
    // The address goes to stdout, so that a script can read it; the rest is for a person.
    match context.output.format() {
        Format::Table => eprintln!("catching mail at {}, kept in {}; Ctrl-C ends it", catcher.addr(), dir.display()),
        _ => context.output.print(&facts)?,
    }
    server::interrupted().await;
    let stats = catcher.stats();
    catcher.stop().await;
    let count = |number: u64| thousands(i64::try_from(number).unwrap_or(i64::MAX));
    eprintln!("{} mails caught over {} connections", count(stats.messages), count(stats.connections));
    for fault in &stats.faults {
        eprintln!("  {fault:?}");
    }
    Ok(())
}

fn text(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}
