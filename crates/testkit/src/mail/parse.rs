//! One mail taken apart for reading.

use mail_parser::{MessageParser, PartType};
use serde::Serialize;

use super::headers::decode;

/// A mail as a person reads it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ParsedMail {
    pub subject: String,
    /// All headers in their order, unfolded and decoded.
    pub headers: Vec<MailHeader>,
    /// The plain-text part, if there is one.
    pub text: Option<String>,
    /// The HTML part, if there is one.
    pub html: Option<String>,
    /// Number of attachments.
    pub attachments: usize,
}

/// One header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MailHeader {
    pub name: String,
    pub value: String,
}

impl ParsedMail {
    /// The first header of that name, without regard to case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|h| h.name.eq_ignore_ascii_case(name));
        found.map(|h| h.value.as_str())
    }
}

/// Reads a mail as well as it can be read; what is no mail at all has no headers and no parts.
pub fn parse_mail(mail: &[u8]) -> ParsedMail {
    let Some(message) = MessageParser::default().parse(mail) else {
        return ParsedMail::default();
    };
    let header = |header: &mail_parser::Header<'_>| {
        let raw = mail.get(header.offset_start() as usize..header.offset_end() as usize);
        MailHeader { name: header.name().to_owned(), value: decode(raw.unwrap_or_default().trim_ascii()) }
    };
    let part_text = |part: &mail_parser::MessagePart<'_>, html: bool| match &part.body {
        PartType::Text(text) if !html => Some(text.to_string()),
        PartType::Html(text) if html => Some(text.to_string()),
        _ => None,
    };
    ParsedMail {
        subject: message.subject().unwrap_or_default().to_owned(),
        headers: message.headers().iter().map(header).collect(),
        text: message.text_bodies().find_map(|part| part_text(part, false)),
        html: message.html_bodies().find_map(|part| part_text(part, true)),
        attachments: message.attachment_count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAIL: &str = "From: a@b.example\r\nX-Tutti-Key: c1\r\nSubject: =?utf-8?Q?Caf=C3=A9?=\r\nMIME-Version: 1.0\r\n\
        Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\
        Content-Transfer-Encoding: quoted-printable\r\n\r\nCaf=C3=A9 =\r\nau lait\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>Hi</p>\r\n--x--\r\n";

    #[test]
    fn parts_and_headers_are_decoded() {
        let mail = parse_mail(MAIL.as_bytes());
        assert_eq!(mail.subject, "Café");
        assert_eq!(mail.header("subject"), Some("Café"));
        assert_eq!(mail.header("x-tutti-key"), Some("c1"));
        assert_eq!(mail.text.as_deref().map(str::trim_end), Some("Café au lait"));
        assert_eq!(mail.html.as_deref().map(str::trim_end), Some("<p>Hi</p>"));
        assert_eq!(mail.headers.len(), 5);
    }

    #[test]
    fn a_text_mail_has_no_html() {
        let mail = parse_mail(b"Subject: x\r\n\r\nonly text\r\n");
        assert_eq!((mail.text.is_some(), mail.html), (true, None));
        assert_eq!(parse_mail(b""), ParsedMail::default());
    }
}
