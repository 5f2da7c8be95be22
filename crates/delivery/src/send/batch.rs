//! One batch: its rows, what is known of each, and how it ends.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;
use tutti_model::channel::Category;
use tutti_store::{Batch, BatchCounts, Group as StoredGroup, When};

use super::Shared;
use super::queue::{Group, Reported};
use crate::error::{Error, Result};
use crate::job::{Job, Tracking, outcomes_path};
use crate::outcome::{Outcome, Policy, Slot, Status};
use crate::outcomes_file;
use crate::targets::{Column, Targets};
use crate::template::{Links, Names, Row, Rows};
use crate::token::{MessageRef, Person};

/// The rows of a batch in memory.
#[derive(Debug)]
pub struct Loaded {
    pub batch_no: i64,
    first_ordinal: i64,
    rows: Arc<Rows>,
    keys: StringArray,
    identities: StringArray,
    addresses: StringArray,
}

impl Loaded {
    pub fn read(targets: &Targets, batch_no: i64, ordinals: Range<i64>, job: &Job) -> Result<Self> {
        let batch = targets.eligible(ordinals.clone())?;
        let wanted = usize::try_from(ordinals.end - ordinals.start).unwrap_or(0);
        if batch.num_rows() != wanted {
            let why = format!("it has {} of the {wanted} rows of batch {batch_no}", batch.num_rows());
            return Err(Error::Damaged { path: job.targets_path(), why });
        }
        Self::new(batch, targets.columns(), batch_no, ordinals.start, job)
    }

    /// Rows with these columns.
    pub fn new(batch: RecordBatch, columns: &[Column], batch_no: i64, first_ordinal: i64, job: &Job) -> Result<Self> {
        let text = |column: Column| -> Result<StringArray> {
            let missing =
                || Error::Damaged { path: job.targets_path(), why: format!("it has no column `{}`", column.name()) };
            let array = batch.column_by_name(&column.name()).ok_or_else(missing)?;
            Ok(cast(array, &DataType::Utf8).map_err(|_| missing())?.as_string::<i32>().clone())
        };
        let (keys, identities, addresses) = (text(Column::Key)?, text(Column::Identity)?, text(Column::Address)?);
        let fields = columns.iter().enumerate().filter_map(|(position, column)| match column {
            // A key is a field too; a field of the same name, read by its path, comes first.
            Column::Field(path) | Column::List(path, _) => Some((0, path.as_str(), position)),
            Column::KeyPart(name) => Some((1, name.as_str(), position)),
            _ => None,
        });
        let mut fields: Vec<_> = fields.collect();
        fields.sort_by_key(|(rank, ..)| *rank);
        let names = Names::new(fields.into_iter().map(|(_, path, position)| (path, position)));
        let zone = TimeZone::get(&job.time_zone).unwrap_or(TimeZone::UTC);
        let lists = columns.iter().enumerate().filter_map(|(position, column)| match column {
            Column::List(_, columns) => Some((position, columns.clone())),
            _ => None,
        });
        let lists = lists.collect();
        let rows = Rows {
            batch,
            names: Arc::new(names),
            lists,
            zone,
            zone_column: columns.iter().position(|column| *column == Column::Zone),
        };
        Ok(Self { batch_no, first_ordinal, rows: Arc::new(rows), keys, identities, addresses })
    }

    pub fn len(&self) -> usize {
        self.rows.batch.num_rows()
    }

    pub fn ordinal(&self, position: usize) -> i64 {
        self.first_ordinal + i64::try_from(position).unwrap_or(i64::MAX)
    }

    pub fn key(&self, position: usize) -> &str {
        self.keys.value(position)
    }

    pub fn identity(&self, position: usize) -> &str {
        self.identities.value(position)
    }

    pub fn address(&self, position: usize) -> &str {
        self.addresses.value(position)
    }

    /// The row as templates see it.
    pub fn row(&self, position: usize) -> Row {
        Row { rows: Arc::clone(&self.rows), names: Arc::clone(&self.rows.names), row: position }
    }

