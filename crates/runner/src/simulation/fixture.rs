//! What a test begins with: a workspace of its own with documents, rows, audiences and files.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Map, Value, json};
use tutti_model::campaign::{HISTORY, RECORDS};
use tutti_model::catalog::Catalog;
use tutti_model::problem::join_pointer;
use tutti_model::source::SourceFile;
use tutti_model::test_case::{Key, Rows, TestCase};

use super::clock::{CountedChance, SimulatedClock};
use super::{PlannedTest, TestBench, TestFailure};
use crate::audience_import::AudienceRequest;
use crate::error::{Error, Result};
use crate::imports::{ImportFile, ImportRequest};
use crate::workspace::{Calls, LEASE, Outside, Settings, StatedAnswer, Workspace};

/// Where links of mails would lead; nobody follows them but the steps of the test.
pub(super) const PUBLIC_URL: &str = "http://tutti.test";

/// What the queries of a test may use: its tables are small.
const MEMORY_BYTES_MAX: usize = 256 << 20;

/// Opens the workspace of a test, with its documents. The state is in memory: nobody goes on with it.
pub(super) async fn open(
    planned: &PlannedTest,
    bench: &TestBench,
    clock: Arc<SimulatedClock>,
) -> Result<Arc<Workspace>> {
    let answers = planned.test.answers.iter().map(|(activity, answer)| {
        let stated = StatedAnswer { status: answer.status, body: answer.body.to_string().into_bytes() };
        (activity.clone(), stated)
    });
    let settings = Settings {
        data_dir: bench.folder.join("data"),
        public_url: PUBLIC_URL.to_owned(),
        history: HISTORY,
        records: RECORDS,
        launches: RECORDS,
        notify: None,
        memory_limit_bytes: MEMORY_BYTES_MAX,
        // Splitting up what is this small takes longer than doing it.
        threads: 1,
        store_url: Some("sqlite::memory:".to_owned()),
        pid: 0,
        lease: LEASE,
        outside: Outside { calls: Calls::Stated(answers.collect::<BTreeMap<_, _>>()), ..Outside::default() },
    };
    let workspace =
        Workspace::open(settings, clock, Arc::new(CountedChance::default()), Arc::new(|_: &str| None)).await?;
    let files: Vec<SourceFile> = planned
        .documents
        .iter()
        .map(|document| SourceFile {
            path: format!("{}/{}", document.kind, document.name),
            text: caught(&document.kind, document.body.clone(), bench.catcher.port()).to_string(),
        })
        .collect();
    workspace.apply_documents(&files, false).await?;
    Ok(workspace)
}

/// A document as the test takes it: channels send to the catcher, over one connection, so that mails arrive in order.
pub(super) fn caught(kind: &str, mut body: Value, catcher: u16) -> Value {
    if kind == "channel" {
        body["smtp"] = json!({"host": "127.0.0.1", "port": catcher, "tls": "none", "connections": 1});
    }
    body
}

/// Brings in what there is at the start.
pub(super) async fn fill(workspace: &Workspace, test: &TestCase, folder: &Path) -> Result<(), Vec<TestFailure>> {
    for (name, text) in &test.files {
        put_file(workspace, name, text)
            .map_err(|error| vec![TestFailure::of(&error, &join_pointer("/files", name))])?;
    }
    import(workspace, &test.rows, "/rows", folder).await?;
    let catalog = workspace.catalog().await.map_err(|error| vec![TestFailure::of(&error, "")])?;
    for (name, keys) in &test.audiences {
        let made = fill_audience(workspace, &catalog, name, keys, folder).await;
        made.map_err(|error| vec![TestFailure::of(&error, &join_pointer("/audiences", name))])?;
    }
    Ok(())
}

/// Puts a file into the folder for files.
pub(super) fn put_file(workspace: &Workspace, name: &str, text: &str) -> Result<()> {
    let temporary = workspace.temporary_file()?;
    std::fs::write(&temporary, text).map_err(|source| workspace.files_failed(source))?;
    workspace.keep_file(&temporary, name).map(drop)
}

/// Imports rows into tables. Rows that do not fit are failures with their places.
pub(super) async fn import(
    workspace: &Workspace,
    rows: &Rows,
    pointer: &str,
    folder: &Path,
) -> Result<(), Vec<TestFailure>> {
    for (table, rows) in rows {
        let at = join_pointer(pointer, table);
        let imported = import_table(workspace, table, rows, folder).await;
        imported.map_err(|error| match error {
            Error::Lake(tutti_lake::Error::Rejected { first, .. }) => {
                first.iter().map(|reject| rejected(reject, rows, &at)).collect()
            }
            error => vec![TestFailure::of(&error, &at)],
        })?;
    }
    Ok(())
}

async fn import_table(workspace: &Workspace, table: &str, rows: &[Map<String, Value>], folder: &Path) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let lines: String = rows.iter().map(|row| format!("{}\n", Value::Object(row.clone()))).collect();
    let path = written(folder, "rows.jsonl", &lines)?;
    let file = ImportFile { name: format!("{table}.jsonl"), path };
    workspace.import(table, vec![file], ImportRequest::default(), |_| ()).await.map(drop)
}

fn rejected(reject: &tutti_lake::Reject, rows: &[Map<String, Value>], pointer: &str) -> TestFailure {
    let index = usize::try_from(reject.line).unwrap_or(usize::MAX).saturating_sub(1).min(rows.len());
    let row = join_pointer(pointer, index);
    let message = match &reject.column {
        Some(column) if reject.value.is_empty() => format!("`{column}` {}", reject.reason),
        Some(column) => format!("`{column}` `{}` {}", reject.value, reject.reason),
        None => reject.reason.clone(),
    };
    TestFailure {
        code: "rejected_row".to_owned(),
        pointer: reject.column.as_ref().map_or(row.clone(), |column| join_pointer(&row, column)),
        message,
        ..TestFailure::default()
    }
}

async fn fill_audience(
    workspace: &Workspace,
    catalog: &Catalog,
    name: &str,
    keys: &[Key],
    folder: &Path,
) -> Result<()> {
    let (Some(audience), Some(members)) = (catalog.audiences.get(name), catalog.members(name)) else { return Ok(()) };
    if keys.is_empty() {
        return Ok(());
    }
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
        format!("{}\n", cells.join(","))
    };
    let lines: String = std::iter::once(members.primary_key.as_slice())
        .chain(keys.iter().map(|key| key.0.as_slice()))
        .map(line)
        .collect();
    let path = written(folder, "members.csv", &lines)?;
    let request = AudienceRequest {
        dimension: audience.dimension.clone(),
        separator: Some(",".to_owned()),
        name: format!("{name}.csv"),
        ..AudienceRequest::default()
    };
    let imported = workspace.import_audience(name, &path, request).await?;
    if imported.unmatched > 0 {
        let message = format!("{} of the {} keys are those of no row", imported.unmatched, imported.read);
        return Err(Error::refused_with("unmatched_keys", message, "members of audiences are rows of the test, too"));
    }
    Ok(())
}

fn written(folder: &Path, name: &str, text: &str) -> Result<std::path::PathBuf> {
    let path = folder.join(name);
    std::fs::write(&path, text).map_err(|source| Error::DataDir { path: folder.display().to_string(), source })?;
    Ok(path)
}
