//! Marks move with the completion of a task, or by hand.

use serde_json::json;
use tutti_store::{Follow, MarkValue, NewMark, NewRun, NewTask, Store, TakenKeys, TaskResult};

async fn complete(store: &Store, run: &str, mark: Option<NewMark>, owner: &str) -> anyhow::Result<bool> {
    let task = store.tasks().list(run).await?.remove(0);
    let result = TaskResult {
        note: None,
        table_versions: json!({}),
        elapsed_ms: 1,
        populations: Vec::new(),
        mark,
        results: json!({}),
    };
    Ok(store.tasks().complete(&task.id, owner, result, 7, |_, _| Follow::default()).await?)
}

async fn begin(store: &Store, run: &str) -> anyhow::Result<()> {
    let new = NewRun {
        id: run.into(),
        campaign: "welcome".into(),
        campaign_version: 1,
        mode: "live".into(),
        seed: 1,
        variables: json!({}),
        key: None,
        now_us: 5,
    };
    let task = NewTask {
        id: format!("task_{run}"),
        activity: "new".into(),
        kind: "incremental-query".into(),
        state: "ready".into(),
    };
    store.runs().create(new, vec![task]).await?;
    store.tasks().claim_ready("me", 1_000, 9, 6).await?;
    Ok(())
}

pub async fn marks_move_with_completed_tasks(store: Store) -> anyhow::Result<()> {
    let marks = store.marks();
    assert!(marks.get("welcome", "new").await?.is_none());
    begin(&store, "run_1").await?;
    // A worker that has lost the task moves nothing.
    assert!(!complete(&store, "run_1", Some(NewMark::Latest { latest_us: 99 }), "another").await?);
    assert!(marks.list("welcome").await?.is_empty());
    assert!(complete(&store, "run_1", Some(NewMark::Latest { latest_us: 40 }), "me").await?);
    let mark = marks.get("welcome", "new").await?.expect("a mark");
    assert_eq!(
        (mark.value, mark.run.as_deref(), mark.moved_us),
        (MarkValue::Latest { latest_us: 40 }, Some("run_1"), 7)
    );
    // A mark does not go back by itself; without anything new it stays.
    begin(&store, "run_2").await?;
    assert!(complete(&store, "run_2", Some(NewMark::Latest { latest_us: 30 }), "me").await?);
    begin(&store, "run_3").await?;
    assert!(complete(&store, "run_3", None, "me").await?);
    let mark = marks.get("welcome", "new").await?.expect("a mark");
    assert_eq!(mark.value, MarkValue::Latest { latest_us: 40 });
    marks.set("welcome", "new", Some(&MarkValue::Latest { latest_us: 3 }), 11).await?;
    let mark = marks.get("welcome", "new").await?.expect("a mark");
    assert_eq!((mark.value, mark.run, mark.moved_us), (MarkValue::Latest { latest_us: 3 }, None, 11));
    marks.set("welcome", "new", None, 12).await?;
    assert!(marks.get("welcome", "new").await?.is_none());
    Ok(())
}

pub async fn marks_remember_keys_of_runs(store: Store) -> anyhow::Result<()> {
    for (run, at_us, forget_before_us) in [("run_1", 10, None), ("run_2", 20, None), ("run_3", 30, Some(15))] {
        begin(&store, run).await?;
        assert!(complete(&store, run, Some(NewMark::Keys { at_us, rows: at_us, forget_before_us }), "me").await?);
    }
    let taken = |run: &str, at_us| TakenKeys { run: run.into(), at_us, rows: at_us };
    let mark = store.marks().get("welcome", "new").await?.expect("a mark");
    assert_eq!(mark.value, MarkValue::Keys { keys: vec![taken("run_2", 20), taken("run_3", 30)] });
    store.marks().forget("welcome").await?;
    assert!(store.marks().list("welcome").await?.is_empty());
    Ok(())
}
