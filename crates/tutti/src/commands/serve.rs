//! Serving: the API, the web app, tracking links, and the work of runs.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tutti_api::Catcher;
use tutti_testkit::mail::{DirMailStore, DirOptions};

use super::Context;
use crate::cli::{Role, Serve};
use crate::client::{Worker, open_workspace};
use crate::failure::{Done, Failure};
use crate::server::{self, Server};

/// Serves until Ctrl-C or SIGTERM.
pub async fn run(context: &Context, arguments: &Serve) -> Done {
    let settings = &context.settings;
    if arguments.role == Role::Executor {
        return Err(Failure::new("not_available", "the role `executor` is not available in this version")
            .hint("workers answer their queries themselves: `--role worker`"));
    }
    if arguments.role == Role::Web && settings.store.url.is_none() {
        return Err(Failure::new("no_worker", "nobody would do the work of runs: the data directory has one process")
            .hint("leave `--role` out, or set `store.url` to a PostgreSQL that a worker shares"));
    }
    let listen = arguments.listen.as_deref().unwrap_or(&settings.server.listen);
    let server = Server::bind(listen, settings).await?;
    let url = server.url();
    let workspace = open_workspace(settings, settings.server.public_url.clone().unwrap_or_else(|| url.clone())).await?;
    workspace.announce(&url)?;
    if workspace.came_alone() {
        remove_left_uploads(context)?;
    }
    let catcher = arguments.catcher_dir.as_deref().map(|dir| kept(dir, "not running")).transpose()?;
    let shutdown = CancellationToken::new();
    let end = shutdown.clone();
    tokio::spawn(async move {
        server::interrupted().await;
        end.cancel();
    });
    eprintln!("Tutti serves {} at {url}", settings.data.display());
    if !server.address().ip().is_loopback() {
        eprintln!("warning: there is no sign-in yet: whoever reaches this address can do everything");
    }
    let worker = (arguments.role != Role::Web).then(|| Worker::with_launcher(&workspace));
    let served = server.serve(workspace, catcher, settings, shutdown).await;
    if let Some(worker) = worker {
        worker.stop().await;
    }
    served
}

/// Uploads do not outlive the process that took them.
pub fn remove_left_uploads(context: &Context) -> Done {
    tutti_api::remove_left_uploads(&context.settings.data)
        .map_err(|error| Failure::new("data_dir", format!("left uploads could not be removed: {error}")))
}

/// The mails that a catcher has kept in a folder.
fn kept(dir: &std::path::Path, smtp: &str) -> Done<Catcher> {
    let store = DirMailStore::open(dir, DirOptions::default()).map_err(|error| {
        Failure::new("catcher", format!("the mails in `{}` could not be read: {error}", dir.display()))
    })?;
    Ok(Catcher { smtp: smtp.to_owned(), store: Arc::new(store) })
}
