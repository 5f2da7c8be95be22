//! The life of campaigns, their launches, and the record of changes.

use serde_json::json;
use tutti_store::{
    Campaign, CampaignChange, DocumentVersion, DocumentWrite, Follow, Kept, Launch, LaunchFilter, NewAlert, NewAudit,
    NewLaunch, Outcome, SCHEDULE, SIGNAL, Store, TakeOver,
};

use crate::runs::{run, task};

fn launch(id: &str, key: &str, cause: &str, due_us: i64) -> NewLaunch {
    NewLaunch {
        id: id.into(),
        campaign: "a".into(),
        key: key.into(),
        cause: cause.into(),
        due_us,
        variables: json!({"city": "Lyon"}),
    }
}

fn live(campaign: &Campaign, now_us: i64) -> CampaignChange {
    let row = Campaign {
        state: "live".into(),
        published_us: Some(now_us),
        changed_us: now_us,
        actor: "ann".into(),
        ..campaign.clone()
    };
    CampaignChange { row: Some(row), ..CampaignChange::default() }
}

fn start(id: &str, now_us: i64) -> Outcome {
    let follow = Follow { ready: vec!["x".into()], ..Follow::default() };
    Outcome::Start(Box::new((run(id, "a", now_us), vec![task(id, "x", "waiting")], follow)))
}

fn kept(kept: Kept) -> Launch {
    match kept {
        Kept::New(launch) | Kept::Before(launch) => launch,
        other => panic!("not kept: {other:?}"),
    }
}

pub async fn a_campaign_is_a_draft_until_written(store: Store) -> anyhow::Result<()> {
    assert_eq!(store.campaigns().get("a").await?, Campaign::draft("a"));
    store
        .campaigns()
        .advance("a", 1, |campaign, facts| {
            assert_eq!((campaign.state.as_str(), facts.any), ("draft", false));
            (None, ())
        })
        .await?;
    assert_eq!(store.campaigns().list().await?, [], "deciding nothing leaves nothing");
    let audit = NewAudit {
        actor: "ann".into(),
        kind: "campaign".into(),
        name: "a".into(),
        action: "publish".into(),
        detail: None,
    };
    let kept = audit.clone();
    let change = |campaign: &Campaign| CampaignChange { audit: Some(kept), ..live(campaign, 10) };
    store.campaigns().advance("a", 10, |campaign, _| (Some(change(campaign)), ())).await?;
    let stored = store.campaigns().get("a").await?;
    assert_eq!((stored.state.as_str(), stored.published_us, stored.actor.as_str()), ("live", Some(10), "ann"));
    let lines = store.audit().list(Some("campaign"), Some("a"), None, 10).await?;
    assert_eq!(lines.iter().map(|line| (&line.line, line.at_us)).collect::<Vec<_>>(), [(&audit, 10)]);
    assert_eq!(store.audit().list(None, None, Some(lines[0].seq), 10).await?, []);
    store.campaigns().advance("a", 11, |_, _| (Some(CampaignChange::default()), ())).await?;
    assert_eq!(store.campaigns().get("a").await?, Campaign::draft("a"), "a change without a row removes it");
    Ok(())
}

pub async fn facts_are_of_live_runs_since_publication(store: Store) -> anyhow::Result<()> {
    store.runs().create(run("run_1", "a", 5), vec![]).await?;
    assert!(store.runs().set_state("run_1", &["running"], "completed", None, 6).await?);
    store.campaigns().advance("a", 10, |campaign, _| (Some(live(campaign, 10)), ())).await?;
    let campaign = store.campaigns().get("a").await?;
    assert_eq!(store.campaigns().facts(&campaign).await?, tutti_store::RunFacts::default());
    let mut test = run("run_2", "a", 11);
    test.mode = "test".into();
    store.runs().create(test, vec![]).await?;
    for (id, at) in [("run_3", 12), ("run_4", 13), ("run_5", 14)] {
        store.runs().create(run(id, "a", at), vec![]).await?;
    }
    store.runs().set_state("run_3", &["running"], "completed", None, 15).await?;
    store.runs().set_state("run_4", &["running"], "paused", Some(&json!({"code": "x"})), 15).await?;
    let facts = store.campaigns().facts(&campaign).await?;
    assert_eq!((facts.any, facts.completed, facts.active, facts.sound), (true, true, 2, 1));
    let active: Vec<_> = store.runs().active("a").await?.into_iter().map(|run| run.id).collect();
    assert_eq!(active, ["run_4", "run_5"]);
    Ok(())
}

