//! What keeps tables fast and small: appends for built-in tables, compaction of small files, vacuum.

use async_recursion::async_recursion as boxed;
use std::collections::HashSet;
use std::path::PathBuf;
use std::time::SystemTime;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::compute::{SortColumn, SortOptions, concat_batches, lexsort_to_indices, take_record_batch};
use futures::StreamExt;
use tutti_model::table::Table;

use crate::commit::{Change, Uncommitted};
use crate::error::{Error, Result};
use crate::import::{FILE_BYTES_TARGET, chains, deleted};
use crate::lake::Lake;
use crate::snapshot::Loaded;
use crate::stream::{self, fit, read_parquet};
use crate::writer::{Naming, ParquetWriter};

/// A file below this is small.
pub(crate) const SMALL_FILE_BYTES: u64 = 16 << 20;

/// More small files than this are merged.
pub(crate) const SMALL_FILES_MAX: usize = 16;

/// What a compaction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compaction {
    pub files_before: usize,
    pub files_after: usize,
    pub version: i64,
}

impl Lake {
    /// Adds rows without looking at their keys, as built-in tables want it. Columns are found by name; those that are
    /// absent are NULL. With a transaction (`app`, `version`), rows of a version that is not above the last one of that
    /// `app` are passed over, so that the call may be repeated. Gives the table's version.
    ///
    /// # Errors
    /// When rows do not fit the columns, or cannot be written.
    #[boxed]
    pub async fn append(
        &self,
        table: &Table,
        batches: &[RecordBatch],
        transaction: Option<(String, i64)>,
    ) -> Result<i64> {
        self.ensure_table(table).await?;
        let _one = self.writer(&table.name).await?;
        let base = self.current(&table.name).await?;
        if let Some((app, version)) = &transaction
            && last_transaction(&base, app).await? >= Some(*version)
        {
            return Ok(base.version);
        }
        let fitted = batches.iter().map(|batch| fit(batch, &base.schema)).collect::<Result<Vec<_>>>()?;
        let rows = concat_batches(&base.schema, &fitted)?;
        if rows.num_rows() == 0 && transaction.is_none() {
            return Ok(base.version);
        }
        let naming = Naming::rolling(&base, FILE_BYTES_TARGET);
        let mut files = ParquetWriter::new(naming, base.schema.clone());
        if rows.num_rows() > 0 {
            files.write(sort(&rows, &base.key)?).await?;
        }
        let files = Uncommitted(files.finish().await?);
        let transactions = Vec::from_iter(transaction);
        let change =
            Change { added: &[], removed: &[], replaces_all: false, transactions, data_change: true, receipt: None };
        let committed = files.commit(&base, change).await?;
        let version = committed.version;
        self.publish(committed)?;
        Ok(version)
    }

    /// The last version of `app` that was appended to a table, if any.
    ///
    /// # Errors
    /// When the log cannot be read.
    #[boxed]
    pub async fn transaction(&self, table: &str, app: &str) -> Result<Option<i64>> {
        last_transaction(&*self.current(table).await?, app).await
    }

    /// Merges small files into larger ones, sorted by key, when there are more than a few. Rows do not change.
    ///
    /// # Errors
    /// When files cannot be read or written.
    #[boxed]
    pub async fn compact(&self, name: &str) -> Result<Option<Compaction>> {
        let _one = self.writer(name).await?;
        let base = self.current(name).await?;
        let small: Vec<_> = base.files.iter().filter(|file| file.size < SMALL_FILE_BYTES).cloned().collect();
        if small.len() <= SMALL_FILES_MAX {
            return Ok(None);
        }
        let mut chained = chains(&small, &base, &base.key);
        // Every chain has a reader thread of its own: what is left over waits for the next time.
        chained.truncate(MERGED_AT_ONCE);
        let removed: Vec<_> = chained.iter().flatten().cloned().collect();
        let streams = chained.into_iter().map(|chain| {
            let schema = base.schema.clone();
            let rows = futures::stream::iter(chain).flat_map(move |file| read_parquet(&file.path, schema.clone()));
            let adapter = datafusion::physical_plan::stream::RecordBatchStreamAdapter::new(base.schema.clone(), rows);
            Box::pin(adapter) as datafusion::physical_plan::SendableRecordBatchStream
        });
        let mut merged = stream::merge(streams.collect(), &base.key, self.session().context().task_ctx())?;
        let naming = Naming::rolling(&base, FILE_BYTES_TARGET);
        let mut files = ParquetWriter::new(naming, base.schema.clone());
        while let Some(batch) = merged.next().await {
            files.write(batch?).await?;
        }
        let files = Uncommitted(files.finish().await?);
        let change = Change {
            added: &[],
            removed: &removed,
            replaces_all: false,
            transactions: Vec::new(),
            data_change: false,
            receipt: None,
        };
        let committed = files.commit(&base, change).await?;
        let done = Compaction {
            files_before: base.files.len(),
            files_after: committed.files.len(),
            version: committed.version,
        };
        self.publish(committed)?;
        Ok(Some(done))
    }

