//! What columns a file has, for whoever makes a table of it. Decimals are preferred to floating numbers: they sum
//! exactly.

use std::collections::HashSet;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tutti_model::table::ColumnType;
use tutti_query::column_type;

use crate::error::{Error, Result};
use crate::import::Format;
use crate::import::convert;
use crate::import::lines::{Record, Records, not_text, read_line};

/// Different values that are remembered of a column.
const DISTINCT_MAX: usize = 200_000;

/// Rows that are shown.
const SAMPLE_ROWS: usize = 20;

/// Digits that a decimal has at least, so that larger amounts than those of the file fit as well.
const PRECISION_MIN: u8 = 18;

/// Doubles and longer decimals have no exact place.
const PRECISION_MAX: u8 = 38;

/// What is known of a file after reading some of its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inferred {
    /// Rows that were read.
    pub read: u64,
    /// Whether these are all.
    pub whole: bool,
    pub columns: Vec<InferredColumn>,
    /// The first rows, as texts.
    pub sample: Vec<Vec<Option<String>>>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InferredColumn {
    /// As the file has it.
    pub name: String,
    #[serde(rename = "type")]
    pub column_type: ColumnType,
    /// Rows without a value.
    pub nulls: u64,
    /// Different values, where they are not too many to remember.
    pub distinct: Option<u64>,
}

/// Reads up to `rows_max` rows of a file.
///
/// # Errors
/// [`Error::File`] when it is not of the format, and when it cannot be read.
pub fn infer(path: &Path, name: &str, format: Format, rows_max: u64) -> Result<Inferred> {
    match format {
        Format::Csv => csv(path, name, rows_max),
        Format::Jsonl => json_lines(path, name, rows_max),
        Format::Parquet => parquet(path, name, rows_max),
    }
}

fn csv(path: &Path, name: &str, rows_max: u64) -> Result<Inferred> {
    let io = |error| Error::io("read", path, error);
    let mut records = Records::new(text(path, name)?).map_err(io)?;
    records.detect_delimiter().map_err(io)?;
    let mut record = Record::default();
    if !records.next(&mut record).map_err(io)? {
        return Err(unfit(name, "it is empty; the first line must name the columns"));
    }
    let field = |record: &Record, index: usize| String::from_utf8_lossy(record.field(index)).into_owned();
    let names = (0..record.fields.len()).map(|index| field(&record, index).trim().to_owned());
    let mut guess = Guess::new(names.collect());
    while records.next(&mut record).map_err(io)? {
        if guess.read == rows_max {
            guess.whole = false;
            break;
        }
        // What is broken is for the import to reject.
        if record.broken.is_some() || record.fields.len() != guess.columns.len() {
            continue;
        }
        let value = |index: usize| {
            let text = field(&record, index);
            (!text.is_empty() || record.fields[index].quoted).then_some(text)
        };
        guess.row((0..record.fields.len()).map(value).collect());
    }
    Ok(guess.done())
}

fn json_lines(path: &Path, name: &str, rows_max: u64) -> Result<Inferred> {
    let mut source = text(path, name)?;
    let (mut line, mut guess) = (Vec::new(), Guess::new(Vec::new()));
    while read_line(&mut source, &mut line).map_err(|error| Error::io("read", path, error))? {
        let content = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line).trim_ascii();
        if content.is_empty() {
            continue;
        }
        if guess.read == rows_max {
            guess.whole = false;
            break;
        }
        let Ok(Value::Object(object)) = serde_json::from_slice::<Value>(content) else {
            if guess.read == 0 {
                return Err(unfit(name, "its first line is not a JSON object"));
            }
            continue;
        };
        for field in object.keys() {
            guess.know(field);
        }
        let shown = |value: &Value| match value {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        let row = guess.columns.iter().map(|column| object.get(&column.name).and_then(shown)).collect();
        guess.row(row);
    }
    Ok(guess.done())
}

