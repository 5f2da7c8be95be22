//! The ledger: one line for each row that arrived at a channel activity, at any time, whatever happened to the process.
//!
//! While a delivery goes on, lines come from its targets, the files of its batches and the groups on record; when it
//! has ended, from one file.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int32Array, RecordBatch, StringArray, TimestampMicrosecondArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Int32Type, Int64Type, TimestampMicrosecondType};
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use serde::Serialize;
use tutti_model::channel::{DeliveryGuarantee, Retry};
use tutti_store::{Batch, Delivery, Store};

use crate::error::{Cause, Error, Result};
use crate::job::{ledger_path, targets_path};
use crate::message::message_id;
use crate::outcome::{Policy, Slot, Status};
use crate::outcomes_file;
use crate::prepare::LinkList;
use crate::send::replay;
use crate::targets::{Column, Targets};

/// A line, with the names of the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    pub run: String,
    pub activity: String,
    pub key: String,
    pub secondary_key: Option<String>,
    pub channel: String,
    pub address: Option<String>,
    pub status: String,
    pub reason: Option<String>,
    pub message_id: Option<String>,
    pub attempts: u16,
    /// UTC microseconds.
    pub updated_at: i64,
}

/// Which lines are wanted; what is absent does not matter.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub status: Option<Status>,
    pub reason: Option<String>,
    /// Part of a key or an address, without regard to case.
    pub search: Option<String>,
}

impl Filter {
    fn takes(&self, line: &Line) -> bool {
        let found = |search: &String| {
            let search = search.to_lowercase();
            line.key.to_lowercase().contains(&search)
                || line.address.as_ref().is_some_and(|address| address.to_lowercase().contains(&search))
        };
        self.status.is_none_or(|status| line.status == status.as_str())
            && self.reason.as_ref().is_none_or(|reason| line.reason.as_ref() == Some(reason))
            && self.search.as_ref().is_none_or(found)
    }
}

/// Some lines, and the numbers of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Page {
    /// The lines that the filter takes.
    pub total: u64,
    pub lines: Vec<Line>,
    /// All lines by status, whatever the filter.
    pub counts: BTreeMap<String, u64>,
    /// All lines that have a reason, by reason.
    pub reasons: BTreeMap<String, u64>,
}

/// The lines of one activity of one run.
pub struct Ledger {
    folder: PathBuf,
    delivery: Delivery,
    message_domain: String,
    source: Source,
}

enum Source {
    Final(PathBuf, Box<ArrowReaderMetadata>),
    Open { targets: Targets, batches: Vec<Batch> },
}

/// The slots of the batch that was looked at last.
type Seen = Option<(i64, Vec<Slot>)>;

