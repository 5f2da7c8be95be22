//! Planning a query keeps a processor busy and its state on one thread, so it runs beside the threads that answer.

use std::sync::Arc;

use tokio::runtime::Handle;
use tutti_runner::{Result, Workspace};

use crate::error::{Answer, Failure};

/// Runs a question of a workspace on a thread of its own.
pub(crate) async fn ask<T, F>(workspace: &Arc<Workspace>, question: F) -> Answer<T>
where
    T: Send + 'static,
    F: AsyncFnOnce(&Workspace) -> Result<T> + Send + 'static,
{
    let (workspace, handle) = (Arc::clone(workspace), Handle::current());
    let asked = tokio::task::spawn_blocking(move || handle.block_on(question(&workspace)));
    match asked.await {
        Ok(answer) => Ok(answer?),
        Err(error) => Err(Failure::internal("query", "the question broke off", &error)),
    }
}
