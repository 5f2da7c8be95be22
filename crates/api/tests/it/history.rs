//! What becomes of runs with time, and runs that files begin.

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::data::{apply, campaign, put};
use crate::world::World;

const DAY_S: u64 = 86_400;

#[tokio::test]
async fn history_goes_and_the_delivery_record_stays() {
    let world = World::shop().await;
    let summary = world.run("hello", &json!({})).await;
    let run = summary["run"].as_str().unwrap();
    let held = world.run("held", &json!({})).await;
    world.post(&format!("/api/v1/runs/{}/pause", held["run"].as_str().unwrap()), &json!({})).await;
    let ledger = |page: Value| (page["total"].clone(), page["counts"].clone(), page["rows"].clone());
    let before = ledger(world.get(&format!("/api/v1/runs/{run}/ledger")).await.json());
    world.advance(29 * DAY_S);
    world.workspace.tick(true).await.unwrap();
    assert!(world.get(&format!("/api/v1/runs/{run}/tasks")).await.status.is_success());
    world.advance(2 * DAY_S);
    world.workspace.tick(true).await.unwrap();
    let kept = world.get(&format!("/api/v1/runs/{run}")).await;
    let _: schemas::RunSummary = kept.shape();
    let kept = kept.json();
    assert!(kept["purged_at"].is_string(), "{kept}");
    for figures in ["transitions", "deliveries", "activities", "state", "variables"] {
        assert_eq!(kept[figures], summary[figures], "{figures}");
    }
    assert_eq!(ledger(world.get(&format!("/api/v1/runs/{run}/ledger")).await.json()), before);
    let asked = json!({"dimension": "people", "where": {"field": "tutti_messages", "match": {"mode": "some"},
        "value": {"field": "run", "operator": "=", "value": run}}});
    let messages = world.post("/api/v1/query/count", &asked).await.json();
    assert_eq!(messages["count"], 4, "rules can still ask who was written to: {messages}");
    for path in [
        format!("/api/v1/runs/{run}/tasks"),
        format!("/api/v1/runs/{run}/populations/everyone"),
        format!("/api/v1/runs/{run}/trace/p1"),
        format!("/api/v1/logs?run={run}"),
    ] {
        let gone = world.get(&path).await;
        assert_eq!((gone.status, &gone.json()["code"]), (StatusCode::CONFLICT, &json!("purged")), "{path}");
    }
    let again = world.post(&format!("/api/v1/runs/{run}/restart"), &json!({"from": "everyone"})).await;
    assert_eq!(again.json()["code"], "purged");

    // What is paused is kept, and told each week.
    let held = held["run"].as_str().unwrap();
    assert!(world.get(&format!("/api/v1/runs/{held}/populations/everyone")).await.status.is_success());
    let alerts: Vec<schemas::Alert> = world.get(&format!("/api/v1/alerts?run={held}")).await.shape();
    assert_eq!(
        alerts.iter().map(|alert| alert.title.as_str()).collect::<Vec<_>>(),
        ["a run of held is paused for 28 days"]
    );
    world.workspace.tick(true).await.unwrap();
    world.advance(7 * DAY_S);
    world.workspace.tick(true).await.unwrap();
    let alerts = world.get(&format!("/api/v1/alerts?run={held}")).await.json();
    assert_eq!(alerts.as_array().unwrap().len(), 2, "{alerts}");
    let before = world.get(&format!("/api/v1/alerts?run={held}&before={}", alerts[0]["seq"])).await.json();
    assert_eq!(before, json!([alerts[1]]), "the next page begins where this one ends");
}

#[tokio::test]
async fn records_are_forgotten_after_a_long_time() {
    let world = World::shop().await;
    let gold = json!({"field": "tier", "operator": "=", "value": "gold"});
    let steps = json!([
        {"id": "gold", "type": "build-audience", "dimension": "people", "where": gold},
        {"id": "mail", "type": "email", "channel": "mail", "subject": "Again", "html": "<p>Hi</p>", "send": "hold"}]);
    let mut document = campaign("called", steps, &[("gold", "mail")]);
    document["schedule"] = json!({"type": "signal", "overlap": "skip"});
    apply(&world, &[document]).await;
    world.post("/api/v1/campaigns/called/publish", &json!({})).await;
    let mut runs = Vec::new();
    for _ in 0..2 {
        let done = world.run("called", &json!({"confirm": true})).await;
        assert_eq!(done["state"], "completed", "{done}");
        runs.push(done["run"].as_str().unwrap().to_owned());
    }
    for _ in 0..2 {
        world.post("/api/v1/campaigns/called/signal", &json!({})).await;
        world.workspace.tick(true).await.unwrap();
    }
    let launched = world.get("/api/v1/campaigns/called/launches").await.json();
    let last = launched.as_array().unwrap().iter().find_map(|launch| launch["run"].as_str()).unwrap().to_owned();
    assert_eq!(world.rest(&last).await["state"], "held");
    world.post(&format!("/api/v1/runs/{last}/stop"), &json!({})).await;
    let folder = |run: &str| world.folder.path().join("data/runs").join(run);
    world.advance(40 * DAY_S);
    world.workspace.tick(true).await.unwrap();
    for run in &runs {
        assert!(folder(run).join("mail").exists() && !folder(run).join("gold").exists(), "the ledger alone stays");
        assert_eq!(world.get(&format!("/api/v1/runs/{run}/ledger")).await.json()["total"], 3);
    }
    world.advance(360 * DAY_S);
    world.workspace.tick(true).await.unwrap();
    let gone = world.get(&format!("/api/v1/runs/{}", runs[0])).await;
    assert_eq!((gone.status, folder(&runs[0]).exists()), (StatusCode::NOT_FOUND, false));
    for run in [&runs[1], &last] {
        let kept = world.get(&format!("/api/v1/runs/{run}")).await;
        assert!(kept.status.is_success(), "they say how the campaign stands: {}", kept.json());
    }
    assert_eq!(world.get("/api/v1/campaigns/called/launches").await.json().as_array().unwrap().len(), 1);
    let asked = json!({"dimension": "people", "where": {"field": "tutti_messages", "match": {"mode": "some"},
        "value": {"field": "run", "operator": "=", "value": runs[0]}}});
    assert_eq!(world.post("/api/v1/query/count", &asked).await.json()["count"], 3, "rules can ask for ever");
}

