//! Tables: what is in them, and bringing rows in.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tutti_lake::{ImportOptions, ImportReport, ImportSource};
use tutti_model::builtin;
use tutti_model::table::{Cardinality, Column};

use crate::error::{Error, Result};
use crate::workspace::Workspace;

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
}

impl Workspace {
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
        progress: impl Fn(u64) + Send + Sync + 'static,
    ) -> Result<ImportReport> {
        let catalog = self.catalog().await?;
        let own = |name: &&str| !builtin::is_builtin(name);
        let known = catalog.tables.keys().map(String::as_str).filter(own);
        let Some(definition) = catalog.table(table).filter(|table| own(&table.name.as_str())) else {
            return Err(Error::not_found("table", table, known));
        };
        let sources = files
            .into_iter()
            .map(|file| ImportSource::new(file.name, file.path, request.format.as_deref()))
            .collect::<Result<Vec<_>, _>>()?;
        let options = ImportOptions::new(request.mode.as_deref(), request.max_rejects, request.rejects)?;
        Ok(self.lake.import(definition, sources, options, progress).await?)
    }
}