impl Ledger {
    /// The ledger of a delivery, whose files are in `folder`; `None` where none was prepared.
    #[boxed]
    pub async fn open(store: &Store, run: &str, activity: &str, folder: &Path) -> Result<Option<Self>> {
        let delivery = store.deliveries().get(run, activity).await.map_err(Error::store("read a delivery"))?;
        let Some(delivery) = delivery else { return Ok(None) };
        let links = LinkList::find(store, run, activity).await?;
        let message_domain = links.map(|links| links.message_domain).unwrap_or_default();
        let path = ledger_path(folder);
        let source = if path.exists() {
            let read = |error: Cause| Error::file("read", &path)(error);
            let file = File::open(&path).map_err(|error| read(error.into()))?;
            let metadata =
                ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|error| read(error.into()))?;
            Source::Final(path, Box::new(metadata))
        } else {
            let batches = store.batches().list(run, activity).await.map_err(Error::store("list batches"))?;
            Source::Open { targets: Targets::open(&targets_path(folder))?, batches }
        };
        Ok(Some(Self { folder: folder.to_owned(), delivery, message_domain, source }))
    }

    /// How many rows of the batches that are under way have each status: what a delivery's own numbers, which are those
    /// of the batches that are done, do not have yet. Excluded ones are those that were excluded since.
    #[boxed]
    pub async fn under_way(&self, store: &Store) -> Result<Vec<(Status, Option<String>)>> {
        let Source::Open { batches, .. } = &self.source else { return Ok(Vec::new()) };
        let mut found = Vec::new();
        for batch in batches.iter().filter(|batch| batch.state != "done" && batch.attempts > 0) {
            let slots = self.slots(store, batches, batch.batch_no).await?;
            let known = slots.into_iter().filter(|slot| slot.status != Status::Pending);
            found.extend(known.map(|slot| (slot.status, slot.reason)));
        }
        Ok(found)
    }

    /// Whether the delivery has not ended, so that its lines are not in the table of messages.
    pub fn is_open(&self) -> bool {
        matches!(self.source, Source::Open { .. })
    }

    /// The lines that a filter takes, `limit` of them from `offset` in the order of the keys, and the numbers of all.
    #[boxed]
    pub async fn page(&self, store: &Store, filter: &Filter, limit: usize, offset: usize) -> Result<Page> {
        let mut page = Page::default();
        let mut skip = offset;
        self.each(store, |line| {
            *page.counts.entry(line.status.clone()).or_default() += 1;
            if let Some(reason) = &line.reason {
                *page.reasons.entry(reason.clone()).or_default() += 1;
            }
            if filter.takes(&line) {
                page.total += 1;
                if skip > 0 {
                    skip -= 1;
                } else if page.lines.len() < limit {
                    page.lines.push(line);
                }
            }
        })
        .await?;
        Ok(page)
    }

    /// Every line, in the order of the keys; one row group of the file is in memory at a time.
    pub async fn each(&self, store: &Store, mut take: impl FnMut(Line)) -> Result<()> {
        let mut seen: Seen = None;
        for group in 0..self.groups() {
            for line in self.lines(store, group, &mut seen).await?.1 {
                take(line);
            }
        }
        Ok(())
    }

    pub(crate) fn groups(&self) -> usize {
        match &self.source {
            Source::Final(_, metadata) => metadata.metadata().num_row_groups(),
            Source::Open { targets, .. } => targets.groups(),
        }
    }

    /// The rows of a row group, and their lines.
    pub(crate) async fn lines(&self, store: &Store, group: usize, seen: &mut Seen) -> Result<(RecordBatch, Vec<Line>)> {
        match &self.source {
            Source::Final(path, metadata) => {
                let rows = read_group(path, metadata, group)?;
                let lines = final_lines(&rows).ok_or_else(|| damaged(path))?;
                Ok((rows, lines))
            }
            Source::Open { targets, batches } => {
                let rows = {
                    let targets = targets.clone();
                    let read = tokio::task::spawn_blocking(move || targets.group(group)).await;
                    read.map_err(|error| Error::file("read", &self.folder)(error.into()))??
                };
                let lines = self.open_lines(store, &rows, batches, seen).await?;
                Ok((rows, lines))
            }
        }
    }

    async fn open_lines(
        &self,
        store: &Store,
        rows: &RecordBatch,
        batches: &[Batch],
        seen: &mut Seen,
    ) -> Result<Vec<Line>> {
        let text = |column: &Column| -> Result<StringArray> {
            let array = rows.column_by_name(&column.name()).and_then(|array| cast(array, &DataType::Utf8).ok());
            Ok(array.ok_or_else(|| damaged(&targets_path(&self.folder)))?.as_string::<i32>().clone())
        };
        let (keys, addresses, reasons) = (text(&Column::Key)?, text(&Column::Address)?, text(&Column::Reason)?);
        let ordinals =
            rows.column_by_name(&Column::Ordinal.name()).and_then(|array| array.as_primitive_opt::<Int64Type>());
        let ordinals = ordinals.ok_or_else(|| damaged(&targets_path(&self.folder)))?;
        let some = |array: &StringArray, row: usize| array.is_valid(row).then(|| array.value(row).to_owned());
        let mut lines = Vec::with_capacity(rows.num_rows());
        for row in 0..rows.num_rows() {
            let excluded =
                Slot { status: Status::Excluded, reason: some(&reasons, row), ..Slot::new(self.delivery.created_us) };
            let slot = if ordinals.is_null(row) {
                excluded
            } else {
                let ordinal = ordinals.value(row);
                let batch_no = ordinal / self.delivery.batch_rows.max(1);
                if seen.as_ref().is_none_or(|(number, _)| *number != batch_no) {
                    *seen = Some((batch_no, self.slots(store, batches, batch_no).await?));
                }
                let at = usize::try_from(ordinal - batch_no * self.delivery.batch_rows).unwrap_or(usize::MAX);
                let slot = seen.as_ref().and_then(|(_, slots)| slots.get(at)).cloned();
                slot.unwrap_or_else(|| Slot::new(self.delivery.created_us))
            };
            let key = keys.value(row).to_owned();
            // What may be at the next hop without an answer is in doubt, even while it is going to be tried again.
            let status = if slot.is_open() && slot.doubtful { Status::InDoubt } else { slot.status };
            let message_id = (status != Status::Excluded)
                .then(|| message_id(&self.delivery.run, &self.delivery.activity, &key, &self.message_domain));
            lines.push(Line {
                run: self.delivery.run.clone(),
                activity: self.delivery.activity.clone(),
                key,
                secondary_key: None,
                channel: self.delivery.channel.clone(),
                address: some(&addresses, row),
                status: status.as_str().to_owned(),
                reason: slot.reason,
                message_id,
                attempts: slot.attempts,
                updated_at: if slot.updated_us == 0 { self.delivery.created_us } else { slot.updated_us },
            });
        }
        Ok(lines)
    }

    async fn slots(&self, store: &Store, batches: &[Batch], batch_no: i64) -> Result<Vec<Slot>> {
        let batch = batches.iter().find(|batch| batch.batch_no == batch_no);
        let known = batch.map(|batch| outcomes_file::newest(&self.folder, batch)).transpose()?.flatten();
        match (batch, known) {
            (Some(batch), Some(known)) if batch.state == "done" => Ok(known),
            (Some(batch), known) => {
                let groups = store.groups().list(batch.name()).await.map_err(Error::store("list groups"))?;
                let guarantee = if self.delivery.at_most_once {
                    DeliveryGuarantee::AtMostOnce
                } else {
                    DeliveryGuarantee::AtLeastOnce
                };
                // Whether it will be tried again is for the channel to say, and not known here: what is open stays so.
                let retry = Retry { attempts: u16::MAX, window_s: u32::MAX, ..Retry::default() };
                Ok(replay(batch, groups, known, &Policy { guarantee, retry }))
            }
            (None, _) => Ok(Vec::new()),
        }
    }
}

