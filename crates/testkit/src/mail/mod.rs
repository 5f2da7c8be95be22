//! Caught mails: where they are kept, how they are found again, and how one is read.
//!
//! [`MailStore`] is the seam: [`MemoryMailStore`] for tests, [`DirMailStore`] for a catcher that outlives its process.
//! Both keep the newest mails up to a bound and answer the same.

mod dir;
mod headers;
mod index;
mod memory;
mod parse;
mod search;
mod segment;

use std::fmt;
use std::io;
use std::path::PathBuf;

use bytes::Bytes;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

pub use dir::{DirMailStore, DirOptions};
pub use memory::MemoryMailStore;
pub use parse::{MailHeader, ParsedMail, parse_mail};
pub use search::Search;

/// How many mails a store keeps unless told otherwise.
pub const MAILS_MAX: usize = 100_000;

/// A mail could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{action} mail file `{}` failed", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("mail of {bytes} bytes is larger than a mail file can hold")]
    TooLarge { bytes: usize },
}

/// Number of a mail in its store, growing with time, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MailId(pub u64);

impl fmt::Display for MailId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Who sent a mail to whom, as the SMTP dialogue said.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Empty for the null sender of bounces.
    pub from: String,
    pub to: Vec<String>,
}

/// What a list shows of a mail. Headers are decoded; a header that is absent is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MailSummary {
    pub id: MailId,
    pub received_at: Timestamp,
    /// The From header, or the sender of the envelope where there is none.
    pub from: String,
    /// The recipients of the envelope.
    pub to: Vec<String>,
    pub subject: String,
    /// Bytes of the whole mail.
    pub size: u64,
    pub message_id: Option<String>,
    /// X-Tutti-Run, X-Tutti-Activity and X-Tutti-Key.
    pub run: Option<String>,
    pub activity: Option<String>,
    pub key: Option<String>,
}

/// Keeps mails. Shared by all connections of a server; every call is short.
pub trait MailStore: Send + Sync {
    /// Keeps one mail and returns its number. When it returns, a killed process no longer loses the mail (as far as the
    /// store outlives its process at all).
    fn append(&self, envelope: &Envelope, received_at: Timestamp, mail: Bytes) -> Result<MailId, Error>;

    /// The number of mails found, and `limit` of them from `offset`, newest first.
    fn list(&self, search: &Search, limit: usize, offset: usize) -> Result<(usize, Vec<MailSummary>), Error>;

    /// The mail as it was received; `None` when it was never there or is no longer kept.
    fn get(&self, id: MailId) -> Result<Option<Bytes>, Error>;

    /// What the list shows of one mail.
    fn summary(&self, id: MailId) -> Result<Option<MailSummary>, Error>;

    /// Number of mails kept.
    fn count(&self) -> usize;
}
