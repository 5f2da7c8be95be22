//! Records of a CSV file, with their line numbers. A record that is broken costs its own lines and no more.

use std::io::{BufRead, ErrorKind, Read};

/// A record with quotes open for longer than this has lost its closing quote.
const RECORD_BYTES_MAX: usize = 1 << 20;

/// A line longer than this is none: the file is of another kind.
const LINE_BYTES_MAX: u64 = 64 << 20;

/// One field of a record.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    start: usize,
    end: usize,
    pub quoted: bool,
}

/// The record read last.
#[derive(Debug, Default)]
pub(crate) struct Record {
    /// The fields' bytes, quotes removed.
    bytes: Vec<u8>,
    pub fields: Vec<Span>,
    /// As in the file, without the line end.
    pub raw: Vec<u8>,
    /// Of the record's first line, from 1.
    pub line: u64,
    /// Why this is not a record.
    pub broken: Option<&'static str>,
}

impl Record {
    pub fn field(&self, index: usize) -> &[u8] {
        self.fields.get(index).map_or(&[], |span| &self.bytes[span.start..span.end])
    }
}

pub(crate) struct Records<R> {
    source: R,
    delimiter: u8,
    /// What stands around texts that hold delimiters.
    quote: Option<u8>,
    /// Whether a text within quotes may go on in the next line.
    multi_line: bool,
    /// Lines that were read ahead of a closing quote that never came, last one first.
    given_back: Vec<Vec<u8>>,
    line: u64,
}

enum State {
    FieldStart,
    Plain,
    Quoted,
    QuoteInQuoted,
}

impl<R: BufRead> Records<R> {
    /// Skips a byte order mark. `source` must buffer at least three bytes.
    pub fn new(mut source: R) -> std::io::Result<Self> {
        if source.fill_buf()?.starts_with(&[0xEF, 0xBB, 0xBF]) {
            source.consume(3);
        }
        Ok(Self { source, delimiter: b',', quote: Some(b'"'), multi_line: true, given_back: Vec::new(), line: 0 })
    }

    /// Sets how records are told apart; without a delimiter the first line tells.
    pub fn laid_out(mut self, delimiter: Option<u8>, quote: Option<u8>, multi_line: bool) -> std::io::Result<Self> {
        (self.quote, self.multi_line) = (quote, multi_line);
        match delimiter {
            Some(delimiter) => self.delimiter = delimiter,
            None => self.detect_delimiter()?,
        }
        Ok(self)
    }

    /// Passes over lines, whatever they hold.
    pub fn skip_lines(&mut self, count: u64) -> std::io::Result<()> {
        let mut line = Vec::new();
        for _ in 0..count {
            if !self.next_line(&mut line)? {
                break;
            }
        }
        Ok(())
    }

