//! Ending a delivery: its final lines as one file, and as rows of the table of messages.

use async_recursion::async_recursion as boxed;
use std::fs::File;
use std::path::Path;

use arrow::array::{ArrayRef, AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::ArrowWriter;
use std::sync::Arc;
use tutti_lake::Lake;
use tutti_model::builtin;
use tutti_model::table::Table;
use tutti_store::{Store, When};

use crate::error::{Cause, Error, Result};
use crate::job::{Job, ledger_path};
use crate::ledger::{Ledger, Line, columns};
use crate::prepare::LinkList;
use crate::targets::{Column, beside, properties, publish};

/// Lines that are appended to the table of messages at once.
const APPENDED_ROWS: usize = 250_000;

/// Writes the final lines of a delivery whose batches are all done. Each step is done once, however often this is
/// called: the rows carry the delivery's name and a number as their Delta transaction, the file comes last.
#[boxed]
pub async fn finish(store: &Store, lake: &Lake, job: &Job) -> Result<()> {
    let path = ledger_path(&job.folder);
    if path.exists() {
        return Ok(());
    }
    let Some(ledger) = Ledger::open(store, &job.run, &job.activity, &job.folder).await? else { return Ok(()) };
    let table = builtin::messages(&job.table);
    let temporary = beside(&path);
    let failed = |cause: Cause| Error::file("write", &temporary)(cause);
    let mut writer: Option<ArrowWriter<File>> = None;
    let (mut seen, mut gathered, mut rows_gathered, mut number) = (None, Vec::new(), 0, 0);
    for group in 0..ledger.groups() {
        let (rows, lines) = ledger.lines(store, group, &mut seen).await?;
        gathered.push(messages(&Of::job(job), &rows, &lines).map_err(|error| failed(error.into()))?);
        rows_gathered += lines.len();
        let all = columns(&lines).into_iter().map(|(name, array)| (name, array, true));
        let batch = RecordBatch::try_from_iter_with_nullable(all).map_err(|error| failed(error.into()))?;
        let writer = match &mut writer {
            Some(writer) => writer,
            None => {
                let file = File::create(&temporary).map_err(|error| failed(error.into()))?;
                let opened = ArrowWriter::try_new(file, batch.schema(), Some(properties()));
                writer.insert(opened.map_err(|error| failed(error.into()))?)
            }
        };
        writer.write(&batch).map_err(|error| failed(error.into()))?;
        if writer.in_progress_rows() >= 65_536 {
            writer.flush().map_err(|error| failed(error.into()))?;
        }
        if rows_gathered >= APPENDED_ROWS {
            number += 1;
            append(lake, &table, job, number, &gathered).await?;
            store.reach("append to the table of messages", When::After).await;
            gathered.clear();
            rows_gathered = 0;
        }
    }
    if !gathered.is_empty() {
        append(lake, &table, job, number + 1, &gathered).await?;
        store.reach("append to the table of messages", When::After).await;
    }
    if let Some(writer) = writer {
        let file = writer.into_inner().map_err(|error| failed(error.into()))?;
        file.sync_all().map_err(|error| failed(error.into()))?;
        publish(&temporary, &path)?;
        store.reach("write the ledger of a delivery", When::After).await;
    }
    Ok(())
}

/// Whose messages rows are.
struct Of<'a> {
    table: &'a Table,
    campaign: &'a str,
    dimension: &'a str,
}

impl<'a> Of<'a> {
    fn job(job: &'a Job) -> Self {
        Self { table: &job.table, campaign: &job.campaign, dimension: &job.dimension.name }
    }
}

/// The lines of a delivery that has not ended, as they are now, as rows of the table of messages to the rows of
/// `table`: a file at `place`, which must not be there. `None` where nothing was prepared, or the delivery has ended.
/// One row group is in memory at a time.
#[boxed]
pub async fn write_open_messages(
    store: &Store,
    delivery: (&str, &str),
    folder: &Path,
    table: &Table,
    place: &Path,
) -> Result<Option<()>> {
    let (run, activity) = delivery;
    let Some(links) = LinkList::find(store, run, activity).await? else { return Ok(None) };
    let Some(ledger) = Ledger::open(store, run, activity, folder).await?.filter(Ledger::is_open) else {
        return Ok(None);
    };
    let failed = |cause: Cause| Error::file("write", place)(cause);
    let of = Of { table, campaign: &links.campaign, dimension: &links.dimension };
    let (mut seen, mut writer) = (None, None::<ArrowWriter<File>>);
    for group in 0..ledger.groups() {
        let (rows, lines) = ledger.lines(store, group, &mut seen).await?;
        let batch = messages(&of, &rows, &lines).map_err(|error| failed(error.into()))?;
        let writer = match &mut writer {
            Some(writer) => writer,
            None => {
                let file = File::create_new(place).map_err(|error| failed(error.into()))?;
                let opened = ArrowWriter::try_new(file, batch.schema(), Some(properties()));
                writer.insert(opened.map_err(|error| failed(error.into()))?)
            }
        };
        writer.write(&batch).map_err(|error| failed(error.into()))?;
        if writer.in_progress_rows() >= 65_536 {
            writer.flush().map_err(|error| failed(error.into()))?;
        }
    }
    let Some(writer) = writer else { return Ok(None) };
    writer.close().map_err(|error| failed(error.into()))?;
    Ok(Some(()))
}

/// Appends rows under the delivery's name and a number, once.
async fn append(lake: &Lake, table: &Table, job: &Job, number: i64, batches: &[RecordBatch]) -> Result<()> {
    let transaction = Some((format!("messages/{}/{}", job.run, job.activity), number));
    let appended = lake.append(table, batches, transaction).await;
    appended.map(drop).map_err(|error| Error::Table { table: table.name.clone(), source: error.into() })
}

/// Lines as rows of the table of messages: the table's own keys, then what happened.
fn messages(of: &Of<'_>, rows: &RecordBatch, lines: &[Line]) -> Result<RecordBatch, arrow::error::ArrowError> {
    let mut all: Vec<(String, ArrayRef)> = Vec::new();
    for key in &of.table.primary_key {
        if let Some(array) = rows.column_by_name(&Column::KeyPart(key.clone()).name()) {
            all.push((builtin::key_name(key), Arc::clone(array)));
        }
    }
    let same =
        |text: &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(std::iter::repeat_n(text, lines.len()))) };
    all.push(("campaign".to_owned(), same(of.campaign)));
    all.push(("dimension".to_owned(), same(of.dimension)));
    let segment = rows.column_by_name(&Column::Field("segment_code".to_owned()).name());
    let segment = segment.and_then(|array| cast(array, &DataType::Utf8).ok());
    let nothing: ArrayRef = Arc::new(StringArray::new_null(lines.len()));
    all.push((
        "segment_code".to_owned(),
        segment.filter(|array| array.as_string_opt::<i32>().is_some()).unwrap_or(nothing),
    ));
    for (name, array) in columns(lines) {
        match name {
            "key" | "secondary_key" => {}
            "attempts" => all.push((name.to_owned(), cast(&array, &DataType::Int64)?)),
            _ => all.push((name.to_owned(), array)),
        }
    }
    RecordBatch::try_from_iter_with_nullable(all.into_iter().map(|(name, array)| (name, array, true)))
}