/// Lines as columns, with the names and the order of the contract.
pub(crate) fn columns(lines: &[Line]) -> Vec<(&'static str, ArrayRef)> {
    let text = |of: fn(&Line) -> &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(lines.iter().map(of))) };
    let some = |of: fn(&Line) -> Option<&str>| -> ArrayRef { Arc::new(lines.iter().map(of).collect::<StringArray>()) };
    let updated =
        TimestampMicrosecondArray::from_iter_values(lines.iter().map(|line| line.updated_at)).with_timezone("UTC");
    vec![
        ("run", text(|line| &line.run)),
        ("activity", text(|line| &line.activity)),
        ("key", text(|line| &line.key)),
        ("secondary_key", some(|line| line.secondary_key.as_deref())),
        ("channel", text(|line| &line.channel)),
        ("address", some(|line| line.address.as_deref())),
        ("status", text(|line| &line.status)),
        ("reason", some(|line| line.reason.as_deref())),
        ("message_id", some(|line| line.message_id.as_deref())),
        ("attempts", Arc::new(Int32Array::from_iter_values(lines.iter().map(|line| i32::from(line.attempts))))),
        ("updated_at", Arc::new(updated)),
    ]
}

fn final_lines(rows: &RecordBatch) -> Option<Vec<Line>> {
    let text = |name: &str| rows.column_by_name(name)?.as_string_opt::<i32>();
    let (runs, activities, keys, secondary) = (text("run")?, text("activity")?, text("key")?, text("secondary_key")?);
    let (channels, addresses, statuses) = (text("channel")?, text("address")?, text("status")?);
    let (reasons, ids) = (text("reason")?, text("message_id")?);
    let attempts = rows.column_by_name("attempts")?.as_primitive_opt::<Int32Type>()?;
    let updated = rows.column_by_name("updated_at")?.as_primitive_opt::<TimestampMicrosecondType>()?;
    let some = |array: &StringArray, row: usize| array.is_valid(row).then(|| array.value(row).to_owned());
    let line = |row: usize| Line {
        run: runs.value(row).to_owned(),
        activity: activities.value(row).to_owned(),
        key: keys.value(row).to_owned(),
        secondary_key: some(secondary, row),
        channel: channels.value(row).to_owned(),
        address: some(addresses, row),
        status: statuses.value(row).to_owned(),
        reason: some(reasons, row),
        message_id: some(ids, row),
        attempts: u16::try_from(attempts.value(row)).unwrap_or(u16::MAX),
        updated_at: updated.value(row),
    };
    Some((0..rows.num_rows()).map(line).collect())
}

fn read_group(path: &Path, metadata: &ArrowReaderMetadata, group: usize) -> Result<RecordBatch> {
    let read = |error: Cause| Error::file("read", path)(error);
    let file = File::open(path).map_err(|error| read(error.into()))?;
    let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata.clone());
    let schema = Arc::clone(builder.schema());
    let reader =
        builder.with_row_groups(vec![group]).with_batch_size(65_536).build().map_err(|error| read(error.into()))?;
    let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().map_err(|error| read(error.into()))?;
    arrow::compute::concat_batches(&schema, &batches).map_err(|error| read(error.into()))
}

fn damaged(path: &Path) -> Error {
    Error::Damaged { path: path.to_owned(), why: "a column of the ledger is missing".to_owned() }
}
