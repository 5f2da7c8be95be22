//! What an import with a name has done, kept in its commit, so that repeating it can answer the same.

use std::io::{BufRead, BufReader};

use serde_json::{Value, json};

use super::ImportReport;
use crate::lake::log_file;
use crate::snapshot::Loaded;

/// Where it stands among the information on a commit.
const FIELD: &str = "tutti.import";

/// Commits that are looked through, from the newest. A repetition follows its original closely.
const COMMITS_MAX: i64 = 1_000;

/// What to keep in the commit.
pub(crate) fn of(name: &str, report: &ImportReport) -> (String, Value) {
    (FIELD.to_owned(), json!({"name": name, "report": report}))
}

/// What the import with this name did; `None` when its commit is too long ago.
pub(crate) fn find(table: &Loaded, name: &str) -> Option<ImportReport> {
    let oldest = (table.version - COMMITS_MAX).max(0);
    (oldest..=table.version).rev().find_map(|version| {
        let file = std::fs::File::open(log_file(&table.folder, version)).ok()?;
        let lines = BufReader::new(file).lines().map_while(Result::ok);
        let info = lines.filter(|line| line.contains(FIELD)).find_map(|line| {
            let action: Value = serde_json::from_str(&line).ok()?;
            action.get("commitInfo")?.get(FIELD).cloned()
        })?;
        if info.get("name")?.as_str() != Some(name) {
            return None;
        }
        let report: ImportReport = serde_json::from_value(info.get("report")?.clone()).ok()?;
        Some(ImportReport { version, ..report })
    })
}
