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
