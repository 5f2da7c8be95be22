//! What a worker puts in place, it puts there only while its claim on the task holds.
//!
//! A worker that was cut off goes on as if nothing had happened, until it notices. Others have done its task by then, so
//! that its rows, of tables as they were or as they are by now, are not those that are on record. Whoever takes the
//! task over puts things in the same places; a lock on these orders the two, and under it the claim is looked at.

use std::sync::{Arc, Mutex, PoisonError};

use futures::{FutureExt, StreamExt, future, stream};
use tutti_lake::{Alone, Lake, PopulationInfo, PopulationPath};
use tutti_query::datafusion::error::DataFusionError;
use tutti_query::datafusion::physical_plan::SendableRecordBatchStream;
use tutti_query::datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use tutti_query::functions;
use tutti_store::{Store, Task};

use crate::error::{Error, Result};
use crate::execute::RunContext;
use crate::workspace::Workspace;

/// How many locks all tasks share.
const LOCKS: u64 = 64;

/// A worker's claim on a task.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    task: String,
    owner: String,
}

impl Claim {
    pub fn of(task: &Task) -> Self {
        Self { task: task.id.clone(), owner: task.owner.clone().unwrap_or_default() }
    }

    /// While what this returns is held, whoever takes the task over puts nothing in its place.
    ///
    /// # Errors
    /// [`Error::Interrupted`] where the task has been taken over.
    async fn keep(&self, lake: &Lake, store: &Store) -> Result<Alone> {
        let lock = functions::rank_of(0, [Some(self.task.as_str())]) % LOCKS;
        let alone = lake.alone(&format!("claim-{lock}")).await?;
        if store.tasks().is_owned(&self.task, &self.owner).await? {
            return Ok(alone);
        }
        tracing::warn!(task = self.task, "a claim was lost, and what came of it is not put in place");
        Err(Error::Interrupted)
    }
}

impl Workspace {
    /// See [`Claim::keep`]; runs that nobody records have no claims.
    pub(crate) async fn keep_claim(&self, context: &RunContext) -> Result<Option<Alone>> {
        match &context.claim {
            Some(claim) => Ok(Some(claim.keep(&self.lake, &self.store).await?)),
            None => Ok(None),
        }
    }

    /// Writes a population of an activity in whose place the next worker on its task would write it, too.
    pub(crate) async fn put_population(
        &self,
        context: &RunContext,
        path: &PopulationPath,
        rows: SendableRecordBatchStream,
    ) -> Result<PopulationInfo> {
        let mut infos = self.put_populations(context, &path.activity, &[&path.port], rows).await?;
        infos.pop().ok_or_else(|| crate::execute::missing_population(path))
    }

    /// As [`Self::put_population`], those of several ports in one pass.
    pub(crate) async fn put_populations(
        &self,
        context: &RunContext,
        activity: &str,
        ports: &[&str],
        rows: SendableRecordBatchStream,
    ) -> Result<Vec<PopulationInfo>> {
        let kept: Kept = Arc::default();
        let rows = match &context.claim {
            Some(claim) => kept_at_the_end(rows, (self.lake.clone(), self.store.clone(), claim.clone()), &kept),
            None => rows,
        };
        let written = self.lake.write_populations(&context.run, activity, ports, rows).await;
        let kept = kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        match kept {
            Some(Err(lost)) => Err(lost),
            // Others are kept off until the rows are in place.
            Some(Ok(_)) | None => Ok(written?),
        }
    }
}

type Kept = Arc<Mutex<Option<Result<Alone>>>>;

/// Rows whose end is only reached while the claim holds; so they come into sight only then.
fn kept_at_the_end(
    rows: SendableRecordBatchStream,
    (lake, store, claim): (Lake, Store, Claim),
    kept: &Kept,
) -> SendableRecordBatchStream {
    let (schema, kept) = (rows.schema(), Arc::clone(kept));
    let keeping = async move {
        let result = claim.keep(&lake, &store).await;
        let lost = result.is_err().then(|| Err(DataFusionError::Execution("the claim was lost".to_owned())));
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
        lost
    };
    let last = stream::once(keeping.boxed()).filter_map(future::ready);
    Box::pin(RecordBatchStreamAdapter::new(schema, rows.chain(last)))
}