    /// Chooses the delimiter that occurs most in the first line, outside quotes; `,` if none does.
    pub fn detect_delimiter(&mut self) -> std::io::Result<()> {
        let mut line = Vec::new();
        if !self.next_line(&mut line)? {
            return Ok(());
        }
        self.line -= 1;
        let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
        let mut quoted = false;
        for byte in &line {
            quoted ^= Some(*byte) == self.quote;
            if let Some(entry) = counts.iter_mut().find(|(delimiter, _)| delimiter == byte && !quoted) {
                entry.1 += 1;
            }
        }
        self.given_back.push(line);
        counts.reverse();
        self.delimiter = counts.iter().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter);
        Ok(())
    }

    /// Reads the next record; false at the end. Empty lines are passed over.
    pub fn next(&mut self, record: &mut Record) -> std::io::Result<bool> {
        record.bytes.clear();
        record.fields.clear();
        record.raw.clear();
        record.broken = None;
        let mut line = Vec::new();
        loop {
            if !self.next_line(&mut line)? {
                return Ok(false);
            }
            if !matches!(line.as_slice(), b"\n" | b"\r\n") {
                break;
            }
            line.clear();
        }
        record.line = self.line;
        let mut lines = vec![line];
        let mut state = State::FieldStart;
        let mut start = 0;
        loop {
            let Some(current) = lines.last() else { return Ok(false) };
            record.raw.extend_from_slice(current);
            if let Err(reason) = self.scan(&lines[lines.len() - 1], &mut state, &mut start, record) {
                self.give_back(lines, record, reason);
                return Ok(true);
            }
            if !matches!(state, State::Quoted) {
                break;
            }
            let mut more = Vec::new();
            if !self.multi_line || record.raw.len() > RECORD_BYTES_MAX || !self.next_line(&mut more)? {
                self.give_back(lines, record, "has a quote that is never closed");
                return Ok(true);
            }
            lines.push(more);
        }
        trim_line_end(&mut record.raw);
        Ok(true)
    }

    /// Splits one line; fields may begin on an earlier one.
    fn scan(&self, line: &[u8], state: &mut State, start: &mut usize, record: &mut Record) -> Result<(), &'static str> {
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let content = content.strip_suffix(b"\r").unwrap_or(content);
        let out = &mut record.bytes;
        for byte in content {
            match state {
                State::FieldStart if Some(*byte) == self.quote => *state = State::Quoted,
                State::FieldStart | State::Plain if *byte == self.delimiter => {
                    record.fields.push(Span { start: *start, end: out.len(), quoted: false });
                    *start = out.len();
                    *state = State::FieldStart;
                }
                State::FieldStart | State::Plain => {
                    out.push(*byte);
                    *state = State::Plain;
                }
                State::Quoted if Some(*byte) == self.quote => *state = State::QuoteInQuoted,
                State::Quoted => out.push(*byte),
                State::QuoteInQuoted if Some(*byte) == self.quote => {
                    out.push(*byte);
                    *state = State::Quoted;
                }
                State::QuoteInQuoted if *byte == self.delimiter => {
                    record.fields.push(Span { start: *start, end: out.len(), quoted: true });
                    *start = out.len();
                    *state = State::FieldStart;
                }
                State::QuoteInQuoted => return Err("has text after a closing quote"),
            }
        }
        match state {
            State::Quoted => out.extend_from_slice(&line[content.len()..]),
            State::QuoteInQuoted => record.fields.push(Span { start: *start, end: out.len(), quoted: true }),
            State::FieldStart | State::Plain => {
                record.fields.push(Span { start: *start, end: out.len(), quoted: false });
            }
        }
        Ok(())
    }

    /// The first line is the broken record; those after it are read again.
    fn give_back(&mut self, mut lines: Vec<Vec<u8>>, record: &mut Record, reason: &'static str) {
        record.broken = Some(reason);
        while lines.len() > 1 {
            if let Some(line) = lines.pop() {
                self.given_back.push(line);
                self.line -= 1;
            }
        }
        record.raw = lines.pop().unwrap_or_default();
        trim_line_end(&mut record.raw);
    }

    /// Reads the next line with its end; false at the end of the file.
    pub fn next_line(&mut self, line: &mut Vec<u8>) -> std::io::Result<bool> {
        if let Some(given) = self.given_back.pop() {
            *line = given;
            self.line += 1;
            return Ok(true);
        }
        if !read_line(&mut self.source, line)? {
            return Ok(false);
        }
        self.line += 1;
        Ok(true)
    }
}

/// Reads up to and with the next line end; false at the end of the file. [`ErrorKind::InvalidData`] when there is none
/// for too long.
pub(crate) fn read_line(source: &mut impl BufRead, line: &mut Vec<u8>) -> std::io::Result<bool> {
    line.clear();
    let read = source.take(LINE_BYTES_MAX).read_until(b'\n', line)?;
    if read as u64 == LINE_BYTES_MAX && line.last() != Some(&b'\n') {
        let reason = format!("it has a line of more than {} MiB", LINE_BYTES_MAX >> 20);
        return Err(std::io::Error::new(ErrorKind::InvalidData, reason));
    }
    Ok(read > 0)
}

