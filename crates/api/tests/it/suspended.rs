//! Campaigns that are suspended and continued, and launches that begin nothing though they should.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::life::campaign;
use crate::world::World;

#[tokio::test]
async fn a_suspended_campaign_skips_its_launches_until_it_is_continued() {
    let world = World::shop().await;
    world.apply(&campaign("daily", "{type: daily, at: '09:00'}", "auto")).await;
    assert!(world.refused("daily", "suspend").await.contains("is draft and cannot be suspended"));
    assert_eq!(world.change("daily", "publish").await.state, "scheduled");
    assert!(world.refused("daily", "continue").await.contains("it is not suspended"));
    let head = world.change("daily", "suspend").await;
    assert_eq!(head.state, "suspended");
    assert_eq!(head.attention.as_deref(), Some("it is suspended, and its launches are skipped"));
    assert!(world.refused("daily", "suspend").await.contains("continue it"));
    assert_eq!(world.change("daily", "continue").await.state, "scheduled", "as it was before");

    world.at("2026-06-01T09:00:00Z").await;
    world.rest(&world.head("daily").await.last_run.unwrap().run).await;
    world.change("daily", "suspend").await;
    world.at("2026-06-02T09:00:00Z").await;
    world.at("2026-06-03T09:00:00Z").await;
    let suspended = "skipped (suspended)";
    assert_eq!(world.states("daily").await, ["started", suspended, suspended, "waiting"]);
    let schedule = world.get("/api/v1/campaigns/daily/schedule?next=1").await.json();
    assert_eq!(schedule["launches"], json!(["2026-06-04T09:00:00+00:00"]), "{schedule}");
    assert_eq!(schedule["warnings"][0]["code"], "suspended", "{schedule}");
    let calendar = world.get("/api/v1/calendar").await.json();
    let entries = calendar["entries"].as_array().unwrap();
    let entry = entries.iter().find(|entry| entry["what"] == "launch").unwrap();
    assert_eq!((&entry["campaign"], &entry["state"]), (&"daily".into(), &"suspended".into()), "{calendar}");

    // It is changed, and tried by hand.
    world.apply(&campaign("daily", "{type: daily, at: '10:00'}", "auto")).await;
    let run = world.run("daily", &json!({"mode": "live"})).await;
    assert_eq!((&run["state"], &run["version"]), (&"completed".into(), &json!(2)), "{run}");
    assert_eq!(world.head("daily").await.state, "suspended");
    let head = world.change("daily", "continue").await;
    assert_eq!((head.state.as_str(), head.attention), ("live", None));
    assert_eq!(head.next_launch_at.as_deref(), Some("2026-06-03T10:00:00Z"));
    world.at("2026-06-03T10:00:00Z").await;
    assert_eq!(world.states("daily").await, ["started", suspended, suspended, "started", "waiting"]);
    let audit: Vec<schemas::AuditLine> = world.get("/api/v1/audit?kind=campaign&name=daily").await.shape();
    let moves = audit.iter().filter(|line| ["suspend", "continue"].contains(&line.action.as_str()));
    let moves: Vec<&str> = moves.map(|line| line.detail.as_deref().unwrap()).collect();
    let expected = ["suspended to live", "live to suspended", "suspended to scheduled", "scheduled to suspended"];
    assert_eq!(moves, expected);
}

#[tokio::test]
async fn signals_to_a_suspended_campaign_are_skipped_and_one_that_runs_once_cannot_be_suspended() {
    let world = World::shop().await;
    world.apply(&campaign("call", "{type: signal}", "auto")).await;
    world.apply(&campaign("once", "{type: once, at: '2026-06-02T09:00'}", "auto")).await;
    world.change("call", "publish").await;
    world.change("once", "publish").await;
    assert!(world.refused("once", "suspend").await.contains("it runs once"));
    let bulk = json!({"campaigns": ["call", "once"], "action": "suspend"});
    let lines: Vec<schemas::BulkLine> = world.post("/api/v1/campaigns/bulk", &bulk).await.shape();
    let states: Vec<_> = lines.iter().map(|line| (line.done, line.state.as_deref())).collect();
    assert_eq!(states, [(true, Some("suspended")), (false, Some("scheduled"))]);
    let signal = world.post("/api/v1/campaigns/call/signal", &json!({"idempotency_key": "a"})).await;
    let answer: schemas::SignalAnswer = signal.shape();
    assert_eq!((answer.state.as_str(), answer.reason.as_deref()), ("skipped", Some("suspended")));
    let listed: Vec<schemas::CampaignHead> = world.get("/api/v1/campaigns?state=suspended").await.shape();
    assert_eq!(listed.iter().map(|head| head.name.as_str()).collect::<Vec<_>>(), ["call"]);
    assert_eq!(world.change("call", "close").await.state, "completed", "nothing of it goes on");
}

