//! Deliveries, batches and groups: nobody is lost, nobody counted twice.

use std::collections::BTreeSet;

use futures::future::try_join_all;
use tutti_store::{
    BatchCounts, BatchRef, Delivery, Error, GroupAnswer, GroupStart, NewBatch, NewDelivery, Reasons, Store,
};

use crate::runs::{run, task};

const LEASE: i64 = 100;

fn reasons(list: &[(&str, i64)]) -> Reasons {
    list.iter().map(|&(reason, count)| (reason.to_owned(), count)).collect()
}

pub fn new_delivery(eligible: i64) -> NewDelivery {
    NewDelivery {
        run: "run_1".into(),
        activity: "mail".into(),
        channel: "email".into(),
        channel_name: "marketing".into(),
        targeted: eligible + 6,
        excluded: 6,
        exclusions: reasons(&[("no_consent", 4), ("suppressed", 2)]),
        eligible,
        batch_rows: 10,
        at_most_once: false,
        now_us: 5,
    }
}

async fn begin(store: &Store, batches: i64) -> anyhow::Result<Delivery> {
    store.runs().create(run("run_1", "c", 1), vec![]).await?;
    let list: Vec<_> = (0..batches).map(|n| NewBatch { batch_no: n, first_ordinal: n * 10, rows: 10 }).collect();
    Ok(store.deliveries().create(new_delivery(batches * 10), &list).await?)
}

fn batch(batch_no: i64) -> BatchRef<'static> {
    BatchRef { run: "run_1", activity: "mail", batch_no }
}

fn start(batch_no: i64, first_ordinal: i64, length: i64) -> GroupStart {
    GroupStart { run: "run_1".into(), activity: "mail".into(), batch_no, first_ordinal, length, attempt: 1, at_us: 20 }
}

fn answer(batch_no: i64, first_ordinal: i64, outcomes: &[u8]) -> GroupAnswer {
    let outcomes = outcomes.to_vec();
    GroupAnswer {
        run: "run_1".into(),
        activity: "mail".into(),
        batch_no,
        first_ordinal,
        attempt: 1,
        outcomes,
        at_us: 30,
    }
}

fn sent(count: i64) -> BatchCounts {
    BatchCounts { sent: count, ..BatchCounts::default() }
}

pub async fn creation_is_idempotent(store: Store) -> anyhow::Result<()> {
    let first = begin(&store, 2).await?;
    let other = NewDelivery { targeted: 999, ..new_delivery(30) };
    let again = store.deliveries().create(other, &[NewBatch { batch_no: 7, first_ordinal: 0, rows: 1 }]).await?;
    assert_eq!(first, again);
    assert_eq!(first.pending(), 20);
    assert_eq!(store.batches().list("run_1", "mail").await?.len(), 2);
    assert_eq!(store.deliveries().list("run_1").await?, [first]);
    let nobody = NewDelivery { activity: "sms".into(), ..new_delivery(0) };
    assert_eq!(store.deliveries().create(nobody, &[]).await?.finished_us, Some(5), "nothing to send is done at once");
    assert_eq!(store.deliveries().get("run_1", "push").await?, None);
    Ok(())
}

pub async fn batches_are_claimed_once(store: Store) -> anyhow::Result<()> {
    begin(&store, 40).await?;
    let workers = (0..8).map(|worker| {
        let store = store.clone();
        tokio::spawn(async move {
            let mut mine = Vec::new();
            while let Some(batch) = store.batches().claim("run_1", "mail", &format!("w{worker}"), LEASE, 10).await? {
                mine.push(batch.batch_no);
            }
            Ok::<_, Error>(mine)
        })
    });
    let mut all = Vec::new();
    for mine in try_join_all(workers).await? {
        all.extend(mine?);
    }
    let distinct: BTreeSet<_> = all.iter().collect();
    assert_eq!(distinct.len(), all.len(), "a batch was claimed twice");
    while let Some(batch) = store.batches().claim("run_1", "mail", "last", LEASE, 10).await? {
        all.push(batch.batch_no);
    }
    assert_eq!(all.len(), 40);
    store.runs().set_state("run_1", &["running"], "stopped", None, 200).await?;
    assert_eq!(store.batches().claim("run_1", "mail", "late", LEASE, 500).await?, None, "a stopped run sends nothing");
    Ok(())
}

