//! The targets file: every row that arrived at a channel activity, excluded or eligible, in the order of its key.
//!
//! Eligible rows are numbered from 0 without gaps. A row group ends where a batch ends, so reading one batch back never
//! takes more than its own row groups, whatever the size of the audience.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch};
use arrow::compute::{cast, concat_batches, filter_record_batch};
use arrow::datatypes::{DataType, Field, Int64Type, Schema, SchemaRef};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder};
use parquet::basic::{Compression, ZstdLevel};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// Row groups end at latest after so many rows, however few of them are eligible.
const GROUP_ROWS_MAX: usize = 65_536;
/// Where the footer keeps [`Totals`].
const TOTALS: &str = "tutti.totals";

/// What a column of the targets holds. Names of fields cannot begin as the others do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    Ordinal,
    Key,
    Identity,
    Address,
    Reason,
    Zone,
    /// A key column, in its own type.
    KeyPart(String),
    /// A field that the message uses, by path.
    Field(String),
    /// A list of rows that the message uses, as JSON text, with the columns of these rows.
    List(String, Vec<tutti_model::table::Column>),
}

impl Column {
    pub fn name(&self) -> String {
        match self {
            Self::Ordinal => "__t_ordinal".to_owned(),
            Self::Key => "__t_key".to_owned(),
            Self::Identity => "__t_identity".to_owned(),
            Self::Address => "__t_address".to_owned(),
            Self::Reason => "__t_reason".to_owned(),
            Self::Zone => "__t_zone".to_owned(),
            Self::KeyPart(name) => format!("__k.{name}"),
            Self::Field(path) | Self::List(path, _) => path.clone(),
        }
    }
}

/// What a targets file says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    pub targeted: i64,
    pub eligible: i64,
    /// The excluded rows by reason.
    pub exclusions: BTreeMap<String, i64>,
    pub batch_rows: i64,
    columns: Vec<Column>,
    /// The ordinal that the first eligible row of each row group has or would have.
    first_ordinals: Vec<i64>,
}

impl Totals {
    pub fn excluded(&self) -> i64 {
        self.targeted - self.eligible
    }
}

/// What a targets file says of itself, where it is there.
pub fn totals(path: &Path) -> Result<Option<Totals>> {
    if !path.exists() {
        return Ok(None);
    }
    Ok(Some(Targets::open(path)?.totals))
}

/// Writes a targets file; it is visible only when it is whole.
pub struct Writer {
    path: PathBuf,
    temporary: PathBuf,
    writer: Option<ArrowWriter<File>>,
    totals: Totals,
    /// Rows in the row group at hand.
    group_rows: usize,
}

