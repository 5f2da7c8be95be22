//! The text of a file: unpacked, and in UTF-8.

use std::fs::File;
use std::io::{BufRead, BufReader, Error as IoError, Read, Result as IoResult, Seek, SeekFrom};
use std::path::Path;

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8};
use flate2::bufread::{DeflateDecoder, MultiGzDecoder};
use zip::{CompressionMethod, ZipArchive};

use super::FileLayout;
use crate::error::{Error, Result};
use crate::import::lines::not_text;

/// Room for what is decoded at a time.
const CHUNK_BYTES: usize = 1 << 16;

/// The start of a ZIP archive.
const ZIP: [u8; 4] = *b"PK\x03\x04";
/// The start of a file packed by Zstandard.
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// The bytes of a file, or those of the only file in it where it is a ZIP archive.
pub(crate) fn opened(mut file: File, layout: &FileLayout, path: &Path) -> Result<Box<dyn BufRead>> {
    let io = |e| Error::io("read", path, e);
    let bad = |reason: String| Error::Unreadable { file: layout.name.clone(), reason };
    let mut start = [0; 4];
    let read = file.read(&mut start).map_err(io)?;
    file.seek(SeekFrom::Start(0)).map_err(io)?;
    if read < start.len() || start != ZIP {
        return Ok(Box::new(BufReader::with_capacity(1 << 20, file)));
    }
    let mut archive =
        ZipArchive::new(&file).map_err(|e| bad(format!("it begins like a ZIP archive and is none: {e}")))?;
    // A workbook is an archive too; what it is is told by its first bytes.
    if archive.index_for_name("[Content_Types].xml").is_some() {
        return Ok(Box::new(BufReader::with_capacity(1 << 20, file)));
    }
    let mut found = None;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|e| bad(format!("it cannot be unpacked: {e}")))?;
        if !entry.is_file() || entry.name_raw().starts_with(b"__MACOSX/") {
            continue;
        }
        if found.is_some() {
            return Err(bad("it is a ZIP archive of several files; one is needed".to_owned()));
        }
        let at =
            entry.data_start().ok_or_else(|| bad("it cannot be unpacked: a file in it has no place".to_owned()))?;
        found = Some((at, entry.compressed_size(), entry.compression()));
    }
    drop(archive);
    let Some((at, size, method)) = found else { return Err(bad("it is a ZIP archive without a file".to_owned())) };
    file.seek(SeekFrom::Start(at)).map_err(io)?;
    let packed = BufReader::with_capacity(1 << 20, file.take(size));
    match method {
        CompressionMethod::Stored => Ok(Box::new(packed)),
        CompressionMethod::Deflated => Ok(Box::new(BufReader::with_capacity(1 << 20, DeflateDecoder::new(packed)))),
        other => Err(bad(format!("it is packed by {other}; pack it by Deflate, gzip or Zstandard"))),
    }
}

/// The text of a file, by its lines.
pub(crate) fn decoded(
    mut source: impl BufRead + 'static,
    layout: &FileLayout,
    path: &Path,
) -> Result<Box<dyn BufRead>> {
    let bad = |reason: String| Error::Unreadable { file: layout.name.clone(), reason };
    let label = layout.format.encoding.as_deref().unwrap_or("utf-8");
    let encoding = Encoding::for_label(label.as_bytes())
        .ok_or_else(|| bad(format!("`{label}` is no encoding; write it like `utf-8`, `windows-1252` or `utf-16le`")))?;
    let start = source.fill_buf().map_err(|e| Error::io("read", path, e))?;
    let mut source: Box<dyn BufRead> = if start.starts_with(&[0x1F, 0x8B]) {
        Box::new(BufReader::with_capacity(1 << 20, MultiGzDecoder::new(source)))
    } else if start.starts_with(&ZSTD) {
        let unpacked = zstd::stream::read::Decoder::with_buffer(source).map_err(|e| Error::io("unpack", path, e))?;
        Box::new(BufReader::with_capacity(1 << 20, unpacked))
    } else {
        Box::new(source)
    };
    if let Some(bytes_max) = layout.bytes_max {
        source = Box::new(BufReader::with_capacity(1 << 20, Limited { source, left: bytes_max, bytes_max }));
    }
    let start = source.fill_buf().map_err(|e| bad(format!("it cannot be unpacked: {e}")))?;
    // In two-byte encodings every other byte may be zero.
    let wide = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
    if let Some(reason) = not_text(start).filter(|_| !wide) {
        return Err(bad(reason.to_owned()));
    }
    if encoding == UTF_8 {
        return Ok(source);
    }
    Ok(Box::new(Text::new(source, encoding.new_decoder())))
}

