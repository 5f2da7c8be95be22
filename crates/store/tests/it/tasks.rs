//! Claims, completions and failures of tasks.

use std::collections::BTreeMap;

use futures::future::try_join_all;
use serde_json::json;
use tutti_store::{Answer, Follow, Population, Store, TaskResult};

use crate::runs::{run, task};

const LEASE: i64 = 100;

fn result(activity: &str, rows: i64) -> TaskResult {
    let population = Population {
        activity: activity.into(),
        port: "out".into(),
        rows,
        columns: json!([{"name": "id", "type": "integer"}]),
        dimension: Some("customers".into()),
    };
    let table_versions = json!({"customers": 4});
    TaskResult {
        note: Some("kept all".into()),
        table_versions,
        elapsed_ms: 12,
        populations: vec![population],
        mark: None,
        results: json!({"sent": rows}),
    }
}

async fn with_ready(store: &Store, activities: &[&str]) -> anyhow::Result<()> {
    let tasks = activities.iter().map(|activity| task("run_1", activity, "ready")).collect();
    Ok(store.runs().create(run("run_1", "c", 1), tasks).await?)
}

pub async fn claims_never_give_a_task_twice(store: Store) -> anyhow::Result<()> {
    for number in 0..6 {
        let id = format!("run_{number}");
        let tasks = (0..20).map(|activity| task(&id, &format!("a{activity}"), "ready")).collect();
        store.runs().create(run(&id, "c", number), tasks).await?;
    }
    let workers = (0..8).map(|worker| {
        let store = store.clone();
        tokio::spawn(async move {
            let (owner, mut mine) = (format!("w{worker}"), Vec::new());
            loop {
                let claimed = store.tasks().claim_ready(&owner, LEASE, 3, 10).await?;
                assert!(claimed.len() <= 3);
                if claimed.is_empty() {
                    return Ok::<_, tutti_store::Error>(mine);
                }
                mine.extend(claimed.into_iter().map(|task| task.id));
            }
        })
    });
    let mut times: BTreeMap<String, u32> = BTreeMap::new();
    for mine in try_join_all(workers).await? {
        for id in mine? {
            *times.entry(id).or_default() += 1;
        }
    }
    assert_eq!(times.values().filter(|&&times| times == 1).count(), times.len(), "a task was given twice: {times:?}");
    // With SKIP LOCKED a worker may see nothing while another one picks; what is left is claimable at once.
    let left = store.tasks().claim_ready("last", LEASE, 1000, 10).await?;
    assert_eq!(times.len() + left.len(), 120);
    Ok(())
}

pub async fn claims_respect_time_lease_and_run(store: Store) -> anyhow::Result<()> {
    with_ready(&store, &["a"]).await?;
    let tasks = store.tasks();
    assert_eq!(tasks.next_due().await?, Some(0));
    let first = tasks.claim_ready("one", LEASE, 5, 10).await?;
    assert_eq!((first.len(), first[0].attempts, first[0].lease_until_us), (1, 1, Some(110)));
    assert_eq!(tasks.next_due().await?, Some(110));
    assert_eq!(tasks.claim_ready("two", LEASE, 5, 109).await?, []);
    assert!(tasks.renew(&first[0].id, "one", LEASE, 50).await?);
    assert_eq!(tasks.claim_ready("two", LEASE, 5, 149).await?, []);
    let second = tasks.claim_ready("two", LEASE, 5, 150).await?;
    assert_eq!((second.len(), second[0].attempts, second[0].owner.as_deref()), (1, 1, Some("two")));
    assert!(!tasks.renew(&first[0].id, "one", LEASE, 151).await?);
    assert!(!tasks.is_owned(&first[0].id, "one").await? && tasks.is_owned(&first[0].id, "two").await?);
    assert_eq!(tasks.release_leases("tw").await?, 1);
    store.runs().set_state("run_1", &["running"], "paused", None, 152).await?;
    assert_eq!(tasks.claim_ready("three", LEASE, 5, 152).await?, [], "a paused run gives no task");
    assert_eq!(tasks.next_due().await?, None);
    store.runs().set_state("run_1", &["paused"], "running", None, 153).await?;
    assert_eq!(tasks.claim_ready("three", LEASE, 5, 153).await?.len(), 1);
    Ok(())
}

