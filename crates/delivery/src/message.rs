//! Messages as bytes: RFC 5322 headers and a MIME body (RFC 2045, 2046) of text and HTML.
//!
//! What all messages of an activity share is written once. No value can add a header: line breaks and other control
//! characters never reach one. No line is longer than 998 bytes: longer ones are written as quoted-printable.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use jiff::Timestamp;
use lettre::message::header::{HeaderName, HeaderValue, Headers};
use lettre::message::{Mailbox, Mailboxes, header};
use sha2::{Digest, Sha256};
use tutti_model::channel::{Channel, Sender, Unsubscribe};

use crate::address;
use crate::error::{Error, Result};
use crate::template::Rendered;

/// RFC 5322 §2.1.1, without the line break.
const LINE_BYTES_MAX: usize = 998;
/// Headers that are longer are folded or encoded by the library.
const PLAIN_HEADER_BYTES_MAX: usize = 70;

/// What all messages of one activity share.
#[derive(Clone, Debug)]
pub struct Envelope {
    /// The sender on the envelope.
    pub from: String,
    domain: String,
    run: String,
    activity: String,
    /// From, Reply-To, X-Tutti-Run, X-Tutti-Activity and MIME-Version.
    fixed: String,
    one_click: bool,
}

/// What is different in each message.
#[derive(Clone, Copy, Debug)]
pub struct Letter<'a> {
    pub to: &'a str,
    pub key: &'a str,
    pub message_id: &'a str,
    /// Where the recipient unsubscribes, when the channel has one-click.
    pub unsubscribe_url: Option<&'a str>,
    pub parts: &'a Rendered,
    /// RFC 5322 date, see [`date`].
    pub date: &'a str,
}

impl Envelope {
    /// # Errors
    /// [`Error::Settings`] where the channel's addresses are malformed.
    pub fn new(channel: &Channel, run: &str, activity: &str) -> Result<Self> {
        let from = checked(&channel.name, "from", &channel.from)?;
        let mut headers = Headers::new();
        headers.set(header::From::from(Mailboxes::from(mailbox(&channel.from, &from))));
        if let Some(reply_to) = &channel.reply_to {
            let address = checked(&channel.name, "reply_to", reply_to)?;
            headers.set(header::ReplyTo::from(Mailboxes::from(mailbox(reply_to, &address))));
        }
        let mut fixed = headers.to_string();
        put_header(&mut fixed, "X-Tutti-Run", run);
        put_header(&mut fixed, "X-Tutti-Activity", activity);
        fixed.push_str("MIME-Version: 1.0\r\n");
        let domain = address::domain(&from).unwrap_or_default().to_owned();
        let one_click = channel.unsubscribe == Unsubscribe::OneClick;
        Ok(Self { from, domain, run: run.to_owned(), activity: activity.to_owned(), fixed, one_click })
    }

    /// Says in each message that it is a proof.
    #[must_use]
    pub fn of_proofs(mut self) -> Self {
        put_header(&mut self.fixed, "X-Tutti-Proof", "yes");
        self
    }

    /// The `Message-ID` of the message to `key`, brackets included: the same whenever it is asked for.
    pub fn message_id(&self, key: &str) -> String {
        message_id(&self.run, &self.activity, key, &self.domain)
    }

    /// The domain of the sender.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// Writes a message into `out`, without a line break at its end.
    pub fn write(&self, letter: &Letter<'_>, out: &mut String) {
        out.clear();
        let _ = write!(out, "Date: {}\r\n", letter.date);
        out.push_str(&self.fixed);
        let _ = write!(out, "Message-ID: {}\r\n", letter.message_id);
        let _ = write!(out, "To: <{}>\r\n", letter.to);
        put_header(out, "Subject", &letter.parts.subject);
        put_header(out, "X-Tutti-Key", letter.key);
        if let Some(url) = letter.unsubscribe_url.filter(|_| self.one_click) {
            let _ =
                write!(out, "List-Unsubscribe:\r\n <{url}>\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");
        }
        // The id is a hash, so the boundary is in no body.
        let boundary: String = letter.message_id.chars().filter(char::is_ascii_alphanumeric).take(24).collect();
        let _ = write!(out, "Content-Type: multipart/alternative;\r\n boundary=\"=_{boundary}\"\r\n");
        for (kind, body) in [("plain", &letter.parts.text), ("html", &letter.parts.html)] {
            let encoding = encoding_of(body);
            let _ = write!(
                out,
                "\r\n--=_{boundary}\r\nContent-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n"
            );
            put_body(out, body, encoding);
        }
        let _ = write!(out, "\r\n--=_{boundary}--");
    }
}

