//! Doing something alone: one at a time in this process, and where several processes share the folder, in all of them.

use async_recursion::async_recursion as boxed;
use std::fs::{File, OpenOptions};
use std::path::Path;

use crate::error::{Error, Result};
use crate::lake::Lake;

/// Who else works on a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// Nobody, as long as it is open.
    Alone,
    /// Others may come; nobody is there yet.
    First,
    /// Others are there.
    Beside,
}

impl Sharing {
    /// Whether what lies around half-written belongs to nobody.
    pub(crate) fn may_clear(self) -> bool {
        self != Self::Beside
    }
}

/// Held by the only one who does a thing; ended by dropping it, or by the death of the process.
#[must_use = "others are kept off for as long as it is held"]
pub struct Alone {
    _here: tokio::sync::OwnedMutexGuard<()>,
    _everywhere: Option<File>,
}

impl Lake {
    /// Waits until nobody else does `what`, a name of letters, digits, points and `-`, in this folder.
    ///
    /// # Errors
    /// When the file cannot be locked that keeps other processes off.
    #[boxed]
    pub async fn alone(&self, what: &str) -> Result<Alone> {
        let here = self.turn(what).lock_owned().await;
        if self.sharing() == Sharing::Alone {
            return Ok(Alone { _here: here, _everywhere: None });
        }
        let path = self.root().join("locks").join(what);
        let locked = tokio::task::spawn_blocking(move || lock(&path)).await??;
        Ok(Alone { _here: here, _everywhere: Some(locked) })
    }
}

/// Blocks until the file is this process's.
fn lock(path: &Path) -> Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(|e| Error::io("open", path, e))?;
    file.lock().map_err(|e| Error::io("lock", path, e))?;
    Ok(file)
}