#[tokio::test]
async fn a_launch_that_is_wrong_says_why_until_the_next_one_starts() {
    let world = World::shop().await;
    let schedule = "{type: signal, parameters: [{name: city, type: string}]}";
    world.apply(&campaign("call", schedule, "hold").replace("type: signal,", "type: signal, overlap: queue,")).await;
    world.change("call", "publish").await;
    let path = "/api/v1/campaigns/call/signal";
    let signal = async |body: Value| world.post(path, &body).await.shape::<schemas::SignalAnswer>();
    let first = signal(json!({"variables": {"city": "Nice"}})).await.run.unwrap();
    world.rest(&first).await;
    assert_eq!(signal(json!({"variables": {"city": "Lyon"}})).await.state, "queued");
    // The next version takes other values than the one that waits has.
    let stricter =
        "{type: signal, overlap: queue, parameters: [{name: city, type: string}, {name: least, type: integer}]}";
    world.apply(&campaign("call", stricter, "hold")).await;
    world.post(&format!("/api/v1/runs/{first}/stop"), &json!({})).await;
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.states("call").await, ["started", "skipped (invalid)"]);
    let why = "the parameter `least` has no value";
    assert_eq!(world.launches("call").await[1].detail.as_deref(), Some(why));
    let attention = world.head("call").await.attention.unwrap();
    assert!(attention.starts_with("its launch of 2026-06-01T") && attention.ends_with(why), "{attention}");
    let listed: Vec<schemas::CampaignHead> = world.get("/api/v1/campaigns?attention=true").await.shape();
    assert_eq!(listed.iter().map(|head| head.name.as_str()).collect::<Vec<_>>(), ["call"]);
    let run = signal(json!({"variables": {"city": "Lyon", "least": 1}})).await.run.unwrap();
    world.rest(&run).await;
    let attention = world.head("call").await.attention.unwrap();
    assert_eq!(attention, format!("the run `{run}` waits for somebody"), "it has started since");
}

#[tokio::test]
async fn one_that_runs_once_and_missed_its_time_has_not_done_everything() {
    let world = World::shop().await;
    world.apply(&campaign("once", "{type: once, at: '2026-06-01T09:00', catch_up: none}", "auto")).await;
    world.change("once", "publish").await;
    world.at("2026-06-01T12:00:00Z").await;
    assert_eq!(world.states("once").await, ["skipped (missed)"]);
    let head = world.head("once").await;
    assert_eq!(head.state, "live", "it waits for somebody");
    let attention = head.attention.unwrap();
    assert!(attention.contains("its launch of 2026-06-01T09:00:00Z was skipped: nothing worked"), "{attention}");
    world.workspace.tick(true).await.unwrap();
    assert_eq!(world.head("once").await.state, "live");
    // Another time is planned, and met.
    world.apply(&campaign("once", "{type: once, at: '2026-06-01T13:00'}", "auto")).await;
    world.at("2026-06-01T13:00:00Z").await;
    world.campaign_is("once", "completed").await;
    assert_eq!(world.head("once").await.attention, None);
    assert_eq!(world.states("once").await, ["skipped (missed)", "started"]);
}

#[tokio::test]
async fn an_older_live_run_that_waits_is_told_of_behind_a_newer_test() {
    let world = World::shop().await;
    let held = world.run("held", &json!({"mode": "live"})).await;
    assert_eq!(held["state"], "held");
    world.run("held", &json!({"mode": "test"})).await;
    let head = world.head("held").await;
    assert_eq!(head.last_run.unwrap().mode, "test");
    let told = format!("the run `{}` waits for somebody", held["run"].as_str().unwrap());
    assert_eq!(head.attention.as_deref(), Some(told.as_str()));
    let one = world.change("held", "stop").await;
    assert_eq!((one.state.as_str(), one.attention), ("stopped", None));
}

#[tokio::test]
async fn a_second_run_beside_one_that_goes_is_warned_of_and_a_key_is_one_run() {
    let world = World::shop().await;
    let start = async |body: Value| world.post("/api/v1/campaigns/held/run", &body).await;
    let first = start(json!({"idempotency_key": "monday"})).await;
    assert_eq!(first.status, StatusCode::CREATED, "{}", first.text());
    assert!(!first.text().contains("another_run"), "it is alone: {}", first.text());
    let run = first.json()["run"].as_str().unwrap().to_owned();
    world.rest(&run).await;
    // What is wrong with a repetition does not matter any more.
    let again = start(json!({"idempotency_key": "monday", "variables": {"unknown": 1}})).await;
    assert_eq!((again.status, &again.json()["run"]), (StatusCode::OK, &json!(run)));
    let test = start(json!({"idempotency_key": "monday", "mode": "test"})).await;
    assert_eq!(test.status, StatusCode::CREATED, "a test is another run");
    assert!(!test.text().contains("another_run"), "{}", test.text());

    let second = start(json!({})).await;
    assert_eq!(second.status, StatusCode::CREATED, "{}", second.text());
    let warning = second.json()["warnings"][0].clone();
    assert_eq!(warning["code"], "another_run", "{warning}");
    assert!(warning["message"].as_str().unwrap().contains(&run), "{warning}");
    assert!(warning["hint"].as_str().unwrap().contains(&format!("tutti stop {run}")), "{warning}");
    let long = start(json!({"idempotency_key": "x".repeat(201)})).await;
    assert_eq!((long.status, &long.json()["code"]), (StatusCode::CONFLICT, &"bad_key".into()));
    let body = json!({"edited": true});
    let refused = world.post(&format!("/api/v1/runs/{run}/restart"), &body).await;
    assert_eq!((refused.status, &refused.json()["code"]), (StatusCode::CONFLICT, &"bad_value".into()));
    assert!(refused.json()["hint"].as_str().unwrap().contains("`from`"), "{}", refused.text());
}
