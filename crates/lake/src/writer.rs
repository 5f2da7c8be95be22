//! Writes an ordered stream of rows as Parquet files. Row groups are encoded on other threads, two at a time, and
//! laid down in order, so that one stream keeps two cores busy. Files that are not finished are removed on drop.

use std::collections::VecDeque;
use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use datafusion::common::Statistics;
use datafusion::parquet::arrow::ArrowSchemaConverter;
use datafusion::parquet::arrow::add_encoded_arrow_schema_to_metadata;
use datafusion::parquet::arrow::arrow_writer::{
    ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves,
};
use datafusion::parquet::basic::{Compression, ZstdLevel};
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesPtr};
use datafusion::parquet::file::writer::SerializedFileWriter;
use tokio::task::JoinHandle;

use crate::error::{Error, Result};
use crate::snapshot::Loaded;
use crate::statistics;

/// Rows of a row group: enough to compress well, few enough to skip.
const ROW_GROUP_ROWS: usize = 256 * 1024;

/// Memory of the rows of one row group.
const ROW_GROUP_BYTES_MAX: usize = 96 << 20;

/// Row groups being encoded at once.
const ENCODERS: usize = 2;

/// A finished file.
pub(crate) struct WrittenFile {
    pub path: PathBuf,
    pub size: u64,
    pub rows: u64,
    /// Milliseconds since the epoch, by the file system.
    pub modified_ms: i64,
    pub statistics: Statistics,
}

/// How files are named.
pub(crate) enum Naming {
    /// Any number of files in a table's folder, each of about so many bytes, for the given version of the table.
    Rolling {
        folder: PathBuf,
        target_bytes: u64,
        version: i64,
    },
    Single(PathBuf),
}

impl Naming {
    /// For the version that follows `base`.
    pub fn rolling(base: &Loaded, target_bytes: u64) -> Self {
        Self::Rolling { folder: base.folder.clone(), target_bytes, version: base.version + 1 }
    }
}

/// The name of a data file tells the version that first has it: one of a version that never came to be is left over
/// from a process that was killed.
fn data_file_name(version: i64) -> String {
    format!("part-{version}-{}.parquet", ulid::Ulid::generate())
}

/// The version in the name of a data file.
pub(crate) fn version_of(name: &str) -> Option<i64> {
    name.strip_prefix("part-")?.strip_suffix(".parquet")?.split_once('-')?.0.parse().ok()
}

pub(crate) struct ParquetWriter {
    naming: Naming,
    schema: SchemaRef,
    properties: WriterPropertiesPtr,
    current: Option<OpenFile>,
    rows: Vec<RecordBatch>,
    rows_count: usize,
    rows_bytes: usize,
    encoding: VecDeque<JoinHandle<Result<Vec<ArrowColumnChunk>, ParquetError>>>,
    finished: Vec<WrittenFile>,
}

struct OpenFile {
    path: PathBuf,
    writer: SerializedFileWriter<BufWriter<File>>,
}