pub async fn a_launch_begins_one_run(store: Store) -> anyhow::Result<()> {
    store.campaigns().advance("a", 1, |campaign, _| (Some(live(campaign, 1)), ())).await?;
    let one = kept(store.launches().add(launch("launch_1", "k", SIGNAL, 10), None, 2, |_| true).await?);
    let again = store.launches().add(launch("launch_2", "k", SIGNAL, 10), None, 3, |_| true).await?;
    assert_eq!(again, Kept::Before(one.clone()), "one key is one launch");
    assert_eq!((store.launches().next_due().await?, store.launches().due(9, 9).await?.len()), (Some(10), 0));
    assert_eq!(store.launches().due(10, 9).await?, [one]);
    let launches = store.launches();
    let (left, right) = tokio::join!(
        launches.settle("launch_1", 10, |_, campaign, facts| {
            assert_eq!((campaign.state.as_str(), facts.active), ("live", 0));
            (start("run_1", 10), None)
        }),
        launches.settle("launch_1", 10, |_, _, _| (start("run_2", 10), None)),
    );
    let started: Vec<Launch> = [left?, right?].into_iter().flatten().collect();
    assert_eq!((started.len(), started[0].state.as_str()), (1, "started"), "{started:?}");
    let runs = store.runs().list(Some("a"), 9, 0).await?;
    assert_eq!(runs.iter().map(|run| Some(&run.id)).collect::<Vec<_>>(), [started[0].run.as_ref()]);
    let tasks = store.tasks().list(&runs[0].id).await?;
    assert_eq!((tasks.len(), tasks[0].state.as_str()), (1, "ready"), "what follows is there at once");
    assert_eq!(store.launches().due(99, 9).await?, []);
    Ok(())
}

pub async fn queued_launches_wait_for_the_run(store: Store) -> anyhow::Result<()> {
    for (id, key) in [("launch_1", "1"), ("launch_2", "2")] {
        store.launches().add(launch(id, key, SIGNAL, 10), None, 2, |_| true).await?;
    }
    store.launches().settle("launch_1", 10, |_, _, _| (start("run_1", 10), None)).await?;
    let launches = store.launches();
    let queued = launches.settle("launch_2", 10, |_, _, facts| {
        assert_eq!((facts.active, facts.launches), (1, 1));
        (Outcome::Queue, None)
    });
    assert_eq!(queued.await?.map(|launch| launch.state).as_deref(), Some("queued"));
    assert_eq!(store.launches().due(20, 9).await?, []);
    store.runs().set_state("run_1", &["running"], "completed", None, 30).await?;
    let due = store.launches().due(30, 9).await?;
    assert_eq!(due.iter().map(|launch| launch.launch.id.as_str()).collect::<Vec<_>>(), ["launch_2"]);
    let left = store.launches().settle("launch_2", 31, |_, _, _| (Outcome::Leave, None)).await?;
    assert_eq!(left, None);
    let skipped = store.launches().settle("launch_2", 32, |_, _, _| (Outcome::Skip("overlap"), None)).await?;
    assert_eq!(skipped.and_then(|launch| launch.reason).as_deref(), Some("overlap"));
    let states: Vec<_> = store.launches().list("a", 9).await?.into_iter().map(|launch| launch.state).collect();
    assert_eq!(states, ["skipped", "started"]);
    for (from, to, ids) in [(0, 10, vec![]), (10, 11, vec!["launch_2"]), (11, 99, vec![])] {
        let found = store.launches().skipped(from, to).await?;
        assert_eq!(found.iter().map(|launch| launch.launch.id.as_str()).collect::<Vec<_>>(), ids, "{from} to {to}");
    }
    Ok(())
}

pub async fn launches_say_what_was_wrong(store: Store) -> anyhow::Result<()> {
    let suspend = |campaign: &Campaign| {
        let row = Campaign { state: "suspended".into(), suspended_from: Some("live".into()), ..campaign.clone() };
        CampaignChange { row: Some(row), ..CampaignChange::default() }
    };
    store.campaigns().advance("a", 1, |campaign, _| (Some(suspend(campaign)), ())).await?;
    let stored = store.campaigns().get("a").await?;
    assert_eq!((stored.state.as_str(), stored.suspended_from.as_deref()), ("suspended", Some("live")));
    store.launches().add(launch("launch_1", "k", SIGNAL, 10), None, 2, |_| true).await?;
    assert_eq!(store.launches().by_key("a", "k").await?.map(|launch| launch.launch.id).as_deref(), Some("launch_1"));
    assert_eq!(store.launches().by_key("b", "k").await?, None);
    let settled =
        store.launches().settle("launch_1", 10, |_, _, _| (Outcome::Invalid("no table".into()), None)).await?;
    let kept = store.launches().get("launch_1").await?;
    assert_eq!(settled, kept);
    let told = kept.map(|launch| (launch.state, launch.reason, launch.detail, launch.settled_us));
    assert_eq!(told, Some(("skipped".into(), Some("invalid".into()), Some("no table".into()), Some(10))));
    Ok(())
}

