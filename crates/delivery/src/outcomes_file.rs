//! What became of the rows of one batch, as a small Parquet file: one row for each eligible row, in order.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, Int32Array, Int64Array, RecordBatch, StringArray};
use arrow::datatypes::{Int32Type, Int64Type};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use tutti_store::Batch;

use crate::error::{Error, Result};
use crate::job::outcomes_path;
use crate::outcome::{Slot, Status};
use crate::targets::{beside, properties, publish};

/// Writes the file; visible only when it is whole.
pub fn write(path: &Path, slots: &[Slot]) -> Result<()> {
    let columns: Vec<(&str, ArrayRef, bool)> = vec![
        ("status", Arc::new(StringArray::from_iter_values(slots.iter().map(|slot| slot.status.as_str()))), true),
        ("reason", Arc::new(slots.iter().map(|slot| slot.reason.as_deref()).collect::<StringArray>()), true),
        ("attempts", Arc::new(Int32Array::from_iter_values(slots.iter().map(|slot| i32::from(slot.attempts)))), true),
        ("first_us", Arc::new(slots.iter().map(|slot| slot.first_us).collect::<Int64Array>()), true),
        ("updated_us", Arc::new(Int64Array::from_iter_values(slots.iter().map(|slot| slot.updated_us))), true),
        ("due_us", Arc::new(Int64Array::from_iter_values(slots.iter().map(|slot| slot.due_us))), true),
        ("doubtful", Arc::new(slots.iter().map(|slot| Some(slot.doubtful)).collect::<BooleanArray>()), true),
    ];
    let temporary = beside(path);
    let failed = |cause: crate::error::Cause| Error::file("write", &temporary)(cause);
    let batch = RecordBatch::try_from_iter_with_nullable(columns).map_err(|error| failed(error.into()))?;
    let file = File::create(&temporary).map_err(|error| failed(error.into()))?;
    let mut writer =
        ArrowWriter::try_new(file, batch.schema(), Some(properties())).map_err(|error| failed(error.into()))?;
    writer.write(&batch).map_err(|error| failed(error.into()))?;
    let file = writer.into_inner().map_err(|error| failed(error.into()))?;
    file.sync_all().map_err(|error| failed(error.into()))?;
    publish(&temporary, path)
}

/// What the newest claim on a batch wrote that wrote anything.
pub fn newest(folder: &Path, batch: &Batch) -> Result<Option<Vec<Slot>>> {
    for claim in (1..=batch.attempts).rev() {
        if let Some(slots) = read(&outcomes_path(folder, batch.batch_no, claim))? {
            return Ok(Some(slots));
        }
    }
    Ok(None)
}

/// Reads the file, where it is there.
fn read(path: &Path) -> Result<Option<Vec<Slot>>> {
    let failed = |cause: crate::error::Cause| Error::file("read", path)(cause);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error.into())),
    };
    let reader = ParquetRecordBatchReaderBuilder::try_new(file).and_then(ParquetRecordBatchReaderBuilder::build);
    let mut slots = Vec::new();
    for batch in reader.map_err(|error| failed(error.into()))? {
        let batch = batch.map_err(|error| failed(error.into()))?;
        slots.extend(slots_of(&batch).ok_or_else(|| Error::Damaged {
            path: path.to_owned(),
            why: "its columns are not those of outcomes".to_owned(),
        })?);
    }
    Ok(Some(slots))
}

fn slots_of(batch: &RecordBatch) -> Option<Vec<Slot>> {
    let statuses = batch.column_by_name("status")?.as_string_opt::<i32>()?;
    let reasons = batch.column_by_name("reason")?.as_string_opt::<i32>()?;
    let attempts = batch.column_by_name("attempts")?.as_primitive_opt::<Int32Type>()?;
    let firsts = batch.column_by_name("first_us")?.as_primitive_opt::<Int64Type>()?;
    let updates = batch.column_by_name("updated_us")?.as_primitive_opt::<Int64Type>()?;
    let dues = batch.column_by_name("due_us")?.as_primitive_opt::<Int64Type>()?;
    let doubts = batch.column_by_name("doubtful")?.as_boolean_opt()?;
    (0..batch.num_rows())
        .map(|row| {
            Some(Slot {
                status: Status::parse(statuses.value(row))?,
                reason: reasons.is_valid(row).then(|| reasons.value(row).to_owned()),
                attempts: u16::try_from(attempts.value(row)).ok()?,
                first_us: firsts.is_valid(row).then(|| firsts.value(row)),
                updated_us: updates.value(row),
                due_us: dues.value(row),
                doubtful: doubts.value(row),
                unanswered: 0,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outcomes_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("0.parquet");
        assert_eq!(read(&path).unwrap(), None);
        let mut sent = Slot::new(5);
        (sent.status, sent.attempts, sent.first_us) = (Status::Sent, 2, Some(7));
        let mut failed = Slot::new(6);
        (failed.status, failed.reason, failed.doubtful) = (Status::Failed, Some("550 no".into()), true);
        let slots = vec![sent, Slot::new(0), failed];
        write(&path, &slots).unwrap();
        write(&path, &slots).unwrap();
        assert_eq!(read(&path).unwrap(), Some(slots));
    }
}
