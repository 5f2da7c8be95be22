//! Where accepted rows meet stored ones. Everything is sorted by key, so that one pass over both decides each row
//! and writes the result in order.

use std::collections::VecDeque;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, AsArray, BooleanArray, RecordBatch, make_comparator};
use datafusion::arrow::compute::{SortOptions, concat_batches, filter_record_batch, partition};
use datafusion::arrow::datatypes::{Int8Type, SchemaRef, UInt64Type};
use datafusion::physical_plan::SendableRecordBatchStream;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use futures::StreamExt;

use super::rows::{MARK, MARK_DELETE, MARK_DELETE_ALWAYS, MARK_DELETED, MARK_STORED, MARK_UPSERT, ORDER};
use crate::error::Result;

/// What became of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    pub inserted: u64,
    pub updated: u64,
    pub deleted: u64,
    /// Rows that lost to a higher version, or deletes of what was not there.
    pub skipped: u64,
}

/// Batches of a sorted stream, cut so that rows of one key are never in two batches.
pub(crate) struct Groups {
    stream: SendableRecordBatchStream,
    key: Vec<usize>,
    carry: Option<RecordBatch>,
    ready: VecDeque<RecordBatch>,
}

impl Groups {
    pub fn new(stream: SendableRecordBatchStream, key: Vec<usize>) -> Self {
        Self { stream, key, carry: None, ready: VecDeque::new() }
    }

    pub async fn next(&mut self) -> Result<Option<RecordBatch>> {
        loop {
            if let Some(batch) = self.ready.pop_front() {
                return Ok(Some(batch));
            }
            match self.stream.next().await {
                Some(batch) => self.cut(&batch?)?,
                None => return Ok(self.carry.take()),
            }
        }
    }

    fn cut(&mut self, batch: &RecordBatch) -> Result<()> {
        if batch.num_rows() == 0 {
            return Ok(());
        }
        let ranges = ranges(batch, &self.key)?;
        let (first_end, last_start) = (ranges[0].end, ranges[ranges.len() - 1].start);
        let mut body_start = 0;
        if let Some(carry) = self.carry.take() {
            let edge = concat_batches(&batch.schema(), [&carry.slice(0, 1), &batch.slice(0, 1)])?;
            if self::ranges(&edge, &self.key)?.len() == 1 {
                let head = concat_batches(&batch.schema(), [&carry, &batch.slice(0, first_end)])?;
                if first_end == batch.num_rows() {
                    self.carry = Some(head);
                    return Ok(());
                }
                self.ready.push_back(head);
                body_start = first_end;
            } else {
                self.ready.push_back(carry);
            }
        }
        if last_start > body_start {
            self.ready.push_back(batch.slice(body_start, last_start - body_start));
        }
        self.carry = Some(batch.slice(last_start, batch.num_rows() - last_start));
        Ok(())
    }
}

fn ranges(batch: &RecordBatch, key: &[usize]) -> Result<Vec<std::ops::Range<usize>>> {
    let columns: Vec<ArrayRef> = key.iter().map(|index| batch.column(*index).clone()).collect();
    Ok(partition(&columns)?.ranges())
}

/// The first row of each key; `dropped` counts the others.
pub(crate) fn first_of_each(
    stream: SendableRecordBatchStream,
    key: Vec<usize>,
    dropped: Arc<std::sync::atomic::AtomicU64>,
) -> SendableRecordBatchStream {
    let schema = stream.schema();
    let groups = Groups::new(stream, key);
    let firsts = futures::stream::try_unfold((groups, dropped), |(mut groups, dropped)| async move {
        let Some(batch) = groups.next().await? else { return Ok(None) };
        let ranges = ranges(&batch, &groups.key)?;
        let kept = if ranges.len() == batch.num_rows() {
            batch
        } else {
            dropped.fetch_add((batch.num_rows() - ranges.len()) as u64, std::sync::atomic::Ordering::Relaxed);
            let mut keep = vec![false; batch.num_rows()];
            for range in ranges {
                keep[range.start] = true;
            }
            filter_record_batch(&batch, &BooleanArray::from(keep))?
        };
        Ok(Some((kept, (groups, dropped))))
    });
    Box::pin(RecordBatchStreamAdapter::new(schema, firsts))
}

