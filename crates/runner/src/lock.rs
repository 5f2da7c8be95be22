//! The lock on a data directory: one process at a time owns it.

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
    /// Takes the lock of `dir`, or says who has it.
    pub fn take(dir: &Path, pid: u32) -> Result<Self, Error> {
        let failed = |source| Error::Io { dir: dir.display().to_string(), source };
        let path = dir.join("lock");
        let mut file =
            OpenOptions::new().create(true).truncate(false).read(true).write(true).open(path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(failed)?;
                let owner = serde_json::from_str(&text).unwrap_or_default();
                return Err(Error::Held { dir: dir.display().to_string(), owner });
            }
            Err(TryLockError::Error(source)) => return Err(failed(source)),
        }
        let mut lock = Self { file, pid };
        lock.write(None).map_err(failed)?;
        Ok(lock)
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
