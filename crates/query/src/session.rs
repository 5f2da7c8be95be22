//! The session: where plans run, within a memory limit, spilling to disk.

use async_recursion::async_recursion as boxed;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::physical_plan::stream::{RecordBatchReceiverStream, RecordBatchStreamAdapter};
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};
use futures::StreamExt;

use crate::error::{Result, is_memory_limit};
use crate::functions;

/// Target partitions for each thread: the hash tables of joins and aggregates are smaller, so that more of them is near
/// the processor (`bench/README.md`), and uneven files even out.
const PARTITIONS_PER_THREAD: usize = 4;

/// Rows of a batch: less is lost between the parts of a plan than with the engine's 8,192 (`bench/README.md`).
const BATCH_ROWS: usize = 32_768;

/// Rows of a batch where memory is short, at least and at most: every sort and every merge holds some.
const SPILLING_BATCH_ROWS: (usize, usize) = (1_024, 8_192);

/// For how many bytes of memory a batch then has a row more: a dozen of sorts with two batches each have to find room.
const BYTES_PER_BATCH_ROW: usize = 16_384;

/// What a sort keeps for merging what it spilled, in bytes, where there is room: the engine's default.
const SORT_RESERVATION_BYTES_MAX: usize = 10 << 20;

/// The share of the memory that all sorts of a plan may keep for merging together, as a divisor: what is kept cannot
/// be spilled, so that sorts in many partitions of a small pool would find nothing left to sort in.
const SORT_RESERVATION_DIVISOR: usize = 16;

/// How many batches are made before they are asked for.
const BATCHES_AHEAD: usize = 2;

/// Limits of a session.
#[derive(Clone, Debug)]
pub struct SessionOptions {
    /// Memory for joins, sorts and aggregates, in bytes; beyond it they spill.
    pub memory_limit_bytes: usize,
    /// Where they spill to.
    pub spill_dir: PathBuf,
    pub threads: usize,
}

/// Where plans run. Cheap to clone.
///
/// Plans are made for speed first: joins by hash tables, which have to fit. One that does not fit is made again with
/// joins of sorted rows, which spill, in fewer partitions, so that each has more of the memory.
#[derive(Clone)]
pub struct Session {
    context: SessionContext,
    spilling: SessionContext,
    threads: usize,
}

impl Session {
    pub fn new(options: &SessionOptions) -> Result<Self> {
        let spill =
            DiskManagerBuilder::default().with_mode(DiskManagerMode::Directories(vec![options.spill_dir.clone()]));
        let pool = FairSpillPool::new(options.memory_limit_bytes);
        let top = std::num::NonZeroUsize::new(3).unwrap_or(std::num::NonZeroUsize::MIN);
        let runtime = RuntimeEnvBuilder::new()
            .with_memory_pool(Arc::new(TrackConsumersPool::new(pool, top)))
            .with_disk_manager_builder(spill)
            .build_arc()?;
        let spilling = context(options, Arc::clone(&runtime), Joins::Sorted);
        Ok(Self { context: context(options, runtime, Joins::Hashed), spilling, threads: options.threads })
    }

    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// How many threads plans are made for.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// What all running plans hold in memory, in bytes.
    pub fn memory_bytes(&self) -> usize {
        self.context.runtime_env().memory_pool.reserved()
    }

    /// Optimizes and starts a plan, in a task of its own: the rows are made while those before are used, and whoever
    /// waits for rows is not held up by a batch that takes long. Dropping the stream ends the task after its batch.
    #[boxed]
    pub async fn stream(&self, plan: LogicalPlan) -> Result<SendableRecordBatchStream> {
        let mut stream = apart(self.frame(plan.clone()).execute_stream().await?);
        // What does not fit is found out before the first rows come: they come when all hash tables are made.
        let first = match stream.next().await {
            Some(Err(error)) if is_memory_limit(&error) => {
                return Ok(apart(self.spilling(plan).execute_stream().await?));
            }
            first => first,
        };
        let schema = stream.schema();
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, futures::stream::iter(first).chain(stream))))
    }

    /// All rows of a plan that is known to be small.
    #[boxed]
    pub async fn collect(&self, plan: LogicalPlan) -> Result<Vec<datafusion::arrow::array::RecordBatch>> {
        match self.frame(plan.clone()).collect().await {
            Err(error) if is_memory_limit(&error) => Ok(self.spilling(plan).collect().await?),
            rows => Ok(rows?),
        }
    }

    /// The number of rows of a plan.
    #[boxed]
    pub async fn count(&self, plan: LogicalPlan) -> Result<u64> {
        match self.frame(plan.clone()).count().await {
            Err(error) if is_memory_limit(&error) => Ok(self.spilling(plan).count().await? as u64),
            count => Ok(count? as u64),
        }
    }

    fn spilling(&self, plan: LogicalPlan) -> DataFrame {
        DataFrame::new(self.spilling.state(), plan)
    }

    pub(crate) fn frame(&self, plan: LogicalPlan) -> DataFrame {
        DataFrame::new(self.context.state(), plan)
    }
}

/// The batches of a stream, which another task asks for.
fn apart(mut stream: SendableRecordBatchStream) -> SendableRecordBatchStream {
    let mut builder = RecordBatchReceiverStream::builder(stream.schema(), BATCHES_AHEAD);
    let sender = builder.tx();
    builder.spawn(async move {
        while let Some(batch) = stream.next().await {
            if batch.is_err() {
                // What it holds in memory is free once the error is known.
                drop(stream);
                return batch.map(|_| ());
            }
            if sender.send(batch).await.is_err() {
                // Nobody wants the rest.
                break;
            }
        }
        Ok(())
    });
    builder.build()
}

/// How rows are joined.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joins {
    Hashed,
    Sorted,
}

fn context(options: &SessionOptions, runtime: Arc<RuntimeEnv>, joins: Joins) -> SessionContext {
    let per_thread = if joins == Joins::Hashed { PARTITIONS_PER_THREAD } else { 1 };
    let partitions = (options.threads * per_thread).max(2);
    let (fewest, most) = SPILLING_BATCH_ROWS;
    let spilling_rows = (options.memory_limit_bytes / BYTES_PER_BATCH_ROW).clamp(fewest, most);
    let batch_rows = if joins == Joins::Hashed { BATCH_ROWS } else { spilling_rows };
    let reservation = options.memory_limit_bytes / SORT_RESERVATION_DIVISOR / partitions;
    let mut config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_sort_spill_reservation_bytes(reservation.min(SORT_RESERVATION_BYTES_MAX))
        .with_batch_size(batch_rows)
        .with_information_schema(false)
        .set_str("datafusion.sql_parser.enable_ident_normalization", "false");
    config.options_mut().execution.parquet.pushdown_filters = false;
    config.options_mut().optimizer.prefer_hash_join = joins == Joins::Hashed;
    // `x IS NOT TRUE` is never NULL, which the engine knows of its logical form and not of its physical one.
    config.options_mut().execution.skip_physical_aggregate_schema_check = true;
    let state =
        SessionStateBuilder::new().with_config(config).with_runtime_env(runtime).with_default_features().build();
    let context = SessionContext::new_with_state(state);
    for function in functions::all() {
        context.register_udf(function.as_ref().clone());
    }
    context
}