impl ParquetWriter {
    pub fn new(naming: Naming, schema: SchemaRef) -> Self {
        let mut properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(ZstdLevel::default()))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_statistics_truncate_length(None)
            .build();
        add_encoded_arrow_schema_to_metadata(&schema, &mut properties);
        Self {
            naming,
            schema,
            properties: Arc::new(properties),
            current: None,
            rows: Vec::new(),
            rows_count: 0,
            rows_bytes: 0,
            encoding: VecDeque::new(),
            finished: Vec::new(),
        }
    }

    /// Adds rows, in the schema given to [`Self::new`].
    pub async fn write(&mut self, mut batch: RecordBatch) -> Result<()> {
        while batch.num_rows() > 0 {
            let room = ROW_GROUP_ROWS - self.rows_count;
            let taken = batch.slice(0, room.min(batch.num_rows()));
            batch = batch.slice(taken.num_rows(), batch.num_rows() - taken.num_rows());
            self.rows_count += taken.num_rows();
            self.rows_bytes += slice_bytes(&taken);
            self.rows.push(taken);
            if self.rows_count >= ROW_GROUP_ROWS || self.rows_bytes >= ROW_GROUP_BYTES_MAX {
                self.flush().await?;
            }
        }
        Ok(())
    }

    /// Writes what is left, makes it durable and gives back the files. A single file exists even without rows.
    pub async fn finish(mut self) -> Result<Vec<WrittenFile>> {
        self.flush().await?;
        while !self.encoding.is_empty() {
            self.lay_down().await?;
        }
        if matches!(self.naming, Naming::Single(_)) && self.current.is_none() {
            self.open()?;
        }
        self.close().await?;
        Ok(std::mem::take(&mut self.finished))
    }

    async fn flush(&mut self) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        if self.encoding.len() >= ENCODERS {
            self.lay_down().await?;
        }
        let rows = std::mem::take(&mut self.rows);
        (self.rows_count, self.rows_bytes) = (0, 0);
        let (schema, properties) = (self.schema.clone(), self.properties.clone());
        self.encoding.push_back(tokio::task::spawn_blocking(move || encode(&rows, &schema, &properties)));
        Ok(())
    }

    /// Waits for the oldest row group and writes it to the file.
    async fn lay_down(&mut self) -> Result<()> {
        let Some(oldest) = self.encoding.front_mut() else { return Ok(()) };
        let chunks = oldest.await;
        self.encoding.pop_front();
        let chunks = chunks?.map_err(|e| Error::parquet("encoded", Path::new("rows"), e))?;
        if self.current.is_none() {
            self.open()?;
        }
        let Some(file) = self.current.as_mut() else { return Ok(()) };
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |e| Error::parquet("written", &path, e)
        };
        let mut group = file.writer.next_row_group().map_err(failed(&file.path))?;
        for chunk in chunks {
            chunk.append_to_row_group(&mut group).map_err(failed(&file.path))?;
        }
        group.close().map_err(failed(&file.path))?;
        if let Naming::Rolling { target_bytes, .. } = self.naming
            && file.writer.bytes_written() as u64 >= target_bytes
        {
            self.close().await?;
        }
        Ok(())
    }

    fn open(&mut self) -> Result<()> {
        let path = match &self.naming {
            Naming::Rolling { folder, version, .. } => folder.join(data_file_name(*version)),
            Naming::Single(path) => path.clone(),
        };
        let file = File::create(&path).map_err(|e| Error::io("create", &path, e))?;
        let parquet = root(&self.schema).map_err(|e| Error::parquet("started", &path, e))?;
        let writer =
            SerializedFileWriter::new(BufWriter::with_capacity(1 << 20, file), parquet, self.properties.clone());
        let writer = match writer {
            Ok(writer) => writer,
            Err(e) => {
                let _ = std::fs::remove_file(&path);
                return Err(Error::parquet("started", &path, e));
            }
        };
        self.current = Some(OpenFile { path, writer });
        Ok(())
    }

    async fn close(&mut self) -> Result<()> {
        let Some(mut file) = self.current.take() else { return Ok(()) };
        let path = file.path.clone();
        let closed = tokio::task::spawn_blocking(move || -> Result<_> {
            let metadata = file.writer.finish().map_err(|e| Error::parquet("written", &file.path, e))?;
            let inner = file.writer.inner().get_ref();
            inner.sync_all().map_err(|e| Error::io("write", &file.path, e))?;
            let info = inner.metadata().map_err(|e| Error::io("read", &file.path, e))?;
            Ok((metadata, info))
        })
        .await;
        // From here on the file is removed with the others, should anything fail.
        self.finished.push(WrittenFile { path, size: 0, rows: 0, modified_ms: 0, statistics: Statistics::default() });
        let (metadata, info) = closed??;
        if let Some(written) = self.finished.last_mut() {
            written.size = info.len();
            written.rows = u64::try_from(metadata.file_metadata().num_rows()).unwrap_or(0);
            written.modified_ms = info
                .modified()
                .ok()
                .and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok())
                .and_then(|age| i64::try_from(age.as_millis()).ok())
                .unwrap_or(0);
            written.statistics = statistics::of_file(&metadata, &self.schema);
        }
        Ok(())
    }
}

impl Drop for ParquetWriter {
    fn drop(&mut self) {
        let open = self.current.take().map(|file| file.path);
        remove_files(open.iter().chain(self.finished.iter().map(|file| &file.path)));
    }
}

/// Removes files that nobody refers to; one that cannot be removed is left for the vacuum.
pub(crate) fn remove_files<'a>(paths: impl Iterator<Item = &'a PathBuf>) {
    for path in paths {
        if let Err(error) = std::fs::remove_file(path) {
            tracing::warn!(path = %path.display(), %error, "could not remove an unfinished file");
        }
    }
}

fn root(schema: &SchemaRef) -> Result<datafusion::parquet::schema::types::TypePtr, ParquetError> {
    Ok(ArrowSchemaConverter::new().convert(schema)?.root_schema_ptr())
}

fn encode(
    rows: &[RecordBatch],
    schema: &SchemaRef,
    properties: &WriterPropertiesPtr,
) -> Result<Vec<ArrowColumnChunk>, ParquetError> {
    let scratch = SerializedFileWriter::new(std::io::sink(), root(schema)?, properties.clone())?;
    let mut writers = ArrowRowGroupWriterFactory::new(&scratch, schema.clone()).create_column_writers(0)?;
    for batch in rows {
        let mut writers = writers.iter_mut();
        for (field, column) in schema.fields().iter().zip(batch.columns()) {
            for leaf in compute_leaves(field, column)? {
                if let Some(writer) = writers.next() {
                    writer.write(&leaf)?;
                }
            }
        }
    }
    writers.into_iter().map(ArrowColumnWriter::close).collect()
}

fn slice_bytes(batch: &RecordBatch) -> usize {
    batch.columns().iter().map(|column| column.to_data().get_slice_memory_size().unwrap_or(0)).sum()
}
