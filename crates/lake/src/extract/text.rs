//! Lines of text: CSV and JSON Lines, in any encoding, packed or not.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use datafusion::arrow::array::RecordBatch;
use encoding_rs::{EncoderResult, Encoding, UTF_8};
use flate2::write::GzEncoder;
use tutti_model::file::time_pattern;

use super::{ExtractLayout, Value, date_text, instant_text, typed, value};
use crate::error::{Error, Result};

/// Where lines go.
struct Lines<'a> {
    out: Out,
    /// `None` for UTF-8.
    encoding: Option<&'static Encoding>,
    encoded: Vec<u8>,
    path: &'a Path,
    layout: &'a ExtractLayout,
    number: u64,
}

enum Out {
    Plain(BufWriter<File>),
    Packed(Box<GzEncoder<BufWriter<File>>>),
}

impl<'a> Lines<'a> {
    fn new(layout: &'a ExtractLayout, file: File, path: &'a Path) -> Result<Self> {
        let label = layout.format.encoding.as_deref().unwrap_or("utf-8");
        let encoding = Encoding::for_label(label.as_bytes()).filter(|encoding| encoding.output_encoding() == *encoding);
        let encoding = encoding.ok_or_else(|| Error::Option(format!("the encoding `{label}`")))?;
        let writer = BufWriter::with_capacity(1 << 20, file);
        let out = if layout.name.ends_with(".gz") {
            Out::Packed(Box::new(GzEncoder::new(writer, flate2::Compression::default())))
        } else {
            Out::Plain(writer)
        };
        let encoding = (encoding != UTF_8).then_some(encoding);
        Ok(Self { out, encoding, encoded: Vec::new(), path, layout, number: 0 })
    }

    fn write(&mut self, line: &[u8]) -> Result<()> {
        self.number += 1;
        self.encoded.clear();
        let bytes = match self.encoding {
            None => line,
            Some(encoding) => {
                // Lines are put together from texts.
                let text = std::str::from_utf8(line).unwrap_or_default();
                self.encoded.resize(text.len() * 4 + 16, 0);
                let mut encoder = encoding.new_encoder();
                let (result, _, written) = encoder.encode_from_utf8_without_replacement(text, &mut self.encoded, true);
                if let EncoderResult::Unmappable(letter) = result {
                    let reason = format!(
                        "the character `{letter}` of row {} is not in {}; write it in UTF-8",
                        self.number,
                        encoding.name()
                    );
                    return Err(Error::Unwritable { file: self.layout.name.clone(), reason });
                }
                &self.encoded[..written]
            }
        };
        let written = match &mut self.out {
            Out::Plain(out) => out.write_all(bytes),
            Out::Packed(out) => out.write_all(bytes),
        };
        written.map_err(|e| Error::io("write", self.path, e))
    }

    fn finish(self) -> Result<()> {
        let failed = |e| Error::io("write", self.path, e);
        let mut writer = match self.out {
            Out::Plain(out) => out,
            Out::Packed(out) => out.finish().map_err(failed)?,
        };
        writer.flush().map_err(failed)
    }
}

pub(super) fn csv(
    next: &mut dyn FnMut() -> Option<RecordBatch>,
    layout: &ExtractLayout,
    file: File,
    path: &Path,
) -> Result<u64> {
    let separator = layout.format.separator_byte().map_err(Error::Option)?;
    let mut lines = Lines::new(layout, file, path)?;
    let mut line = Vec::new();
    if layout.format.header {
        for (index, column) in layout.columns.iter().enumerate() {
            field(&mut line, index, &column.header, separator);
        }
        line.push(b'\n');
        lines.write(&line)?;
        lines.number = 0;
    }
    let patterns = patterns(layout);
    let null = layout.format.null.as_deref().unwrap_or_default();
    let mut rows = 0;
    while let Some(batch) = next() {
        let columns = typed(&batch, layout)?;
        for row in 0..batch.num_rows() {
            line.clear();
            for (index, (array, column)) in columns.iter().zip(&layout.columns).enumerate() {
                let pattern = patterns[index].as_deref();
                match value(array, column.column_type, row) {
                    Value::Null if index > 0 => {
                        line.push(separator);
                        line.extend_from_slice(null.as_bytes());
                    }
                    Value::Null => line.extend_from_slice(null.as_bytes()),
                    // An empty text is not the same as none.
                    Value::Text("") => {
                        if index > 0 {
                            line.push(separator);
                        }
                        line.extend_from_slice(b"\"\"");
                    }
                    Value::Text(text) => field(&mut line, index, text, separator),
                    Value::Integer(value) => field(&mut line, index, &number(&value.to_string(), layout), separator),
                    Value::Number(value) => field(&mut line, index, &number(&value.to_string(), layout), separator),
                    Value::Decimal(value) => field(&mut line, index, &number(&value, layout), separator),
                    Value::Boolean(value) => field(&mut line, index, if value { "true" } else { "false" }, separator),
                    Value::Date(day) => field(&mut line, index, &date_text(day, pattern)?, separator),
                    Value::Instant(micros) => {
                        field(&mut line, index, &instant_text(micros, &layout.zone, pattern)?, separator);
                    }
                }
            }
            line.push(b'\n');
            lines.write(&line)?;
        }
        rows += batch.num_rows() as u64;
    }
    lines.finish()?;
    Ok(rows)
}

