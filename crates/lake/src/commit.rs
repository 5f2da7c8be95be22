//! Commits: the one place that writes Delta's log.

use std::path::Path;

use deltalake_core::DeltaTable;
use deltalake_core::kernel::transaction::{CommitBuilder, CommitProperties};
use deltalake_core::kernel::{Action, Add, MetadataExt, Remove, StructField, StructType, Transaction};
use deltalake_core::protocol::{DeltaOperation, SaveMode};

use crate::error::{Error, Result};
use crate::lake::{KEY_PROPERTY, log_file};
use crate::snapshot::{DataFile, Loaded};
use crate::statistics;
use crate::writer::{WrittenFile, remove_files};

/// What one commit changes.
pub(crate) struct Change<'a> {
    pub added: &'a [WrittenFile],
    pub removed: &'a [DataFile],
    pub replaces_all: bool,
    /// The newest version of each application that is named.
    pub transactions: Vec<(String, i64)>,
    /// Whether rows change; compaction only moves them.
    pub data_change: bool,
    /// Kept among the information on the commit.
    pub receipt: Option<(String, serde_json::Value)>,
}

/// New files that are removed again unless they were committed.
pub(crate) struct Uncommitted(pub Vec<WrittenFile>);

impl Uncommitted {
    /// Commits the files as part of a change.
    pub async fn commit(mut self, base: &Loaded, mut change: Change<'_>) -> Result<Loaded> {
        // From here on dropping this future must not remove the files: the commit may stand already. At worst they are
        // left over for vacuum.
        let files = std::mem::take(&mut self.0);
        change.added = &files;
        let committed = commit(base, &change).await;
        // A commit that failed after its log file stood is a commit: its files must stay.
        if committed.is_err() && !log_file(&base.folder, base.version + 1).exists() {
            remove_files(files.iter().map(|file| &file.path));
        }
        committed
    }
}

impl Drop for Uncommitted {
    fn drop(&mut self) {
        remove_files(self.0.iter().map(|file| &file.path));
    }
}

/// Commits a change whose files are all written.
pub(crate) async fn commit(base: &Loaded, change: &Change<'_>) -> Result<Loaded> {
    let mut actions: Vec<Action> = Vec::with_capacity(change.added.len() + change.removed.len());
    // When a file leaves decides how long it can be gone back to.
    let left_ms = change.added.iter().map(|file| file.modified_ms).max();
    let left_ms = left_ms.filter(|_| change.receipt.is_none()).or_else(|| time_of(&base.folder));
    for file in change.removed {
        actions.push(Action::Remove(Remove {
            path: relative(&base.folder, &file.path),
            data_change: change.data_change,
            deletion_timestamp: left_ms.or(Some(file.modified_ms)),
            extended_file_metadata: Some(true),
            partition_values: Some(std::collections::HashMap::new()),
            size: i64::try_from(file.size).ok(),
            ..Remove::default()
        }));
    }
    for file in change.added {
        actions.push(Action::Add(Add {
            path: relative(&base.folder, &file.path),
            size: i64::try_from(file.size).unwrap_or(i64::MAX),
            modification_time: file.modified_ms,
            data_change: change.data_change,
            stats: Some(statistics::to_json(&file.statistics, &base.schema)),
            ..Add::default()
        }));
    }
    let mode = if change.replaces_all { SaveMode::Overwrite } else { SaveMode::Append };
    let operation = DeltaOperation::Write { mode, partition_by: None, predicate: None };
    let mut properties = CommitProperties::default().with_max_retries(0);
    for (app, version) in &change.transactions {
        properties = properties.with_application_transaction(Transaction::new(app, *version));
    }
    if let Some(receipt) = &change.receipt {
        properties = properties.with_metadata([receipt.clone()]);
    }
    apply(base, properties, actions, operation).await
}

/// Changes columns (`fields`, when given) and key of a table.
pub(crate) async fn change_metadata(base: &Loaded, fields: Option<Vec<StructField>>, key: &[String]) -> Result<Loaded> {
    let failed = |e| Error::delta(&base.name, "changed", e);
    let state = base.delta.snapshot().map_err(failed)?;
    let metadata = state.metadata().clone().add_config_key(KEY_PROPERTY.to_owned(), key.join(","));
    let mut metadata = metadata.map_err(|e| Error::delta(&base.name, "changed", e.into()))?;
    let added = fields.clone().unwrap_or_default();
    if let Some(fields) = fields {
        let schema = StructType::try_new(fields).map_err(|e| Error::delta(&base.name, "changed", e.into()))?;
        metadata = metadata.with_schema(&schema).map_err(|e| Error::delta(&base.name, "changed", e.into()))?;
    }
    let operation = DeltaOperation::AddColumn { fields: added };
    apply(base, CommitProperties::default().with_max_retries(0), vec![Action::Metadata(metadata)], operation).await
}

async fn apply(
    base: &Loaded,
    properties: CommitProperties,
    actions: Vec<Action>,
    operation: DeltaOperation,
) -> Result<Loaded> {
    let failed = |e| Error::delta(&base.name, "written", e);
    let state = base.delta.snapshot().map_err(failed)?;
    let store = base.delta.log_store();
    let committed = CommitBuilder::from(properties.with_cleanup_expired_logs(Some(false)))
        .with_actions(actions)
        .build(Some(state), store.clone(), operation)
        .await
        .map_err(failed)?;
    let mut delta = DeltaTable::new(store);
    delta.state = Some(committed.snapshot());
    let loaded = Loaded::read(&base.name, &base.folder, delta)?;
    make_durable(&log_file(&base.folder, loaded.version));
    Ok(loaded)
}

/// Milliseconds since the epoch by the file system, which dates every file here.
fn time_of(folder: &Path) -> Option<i64> {
    let path = folder.join(format!(".time-{}", ulid::Ulid::generate()));
    let made = std::fs::File::create(&path).and_then(|file| file.metadata()?.modified());
    // Nothing refers to it, and no reader sees names that begin with a point.
    let _ = std::fs::remove_file(&path);
    let age = made.ok()?.duration_since(std::time::UNIX_EPOCH).ok()?;
    i64::try_from(age.as_millis()).ok()
}

/// Best effort: the commit stands either way, and a file system that loses it loses it whole.
fn make_durable(path: &Path) {
    // The file, its name in the log, the names of the data files beside it.
    for path in path.ancestors().take(3) {
        let synced = std::fs::File::open(path).and_then(|file| file.sync_all());
        if let Err(error) = synced {
            tracing::warn!(path = %path.display(), %error, "could not flush a commit");
        }
    }
}

fn relative(folder: &Path, path: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).to_string_lossy().into_owned()
}
