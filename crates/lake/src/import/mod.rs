//! Import: files become one commit, or nothing changes.
//!
//! Read and check every row; keep one row per key (the highest version, then the latest); merge with the stored files
//! whose key ranges are touched; commit the new files in place of those.

mod apply;
mod columns;
pub(crate) mod convert;
pub(crate) mod deleted;
pub(crate) mod lines;
mod receipt;
mod rejects;
pub(crate) mod rows;
mod stage;
mod text;

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{Array, ArrayRef, Int8Array, RecordBatch, UInt64Array};
use datafusion::arrow::compute::kernels::cmp::{gt_eq, lt_eq};
use datafusion::arrow::compute::{and, cast};
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::arrow::util::display::array_value_to_string;
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use tutti_model::table::Table;

use self::apply::{Decider, Groups, Tally};
use self::deleted::Deletions;
use self::rejects::Rejects;
pub use self::rejects::{Reject, read_rejects};
pub use self::rows::Renamed;
use self::rows::{Checks, Intake, MARK_STORED, place_of};
use self::stage::Stage;
use self::text::Input;
use crate::commit::{Change, Uncommitted};
use crate::error::{Error, Result};
use crate::lake::Lake;
use crate::snapshot::{DataFile, Loaded};
use crate::stream::{self, fit, produce, read_parquet};
use crate::upkeep::{self, SMALL_FILE_BYTES, SMALL_FILES_MAX};
use crate::writer::{Naming, ParquetWriter};

/// Data files are about so long.
pub(crate) const FILE_BYTES_TARGET: u64 = 96 << 20;

/// What an import does with rows whose keys are stored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Overwrites them, unless their version is higher.
    #[default]
    Upsert,
    /// Rejects the new row.
    Append,
    /// The import becomes the whole table.
    Replace,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    Csv,
    Jsonl,
    Parquet,
}

impl Format {
    /// By the file's extension; `.txt` and `.tsv` are CSV.
    pub fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "jsonl" | "ndjson" | "json" => Some(Self::Jsonl),
            "parquet" | "pq" => Some(Self::Parquet),
            _ => None,
        }
    }
}

/// What is imported.
pub struct Source {
    name: String,
    from: From,
    format: Option<Format>,
}

enum From {
    Path(PathBuf),
    Reader(Box<dyn Read + Send>),
    Rows(SendableRecordBatchStream),
}

impl Source {
    /// A file on disk; its format is told by its extension.
    pub fn file(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name =
            path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let format = Format::of(&path);
        Self { name, from: From::Path(path), format }
    }

    /// CSV or JSON Lines from anywhere, by a name for messages.
    pub fn reader(name: &str, reader: impl Read + Send + 'static, format: Format) -> Self {
        Self { name: name.to_owned(), from: From::Reader(Box::new(reader)), format: Some(format) }
    }

    /// Rows that are computed, under a name for messages. Columns are found by name; the line of a rejected row is its
    /// number in the stream, from 1.
    pub fn rows(name: &str, rows: SendableRecordBatchStream) -> Self {
        Self { name: name.to_owned(), from: From::Rows(rows), format: Some(Format::Parquet) }
    }

    /// Gives it another name for messages, where the path means nothing to its reader.
    #[must_use]
    pub fn named(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    #[must_use]
    pub fn with_format(mut self, format: Format) -> Self {
        self.format = Some(format);
        self
    }
}

/// How an import goes.
#[derive(Clone, Debug, Default)]
pub struct ImportOptions {
    pub mode: Mode,
    /// More rejected rows than this and nothing is taken.
    pub max_rejects: u64,
    /// Where rejects are written, as CSV, whatever becomes of the import.
    pub rejects: Option<PathBuf>,
    /// Names the import, so that it may be repeated: of two with the same name the second changes nothing, and answers
    /// what the first did.
    pub once: Option<String>,
    /// The version of the table that the rows were computed from; a table that has changed since refuses them with
    /// [`Error::Changed`].
    pub expected_version: Option<i64>,
    /// Columns of the files that are called otherwise than the table's, and those that are passed over.
    pub renamed: Renamed,
}

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub read: u64,
    pub rejected: u64,
    /// Rows of the new files so far; stored rows are among them.
    pub written: u64,
}

