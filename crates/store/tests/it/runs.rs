//! Runs, their state and their logs.

use serde_json::json;
use tutti_store::{
    Campaign, CampaignChange, DocumentWrite, Error, Follow, LogFilter, NewAlert, NewBatch, NewDelivery, NewLogLine,
    NewRun, NewTask, PurgeFilter, Revision, RunFilter, Store,
};

use crate::deliveries::new_delivery;

pub fn run(id: &str, campaign: &str, now_us: i64) -> NewRun {
    NewRun {
        id: id.into(),
        campaign: campaign.into(),
        campaign_version: 3,
        mode: "live".into(),
        seed: -7,
        variables: json!({"city": "Lyon"}),
        key: None,
        now_us,
    }
}

pub fn task(run: &str, activity: &str, state: &str) -> NewTask {
    NewTask {
        id: format!("task_{run}_{activity}"),
        activity: activity.into(),
        kind: "wait".into(),
        state: state.into(),
    }
}

pub async fn lists_are_newest_first(store: Store) -> anyhow::Result<()> {
    for (id, campaign, now) in [("run_1", "a", 10), ("run_2", "b", 20), ("run_3", "a", 30)] {
        store.runs().create(run(id, campaign, now), vec![]).await?;
    }
    let ids = |runs: Vec<tutti_store::Run>| runs.into_iter().map(|run| run.id).collect::<Vec<_>>();
    assert_eq!(ids(store.runs().list(None, 2, 0).await?), ["run_3", "run_2"]);
    assert_eq!(ids(store.runs().list(None, 2, 2).await?), ["run_1"]);
    assert_eq!(ids(store.runs().list(Some("a"), 9, 0).await?), ["run_3", "run_1"]);
    assert!(store.runs().set_state("run_3", &["running"], "completed", None, 40).await?);
    assert_eq!(ids(store.runs().unfinished().await?), ["run_1", "run_2"]);
    let stored = store.runs().get("run_3").await?.ok_or_else(|| anyhow::anyhow!("run_3 is gone"))?;
    assert_eq!((stored.seed, stored.variables, stored.finished_us), (-7, json!({"city": "Lyon"}), Some(40)));
    assert_eq!(store.runs().get("run_9").await?, None);
    let runs = store.runs();
    let all = RunFilter::default();
    for (filter, total, expected) in [
        (all.clone(), 3, vec!["run_3", "run_2", "run_1"]),
        (RunFilter { campaign: Some("a"), ..all.clone() }, 2, vec!["run_3", "run_1"]),
        (RunFilter { states: &["completed", "paused"], ..all.clone() }, 1, vec!["run_3"]),
        (RunFilter { mode: Some("test"), ..all.clone() }, 0, vec![]),
        (RunFilter { since_us: Some(20), ..all.clone() }, 2, vec!["run_3", "run_2"]),
        (RunFilter { until_us: Some(20), ..all.clone() }, 2, vec!["run_2", "run_1"]),
        (RunFilter { before: Some((30, "run_3")), ..all.clone() }, 3, vec!["run_2", "run_1"]),
        (RunFilter { before: Some((20, "run_3")), since_us: Some(15), ..all.clone() }, 2, vec!["run_2"]),
    ] {
        assert_eq!(runs.count(&filter).await?, total, "{filter:?}");
        assert_eq!(ids(runs.find(&filter, 9, 0).await?), expected, "{filter:?}");
        let second = expected.get(1).map(|id| vec![*id]).unwrap_or_default();
        assert_eq!(ids(runs.find(&filter, 1, 1).await?), second, "{filter:?}");
    }
    Ok(())
}

