//! Pages that belong together: what the first one was read of is told with it, and the others are read of the same.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use tutti_model::catalog::Catalog;
use tutti_query::Providers;

use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// What rows were read of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AsOf {
    /// What `now` was.
    pub at: Timestamp,
    /// The version of each table that was read.
    pub versions: BTreeMap<String, i64>,
    /// The run whose populations were read, where any were.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<String>,
}

impl Workspace {
    /// Providers for a planner, and the versions that they are of: of those that are given, else the newest.
    pub(crate) async fn tables_as_of(
        &self,
        tables: &BTreeSet<String>,
        catalog: &Catalog,
        as_of: Option<&AsOf>,
    ) -> Result<(Providers, BTreeMap<String, i64>)> {
        let (mut providers, mut versions) = (Providers::new(), BTreeMap::new());
        for table in tables {
            let snapshot = match as_of.and_then(|as_of| as_of.versions.get(table)) {
                None => self.lake.snapshot(table).await?,
                Some(version) => match self.lake.snapshot_at(table, *version).await {
                    Err(tutti_lake::Error::NoVersion { .. }) => return Err(gone(table, *version)),
                    found => found?,
                },
            };
            // A version from before a column was added does not have it.
            let stored = |name: &String| snapshot.columns.iter().any(|column| column.name == *name);
            let columns = catalog.table(table).map(|table| table.columns.as_slice()).unwrap_or_default();
            if as_of.is_some() && !columns.iter().all(|column| stored(&column.name)) {
                return Err(gone(table, snapshot.version));
            }
            versions.insert(table.clone(), snapshot.version);
            providers.insert(table.clone(), snapshot.provider);
        }
        Ok((providers, versions))
    }
}

fn gone(table: &str, version: i64) -> Error {
    Error::refused_with(
        "version_gone",
        format!("the table `{table}` cannot be read as it was at version {version} any more"),
        "begin again with the first page, without `as_of`",
    )
}