#[tokio::test]
async fn a_campaign_says_for_how_long() {
    let world = World::shop().await;
    let rule = json!({"field": "tier", "operator": "=", "value": "gold"});
    let gold = json!({"id": "gold", "type": "build-audience", "dimension": "people", "where": rule});
    let steps = json!([gold, {"id": "done", "type": "end"}]);
    let mut document = campaign("short", steps, &[("gold", "done")]);
    document["history"] = json!("2d");
    apply(&world, &[document.clone()]).await;
    let run = world.run("short", &json!({})).await["run"].as_str().unwrap().to_owned();
    let other = world.run("hello", &json!({"mode": "test"})).await["run"].as_str().unwrap().to_owned();
    world.advance(3 * DAY_S);
    world.workspace.tick(true).await.unwrap();
    assert!(world.get(&format!("/api/v1/runs/{run}")).await.json()["purged_at"].is_string());
    assert!(world.get(&format!("/api/v1/runs/{other}")).await.json()["purged_at"].is_null());
    document["history"] = json!("2h");
    let files = json!({"files": [{"path": "a.yaml", "text": document.to_string()}]});
    let refused = world.post("/api/v1/documents/apply", &files).await.json();
    assert_eq!(refused["errors"][0]["pointer"], "/history", "{refused}");
}

#[tokio::test]
async fn what_waits_for_long_is_kept_until_the_run_has_ended() {
    let world = World::shop().await;
    let gold = json!({"field": "tier", "operator": "=", "value": "gold"});
    let steps = json!([
        {"id": "gold", "type": "build-audience", "dimension": "people", "where": gold},
        {"id": "year", "type": "wait", "duration": "365d"},
        {"id": "mail", "type": "email", "channel": "mail", "subject": "Again", "html": "<p>Hi</p>", "send": "auto"}]);
    let mut document = campaign("yearly", steps, &[("gold", "year"), ("year", "mail")]);
    document["history"] = json!("2d");
    apply(&world, &[document]).await;
    let started = world.post("/api/v1/campaigns/yearly/run", &json!({})).await.json();
    let run = started["run"].as_str().unwrap();
    world.wait(run, |summary| summary["activities"].to_string().contains("waits_until")).await;
    let other = world.run("hello", &json!({})).await["run"].as_str().unwrap().to_owned();
    for _ in 0..12 {
        world.advance(30 * DAY_S);
        world.workspace.tick(true).await.unwrap();
    }
    assert!(world.get(&format!("/api/v1/runs/{other}")).await.json()["purged_at"].is_string());
    assert_eq!(world.get(&format!("/api/v1/runs/{run}/populations/gold")).await.json()["total"], 3);
    world.advance(6 * DAY_S);
    let done = world.wait(run, |summary| summary["state"] == "completed").await;
    let delivery = &done["deliveries"][0];
    assert_eq!((&delivery["targeted"], &delivery["sent"]), (&json!(3), &json!(1)), "{done}");
}

