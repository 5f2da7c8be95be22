//! Rejected rows: counted, the first ones kept, all of them written to a file if asked.

use std::fmt;
use std::fs::File;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How many rejects an error lists.
const LISTED: usize = 10;

/// Longer values and rows are cut in what is kept and written.
const TEXT_CHARS_MAX: usize = 2_000;

/// A row that was not taken, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reject {
    pub file: String,
    /// The line the row begins at, from 1 and with the header counted; for Parquet the number of the row.
    pub line: u64,
    /// None when the row as a whole is wrong.
    pub column: Option<String>,
    pub reason: String,
    pub value: String,
    /// The row as it came.
    pub row: String,
}

impl fmt::Display for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        match &self.column {
            Some(column) if self.value.is_empty() => write!(f, "`{column}` {}", self.reason),
            Some(column) => write!(f, "`{column}` `{}` {}", cut(&self.value, 80), self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// Collects the rejects of one import.
pub(crate) struct Rejects {
    pub count: u64,
    pub first: Vec<Reject>,
    file: Option<(PathBuf, csv::Writer<File>)>,
    failure: Option<csv::Error>,
}

impl Rejects {
    pub fn new(path: Option<&Path>) -> Result<Self> {
        let file = match path {
            None => None,
            Some(path) => {
                let file = File::create(path).map_err(|e| Error::io("create", path, e))?;
                let mut writer = csv::Writer::from_writer(file);
                let header = ["file", "line", "column", "reason", "value", "row"];
                writer.write_record(header).map_err(|e| Error::io("write", path, e.into()))?;
                Some((path.to_owned(), writer))
            }
        };
        Ok(Self { count: 0, first: Vec::new(), file, failure: None })
    }

    pub fn add(&mut self, mut reject: Reject) {
        self.count += 1;
        reject.value = cut(&reject.value, TEXT_CHARS_MAX);
        reject.row = cut(&reject.row, TEXT_CHARS_MAX);
        if let Some((_, writer)) = &mut self.file {
            let line = reject.line.to_string();
            let column = reject.column.as_deref().unwrap_or_default();
            let fields = [&reject.file, &line, column, &reject.reason, &reject.value, &reject.row];
            if let Err(error) = writer.write_record(fields) {
                self.failure.get_or_insert(error);
            }
        }
        if self.first.len() < LISTED {
            self.first.push(reject);
        }
    }

    /// Writes out what is buffered and reports the first failure.
    pub fn flush(&mut self) -> Result<()> {
        let Some((path, writer)) = &mut self.file else { return Ok(()) };
        if let Some(error) = self.failure.take() {
            return Err(Error::io("write", path, error.into()));
        }
        writer.flush().map_err(|e| Error::io("write", path, e))
    }
}

/// The rejects that an import wrote to a file; none where it wrote no file.
///
/// # Errors
/// When the file cannot be read.
pub fn read_rejects(path: &Path) -> Result<Vec<Reject>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(Error::io("open", path, error)),
    };
    let mut reader = csv::Reader::from_reader(std::io::BufReader::new(file));
    let rows = reader.records().map(|record| {
        let record = record.map_err(|e| Error::io("read", path, e.into()))?;
        let field = |index: usize| record.get(index).unwrap_or_default().to_owned();
        let column = Some(field(2)).filter(|column| !column.is_empty());
        let line = field(1).parse().unwrap_or(0);
        Ok(Reject { file: field(0), line, column, reason: field(3), value: field(4), row: field(5) })
    });
    rows.collect()
}

fn cut(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}...", &text[..end]),
        None => text.to_owned(),
    }
}
