//! When the rows of a table changed last: compaction and new columns make versions, too.

use async_recursion::async_recursion as boxed;
use std::io::{BufRead, BufReader};
use std::path::Path;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::lake::{Lake, log_file};

/// A line of a commit, as far as it says whether rows change.
#[derive(Deserialize)]
struct Line {
    add: Option<FileAction>,
    remove: Option<FileAction>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FileAction {
    data_change: bool,
}

impl Lake {
    /// The newest version of a table in which rows came, went or changed; 0 where none ever did.
    ///
    /// # Errors
    /// [`Error::NoTable`], or when the log cannot be read.
    #[boxed]
    pub async fn changed_version(&self, name: &str) -> Result<i64> {
        let current = self.current(name).await?;
        let (folder, newest) = (current.folder.clone(), current.version);
        let found = tokio::task::spawn_blocking(move || {
            let mut version = newest;
            while version > 0 && !changes_rows(&log_file(&folder, version))? {
                version -= 1;
            }
            Ok::<_, Error>(version)
        });
        found.await?
    }
}

/// Whether a commit changes rows. Of one whose file is gone nothing is known, so that it counts as one that does.
fn changes_rows(path: &Path) -> Result<bool> {
    let failed = |e| Error::io("read", path, e);
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(true),
        Err(error) => return Err(failed(error)),
    };
    for line in BufReader::new(file).lines() {
        let line: Line = serde_json::from_str(&line.map_err(failed)?).map_err(|e| failed(e.into()))?;
        if line.add.into_iter().chain(line.remove).any(|file| file.data_change) {
            return Ok(true);
        }
    }
    Ok(false)
}
