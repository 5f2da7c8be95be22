//! A file of framed mails: how a frame is laid out, written, and read back after a crash.
//!
//! ```text
//! frame  = magic u32 | envelope bytes u32 | mail bytes u32 | id u64 | received_at microseconds i64 | check u64
//!        | envelope | mail                                  all little-endian; `check` is xxh3 of the rest
//! envelope = sender LF recipient LF recipient ...
//! ```

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Write as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;
use xxhash_rust::xxh3::Xxh3Default;

use super::{Envelope, Error, MailId, MailSummary, headers};

const MAGIC: u32 = u32::from_le_bytes(*b"TMF1");
const FRAME_HEADER_BYTES: usize = 36;
/// How much of a frame is read to rebuild its summary; header blocks are rarely longer.
const SUMMARY_BYTES: usize = 8 * 1024;

/// One open mail file.
pub(super) struct Segment {
    file: Arc<File>,
    path: PathBuf,
    bytes: u64,
}

/// Where a mail's bytes are.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) file: Arc<File>,
    /// Number of the first mail in the file, which names it.
    pub(super) segment: u64,
    pub(super) offset: u64,
    pub(super) length: usize,
}

impl Segment {
    /// Opens or makes the file of the mails from `first` on.
    pub(super) fn open(dir: &Path, first: u64) -> Result<Self, Error> {
        let path = dir.join(file_name(first));
        let open = || {
            let file = OpenOptions::new().read(true).append(true).create(true).open(&path)?;
            let bytes = file.metadata()?.len();
            io::Result::Ok((file, bytes))
        };
        match open() {
            Ok((file, bytes)) => Ok(Self { file: Arc::new(file), path, bytes }),
            Err(source) => Err(Error::File { action: "opening", path, source }),
        }
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds a mail with one write; a failed write leaves no half frame behind.
    pub(super) fn append(
        &mut self,
        id: MailId,
        received_at: Timestamp,
        envelope: &Envelope,
        mail: &[u8],
    ) -> Result<(u64, usize), Error> {
        let mut people = envelope.from.clone();
        for to in &envelope.to {
            people.push('\n');
            people.push_str(to);
        }
        let too_large = |_| Error::TooLarge { bytes: mail.len() };
        let lengths = [u32::try_from(people.len()).map_err(too_large)?, u32::try_from(mail.len()).map_err(too_large)?];
        let mut frame = Vec::with_capacity(FRAME_HEADER_BYTES + people.len() + mail.len());
        frame.extend_from_slice(&MAGIC.to_le_bytes());
        frame.extend(lengths.iter().flat_map(|n| n.to_le_bytes()));
        frame.extend_from_slice(&id.0.to_le_bytes());
        frame.extend_from_slice(&received_at.as_microsecond().to_le_bytes());
        let check = check(&frame[4..28], people.as_bytes(), mail);
        frame.extend_from_slice(&check.to_le_bytes());
        frame.extend_from_slice(people.as_bytes());
        frame.extend_from_slice(mail);
        if let Err(source) = (&*self.file).write_all(&frame) {
            self.truncate(self.bytes)?;
            return Err(self.error("writing", source));
        }
        let offset = self.bytes + (FRAME_HEADER_BYTES + people.len()) as u64;
        self.bytes += frame.len() as u64;
        Ok((offset, mail.len()))
    }

    /// Where a mail just appended is.
    pub(super) fn place(&self, segment: u64, offset: u64, length: usize) -> Place {
        Place { file: Arc::clone(&self.file), segment, offset, length }
    }

    /// Calls `visit` with summary and place of each mail up to the first frame that is not whole, and returns where that
    /// is. The check sums are looked at only with `check_all`, for which every byte is read.
    pub(super) fn scan(
        &self,
        segment: u64,
        check_all: bool,
        mut visit: impl FnMut(MailSummary, Place),
    ) -> Result<u64, Error> {
        let mut at = 0;
        let mut buffer = Vec::new();
        while let Some(frame) = self.frame_at(at, check_all, &mut buffer)? {
            let envelope = frame.envelope(&buffer);
            let head = &buffer[frame.people..];
            let place = self.place(segment, at + (FRAME_HEADER_BYTES + frame.people) as u64, frame.mail);
            let summary = headers::summarize(frame.id, frame.received_at, envelope, head, frame.mail as u64);
            visit(summary, place);
            at += (FRAME_HEADER_BYTES + frame.people + frame.mail) as u64;
        }
        Ok(at)
    }

    /// Reads the frame at `at`, and envelope and mail (or its beginning) into `buffer`. `None`: no whole frame there.
    fn frame_at(&self, at: u64, check_all: bool, buffer: &mut Vec<u8>) -> Result<Option<Frame>, Error> {
        let mut header = [0; FRAME_HEADER_BYTES];
        if self.bytes - at < FRAME_HEADER_BYTES as u64 {
            return Ok(None);
        }
        self.read_at(&mut header, at)?;
        let Some(frame) = Frame::parse(&header) else {
            return Ok(None);
        };
        let length = frame.people + frame.mail;
        if self.bytes - at - (FRAME_HEADER_BYTES as u64) < length as u64 {
            return Ok(None);
        }
        let wanted = if check_all { length } else { length.min(frame.people + SUMMARY_BYTES) };
        buffer.resize(wanted, 0);
        self.read_at(buffer, at + FRAME_HEADER_BYTES as u64)?;
        let (people, mail) = buffer.split_at(frame.people);
        let whole = !check_all || check(&header[4..28], people, mail) == frame.check;
        Ok(whole.then_some(frame))
    }

    fn read_at(&self, buffer: &mut [u8], at: u64) -> Result<(), Error> {
        self.file.read_exact_at(buffer, at).map_err(|source| self.error("reading", source))
    }

    /// Cuts the file off after `bytes`.
    pub(super) fn truncate(&mut self, bytes: u64) -> Result<(), Error> {
        self.file.set_len(bytes).map_err(|source| self.error("truncating", source))?;
        self.bytes = bytes;
        Ok(())
    }

    fn error(&self, action: &'static str, source: io::Error) -> Error {
        Error::File { action, path: self.path.clone(), source }
    }
}

struct Frame {
    people: usize,
    mail: usize,
    id: MailId,
    received_at: Timestamp,
    check: u64,
}

impl Frame {
    fn parse(mut header: &[u8]) -> Option<Self> {
        let mut word = [[0; 4]; 3];
        for part in &mut word {
            header.read_exact(part).ok()?;
        }
        let mut long = [[0; 8]; 3];
        for part in &mut long {
            header.read_exact(part).ok()?;
        }
        let [magic, people, mail] = word.map(u32::from_le_bytes);
        let [id, received_at, check] = long;
        (magic == MAGIC).then_some(())?;
        Some(Self {
            people: usize::try_from(people).ok()?,
            mail: usize::try_from(mail).ok()?,
            id: MailId(u64::from_le_bytes(id)),
            received_at: Timestamp::from_microsecond(i64::from_le_bytes(received_at)).ok()?,
            check: u64::from_le_bytes(check),
        })
    }