    /// What the links of a row's message say.
    pub fn links(&self, job: &Job, tracking: &Tracking, position: usize) -> Arc<Links> {
        Arc::new(Links {
            signer: tracking.signer.clone(),
            public_url: tracking.public_url.trim_end_matches('/').into(),
            message: MessageRef {
                run: job.run.clone(),
                activity: job.activity.clone(),
                key: self.key(position).to_owned(),
            },
            person: Person {
                dimension: job.dimension.name.clone(),
                identity: self.identity(position).to_owned(),
                address: self.address(position).to_owned(),
            },
        })
    }
}

/// What is known of a batch's rows from the groups that were handed over, and from the file of an earlier claim, which
/// has the words of the answers too.
pub fn replay(batch: &Batch, mut groups: Vec<StoredGroup>, known: Option<Vec<Slot>>, policy: &Policy) -> Vec<Slot> {
    let rows = usize::try_from(batch.rows).unwrap_or(0);
    let mut slots = vec![Slot::new(0); rows];
    groups.sort_by_key(|group| group.attempt);
    for group in groups {
        let start = usize::try_from(group.first_ordinal - batch.first_ordinal).unwrap_or(usize::MAX);
        let length = usize::try_from(group.length).unwrap_or(0);
        let ended_us = group.answered_us.unwrap_or(group.begun_us);
        for (index, slot) in slots.iter_mut().skip(start).take(length).enumerate() {
            let byte = group.outcomes.as_ref().and_then(|outcomes| outcomes.get(index));
            match byte {
                Some(byte) => slot.take(&Outcome::from_byte(*byte), group.begun_us, ended_us, policy),
                None => slot.crash(group.begun_us, policy),
            }
        }
    }
    for (slot, known) in slots.iter_mut().zip(known.unwrap_or_default()) {
        if slot.status == known.status && slot.attempts == known.attempts {
            *slot = Slot { unanswered: slot.unanswered, ..known };
        }
    }
    slots
}

/// How a batch left.
#[derive(Debug, PartialEq, Eq)]
pub enum Left {
    Finished,
    /// Given back, to go on later or elsewhere.
    Released,
    /// Somebody else has it.
    Lost,
}

/// Sends what is due in a claimed batch, and ends it or gives it back.
pub async fn run(shared: Arc<Shared>, batch: Batch) -> Result<Left> {
    // Both go on at once: on SQLite one of them may hold the only connection that the other waits for.
    tokio::select! {
        left = work(&shared, &batch) => left,
        left = keep(&shared, &batch) => left,
    }
}

/// Renews the claim until it is lost.
async fn keep(shared: &Shared, batch: &Batch) -> Result<Left> {
    let third = Duration::from_micros(u64::try_from(shared.lease_us / 3).unwrap_or(1).max(1000));
    loop {
        tokio::time::sleep(third).await;
        let now = shared.clock.now_us();
        let kept = shared.store.batches().renew(batch.name(), &shared.owner, shared.lease_us, now).await;
        if !kept.map_err(Error::store("renew a batch's lease"))? {
            return Ok(Left::Lost);
        }
    }
}

