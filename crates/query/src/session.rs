//! The session: where plans run, within a memory limit, spilling to disk.

use std::path::PathBuf;
use std::sync::Arc;

use datafusion::execution::SessionStateBuilder;
use datafusion::execution::disk_manager::{DiskManagerBuilder, DiskManagerMode};
use datafusion::execution::memory_pool::{FairSpillPool, TrackConsumersPool};
use datafusion::execution::runtime_env::{RuntimeEnv, RuntimeEnvBuilder};
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::prelude::{DataFrame, SessionConfig, SessionContext};

use crate::error::Result;
use crate::functions;

/// Target partitions for each thread: the hash tables of joins and aggregates are smaller, so that more of them is near
/// the processor (`bench/README.md`), and uneven files even out.
const PARTITIONS_PER_THREAD: usize = 4;

/// Rows of a batch: less is lost between the parts of a plan than with the engine's 8,192 (`bench/README.md`).
const BATCH_ROWS: usize = 32_768;

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
#[derive(Clone)]
pub struct Session {
    context: SessionContext,
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
        Ok(Self { context: context(options.threads, runtime), threads: options.threads })
    }

    pub fn context(&self) -> &SessionContext {
        &self.context
    }

    /// How many threads plans are made for.
    pub fn threads(&self) -> usize {
        self.threads
    }

    /// Optimizes and starts a plan.
    pub async fn stream(&self, plan: LogicalPlan) -> Result<SendableRecordBatchStream> {
        Ok(self.frame(plan).execute_stream().await?)
    }

    /// All rows of a plan that is known to be small.
    pub async fn collect(&self, plan: LogicalPlan) -> Result<Vec<datafusion::arrow::array::RecordBatch>> {
        Ok(self.frame(plan).collect().await?)
    }

    /// The number of rows of a plan.
    pub async fn count(&self, plan: LogicalPlan) -> Result<u64> {
        Ok(self.frame(plan).count().await? as u64)
    }

    pub(crate) fn frame(&self, plan: LogicalPlan) -> DataFrame {
        DataFrame::new(self.context.state(), plan)
    }
}

fn context(threads: usize, runtime: Arc<RuntimeEnv>) -> SessionContext {
    let mut config = SessionConfig::new()
        .with_target_partitions((threads * PARTITIONS_PER_THREAD).max(2))
        .with_batch_size(BATCH_ROWS)
        .with_information_schema(false)
        .set_str("datafusion.sql_parser.enable_ident_normalization", "false");
    config.options_mut().execution.parquet.pushdown_filters = false;
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
