//! One version of one table.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use datafusion::arrow::datatypes::SchemaRef;
use datafusion::catalog::TableProvider;
use datafusion::common::Statistics;
use deltalake_core::DeltaTable;
use tutti_model::table::Column;
use tutti_query::{column_type, schema_of};

use crate::error::{Error, Result};
use crate::lake::KEY_PROPERTY;
use crate::provider::{Files, partitioned_file, with_views};
use crate::statistics;

/// A table at a version: what it holds never changes. Its files are kept as long as the provider, or a plan made
/// from it, lives.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub version: i64,
    pub rows: u64,
    /// The columns that are stored, in their order. Names and types only.
    pub columns: Vec<Column>,
    pub provider: Arc<dyn TableProvider>,
}

/// A version as read from the log.
pub(crate) struct Loaded {
    pub name: String,
    pub folder: PathBuf,
    pub version: i64,
    pub delta: DeltaTable,
    pub columns: Vec<Column>,
    pub key: Vec<String>,
    /// As in files: texts are `Utf8`.
    pub schema: SchemaRef,
    pub files: Vec<DataFile>,
}

/// A data file of a version.
#[derive(Clone)]
pub(crate) struct DataFile {
    /// Absolute.
    pub path: PathBuf,
    pub size: u64,
    pub modified_ms: i64,
    pub rows: u64,
    /// Of the columns of the table, texts as views.
    pub statistics: Arc<Statistics>,
}

/// Keeps a version's files from the vacuum while a plan reads them.
struct Pin(#[expect(dead_code, reason = "held, never read")] Arc<Loaded>);

impl Loaded {
    pub fn read(name: &str, folder: &Path, delta: DeltaTable) -> Result<Self> {
        let failed = |e| Error::delta(name, "read", e);
        let state = delta.snapshot().map_err(failed)?;
        let mut columns = Vec::new();
        for field in state.snapshot().arrow_schema().fields() {
            let column_type = column_type(field.data_type()).ok_or_else(|| Error::File {
                file: folder.display().to_string(),
                table: name.to_owned(),
                reason: format!("the column `{}` has the type `{}`", field.name(), field.data_type()),
            })?;
            columns.push(Column::new(field.name(), column_type));
        }
        let schema = schema_of(&columns);
        let views = with_views(&schema);
        let key = state.metadata().configuration().get(KEY_PROPERTY);
        let key = key.map(|key| key.split(',').map(str::to_owned).collect()).unwrap_or_default();
        let log = state.log_data();
        let files = log.iter().map(|view| {
            let statistics = statistics::from_json(view.stats().as_deref(), &views);
            let rows = statistics.num_rows.get_value().copied().or_else(|| view.num_records()).unwrap_or(0);
            DataFile {
                path: folder.join(view.path().as_ref()),
                size: u64::try_from(view.size()).unwrap_or(0),
                modified_ms: view.modification_time(),
                rows: rows as u64,
                statistics: Arc::new(statistics),
            }
        });
        let mut files: Vec<DataFile> = files.collect();
        files.sort_by(|a, b| a.path.cmp(&b.path));
        let version = i64::try_from(state.version()).unwrap_or(i64::MAX);
        Ok(Self { name: name.to_owned(), folder: folder.to_owned(), version, columns, key, schema, files, delta })
    }

    pub fn rows(&self) -> u64 {
        self.files.iter().map(|file| file.rows).sum()
    }

    pub fn snapshot(self: &Arc<Self>) -> Result<Snapshot> {
        let files = self
            .files
            .iter()
            .map(|file| {
                Ok(partitioned_file(&file.path, file.size, file.modified_ms)?
                    .with_statistics(file.statistics.clone())
                    .with_extension(Pin(self.clone())))
            })
            .collect::<Result<Vec<_>>>()?;
        Ok(Snapshot {
            version: self.version,
            rows: self.rows(),
            columns: self.columns.clone(),
            provider: Arc::new(Files::new(&self.schema, files)),
        })
    }
}
