//! The text of a file: unpacked, and in UTF-8.

use std::io::{BufRead, BufReader, Error as IoError, ErrorKind, Read, Result as IoResult};
use std::path::Path;

use encoding_rs::{Decoder, Encoding, UTF_8};
use flate2::bufread::MultiGzDecoder;

use super::FileLayout;
use crate::error::{Error, Result};
use crate::import::lines::not_text;

/// Bytes that are decoded at a time.
const CHUNK_BYTES: usize = 1 << 16;

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
    let mut source: Box<dyn BufRead> = match start.starts_with(&[0x1F, 0x8B]) {
        true => Box::new(BufReader::with_capacity(1 << 20, MultiGzDecoder::new(source))),
        false => Box::new(source),
    };
    let start = source.fill_buf().map_err(|e| bad(format!("it cannot be unpacked: {e}")))?;
    // In two-byte encodings every other byte may be zero.
    let wide = encoding == encoding_rs::UTF_16LE || encoding == encoding_rs::UTF_16BE;
    if let Some(reason) = not_text(start).filter(|_| !wide) {
        return Err(bad(reason.to_owned()));
    }
    if encoding == UTF_8 {
        return Ok(source);
    }
    let text = Text { source, decoder: encoding.new_decoder(), ended: false };
    Ok(Box::new(BufReader::with_capacity(1 << 20, text)))
}

/// Bytes of any encoding as UTF-8. What cannot be decoded becomes U+FFFD.
struct Text {
    source: Box<dyn BufRead>,
    decoder: Decoder,
    ended: bool,
}

impl Read for Text {
    fn read(&mut self, into: &mut [u8]) -> IoResult<usize> {
        // No character is longer in UTF-8 than what a reader gives room for.
        if into.len() < 16 {
            return Err(IoError::new(ErrorKind::InvalidInput, "there is no room for a character"));
        }
        while !self.ended {
            let bytes = self.source.fill_buf()?;
            let bytes = &bytes[..bytes.len().min(CHUNK_BYTES)];
            let last = bytes.is_empty();
            let (result, read, written, _) = self.decoder.decode_to_utf8(bytes, into, last);
            self.source.consume(read);
            if last && result == encoding_rs::CoderResult::InputEmpty {
                self.ended = true;
            }
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
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
        assert!(read(b"a", "klingon").is_err());
        assert!(read(b"PAR1xx", "utf-8").is_err());
    }
}
