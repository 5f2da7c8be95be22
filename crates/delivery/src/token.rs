//! Signed tokens in links: what a message's pixel, links and unsubscribe link carry back.
//!
//! A token is `base64url(payload || mac)`. The payload is a version, a purpose and length-prefixed texts; the mac is
//! HMAC-SHA256 (RFC 2104) over it, cut to 128 bits (RFC 2104 §5 allows half of the hash). Nobody without the instance's
//! secret can make one, so a link can only lead where a message led, and an open token is no unsubscribe token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

const VERSION: u8 = 1;
const MAC_BYTES: usize = 16;
/// Longer tokens are refused unread.
const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// Which message a token belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageRef {
    pub run: String,
    pub activity: String,
    /// The row's key, as in the ledger.
    pub key: String,
}

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// The pixel was loaded.
    Open(MessageRef),
    /// A link was followed: its number in the activity's list.
    Click(MessageRef, u32),
    /// A link that is different in each message was followed: the URL itself.
    ClickUrl(MessageRef, String),
    /// Somebody wants no more messages: who, and at which address.
    Unsubscribe(MessageRef, Person),
}

/// Who wants no more messages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub dimension: String,
    /// The value of the dimension's identity.
    pub identity: String,
    pub address: String,
}

/// Makes and checks tokens with the instance's secret.
#[derive(Clone)]
pub struct Signer {
    mac: Hmac<Sha256>,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(***)")
    }
}

/// Why a token was refused. Deliberately says no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the link is not one of ours, or it was changed")]
pub struct Invalid;

impl Signer {
    /// `secret` should have 32 random bytes or more.
    pub fn new(secret: &[u8]) -> Self {
        // RFC 2104 §2: a key longer than a block is hashed first; any key may be.
        let mut key = hmac::digest::Key::<Hmac<Sha256>>::default();
        key[..32].copy_from_slice(&Sha256::digest(secret));
        Self { mac: Hmac::new(&key) }
    }

    pub fn sign(&self, token: &Token) -> String {
        let mut bytes = Vec::with_capacity(128);
        token.write(&mut bytes);
        let mac = self.mac(&bytes);
        bytes.extend_from_slice(&mac);
        BASE64.encode(bytes)
    }

    /// Reads a token that this instance made. The comparison takes the same time wherever the first difference is.
    pub fn verify(&self, text: &str) -> Result<Token, Invalid> {
        if text.len() > TOKEN_BYTES_MAX {
            return Err(Invalid);
        }
        let bytes = BASE64.decode(text).map_err(|_| Invalid)?;
        let split = bytes.len().checked_sub(MAC_BYTES).ok_or(Invalid)?;
        let (payload, mac) = bytes.split_at(split);
        let mut expected = self.mac.clone();
        expected.update(payload);
        expected.verify_truncated_left(mac).map_err(|_| Invalid)?;
        Token::read(payload).ok_or(Invalid)
    }

    fn mac(&self, payload: &[u8]) -> [u8; MAC_BYTES] {
        let mut mac = self.mac.clone();
        mac.update(payload);
        let mut cut = [0; MAC_BYTES];
        cut.copy_from_slice(&mac.finalize().into_bytes()[..MAC_BYTES]);
        cut
    }
}

impl Token {
    /// The message that it belongs to.
    pub fn message(&self) -> &MessageRef {
        match self {
            Self::Open(message)
            | Self::Click(message, _)
            | Self::ClickUrl(message, _)
            | Self::Unsubscribe(message, _) => message,
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let (purpose, message) = match self {
            Self::Open(message) => (b'o', message),
            Self::Click(message, _) => (b'c', message),
            Self::ClickUrl(message, _) => (b'l', message),
            Self::Unsubscribe(message, _) => (b'u', message),
        };
        out.extend_from_slice(&[VERSION, purpose]);
        for text in [&message.run, &message.activity, &message.key] {
            write_text(out, text);
        }
        match self {
            Self::Open(_) => {}
            Self::Click(_, index) => write_number(out, u64::from(*index)),
            Self::ClickUrl(_, url) => write_text(out, url),
            Self::Unsubscribe(_, person) => {
                for text in [&person.dimension, &person.identity, &person.address] {
                    write_text(out, text);
                }
            }
        }
    }

    fn read(payload: &[u8]) -> Option<Self> {
        let mut at = Reader(payload);
        if at.byte()? != VERSION {
            return None;
        }
        let purpose = at.byte()?;
        let message = MessageRef { run: at.text()?, activity: at.text()?, key: at.text()? };
        let token = match purpose {
            b'o' => Self::Open(message),
            b'c' => Self::Click(message, u32::try_from(at.number()?).ok()?),
            b'l' => Self::ClickUrl(message, at.text()?),
            b'u' => {
                let person = Person { dimension: at.text()?, identity: at.text()?, address: at.text()? };
                Self::Unsubscribe(message, person)
            }
            _ => return None,
        };
        at.0.is_empty().then_some(token)
    }
}

fn write_text(out: &mut Vec<u8>, text: &str) {
    write_number(out, text.len() as u64);
    out.extend_from_slice(text.as_bytes());
}

/// LEB128.
fn write_number(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = (number & 0x7f) as u8;
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0u64;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(number);
            }
        }
        None
    }

    fn text(&mut self) -> Option<String> {
        let length = usize::try_from(self.number()?).ok()?;
        let bytes = self.0.get(..length)?;
        self.0 = &self.0[length..];
        String::from_utf8(bytes.to_vec()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> Vec<Token> {
        let message = MessageRef { run: "run_01J".into(), activity: "mail".into(), key: "é 7".into() };
        let person = Person { dimension: "customers".into(), identity: "7".into(), address: "ann@shop.example".into() };
        vec![
            Token::Open(message.clone()),
            Token::Click(message.clone(), 300),
            Token::ClickUrl(message.clone(), format!("https://shop.example/{}", "x".repeat(300))),
            Token::Unsubscribe(message, person),
        ]
    }

    #[test]
    fn tokens_read_back() {
        let signer = Signer::new(b"secret");
        for token in tokens() {
            let text = signer.sign(&token);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'), "{text}");
            assert_eq!(signer.verify(&text), Ok(token));
        }
    }

    #[test]
    fn changed_tokens_are_refused() {
        let signer = Signer::new(b"secret");
        for token in tokens() {
            let text = signer.sign(&token);
            assert_eq!(Signer::new(b"other").verify(&text), Err(Invalid));
            for at in 0..text.len() {
                let mut changed = text.clone().into_bytes();
                changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
                assert_eq!(signer.verify(&String::from_utf8(changed).unwrap()), Err(Invalid), "byte {at}");
            }
            assert_eq!(signer.verify(&text[..text.len() - 2]), Err(Invalid));
        }
        for text in ["", "A", "!!", "AAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(signer.verify(text), Err(Invalid), "{text}");
        }
    }
}
