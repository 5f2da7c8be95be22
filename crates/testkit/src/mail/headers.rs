//! The few headers that a summary needs, read without parsing the whole mail.

use jiff::Timestamp;
use mail_parser::MessageParser;
use memchr::memmem;

use super::{Envelope, MailId, MailSummary};

/// Reads the header block of a mail; `head` may be cut off anywhere after it.
pub(super) fn summarize(id: MailId, received_at: Timestamp, envelope: Envelope, head: &[u8], size: u64) -> MailSummary {
    let mut summary = MailSummary {
        id,
        received_at,
        from: envelope.from,
        to: envelope.to,
        subject: String::new(),
        size,
        message_id: None,
        run: None,
        activity: None,
        key: None,
    };
    for_each_header(head, |name, value| {
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        if is("From") {
            summary.from = decode(value);
        } else if is("Subject") {
            summary.subject = decode(value);
        } else if is("Message-ID") {
            summary.message_id = Some(decode(value).trim_matches(['<', '>']).to_owned());
        } else if is("X-Tutti-Run") {
            summary.run = Some(decode(value));
        } else if is("X-Tutti-Activity") {
            summary.activity = Some(decode(value));
        } else if is("X-Tutti-Key") {
            summary.key = Some(decode(value));
        }
    });
    summary
}

/// Calls `visit` with name and raw value (folded, without its last line break) of each header.
fn for_each_header(mail: &[u8], mut visit: impl FnMut(&[u8], &[u8])) {
    let end =
        if mail.starts_with(b"\r\n") { 0 } else { memmem::find(mail, b"\r\n\r\n").map_or(mail.len(), |at| at + 2) };
    let mut rest = &mail[..end];
    while !rest.is_empty() {
        let length = header_length(rest);
        let (header, tail) = rest.split_at(length);
        rest = tail;
        if let Some(colon) = memchr::memchr(b':', header) {
            visit(header[..colon].trim_ascii_end(), header[colon + 1..].trim_ascii());
        }
    }
}

/// Length of the first header with the lines that continue it.
fn header_length(text: &[u8]) -> usize {
    let mut at = 0;
    while let Some(line) = memchr::memchr(b'\n', &text[at..]) {
        at += line + 1;
        if !matches!(text.get(at), Some(b' ' | b'\t')) {
            return at;
        }
    }
    text.len()
}

/// Unfolds a header value and decodes its encoded words (RFC 2047).
pub(super) fn decode(value: &[u8]) -> String {
    let plain = memmem::find(value, b"=?").is_none() && memchr::memchr(b'\n', value).is_none();
    if let (true, Ok(text)) = (plain, std::str::from_utf8(value)) {
        return text.to_owned();
    }
    let header = [b"Subject: ", value, b"\r\n\r\n"].concat();
    let decoded =
        MessageParser::default().parse_headers(&header).and_then(|message| message.subject().map(str::to_owned));
    decoded.unwrap_or_else(|| String::from_utf8_lossy(value).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summaries_decode_and_unfold() {
        let mail = b"From: =?utf-8?Q?Caf=C3=A9?= <hello@shop.example>\r\nsubject: =?utf-8?B?w4l0w6k=?=\r\n =?utf-8?Q?_2026?=\r\n\
            Message-ID:\r\n <1@shop.example>\r\nX-Tutti-Run: run_1\r\nX-Tutti-Key:c1|2\r\n\r\nX-Tutti-Activity: no\r\n";
        let envelope = Envelope { from: "bounce@shop.example".into(), to: vec!["a@b.example".into()] };
        let summary = summarize(MailId(1), Timestamp::UNIX_EPOCH, envelope, mail, mail.len() as u64);
        assert_eq!(summary.from, "Café <hello@shop.example>");
        assert_eq!(summary.subject, "Été 2026");
        assert_eq!(summary.message_id.as_deref(), Some("1@shop.example"));
        assert_eq!(summary.run.as_deref(), Some("run_1"));
        assert_eq!(summary.key.as_deref(), Some("c1|2"));
        assert_eq!(summary.activity, None);
    }

    #[test]
    fn odd_header_blocks_are_survived() {
        for mail in [
            &b""[..],
            b"\r\nSubject: body\r\n",
            b"no colon at all\r\n\r\n",
            b"Subject",
            b": \r\n",
            b"\xff\xfe: \xff\r\n",
        ] {
            let summary = summarize(MailId(1), Timestamp::UNIX_EPOCH, Envelope::default(), mail, 0);
            assert_eq!(summary.subject, "");
        }
    }
}
