//! Files of rows that belong to no table: read as their layout says, each line a row or a reject.

mod cells;
mod decode;

use std::fs::File;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, SchemaRef};
use datafusion::physical_plan::SendableRecordBatchStream;
use jiff::tz::TimeZone;
use tutti_model::builtin::LINE_COLUMN;
use tutti_model::file::{FileColumn, FileFormat, Layout};
use tutti_model::problem::nearest;
use tutti_model::table::{Column, ColumnType};
use tutti_query::schema_of;

use self::cells::Reader;
use self::decode::{decoded, opened};
use crate::error::{Error, Result};
use crate::import::Reject;
use crate::import::lines::{Record, Records};
use crate::import::rows::{Checks, MARK_UPSERT, Rows};
use crate::stream::produce;

/// Rejected lines that are kept, however many are allowed.
const REJECTS_KEPT_MAX: usize = 1_000_000;

/// Rejected lines that an error lists.
const REJECTS_LISTED: usize = 10;

/// Longer lines are cut in what is kept of a reject.
const TEXT_CHARS_MAX: usize = 2_000;

/// How a file is read.
#[derive(Clone, Debug)]
pub struct FileLayout {
    /// What to call it in messages.
    pub name: String,
    pub format: FileFormat,
    pub columns: Vec<FileColumn>,
    /// Of times that have none.
    pub zone: TimeZone,
    /// A column for the number of the line, besides the key.
    pub line_column: Option<String>,
    /// With more lines than this that do not fit, reading fails.
    pub rejects_max: u64,
    /// With more bytes than this, unpacked, reading fails.
    pub bytes_max: Option<u64>,
}

impl FileLayout {
    /// The columns of the rows, besides the key.
    pub fn added(&self) -> Vec<Column> {
        let line = self.line_column.iter().map(|name| Column::new(name, ColumnType::Integer));
        self.read().into_iter().chain(line).collect()
    }

    /// The columns that are read from each line.
    fn read(&self) -> Vec<Column> {
        let read = self.columns.iter().filter(|column| !column.ignore);
        read.map(|column| Column::new(&column.name, column.column_type)).collect()
    }
}

/// The lines that did not fit; whole when the rows have been read.
#[derive(Clone, Debug, Default)]
pub struct FileRejects(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    read: u64,
    count: u64,
    rejects: Vec<Reject>,
}

impl FileRejects {
    /// Takes what was kept.
    pub fn take(&self) -> Vec<Reject> {
        std::mem::take(&mut self.kept().rejects)
    }

    /// The lines that were read, without the header.
    pub fn lines_read(&self) -> u64 {
        self.kept().read
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, mut reject: Reject) {
        let cut = |text: &mut String| {
            if let Some((end, _)) = text.char_indices().nth(TEXT_CHARS_MAX) {
                text.truncate(end);
            }
        };
        cut(&mut reject.row);
        cut(&mut reject.value);
        let mut kept = self.kept();
        kept.count += 1;
        if kept.rejects.len() < REJECTS_KEPT_MAX {
            kept.rejects.push(reject);
        }
    }
}

/// Reads a file, packed by gzip, Zstandard or ZIP or not: its rows have the line that each begins at, then the columns of the layout, then
/// the line again where it asks for that. The stream ends with [`Error::BadLines`] when more lines than allowed do not fit.
///
/// # Errors
/// When the file cannot be opened.
pub fn read_file(path: &Path, layout: FileLayout) -> Result<(SendableRecordBatchStream, FileRejects)> {
    let file = File::open(path).map_err(|e| Error::io("open", path, e))?;
    let mut columns = vec![Column::new(LINE_COLUMN, ColumnType::Integer)];
    columns.extend(layout.added());
    let schema = schema_of(&columns);
    let rejects = FileRejects::default();
    let (given, path) = (rejects.clone(), path.to_owned());
    let rows = produce(schema.clone(), move |give| {
        let source = decoded(opened(file, &layout, &path)?, &layout, &path)?;
        let reading = Reading { layout: &layout, path: &path, rejects: &given, schema: &schema };
        match layout.format.layout {
            Layout::Delimited => reading.delimited(source, give),
            Layout::FixedWidth => reading.fixed(source, give),
        }
    });
    Ok((rows, rejects))
}

struct Reading<'a> {
    layout: &'a FileLayout,
    path: &'a PathBuf,
    rejects: &'a FileRejects,
    schema: &'a SchemaRef,
}

/// Why a line is no row: the column, the reason, the value.
type Fault = (Option<String>, String, String);

