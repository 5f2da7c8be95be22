//! Mails in a folder, for a catcher that outlives its process.
//!
//! Files of framed mails are only ever appended to, and a new one begins when the last is full. A summary of each mail
//! is in memory, rebuilt at the start. A killed process loses no mail whose `append` had returned; the torn end of a
//! frame that it left is cut off at the next start. (A power failure may lose the last seconds: nothing is synced.)
//! Files whose mails are all beyond the bound are removed. One process at a time may have a folder open.

use std::collections::VecDeque;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;

use super::index::Index;
use super::segment::{self, Place, Segment};
use super::{Envelope, Error, MAILS_MAX, MailId, MailStore, MailSummary, Search, headers};

/// Bounds of a [`DirMailStore`].
#[derive(Debug, Clone)]
pub struct DirOptions {
    pub mails_max: usize,
    /// A file that has reached this size is not appended to any more.
    pub segment_bytes: u64,
}

impl Default for DirOptions {
    fn default() -> Self {
        Self { mails_max: MAILS_MAX, segment_bytes: 64 << 20 }
    }
}

/// Keeps the newest mails in a folder.
pub struct DirMailStore(Mutex<State>);

struct State {
    dir: PathBuf,
    options: DirOptions,
    index: Index<Place>,
    /// Numbers of the first mails of all files, oldest first; the last one is open.
    segments: VecDeque<u64>,
    open: Segment,
}

impl DirMailStore {
    /// Opens a folder, makes it where it is not there yet, and reads what it has.
    pub fn open(dir: &Path, options: DirOptions) -> Result<Self, Error> {
        State::open(dir, options).map(|state| Self(Mutex::new(state)))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn open(dir: &Path, options: DirOptions) -> Result<Self, Error> {
        let list = || {
            std::fs::create_dir_all(dir)?;
            segment::segments_in(dir)
        };
        let firsts = list().map_err(|source| Error::File { action: "listing the", path: dir.to_owned(), source })?;
        let mut segments: VecDeque<u64> = firsts.into();
        let mut index = Index::new(options.mails_max);
        if segments.is_empty() {
            segments.push_back(1);
        }
        let mut open = Segment::open(dir, segments[0])?;
        for (nr, first) in segments.iter().enumerate() {
            open = Segment::open(dir, *first)?;
            // Only the last file can have been torn; the others are read for their headers only.
            let last = nr + 1 == segments.len();
            let whole = open.scan(*first, last, |summary, place| index.push(summary, place))?;
            match open.bytes() - whole {
                0 => {}
                bytes if last => {
                    tracing::warn!(bytes, "cut off the torn end of the last mail file");
                    open.truncate(whole)?;
                }
                bytes => {
                    tracing::warn!(bytes, segment = first, "a mail file is damaged, the mails behind that are lost");
                }
            }
            index.skip_to(MailId(first.saturating_sub(1)));
        }
        let mut state = Self { dir: dir.to_owned(), options, index, segments, open };
        state.remove_old_segments()?;
        Ok(state)
    }

    fn append(&mut self, mut summary: MailSummary, envelope: &Envelope, mail: &[u8]) -> Result<MailId, Error> {
        let id = self.index.next_id();
        if self.open.bytes() >= self.options.segment_bytes {
            self.open = Segment::open(&self.dir, id.0)?;
            self.segments.push_back(id.0);
        }
        let (offset, length) = self.open.append(id, summary.received_at, envelope, mail)?;
        let place = self.open.place(self.segments.back().copied().unwrap_or(1), offset, length);
        summary.id = id;
        self.index.push(summary, place);
        if let Err(error) = self.remove_old_segments() {
            // The mail is kept; the old file is tried again with the next one.
            tracing::warn!(error = &error as &dyn std::error::Error, "an old mail file could not be removed");
        }
        Ok(id)
    }

    fn remove_old_segments(&mut self) -> Result<(), Error> {
        let Some((_, oldest)) = self.index.oldest() else {
            return Ok(());
        };
        while let Some(first) = self.segments.front().copied().filter(|first| *first < oldest.segment) {
            segment::remove(&self.dir, first)?;
            self.segments.pop_front();
        }
        Ok(())
    }
}

impl MailStore for DirMailStore {
    fn append(&self, envelope: &Envelope, received_at: Timestamp, mail: Bytes) -> Result<MailId, Error> {
        let size = mail.len() as u64;
        let summary = headers::summarize(MailId(0), received_at, envelope.clone(), &mail, size);
        self.state().append(summary, envelope, &mail)
    }

    fn list(&self, search: &Search, limit: usize, offset: usize) -> Result<(usize, Vec<MailSummary>), Error> {
        Ok(self.state().index.list(search, limit, offset))
    }

    fn get(&self, id: MailId) -> Result<Option<Bytes>, Error> {
        let (place, dir) = {
            let state = self.state();
            match state.index.get(id) {
                Some((_, place)) => (place.clone(), state.dir.clone()),
                None => return Ok(None),
            }
        };
        let mut mail = vec![0; place.length];
        match place.file.read_exact_at(&mut mail, place.offset) {
            Ok(()) => Ok(Some(mail.into())),
            Err(source) => Err(Error::File { action: "reading from the", path: dir, source }),
        }
    }

    fn summary(&self, id: MailId) -> Result<Option<MailSummary>, Error> {
        Ok(self.state().index.get(id).map(|(summary, _)| summary.clone()))
    }

    fn count(&self) -> usize {
        self.state().index.len()
    }
}
