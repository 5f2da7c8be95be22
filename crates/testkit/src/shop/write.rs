//! Parquet files of a shop, made on all cores: each thread makes and compresses whole row groups, which are then put
//! into the files in order. Memory holds one row group per thread and table.

use std::fs::File;
use std::io::{self, BufWriter};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use arrow::array::RecordBatch;
use arrow::datatypes::SchemaRef;
use arrow::error::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::{ArrowColumnChunk, ArrowColumnWriter, ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use super::{Shop, catalog, customers, orders, visits};

/// The shop could not be written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{action} `{}` failed", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("making rows of the sample shop failed")]
    Rows(#[from] ArrowError),
    #[error("writing Parquet of the sample shop failed")]
    Parquet(#[from] ParquetError),
    #[error("a thread that made rows of the sample shop died")]
    Thread,
}

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShopSummary {
    pub tables: Vec<TableSummary>,
}

/// One table: its rows are in `<dir>/<name>.parquet`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSummary {
    pub name: &'static str,
    pub rows: u64,
    /// Size of the file.
    pub bytes: u64,
}

/// How far the writing has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The table that is being written (the first of those made together).
    pub table: &'static str,
    /// Rows of all tables that go by themselves (lines go with orders, addresses with customers): written, and in all.
    pub done: u64,
    pub total: u64,
}

type Make = fn(&Shop, &[SchemaRef], Range<u64>) -> Result<Vec<RecordBatch>, ArrowError>;

/// Tables that are made together, row by row of the first.
struct Part {
    tables: &'static [&'static str],
    schemas: Vec<SchemaRef>,
    rows: u64,
    rows_per_group: u64,
    make: Make,
}

impl Shop {
    /// Writes every table as `<dir>/<table>.parquet` and says now and then how far it is. A file appears under its name
    /// only when it is whole; one that is already there is replaced.
    pub fn write_parquet(&self, dir: &Path, mut progress: impl FnMut(Progress)) -> Result<ShopSummary, Error> {
        std::fs::create_dir_all(dir).map_err(file_error("making the folder", dir))?;
        let parts = self.parts();
        let total = parts.iter().map(|part| part.rows).sum();
        let (mut tables, mut before) = (Vec::new(), 0);
        for part in &parts {
            let report = |done| progress(Progress { table: part.tables[0], done: before + done, total });
            tables.extend(self.write_part(part, dir, report)?);
            before += part.rows;
        }
        Ok(ShopSummary { tables })
    }

    fn parts(&self) -> Vec<Part> {
        let part = |tables, schemas, rows, rows_per_group, make| Part { tables, schemas, rows, rows_per_group, make };
        vec![
            part(
                &["customers", "addresses", "subscriptions"],
                customers::schemas(),
                self.customers,
                1 << 17,
                customers::make as Make,
            ),
            part(&["products"], catalog::schemas(), self.products(), 1 << 17, catalog::make as Make),
            part(&["orders", "order_lines"], orders::schemas(), self.orders(), 1 << 18, orders::make as Make),
            part(&["visits"], visits::schemas(), self.visits(), 1 << 18, visits::make as Make),
        ]
    }