pub async fn counts_always_add_up(store: Store) -> anyhow::Result<()> {
    begin(&store, 2).await?;
    let batches = store.batches();
    let first = batches.claim("run_1", "mail", "one", LEASE, 10).await?.map(|batch| batch.batch_no);
    assert_eq!(first, Some(0));
    let counts =
        BatchCounts { sent: 5, failed: 2, in_doubt: 1, excluded_late: reasons(&[("opted_out", 1), ("suppressed", 1)]) };
    let short = BatchCounts { sent: 4, ..counts.clone() };
    let refused = batches.finish(batch(0), "one", &short, None, 20).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    assert!(!batches.finish(batch(0), "two", &counts, None, 20).await?, "not the owner");
    assert!(batches.finish(batch(0), "one", &counts, Some("ledger/0.parquet"), 20).await?);
    assert!(!batches.finish(batch(0), "one", &counts, None, 21).await?, "a second time");
    let delivery = store.deliveries().get("run_1", "mail").await?.ok_or_else(|| anyhow::anyhow!("gone"))?;
    assert_eq!((delivery.sent, delivery.failed, delivery.in_doubt, delivery.excluded), (5, 2, 1, 8));
    assert_eq!(delivery.exclusions, reasons(&[("no_consent", 4), ("opted_out", 1), ("suppressed", 3)]));
    assert_eq!((delivery.pending(), delivery.finished_us), (10, None));
    let stored = batches.list("run_1", "mail").await?.remove(0);
    assert_eq!((stored.counts, stored.ledger_file.as_deref()), (counts, Some("ledger/0.parquet")));
    assert!(batches.claim("run_1", "mail", "one", LEASE, 30).await?.is_some());
    assert!(batches.renew(batch(1), "one", LEASE, 40).await?);
    assert!(batches.release(batch(1), "one", Some(90)).await?);
    assert_eq!(batches.claim("run_1", "mail", "one", LEASE, 89).await?, None);
    assert_eq!(batches.reopen("run_1", "mail").await?, 1);
    assert!(batches.claim("run_1", "mail", "one", LEASE, 50).await?.is_some());
    assert!(batches.finish(batch(1), "one", &sent(10), None, 60).await?);
    let delivery = store.deliveries().get("run_1", "mail").await?.ok_or_else(|| anyhow::anyhow!("gone"))?;
    assert_eq!((delivery.pending(), delivery.finished_us, delivery.sent), (0, Some(60), 15));
    Ok(())
}

/// Who has lost the task of an activity has lost its delivery, too.
pub async fn batches_go_with_the_task(store: Store) -> anyhow::Result<()> {
    store.runs().create(run("run_1", "c", 1), vec![task("run_1", "mail", "ready")]).await?;
    let list: Vec<_> = (0..2).map(|n| NewBatch { batch_no: n, first_ordinal: n * 10, rows: 10 }).collect();
    store.deliveries().create(new_delivery(20), &list).await?;
    let (tasks, batches) = (store.tasks(), store.batches());
    assert_eq!(batches.claim("run_1", "mail", "one", LEASE, 10).await?, None, "nobody has the task");
    assert_eq!(tasks.claim_ready("one", LEASE, 1, 10).await?.len(), 1);
    assert!(batches.claim("run_1", "mail", "one", LEASE, 10).await?.is_some());
    assert!(batches.has_task("run_1", "mail", "one").await? && batches.renew(batch(0), "one", LEASE, 20).await?);
    assert_eq!(tasks.claim_ready("two", LEASE, 1, 111).await?.len(), 1, "the claim has ended");
    assert!(!batches.has_task("run_1", "mail", "one").await?);
    assert!(!batches.renew(batch(0), "one", LEASE, 112).await?, "or the other would wait for ever");
    assert_eq!(batches.claim("run_1", "mail", "one", LEASE, 112).await?, None);
    let other = |found: Option<tutti_store::Batch>| found.map(|batch| batch.batch_no);
    assert_eq!(other(batches.claim("run_1", "mail", "two", LEASE, 112).await?), Some(1), "the first may be under way");
    assert_eq!(other(batches.claim("run_1", "mail", "two", LEASE, 120).await?), Some(0));
    Ok(())
}