pub async fn a_key_is_one_run(store: Store) -> anyhow::Result<()> {
    let keyed = |id: &str, campaign: &str, mode: &str| NewRun {
        key: Some("k".into()),
        mode: mode.into(),
        ..run(id, campaign, 1)
    };
    store.runs().create(keyed("run_1", "a", "live"), vec![task("run_1", "x", "ready")]).await?;
    let again = store.runs().create(keyed("run_2", "a", "live"), vec![task("run_2", "x", "ready")]).await;
    assert!(matches!(&again, Err(Error::KeyTaken { key }) if key == "k"), "{again:?}");
    assert_eq!(store.runs().get("run_2").await?, None);
    assert_eq!(store.tasks().list("run_2").await?, []);
    store.runs().create(keyed("run_3", "a", "test"), vec![]).await?;
    store.runs().create(keyed("run_4", "b", "live"), vec![]).await?;
    for (campaign, mode, expected) in
        [("a", "live", Some("run_1")), ("a", "test", Some("run_3")), ("b", "live", Some("run_4")), ("b", "test", None)]
    {
        let found = store.runs().by_key(campaign, mode, "k").await?.map(|run| run.id);
        assert_eq!(found.as_deref(), expected, "{campaign} {mode}");
    }
    Ok(())
}

pub async fn runs_in_trouble_are_found(store: Store) -> anyhow::Result<()> {
    let body = json!({"kind": "campaign"});
    let document = |name: &str| DocumentWrite {
        kind: "campaign".into(),
        name: name.into(),
        body: body.clone(),
        expected_version: None,
    };
    store.documents().apply(vec![document("a"), document("b"), document("c")], 1).await?;
    for (id, campaign, mode, at, state) in [
        ("run_1", "a", "live", 1, "paused"),
        ("run_2", "a", "live", 2, "held"),
        ("run_3", "a", "live", 3, "running"),
        ("run_4", "a", "test", 4, "failed"),
        ("run_5", "b", "live", 5, "failed"),
        ("run_6", "b", "live", 6, "completed"),
        ("run_7", "c", "live", 7, "failed"),
        ("run_8", "c", "test", 8, "held"),
    ] {
        store.runs().create(NewRun { mode: mode.into(), ..run(id, campaign, at) }, vec![]).await?;
        if state != "running" {
            assert!(store.runs().set_state(id, &["running"], state, None, 9).await?);
        }
    }
    let ids = |runs: Vec<tutti_store::Run>| runs.into_iter().map(|run| run.id).collect::<Vec<_>>();
    assert_eq!(ids(store.runs().troubled(None).await?), ["run_7", "run_2", "run_1"]);
    assert_eq!(ids(store.runs().troubled(Some("a")).await?), ["run_2", "run_1"]);
    assert_eq!(ids(store.runs().troubled(Some("b")).await?), Vec::<String>::new());
    Ok(())
}

pub async fn open_activities_are_those_of_runs_that_go_on(store: Store) -> anyhow::Result<()> {
    for (id, mode) in [("run_1", "live"), ("run_2", "live"), ("run_3", "test"), ("run_4", "live")] {
        let tasks = [("a", "ready"), ("b", "waiting"), ("c", "skipped")].map(|(of, state)| task(id, of, state));
        store.runs().create(NewRun { mode: mode.into(), ..run(id, "news", 1) }, tasks.to_vec()).await?;
    }
    assert!(store.runs().set_state("run_4", &["running"], "stopped", None, 2).await?);
    let open = store.runs().open_activities().await?;
    let open: Vec<_> =
        open.iter().map(|open| (open.version, open.live, open.activity.as_str(), open.run.as_str())).collect();
    assert_eq!(
        open,
        [(3, true, "a", "run_1"), (3, true, "b", "run_1"), (3, false, "a", "run_3"), (3, false, "b", "run_3")]
    );
    Ok(())
}

pub async fn compare_and_set(store: Store) -> anyhow::Result<()> {
    store.runs().create(run("run_1", "a", 1), vec![]).await?;
    let error = json!({"code": "x"});
    let steps: [(&[&str], &str, bool); 5] = [
        (&["paused"], "running", false),
        (&["running"], "paused", true),
        (&["running", "paused"], "stopped", true),
        (&["running", "paused"], "running", false),
        (&[], "running", false),
    ];
    for (from, to, moved) in steps {
        assert_eq!(store.runs().set_state("run_1", from, to, Some(&error), 5).await?, moved, "{from:?} to {to}");
    }
    let stored = store.runs().get("run_1").await?;
    assert_eq!(stored.map(|run| (run.state, run.error)), Some(("stopped".to_owned(), Some(error))));
    Ok(())
}

