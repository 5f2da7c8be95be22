//! The accepted rows of an import before they meet the table: kept in memory while few, on disk when many; one row per
//! key, sorted by key, when they come out.

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::arrow::ipc::reader::FileReader;
use datafusion::arrow::ipc::writer::FileWriter;
use datafusion::arrow::row::{OwnedRow, RowConverter, SortField};
use datafusion::catalog::streaming::StreamingTable;
use datafusion::common::Column;
use datafusion::logical_expr::{Expr, lit};
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::physical_plan::streaming::PartitionStream;
use datafusion::prelude::SessionContext;

use super::rows::{MARK, MARK_DELETE_ALWAYS, ORDER};
use crate::error::{Error, Result};
use crate::stream::{Once, TemporaryFolder, produce};

/// Rows beyond so many bytes go to disk.
const MEMORY_BYTES_MAX: usize = 64 << 20;

/// Rows of a staging file; files are what a sort reads in parallel.
const FILE_ROWS: usize = 1 << 20;

/// How the first key column of more rows than this is remembered: not at all.
const KEYS_MAX: usize = 2_000_000;

pub(crate) struct Stage {
    folder: TemporaryFolder,
    schema: SchemaRef,
    key: Vec<usize>,
    converter: RowConverter,
    last: Option<OwnedRow>,
    /// Whether keys only ever grew: then there is nothing to sort and nothing twice.
    ascending: bool,
    pub rows: usize,
    memory: Vec<RecordBatch>,
    memory_bytes: usize,
    files: Vec<PathBuf>,
    writer: Option<(FileWriter<BufWriter<File>>, usize)>,
    /// The first key column of every batch, to find the files it touches; None when there were too many.
    pub first_keys: Option<Vec<ArrayRef>>,
}

impl Stage {
    pub fn new(temporary: &Path, schema: SchemaRef, key: &[String]) -> Result<Self> {
        let key = key.iter().map(|name| Ok(schema.index_of(name)?)).collect::<Result<Vec<_>>>()?;
        let fields = key.iter().map(|index| SortField::new(schema.field(*index).data_type().clone()));
        Ok(Self {
            folder: TemporaryFolder::make(temporary)?,
            converter: RowConverter::new(fields.collect())?,
            schema,
            key,
            last: None,
            ascending: true,
            rows: 0,
            memory: Vec::new(),
            memory_bytes: 0,
            files: Vec::new(),
            writer: None,
            first_keys: Some(Vec::new()),
        })
    }

    pub fn add(&mut self, batch: RecordBatch) -> Result<()> {
        self.rows += batch.num_rows();
        if self.ascending {
            self.ascending = self.ascends(&batch)?;
        }
        if self.rows > KEYS_MAX {
            self.first_keys = None;
        } else if let Some(keys) = &mut self.first_keys {
            keys.push(batch.column(self.key[0]).clone());
        }
        if self.memory_bytes < MEMORY_BYTES_MAX {
            self.memory_bytes += batch.get_array_memory_size();
            self.memory.push(batch);
            return Ok(());
        }
        for batch in std::mem::take(&mut self.memory) {
            self.write(&batch)?;
        }
        self.write(&batch)
    }

    fn ascends(&mut self, batch: &RecordBatch) -> Result<bool> {
        let keys: Vec<ArrayRef> = self.key.iter().map(|index| batch.column(*index).clone()).collect();
        let rows = self.converter.convert_columns(&keys)?;
        let follows = match (&self.last, rows.num_rows()) {
            (_, 0) => return Ok(true),
            (Some(last), _) => last.row() < rows.row(0),
            (None, _) => true,
        };
        let ascending = follows && (1..rows.num_rows()).all(|index| rows.row(index - 1) < rows.row(index));
        self.last = Some(rows.row(rows.num_rows() - 1).owned());
        Ok(ascending)
    }

    fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        if self.writer.is_none() {
            let path = self.folder.0.join(format!("{:06}.arrow", self.files.len()));
            let file = File::create(&path).map_err(|e| Error::io("create", &path, e))?;
            self.writer = Some((FileWriter::try_new(BufWriter::with_capacity(1 << 20, file), &self.schema)?, 0));
            self.files.push(path);
        }
        let Some((writer, rows)) = &mut self.writer else { return Ok(()) };
        let path = self.files.last().map_or(self.folder.0.as_path(), PathBuf::as_path);
        writer.write(batch).map_err(|e| io_of(path, e))?;
        *rows += batch.num_rows();
        if *rows >= FILE_ROWS {
            self.close()?;
        }
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        if let Some((mut writer, _)) = self.writer.take() {
            let path = self.files.last().map_or(self.folder.0.as_path(), PathBuf::as_path);
            writer.finish().map_err(|e| io_of(path, e))?;
        }
        Ok(())
    }

    /// All rows, sorted by key, the row that wins first among equals. The second value says that keys differ.
    pub async fn sorted(
        mut self,
        context: &SessionContext,
        key: &[String],
        version: Option<&str>,
    ) -> Result<(SendableRecordBatchStream, bool, TemporaryFolder)> {
        self.close()?;
        if self.ascending {
            let (memory, files) = (std::mem::take(&mut self.memory), std::mem::take(&mut self.files));
            let stream = read(self.schema.clone(), memory, files);
            return Ok((stream, true, self.folder));
        }
        let mut partitions: Vec<Arc<dyn PartitionStream>> = Vec::new();
        let lanes = context.state().config().target_partitions().max(1);
        if self.files.is_empty() {
            let lane_rows = self.memory.len().div_ceil(lanes).max(1);
            for batches in self.memory.chunks(lane_rows) {
                partitions.push(Once::partition(read(self.schema.clone(), batches.to_vec(), Vec::new())));
            }
        } else {
            for files in self.files.chunks(self.files.len().div_ceil(lanes)) {
                partitions.push(Once::partition(read(self.schema.clone(), Vec::new(), files.to_vec())));
            }
        }
        let column = |name: &str| Expr::Column(Column::from_name(name));
        let mut sorts: Vec<_> = key.iter().map(|name| column(name).sort(true, false)).collect();
        sorts.push(column(MARK).eq(lit(MARK_DELETE_ALWAYS)).sort(false, false));
        sorts.extend(version.map(|name| column(name).sort(false, false)));
        sorts.push(column(ORDER).sort(false, false));
        let table = StreamingTable::try_new(self.schema.clone(), partitions)?;
        let frame = context.read_table(Arc::new(table))?.sort(sorts)?;
        Ok((frame.execute_stream().await?, false, self.folder))
    }
}

fn io_of(path: &Path, error: datafusion::arrow::error::ArrowError) -> Error {
    match error {
        datafusion::arrow::error::ArrowError::IoError(_, io) => Error::io("write", path, io),
        other => other.into(),
    }
}

fn read(schema: SchemaRef, memory: Vec<RecordBatch>, files: Vec<PathBuf>) -> SendableRecordBatchStream {
    produce(schema, move |give| {
        for batch in memory {
            if !give(batch) {
                return Ok(());
            }
        }
        for path in files {
            let file = File::open(&path).map_err(|e| Error::io("open", &path, e))?;
            for batch in FileReader::try_new(BufReader::with_capacity(1 << 20, file), None)? {
                if !give(batch?) {
                    return Ok(());
                }
            }
        }
        Ok(())
    })
}