/// The `Message-ID` of a run's activity's message to `key`.
pub fn message_id(run: &str, activity: &str, key: &str, domain: &str) -> String {
    let mut hash = Sha256::new();
    for part in [run, activity, key] {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    // Base64url's letters are all RFC 5322 `atext`.
    format!("<{}@{domain}>", BASE64.encode(&hash.finalize()[..18]))
}

/// A moment as RFC 5322 §3.3 writes it.
pub fn date(now_us: i64) -> String {
    let moment = Timestamp::from_microsecond(now_us).unwrap_or(Timestamp::UNIX_EPOCH);
    moment.to_zoned_datetime(jiff::tz::TimeZone::UTC).strftime("%a, %d %b %Y %H:%M:%S +0000").to_string()
}

fn checked(channel: &str, field: &str, sender: &Sender) -> Result<String> {
    address::check(&sender.address).map(str::to_owned).map_err(|_| {
        Error::Settings(format!(
            "the channel `{channel}` has `{}` in `{field}`, which is no e-mail address",
            sender.address
        ))
    })
}

fn mailbox(sender: &Sender, address: &str) -> Mailbox {
    let (local, domain) = address.rsplit_once('@').unwrap_or_default();
    let name = sender.name.as_ref().map(|name| plain_text(name).into_owned());
    Mailbox::new(name, lettre::Address::new_dangerous(local, domain))
}

/// The text without line breaks and other control characters.
fn plain_text(text: &str) -> std::borrow::Cow<'_, str> {
    if text.chars().any(char::is_control) {
        let words = text.replace(char::is_control, " ");
        words.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ").into()
    } else {
        text.trim().into()
    }
}

/// Writes a header line. Text that is not short ASCII is encoded (RFC 2047) and folded.
fn put_header(out: &mut String, name: &'static str, value: &str) {
    let value = plain_text(value);
    let is_plain = value.len() <= PLAIN_HEADER_BYTES_MAX && value.is_ascii() && !value.contains("=?");
    match HeaderName::new_from_ascii(name.to_owned()) {
        Ok(header) if !is_plain => {
            let mut headers = Headers::new();
            headers.insert_raw(HeaderValue::new(header, value.into_owned()));
            let _ = write!(out, "{headers}");
        }
        _ => {
            let _ = write!(out, "{name}: {value}\r\n");
        }
    }
}

/// How a body is sent: as it is, where it is ASCII in lines that are short enough; else as quoted-printable.
fn encoding_of(body: &str) -> &'static str {
    let plain = body.is_ascii()
        && memchr::memchr(0, body.as_bytes()).is_none()
        && body.split('\n').all(|line| line.len() <= LINE_BYTES_MAX);
    if plain { "7bit" } else { "quoted-printable" }
}

/// Writes a body with each line break, however it is written, as CR LF.
fn put_body(out: &mut String, body: &str, encoding: &str) {
    if encoding == "7bit" {
        return put_lines(out, body);
    }
    let mut lines = String::with_capacity(body.len() + body.len() / 32);
    put_lines(&mut lines, body);
    // What it writes is ASCII.
    out.push_str(&String::from_utf8_lossy(&quoted_printable::encode(&lines)));
}

fn put_lines(out: &mut String, text: &str) {
    let mut rest = text;
    while let Some(at) = memchr::memchr2(b'\r', b'\n', rest.as_bytes()) {
        out.push_str(&rest[..at]);
        out.push_str("\r\n");
        let skip = if rest[at..].starts_with("\r\n") { 2 } else { 1 };
        rest = &rest[at + skip..];
    }
    out.push_str(rest);
}

#[cfg(test)]
mod tests {
    use mail_parser::MessageParser;
    use tutti_model::channel::{Category, ChannelKind, DeliveryGuarantee, Retry, Smtp, Tracking};

    use super::*;

    fn channel(name: Option<&str>, address: &str) -> Channel {
        Channel {
            name: "news".into(),
            kind: ChannelKind::Email,
            category: Category::Marketing,
            from: Sender { name: name.map(str::to_owned), address: address.into() },
            reply_to: Some(Sender { name: None, address: "reply@shop.example".into() }),
            smtp: serde_json::from_value::<Smtp>(serde_json::json!({"host": "localhost"})).unwrap(),
            tracking: Tracking::default(),
            unsubscribe: Unsubscribe::OneClick,
            delivery: DeliveryGuarantee::default(),
            retry: Retry::default(),
        }
    }