/// What an import did. `read` = inserted + updated + deleted + rejected + skipped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    pub table: String,
    pub read: u64,
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
    pub rejected: u64,
    /// The version of the table that holds the rows.
    pub version: i64,
    /// Rows that lost to another row of their key with a higher version or later place, and deletes of rows that
    /// were not there.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub skipped: u64,
}

impl ImportReport {
    /// An import that was done before, of which nothing more is known.
    fn of_nothing(table: &Loaded) -> Self {
        Self {
            table: table.name.clone(),
            read: 0,
            inserted: 0,
            updated: 0,
            deleted: 0,
            rejected: 0,
            version: table.version,
            skipped: 0,
        }
    }
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

impl Lake {
    /// Imports files in one commit. Dropping the future leaves the table as it was.
    ///
    /// Within the import the row with the highest version of a key wins; without versions, or between equal ones, the
    /// later row (files in their order). A stored row with a higher version stays. A delete obeys versions likewise, and is
    /// remembered: an older row of its key that comes in a later import stays out. One without a version always
    /// deletes, and stands for the version of the row that it deleted.
    ///
    /// # Errors
    /// [`Error::Rejected`] with too many rejects, [`Error::File`] when a file as a whole does not fit; in every case
    /// the table is unchanged.
    pub async fn import(
        &self,
        table: &Table,
        sources: Vec<Source>,
        options: &ImportOptions,
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<ImportReport> {
        if let Some(path) = &options.rejects {
            refuse_overwriting(path, &sources)?;
        }
        self.ensure_table(table).await?;
        let _one = self.writer(&table.name).await?;
        let base = self.current(&table.name).await?;
        if let Some(name) = &options.once
            && upkeep::last_transaction(&base, name).await?.is_some()
        {
            return Ok(receipt::find(&base, name).unwrap_or_else(|| ImportReport::of_nothing(&base)));
        }
        if let Some(expected) = options.expected_version.filter(|expected| *expected != base.version) {
            return Err(Error::Changed { table: table.name.clone(), expected, found: base.version });
        }
        let mut checks = Checks::new(table, &base.schema, options.mode != Mode::Append)?;
        checks.renamed.clone_from(&options.renamed);
        let rejects = Mutex::new(Rejects::new(options.rejects.as_deref())?);
        let intake = Arc::new(Intake { checks, rejects, read: AtomicU64::new(0) });
        let import = Import { lake: self, table, base, options, intake: intake.clone(), progress: &progress };
        let report = import.run(sources).await;
        if report.is_err() {
            // What was found until then helps; that it could not be written matters less than why the import failed.
            let _ = import.flush_rejects();
        }
        report
    }
}

/// The file of rejects is made anew: it must not be one of those that are read.
fn refuse_overwriting(rejects: &Path, sources: &[Source]) -> Result<()> {
    let Ok(target) = rejects.canonicalize() else { return Ok(()) };
    let same = |source: &&Source| matches!(&source.from, From::Path(path) if path.canonicalize().is_ok_and(|path| path == target));
    match sources.iter().find(same) {
        Some(source) => Err(Error::Rejects { path: rejects.to_owned(), file: source.name.clone() }),
        None => Ok(()),
    }
}

struct Import<'a> {
    lake: &'a Lake,
    table: &'a Table,
    base: Arc<Loaded>,
    options: &'a ImportOptions,
    intake: Arc<Intake>,
    progress: &'a (dyn Fn(Progress) + Send + Sync),
}

impl Import<'_> {
    async fn run(&self, sources: Vec<Source>) -> Result<ImportReport> {
        let names: Vec<String> = sources.iter().map(|source| source.name.clone()).collect();
        let schema = self.intake.checks.schema.clone();
        let mut stage = Stage::new(&self.lake.temporary_folder(), schema, &self.table.primary_key)?;
        for (index, source) in sources.into_iter().enumerate() {
            let mut stream = read(source, index, self.intake.clone())?;
            while let Some(batch) = stream.next().await {
                stage.add(batch?)?;
                self.report_progress(0);
            }
        }
        self.check_rejects()?;
        if stage.rows == 0 && self.options.mode != Mode::Replace && self.options.once.is_none() {
            self.flush_rejects()?;
            return Ok(self.report(Tally::default(), self.base.version));
        }
        let touched = match self.options.mode {
            Mode::Replace => Vec::new(),
            _ => self.touched(&stage)?,
        };
        let context = self.lake.session().context();
        let version = self.table.version.as_deref();
        let dropped = Arc::new(AtomicU64::new(0));
        let (mut incoming, distinct, _temporary) = stage.sorted(context, &self.table.primary_key, version).await?;
        let appends = self.options.mode == Mode::Append;
        let mut decider = Decider::new(&incoming.schema(), &self.table.primary_key, version, appends)?;
        if !distinct {
            incoming = apply::first_of_each(incoming, decider.key(), dropped.clone());
        }
        let mut deletions = match version {
            Some(version) => {
                let afresh = self.options.mode == Mode::Replace;
                Some(Deletions::open(&self.base, &self.table.primary_key, version, afresh).await?)
            }
            None => None,
        };
        let mut streams = self.stored(&touched, appends);
        streams.extend(deletions.as_ref().and_then(|deletions| deletions.known(&incoming.schema())));
        streams.push(incoming);
        let merged = stream::merge(streams, &self.table.primary_key, context.task_ctx())?;
        let files = self.write(merged, &mut decider, deletions.as_mut(), &names).await?;
        self.check_rejects()?;
        decider.tally.skipped += dropped.load(Ordering::Relaxed);
        let removed = match self.options.mode {
            Mode::Upsert => touched,
            Mode::Append => Vec::new(),
            Mode::Replace => self.base.files.clone(),
        };
        let replaces_all = removed.len() == self.base.files.len();
        // Before the commit: an import that says it failed must not have changed anything.
        self.flush_rejects()?;
        let report = self.report(decider.tally, self.base.version + 1);
        let mut transactions: Vec<_> = self.options.once.iter().map(|name| (name.clone(), 1)).collect();
        if let Some(deletions) = &mut deletions {
            let changed = decider.deletions_changed || self.options.mode == Mode::Replace;
            transactions.extend(deletions.finish(changed).await?);
        }
        let receipt = self.options.once.as_ref().map(|name| receipt::of(name, &report));
        let change = Change { added: &[], removed: &removed, replaces_all, transactions, data_change: true, receipt };
        let committed = files.commit(&self.base, change).await?;
        let report = ImportReport { version: committed.version, ..report };
        self.lake.publish(committed)?;
        Ok(report)
    }