/// What a file is that is no text, by its first bytes, and what to do about it.
pub(crate) fn not_text(start: &[u8]) -> Option<&'static str> {
    let kinds: [(&[u8], &str); 7] = [
        (b"PAR1", "it is a Parquet file; give it with --format parquet"),
        (&[0x1F, 0x8B], "it is compressed by gzip; unpack it first"),
        (&[0x28, 0xB5, 0x2F, 0xFD], "it is compressed by zstd; unpack it first"),
        (b"PK\x03\x04", "it is a zip archive or a spreadsheet; unpack it, or save the sheet as CSV"),
        (&[0xD0, 0xCF, 0x11, 0xE0], "it is a spreadsheet; save the sheet as CSV"),
        (&[0xFF, 0xFE], "it is UTF-16; save it as UTF-8"),
        (&[0xFE, 0xFF], "it is UTF-16; save it as UTF-8"),
    ];
    let known = kinds.iter().find(|(magic, _)| start.starts_with(magic)).map(|(_, advice)| *advice);
    known.or_else(|| start.contains(&0).then_some("it is not text: it has zero bytes"))
}

fn trim_line_end(raw: &mut Vec<u8>) {
    if raw.last() == Some(&b'\n') {
        raw.pop();
    }
    if raw.last() == Some(&b'\r') {
        raw.pop();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<(u64, Vec<String>, Option<&'static str>)> {
        let mut records = Records::new(text).unwrap();
        records.detect_delimiter().unwrap();
        let mut record = Record::default();
        let mut all = Vec::new();
        while records.next(&mut record).unwrap() {
            let fields = (0..record.fields.len()).map(|i| String::from_utf8_lossy(record.field(i)).into_owned());
            all.push((record.line, fields.collect(), record.broken));
        }
        all
    }

    #[test]
    fn quotes_line_ends_and_marks() {
        let all = read(b"\xEF\xBB\xBFa,b\r\n1,\"x \"\"y\"\"\r\nz\"\r\n\r\n2,\"\"\n3,5\" pipe");
        let expected =
            [(1, vec!["a", "b"]), (2, vec!["1", "x \"y\"\r\nz"]), (5, vec!["2", ""]), (6, vec!["3", "5\" pipe"])];
        for ((line, fields, broken), (expected_line, expected_fields)) in all.iter().zip(&expected) {
            assert_eq!(
                (*line, fields.iter().map(String::as_str).collect::<Vec<_>>()),
                (*expected_line, expected_fields.clone())
            );
            assert!(broken.is_none());
        }
        assert_eq!(all.len(), expected.len());
    }

    #[test]
    fn an_open_quote_costs_one_line() {
        for text in ["a,b\n1,\"x\n2,y\n3,z\n", "a,b\n1,\"x\n2,\"y\"\n3,z\n"] {
            let all = read(text.as_bytes());
            assert_eq!(all.len(), 4, "{all:?}");
            assert!(all[1].2.is_some() && all[1].0 == 2);
            assert_eq!((all[2].0, all[2].1[1].as_str(), all[2].2), (3, "y", None));
            assert_eq!((all[3].0, all[3].1[1].as_str(), all[3].2), (4, "z", None));
        }
    }

    #[test]
    fn other_kinds_of_files_are_told() {
        for (start, kind) in [
            (&b"PAR1\x15"[..], Some("Parquet")),
            (b"\x1f\x8b\x08", Some("gzip")),
            (b"PK\x03\x04", Some("zip")),
            (b"\xff\xfei\0d\0", Some("UTF-16")),
            (b"id\0", Some("zero bytes")),
            (b"\xef\xbb\xbfid,name\n", None),
            (b"", None),
        ] {
            let told = not_text(start);
            assert_eq!(told.is_some(), kind.is_some(), "{start:?}");
            assert!(told.is_none_or(|told| told.contains(kind.unwrap())), "{start:?}");
        }
    }

    #[test]
    fn a_line_without_end_is_refused() {
        let mut endless = std::io::BufReader::new(std::io::repeat(b'x'));
        let error = read_line(&mut endless, &mut Vec::new()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidData);
    }

    #[test]
    fn delimiters_and_short_files() {
        for (text, fields) in [("a;b\n", 2), ("a\tb\tc", 3), ("a|b", 2), ("a", 1), ("\"a;b\",c", 2), ("\na,b", 2)] {
            assert_eq!(read(text.as_bytes())[0].1.len(), fields, "{text:?}");
        }
        assert!(read(b"").is_empty());
        assert!(read(b"\xEF\xBB\xBF").is_empty());
    }
}
