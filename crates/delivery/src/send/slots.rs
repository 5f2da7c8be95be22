//! The connections of a channel, shared by all of its deliveries in this process: whatever runs at once, no more than
//! the channel allows are open. Deliveries take turns when there are not enough for all.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

/// Groups that a connection hands over before it makes room for another delivery that waits.
pub(crate) const TURN_GROUPS: usize = 16;

/// The same, in microseconds, where groups take long.
pub(crate) const TURN_US: i64 = 1_000_000;

/// The connections of all channels.
#[derive(Debug, Default)]
pub struct Connections(Mutex<HashMap<(String, u16), Arc<Slots>>>);

impl Connections {
    /// Those of a channel that may have `most`. Runs on an older version of the channel with another number have their
    /// own.
    pub(crate) fn of(&self, channel: &str, most: u16) -> Arc<Slots> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (channel.to_owned(), most.max(1));
        Arc::clone(all.entry(key).or_insert_with(|| Arc::new(Slots::new(usize::from(most.max(1))))))
    }
}

/// Room for the connections of one channel.
#[derive(Debug)]
pub(crate) struct Slots {
    free: Arc<Semaphore>,
    waiting: AtomicUsize,
    wanted: Notify,
}

/// Room for one connection.
pub(crate) struct Slot(#[expect(dead_code, reason = "held, never read")] OwnedSemaphorePermit);

/// Counts who waits, also when the wait is given up.
struct Waiting<'a>(&'a Slots);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Slots {
    fn new(most: usize) -> Self {
        Self { free: Arc::new(Semaphore::new(most)), waiting: AtomicUsize::new(0), wanted: Notify::new() }
    }

    /// Waits for room, first come, first served.
    pub async fn take(&self) -> Option<Slot> {
        if let Ok(permit) = Arc::clone(&self.free).try_acquire_owned() {
            return Some(Slot(permit));
        }
        self.waiting.fetch_add(1, Ordering::AcqRel);
        let _waiting = Waiting(self);
        self.wanted.notify_waiters();
        // It is never closed.
        Arc::clone(&self.free).acquire_owned().await.ok().map(Slot)
    }

    /// Whether somebody waits for room.
    pub fn is_wanted(&self) -> bool {
        self.waiting.load(Ordering::Acquire) > 0
    }

    /// Ends when somebody waits for room.
    pub async fn until_wanted(&self) {
        loop {
            let wanted = self.wanted.notified();
            if self.is_wanted() {
                return;
            }
            wanted.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn no_more_are_open_than_the_channel_allows_and_all_get_their_turn() {
        let slots = Connections::default().of("mail", 3);
        let (open, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let (slots, open, most) = (Arc::clone(&slots), Arc::clone(&open), Arc::clone(&most));
            tasks.spawn(async move {
                let _slot = slots.take().await.unwrap();
                most.fetch_max(open.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                // Who has room keeps it until another wants it; the last ones are not asked for theirs.
                tokio::select! {
                    () = slots.until_wanted() => {}
                    () = tokio::task::yield_now() => {}
                }
                open.fetch_sub(1, Ordering::SeqCst);
            });
        }
        tasks.join_all().await;
        assert_eq!(most.load(Ordering::SeqCst), 3);
    }

    #[tokio::test]
    async fn who_gives_up_waiting_is_not_waited_for() {
        let slots = Connections::default().of("mail", 1);
        let held = slots.take().await.unwrap();
        {
            let wait = slots.take();
            tokio::pin!(wait);
            assert!(futures::poll!(&mut wait).is_pending());
            assert!(slots.is_wanted());
        }
        assert!(!slots.is_wanted());
        drop(held);
        assert!(slots.take().await.is_some());
    }

    #[test]
    fn channels_have_their_own() {
        let connections = Connections::default();
        assert!(Arc::ptr_eq(&connections.of("a", 2), &connections.of("a", 2)));
        assert!(!Arc::ptr_eq(&connections.of("a", 2), &connections.of("b", 2)));
        assert!(!Arc::ptr_eq(&connections.of("a", 2), &connections.of("a", 3)));
    }
}
