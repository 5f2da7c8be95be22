//! Group commit: the progress of all connections goes to the store in one transaction, because a flush to disk costs
//! the same whatever is in it.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};
use tutti_store::{GroupAnswer, GroupStart, Store};

/// The most requests of one transaction.
const REQUESTS_MAX: usize = 512;

/// What a connection has to put on record before it goes on. The answer is recorded first.
pub struct Request {
    pub answer: Option<GroupAnswer>,
    pub begin: Option<GroupStart>,
    pub done: oneshot::Sender<Recorded>,
}

/// Whether the group may be handed over (`true` where none was to be begun), or why the store failed.
pub type Recorded = Result<bool, Arc<tutti_store::Error>>;

/// Serves requests until all senders are gone.
pub async fn serve(store: Store, owner: String, mut requests: mpsc::Receiver<Request>) {
    let mut some = Vec::with_capacity(REQUESTS_MAX);
    while requests.recv_many(&mut some, REQUESTS_MAX).await > 0 {
        let answers: Vec<GroupAnswer> = some.iter_mut().filter_map(|request| request.answer.take()).collect();
        let starts: Vec<GroupStart> = some.iter().filter_map(|request| request.begin.clone()).collect();
        let recorded = record(&store, &owner, &answers, &starts).await.map_err(Arc::new);
        let mut accepted = recorded.as_ref().map(|accepted| accepted.iter().copied()).ok();
        for request in some.drain(..) {
            let word = match (&recorded, request.begin, &mut accepted) {
                (Err(error), ..) => Err(Arc::clone(error)),
                (Ok(_), Some(_), Some(accepted)) => Ok(accepted.next().unwrap_or(false)),
                _ => Ok(true),
            };
            // Who no longer waits was stopped.
            let _ = request.done.send(word);
        }
    }
}

async fn record(
    store: &Store,
    owner: &str,
    answers: &[GroupAnswer],
    starts: &[GroupStart],
) -> tutti_store::Result<Vec<bool>> {
    if !answers.is_empty() {
        store.groups().answer(answers).await?;
    }
    if starts.is_empty() { Ok(Vec::new()) } else { store.groups().begin(owner, starts).await }
}
