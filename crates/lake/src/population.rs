//! Populations: the rows on the transitions of a run. Written whole, then renamed into sight.

use async_recursion::async_recursion as boxed;
use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::array::{AsArray, Int32Array, RecordBatch};
use datafusion::arrow::compute::filter_record_batch;
use datafusion::arrow::compute::kernels::cmp::eq;
use datafusion::arrow::datatypes::{Int32Type, SchemaRef};
use datafusion::catalog::TableProvider;
use datafusion::common::Statistics;
use datafusion::common::stats::Precision;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use datafusion::physical_plan::SendableRecordBatchStream;
use futures::StreamExt;
use tutti_model::table::Column;
use tutti_query::{column_type, schema_of};

use crate::error::{Error, Result};
use crate::lake::Lake;
use crate::provider::{Files, partitioned_file, with_views};
use crate::statistics;
use crate::stream::fit;
use crate::writer::{Naming, ParquetWriter};

/// The column that says to which port a row goes, when several are written in one pass: an Int32, the index of the port.
/// It is not stored. A row with NULL or another number goes nowhere.
pub const PORT_COLUMN: &str = "__port";

/// Where a population is.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PopulationPath {
    pub run: String,
    pub activity: String,
    pub port: String,
}

impl fmt::Display for PopulationPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}.{}` of the run `{}`", self.activity, self.port, self.run)
    }
}

/// What a population holds.
#[derive(Clone, Debug, PartialEq)]
pub struct PopulationInfo {
    pub rows: u64,
    /// Names and types.
    pub columns: Vec<Column>,
}

impl Lake {
    /// Writes a population from a stream, in the stream's order. What was there before is replaced, at once.
    ///
    /// # Errors
    /// When the stream fails, a column has a type that tables do not have, or the disk is full; then nothing is seen.
    #[boxed]
    pub async fn write_population(
        &self,
        path: &PopulationPath,
        stream: SendableRecordBatchStream,
    ) -> Result<PopulationInfo> {
        let ports = [path.port.as_str()];
        let mut infos = self.write_populations(&path.run, &path.activity, &ports, stream).await?;
        infos.pop().ok_or_else(|| Error::NoPopulation(path.to_string()))
    }

    /// Writes the populations of several ports in one pass: rows go to the port whose index stands in [`PORT_COLUMN`];
    /// without that column all go to the only port. A port without rows becomes an empty population.
    ///
    /// # Errors
    /// As [`Self::write_population`].
    #[boxed]
    pub async fn write_populations(
        &self,
        run: &str,
        activity: &str,
        ports: &[&str],
        mut stream: SendableRecordBatchStream,
    ) -> Result<Vec<PopulationInfo>> {
        let incoming = stream.schema();
        let port_index = incoming.index_of(PORT_COLUMN).ok();
        if port_index.is_none() && ports.len() != 1 {
            return Err(Error::Option(format!("rows without `{PORT_COLUMN}` for {} ports", ports.len())));
        }
        let columns = columns_of(&incoming)?;
        let schema = schema_of(&columns);
        let folder = self.activity_folder(run, activity);
        std::fs::create_dir_all(&folder).map_err(|e| Error::io("create", &folder, e))?;
        let mut writers = Vec::with_capacity(ports.len());
        let mut places: Vec<(PathBuf, PathBuf)> = Vec::with_capacity(ports.len());
        for port in ports {
            let temporary = folder.join(format!(".{port}-{}.tmp", ulid::Ulid::generate()));
            writers.push(ParquetWriter::new(Naming::Single(temporary.clone()), schema.clone()));
            places.push((temporary, folder.join(format!("{port}.parquet"))));
        }
        while let Some(batch) = stream.next().await {
            let batch = batch?;
            match port_index {
                None => writers[0].write(fit(&batch, &schema)?).await?,
                Some(index) => {
                    let chosen = batch.column(index).as_primitive::<Int32Type>().clone();
                    let fitted = fit(&batch, &schema)?;
                    for (port, writer) in writers.iter_mut().enumerate() {
                        let mine = rows_of(&fitted, &chosen, port)?;
                        if mine.num_rows() > 0 {
                            writer.write(mine).await?;
                        }
                    }
                }
            }
        }
        let mut infos = Vec::with_capacity(ports.len());
        let mut unfinished = Unfinished(places.iter().map(|(temporary, _)| temporary.clone()).collect());
        for writer in writers {
            let rows = writer.finish().await?.iter().map(|file| file.rows).sum();
            infos.push(PopulationInfo { rows, columns: columns.clone() });
        }
        for (temporary, place) in &places {
            std::fs::rename(temporary, place).map_err(|e| Error::io("write", place, e))?;
        }
        unfinished.0.clear();
        File::open(&folder).and_then(|folder| folder.sync_all()).map_err(|e| Error::io("write", &folder, e))?;
        Ok(infos)
    }

    /// A population as a table, and its columns; None where none was written.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn population(&self, path: &PopulationPath) -> Result<Option<(Arc<dyn TableProvider>, PopulationInfo)>> {
        self.open_population(&self.population_file(path))
    }

    /// A file of rows as a table, and its columns; None where there is none.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn open_population(&self, place: &Path) -> Result<Option<(Arc<dyn TableProvider>, PopulationInfo)>> {
        let file = match File::open(place) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("open", place, error)),
        };
        let info = file.metadata().map_err(|e| Error::io("read", place, e))?;
        let builder = reader(file, place)?;
        let columns = columns_of(builder.schema())?;
        let schema = with_views(&schema_of(&columns));
        let mut known: Statistics = statistics::of_file(builder.metadata(), builder.schema());
        known.total_byte_size = Precision::Absent;
        let rows = known.num_rows.get_value().copied().unwrap_or(0) as u64;
        let known = as_views(known);
        let modified = info.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
        let modified_ms = modified.and_then(|age| i64::try_from(age.as_millis()).ok()).unwrap_or(0);
        let file = partitioned_file(place, info.len(), modified_ms)?.with_statistics(Arc::new(known));
        let provider: Arc<dyn TableProvider> = Arc::new(Files::new(&schema, vec![file]));
        Ok(Some((provider, PopulationInfo { rows, columns })))
    }

    /// Rows `offset..offset + limit` of a population, in the order they were written; row groups before them are not
    /// read.
    ///
    /// # Errors
    /// [`Error::NoPopulation`], or when the file cannot be read.
    #[boxed]
    pub async fn population_rows(
        &self,
        path: &PopulationPath,
        offset: usize,
        limit: usize,
    ) -> Result<Vec<RecordBatch>> {
        let place = self.population_file(path);
        let missing = path.to_string();
        tokio::task::spawn_blocking(move || {
            let file = match File::open(&place) {
                Ok(file) => file,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Err(Error::NoPopulation(missing)),
                Err(error) => return Err(Error::io("open", &place, error)),
            };
            let rows = reader(file, &place)?.with_offset(offset).with_limit(limit).build();
            let rows = rows.map_err(|e| Error::parquet("read", &place, e))?;
            Ok(rows.collect::<Result<Vec<_>, _>>()?)
        })
        .await?
    }

    /// All rows of a population, in the order they were written.
    ///
    /// # Errors
    /// [`Error::NoPopulation`], or when the file cannot be read.
    pub fn population_stream(&self, path: &PopulationPath) -> Result<SendableRecordBatchStream> {
        let place = self.population_file(path);
        let file = match File::open(&place) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(Error::NoPopulation(path.to_string()));
            }
            Err(error) => return Err(Error::io("open", &place, error)),
        };
        let schema = reader(file, &place)?.schema().clone();
        Ok(crate::stream::read_parquet(&place, schema))
    }

    /// Removes all that an activity of a run has left, its receipt as well.
    ///
    /// # Errors
    /// When it cannot be removed.
    pub fn clear_activity(&self, run: &str, activity: &str) -> Result<()> {
        let folder = self.activity_folder(run, activity);
        match std::fs::remove_dir_all(&folder) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &folder, error)),
            _ => Ok(()),
        }
    }

    /// Removes all that a run has left, but for what some of its activities have.
    ///
    /// # Errors
    /// When it cannot be removed.
    #[boxed]
    pub async fn clear_run(&self, run: &str, but: &[String]) -> Result<()> {
        if but.is_empty() {
            return self.delete_populations(run).await;
        }
        let folder = self.root().join("runs").join(run);
        let mut entries = match tokio::fs::read_dir(&folder).await {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            other => other.map_err(|error| Error::io("read", &folder, error))?,
        };
        while let Some(entry) = entries.next_entry().await.map_err(|error| Error::io("read", &folder, error))? {
            let kept = but.iter().any(|activity| entry.file_name() == activity.as_str());
            if !kept {
                let path = entry.path();
                tokio::fs::remove_dir_all(&path).await.map_err(|error| Error::io("remove", &path, error))?;
            }
        }
        Ok(())
    }

    /// Removes what another worker, who has lost its claim, was about to write for an activity of a run. Should it go on
    /// nevertheless, its file is not renamed into sight.
    ///
    /// # Errors
    /// When the folder cannot be read or a file cannot be removed.
    pub fn remove_unfinished(&self, run: &str, activity: &str) -> Result<()> {
        let folder = self.activity_folder(run, activity);
        let entries = match std::fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(Error::io("read", &folder, error)),
        };
        for entry in entries {
            let path = entry.map_err(|e| Error::io("read", &folder, e))?.path();
            if path.extension().is_some_and(|extension| extension == "tmp") {
                match std::fs::remove_file(&path) {
                    Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                        return Err(Error::io("remove", &path, error));
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Removes all populations of a run.
    ///
    /// # Errors
    /// When they cannot be removed.
    #[boxed]
    pub async fn delete_populations(&self, run: &str) -> Result<()> {
        let folder = self.root().join("runs").join(run);
        match tokio::fs::remove_dir_all(&folder).await {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Error::io("remove", &folder, error)),
            _ => Ok(()),
        }
    }

    /// The file of a population, whether or not it exists.
    pub fn population_file(&self, path: &PopulationPath) -> PathBuf {
        self.activity_folder(&path.run, &path.activity).join(format!("{}.parquet", path.port))
    }

    pub(crate) fn activity_folder(&self, run: &str, activity: &str) -> PathBuf {
        self.root().join("runs").join(run).join(activity)
    }
}

fn reader(file: File, place: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|e| Error::parquet("read", place, e))
}

/// Rows whose port is `port`.
fn rows_of(batch: &RecordBatch, chosen: &Int32Array, port: usize) -> Result<RecordBatch> {
    let wanted = Int32Array::new_scalar(i32::try_from(port).unwrap_or(i32::MAX));
    let mine = eq(chosen, &wanted)?;
    Ok(match mine.true_count() {
        0 => batch.slice(0, 0),
        count if count == batch.num_rows() => batch.clone(),
        _ => filter_record_batch(batch, &mine)?,
    })
}

fn columns_of(schema: &SchemaRef) -> Result<Vec<Column>> {
    let fields = schema.fields().iter().filter(|field| field.name() != PORT_COLUMN);
    fields
        .map(|field| {
            let column_type = column_type(field.data_type()).ok_or_else(|| {
                Error::Option(format!(
                    "the column `{}` of a population has the type `{}`",
                    field.name(),
                    field.data_type()
                ))
            })?;
            Ok(Column::new(field.name(), column_type))
        })
        .collect()
}

fn as_views(mut statistics: Statistics) -> Statistics {
    use datafusion::scalar::ScalarValue;
    for column in &mut statistics.column_statistics {
        for bound in [&mut column.min_value, &mut column.max_value] {
            if let Precision::Exact(ScalarValue::Utf8(text)) = bound {
                *bound = Precision::Exact(ScalarValue::Utf8View(text.take()));
            }
        }
    }
    statistics
}

/// Temporary files that are removed unless they were renamed.
struct Unfinished(Vec<PathBuf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        for path in &self.0 {
            if path.exists() {
                crate::writer::remove_files(std::iter::once(path));
            }
        }
    }
}
