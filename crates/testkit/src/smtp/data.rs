//! The body of DATA: finds its end, takes the dots out, and refuses what RFC 5321 does not allow.
//!
//! Only CR LF ends a line (section 2.3.8), so `<LF>.<CR><LF>` and its relatives, the means of SMTP smuggling, are
//! ordinary text here and not an end. A message with a bare CR or LF is read to its true end and then refused.

use bytes::{Buf, Bytes, BytesMut};
use memchr::memchr;

/// Longest text line with its CR LF (RFC 5321, 4.5.3.1.6).
pub(super) const LINE_OCTETS_MAX: usize = 1_000;

/// Reads one message from the bytes as they come.
pub(super) struct DataReader {
    body: BytesMut,
    message_bytes_max: usize,
    /// Bytes of the unfinished line that are already in the body.
    line_bytes: usize,
    received: usize,
    wrong: Option<Wrong>,
}

/// Why a message cannot be taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrong {
    TooLarge,
    LineTooLong,
    BareLineBreak,
}

impl Wrong {
    pub(super) fn answer(self) -> &'static str {
        match self {
            Self::TooLarge => "552 5.3.4 Message is larger than this server takes",
            Self::LineTooLong => "552 5.6.0 Message has a line over 1000 octets (RFC 5321, 4.5.3.1.6)",
            Self::BareLineBreak => "550 5.6.0 Message has a bare CR or LF (RFC 5321, 2.3.8)",
        }
    }
}

/// What became of the bytes read so far.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Progress {
    /// The end has not come yet.
    More,
    /// The end has come: the message, or why it is refused.
    Done(Result<Bytes, Wrong>),
    /// The client goes on far past the limit; nothing more is read from it.
    Flood,
}

impl DataReader {
    pub(super) fn new(message_bytes_max: usize, announced: u64) -> Self {
        let announced = usize::try_from(announced).unwrap_or(usize::MAX);
        Self {
            body: BytesMut::with_capacity(announced.clamp(4 * 1024, 64 * 1024)),
            message_bytes_max,
            line_bytes: 0,
            received: 0,
            wrong: None,
        }
    }

    /// Takes whole lines out of `input`, and the part of a long one; what follows the end stays there.
    pub(super) fn read(&mut self, input: &mut BytesMut) -> Progress {
        let mut at = 0;
        while let Some(length) = memchr(b'\n', &input[at..]) {
            let line = &input[at..=at + length];
            at += line.len();
            if self.line_bytes == 0 && line == b".\r\n" {
                input.advance(at);
                let body = std::mem::take(&mut self.body).freeze();
                return Progress::Done(self.wrong.map_or(Ok(body), Err));
            }
            self.take_line_part(line, line.ends_with(b"\r\n"));
        }
        input.advance(at);
        self.take_unfinished(input);
        if self.received > self.message_bytes_max.saturating_mul(2).saturating_add(1 << 20) {
            return Progress::Flood;
        }
        Progress::More
    }

    /// A long line is taken in parts, so that the input stays small. Its last byte waits, as it may be the CR of CR LF.
    fn take_unfinished(&mut self, input: &mut BytesMut) {
        if input.len() > LINE_OCTETS_MAX {
            let part = input.split_to(input.len() - 1);
            self.take_line_part(&part, false);
        }
    }

    fn take_line_part(&mut self, part: &[u8], ends: bool) {
        self.received = self.received.saturating_add(part.len());
        let unstuffed = match part {
            [b'.', rest @ ..] if self.line_bytes == 0 => rest,
            _ => part,
        };
        self.line_bytes = self.line_bytes.saturating_add(part.len());
        let text = if ends { &part[..part.len() - 2] } else { part };
        let wrong = if self.line_bytes > LINE_OCTETS_MAX {
            Some(Wrong::LineTooLong)
        } else if memchr::memchr2(b'\r', b'\n', text).is_some() {
            Some(Wrong::BareLineBreak)
        } else {
            None
        };
        if self.body.len() + unstuffed.len() > self.message_bytes_max {
            self.wrong = Some(Wrong::TooLarge);
            self.body = BytesMut::new();
        } else if self.wrong != Some(Wrong::TooLarge) {
            self.wrong = self.wrong.or(wrong);
            self.body.extend_from_slice(unstuffed);
        }
        if ends {
            self.line_bytes = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read_in_steps(text: &[u8], step: usize, limit: usize) -> (Progress, Vec<u8>) {
        let mut reader = DataReader::new(limit, 0);
        let mut input = BytesMut::new();
        for (nr, chunk) in text.chunks(step).enumerate() {
            input.extend_from_slice(chunk);
            match reader.read(&mut input) {
                Progress::More => {}
                done => {
                    let rest = [&input[..], &text[((nr + 1) * step).min(text.len())..]].concat();
                    return (done, rest);
                }
            }
        }
        (Progress::More, input.to_vec())
    }

    #[test]
    fn messages_end_only_where_they_should() {
        let long = [b"x".repeat(998), b"\r\n".to_vec()].concat();
        let too_long = [b"x".repeat(999), b"\r\n".to_vec()].concat();
        let cases: Vec<(&str, Vec<u8>, Result<&[u8], Wrong>)> = vec![
            ("plain", b"a\r\nb\r\n".to_vec(), Ok(b"a\r\nb\r\n")),
            ("empty", b"".to_vec(), Ok(b"")),
            ("dots", b"..\r\n..a\r\nb.\r\n".to_vec(), Ok(b".\r\n.a\r\nb.\r\n")),
            ("longest line", long.clone(), Ok(&long)),
            ("line too long", too_long, Err(Wrong::LineTooLong)),
            ("smuggled end by LF", b"a\n.\r\nMAIL FROM:<x@y>\r\n".to_vec(), Err(Wrong::BareLineBreak)),
            ("smuggled end by LF LF", b"a\r\n.\nMAIL FROM:<x@y>\r\n".to_vec(), Err(Wrong::BareLineBreak)),
            ("smuggled end by CR", b"a\r.\r\nb\r\n".to_vec(), Err(Wrong::BareLineBreak)),
            ("CR CR LF", b"a\r\r\n".to_vec(), Err(Wrong::BareLineBreak)),
            ("too large", b"12345678901234567890\r\n".repeat(60), Err(Wrong::TooLarge)),
        ];
        for (name, text, expected) in cases {
            let whole = [&text[..], b".\r\nQUIT\r\n"].concat();
            for step in [1, 2, 3, 7, 4096] {
                let (progress, rest) = read_in_steps(&whole, step, 1_200);
                assert_eq!(progress, Progress::Done(expected.map(Bytes::copy_from_slice)), "{name} by {step}");
                assert_eq!(rest, b"QUIT\r\n", "{name} by {step}");
            }
        }
    }

    #[test]
    fn an_endless_message_is_cut_off_in_bounded_memory() {
        let mut reader = DataReader::new(1_000, 0);
        let mut input = BytesMut::new();
        let cut = (0..100_000).any(|_| {
            input.extend_from_slice(&[b'x'; 4096]);
            assert!(input.len() <= 8192 && reader.body.len() <= 1_000);
            reader.read(&mut input) == Progress::Flood
        });
        assert!(cut);
    }
}