fn parquet(path: &Path, name: &str, rows_max: u64) -> Result<Inferred> {
    let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    let failed = |error: datafusion::parquet::errors::ParquetError| {
        unfit(name, &format!("it cannot be read as Parquet ({error})"))
    };
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(failed)?;
    let schema = builder.schema().clone();
    let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
    let mut guess = Guess::new(schema.fields().iter().map(|field| field.name().clone()).collect());
    for batch in builder.build().map_err(failed)? {
        let batch = batch.map_err(|error| unfit(name, &format!("it is damaged ({error})")))?;
        let options = FormatOptions::default();
        let formatters = batch
            .columns()
            .iter()
            .map(|column| ArrayFormatter::try_new(column.as_ref(), &options))
            .collect::<Result<Vec<_>, _>>()?;
        for row in 0..batch.num_rows() {
            if guess.read == rows_max {
                break;
            }
            let value =
                |column: usize| batch.column(column).is_valid(row).then(|| formatters[column].value(row).to_string());
            guess.row((0..formatters.len()).map(value).collect());
        }
    }
    guess.whole = guess.read == rows;
    let mut inferred = guess.done();
    for (column, field) in inferred.columns.iter_mut().zip(schema.fields()) {
        // The file says what it holds, but for floating numbers, which may be exact decimals.
        match column_type(field.data_type()) {
            Some(ColumnType::Number) if matches!(column.column_type, ColumnType::Decimal { .. }) => {}
            Some(ColumnType::Number) => column.column_type = ColumnType::Number,
            Some(known) => column.column_type = known,
            None => {
                return Err(unfit(name, &format!("its column `{}` has the type `{}`", column.name, field.data_type())));
            }
        }
    }
    Ok(inferred)
}

fn text(path: &Path, name: &str) -> Result<BufReader<File>> {
    let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
    let mut source = BufReader::with_capacity(1 << 20, file);
    match not_text(source.fill_buf().map_err(|error| Error::io("read", path, error))?) {
        Some(reason) => Err(unfit(name, reason)),
        None => Ok(source),
    }
}

fn unfit(name: &str, reason: &str) -> Error {
    Error::File { file: name.to_owned(), table: "a new table".to_owned(), reason: reason.to_owned() }
}

/// What the columns may be, narrowed down row by row.
struct Guess {
    read: u64,
    whole: bool,
    columns: Vec<Candidate>,
    sample: Vec<Vec<Option<String>>>,
}

struct Candidate {
    name: String,
    nulls: u64,
    values: u64,
    distinct: Option<HashSet<String>>,
    integer: bool,
    number: bool,
    boolean: bool,
    date: bool,
    timestamp: bool,
    /// Digits before and after the point, of decimals without an exponent.
    decimal: Option<(u8, u8)>,
}

impl Candidate {
    fn new(name: String, nulls: u64) -> Self {
        Self {
            name,
            nulls,
            values: 0,
            distinct: Some(HashSet::new()),
            integer: true,
            number: true,
            boolean: true,
            date: true,
            timestamp: true,
            decimal: Some((0, 0)),
        }
    }

    fn see(&mut self, value: Option<&str>) {
        let Some(value) = value else {
            self.nulls += 1;
            return;
        };
        self.values += 1;
        if let Some(distinct) = &mut self.distinct {
            if distinct.len() < DISTINCT_MAX {
                distinct.insert(value.to_owned());
            } else if !distinct.contains(value) {
                self.distinct = None;
            }
        }
        // Numbers with leading zeros are codes: their zeros would be lost.
        let code = value.len() > 1 && value.starts_with('0') && value.as_bytes()[1].is_ascii_digit();
        self.integer &= !code && convert::integer(value).is_ok();
        self.number &= !code && convert::number(value).is_ok();
        self.boolean &= matches!(value.trim().to_lowercase().as_str(), "true" | "false" | "yes" | "no" | "t" | "f");
        self.date &= value.trim().len() == 10 && convert::date(value).is_ok();
        self.timestamp &= convert::timestamp(value).is_ok();
        self.decimal = match (self.decimal, digits(value)) {
            (Some((whole, fraction)), Some(seen)) if self.number => Some((whole.max(seen.0), fraction.max(seen.1))),
            _ => None,
        };
    }