    fn envelope(&self, buffer: &[u8]) -> Envelope {
        let people = String::from_utf8_lossy(&buffer[..self.people]);
        let mut people = people.split('\n').map(str::to_owned);
        Envelope { from: people.next().unwrap_or_default(), to: people.collect() }
    }
}

fn check(header: &[u8], people: &[u8], mail: &[u8]) -> u64 {
    let mut hash = Xxh3Default::new();
    hash.update(header);
    hash.update(people);
    hash.update(mail);
    hash.digest()
}

fn file_name(first: u64) -> String {
    format!("mails-{first:020}.frames")
}

/// Numbers of the first mails of the files in a folder, lowest first; other files are left alone.
pub(super) fn segments_in(dir: &Path) -> io::Result<Vec<u64>> {
    let mut firsts = Vec::new();
    for entry in std::fs::read_dir(dir)? {
        let name = entry?.file_name();
        let first: Option<u64> =
            name.to_str().and_then(|n| n.strip_prefix("mails-")?.strip_suffix(".frames")?.parse().ok());
        firsts.extend(first);
    }
    firsts.sort_unstable();
    Ok(firsts)
}

/// Removes the file of the mails from `first` on. Places in it stay readable while they are held.
pub(super) fn remove(dir: &Path, first: u64) -> Result<(), Error> {
    let path = dir.join(file_name(first));
    std::fs::remove_file(&path).map_err(|source| Error::File { action: "removing", path, source })
}