impl Reading<'_> {
    fn delimited(&self, source: Box<dyn BufRead>, give: &mut dyn FnMut(RecordBatch) -> bool) -> Result<()> {
        let format = &self.layout.format;
        let io = |e| self.unreadable(&e);
        let byte = |byte: Result<Option<u8>, String>| byte.map_err(|reason| self.bad(reason));
        let (separator, quote) = (byte(format.separator_byte())?, byte(format.quote_byte())?);
        let mut records = Records::new(source).map_err(io)?;
        records.skip_lines(format.skip_lines).map_err(io)?;
        let mut records = records.laid_out(separator, quote, format.multi_line).map_err(io)?;
        let mut record = Record::default();
        let mut positions: Vec<usize> = (0..self.layout.columns.len()).collect();
        let mut width = self.layout.columns.len();
        if format.has_header() {
            if !records.next(&mut record).map_err(io)? {
                return Err(self.bad("it is empty; its first line must name the columns".to_owned()));
            }
            positions = self.positions(&record)?;
            width = record.fields.len();
        }
        let mut batches = Batches::new(self);
        while records.next(&mut record).map_err(io)? {
            let read = match (record.broken, std::str::from_utf8(&record.raw)) {
                (Some(reason), _) => Err((None, format!("the line {reason}"), String::new())),
                (None, Err(_)) => Err((None, "is not UTF-8".to_owned(), String::new())),
                (None, Ok(text)) if text.contains('\u{FFFD}') => {
                    Err((None, "has bytes that are not of the file's encoding".to_owned(), String::new()))
                }
                (None, Ok(_)) if record.fields.len() != width => {
                    let expected = if format.has_header() { "the header has" } else { "there should be" };
                    let reason = format!("has {} fields, {expected} {width}", record.fields.len());
                    Err((None, reason, String::new()))
                }
                (None, Ok(_)) => batches.read(record.line, |index| {
                    let position = positions.get(index).copied().unwrap_or(usize::MAX);
                    let text = std::str::from_utf8(record.field(position)).unwrap_or_default();
                    (text, record.fields.get(position).is_some_and(|field| field.quoted))
                }),
            };
            if !batches.take(read, record.line, &record.raw, give)? {
                return Ok(());
            }
        }
        batches.finish(give)
    }

    fn fixed(&self, mut source: Box<dyn BufRead>, give: &mut dyn FnMut(RecordBatch) -> bool) -> Result<()> {
        let format = &self.layout.format;
        let io = |e| self.unreadable(&e);
        let widths: Vec<usize> = self.layout.columns.iter().map(|column| column.width.unwrap_or(0)).collect();
        let mut batches = Batches::new(self);
        let (mut line, mut number) = (Vec::new(), 0);
        let before = format.skip_lines + u64::from(format.has_header());
        while crate::import::lines::read_line(&mut source, &mut line).map_err(io)? {
            number += 1;
            let content = line.strip_suffix(b"\n").unwrap_or(&line);
            let content = content.strip_suffix(b"\r").unwrap_or(content);
            if number <= before || content.is_empty() {
                continue;
            }
            let read = match std::str::from_utf8(content) {
                Err(_) => Err((None, "is not UTF-8".to_owned(), String::new())),
                Ok(text) if text.contains('\u{FFFD}') => {
                    Err((None, "has bytes that are not of the file's encoding".to_owned(), String::new()))
                }
                Ok(text) => {
                    let text = if number == 1 { text.trim_start_matches('\u{FEFF}') } else { text };
                    let (parts, rest) = cut(text, &widths);
                    if rest.trim().is_empty() {
                        batches.read(number, |index| (parts.get(index).copied().unwrap_or_default(), false))
                    } else {
                        let total: usize = widths.iter().sum();
                        Err((
                            None,
                            format!("is longer than its columns, which are {total} characters"),
                            rest.to_owned(),
                        ))
                    }
                }
            };
            if !batches.take(read, number, content, give)? {
                return Ok(());
            }
        }
        batches.finish(give)
    }

    /// Where each column of the layout is, by the header.
    fn positions(&self, header: &Record) -> Result<Vec<usize>> {
        if let Some(reason) = header.broken {
            return Err(self.bad(format!("its header {reason}")));
        }
        let names = (0..header.fields.len())
            .map(|index| std::str::from_utf8(header.field(index)).map(|name| name.trim().to_owned()))
            .collect::<Result<Vec<String>, _>>()
            .map_err(|_| self.bad("its header is not UTF-8; name the `encoding` of the file".to_owned()))?;
        let find = |wanted: &str| {
            let exact = names.iter().position(|name| name == wanted);
            exact.or_else(|| names.iter().position(|name| name.to_lowercase() == wanted.to_lowercase()))
        };
        self.layout
            .columns
            .iter()
            .map(|column| match find(column.header()) {
                Some(position) => Ok(position),
                None if column.ignore => Ok(usize::MAX),
                None => {
                    let near = nearest(column.header(), names.iter().map(String::as_str));
                    let hint = match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => format!("it has `{}`", names.join("`, `")),
                    };
                    Err(self.bad(format!("its header has no column `{}`; {hint}", column.header())))
                }
            })
            .collect()
    }

    fn bad(&self, reason: String) -> Error {
        Error::Unreadable { file: self.layout.name.clone(), reason }
    }

    fn unreadable(&self, error: &std::io::Error) -> Error {
        match error.kind() {
            std::io::ErrorKind::InvalidData | std::io::ErrorKind::InvalidInput | std::io::ErrorKind::UnexpectedEof => {
                self.bad(error.to_string())
            }
            kind => Error::io("read", self.path, std::io::Error::new(kind, error.to_string())),
        }
    }
}

