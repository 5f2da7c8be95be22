//! Summaries of the mails kept, oldest first, each with where its bytes are.

use std::collections::VecDeque;

use super::{MailId, MailSummary, Search};

/// Bounded list of summaries with a place `P` each.
pub(super) struct Index<P> {
    entries: VecDeque<(MailSummary, P)>,
    mails_max: usize,
    next_id: u64,
}

impl<P> Index<P> {
    /// Keeps at least one mail.
    pub(super) fn new(mails_max: usize) -> Self {
        Self { entries: VecDeque::new(), mails_max: mails_max.max(1), next_id: 1 }
    }

    pub(super) fn next_id(&self) -> MailId {
        MailId(self.next_id)
    }

    /// Numbers go on after `id`, even if that mail is not kept.
    pub(super) fn skip_to(&mut self, id: MailId) {
        self.next_id = self.next_id.max(id.0.saturating_add(1));
    }

    /// Adds the newest mail and lets the oldest go beyond the bound.
    pub(super) fn push(&mut self, summary: MailSummary, place: P) {
        self.skip_to(summary.id);
        self.entries.push_back((summary, place));
        while self.entries.len() > self.mails_max {
            self.entries.pop_front();
        }
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(super) fn oldest(&self) -> Option<&(MailSummary, P)> {
        self.entries.front()
    }

    pub(super) fn get(&self, id: MailId) -> Option<&(MailSummary, P)> {
        let at = self.entries.binary_search_by_key(&id, |(summary, _)| summary.id).ok()?;
        self.entries.get(at)
    }

    pub(super) fn list(&self, search: &Search, limit: usize, offset: usize) -> (usize, Vec<MailSummary>) {
        let newest_first = self.entries.iter().rev().map(|(summary, _)| summary);
        if search.is_empty() {
            let page = newest_first.skip(offset).take(limit).cloned().collect();
            return (self.entries.len(), page);
        }
        let (mut total, mut page, mut scratch) = (0, Vec::new(), String::new());
        for summary in newest_first {
            if search.matches(summary, &mut scratch) {
                if total >= offset && page.len() < limit {
                    page.push(summary.clone());
                }
                total += 1;
            }
        }
        (total, page)
    }
}