impl Writer {
    /// `columns` are those of the batches to come.
    pub fn create(path: &Path, mut columns: Vec<Column>, batch_rows: usize) -> Result<Self> {
        columns.insert(0, Column::Ordinal);
        let batch_rows = i64::try_from(batch_rows.max(1)).unwrap_or(i64::MAX);
        let totals = Totals { batch_rows, columns, first_ordinals: vec![0], ..Totals::default() };
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| Error::file("create the folder", folder)(error.into()))?;
        }
        let temporary = beside(path);
        Ok(Self { path: path.to_owned(), temporary, writer: None, totals, group_rows: 0 })
    }

    /// Adds rows, in the order of their keys.
    pub fn write(&mut self, batch: &RecordBatch) -> Result<()> {
        let reasons = column_text(batch, &Column::Reason.name());
        let mut at = 0;
        while at < batch.num_rows() {
            // As many rows as end with the batch of eligible rows, or with the row group.
            let mut ordinals: Vec<Option<i64>> = Vec::new();
            let mut ends = false;
            while !ends && at + ordinals.len() < batch.num_rows() {
                let row = at + ordinals.len();
                match reasons.as_ref().and_then(|reasons| reasons.is_valid(row).then(|| reasons.value(row))) {
                    Some(reason) => {
                        *self.totals.exclusions.entry(reason.to_owned()).or_default() += 1;
                        ordinals.push(None);
                    }
                    None => {
                        ordinals.push(Some(self.totals.eligible));
                        self.totals.eligible += 1;
                        ends = self.totals.eligible % self.totals.batch_rows == 0;
                    }
                }
                ends |= self.group_rows + ordinals.len() >= GROUP_ROWS_MAX;
            }
            let rows = batch.slice(at, ordinals.len());
            at += ordinals.len();
            self.totals.targeted += i64::try_from(ordinals.len()).unwrap_or(i64::MAX);
            self.group_rows += ordinals.len();
            self.put(&rows, Int64Array::from(ordinals))?;
            if ends {
                self.end_group()?;
            }
        }
        Ok(())
    }

    fn put(&mut self, rows: &RecordBatch, ordinals: Int64Array) -> Result<()> {
        let mut fields = vec![Field::new(Column::Ordinal.name(), DataType::Int64, true)];
        let mut arrays: Vec<ArrayRef> = vec![Arc::new(ordinals)];
        for (field, array) in rows.schema().fields().iter().zip(rows.columns()) {
            // Views and dictionaries would be different from batch to batch.
            let data_type = match field.data_type() {
                DataType::Utf8View | DataType::LargeUtf8 | DataType::Dictionary(..) => DataType::Utf8,
                other => other.clone(),
            };
            arrays.push(cast(array, &data_type).map_err(|error| self.failed(error.into()))?);
            fields.push(Field::new(field.name(), data_type, true));
        }
        let schema: SchemaRef = Arc::new(Schema::new(fields));
        let batch = RecordBatch::try_new(Arc::clone(&schema), arrays).map_err(|error| self.failed(error.into()))?;
        let written = match &mut self.writer {
            Some(writer) => writer.write(&batch),
            None => {
                let writer = self.start(schema)?;
                self.writer.insert(writer).write(&batch)
            }
        };
        written.map_err(|error| self.failed(error.into()))
    }

    fn start(&self, schema: SchemaRef) -> Result<ArrowWriter<File>> {
        let file = File::create(&self.temporary).map_err(|error| self.failed(error.into()))?;
        ArrowWriter::try_new(file, schema, Some(properties())).map_err(|error| self.failed(error.into()))
    }

    fn end_group(&mut self) -> Result<()> {
        if let Some(writer) = &mut self.writer
            && self.group_rows > 0
        {
            writer.flush().map_err(|error| Error::file("write", &self.temporary)(error.into()))?;
            self.totals.first_ordinals.push(self.totals.eligible);
            self.group_rows = 0;
        }
        Ok(())
    }

    /// Ends the file and makes it visible.
    pub fn finish(mut self) -> Result<Totals> {
        self.end_group()?;
        let mut writer = match self.writer.take() {
            Some(writer) => writer,
            None => {
                let fields: Vec<Field> =
                    [Column::Ordinal].iter().map(|column| Field::new(column.name(), DataType::Int64, true)).collect();
                self.start(Arc::new(Schema::new(fields)))?
            }
        };
        // The last one begins no row group.
        self.totals.first_ordinals.pop();
        let totals = serde_json::to_string(&self.totals).map_err(|error| self.failed(error.into()))?;
        writer.append_key_value_metadata(KeyValue::new(TOTALS.to_owned(), totals));
        let file = writer.into_inner().map_err(|error| self.failed(error.into()))?;
        file.sync_all().map_err(|error| self.failed(error.into()))?;
        publish_first(&self.temporary, &self.path)?;
        Ok(self.totals)
    }

    fn failed(&self, cause: crate::error::Cause) -> Error {
        Error::file("write", &self.temporary)(cause)
    }
}

/// How all files of a delivery are written.
pub(crate) fn properties() -> WriterProperties {
    let level = ZstdLevel::try_new(1).unwrap_or_default();
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(1 << 20))
        .build()
}

/// Where a file is written before it gets its name: two workers, of which one has lost its claim, write two.
pub(crate) fn beside(path: &Path) -> PathBuf {
    path.with_extension(format!("{}.tmp", ulid::Ulid::generate()))
}

/// Gives a whole file its name, durably, unless another has it: the first one stays.
fn publish_first(temporary: &Path, path: &Path) -> Result<()> {
    match std::fs::hard_link(temporary, path) {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
        // Not every file system has links.
        Err(error) if matches!(error.kind(), ErrorKind::Unsupported | ErrorKind::PermissionDenied) => {
            return publish(temporary, path);
        }
        Err(error) => return Err(Error::file("link to", path)(error.into())),
    }
    std::fs::remove_file(temporary).map_err(|error| Error::file("remove", temporary)(error.into()))?;
    sync_folder_of(path)
}

/// Gives a whole file its name, durably.
pub(crate) fn publish(temporary: &Path, path: &Path) -> Result<()> {
    std::fs::rename(temporary, path).map_err(|error| Error::file("rename to", path)(error.into()))?;
    sync_folder_of(path)
}

fn sync_folder_of(path: &Path) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|error| Error::file("write the folder", folder)(error.into()))
}

/// A targets file, open for reading.
#[derive(Clone, Debug)]
pub struct Targets {
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    pub totals: Totals,
}

impl Targets {
    pub fn open(path: &Path) -> Result<Self> {
        let read = |error: crate::error::Cause| Error::file("read", path)(error);
        let file = File::open(path).map_err(|error| read(error.into()))?;
        let metadata =
            ArrowReaderMetadata::load(&file, ArrowReaderOptions::new()).map_err(|error| read(error.into()))?;
        let totals = metadata
            .metadata()
            .file_metadata()
            .key_value_metadata()
            .and_then(|pairs| pairs.iter().find(|pair| pair.key == TOTALS)?.value.as_deref())
            .and_then(|json| serde_json::from_str(json).ok());
        match totals {
            Some(totals) => Ok(Self { path: path.to_owned(), metadata, totals }),
            None => Err(Error::Damaged { path: path.to_owned(), why: "it has no totals".to_owned() }),
        }
    }