pub async fn advance_decides_under_the_lock(store: Store) -> anyhow::Result<()> {
    let tasks = ["a", "b", "c"].map(|activity| task("run_1", activity, "waiting")).to_vec();
    store.runs().create(run("run_1", "a", 1), tasks).await?;
    let follow = Follow { ready: vec!["a".into()], skipped: vec!["c".into()], ..Follow::default() };
    let runs = store.runs();
    let advanced = runs.advance("run_1", 2, |run, tasks| {
        assert_eq!((run.state.as_str(), tasks.len()), ("running", 3));
        follow
    });
    assert_eq!(advanced.await?.map(|run| run.state).as_deref(), Some("running"));
    let states: Vec<_> = store.tasks().list("run_1").await?.into_iter().map(|task| task.state).collect();
    assert_eq!(states, ["ready", "waiting", "skipped"]);
    let end = |state: &str| Follow { run_state: Some(state.into()), ..Follow::default() };
    let stopped = store.runs().advance("run_1", 3, |_, _| end("stopped")).await?;
    assert_eq!(stopped.map(|run| (run.state, run.finished_us)), Some(("stopped".to_owned(), Some(3))));
    let again = store.runs().advance("run_1", 4, |_, _| end("running")).await?;
    assert_eq!(again.map(|run| run.state).as_deref(), Some("stopped"), "an ended run keeps its state");
    assert_eq!(store.runs().advance("run_9", 4, |_, _| end("running")).await?, None);
    Ok(())
}

pub async fn logs_read_on(store: Store) -> anyhow::Result<()> {
    store.runs().create(run("run_1", "news", 1), vec![]).await?;
    store.runs().create(run("run_2", "offers", 1), vec![]).await?;
    let logs = store.logs();
    logs.add("run_1", None, "info", "launched", 1).await?;
    let seq = logs.add("run_1", Some("a"), "warning", "nobody is LEFT in Évry", 2).await?;
    logs.add("run_2", None, "info", "launched", 3).await?;
    logs.add("run_1", Some("b"), "error", "failed", 4).await?;
    let of_run = LogFilter { run: Some("run_1"), ..LogFilter::default() };
    let cases = [
        (of_run.clone(), 10, vec!["failed", "nobody is LEFT in Évry", "launched"]),
        (of_run.clone(), 2, vec!["failed", "nobody is LEFT in Évry"]),
        (LogFilter { before_seq: Some(seq), ..of_run.clone() }, 10, vec!["launched"]),
        (LogFilter { activity: Some("a"), ..of_run.clone() }, 10, vec!["nobody is LEFT in Évry"]),
        (LogFilter { levels: &["warning", "error"], ..of_run.clone() }, 10, vec!["failed", "nobody is LEFT in Évry"]),
        (LogFilter { search: Some("left in évry"), ..of_run.clone() }, 10, vec!["nobody is LEFT in Évry"]),
        (LogFilter { search: Some("100%"), ..of_run.clone() }, 10, vec![]),
        (LogFilter { since_us: Some(2), until_us: Some(3), ..of_run }, 10, vec!["nobody is LEFT in Évry"]),
        (LogFilter { campaign: Some("offers"), ..LogFilter::default() }, 10, vec!["launched"]),
        (LogFilter { search: Some("a"), ..LogFilter::default() }, 2, vec!["failed", "launched"]),
    ];
    for (filter, limit, expected) in cases {
        let found = logs.find(&filter, limit).await?;
        assert_eq!(found.iter().map(|line| line.message.as_str()).collect::<Vec<_>>(), expected, "{filter:?}");
    }
    Ok(())
}

