//! Mails in memory, for tests and demos.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use jiff::Timestamp;

use super::index::Index;
use super::{Envelope, Error, MAILS_MAX, MailId, MailStore, MailSummary, Search, headers};

/// Keeps the newest mails in memory.
pub struct MemoryMailStore(Mutex<Index<Bytes>>);

impl MemoryMailStore {
    pub fn new(mails_max: usize) -> Self {
        Self(Mutex::new(Index::new(mails_max)))
    }

    fn index(&self) -> MutexGuard<'_, Index<Bytes>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for MemoryMailStore {
    fn default() -> Self {
        Self::new(MAILS_MAX)
    }
}

impl MailStore for MemoryMailStore {
    fn append(&self, envelope: &Envelope, received_at: Timestamp, mail: Bytes) -> Result<MailId, Error> {
        let size = mail.len() as u64;
        let mut summary = headers::summarize(MailId(0), received_at, envelope.clone(), &mail, size);
        let mut index = self.index();
        summary.id = index.next_id();
        let id = summary.id;
        index.push(summary, mail);
        Ok(id)
    }

    fn list(&self, search: &Search, limit: usize, offset: usize) -> Result<(usize, Vec<MailSummary>), Error> {
        Ok(self.index().list(search, limit, offset))
    }

    fn get(&self, id: MailId) -> Result<Option<Bytes>, Error> {
        Ok(self.index().get(id).map(|(_, mail)| mail.clone()))
    }

    fn summary(&self, id: MailId) -> Result<Option<MailSummary>, Error> {
        Ok(self.index().get(id).map(|(summary, _)| summary.clone()))
    }

    fn count(&self) -> usize {
        self.index().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn store() -> MemoryMailStore {
        let store = MemoryMailStore::new(3);
        for (to, subject, key) in [
            ("ann@example.com", "Spring", "c1"),
            ("bob@example.org", "Spring", "c2"),
            ("ANN@example.com", "Summer", "c11"),
            ("dan@example.com", "ÉTÉ", "c4"),
        ] {
            let envelope = Envelope { from: "shop@example.com".into(), to: vec![to.into()] };
            let mail = format!("Subject: {subject}\r\nX-Tutti-Run: run_1\r\nX-Tutti-Key: {key}\r\n\r\nHello\r\n");
            store.append(&envelope, Timestamp::UNIX_EPOCH, mail.into()).unwrap();
        }
        store
    }

    #[test]
    fn the_newest_mails_are_kept_and_found() {
        let store = store();
        assert_eq!(store.count(), 3);
        assert_eq!(store.get(MailId(1)).unwrap(), None);
        assert!(store.get(MailId(2)).unwrap().unwrap().starts_with(b"Subject: Spring"));
        for (search, expected) in [
            ("", vec![4, 3, 2]),
            ("spring", vec![2]),
            ("été", vec![4]),
            ("to:ann@", vec![3]),
            ("run:run_1 example.com", vec![4, 3, 2]),
            ("run:run_", vec![]),
            ("key:c1", vec![]),
            ("key:C11", vec![3]),
            ("c1 to:ann", vec![3]),
            ("subject:sum", vec![3]),
            ("from:shop key:c4", vec![4]),
            ("to:", vec![4, 3, 2]),
        ] {
            let (total, page) = store.list(&Search::parse(search), 10, 0).unwrap();
            let ids: Vec<u64> = page.iter().map(|s| s.id.0).collect();
            assert_eq!((total, ids), (expected.len(), expected), "{search}");
        }
        let (total, page) = store.list(&Search::parse("run:run_1"), 1, 1).unwrap();
        assert_eq!((total, page.len(), page[0].id), (3, 1, MailId(3)));
    }
}
