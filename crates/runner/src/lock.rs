//! The lock on a data directory: one process at a time owns it, or several whose state is in a database that they share.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Who holds a data directory.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Owner {
    pub pid: u32,
    /// The address of its HTTP server, if it is one.
    #[serde(default)]
    pub address: Option<String>,
}

/// A held lock. The operating system ends it with the process, however that ends.
#[derive(Debug)]
pub struct DataLock {
    file: File,
    pid: u32,
    is_alone: bool,
}

/// Why a data directory could not be locked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the data directory `{dir}` is used by {}", describe(owner))]
    Held { dir: String, owner: Owner },
    #[error("the data directory `{dir}` could not be locked")]
    Io {
        dir: String,
        #[source]
        source: std::io::Error,
    },
}

fn describe(owner: &Owner) -> String {
    match &owner.address {
        Some(address) => format!("a server at {address} (process {})", owner.pid),
        None => format!("another tutti command (process {})", owner.pid),
    }
}

impl DataLock {
    /// Takes the lock of `dir` for this process alone, or says who has it.
    pub fn take(dir: &Path, pid: u32) -> Result<Self, Error> {
        Self::lock(dir, pid, false)
    }

    /// Takes the lock of `dir` beside others who share it. Whoever comes first has it alone until [`DataLock::let_in`].
    pub fn share(dir: &Path, pid: u32) -> Result<Self, Error> {
        Self::lock(dir, pid, true)
    }

    fn lock(dir: &Path, pid: u32, beside: bool) -> Result<Self, Error> {
        let failed = |source| Error::Io { dir: dir.display().to_string(), source };
        let path = dir.join("lock");
        let mut file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).map_err(failed)?;
        let (locked, is_alone) = match file.try_lock() {
            Err(TryLockError::WouldBlock) if beside => (file.try_lock_shared(), false),
            locked => (locked, true),
        };
        match locked {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(failed)?;
                let owner = serde_json::from_str(&text).unwrap_or_default();
                return Err(Error::Held { dir: dir.display().to_string(), owner });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let mut lock = Self { file, pid, is_alone };
        if is_alone {
            lock.write(None).map_err(failed)?;
        }
        Ok(lock)
    }

    /// Whether nobody else had the directory when it was locked.
    pub fn is_alone(&self) -> bool {
        self.is_alone
    }

    /// Lets others in who share the directory. They may come before this returns.
    pub fn let_in(&mut self) -> std::io::Result<()> {
        self.file.lock_shared()
    }

    /// Says at which address the owner serves, for others who come by.
    pub fn announce(&mut self, address: &str) -> std::io::Result<()> {
        self.write(Some(address.to_owned()))
    }

    fn write(&mut self, address: Option<String>) -> std::io::Result<()> {
        let text = serde_json::to_vec(&Owner { pid: self.pid, address })?;
        self.file.set_len(0)?;
        self.file.seek(SeekFrom::Start(0))?;
        self.file.write_all(&text)?;
        self.file.flush()
    }
}