/// A file that may not be larger than it should be, however well it is packed.
struct Limited {
    source: Box<dyn BufRead>,
    left: u64,
    bytes_max: u64,
}

impl Read for Limited {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        let read = self.source.read(into)?;
        self.left = self.left.checked_sub(read as u64).ok_or_else(|| {
            IoError::other(format!("it is larger than the {} bytes that are allowed", self.bytes_max))
        })?;
        Ok(read)
    }
}

/// Bytes of any encoding as UTF-8. What cannot be decoded becomes U+FFFD.
struct Text {
    source: Box<dyn BufRead>,
    decoder: Decoder,
    /// What was decoded; read up to `start`, filled up to `end`.
    decoded: Box<[u8]>,
    start: usize,
    end: usize,
    ended: bool,
}

impl Text {
    fn new(source: Box<dyn BufRead>, decoder: Decoder) -> Self {
        Self { source, decoder, decoded: vec![0; CHUNK_BYTES].into(), start: 0, end: 0, ended: false }
    }
}

impl BufRead for Text {
    fn fill_buf(&mut self) -> IoResult<&[u8]> {
        while self.start == self.end && !self.ended {
            let bytes = self.source.fill_buf()?;
            let last = bytes.is_empty();
            let (result, read, written, _) = self.decoder.decode_to_utf8(bytes, &mut self.decoded, last);
            self.source.consume(read);
            (self.start, self.end) = (0, written);
            self.ended = last && result == CoderResult::InputEmpty;
        }
        Ok(&self.decoded[self.start..self.end])
    }

    fn consume(&mut self, amount: usize) {
        self.start = self.end.min(self.start + amount);
    }
}

impl Read for Text {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use tutti_model::file::FileFormat;

    use super::*;

    fn read(bytes: &'static [u8], encoding: &str) -> Result<String> {
        let format = FileFormat { encoding: Some(encoding.to_owned()), ..FileFormat::default() };
        let layout = FileLayout {
            name: "x.csv".to_owned(),
            format,
            columns: Vec::new(),
            zone: TimeZone::UTC,
            line_column: None,
            rejects_max: 0,
            bytes_max: None,
        };
        let mut text = String::new();
        decoded(bytes, &layout, Path::new("x.csv"))?.read_to_string(&mut text).unwrap();
        Ok(text)
    }

    #[test]
    fn encodings_are_decoded() {
        for (bytes, encoding, text) in [
            (&b"a;\xe9\n"[..], "windows-1252", "a;é\n"),
            (b"\x80", "windows-1252", "€"),
            (b"\xa4", "iso-8859-15", "€"),
            (b"\xff\xfea\0\xe9\0", "utf-16le", "aé"),
            ("é".as_bytes(), "UTF-8", "é"),
            (b"", "windows-1252", ""),
        ] {
            assert_eq!(read(bytes, encoding).unwrap(), text, "{encoding}");
        }
        let long: &'static [u8] = vec![0xE9; 3 * CHUNK_BYTES + 1].leak();
        assert_eq!(read(long, "windows-1252").unwrap(), "é".repeat(long.len()));
        assert!(read(b"a", "klingon").is_err());
        assert!(read(b"PAR1xx", "utf-8").is_err());
    }
}