pub async fn completion_is_once(store: Store) -> anyhow::Result<()> {
    let new = vec![task("run_1", "a", "ready"), task("run_1", "b", "waiting"), task("run_1", "c", "waiting")];
    store.runs().create(run("run_1", "c", 1), new).await?;
    let tasks = store.tasks();
    let id = tasks.claim_ready("one", LEASE, 5, 10).await?[0].id.clone();
    let closed_ports = Some(vec!["complement".to_owned()]);
    let follow = || Follow {
        ready: vec!["b".into()],
        skipped: vec!["c".into()],
        closed_ports: closed_ports.clone(),
        ..Follow::default()
    };
    assert!(!tasks.complete(&id, "two", result("a", 1), 20, |_, _| follow()).await?, "not the owner");
    assert_eq!(tasks.populations("run_1").await?, []);
    assert!(tasks.complete(&id, "one", result("a", 5), 20, |_, _| follow()).await?);
    assert!(!tasks.complete(&id, "one", result("a", 9), 21, |_, _| follow()).await?, "a second time");
    assert!(!tasks.complete("task_none", "one", result("a", 9), 21, |_, _| follow()).await?);
    assert_eq!(tasks.populations("run_1").await?, result("a", 5).populations);
    let all = tasks.list("run_1").await?;
    assert_eq!(all.iter().map(|task| task.state.as_str()).collect::<Vec<_>>(), ["completed", "ready", "skipped"]);
    assert_eq!((&all[0].closed_ports, &all[1].closed_ports), (&closed_ports, &None));
    assert_eq!((&all[0].table_versions, &all[0].results), (&Some(json!({"customers": 4})), &Some(json!({"sent": 5}))));
    assert_eq!((all[0].elapsed_ms, all[0].finished_us, all[0].owner.as_deref()), (Some(12), Some(20), None));
    let id = tasks.claim_ready("one", LEASE, 5, 30).await?[0].id.clone();
    let end = Follow { run_state: Some("completed".into()), ..Follow::default() };
    assert!(tasks.complete(&id, "one", result("b", 0), 40, |_, _| end).await?);
    let ended = store.runs().get("run_1").await?.map(|run| (run.state, run.finished_us));
    assert_eq!(ended, Some(("completed".to_owned(), Some(40))));
    Ok(())
}

pub async fn failure_retries_or_stays(store: Store) -> anyhow::Result<()> {
    with_ready(&store, &["a"]).await?;
    let tasks = store.tasks();
    let error = json!({"code": "smtp", "message": "no answer"});
    let id = tasks.claim_ready("one", LEASE, 5, 10).await?[0].id.clone();
    let later = Follow { retry_at_us: Some(500), ..Follow::default() };
    assert!(tasks.fail(&id, "one", &error, &[], 20, |_, _| later).await?);
    assert!(!tasks.fail(&id, "one", &error, &[], 20, |_, _| Follow::default()).await?, "the lease is gone");
    assert_eq!(tasks.claim_ready("one", LEASE, 5, 499).await?, []);
    assert_eq!(tasks.next_due().await?, Some(500));
    let again = tasks.claim_ready("one", LEASE, 5, 500).await?;
    assert_eq!((again[0].attempts, again[0].error.as_ref()), (2, Some(&error)));
    let pause = Follow { run_state: Some("paused".into()), run_error: Some(error.clone()), ..Follow::default() };
    assert!(tasks.fail(&id, "one", &error, &[], 510, |_, _| pause).await?);
    let stored = tasks.list("run_1").await?.remove(0);
    assert_eq!((stored.state.as_str(), stored.finished_us), ("failed", Some(510)));
    let paused = store.runs().get("run_1").await?.map(|run| (run.state, run.error, run.finished_us));
    assert_eq!(paused, Some(("paused".to_owned(), Some(error), None)));
    assert!(tasks.reset(&id).await?);
    assert!(!tasks.reset(&id).await?, "it is ready already");
    assert!(store.runs().set_state("run_1", &["paused"], "running", None, 520).await?);
    assert_eq!(tasks.claim_ready("one", LEASE, 5, 520).await?[0].attempts, 1);
    Ok(())
}

pub async fn postponed_tasks_do_not_count_an_attempt(store: Store) -> anyhow::Result<()> {
    with_ready(&store, &["wait"]).await?;
    let tasks = store.tasks();
    let id = tasks.claim_ready("one", LEASE, 5, 10).await?[0].id.clone();
    assert!(!tasks.postpone(&id, "two", 1000, None).await?);
    assert!(tasks.postpone(&id, "one", 1000, Some("waits for Monday")).await?);
    assert_eq!(tasks.claim_ready("one", LEASE, 5, 999).await?, []);
    let woken = tasks.claim_ready("one", LEASE, 5, 1000).await?.remove(0);
    assert_eq!((woken.attempts, woken.note.as_deref()), (1, Some("waits for Monday")));
    Ok(())
}

