//! Runs, their state and their logs.

use serde_json::json;
use tutti_store::{Follow, NewRun, NewTask, Store};

pub fn run(id: &str, campaign: &str, now_us: i64) -> NewRun {
    NewRun {
        id: id.into(),
        campaign: campaign.into(),
        campaign_version: 3,
        mode: "live".into(),
        seed: -7,
        variables: json!({"city": "Lyon"}),
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
    store.logs().add("run_1", None, "info", "launched", 1).await?;
    let seq = store.logs().add("run_1", Some("a"), "warning", "nobody is left", 2).await?;
    store.logs().add("run_2", None, "info", "launched", 3).await?;
    store.logs().add("run_1", Some("b"), "error", "failed", 4).await?;
    let messages = |lines: Vec<tutti_store::LogLine>| lines.into_iter().map(|line| line.message).collect::<Vec<_>>();
    assert_eq!(messages(store.logs().list("run_1", None, 0, 10).await?), ["launched", "nobody is left", "failed"]);
    assert_eq!(messages(store.logs().list("run_1", Some("a"), 0, 10).await?), ["nobody is left"]);
    assert_eq!(messages(store.logs().list("run_1", None, seq, 10).await?), ["failed"]);
    Ok(())
}