/// The process dies between handing over and the answer: its group, and no other, is in doubt for the next owner.
pub async fn crash_leaves_groups_in_doubt(store: Store) -> anyhow::Result<()> {
    begin(&store, 1).await?;
    store.batches().claim("run_1", "mail", "one", LEASE, 10).await?;
    let groups = store.groups();
    assert_eq!(groups.begin("one", &[start(0, 0, 4), start(0, 4, 4)]).await?, [true, true]);
    groups.answer(&[answer(0, 0, &[1, 1, 2, 1])]).await?;
    // Here the owner is gone. A transaction that it had open is rolled back with it:
    drop(tokio::time::timeout(std::time::Duration::ZERO, groups.begin("one", &[start(0, 8, 2)])).await);
    // Which the database does when it learns of it, and until then nobody has the batch.
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
    let mut next = None;
    while next.is_none() && std::time::Instant::now() < deadline {
        next = store.batches().claim("run_1", "mail", "two", LEASE, 110).await?;
    }
    assert_eq!(next.map(|batch| batch.attempts), Some(2));
    let left = groups.list(batch(0)).await?;
    let states: Vec<_> = left.iter().map(|g| (g.first_ordinal, g.length, g.outcomes.clone())).take(2).collect();
    assert_eq!(states, [(0, 4, Some(vec![1, 1, 2, 1])), (4, 4, None)]);
    // The second attempt of the range in doubt stands beside the first.
    let again = GroupStart { attempt: 2, ..start(0, 4, 4) };
    assert_eq!(groups.begin("two", std::slice::from_ref(&again)).await?, [true]);
    assert_eq!(groups.begin("two", &[again]).await?, [true], "recorded again without harm");
    groups.answer(&[GroupAnswer { attempt: 2, ..answer(0, 4, &[1, 1, 1, 1]) }]).await?;
    let attempts: Vec<_> =
        groups.list(batch(0)).await?.iter().filter(|g| g.first_ordinal == 4).map(|g| g.attempt).collect();
    assert_eq!(attempts, [1, 2]);
    assert!(store.batches().finish(batch(0), "two", &sent(10), None, 120).await?);
    assert_eq!(groups.list(batch(0)).await?, [], "a finished batch has no groups");
    groups.answer(&[answer(0, 4, &[1, 1, 1, 1])]).await?;
    assert_eq!(groups.list(batch(0)).await?, [], "a late answer brings none back");
    Ok(())
}

pub async fn lost_leases_cannot_send(store: Store) -> anyhow::Result<()> {
    begin(&store, 2).await?;
    store.batches().claim("run_1", "mail", "one", LEASE, 10).await?;
    store.batches().claim("run_1", "mail", "one", LEASE, 10).await?;
    assert_eq!(store.groups().begin("one", &[start(0, 0, 5)]).await?, [true]);
    store.batches().claim("run_1", "mail", "two", LEASE, 110).await?;
    let begun = store.groups().begin("one", &[start(0, 5, 5), start(1, 10, 5), start(9, 90, 5)]).await?;
    assert_eq!(begun, [false, true, false], "batch 0 is another's, batch 9 does not exist");
    store.groups().answer(&[answer(0, 0, &[1; 5])]).await?;
    let of_first = store.groups().list(batch(0)).await?;
    assert_eq!(of_first.iter().map(|g| (g.first_ordinal, g.outcomes.is_some())).collect::<Vec<_>>(), [(0, true)]);
    Ok(())
}

pub async fn answers_must_fit(store: Store) -> anyhow::Result<()> {
    begin(&store, 1).await?;
    store.batches().claim("run_1", "mail", "one", LEASE, 10).await?;
    store.groups().begin("one", &[start(0, 0, 3), start(0, 3, 3)]).await?;
    let refused = store.groups().answer(&[answer(0, 0, &[1, 1, 1]), answer(0, 3, &[1])]).await;
    assert!(matches!(refused, Err(Error::Refused { .. })), "{refused:?}");
    assert!(store.groups().list(batch(0)).await?.iter().all(|g| g.outcomes.is_none()), "none is written");
    store.groups().begin("one", &[]).await?;
    store.groups().answer(&[]).await?;
    Ok(())
}

pub async fn many_batches(store: Store) -> anyhow::Result<()> {
    begin(&store, 2_000).await?;
    let list = store.batches().list("run_1", "mail").await?;
    assert_eq!((list.len(), list[1_999].first_ordinal), (2_000, 19_990));
    let groups: Vec<_> = (0..1_200).map(|n| start(0, n * 16, 16)).collect();
    store.batches().claim("run_1", "mail", "one", LEASE, 10).await?;
    assert!(store.groups().begin("one", &groups).await?.into_iter().all(|ok| ok));
    let answers: Vec<_> = (0..1_200).map(|n| answer(0, n * 16, &[1; 16])).collect();
    store.groups().answer(&answers).await?;
    let stored = store.groups().list(batch(0)).await?;
    assert_eq!((stored.len(), stored.iter().filter(|g| g.outcomes.is_some()).count()), (1_200, 1_200));
    Ok(())
}