pub async fn revisions_open_a_run_again(store: Store) -> anyhow::Result<()> {
    let task = |activity: &str| task("run_1", activity, "waiting");
    store.runs().create(run("run_1", "a", 1), vec![task("a"), task("b"), task("c")]).await?;
    let runs = store.runs();
    let follow = |follow: Follow| runs.advance("run_1", 5, move |_, _| follow);
    follow(Follow { ready: vec!["a".into()], ..Follow::default() }).await?;
    let claimed = store.tasks().claim_ready("me", 100, 1, 6).await?;
    assert_eq!((claimed[0].campaign_version, claimed[0].anew), (Some(3), false));
    let given_up = vec!["b".to_owned(), "c".to_owned()];
    follow(Follow { skipped: given_up, run_state: Some("stopped".into()), ..Follow::default() }).await?;
    let revision = Revision {
        reopens: true,
        campaign_version: Some(9),
        anew: vec!["a".into()],
        waiting: vec!["b".into()],
        removed: vec!["c".into()],
        kept: vec![],
        added: vec![task("d")],
    };
    let run = follow(Follow {
        ready: vec!["a".into()],
        run_state: Some("running".into()),
        lines: vec![NewLogLine { activity: None, level: "info", message: "again".into() }],
        revision: Some(Box::new(revision)),
        ..Follow::default()
    })
    .await?
    .ok_or_else(|| anyhow::anyhow!("the run is gone"))?;
    assert_eq!(
        (run.state.as_str(), run.finished_us, run.campaign_version, run.changed_us),
        ("running", None, 9, Some(5))
    );
    let tasks = store.tasks().list("run_1").await?;
    let states: Vec<_> = tasks.iter().map(|task| (task.activity.as_str(), task.state.as_str(), task.anew)).collect();
    assert_eq!(states, [("a", "ready", true), ("b", "waiting", false), ("d", "waiting", false)]);
    assert_eq!((tasks[0].attempts, tasks[0].started_us), (0, None));
    assert!(!store.tasks().renew("task_run_1_a", "me", 100, 7).await?, "who did it before has lost it");
    let again = store.tasks().claim_ready("you", 100, 1, 8).await?;
    assert_eq!((again[0].activity.as_str(), again[0].campaign_version), ("a", Some(9)));
    assert!(store.tasks().cleared("task_run_1_a", "you").await?);
    assert!(!store.tasks().list("run_1").await?[0].anew);
    let lines = store.logs().find(&LogFilter { run: Some("run_1"), ..LogFilter::default() }, 10).await?;
    assert_eq!(lines.iter().map(|line| line.message.as_str()).collect::<Vec<_>>(), ["again"]);
    Ok(())
}

pub async fn only_ended_runs_are_cleared(store: Store) -> anyhow::Result<()> {
    for (id, campaign) in [("run_1", "a"), ("run_2", "b"), ("run_3", "b")] {
        store.runs().create(run(id, campaign, 1), vec![task(id, "x", "waiting")]).await?;
        for line in 0..3 {
            store.logs().add(id, None, "info", &format!("line {line}"), 2).await?;
        }
    }
    let runs = store.runs();
    assert!(runs.set_state("run_1", &["running"], "completed", None, 10).await?);
    assert!(runs.set_state("run_2", &["running"], "stopped", None, 20).await?);
    assert!(runs.set_state("run_3", &["running"], "paused", None, 5).await?);
    let ids = |found: Vec<tutti_store::Run>| found.into_iter().map(|run| run.id).collect::<Vec<_>>();
    for (filter, before, limit, expected) in [
        (PurgeFilter::Others(&[]), 100, 9, vec!["run_1", "run_2"]),
        (PurgeFilter::Others(&[]), 100, 1, vec!["run_1"]),
        (PurgeFilter::Others(&[]), 20, 9, vec!["run_1"]),
        (PurgeFilter::Others(&["a"]), 100, 9, vec!["run_2"]),
        (PurgeFilter::Campaign("b"), 100, 9, vec!["run_2"]),
    ] {
        assert_eq!(ids(runs.to_purge(filter, before, limit).await?), expected, "{filter:?} {before}");
    }
    assert_eq!(runs.clear_log("run_1", 2).await?, 0, "it is not to be cleared yet");
    runs.clear("run_1", 30).await?;
    assert_eq!(store.tasks().list("run_1").await?.len(), 1);
    assert!(!runs.purge("run_3", &json!({}), 30).await?, "a paused run stays whole");
    assert!(runs.purge("run_1", &json!({"sent": 3}), 30).await?);
    assert!(!runs.purge("run_1", &json!({"sent": 4}), 31).await?);
    assert_eq!(runs.figures("run_1").await?, Some(json!({"sent": 3})));
    assert_eq!([runs.clear_log("run_1", 2).await?, runs.clear_log("run_1", 2).await?], [2, 1]);
    runs.clear("run_1", 32).await?;
    assert!(store.tasks().list("run_1").await?.is_empty());
    assert_eq!(ids(runs.to_purge(PurgeFilter::Others(&[]), 100, 9).await?), ["run_2"]);
    assert_eq!(runs.get("run_1").await?.and_then(|run| run.purged_us), Some(30));
    let left = store.logs().find(&LogFilter::default(), 10).await?;
    assert!(left.len() == 6 && left.iter().all(|line| line.run != "run_1"), "{left:?}");
    Ok(())
}

