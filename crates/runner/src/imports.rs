//! Tables: what is in them, and bringing rows in.

use async_recursion::async_recursion as boxed;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde::{Deserialize, Serialize};
use tutti_lake::{Format, ImportOptions, ImportReport, Mode, Progress, Source};
use tutti_model::builtin;
use tutti_model::table::{Cardinality, Column};

use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// How long the files of earlier versions of a table are kept.
const VERSIONS_KEPT: Duration = Duration::from_secs(7 * 24 * 3600);

/// The most versions of a table that are told.
const VERSIONS_MAX: usize = 100;

/// A table, with its links seen from it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableInfo {
    pub name: String,
    pub label: Option<String>,
    pub columns: Vec<Column>,
    pub primary_key: Vec<String>,
    pub links: Vec<LinkInfo>,
    pub rows: u64,
    pub version: i64,
    /// One of Tutti's own.
    pub builtin: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkInfo {
    pub name: String,
    pub to: String,
    pub cardinality: Cardinality,
}

/// A file to import.
#[derive(Clone, Debug)]
pub struct ImportFile {
    /// What to call it in messages; its ending tells the format where none is given.
    pub name: String,
    pub path: PathBuf,
}

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct ImportRequest {
    /// `upsert` (default), `append` or `replace`.
    pub mode: Option<String>,
    /// `csv`, `parquet` or `jsonl`.
    pub format: Option<String>,
    /// More rejected rows than this, and nothing is taken.
    pub max_rejects: u64,
    /// Where rejected rows are written, as CSV.
    pub rejects: Option<PathBuf>,
    /// Columns of the files that are called otherwise than the table's, and those that are passed over.
    pub renamed: tutti_lake::Renamed,
}

/// A version of a table that can be gone back to, or was one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TableVersionInfo {
    pub version: i64,
    pub at: Option<String>,
    /// What made it, such as `WRITE`.
    pub operation: Option<String>,
    /// None where its files are gone, so that it cannot be gone back to.
    pub rows: Option<u64>,
}

/// What going back to an earlier version of a table did.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RestoredTable {
    pub table: String,
    /// The version that is now the newest.
    pub version: i64,
    pub rows_before: u64,
    pub rows_after: u64,
}

impl Workspace {
    #[boxed]
    pub async fn list_tables(&self) -> Result<Vec<TableInfo>> {
        let catalog = self.catalog().await?;
        let labels = self.list_documents("table").await?;
        let mut tables = Vec::with_capacity(catalog.tables.len());
        for table in catalog.tables.values() {
            let snapshot = self.lake.snapshot(&table.name).await?;
            let links = catalog.hops(&table.name).map(|hop| LinkInfo {
                name: hop.link.clone(),
                to: hop.to.clone(),
                cardinality: if hop.to_many {
                    Cardinality::OneToMany
                } else if hop.unique {
                    Cardinality::ManyToOne
                } else {
                    Cardinality::OneToOne
                },
            });
            tables.push(TableInfo {
                label: labels.iter().find(|head| head.name == table.name).and_then(|head| head.label.clone()),
                columns: table.columns.clone(),
                primary_key: table.primary_key.clone(),
                links: links.collect(),
                rows: snapshot.rows,
                version: snapshot.version,
                builtin: builtin::is_builtin(&table.name),
                name: table.name.clone(),
            });
        }
        Ok(tables)
    }