pub async fn held_tasks_wait_for_an_answer_or_their_time(store: Store) -> anyhow::Result<()> {
    with_ready(&store, &["ask"]).await?;
    let tasks = store.tasks();
    let id = tasks.claim_ready("one", LEASE, 5, 10).await?[0].id.clone();
    let hold = json!({"kind": "approval", "message": "Send it?"});
    let held = || Follow { run_state: Some("held".into()), ..Follow::default() };
    assert!(!tasks.hold(&id, "two", &hold, None, 20, |_, _| held()).await?, "not the owner");
    assert!(tasks.hold(&id, "one", &hold, Some(1_000), 20, |_, _| held()).await?);
    let stored = tasks.list("run_1").await?.remove(0);
    assert_eq!((stored.state.as_str(), stored.hold.as_ref(), stored.attempts), ("held", Some(&hold), 0));
    assert_eq!(tasks.next_due().await?, Some(1_000));
    assert_eq!(tasks.claim_ready("one", LEASE, 5, 999).await?, []);
    assert_eq!(tasks.claim_ready("one", LEASE, 5, 1_000).await?.len(), 1, "its time has come, though the run is held");
    assert!(tasks.hold(&id, "one", &hold, None, 1_001, |_, _| held()).await?);
    assert_eq!(tasks.next_due().await?, None);
    for (kind, by) in [("breakpoint", "ann"), ("approval", "bob"), ("approval", "cid")] {
        let answer = Answer { activity: "ask".into(), kind: kind.into(), answer: json!({"by": by}) };
        let ready = vec!["ask".to_owned()];
        let follow = Follow { ready, answers: vec![answer], run_state: Some("running".into()), ..Follow::default() };
        store.runs().advance("run_1", 1_002, |_, _| follow).await?;
    }
    let again = tasks.claim_ready("one", LEASE, 5, 1_003).await?.remove(0);
    assert_eq!(again.answers, Some(json!({"breakpoint": {"by": "ann"}, "approval": {"by": "cid"}})));
    Ok(())
}

pub async fn a_failed_task_leaves_what_arrived_only_when_the_run_goes_on(store: Store) -> anyhow::Result<()> {
    with_ready(&store, &["a", "b"]).await?;
    let tasks = store.tasks();
    let error = json!({"code": "away"});
    let claimed = tasks.claim_ready("one", LEASE, 5, 10).await?;
    for (task, closed_ports) in claimed.iter().zip([None, Some(vec!["out".to_owned()])]) {
        let mut left = result(&task.activity, 7).populations;
        left[0].port = "error".into();
        left.push(Population { port: "out".into(), ..left[0].clone() });
        let follow = Follow { closed_ports, ..Follow::default() };
        assert!(tasks.fail(&task.id, "one", &error, &left, 20, |_, _| follow).await?);
    }
    let left = tasks.populations("run_1").await?;
    assert_eq!(
        left.iter().map(|left| (left.activity.as_str(), left.port.as_str())).collect::<Vec<_>>(),
        [("b", "error")]
    );
    Ok(())
}

/// Two tasks before a join end at the same time on two workers: exactly the later one sees the other completed.
pub async fn simultaneous_ends_see_each_other(store: Store) -> anyhow::Result<()> {
    for round in 0..10 {
        let id = format!("run_{round}");
        let new = vec![task(&id, "a", "ready"), task(&id, "b", "ready"), task(&id, "join", "waiting")];
        store.runs().create(run(&id, "c", round), new).await?;
        let claimed = store.tasks().claim_ready("w", LEASE, 2, 10).await?;
        assert_eq!(claimed.len(), 2);
        let ends = claimed.into_iter().map(|task| {
            let store = store.clone();
            tokio::spawn(async move {
                let tasks = store.tasks();
                let done = tasks.complete(&task.id, "w", result(&task.activity, 1), 20, |_, tasks| {
                    let others = tasks.iter().any(|other| other.state == "completed");
                    Follow { ready: if others { vec!["join".into()] } else { vec![] }, ..Follow::default() }
                });
                done.await
            })
        });
        for done in try_join_all(ends).await? {
            assert!(done?);
        }
        let join = store.tasks().claim_ready("w", LEASE, 9, 30).await?;
        assert_eq!(join.iter().map(|task| task.activity.as_str()).collect::<Vec<_>>(), ["join"], "round {round}");
        store.runs().set_state(&id, &["running"], "stopped", None, 40).await?;
    }
    Ok(())
}