    /// Decides each row and writes those that stay.
    async fn write(
        &self,
        merged: SendableRecordBatchStream,
        decider: &mut Decider,
        mut deletions: Option<&mut Deletions>,
        names: &[String],
    ) -> Result<Uncommitted> {
        let naming = Naming::rolling(&self.base, FILE_BYTES_TARGET);
        let mut writer = ParquetWriter::new(naming, self.base.schema.clone());
        let mut groups = Groups::new(merged, decider.key());
        let mut written = 0;
        while let Some(batch) = groups.next().await? {
            let decision = decider.decide(&batch)?;
            for row in decision.refused {
                self.refuse(&batch, row, names);
            }
            if let Some(deletions) = &mut deletions {
                deletions.remember(&batch, decision.deleted).await?;
            }
            if decision.kept.num_rows() > 0 {
                written += decision.kept.num_rows() as u64;
                writer.write(fit(&decision.kept, &self.base.schema)?).await?;
            }
            self.report_progress(written);
        }
        Ok(Uncommitted(writer.finish().await?))
    }

    fn refuse(&self, batch: &RecordBatch, row: usize, names: &[String]) {
        let (file, line) = apply::orders(batch).map_or((0, 0), |orders| place_of(orders.value(row)));
        let shown = |column: &ArrayRef| array_value_to_string(column, row).unwrap_or_default();
        let key = self.table.primary_key.iter().filter_map(|name| batch.column_by_name(name)).map(shown);
        let columns = batch.columns().len().saturating_sub(2);
        self.intake.reject(Reject {
            file: names.get(file).cloned().unwrap_or_default(),
            line,
            column: Some(self.table.primary_key.join(",")),
            reason: "is stored already, and an append may not change it".to_owned(),
            value: key.collect::<Vec<_>>().join(","),
            row: batch.columns()[..columns].iter().map(shown).collect::<Vec<_>>().join(","),
        });
    }

