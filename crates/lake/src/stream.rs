//! Streams of rows from files, and the sorted merge of several.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{Array, ArrayRef, RecordBatch, RecordBatchOptions, new_null_array};
use datafusion::arrow::compute::{SortOptions, cast};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::error::{DataFusionError, Result as DataFusionResult};
use datafusion::execution::TaskContext;
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr, expressions};
use datafusion::physical_plan::sorts::sort_preserving_merge::SortPreservingMergeExec;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::streaming::{PartitionStream, StreamingTableExec};
use datafusion::physical_plan::{ExecutionPlan, SendableRecordBatchStream};

use crate::error::{Error, Result};

/// Rows of a batch.
pub(crate) const BATCH_ROWS: usize = 8192;

/// Batches read ahead of whoever consumes them.
const READ_AHEAD: usize = 4;

/// Runs a blocking producer of batches on another thread. It stops when the stream is dropped. A producer that panics
/// ends the stream with an error: half of a file must never pass for the whole.
pub(crate) fn produce(
    schema: SchemaRef,
    producer: impl FnOnce(&mut dyn FnMut(RecordBatch) -> bool) -> Result<()> + Send + 'static,
) -> SendableRecordBatchStream {
    let (sender, receiver) = tokio::sync::mpsc::channel::<DataFusionResult<RecordBatch>>(READ_AHEAD);
    let running = tokio::task::spawn_blocking(move || {
        let end = producer(&mut |batch| sender.blocking_send(Ok(batch)).is_ok());
        if let Err(error) = end {
            // Nobody listens any more: then nobody misses the error.
            let _ = sender.blocking_send(Err(error.into()));
        }
    });
    let stream = futures::stream::unfold((receiver, Some(running)), |(mut receiver, running)| async move {
        if let Some(batch) = receiver.recv().await {
            return Some((batch, (receiver, running)));
        }
        let ended = running?.await;
        ended.err().map(|error| (Err(Error::Task(error).into()), (receiver, None)))
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, stream))
}

/// Reads a data file with the columns of `schema`; those it lacks are NULL.
pub(crate) fn read_parquet(path: &Path, schema: SchemaRef) -> SendableRecordBatchStream {
    let path = path.to_owned();
    produce(schema.clone(), move |give| {
        let failed = |e| Error::parquet("read", &path, e);
        let file = File::open(&path).map_err(|e| Error::io("open", &path, e))?;
        let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(failed)?;
        let found = builder.schema().clone();
        let wanted = found.fields().iter().enumerate().filter(|(_, field)| schema.index_of(field.name()).is_ok());
        let mask = ProjectionMask::roots(builder.parquet_schema(), wanted.map(|(index, _)| index));
        let reader = builder.with_projection(mask).with_batch_size(BATCH_ROWS).build().map_err(failed)?;
        for batch in reader {
            if !give(fit(&batch?, &schema)?) {
                return Ok(());
            }
        }
        Ok(())
    })
}

/// The columns of `schema` from `batch`, by name: cast where the type differs, NULL where absent.
pub(crate) fn fit(batch: &RecordBatch, schema: &SchemaRef) -> Result<RecordBatch> {
    let rows = batch.num_rows();
    let columns = schema.fields().iter().map(|field| -> Result<ArrayRef> {
        Ok(match batch.column_by_name(field.name()) {
            Some(column) if column.data_type() == field.data_type() => column.clone(),
            Some(column) => cast(column, field.data_type())?,
            None => new_null_array(field.data_type(), rows),
        })
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    Ok(RecordBatch::try_new_with_options(schema.clone(), columns, &options)?)
}

/// A stream handed to DataFusion as a partition; it can be read once.
pub(crate) struct Once {
    schema: SchemaRef,
    stream: Mutex<Option<SendableRecordBatchStream>>,
}

impl Once {
    pub fn partition(stream: SendableRecordBatchStream) -> Arc<dyn PartitionStream> {
        Arc::new(Self { schema: stream.schema(), stream: Mutex::new(Some(stream)) })
    }
}

impl std::fmt::Debug for Once {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Once")
    }
}

impl PartitionStream for Once {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let taken = self.stream.lock().unwrap_or_else(PoisonError::into_inner).take();
        taken.unwrap_or_else(|| {
            let error = DataFusionError::Internal("a stream was read twice".to_owned());
            Box::pin(RecordBatchStreamAdapter::new(
                self.schema.clone(),
                futures::stream::once(async move { Err(error) }),
            ))
        })
    }
}

/// Ascending by the named columns, NULLs last.
pub(crate) fn ordering(schema: &SchemaRef, key: &[String]) -> Result<LexOrdering> {
    let options = SortOptions { descending: false, nulls_first: false };
    let sorts = key
        .iter()
        .map(|name| Ok(PhysicalSortExpr { expr: expressions::col(name, schema)?, options }))
        .collect::<Result<Vec<_>>>()?;
    LexOrdering::new(sorts).ok_or_else(|| Error::Option("a table needs a key".to_owned()))
}

/// Merges streams that are each sorted by `key` into one that is.
pub(crate) fn merge(
    streams: Vec<SendableRecordBatchStream>,
    key: &[String],
    context: Arc<TaskContext>,
) -> Result<SendableRecordBatchStream> {
    let mut streams = streams;
    if streams.len() == 1
        && let Some(only) = streams.pop()
    {
        return Ok(only);
    }
    let Some(schema) = streams.first().map(|stream| stream.schema()) else {
        return Err(Error::Option("nothing to merge".to_owned()));
    };
    let ordering = ordering(&schema, key)?;
    let partitions = streams.into_iter().map(Once::partition).collect();
    let source = StreamingTableExec::try_new(schema, partitions, None, [ordering.clone()], false, None)?;
    Ok(SortPreservingMergeExec::new(ordering, Arc::new(source)).execute(0, context)?)
}

/// A folder that is removed with all it holds.
pub(crate) struct TemporaryFolder(pub PathBuf);

impl TemporaryFolder {
    pub fn make(parent: &Path) -> Result<Self> {
        let path = parent.join(ulid::Ulid::generate().to_string());
        std::fs::create_dir_all(&path).map_err(|e| Error::io("create", &path, e))?;
        Ok(Self(path))
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.0) {
            tracing::warn!(path = %self.0.display(), %error, "could not remove temporary files");
        }
    }
}
