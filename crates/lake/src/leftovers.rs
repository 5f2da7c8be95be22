//! What a process that was killed leaves behind in the folders of tables: data files of a version that never came to
//! be, and log entries that were not finished.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::writer::version_of;

/// Removes leftovers from every table below `tables`. Nobody may write to them meanwhile.
pub(crate) fn sweep(tables: &Path) -> Result<()> {
    for table in entries(tables)? {
        let log = table.join("_delta_log");
        if !log.is_dir() {
            continue;
        }
        let mut newest = -1;
        for path in entries(&log)? {
            match path.extension().is_some_and(|extension| extension == "json") {
                // Entries are written under another name, then linked to their own.
                false if name(&path).contains(".json#") => remove(&path)?,
                false => newest = newest.max(checkpoint_version(&path).unwrap_or(-1)),
                true => newest = newest.max(entry_version(&path).unwrap_or(-1)),
            }
        }
        for path in entries(&table)? {
            if version_of(name(&path)).is_some_and(|version| version > newest) {
                remove(&path)?;
            }
        }
    }
    Ok(())
}

fn entry_version(path: &Path) -> Option<i64> {
    name(path).strip_suffix(".json")?.parse().ok()
}

fn checkpoint_version(path: &Path) -> Option<i64> {
    name(path).split_once(".checkpoint.")?.0.parse().ok()
}

fn name(path: &Path) -> &str {
    path.file_name().and_then(|name| name.to_str()).unwrap_or_default()
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let failed = |e| Error::io("list", folder, e);
    std::fs::read_dir(folder).map_err(failed)?.map(|entry| Ok(entry.map_err(failed)?.path())).collect()
}

fn remove(path: &Path) -> Result<()> {
    tracing::info!(path = %path.display(), "removing a file that an unfinished import left");
    std::fs::remove_file(path).map_err(|e| Error::io("remove", path, e))
}