pub async fn planned_launches_are_replaced_and_given_up(store: Store) -> anyhow::Result<()> {
    let plan = async |id: &str, due: i64| {
        let planned = launch(id, &format!("at/{due}"), SCHEDULE, due);
        let change = |campaign: &Campaign| CampaignChange { plan: Some(Some(planned)), ..live(campaign, 1) };
        store.campaigns().advance("a", 1, |campaign, _| (Some(change(campaign)), ())).await
    };
    plan("launch_1", 10).await?;
    plan("launch_2", 20).await?;
    plan("launch_3", 10).await?;
    store.launches().add(launch("launch_4", "s", SIGNAL, 5), None, 2, |_| true).await?;
    let planned: Vec<_> = store.launches().planned().await?.into_iter().map(|launch| launch.launch.due_us).collect();
    assert_eq!(planned, [10], "one waits, with the time that was planned last");
    let cancel = |campaign: &Campaign| CampaignChange { cancel_launches: true, ..live(campaign, 1) };
    store.campaigns().advance("a", 3, |campaign, _| (Some(cancel(campaign)), ())).await?;
    assert_eq!(store.launches().next_due().await?, None);
    let left = store.launches().list("a", 9).await?;
    assert_eq!((left.len(), left[0].state.as_str(), left[0].reason.as_deref()), (1, "skipped", Some("not_live")));
    Ok(())
}

pub async fn missed_times_are_kept_as_skipped(store: Store) -> anyhow::Result<()> {
    let planned = |id: &str, due: i64| launch(id, &format!("at/{due}"), SCHEDULE, due);
    let change = |campaign: &Campaign| CampaignChange {
        missed: vec![planned("launch_2", 10), planned("launch_1", 20)],
        plan: Some(Some(planned("launch_0", 30))),
        ..live(campaign, 1)
    };
    store.campaigns().advance("a", 40, |campaign, _| (Some(change(campaign)), ())).await?;
    let launches = store.launches().list("a", 9).await?;
    let told: Vec<_> =
        launches.iter().map(|kept| (kept.launch.due_us, kept.reason.as_deref(), kept.settled_us)).collect();
    assert_eq!(told, [(30, None, None), (20, Some("missed"), Some(40)), (10, Some("missed"), Some(40))]);
    assert_eq!(store.launches().next_due().await?, Some(30));
    let all = LaunchFilter { campaign: "a", ..LaunchFilter::default() };
    for (filter, total, expected) in [
        (all.clone(), 3, vec![30, 20, 10]),
        (LaunchFilter { campaign: "b", ..all.clone() }, 0, vec![]),
        (LaunchFilter { states: &["skipped"], ..all.clone() }, 2, vec![20, 10]),
        (LaunchFilter { since_us: Some(20), ..all.clone() }, 2, vec![30, 20]),
        (LaunchFilter { until_us: Some(19), ..all.clone() }, 1, vec![10]),
        (LaunchFilter { before: Some((40, 20, "launch_1")), ..all }, 3, vec![10]),
    ] {
        let found = store.launches().find(&filter, 9, 0).await?;
        let due: Vec<i64> = found.iter().map(|kept| kept.launch.due_us).collect();
        assert_eq!((store.launches().count(&filter).await?, due), (total, expected), "{filter:?}");
    }
    let page = store.launches().find(&LaunchFilter { campaign: "a", ..LaunchFilter::default() }, 1, 1).await?;
    assert_eq!(page.iter().map(|kept| kept.launch.due_us).collect::<Vec<_>>(), [20]);
    Ok(())
}