    /// The number of row groups.
    pub fn groups(&self) -> usize {
        self.totals.first_ordinals.len()
    }

    /// All rows of one row group.
    pub fn group(&self, group: usize) -> Result<RecordBatch> {
        self.read(vec![group])
    }

    /// The eligible rows with these ordinals, in order.
    pub fn eligible(&self, ordinals: Range<i64>) -> Result<RecordBatch> {
        let firsts = &self.totals.first_ordinals;
        let end_of = |group: usize| firsts.get(group + 1).copied().unwrap_or(self.totals.eligible);
        let groups = (0..firsts.len()).filter(|&group| firsts[group] < ordinals.end && end_of(group) > ordinals.start);
        let rows = self.read(groups.collect())?;
        let own =
            rows.column_by_name(&Column::Ordinal.name()).and_then(|column| column.as_primitive_opt::<Int64Type>());
        let Some(own) = own else {
            return Err(Error::Damaged { path: self.path.clone(), why: "it has no ordinals".to_owned() });
        };
        let wanted =
            own.iter().map(|ordinal| Some(ordinal.is_some_and(|ordinal| ordinals.contains(&ordinal)))).collect();
        filter_record_batch(&rows, &wanted).map_err(|error| Error::file("read", &self.path)(error.into()))
    }

    fn read(&self, groups: Vec<usize>) -> Result<RecordBatch> {
        let read = |error: crate::error::Cause| Error::file("read", &self.path)(error);
        let file = File::open(&self.path).map_err(|error| read(error.into()))?;
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
        let schema = Arc::clone(builder.schema());
        let reader = builder
            .with_row_groups(groups)
            .with_batch_size(GROUP_ROWS_MAX)
            .build()
            .map_err(|error| read(error.into()))?;
        let batches: Vec<RecordBatch> = reader.collect::<Result<_, _>>().map_err(|error| read(error.into()))?;
        concat_batches(&schema, &batches).map_err(|error| read(error.into()))
    }

    pub fn columns(&self) -> &[Column] {
        &self.totals.columns
    }
}

fn column_text(batch: &RecordBatch, name: &str) -> Option<arrow::array::StringArray> {
    let texts = cast(batch.column_by_name(name)?, &DataType::Utf8).ok()?;
    Some(texts.as_string::<i32>().clone())
}

#[cfg(test)]
mod tests {
    use arrow::array::StringArray;

    use super::*;

    fn rows(from: usize, reasons: &[Option<&str>]) -> RecordBatch {
        let keys: StringArray = (from..from + reasons.len()).map(|key| Some(key.to_string())).collect();
        let columns: Vec<(String, ArrayRef, bool)> = vec![
            (Column::Key.name(), Arc::new(keys), true),
            (Column::Reason.name(), Arc::new(StringArray::from(reasons.to_vec())), true),
        ];
        RecordBatch::try_from_iter_with_nullable(columns).unwrap()
    }

    #[test]
    fn batches_are_read_back_whatever_the_row_groups_are() {
        let folder = tempfile::tempdir().unwrap();
        for (rows_in_all, batch_rows, every) in
            [(0usize, 3, 2), (1, 3, 1), (10, 3, 3), (100, 7, 2), (100, 1000, 5), (12, 3, 1), (9, 3, 100)]
        {
            let path = folder.path().join(format!("{rows_in_all}-{batch_rows}.parquet"));
            let mut writer = Writer::create(&path, vec![Column::Key, Column::Reason], batch_rows).unwrap();
            let mut at = 0;
            while at < rows_in_all {
                let some = 4.min(rows_in_all - at);
                let reasons: Vec<Option<&str>> =
                    (at..at + some).map(|row| (row % every != 0).then_some("no_consent")).collect();
                writer.write(&rows(at, &reasons)).unwrap();
                at += some;
            }
            let totals = writer.finish().unwrap();
            let expected: Vec<String> =
                (0..rows_in_all).filter(|row| row % every == 0).map(|row| row.to_string()).collect();
            assert_eq!((totals.targeted, totals.eligible), (rows_in_all as i64, expected.len() as i64));
            assert_eq!(totals.exclusions.values().sum::<i64>(), totals.excluded());
            let targets = Targets::open(&path).unwrap();
            assert_eq!(targets.totals, totals);
            let mut found = Vec::new();
            for first in (0..totals.eligible).step_by(batch_rows) {
                let batch = targets.eligible(first..first + batch_rows as i64).unwrap();
                let keys = column_text(&batch, &Column::Key.name()).unwrap();
                found.extend(keys.iter().flatten().map(str::to_owned));
            }
            assert_eq!(found, expected);
            let all: usize = (0..targets.groups()).map(|group| targets.group(group).unwrap().num_rows()).sum();
            assert_eq!(all, rows_in_all);
        }
        assert_eq!(totals(&folder.path().join("none")).unwrap(), None);
    }
}