    fn write_part(&self, part: &Part, dir: &Path, mut report: impl FnMut(u64)) -> Result<Vec<TableSummary>, Error> {
        let open = |(name, schema): (&&'static str, &SchemaRef)| TableFile::open(dir, name, schema);
        let mut files: Vec<TableFile> = part.tables.iter().zip(&part.schemas).map(open).collect::<Result<_, _>>()?;
        let groups = part.rows.div_ceil(part.rows_per_group);
        let at_once = thread::available_parallelism().map_or(1, usize::from);
        let numbers: Vec<u64> = (0..groups).collect();
        for round in numbers.chunks(at_once) {
            let encoded: Vec<Result<Vec<Group>, Error>> = thread::scope(|scope| {
                let files = &files;
                let encode = |nr: &u64| {
                    let nr = *nr;
                    scope.spawn(move || self.encode_group(part, files, nr))
                };
                let running: Vec<_> = round.iter().map(encode).collect();
                running.into_iter().map(|thread| thread.join().unwrap_or(Err(Error::Thread))).collect()
            });
            for (nr, groups) in round.iter().zip(encoded) {
                for (file, group) in files.iter_mut().zip(groups?) {
                    file.append(group)?;
                }
                report(((nr + 1) * part.rows_per_group).min(part.rows));
            }
        }
        files.into_iter().map(TableFile::finish).collect()
    }

    fn encode_group(&self, part: &Part, files: &[TableFile], nr: u64) -> Result<Vec<Group>, Error> {
        let start = nr * part.rows_per_group;
        let range = start..(start + part.rows_per_group).min(part.rows);
        let batches = (part.make)(self, &part.schemas, range)?;
        files.iter().zip(batches).map(|(file, batch)| file.encode(&batch, nr)).collect()
    }
}

/// A compressed row group.
struct Group {
    rows: u64,
    columns: Vec<ArrowColumnChunk>,
}

/// A Parquet file that grows by whole row groups.
struct TableFile {
    name: &'static str,
    path: PathBuf,
    partial: PathBuf,
    schema: SchemaRef,
    writer: SerializedFileWriter<BufWriter<File>>,
    factory: ArrowRowGroupWriterFactory,
    rows: u64,
}

impl TableFile {
    fn open(dir: &Path, name: &'static str, schema: &SchemaRef) -> Result<Self, Error> {
        let path = dir.join(format!("{name}.parquet"));
        let partial = dir.join(format!(".{name}.parquet.partial"));
        let file = File::create(&partial).map_err(file_error("creating", &partial))?;
        let writer = ArrowWriter::try_new(BufWriter::new(file), Arc::clone(schema), Some(properties(schema)))?;
        let (writer, factory) = writer.into_serialized_writer()?;
        Ok(Self { name, path, partial, schema: Arc::clone(schema), writer, factory, rows: 0 })
    }

    fn encode(&self, batch: &RecordBatch, nr: u64) -> Result<Group, Error> {
        let nr = usize::try_from(nr).unwrap_or(usize::MAX);
        let mut writers = self.factory.create_column_writers(nr)?;
        // Every column of the shop is flat: one leaf each.
        for ((field, array), writer) in self.schema.fields().iter().zip(batch.columns()).zip(&mut writers) {
            for leaf in compute_leaves(field, array)? {
                writer.write(&leaf)?;
            }
        }
        let columns = writers.into_iter().map(ArrowColumnWriter::close).collect::<Result<_, _>>()?;
        Ok(Group { rows: batch.num_rows() as u64, columns })
    }

    fn append(&mut self, group: Group) -> Result<(), Error> {
        if group.rows == 0 {
            return Ok(());
        }
        let mut writer = self.writer.next_row_group()?;
        for column in group.columns {
            column.append_to_row_group(&mut writer)?;
        }
        writer.close()?;
        self.rows += group.rows;
        Ok(())
    }

    fn finish(self) -> Result<TableSummary, Error> {
        self.writer.into_inner()?.into_inner().map_err(|error| Error::File {
            action: "writing",
            path: self.partial.clone(),
            source: error.into_error(),
        })?;
        std::fs::rename(&self.partial, &self.path).map_err(file_error("renaming", &self.partial))?;
        let bytes = std::fs::metadata(&self.path).map_err(file_error("looking at", &self.path))?.len();
        Ok(TableSummary { name: self.name, rows: self.rows, bytes })
    }
}

/// Light compression; no dictionaries for columns that hardly repeat.
fn properties(schema: &SchemaRef) -> WriterProperties {
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    let mut properties = WriterProperties::builder().set_compression(Compression::ZSTD(level));
    let unique = ["address_id", "order_id", "subscription_id", "visit_id", "customer_id", "email", "phone"];
    let times = ["ordered_at", "visited_at", "created_at", "updated_at"];
    for field in schema.fields() {
        if unique.contains(&field.name().as_str()) || times.contains(&field.name().as_str()) {
            properties = properties.set_column_dictionary_enabled(ColumnPath::from(field.name().as_str()), false);
        }
    }
    properties.build()
}

fn file_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::File { action, path, source }
}