    fn write(channel: &Channel, key: &str, parts: &Rendered) -> Vec<u8> {
        let envelope = Envelope::new(channel, "run_1", "mail").unwrap();
        let mut out = String::new();
        let letter = Letter {
            to: "ann@shop.example",
            key,
            message_id: &envelope.message_id(key),
            unsubscribe_url: Some("https://t.example/u/abc"),
            parts,
            date: &date(0),
        };
        envelope.write(&letter, &mut out);
        out.into_bytes()
    }

    #[test]
    fn messages_read_back_as_they_were_meant() {
        let long = "x".repeat(5000);
        for (name, subject, text, html, key) in [
            (Some("Tutti Shop"), "Hello", "Hello\nthere", "<p>Hello</p>", "7"),
            (
                Some("Käse, \"und\" Brot"),
                "Été à Köln — zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich",
                "é\r\n.\r\nç",
                "<p>é</p>",
                "clé 7",
            ),
            (None, "Long", long.as_str(), long.as_str(), "a,b"),
            (Some("日本"), "日本語の件名", "=3D =\n. \n..", "<p>=</p> ", "用"),
        ] {
            let parts = Rendered { subject: subject.into(), html: html.into(), text: text.into() };
            let bytes = write(&channel(name, "hello@shop.example"), key, &parts);
            assert!(bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= 999), "{subject}");
            assert!(bytes.is_ascii(), "{subject}");
            let message = MessageParser::new()
                .with_minimal_headers()
                .header_text("X-Tutti-Run")
                .header_text("X-Tutti-Activity")
                .header_text("X-Tutti-Key")
                .header_text("List-Unsubscribe-Post")
                .parse(&bytes)
                .unwrap();
            assert_eq!(message.subject(), Some(subject));
            assert_eq!(message.from().and_then(|from| from.first()?.name()), name);
            assert_eq!(
                message.body_text(0).unwrap().trim_end(),
                text.replace("\r\n", "\n").replace('\n', "\r\n").trim_end()
            );
            assert_eq!(message.body_html(0).unwrap().trim_end(), html.trim_end());
            let raw =
                |header: &'static str| message.header(header).and_then(|value| value.as_text()).map(str::to_owned);
            assert_eq!(raw("X-Tutti-Run").as_deref(), Some("run_1"));
            assert_eq!(raw("X-Tutti-Activity").as_deref(), Some("mail"));
            assert_eq!(raw("X-Tutti-Key").as_deref(), Some(key));
            assert_eq!(raw("List-Unsubscribe-Post").as_deref(), Some("List-Unsubscribe=One-Click"));
        }
    }

    #[test]
    fn nothing_can_add_a_header() {
        for evil in
            ["a\r\nBcc: x@y.example", "a\nBcc: x@y.example", "a\r\n\r\nbody", "a\rBcc: x@y.example", "a\u{85}b\0c"]
        {
            let parts = Rendered { subject: evil.into(), html: "x".into(), text: "x".into() };
            let bytes = write(&channel(Some(evil), "hello@shop.example"), evil, &parts);
            let message = MessageParser::default().parse(&bytes).unwrap();
            assert!(message.bcc().is_none(), "{evil:?}");
            assert_eq!(message.parts.len(), 3, "{evil:?}");
        }
        for address in ["a@b.example\r\nX: y", "x"] {
            assert!(Envelope::new(&channel(None, address), "r", "a").is_err());
        }
    }

    #[test]
    fn message_ids_are_the_same_again_and_differ_by_key() {
        let envelope = Envelope::new(&channel(None, "hello@shop.example"), "run_1", "mail").unwrap();
        assert_eq!(envelope.message_id("7"), envelope.message_id("7"));
        let mut all: Vec<String> = (0..5000).map(|key| envelope.message_id(&key.to_string())).collect();
        for id in &all {
            let inner = id.strip_prefix('<').and_then(|id| id.strip_suffix("@shop.example>")).unwrap();
            assert!(
                inner.len() == 24 && inner.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)),
                "{id}"
            );
        }
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 5000);
    }

    #[test]
    fn dates_are_rfc_5322() {
        assert_eq!(date(0), "Thu, 01 Jan 1970 00:00:00 +0000");
    }
}
