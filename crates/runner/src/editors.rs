//! Editors that ask again before they are answered: the newer question ends the older one.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio_util::sync::CancellationToken;

use crate::error::{Error, Result};
use crate::life::Actor;

/// The longest name of an editor, in bytes.
pub const EDITOR_BYTES_MAX: usize = 128;

/// The question that each editor waits for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Editors {
    asking: Arc<Mutex<HashMap<Place, Asking>>>,
    /// How many questions are under way.
    running: Arc<AtomicUsize>,
}

/// Where an answer is waited for: an editor of somebody, by what it asks. What it counts and what it previews are two
/// places, and so are editors of two people who call them alike.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Place {
    actor: String,
    operation: &'static str,
    editor: String,
}

#[derive(Debug)]
struct Asking {
    number: u64,
    superseded: CancellationToken,
}

impl Editors {
    /// Answers a question of somebody. Without an editor nothing ends it but its caller leaving.
    ///
    /// # Errors
    /// `superseded` when the same editor asks the same operation again meanwhile.
    pub async fn ask<T>(
        &self,
        actor: &Actor,
        operation: &'static str,
        editor: Option<&str>,
        question: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let _running = Running::new(&self.running);
        let Some(editor) = editor else { return question.await };
        if editor.len() > EDITOR_BYTES_MAX {
            return Err(Error::refused("bad_editor", format!("`editor` has at most {EDITOR_BYTES_MAX} bytes")));
        }
        let turn = self.turn(Place { actor: actor.as_str().to_owned(), operation, editor: editor.to_owned() });
        tokio::select! {
            biased;
            () = turn.superseded.cancelled() => Err(Error::refused_with(
                "superseded",
                "the question was given up, since its editor asked another",
                "wait for the answer of the newer one",
            )),
            answer = question => answer,
        }
    }

    /// How many questions are under way.
    pub fn running(&self) -> usize {
        self.running.load(Ordering::Relaxed)
    }

    fn turn(&self, place: Place) -> Turn {
        let mut asking = self.asking.lock().unwrap_or_else(PoisonError::into_inner);
        let number = asking.get(&place).map_or(0, |older| older.number + 1);
        let superseded = CancellationToken::new();
        if let Some(older) = asking.insert(place.clone(), Asking { number, superseded: superseded.clone() }) {
            older.superseded.cancel();
        }
        Turn { editors: self.clone(), place, number, superseded }
    }

    #[cfg(test)]
    fn waiting(&self) -> usize {
        self.asking.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// Counts a question for as long as it is under way.
struct Running<'a>(&'a AtomicUsize);

impl<'a> Running<'a> {
    fn new(count: &'a AtomicUsize) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A question under way; dropping it, answered or not, frees its place.
struct Turn {
    editors: Editors,
    place: Place,
    number: u64,
    superseded: CancellationToken,
}

impl Drop for Turn {
    fn drop(&mut self) {
        let mut asking = self.editors.asking.lock().unwrap_or_else(PoisonError::into_inner);
        if asking.get(&self.place).is_some_and(|latest| latest.number == self.number) {
            asking.remove(&self.place);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers at once, as a question that ends the older one of its place.
    async fn ask_now(editors: &Editors, actor: &str, operation: &'static str, editor: &str) -> u8 {
        editors.ask(&Actor::named(actor), operation, Some(editor), async { Ok(1) }).await.unwrap()
    }

    #[tokio::test]
    async fn the_newer_question_ends_the_older_of_the_same_editor() {
        let editors = Editors::default();
        let endless = || {
            let editors = editors.clone();
            async move { editors.ask(&Actor::named("ann"), "count", Some("a"), std::future::pending::<Result<u8>>()).await }
        };
        let older = tokio::spawn(endless());
        while editors.waiting() == 0 {
            tokio::task::yield_now().await;
        }
        assert_eq!(editors.running(), 1);
        // Other editors, what others call so, and what the same one asks besides end nothing.
        for (actor, operation, editor) in [("ann", "count", "b"), ("bob", "count", "a"), ("ann", "preview", "a")] {
            assert_eq!(ask_now(&editors, actor, operation, editor).await, 1);
            tokio::task::yield_now().await;
            assert!(!older.is_finished() && editors.running() == 1, "{actor} {operation} {editor}");
        }
        assert_eq!(ask_now(&editors, "ann", "count", "a").await, 1);
        let ended = older.await.unwrap().unwrap_err();
        assert_eq!(ended.code(), "superseded");
        assert_eq!(editors.waiting(), 0);
    }

    #[tokio::test]
    async fn a_caller_that_leaves_frees_its_place() {
        let editors = Editors::default();
        {
            let actor = Actor::anyone();
            let question = editors.ask(&actor, "count", Some("a"), std::future::pending::<Result<u8>>());
            tokio::pin!(question);
            assert!(futures::poll!(&mut question).is_pending());
            assert_eq!(editors.waiting(), 1);
        }
        assert_eq!((editors.waiting(), editors.running()), (0, 0));
        let long = "x".repeat(200);
        assert!(editors.ask(&Actor::anyone(), "count", Some(&long), async { Ok(1) }).await.is_err());
    }
}