    fn column_type(&self) -> ColumnType {
        match self.decimal {
            _ if self.values == 0 => ColumnType::String,
            _ if self.boolean => ColumnType::Boolean,
            _ if self.integer => ColumnType::Integer,
            Some((whole, scale)) if whole.saturating_add(scale) <= PRECISION_MAX && self.number => {
                ColumnType::Decimal { precision: (whole + scale).max(PRECISION_MIN), scale }
            }
            _ if self.number => ColumnType::Number,
            _ if self.date => ColumnType::Date,
            _ if self.timestamp => ColumnType::Timestamp,
            _ => ColumnType::String,
        }
    }
}

/// How many digits a plain decimal has before and after its point.
fn digits(value: &str) -> Option<(u8, u8)> {
    let value = value.trim();
    let value = value.strip_prefix(['-', '+']).unwrap_or(value);
    let (whole, fraction) = value.split_once('.').unwrap_or((value, ""));
    let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if !plain(whole) || !plain(fraction) || whole.len() + fraction.len() == 0 {
        return None;
    }
    Some((u8::try_from(whole.len()).ok()?, u8::try_from(fraction.len()).ok()?))
}

impl Guess {
    fn new(names: Vec<String>) -> Self {
        let columns = names.into_iter().map(|name| Candidate::new(name, 0)).collect();
        Self { read: 0, whole: true, columns, sample: Vec::new() }
    }

    /// A name that rows before may not have had.
    fn know(&mut self, name: &str) {
        if self.columns.iter().all(|column| column.name != name) {
            self.columns.push(Candidate::new(name.to_owned(), self.read));
            self.sample.iter_mut().for_each(|row| row.push(None));
        }
    }

    fn row(&mut self, values: Vec<Option<String>>) {
        self.read += 1;
        for (column, value) in self.columns.iter_mut().zip(&values) {
            column.see(value.as_deref());
        }
        if self.sample.len() < SAMPLE_ROWS {
            self.sample.push(values);
        }
    }

    fn done(self) -> Inferred {
        let column = |candidate: Candidate| InferredColumn {
            column_type: candidate.column_type(),
            distinct: candidate.distinct.as_ref().map(|distinct| distinct.len() as u64),
            nulls: candidate.nulls,
            name: candidate.name,
        };
        Inferred {
            read: self.read,
            whole: self.whole,
            columns: self.columns.into_iter().map(column).collect(),
            sample: self.sample,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn type_of(values: &[&str]) -> String {
        let mut candidate = Candidate::new("x".to_owned(), 0);
        values.iter().for_each(|value| candidate.see(Some(value)));
        candidate.column_type().to_string()
    }

    #[test]
    fn values_tell_their_type() {
        for (values, expected) in [
            (&["1", "-2"][..], "integer"),
            (&["1", "2.50"], "decimal(18,2)"),
            (&["0.1", "1e300"], "number"),
            (&["007", "12"], "string"),
            (&["true", "false"], "boolean"),
            (&["2026-01-31"], "date"),
            (&["2026-01-31", "2026-01-31T10:00:00Z"], "timestamp"),
            (&["2026-02-31"], "string"),
            (&[], "string"),
            (&["99999999999999999999"], "decimal(20,0)"),
        ] {
            assert_eq!(type_of(values), expected, "{values:?}");
        }
    }

    #[test]
    fn files_of_each_text_format_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.csv");
        std::fs::write(&path, "id;amount;note\n1;2.50;\n2;3;\"\"\n").unwrap();
        let found = infer(&path, "a.csv", Format::Csv, 10).unwrap();
        let types: Vec<String> = found.columns.iter().map(|column| column.column_type.to_string()).collect();
        assert_eq!(types, ["integer", "decimal(18,2)", "string"]);
        assert_eq!((found.columns[2].nulls, found.columns[0].distinct, found.read, found.whole), (1, Some(2), 2, true));
        std::fs::write(&path, "{\"id\": 1}\n{\"id\": 2, \"when\": \"2026-01-01\"}\n").unwrap();
        let found = infer(&path, "a.jsonl", Format::Jsonl, 1).unwrap();
        assert_eq!((found.columns.len(), found.whole), (1, false));
        let found = infer(&path, "a.jsonl", Format::Jsonl, 10).unwrap();
        assert_eq!((found.columns[1].column_type, found.columns[1].nulls), (ColumnType::Date, 1));
        assert!(infer(&path, "a.parquet", Format::Parquet, 10).is_err());
    }
}