    /// Removes data files that were last written, and left the newest version, before `older_than`, unless a snapshot in
    /// use refers to them. Gives their number. Versions that needed them can no longer be opened.
    ///
    /// # Errors
    /// When the folder cannot be read or a file cannot be removed.
    #[boxed]
    pub async fn vacuum(&self, name: &str, older_than: SystemTime) -> Result<usize> {
        let _one = self.writer(name).await?;
        let current = self.current(name).await?;
        let pinned = self.pinned(name);
        let needed: HashSet<&PathBuf> = pinned
            .iter()
            .map(AsRef::as_ref)
            .chain([current.as_ref()])
            .flat_map(|l: &Loaded| &l.files)
            .map(|f| &f.path)
            .collect();
        let folder = &current.folder;
        let recent = left_since(&current, older_than).await?;
        let mut removed = deleted::vacuum(&current, older_than).await?;
        for entry in std::fs::read_dir(folder).map_err(|e| Error::io("list", folder, e))? {
            let entry = entry.map_err(|e| Error::io("list", folder, e))?;
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "parquet")
                || needed.contains(&path)
                || recent.contains(&path)
            {
                continue;
            }
            let written = entry.metadata().and_then(|metadata| metadata.modified());
            if written.map_err(|e| Error::io("read", &path, e))? < older_than {
                std::fs::remove_file(&path).map_err(|e| Error::io("remove", &path, e))?;
                removed += 1;
            }
        }
        Ok(removed)
    }
}

/// The files that were part of a table at `moment` or later, and are no more.
async fn left_since(table: &Loaded, moment: SystemTime) -> Result<HashSet<PathBuf>> {
    let failed = |e| Error::delta(&table.name, "read", e);
    let since = moment.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |age| age.as_millis());
    let state = table.delta.snapshot().map_err(failed)?;
    let log = table.delta.log_store();
    let mut left = HashSet::new();
    let mut tombstones = state.all_tombstones(log.as_ref());
    while let Some(file) = tombstones.next().await {
        let file = file.map_err(failed)?;
        let at = file.deletion_timestamp().and_then(|at| u128::try_from(at).ok());
        if at.is_none_or(|at| at >= since) {
            left.insert(table.folder.join(file.path().as_ref()));
        }
    }
    Ok(left)
}

/// Streams merged in one compaction.
const MERGED_AT_ONCE: usize = 64;

pub(crate) async fn last_transaction(base: &Loaded, app: &str) -> Result<Option<i64>> {
    let failed = |e| Error::delta(&base.name, "read", e);
    let state = base.delta.snapshot().map_err(failed)?;
    state.transaction_version(base.delta.log_store().as_ref(), app).await.map_err(failed)
}

fn sort(rows: &RecordBatch, key: &[String]) -> Result<RecordBatch> {
    let options = Some(SortOptions { descending: false, nulls_first: false });
    let columns = key.iter().filter_map(|name| rows.column_by_name(name));
    let columns: Vec<_> = columns.map(|values| SortColumn { values: values.clone(), options }).collect();
    if columns.is_empty() {
        return Ok(rows.clone());
    }
    Ok(take_record_batch(rows, &lexsort_to_indices(&columns, None)?)?)
}
