//! Going back: the files of an earlier version of a table become its newest version.

use async_recursion::async_recursion as boxed;
use std::collections::HashSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;

use tutti_model::problem::Problem;

use crate::commit::{Change, commit};
use crate::error::{Error, Result};
use crate::import::deleted;
use crate::lake::Lake;
use crate::snapshot::{DataFile, Loaded};
use crate::statistics;
use crate::writer::WrittenFile;

/// What going back did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The version that is now the newest, with the rows of the one that was asked for.
    pub version: i64,
    pub rows_before: u64,
    pub rows_after: u64,
}

impl Lake {
    /// Makes a table what it was at `version`, as a new version; no file is written. Columns that came since stay, and
    /// are NULL. Nothing happens when the table is at that version.
    ///
    /// # Errors
    /// [`Error::NoVersion`] when that version never was or its files are gone.
    #[boxed]
    pub async fn restore(&self, name: &str, version: i64) -> Result<Restored> {
        let _one = self.writer(name).await?;
        let base = self.current(name).await?;
        let wanted = self.loaded_at(name, version).await?;
        let done = |version| Restored { version, rows_before: base.rows(), rows_after: wanted.rows() };
        if base.version == version {
            return Ok(done(version));
        }
        check_columns(&wanted, &base)?;
        let paths = |loaded: &Loaded| loaded.files.iter().map(|file| file.path.clone()).collect::<HashSet<PathBuf>>();
        let (before, after) = (paths(&base), paths(&wanted));
        let removed: Vec<DataFile> = base.files.iter().filter(|file| !after.contains(&file.path)).cloned().collect();
        let added = wanted.files.iter().filter(|file| !before.contains(&file.path));
        let added = added.map(|file| written(file, &base)).collect::<Result<Vec<_>>>()?;
        // These files were there before, so that they stay whatever becomes of the commit.
        let change = Change {
            added: &added,
            removed: &removed,
            replaces_all: removed.len() == base.files.len(),
            transactions: Vec::from_iter(deleted::as_they_were(&base, &wanted).await?),
            data_change: true,
            receipt: Some(("tutti.restored".to_owned(), version.into())),
        };
        let committed = commit(&base, &change).await?;
        let newest = committed.version;
        self.publish(committed)?;
        Ok(done(newest))
    }
}

/// A table without rows may have become anything; rows of other columns cannot come back then.
fn check_columns(wanted: &Loaded, base: &Loaded) -> Result<()> {
    let same = |column: &&tutti_model::table::Column| {
        base.columns.iter().any(|other| other.name == column.name && other.column_type == column.column_type)
    };
    let changed = wanted.columns.iter().find(|column| !same(column)).map(|column| column.name.clone());
    let changed = changed.or_else(|| (wanted.key != base.key).then(|| wanted.key.join(", ")));
    match changed {
        Some(column) if wanted.rows() > 0 => {
            let message = format!("in version {}, `{column}` is not what it is now", wanted.version);
            let problems = vec![Problem::error("column_changed", "/columns", message)];
            Err(Error::Evolution { table: wanted.name.clone(), problems })
        }
        _ => Ok(()),
    }
}

fn written(file: &DataFile, base: &Arc<Loaded>) -> Result<WrittenFile> {
    let opened = File::open(&file.path).map_err(|e| Error::io("open", &file.path, e))?;
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(opened).map_err(|e| Error::parquet("read", &file.path, e))?;
    Ok(WrittenFile {
        path: file.path.clone(),
        size: file.size,
        rows: file.rows,
        modified_ms: file.modified_ms,
        statistics: statistics::of_file(builder.metadata(), &base.schema),
    })
}
