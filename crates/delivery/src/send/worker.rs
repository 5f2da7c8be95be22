//! One connection's work: take a group, put it on record, hand its messages over, put the answers on record.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::sleep;
use tutti_store::{GroupAnswer, GroupStart, When};

use super::Shared;
use super::batch::Loaded;
use super::committer::Request;
use super::queue::{Group, Reported};
use super::slots::{TURN_GROUPS, TURN_US};
use crate::message::{self, Letter};
use crate::outcome::Outcome;
use crate::smtp::{Connection, Refusal};
use crate::template::Rendered;

/// After a pause, an answer that is still to come is awaited for so long; the message is in doubt afterwards.
const GRACE: Duration = Duration::from_secs(10);
/// The same, where the run has ended and people wait for that: nothing works for it two seconds later.
const URGENT_GRACE: Duration = Duration::from_millis(1_200);
/// The waits between attempts to connect double up to this.
const RECONNECT_MAX: Duration = Duration::from_secs(5);
const RECONNECT_MIN: Duration = Duration::from_millis(100);

/// A group whose answers are not on record yet.
struct Unrecorded {
    group: Group,
    begun_us: i64,
    ended_us: i64,
    outcomes: Vec<Outcome>,
}

/// Buffers that are used again for each message.
#[derive(Default)]
struct Buffers {
    rendered: Rendered,
    message: String,
}

/// Works until the queue ends. Where other deliveries of the channel wait for a connection, they get this one's room
/// after a few groups, or as soon as there is nothing to do here.
pub async fn work(shared: Arc<Shared>) {
    let mut buffers = Buffers::default();
    while shared.queue.has_work().await {
        let slot = tokio::select! {
            slot = shared.slots.take() => slot,
            () = shared.halt.cancelled() => break,
        };
        let mut connection: Option<Connection> = None;
        let goes_on = take_turn(&shared, &mut connection, &mut buffers).await;
        if let Some(connection) = connection {
            connection.quit().await;
        }
        drop(slot);
        if !goes_on {
            break;
        }
    }
}

/// Hands over groups with room for a connection; `false` where everything ends.
async fn take_turn(shared: &Shared, connection: &mut Option<Connection>, buffers: &mut Buffers) -> bool {
    let mut groups = 0;
    let begun_us = shared.clock.now_us();
    let is_over = |groups: usize| groups >= TURN_GROUPS || shared.clock.now_us() - begun_us >= TURN_US;
    let may_take = |groups: usize| !shared.slots.is_wanted() || !is_over(groups);
    loop {
        let mut next = shared.queue.try_pop();
        let mut unrecorded: Option<Unrecorded> = None;
        while let Some(group) = next.take() {
            if !connection.as_ref().is_some_and(Connection::is_usable) {
                // Connecting may take long: what is known goes on record before.
                if !record(shared, unrecorded.take(), None).await {
                    group.tell(0, 0, Reported::NotTried);
                    return false;
                }
                *connection = connect(shared).await;
                if connection.is_none() {
                    group.tell(0, 0, Reported::NotTried);
                    return false;
                }
            }
            let begun_us = shared.clock.now_us();
            match record_and_begin(shared, unrecorded.take(), &group, begun_us).await {
                Some(true) => {}
                Some(false) => {
                    group.tell(0, 0, Reported::Lost);
                    next = shared.queue.try_pop();
                    continue;
                }
                None => {
                    group.tell(0, 0, Reported::NotTried);
                    return false;
                }
            }
            let mut outcomes = Vec::with_capacity(group.range.len());
            for position in group.range.clone() {
                let outcome = if shared.halt.is_cancelled() {
                    Outcome::NotTried
                } else {
                    let next = (position + 1 < group.range.end).then(|| group.batch.address(position + 1));
                    let outcome = one(shared, &group.batch, position, next, connection, buffers).await;
                    shared.store.reach("hand a message over", When::After).await;
                    outcome
                };
                shared.count(&outcome);
                outcomes.push(outcome);
            }
            let ended_us = shared.clock.now_us();
            unrecorded = Some(Unrecorded { group, begun_us, ended_us, outcomes });
            groups += 1;
            next = if may_take(groups) { shared.queue.try_pop() } else { None };
        }
        if !record(shared, unrecorded.take(), None).await {
            return false;
        }
        if !may_take(groups) {
            return true;
        }
        tokio::select! {
            has_work = shared.queue.has_work() => if !has_work {
                return false;
            },
            () = shared.slots.until_wanted() => return true,
        }
    }
}