/// Decides over stored and incoming rows.
pub(crate) struct Decider {
    mark: usize,
    version: Option<usize>,
    key: Vec<usize>,
    /// Stored and incoming rows of one key: incoming is refused (append).
    pub refuse_stored: bool,
    pub tally: Tally,
    /// Whether the deletions to remember are other than those that were known.
    pub deletions_changed: bool,
}

/// What is kept of a batch.
pub(crate) struct Decision {
    pub kept: RecordBatch,
    /// Incoming rows that collided with stored ones (append only).
    pub refused: Vec<usize>,
    /// Rows whose keys and versions are to be remembered as deleted.
    pub deleted: Vec<u64>,
}

impl Decider {
    pub fn new(schema: &SchemaRef, key: &[String], version: Option<&str>, refuse_stored: bool) -> Result<Self> {
        Ok(Self {
            mark: schema.index_of(MARK)?,
            version: version.map(|name| schema.index_of(name)).transpose()?,
            key: key.iter().map(|name| Ok(schema.index_of(name)?)).collect::<Result<Vec<_>>>()?,
            refuse_stored,
            tally: Tally::default(),
            deletions_changed: false,
        })
    }

    pub fn key(&self) -> Vec<usize> {
        self.key.clone()
    }

    /// `batch` comes from [`Groups`]: keys are whole.
    pub fn decide(&mut self, batch: &RecordBatch) -> Result<Decision> {
        let marks = batch.column(self.mark).as_primitive::<Int8Type>().values().clone();
        let mut keep = vec![false; batch.num_rows()];
        let mut refused = Vec::new();
        let mut deleted = Vec::new();
        let compare = match self.version {
            Some(version) => {
                let column = batch.column(version);
                let nulls_lowest = SortOptions { descending: false, nulls_first: true };
                Some(make_comparator(column, column, nulls_lowest)?)
            }
            None => None,
        };
        for range in ranges(batch, &self.key)? {
            let with = |wanted: i8| range.clone().find(|row| marks[*row] == wanted);
            let (stored, known) = (with(MARK_STORED), with(MARK_DELETED));
            let incoming = range.clone().find(|row| !matches!(marks[*row], MARK_STORED | MARK_DELETED));
            let older = |row: usize, other: usize| {
                marks[row] != MARK_DELETE_ALWAYS && compare.as_ref().is_some_and(|compare| compare(row, other).is_lt())
            };
            let remembered = match (stored, incoming) {
                (Some(_), None) => {
                    for row in range.clone() {
                        keep[row] = !self.refuse_stored && marks[row] == MARK_STORED;
                    }
                    None
                }
                (None, None) => known,
                (None, Some(row)) if known.is_some_and(|known| older(row, known)) => {
                    self.tally.skipped += 1;
                    known
                }
                (None, Some(row)) if marks[row] == MARK_UPSERT => {
                    keep[row] = true;
                    self.tally.inserted += 1;
                    None
                }
                (None, Some(row)) => {
                    self.tally.skipped += 1;
                    if marks[row] == MARK_DELETE_ALWAYS { known } else { Some(row) }
                }
                (Some(_), Some(row)) if self.refuse_stored => {
                    refused.push(row);
                    None
                }
                (Some(stored), Some(row)) if older(row, stored) => {
                    keep[stored] = true;
                    self.tally.skipped += 1;
                    None
                }
                (Some(stored), Some(row)) => match marks[row] {
                    MARK_DELETE | MARK_DELETE_ALWAYS => {
                        self.tally.deleted += 1;
                        Some(if marks[row] == MARK_DELETE { row } else { stored })
                    }
                    _ => {
                        keep[row] = true;
                        self.tally.updated += 1;
                        None
                    }
                },
            };
            // Without a version nothing is older.
            let remembered = remembered.filter(|row| self.version.is_some_and(|v| batch.column(v).is_valid(*row)));
            self.deletions_changed |= remembered != known;
            deleted.extend(remembered.map(|row| row as u64));
        }
        let kept = if keep.iter().all(|keep| *keep) {
            batch.clone()
        } else {
            filter_record_batch(batch, &BooleanArray::from(keep))?
        };
        Ok(Decision { kept, refused, deleted })
    }
}

/// The order numbers of rows.
pub(crate) fn orders(batch: &RecordBatch) -> Option<&datafusion::arrow::array::UInt64Array> {
    batch.column_by_name(ORDER).and_then(|column| column.as_primitive_opt::<UInt64Type>())
}