    /// The stored files that may hold a key of the import; small ones too when there are too many of them.
    fn touched(&self, stage: &Stage) -> Result<Vec<DataFile>> {
        let Some(key) = self.table.primary_key.first() else { return Ok(self.base.files.clone()) };
        let index = self.base.schema.index_of(key)?;
        let small = self.base.files.iter().filter(|file| file.size < SMALL_FILE_BYTES).count();
        let gather = self.options.mode == Mode::Upsert && small > SMALL_FILES_MAX;
        let mut touched = Vec::new();
        for file in &self.base.files {
            if (gather && file.size < SMALL_FILE_BYTES) || may_hold(file, index, stage)? {
                touched.push(file.clone());
            }
        }
        Ok(touched)
    }

    /// Streams over stored files, each sorted by key: files that follow one another are read as one stream. For
    /// `keys_only` the other columns are NULL.
    fn stored(&self, files: &[DataFile], keys_only: bool) -> Vec<SendableRecordBatchStream> {
        let staged = self.intake.checks.schema.clone();
        let wanted: SchemaRef = if keys_only {
            let fields = self.base.schema.fields().iter().filter(|f| self.table.primary_key.contains(f.name()));
            Arc::new(Schema::new(fields.cloned().collect::<Vec<_>>()))
        } else {
            self.base.schema.clone()
        };
        let streams = chains(files, &self.base, &self.table.primary_key).into_iter().map(|chain| {
            let (wanted, staged) = (wanted.clone(), staged.clone());
            let schema = staged.clone();
            let stream = futures::stream::iter(chain)
                .flat_map(move |file| read_parquet(&file.path, wanted.clone()))
                .map(move |batch| Ok(as_stored(&batch?, &staged)?));
            Box::pin(RecordBatchStreamAdapter::new(schema, stream)) as SendableRecordBatchStream
        });
        streams.collect()
    }

    fn flush_rejects(&self) -> Result<()> {
        self.intake.rejects.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }

    fn check_rejects(&self) -> Result<()> {
        let rejects = self.intake.rejects.lock().unwrap_or_else(PoisonError::into_inner);
        if rejects.count <= self.options.max_rejects {
            return Ok(());
        }
        Err(Error::Rejected {
            table: self.table.name.clone(),
            read: self.intake.rows_read(),
            rejected: rejects.count,
            allowed: self.options.max_rejects,
            first: rejects.first.clone(),
        })
    }

    fn report(&self, tally: Tally, version: i64) -> ImportReport {
        ImportReport {
            table: self.table.name.clone(),
            read: self.intake.rows_read(),
            inserted: tally.inserted,
            updated: tally.updated,
            deleted: tally.deleted,
            rejected: self.intake.rejected(),
            version,
            skipped: tally.skipped,
        }
    }

    fn report_progress(&self, written: u64) {
        let (read, rejected) = (self.intake.rows_read(), self.intake.rejected());
        (self.progress)(Progress { read, rejected, written });
    }
}

