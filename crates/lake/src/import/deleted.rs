//! Keys that were deleted from a table that has versions, each with the version of its deletion. The highest version of
//! a key wins whatever the order of arrival: an older row that comes in a later import stays out.
//!
//! They are kept in a Parquet file beside the data, in a folder that readers of Delta tables pass over. An application
//! transaction in the commit names the file that holds, so that rows and deletions change together.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use datafusion::arrow::array::{Int8Array, RecordBatch, UInt64Array};
use datafusion::arrow::compute::take_record_batch;
use datafusion::arrow::datatypes::{Schema, SchemaRef};
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt;

use super::rows::MARK_DELETED;
use crate::error::{Error, Result};
use crate::snapshot::Loaded;
use crate::stream::{fit, read_parquet};
use crate::upkeep::last_transaction;
use crate::writer::{Naming, ParquetWriter, remove_files};

/// The application whose newest transaction is the number of the file that holds; 0 for none.
const APP: &str = "tutti.deleted";

/// Where the files are, within a table's folder.
const FOLDER: &str = "_deleted";

/// The deletions of a table while an import decides over them.
pub(crate) struct Deletions {
    folder: PathBuf,
    held: i64,
    next: i64,
    /// The key's columns and the version's.
    schema: SchemaRef,
    writer: Option<ParquetWriter>,
}

impl Deletions {
    /// Those of a table; an import that replaces the rows begins without (`afresh`).
    pub async fn open(base: &Loaded, key: &[String], version: &str, afresh: bool) -> Result<Self> {
        let fields = base.schema.fields().iter().filter(|field| key.contains(field.name()) || field.name() == version);
        let held = number(base).await?;
        Ok(Self {
            folder: base.folder.clone(),
            held: if afresh { 0 } else { held },
            next: base.version + 1,
            schema: Arc::new(Schema::new(fields.cloned().collect::<Vec<_>>())),
            writer: None,
        })
    }

    /// The deletions that are known, sorted by key, as rows of an import.
    pub fn known(&self, staged: &SchemaRef) -> Option<SendableRecordBatchStream> {
        let path = file(&self.folder, self.held)?;
        let staged = staged.clone();
        let schema = staged.clone();
        let rows = read_parquet(&path, self.schema.clone()).map(move |batch| Ok(as_deleted(&batch?, &staged)?));
        Some(Box::pin(RecordBatchStreamAdapter::new(schema, rows)))
    }

    /// Remembers rows of a batch; they come in the order of their keys.
    pub async fn remember(&mut self, batch: &RecordBatch, rows: Vec<u64>) -> Result<()> {
        if rows.is_empty() {
            return Ok(());
        }
        let rows = take_record_batch(&fit(batch, &self.schema)?, &UInt64Array::from(rows))?;
        if self.writer.is_none() {
            let folder = self.folder.join(FOLDER);
            std::fs::create_dir_all(&folder).map_err(|e| Error::io("create", &folder, e))?;
            // A file of this number can only be left over from an import that never came to be.
            let path = folder.join(file_name(self.next));
            self.writer = Some(ParquetWriter::new(Naming::Single(path), self.schema.clone()));
        }
        match &mut self.writer {
            Some(writer) => writer.write(rows).await,
            None => Ok(()),
        }
    }

    /// What the commit has to say so that the remembered ones hold; nothing where they are those that held before.
    pub async fn finish(&mut self, changed: bool) -> Result<Option<(String, i64)>> {
        let Some(writer) = self.writer.take().filter(|_| changed) else {
            return Ok(changed.then(|| (APP.to_owned(), 0)));
        };
        writer.finish().await?;
        Ok(Some((APP.to_owned(), self.next)))
    }
}

fn as_deleted(batch: &RecordBatch, staged: &SchemaRef) -> Result<RecordBatch> {
    let rows = batch.num_rows();
    let plain = Arc::new(Schema::new(staged.fields()[..staged.fields().len() - 2].to_vec()));
    let mut columns = fit(batch, &plain)?.columns().to_vec();
    columns.push(Arc::new(UInt64Array::from(vec![0; rows])));
    columns.push(Arc::new(Int8Array::from(vec![MARK_DELETED; rows])));
    Ok(RecordBatch::try_new(staged.clone(), columns)?)
}

/// The number of the file that holds in a version of a table.
async fn number(table: &Loaded) -> Result<i64> {
    Ok(last_transaction(table, APP).await?.unwrap_or(0))
}

fn file_name(number: i64) -> String {
    format!("{number:020}.parquet")
}

fn file(folder: &Path, number: i64) -> Option<PathBuf> {
    (number > 0).then(|| folder.join(FOLDER).join(file_name(number)))
}

/// What a commit that goes back from `base` to `wanted` has to say: the deletions go back with the rows. Where their
/// file is gone, none is known.
pub(crate) async fn as_they_were(base: &Loaded, wanted: &Loaded) -> Result<Option<(String, i64)>> {
    let (held, before) = (number(base).await?, number(wanted).await?);
    let there = file(&base.folder, before).is_some_and(|path| path.exists());
    let before = if there { before } else { 0 };
    Ok((held != before).then(|| (APP.to_owned(), before)))
}

/// Removes files that held last before a moment. Gives their number.
pub(crate) async fn vacuum(table: &Loaded, older_than: SystemTime) -> Result<usize> {
    let folder = table.folder.join(FOLDER);
    if !folder.is_dir() {
        return Ok(0);
    }
    let held = file(&table.folder, number(table).await?);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|e| Error::io("list", &folder, e))? {
        let entry = entry.map_err(|e| Error::io("list", &folder, e))?;
        let written = entry.metadata().and_then(|metadata| metadata.modified());
        files.push((written.map_err(|e| Error::io("read", &entry.path(), e))?, entry.path()));
    }
    files.sort();
    // One stops holding when the next is written.
    let ended = files.windows(2).filter(|pair| pair[1].0 < older_than && Some(&pair[0].1) != held.as_ref());
    let ended: Vec<&PathBuf> = ended.map(|pair| &pair[0].1).collect();
    remove_files(ended.iter().copied());
    Ok(ended.len())
}