pub async fn launches_go_with_their_campaign(store: Store) -> anyhow::Result<()> {
    store.campaigns().advance("a", 1, |campaign, _| (Some(live(campaign, 1)), ())).await?;
    kept(store.launches().add(launch("launch_1", "at/10", SCHEDULE, 10), None, 2, |_| true).await?);
    let other = NewLaunch { campaign: "b".into(), ..launch("launch_2", "at/10", SCHEDULE, 10) };
    kept(store.launches().add(other, None, 2, |_| true).await?);
    store.campaigns().advance("a", 3, |_, _| (Some(CampaignChange::default()), ())).await?;
    assert_eq!((store.launches().list("a", 9).await?, store.launches().list("b", 9).await?.len()), (vec![], 1));
    let again = store.launches().add(launch("launch_3", "at/10", SCHEDULE, 10), None, 4, |_| true).await?;
    assert!(matches!(again, Kept::New(_)), "another campaign of the name is not the one before: {again:?}");
    Ok(())
}

pub async fn settled_launches_are_cleared(store: Store) -> anyhow::Result<()> {
    store.campaigns().advance("a", 1, |campaign, _| (Some(live(campaign, 1)), ())).await?;
    for (id, cause, at, outcome) in [
        ("launch_1", SIGNAL, 10, start("run_1", 10)),
        ("launch_2", "table", 20, Outcome::Skip("overlap")),
        ("launch_3", SIGNAL, 30, start("run_2", 30)),
        ("launch_4", SIGNAL, 40, Outcome::Skip("overlap")),
        ("launch_5", "table", 50, Outcome::Queue),
    ] {
        kept(store.launches().add(launch(id, id, cause, at), None, at, |_| true).await?);
        store.launches().settle(id, at, |_, _, _| (outcome, None)).await?;
    }
    let alert = NewAlert { campaign: "a".into(), launch: Some("launch_2".into()), ..NewAlert::default() };
    assert!(store.alerts().add(&alert).await?);
    for (before_us, limit, cleared) in [(10, 9, 0), (99, 1, 1), (99, 9, 2), (99, 9, 0)] {
        assert_eq!(store.launches().clear(before_us, limit).await?, cleared, "{before_us}");
    }
    let left: Vec<_> = store.launches().list("a", 9).await?.into_iter().map(|launch| launch.launch.id).collect();
    assert_eq!(left, ["launch_5", "launch_3"], "what waits and the last signal stay");
    assert_eq!(store.alerts().list(None, None, 9).await?, []);
    Ok(())
}

pub async fn a_new_version_changes_its_campaign_with_it(store: Store) -> anyhow::Result<()> {
    let write = |version: i64| DocumentWrite {
        kind: "campaign".into(),
        name: "a".into(),
        body: json!({"version": version}),
        expected_version: None,
    };
    let later = |campaign: &Campaign, version: &DocumentVersion| {
        let take_over = TakeOver { version: version.version, at_us: 10 * version.version };
        let mut row = campaign.clone();
        row.pinned_version = Some(1);
        row.take_overs.push(take_over);
        Some(CampaignChange { row: Some(row), ..CampaignChange::default() })
    };
    store.documents().apply_to_campaigns(vec![write(1)], 1, &later).await?;
    store.documents().apply_to_campaigns(vec![write(2)], 1, &later).await?;
    assert_eq!(store.campaigns().list().await?, [], "a draft has no life yet");
    store.campaigns().advance("a", 2, |campaign, _| (Some(live(campaign, 2)), ())).await?;
    for version in [3, 4, 4] {
        store.documents().apply_to_campaigns(vec![write(version)], 3, &later).await?;
    }
    let campaign = store.campaigns().get("a").await?;
    let take_overs = [TakeOver { version: 3, at_us: 30 }, TakeOver { version: 4, at_us: 40 }];
    assert_eq!((campaign.pinned_version, campaign.take_overs), (Some(1), take_overs.to_vec()));
    assert_eq!(store.campaigns().next_take_over().await?, Some(30));
    Ok(())
}

pub async fn signals_are_throttled_and_refused(store: Store) -> anyhow::Result<()> {
    let add = async |key: &str, now| {
        store
            .launches()
            .add(launch(&format!("launch_{key}"), key, SIGNAL, now), Some(60), now, |campaign| campaign.state == "live")
            .await
    };
    assert_eq!(add("1", 1).await?, Kept::Refused(Campaign::draft("a")));
    store.campaigns().advance("a", 1, |campaign, _| (Some(live(campaign, 1)), ())).await?;
    let first = kept(add("1", 100).await?);
    assert_eq!(add("2", 159).await?, Kept::Throttled { until_us: 160 });
    assert_eq!(add("1", 159).await?, Kept::Before(first), "a repetition is no second signal");
    kept(add("3", 160).await?);
    store.launches().settle("launch_3", 170, |_, _, _| (Outcome::Skip("overlap"), None)).await?;
    kept(add("4", 171).await?);
    Ok(())
}
