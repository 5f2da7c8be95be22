//! Files that campaigns read and write: in, out, the list.

use std::path::Path;

use serde_json::Value;

use super::Context;
use crate::cli::{FileCommand, ListFiles};
use crate::client::with_query;
use crate::failure::{Done, Failure};

/// Lists files, by name.
pub async fn list(context: &Context, arguments: &ListFiles) -> Done {
    let answer = context.client().await?.get(&with_query("/files", &[("under", arguments.under.clone())])).await?;
    context.output.print(&answer)
}

/// Brings a file in, gets one out, or deletes one.
pub async fn run(context: &Context, command: &FileCommand) -> Done {
    match command {
        FileCommand::Put { file, name } => {
            let own = || file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let name = name.clone().unwrap_or_else(own);
            let answer = send(context, file, &with_query("/files", &[("name", Some(name))])).await?;
            context.output.print(&answer)
        }
        FileCommand::Get { name, to } => {
            let path = with_query("/files/content", &[("name", Some(name.clone()))]);
            context.client().await?.download(&path, to.as_deref()).await
        }
        FileCommand::Delete { name } => {
            context.client().await?.delete(&with_query("/files", &[("name", Some(name.clone()))])).await?;
            Ok(())
        }
    }
}

/// Sends a file as a body.
pub async fn send(context: &Context, file: &Path, path: &str) -> Done<Value> {
    let failed = |error| Failure::new("input", format!("`{}` could not be read: {error}", file.display()));
    let opened = tokio::fs::File::open(file).await.map_err(failed)?;
    let bytes = opened.metadata().await.map_err(failed)?.len();
    context.client().await?.upload(path, opened, bytes).await
}