    /// Loads files into a table, all in one new version of it, or none.
    pub async fn import(
        &self,
        table: &str,
        files: Vec<ImportFile>,
        request: ImportRequest,
        progress: impl Fn(Progress) + Send + Sync,
    ) -> Result<ImportReport> {
        let catalog = self.catalog().await?;
        let own = |name: &&str| !builtin::is_builtin(name);
        let known = catalog.tables.keys().map(String::as_str).filter(own);
        let Some(definition) = catalog.tables.get(table).filter(|table| own(&table.name.as_str())) else {
            return Err(Error::not_found("table", table, known));
        };
        for column in request.renamed.values().flatten() {
            if definition.column(column).is_none() && column != "_change_request_type" {
                let known = definition.columns.iter().map(|column| column.name.as_str());
                return Err(Error::not_found("column", column, known));
            }
        }
        let format = read_option::<Format>("format", request.format.as_deref(), ["csv", "parquet", "jsonl"])?;
        let mode =
            read_option::<Mode>("mode", request.mode.as_deref(), ["upsert", "append", "replace"])?.unwrap_or_default();
        let sources = files
            .into_iter()
            .map(|file| {
                let source = Source::file(&file.path).named(&file.name);
                let told = format.or_else(|| Format::of(Path::new(&file.name)));
                told.map_or_else(|| source_without_format(&file), |format| Ok(source.with_format(format)))
            })
            .collect::<Result<Vec<_>>>()?;
        let options = ImportOptions {
            mode,
            max_rejects: request.max_rejects,
            rejects: request.rejects,
            renamed: request.renamed,
            ..ImportOptions::default()
        };
        let report = self.lake.import(definition, sources, &options, progress).await?;
        self.remove_old_files(table).await;
        Ok(report)
    }

    /// The newest versions of a table, newest first.
    #[boxed]
    pub async fn table_versions(&self, table: &str, limit: usize) -> Result<Vec<TableVersionInfo>> {
        let catalog = self.catalog().await?;
        if !catalog.tables.contains_key(table) {
            return Err(Error::not_found("table", table, catalog.tables.keys().map(String::as_str)));
        }
        let versions = self.lake.versions(table, limit.min(VERSIONS_MAX)).await?;
        let info = |version: tutti_lake::TableVersion| TableVersionInfo {
            version: version.version,
            at: version.at_ms.map(|ms| crate::time::rfc3339(ms.saturating_mul(1_000))),
            operation: version.operation,
            rows: version.rows,
        };
        Ok(versions.into_iter().map(info).collect())
    }

    /// Makes a table what it was at a version, as a new version of it.
    #[boxed]
    pub async fn restore_table(&self, table: &str, version: i64) -> Result<RestoredTable> {
        let catalog = self.catalog().await?;
        let known = || catalog.tables.keys().map(String::as_str).filter(|name| !builtin::is_builtin(name));
        if !known().any(|name| name == table) {
            return Err(Error::not_found("table", table, known()));
        }
        let restored = self.lake.restore(table, version).await?;
        Ok(RestoredTable {
            table: table.to_owned(),
            version: restored.version,
            rows_before: restored.rows_before,
            rows_after: restored.rows_after,
        })
    }

    /// Keeps a table that grows by small appends fast: merges its small files once there are many.
    pub(crate) async fn tend(&self, table: &str) {
        match self.lake.compact(table).await {
            Ok(None) => {}
            Ok(Some(_)) => self.remove_old_files(table).await,
            Err(error) => {
                let error = &error as &dyn std::error::Error;
                tracing::warn!(table, error, "the small files of a table could not be merged");
            }
        }
    }

    /// Removes the files of old versions of a table. They are only room: the rows are safe, whatever becomes of this.
    pub(crate) async fn remove_old_files(&self, table: &str) {
        let seconds =
            u64::try_from(self.clock.now().as_second()).unwrap_or_default().saturating_sub(VERSIONS_KEPT.as_secs());
        if let Err(error) = self.lake.vacuum(table, SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)).await {
            tracing::warn!(
                table,
                error = &error as &dyn std::error::Error,
                "old files of a table could not be removed"
            );
        }
        // What is missed here is found by the next thorough look of the launcher.
        if let Err(error) = self.look_at_tables().await {
            tracing::warn!(table, error = &error as &dyn std::error::Error, "campaigns could not be told of an import");
        }
    }
}

fn source_without_format(file: &ImportFile) -> Result<Source> {
    let message = format!("the format of `{}` cannot be told from its name", file.name);
    Err(Error::refused_with("unknown_format", message, "give it with `--format csv|parquet|jsonl`"))
}

fn read_option<T: serde::de::DeserializeOwned>(what: &str, value: Option<&str>, known: [&str; 3]) -> Result<Option<T>> {
    let Some(value) = value else { return Ok(None) };
    serde_json::from_value(serde_json::Value::from(value)).map(Some).map_err(|_| {
        let hint = format!("known are `{}`, `{}` and `{}`", known[0], known[1], known[2]);
        Error::refused_with("unknown_value", format!("`{value}` is not a {what} of imports"), hint)
    })
}
