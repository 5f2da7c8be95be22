//! Tables and populations through the public face of the crate.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod extracts;
mod faults;
mod files;
mod imports;
mod laws;
mod populations;
mod rejects;
mod repeats;
mod tables;

use std::path::PathBuf;

use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::util::display::array_value_to_string;
use tutti_lake::{Error, ImportOptions, ImportReport, Lake, Mode, Source};
use tutti_model::table::Table;
use tutti_query::{Session, SessionOptions};

/// A lake in a folder of its own.
struct Fixture {
    lake: Lake,
    session: Session,
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let options =
            SessionOptions { memory_limit_bytes: 256 << 20, spill_dir: folder.path().join("spill"), threads: 2 };
        std::fs::create_dir_all(&options.spill_dir).unwrap();
        let session = Session::new(&options).unwrap();
        let lake = Lake::open(&folder.path().join("data"), session.clone()).unwrap();
        Self { lake, session, folder }
    }

    fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    async fn import(
        &self,
        table: &Table,
        file: &str,
        text: &str,
        options: ImportOptions,
    ) -> Result<ImportReport, Error> {
        let path = self.write(file, text);
        self.lake.import(table, vec![Source::file(path)], &options, |_| ()).await
    }

    async fn upsert(&self, table: &Table, text: &str) -> ImportReport {
        self.import(table, "rows.csv", text, ImportOptions::default()).await.unwrap()
    }

    /// All rows of a table as text, sorted: values joined by `|`, NULL as `-`.
    async fn rows(&self, table: &str) -> Vec<String> {
        let snapshot = self.lake.snapshot(table).await.unwrap();
        self.read(snapshot.provider).await
    }

    async fn read(&self, provider: std::sync::Arc<dyn datafusion::catalog::TableProvider>) -> Vec<String> {
        let batches = self.session.context().read_table(provider).unwrap().collect().await.unwrap();
        let mut rows = shown(&batches);
        rows.sort();
        rows
    }

    /// Parquet files in a table's folder, referred to or not.
    fn files(&self, table: &str) -> usize {
        let folder = self.folder.path().join("data/tables").join(table);
        let entries = std::fs::read_dir(folder).unwrap();
        entries.filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "parquet")).count()
    }
}

fn shown(batches: &[RecordBatch]) -> Vec<String> {
    let mut rows = Vec::new();
    for batch in batches {
        for row in 0..batch.num_rows() {
            let values = batch.columns().iter().map(|column| {
                if column.is_null(row) { "-".to_owned() } else { array_value_to_string(column, row).unwrap() }
            });
            rows.push(values.collect::<Vec<_>>().join("|"));
        }
    }
    rows
}

fn table(json: serde_json::Value) -> Table {
    let mut table: Table = serde_json::from_value(json).unwrap();
    table.name = "people".to_owned();
    table
}

fn people() -> Table {
    table(serde_json::json!({
        "columns": [
            {"name": "id", "type": "integer"},
            {"name": "name", "type": "string"},
            {"name": "tier", "type": "string", "values": ["gold", "silver"]},
            {"name": "spend", "type": "decimal(12,2)"},
            {"name": "active", "type": "boolean"},
            {"name": "born", "type": "date"},
            {"name": "seen", "type": "timestamp"},
            {"name": "score", "type": "number"}],
        "primary_key": ["id"]}))
}

fn versioned() -> Table {
    table(serde_json::json!({
        "columns": [
            {"name": "id", "type": "string"},
            {"name": "value", "type": "integer"},
            {"name": "v", "type": "integer"}],
        "primary_key": ["id"], "version": "v"}))
}

fn lenient(max_rejects: u64) -> ImportOptions {
    ImportOptions { max_rejects, ..ImportOptions::default() }
}

fn mode(mode: Mode) -> ImportOptions {
    ImportOptions { mode, ..ImportOptions::default() }
}