/// Starts reading one source on another thread; rows that are computed come as they are asked for.
fn read(source: Source, index: usize, intake: Arc<Intake>) -> Result<SendableRecordBatchStream> {
    let Source { name, from, format } = source;
    let from = match from {
        From::Rows(rows) => return columns::rows(rows, name, index, intake),
        other => other,
    };
    let Some(format) = format else {
        let reason = "its format is not known from its name; give it with --format csv, parquet or jsonl".to_owned();
        return Err(intake.checks.file_error(&name, reason));
    };
    Ok(produce(intake.checks.schema.clone(), move |give| {
        let shown = match &from {
            From::Path(path) => path.clone(),
            From::Reader(_) | From::Rows(_) => PathBuf::from(&name),
        };
        let input = Input { name: &name, index, path: &shown };
        let open = |path: &Path| File::open(path).map_err(|e| Error::io("open", path, e));
        let buffered = |from: From| -> Result<Box<dyn BufRead>> {
            Ok(match from {
                From::Path(path) => Box::new(BufReader::with_capacity(1 << 20, open(&path)?)),
                From::Reader(reader) => Box::new(BufReader::with_capacity(1 << 20, reader)),
                From::Rows(_) => Box::new(std::io::empty()),
            })
        };
        let text = |from: From| -> Result<Box<dyn BufRead>> {
            let mut source = buffered(from)?;
            let start = source.fill_buf().map_err(|e| Error::io("read", &shown, e))?;
            match lines::not_text(start) {
                Some(reason) => Err(intake.checks.file_error(&name, reason.to_owned())),
                None => Ok(source),
            }
        };
        match (format, from) {
            (Format::Csv, from) => text::csv(text(from)?, &input, &intake, give),
            (Format::Jsonl, from) => text::json_lines(text(from)?, &input, &intake, give),
            (Format::Parquet, From::Path(path)) => columns::parquet(open(&path)?, &input, &intake, give),
            (Format::Parquet, From::Reader(_) | From::Rows(_)) => {
                Err(intake.checks.file_error(&name, "Parquet can only be read from a file".to_owned()))
            }
        }
    }))
}

fn as_stored(batch: &RecordBatch, staged: &SchemaRef) -> Result<RecordBatch> {
    let rows = batch.num_rows();
    let columns = staged.fields().len() - 2;
    let plain = Arc::new(Schema::new(staged.fields()[..columns].to_vec()));
    let mut all = fit(batch, &plain)?.columns().to_vec();
    all.push(Arc::new(UInt64Array::from(vec![0; rows])));
    all.push(Arc::new(Int8Array::from(vec![MARK_STORED; rows])));
    Ok(RecordBatch::try_new(staged.clone(), all)?)
}

/// Whether a file's range of the first key column holds a key of the import.
fn may_hold(file: &DataFile, column: usize, stage: &Stage) -> Result<bool> {
    let statistics = file.statistics.column_statistics.get(column);
    let bounds = statistics.and_then(|s| Some((s.min_value.get_value()?, s.max_value.get_value()?)));
    let (Some((min, max)), Some(keys)) = (bounds, &stage.first_keys) else { return Ok(true) };
    for keys in keys {
        let bound = |value: &datafusion::scalar::ScalarValue| -> Result<_> {
            Ok(datafusion::arrow::array::Scalar::new(cast(&value.to_array()?, keys.data_type())?))
        };
        let inside = and(&gt_eq(keys, &bound(min)?)?, &lt_eq(keys, &bound(max)?)?)?;
        if inside.true_count() > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Groups files so that in each group every file's keys come after those of the file before.
pub(crate) fn chains(files: &[DataFile], base: &Loaded, key: &[String]) -> Vec<Vec<DataFile>> {
    let index = key.first().and_then(|name| base.schema.index_of(name).ok());
    let bounds = |file: &DataFile| {
        let column = file.statistics.column_statistics.get(index?)?;
        Some((column.min_value.get_value()?.clone(), column.max_value.get_value()?.clone()))
    };
    let mut chains: Vec<(Option<datafusion::scalar::ScalarValue>, Vec<DataFile>)> = Vec::new();
    let mut files: Vec<_> = files.iter().map(|file| (bounds(file), file)).collect();
    files.sort_by(|(a, _), (b, _)| match (a, b) {
        (Some((a, _)), Some((b, _))) => a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal),
        (a, b) => a.is_some().cmp(&b.is_some()),
    });
    for (bounds, file) in files {
        let Some((min, max)) = bounds else {
            chains.push((None, vec![file.clone()]));
            continue;
        };
        match chains.iter_mut().find(|(end, _)| end.as_ref().is_some_and(|end| *end < min)) {
            Some((end, chain)) => {
                *end = Some(max);
                chain.push(file.clone());
            }
            None => chains.push((Some(max), vec![file.clone()])),
        }
    }
    chains.into_iter().map(|(_, chain)| chain).collect()
}