async fn work(shared: &Arc<Shared>, batch: &Batch) -> Result<Left> {
    let batch_no = batch.batch_no;
    let loaded = {
        let (targets, job) = (shared.targets.clone(), Arc::clone(&shared.job));
        let ordinals = batch.first_ordinal..batch.first_ordinal + batch.rows;
        let read = tokio::task::spawn_blocking(move || Loaded::read(&targets, batch_no, ordinals, &job));
        let read = read.await.map_err(|error| Error::file("read", shared.job.targets_path())(error.into()))?;
        Arc::new(read?)
    };
    let path = outcomes_path(&shared.job.folder, batch_no, batch.attempts);
    let groups = shared.store.groups().list(batch.name()).await.map_err(Error::store("list groups"))?;
    let mut attempt = groups.iter().map(|group| group.attempt).max().unwrap_or(0);
    let mut slots = replay(batch, groups, outcomes_file::newest(&shared.job.folder, batch)?, &shared.policy);
    exclude_late(shared, &loaded, &mut slots).await?;
    loop {
        let now = shared.clock.now_us();
        let due: Vec<usize> = (0..slots.len()).filter(|&at| slots[at].is_open() && slots[at].due_us <= now).collect();
        if due.is_empty() || shared.halt.is_cancelled() {
            break;
        }
        let (report, mut reports) = mpsc::unbounded_channel();
        let ranges = ranges(&due, shared.group_messages);
        shared.queue.push(ranges.into_iter().map(|range| {
            attempt += 1;
            Group { batch: Arc::clone(&loaded), range, attempt, report: report.clone() }
        }));
        drop(report);
        let mut lost = false;
        while let Some(report) = reports.recv().await {
            match report.what {
                Reported::Answered(outcomes) => {
                    for (position, outcome) in report.range.zip(&outcomes) {
                        slots[position].take(outcome, report.begun_us, report.ended_us, &shared.policy);
                    }
                }
                Reported::NotTried => {}
                Reported::Lost => lost = true,
            }
        }
        if lost {
            return Ok(Left::Lost);
        }
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| Error::file("create the folder", folder)(error.into()))?;
    }
    let open = slots.iter().any(Slot::is_open);
    if slots.iter().any(|slot| slot.attempts > 0 || !slot.is_open()) {
        outcomes_file::write(&path, &slots)?;
        shared.store.reach("write what became of a batch", When::After).await;
    }
    let batches = shared.store.batches();
    if open {
        let due = slots.iter().filter(|slot| slot.is_open()).map(|slot| slot.due_us).min().filter(|due| *due > 0);
        let released = batches.release(batch.name(), &shared.owner, due).await;
        return Ok(if released.map_err(Error::store("release a batch"))? { Left::Released } else { Left::Lost });
    }
    let counts = counts(&slots);
    let name = path.file_name().and_then(|name| name.to_str());
    let now = shared.clock.now_us();
    let finished = batches.finish(batch.name(), &shared.owner, &counts, name, now).await;
    Ok(if finished.map_err(Error::store("finish a batch"))? { Left::Finished } else { Left::Lost })
}

/// What became of the rows.
fn counts(slots: &[Slot]) -> BatchCounts {
    let mut counts = BatchCounts::default();
    for slot in slots {
        match slot.status {
            Status::Sent => counts.sent += 1,
            Status::Failed => counts.failed += 1,
            Status::InDoubt => counts.in_doubt += 1,
            Status::Excluded => *counts.excluded_late.entry(slot.reason.clone().unwrap_or_default()).or_default() += 1,
            Status::Pending => {}
        }
    }
    counts
}

/// Consent and suppression are looked at again: hours may have passed since the targets were decided.
async fn exclude_late(shared: &Shared, loaded: &Loaded, slots: &mut [Slot]) -> Result<()> {
    let open: Vec<usize> = (0..slots.len()).filter(|&at| slots[at].is_open()).collect();
    let channel = shared.job.channel.kind.as_str();
    let addresses: Vec<&str> = open.iter().map(|&at| loaded.address(at)).collect();
    let now = shared.clock.now_us();
    if shared.job.channel.category == Category::Marketing {
        let identities: Vec<&str> = open.iter().map(|&at| loaded.identity(at)).collect();
        let dimension = &shared.job.dimension.name;
        let out = shared.store.consents().opted_out(channel, dimension, &identities, &addresses).await;
        let out = out.map_err(Error::store("look up opt-outs"))?;
        for &at in &open {
            if out.keys.contains(loaded.identity(at)) || out.addresses.contains(loaded.address(at)) {
                slots[at].exclude("opted_out", now);
            }
        }
    }
    let suppressed = shared.store.suppressions().lookup(channel, &addresses).await;
    let suppressed = suppressed.map_err(Error::store("look up suppressions"))?;
    for &at in &open {
        if slots[at].is_open() && suppressed.contains_key(loaded.address(at)) {
            slots[at].exclude("suppressed", now);
        }
    }
    Ok(())
}

/// Neighbours together, at most `most` of them.
fn ranges(positions: &[usize], most: usize) -> Vec<Range<usize>> {
    let mut ranges: Vec<Range<usize>> = Vec::new();
    for &position in positions {
        match ranges.last_mut() {
            Some(last) if last.end == position && last.len() < most => last.end += 1,
            _ => ranges.push(position..position + 1),
        }
    }
    ranges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_go_together() {
        assert_eq!(ranges(&[0, 1, 2, 4, 7, 8], 2), [0..2, 2..3, 4..5, 7..9]);
        assert_eq!(ranges(&[], 2), [] as [Range<usize>; 0]);
    }
}