pub async fn what_nothing_needs_is_forgotten(store: Store) -> anyhow::Result<()> {
    let runs = store.runs();
    // Of `a`, which there is, the last run and the last that was completed are needed; `gone` is deleted.
    store.campaigns().advance("a", 1, |row, _| (Some(live(row)), ())).await?;
    let all = [
        ("run_1", "a", "live", "completed"),
        ("run_2", "a", "live", "failed"),
        ("run_3", "a", "live", "completed"),
        ("run_4", "a", "live", "failed"),
        ("run_5", "a", "test", "completed"),
        ("run_6", "gone", "live", "completed"),
        ("run_7", "gone", "live", "stopped"),
        ("run_8", "gone", "live", "completed"),
        ("run_9", "gone", "live", "paused"),
    ];
    for (at, (id, campaign, mode, state)) in (1..).zip(all) {
        runs.create(NewRun { mode: mode.into(), ..run(id, campaign, at) }, vec![]).await?;
        assert!(runs.set_state(id, &["running"], state, None, 10 + at).await?);
        if id != "run_8" && runs.purge(id, &json!({}), 50).await? {
            runs.clear(id, 50).await?;
        }
    }
    // One was stopped amid a delivery, whose lines are nowhere else.
    let batches = [NewBatch { batch_no: 0, first_ordinal: 0, rows: 10 }];
    store.deliveries().create(NewDelivery { run: "run_7".into(), ..new_delivery(10) }, &batches).await?;
    store.deliveries().create(new_delivery(0), &[]).await?;
    let alert = NewAlert { run: "run_1".into(), campaign: "a".into(), ..NewAlert::default() };
    assert!(store.alerts().add(&alert).await?);
    for (before_us, limit, expected) in [
        (99, 9, vec!["run_1", "run_2", "run_5", "run_6"]),
        (99, 2, vec!["run_1", "run_2"]),
        (12, 9, vec!["run_1"]),
        (11, 9, vec![]),
    ] {
        assert_eq!(runs.to_forget(before_us, limit).await?, expected, "{before_us}");
    }
    for id in ["run_1", "run_8", "run_9"] {
        runs.forget(id).await?;
    }
    assert_eq!(runs.get("run_1").await?, None);
    assert_eq!((store.deliveries().list("run_1").await?, store.alerts().list(None, None, 9).await?), (vec![], vec![]));
    assert!(runs.get("run_8").await?.is_some(), "its history is not cleared");
    assert!(runs.get("run_9").await?.is_some(), "it has not ended");
    Ok(())
}

fn live(row: &Campaign) -> CampaignChange {
    let row = Campaign { state: "live".into(), published_us: Some(0), ..row.clone() };
    CampaignChange { row: Some(row), ..CampaignChange::default() }
}