/// Renders one message and hands it over; `next` is whom the one after it goes to.
async fn one(
    shared: &Shared,
    batch: &Loaded,
    position: usize,
    next: Option<&str>,
    connection: &mut Option<Connection>,
    buffers: &mut Buffers,
) -> Outcome {
    let (address, key) = (batch.address(position), batch.key(position));
    let links = shared.job.tracking.as_ref().map(|tracking| batch.links(&shared.job, tracking, position));
    if let Err(error) = shared.templates.render(batch.row(position), links.as_ref(), &mut buffers.rendered) {
        tracing::warn!(
            run = shared.job.run,
            activity = shared.job.activity,
            key,
            error = &error as &dyn std::error::Error,
            "a message could not be rendered"
        );
        return Outcome::RenderFailed(error.to_string());
    }
    let unsubscribe = links.as_ref().map(|links| links.unsubscribe_url());
    let message_id = shared.envelope.message_id(key);
    let letter = Letter {
        to: address,
        key,
        message_id: &message_id,
        unsubscribe_url: unsubscribe.as_deref(),
        parts: &buffers.rendered,
        date: &message::date(shared.clock.now_us()),
    };
    shared.envelope.write(&letter, &mut buffers.message);
    for last in [false, true] {
        if !connection.as_ref().is_some_and(Connection::is_usable) {
            *connection = connect(shared).await;
        }
        let Some(open) = connection.as_mut() else { return Outcome::NotTried };
        let outcome = hand_over(shared, open, address, &buffers.message, next).await;
        let Outcome::Trouble(why) = &outcome else {
            if outcome != Outcome::InDoubt {
                shared.health.answered();
            } else {
                shared.health.trouble("the connection was lost before the answer", shared.clock.now_us());
            }
            return outcome;
        };
        // A connection that was closed after earlier messages says nothing about this one.
        let was_used = open.used > 1;
        if was_used && !last && !why.contains("no answer within") {
            continue;
        }
        let blamed = shared.health.trouble(why, shared.clock.now_us());
        shared.note_death();
        if !blamed || why.starts_with("421") {
            pause(shared, RECONNECT_MIN).await;
            return Outcome::NotTried;
        }
        return outcome;
    }
    Outcome::NotTried
}

async fn hand_over(
    shared: &Shared,
    connection: &mut Connection,
    address: &str,
    message: &str,
    next: Option<&str>,
) -> Outcome {
    {
        let sending = connection.send(&shared.envelope.from, address, message, next);
        tokio::pin!(sending);
        tokio::select! {
            outcome = &mut sending => return outcome,
            () = shared.halt.cancelled() => {}
        }
        let urgent = async {
            shared.urgent.cancelled().await;
            sleep(URGENT_GRACE).await;
        };
        tokio::select! {
            outcome = &mut sending => return outcome,
            () = sleep(GRACE) => {}
            () = urgent => {}
        }
    }
    // How far it came is not known.
    connection.abandon();
    Outcome::InDoubt
}

/// Connects, however often that takes; `None` when everything ends before.
async fn connect(shared: &Shared) -> Option<Connection> {
    let mut wait = RECONNECT_MIN;
    while !shared.halt.is_cancelled() {
        let opened = tokio::select! {
            opened = Connection::open(&shared.target) => opened,
            () = shared.halt.cancelled() => return None,
        };
        match opened {
            Ok(connection) => return Some(connection),
            Err(refusal @ Refusal::Rejected { .. }) => shared.health.give_up(&refusal.to_string()),
            Err(refusal @ Refusal::Away { .. }) => {
                shared.health.trouble(&refusal.to_string(), shared.clock.now_us());
            }
        }
        if shared.note_death() {
            return None;
        }
        pause(shared, wait).await;
        wait = (wait * 2).min(RECONNECT_MAX);
    }
    None
}

async fn pause(shared: &Shared, wait: Duration) {
    tokio::select! {
        () = sleep(wait) => {}
        () = shared.halt.cancelled() => {}
    }
}

/// Puts answers on record; `false` where the store failed.
async fn record(shared: &Shared, unrecorded: Option<Unrecorded>, begin: Option<GroupStart>) -> bool {
    unrecorded.is_none() || request(shared, unrecorded, begin).await.is_some()
}

/// Puts answers on record and a new group; says whether it may be handed over, `None` where the store failed.
async fn record_and_begin(shared: &Shared, unrecorded: Option<Unrecorded>, group: &Group, at_us: i64) -> Option<bool> {
    let begin = GroupStart {
        run: shared.job.run.clone(),
        activity: shared.job.activity.clone(),
        batch_no: group.batch.batch_no,
        first_ordinal: group.batch.ordinal(group.range.start),
        length: i64::try_from(group.range.len()).unwrap_or(i64::MAX),
        attempt: group.attempt,
        at_us,
    };
    request(shared, unrecorded, Some(begin)).await
}

async fn request(shared: &Shared, unrecorded: Option<Unrecorded>, begin: Option<GroupStart>) -> Option<bool> {
    let answer = unrecorded.as_ref().map(|unrecorded| GroupAnswer {
        run: shared.job.run.clone(),
        activity: shared.job.activity.clone(),
        batch_no: unrecorded.group.batch.batch_no,
        first_ordinal: unrecorded.group.batch.ordinal(unrecorded.group.range.start),
        attempt: unrecorded.group.attempt,
        outcomes: unrecorded.outcomes.iter().map(Outcome::to_byte).collect(),
        at_us: unrecorded.ended_us,
    });
    let (done, recorded) = oneshot::channel();
    let sent = shared.committer.send(Request { answer, begin, done }).await;
    let recorded = match sent {
        Ok(()) => recorded.await.ok()?,
        Err(_) => return None,
    };
    match recorded {
        Ok(accepted) => {
            if let Some(Unrecorded { group, begun_us, ended_us, outcomes }) = unrecorded {
                group.tell(begun_us, ended_us, Reported::Answered(outcomes));
            }
            Some(accepted)
        }
        Err(error) => {
            if let Some(Unrecorded { group, .. }) = unrecorded {
                group.tell(0, 0, Reported::Lost);
            }
            shared.fail(error);
            None
        }
    }
}