/// The parts of a line by their widths in characters, and what is left of it. A line that ends early has empty ones.
fn cut<'t>(line: &'t str, widths: &[usize]) -> (Vec<&'t str>, &'t str) {
    let mut rest = line;
    let parts = widths.iter().map(|width| {
        let end = rest.char_indices().nth(*width).map_or(rest.len(), |(end, _)| end);
        let (part, after) = rest.split_at(end);
        rest = after;
        part
    });
    (parts.collect(), rest)
}

/// Rows on their way into batches.
struct Batches<'a> {
    reading: &'a Reading<'a>,
    readers: Vec<Option<Reader<'a>>>,
    rows: Rows,
}

impl<'a> Batches<'a> {
    fn new(reading: &'a Reading<'a>) -> Self {
        let layout = reading.layout;
        let readers = layout
            .columns
            .iter()
            .map(|column| (!column.ignore).then(|| Reader::new(column, layout.format.layout, &layout.zone)));
        Self { reading, readers: readers.collect(), rows: Rows::new(&Checks::of_columns(&layout.read())) }
    }

    /// Reads one line; `text` gives each column's text, and whether it stood in quotes.
    fn read<'t>(&mut self, line: u64, text: impl Fn(usize) -> (&'t str, bool)) -> Result<(), Fault> {
        let mut values = Vec::with_capacity(self.readers.len());
        for (index, reader) in self.readers.iter().enumerate() {
            let Some(reader) = reader else { continue };
            let (text, quoted) = text(index);
            let value = reader.read(text, quoted);
            values.push(value.map_err(|reason| (Some(reader.name().to_owned()), reason, text.to_owned()))?);
        }
        let cells: Vec<_> = values.iter().map(cells::Value::cell).collect();
        self.rows.push(&cells, line, MARK_UPSERT);
        Ok(())
    }

    /// Counts a line, keeps its fault, gives a batch that is full. False: nobody wants more.
    fn take(
        &mut self,
        read: Result<(), Fault>,
        line: u64,
        raw: &[u8],
        give: &mut dyn FnMut(RecordBatch) -> bool,
    ) -> Result<bool> {
        self.reading.rejects.kept().read += 1;
        if let Err((column, reason, value)) = read {
            let row = String::from_utf8_lossy(raw).into_owned();
            let file = self.reading.layout.name.clone();
            self.reading.rejects.add(Reject { file, line, column, reason, value, row });
        }
        if !self.rows.is_full() {
            return Ok(true);
        }
        self.give(give)
    }

    fn give(&mut self, give: &mut dyn FnMut(RecordBatch) -> bool) -> Result<bool> {
        let Some(batch) = self.rows.take()? else { return Ok(true) };
        let columns = batch.num_columns() - 2;
        let line = cast(batch.column(columns), &DataType::Int64)?;
        let again = self.reading.layout.line_column.iter().map(|_| line.clone());
        let read = batch.columns()[..columns].iter().cloned();
        let all: Vec<ArrayRef> = std::iter::once(line.clone()).chain(read).chain(again).collect();
        Ok(give(RecordBatch::try_new(Arc::clone(self.reading.schema), all)?))
    }

    fn finish(mut self, give: &mut dyn FnMut(RecordBatch) -> bool) -> Result<()> {
        self.give(give)?;
        let kept = self.reading.rejects.kept();
        let allowed = self.reading.layout.rejects_max;
        if kept.count <= allowed {
            return Ok(());
        }
        Err(Error::BadLines {
            file: self.reading.layout.name.clone(),
            read: kept.read,
            rejected: kept.count,
            allowed,
            first: kept.rejects.iter().take(REJECTS_LISTED).cloned().collect(),
        })
    }
}