/// Adds a field to a line, within quotes where it needs them.
fn field(line: &mut Vec<u8>, index: usize, text: &str, separator: u8) {
    if index > 0 {
        line.push(separator);
    }
    let plain = |byte: u8| byte != separator && !matches!(byte, b'"' | b'\n' | b'\r');
    if text.bytes().all(plain) && text.trim().len() == text.len() {
        line.extend_from_slice(text.as_bytes());
        return;
    }
    line.push(b'"');
    line.extend_from_slice(text.replace('"', "\"\"").as_bytes());
    line.push(b'"');
}

/// A number with the file's point, and with something between its thousands where the file has that.
fn number(text: &str, layout: &ExtractLayout) -> String {
    let point = layout.format.decimal.as_deref().unwrap_or(".");
    let Some(between) = layout.format.thousands.as_deref() else { return text.replace('.', point) };
    let (whole, fraction) = text.split_once('.').map_or((text, None), |(whole, fraction)| (whole, Some(fraction)));
    let (sign, digits) = whole.strip_prefix('-').map_or(("", whole), |digits| ("-", digits));
    // A number like 1e300, or none at all, has no thousands.
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.replace('.', point);
    }
    let mut grouped = sign.to_owned();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push_str(between);
        }
        grouped.push(digit);
    }
    fraction.map_or(grouped.clone(), |fraction| format!("{grouped}{point}{fraction}"))
}

pub(super) fn json_lines(
    next: &mut dyn FnMut() -> Option<RecordBatch>,
    layout: &ExtractLayout,
    file: File,
    path: &Path,
) -> Result<u64> {
    let mut lines = Lines::new(layout, file, path)?;
    let names: Vec<String> =
        layout.columns.iter().map(|column| serde_json::Value::from(column.header.as_str()).to_string()).collect();
    let patterns = patterns(layout);
    let mut line = String::new();
    let mut rows = 0;
    while let Some(batch) = next() {
        let columns = typed(&batch, layout)?;
        for row in 0..batch.num_rows() {
            line.clear();
            line.push('{');
            for (index, (array, column)) in columns.iter().zip(&layout.columns).enumerate() {
                if index > 0 {
                    line.push(',');
                }
                line.push_str(&names[index]);
                line.push(':');
                let pattern = patterns[index].as_deref();
                let quoted = |text: &str| serde_json::Value::from(text).to_string();
                line.push_str(&match value(array, column.column_type, row) {
                    Value::Null => "null".to_owned(),
                    Value::Text(text) => quoted(text),
                    Value::Integer(value) => value.to_string(),
                    Value::Number(value) => serde_json::Value::from(value).to_string(),
                    // A JSON number has any number of digits; whoever reads it may keep them all.
                    Value::Decimal(value) => value,
                    Value::Boolean(value) => value.to_string(),
                    Value::Date(day) => quoted(&date_text(day, pattern)?),
                    Value::Instant(micros) => quoted(&instant_text(micros, &layout.zone, pattern)?),
                });
            }
            line.push_str("}\n");
            lines.write(line.as_bytes())?;
        }
        rows += batch.num_rows() as u64;
    }
    lines.finish()?;
    Ok(rows)
}

/// The patterns of the columns, as `strftime` takes them.
fn patterns(layout: &ExtractLayout) -> Vec<Option<String>> {
    layout.columns.iter().map(|column| column.format.as_deref().map(time_pattern)).collect()
}