#[tokio::test]
async fn a_wait_and_the_pause_before_another_attempt_end_by_hand() {
    let world = World::shop().await;
    let gold = json!({"field": "tier", "operator": "=", "value": "gold"});
    let call = json!({"id": "call", "type": "http-call", "url": "http://127.0.0.1:9/", "timeout_s": 1,
        "on_error": {"retry": {"attempts": 2, "backoff": "1h", "backoff_max": "1h"}, "then": "abort"}});
    let steps = json!([
        {"id": "gold", "type": "build-audience", "dimension": "people", "where": gold},
        {"id": "pause", "type": "wait", "duration": "3d"}, call]);
    apply(&world, &[campaign("slow", steps, &[("gold", "pause"), ("pause", "call")])]).await;
    let started = world.post("/api/v1/campaigns/slow/run", &json!({})).await.json();
    let run = started["run"].as_str().unwrap();
    let of = |summary: &Value, id: &str| {
        let activities = summary["activities"].as_array().unwrap();
        activities.iter().find(|activity| activity["id"] == id).cloned().unwrap_or_default()
    };
    world.wait(run, |summary| of(summary, "pause")["waits_until"].is_string()).await;
    let go_on = async |activity: &str| {
        let path = format!("/api/v1/runs/{run}/activities/{activity}/go-on");
        world.post(&path, &json!({})).await
    };
    let refused = go_on("gold").await;
    assert_eq!((refused.status, refused.json()["code"].clone()), (StatusCode::CONFLICT, json!("not_waiting")));
    assert!(refused.text().contains("these wait for one: `pause`"), "{}", refused.text());
    assert_eq!(go_on("paus").await.status, StatusCode::NOT_FOUND);
    assert_eq!(go_on("pause").await.status, StatusCode::NO_CONTENT);
    let retries = world.wait(run, |summary| of(summary, "call")["waits_until"].is_string()).await;
    let note = of(&retries, "pause")["note"].as_str().unwrap().to_owned();
    assert!(note.starts_with("somebody let it go on before Thursday 2026-06-04"), "{note}");
    assert_eq!(of(&retries, "call")["attempts"], 1);
    assert_eq!(go_on("call").await.status, StatusCode::NO_CONTENT);
    let failed = world.rest(run).await;
    assert_eq!((&failed["state"], &of(&failed, "call")["attempts"]), (&json!("failed"), &json!(2)), "{failed}");
    assert_eq!(go_on("call").await.status, StatusCode::CONFLICT);
    let log = world.get(&format!("/api/v1/logs?run={run}&activity=pause")).await.text();
    assert!(log.contains("somebody let it go on before 2026-06-04T08:00:"), "{log}");
    let audit: Vec<schemas::AuditLine> = world.get("/api/v1/audit?kind=campaign&name=slow").await.shape();
    let told = audit.iter().filter(|line| line.action == "go_on");
    let told: Vec<&str> = told.filter_map(|line| line.detail.as_deref()).collect();
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(told[1].starts_with(&format!("`pause` of `{run}`, before 2026-06-04T08:00:")), "{told:?}");
}

#[tokio::test]
async fn each_file_signals_once() {
    let world = World::shop().await;
    let document = json!({"kind": "campaign", "name": "arrivals",
        "schedule": {"type": "signal", "on": {"file": "incoming/*.csv"}, "overlap": "queue"},
        "canvas": {"activities": [
            {"id": "lines", "type": "load-file", "path": "{{ variables.file }}", "columns": [{"name": "email"}]},
            {"id": "done", "type": "end"}], "transitions": [{"from": "lines", "to": "done"}]}});
    let put = async |name: &str, body: &'static str| {
        let reply = put(&world, &format!("/files?name={name}"), body).await;
        assert!(reply.status.is_success(), "{}", reply.text());
    };
    put("incoming/old.csv", "email\na\n").await;
    apply(&world, &[document]).await;
    world.post("/api/v1/campaigns/arrivals/publish", &json!({})).await;
    let look = async || {
        world.workspace.tick(true).await.unwrap();
        world.workspace.tick(true).await.unwrap();
        let runs: Vec<schemas::RunHead> = world.get("/api/v1/runs?campaign=arrivals").await.shape();
        let mut files = Vec::new();
        for run in runs {
            let summary = world.rest(&run.run).await;
            assert_eq!(summary["state"], "completed", "{summary}");
            files.push(format!(
                "{} {}",
                summary["variables"]["file"].as_str().unwrap(),
                summary["transitions"][0]["rows"]
            ));
        }
        files
    };
    assert_eq!(look().await, [""; 0], "what was there before is not new");
    put("incoming/new.csv", "email\na\nb\n").await;
    put("incoming/.hidden.csv", "email\n").await;
    put("outgoing/other.csv", "email\n").await;
    assert_eq!(look().await, ["incoming/new.csv 2"]);
    assert_eq!(look().await, ["incoming/new.csv 2"], "once");
    put("incoming/old.csv", "email\na\nb\nc\n").await;
    assert_eq!(look().await, ["incoming/old.csv 3", "incoming/new.csv 2"], "one that changed is new");
    let launches = world.get("/api/v1/campaigns/arrivals/launches").await.json();
    assert_eq!(launches[0]["cause"], "file", "{launches}");
    // A file that somebody writes into the folder himself is taken when it has stopped to grow.
    let path = world.workspace.file_path("incoming/growing.csv").unwrap();
    std::fs::write(&path, "email\na").unwrap();
    world.workspace.tick(true).await.unwrap();
    std::fs::write(&path, "email\na\nb\nc\nd\n").unwrap();
    world.workspace.tick(true).await.unwrap();
    let growing: Vec<schemas::RunHead> = world.get("/api/v1/runs?campaign=arrivals").await.shape();
    assert_eq!(growing.len(), 2, "it was another at each look");
    assert_eq!(look().await[0], "incoming/growing.csv 4");
}
