//! Receipts: what an activity has done outside of its run, noted beside its populations before the run hears of it. An
//! activity that is done again after a crash finds its receipt and does nothing twice.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::lake::Lake;

/// No port can be called like this, so that it is never a population.
const NAME: &str = ".receipt.json";

impl Lake {
    /// The receipt of an activity of a run, if it has one.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn receipt(&self, run: &str, activity: &str) -> Result<Option<Value>> {
        let path = self.activity_folder(run, activity).join(NAME);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(Error::io("read", &path, error)),
        };
        // It is renamed into sight when whole.
        Ok(serde_json::from_slice(&bytes).ok())
    }

    /// Notes what an activity of a run has done; it is on disk when this returns.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write_receipt(&self, run: &str, activity: &str, receipt: &Value) -> Result<()> {
        let folder = self.activity_folder(run, activity);
        let path = folder.join(NAME);
        std::fs::create_dir_all(&folder).map_err(|e| Error::io("create", &folder, e))?;
        let temporary = folder.join(format!("{NAME}-{}.tmp", ulid::Ulid::generate()));
        let written = std::fs::write(&temporary, receipt.to_string())
            .and_then(|()| std::fs::File::open(&temporary)?.sync_all())
            .and_then(|()| std::fs::rename(&temporary, &path))
            .and_then(|()| std::fs::File::open(&folder)?.sync_all());
        written.map_err(|e| Error::io("write", &path, e))
    }
}
