//! Campaigns that write into tables and call services, over HTTP.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::http::StatusCode;
use serde_json::{Value, json};
use tutti_api::schemas;
use tutti_testkit::http::{HttpSink, Received, Reply};

use crate::data::{apply, campaign, count, population, run};
use crate::world::World;

fn updating(more: Value) -> Value {
    let mut update = json!({"id": "write", "type": "update-data", "table": "people"});
    update.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    campaign(
        "updating",
        json!([{"id": "all", "type": "build-audience", "dimension": "people", "where": {"field": "tier", "operator": "!=", "value": "silver"}},
            update, {"id": "end", "type": "end"}]),
        &[("all", "write"), ("write", "end")],
    )
}

async fn people(world: &World) -> Vec<String> {
    let body = json!({"dimension": "people", "where": {}, "columns": ["name", "tier", "email"]});
    let rows: schemas::Rows = world.post("/api/v1/query/preview", &body).await.shape();
    let shown = |value: &Value| value.as_str().map_or_else(|| "-".to_owned(), str::to_owned);
    rows.rows.iter().map(|row| row.iter().map(shown).collect::<Vec<_>>().join("|")).collect()
}

async fn version(world: &World) -> i64 {
    let tables: Vec<schemas::Table> = world.get("/api/v1/tables").await.shape();
    tables.iter().find(|table| table.name == "people").unwrap().version
}

async fn written(world: &World, more: Value) -> Value {
    apply(world, &[updating(more)]).await;
    run(world, "updating", "live").await
}

#[tokio::test]
async fn rows_are_changed_and_changed_back() {
    let world = World::shop().await;
    let before = (people(&world).await, version(&world).await);
    let change = json!({"mode": "update", "set": {"tier": {"value": "silver"},
        "email": {"value": "none@shop.example", "when": "empty"}},
        "where": {"field": "name", "operator": "!=", "value": "Eve"}});
    apply(&world, &[updating(change.clone())]).await;
    let summary = run(&world, "updating", "test").await;
    assert_eq!((people(&world).await, version(&world).await), before, "a test writes nothing");
    assert!(population(&world, &summary, "write.rejects").await.is_empty());

    let summary = written(&world, change).await;
    assert_eq!(
        people(&world).await,
        [
            "p1|Ann|silver|ann@shop.example",
            "p2|Bob|silver|bob@shop.example",
            "p3|Cid|silver|none@shop.example",
            "p4|Dan|silver|dan@shop.example",
            "p5|Eve|none|eve@shop.example"
        ]
    );
    assert_eq!(population(&world, &summary, "write.out").await.len(), 4, "Eve goes on too");
    assert_eq!(version(&world).await, before.1 + 1, "all in one version");

    let restored = world.post("/api/v1/tables/people/restore", &json!({"version": before.1})).await;
    let restored: schemas::Restored = restored.shape();
    assert_eq!((restored.version, restored.rows_after), (before.1 + 2, 5));
    assert_eq!(people(&world).await, before.0);
    assert_eq!(
        world.post("/api/v1/tables/people/restore", &json!({"version": 99})).await.status,
        StatusCode::NOT_FOUND
    );
    assert_eq!(
        world.post("/api/v1/tables/tutti_messages_people/restore", &json!({"version": 0})).await.status,
        StatusCode::NOT_FOUND
    );
}

#[tokio::test]
async fn rows_are_made_removed_and_rejected() {
    let world = World::shop().await;
    // Each person gets a twin; the key is computed, and the enumeration refuses what it does not know.
    let twins = json!({"mode": "insert", "errors_allowed": 4, "set": {
        "person_id": {"expression": "concat(person_id, 'x')"}, "name": "name", "tier": {"expression": "concat(tier, 'en')"}}});
    let summary = written(&world, twins).await;
    let rejects = population(&world, &summary, "write.rejects").await;
    assert_eq!(rejects.len(), 4);
    assert!(rejects[0].starts_with("p1|tier|is not one of the column's values"), "{rejects:?}");
    assert!(rejects[0].ends_with("golden"), "{rejects:?}");
    assert!(population(&world, &summary, "write.out").await.is_empty());
    assert_eq!(count(&world, json!({})).await, 5);

    let twins =
        json!({"mode": "insert", "set": {"person_id": {"expression": "concat(person_id, 'x')"}, "name": "name"}});
    written(&world, twins.clone()).await;
    assert_eq!(count(&world, json!({})).await, 9);
    // Again: they are there, and all are refused, which stops the run, since none may be.
    let failed = world.run("updating", &json!({"mode": "live"})).await;
    assert_eq!(failed["state"], "paused", "{failed}");
    assert!(failed["error"]["message"].as_str().unwrap().contains("is stored already"), "{failed}");

    let gone = json!({"mode": "delete", "errors_allowed": 100,
        "set": {"person_id": {"expression": "replace(person_id, 'p1', 'p1x')"}}});
    let summary = written(&world, gone).await;
    // p1 removes p1x, every other row removes itself, and p1xx was never there.
    assert_eq!(population(&world, &summary, "write.rejects").await, ["p1x|-|there is no such row in `people`|-"]);
    assert_eq!(people(&world).await, ["p1|Ann|gold|ann@shop.example", "p2|Bob|silver|bob@shop.example"]);
}

fn calling(url: &str, more: Value) -> Value {
    let mut call = json!({"id": "call", "type": "http-call", "url": url, "columns": ["email", {"name": "who", "field": "name"}],
        "batch_rows": 2, "headers": {"Authorization": {"env": "SINK_TOKEN", "prefix": "Bearer "}, "X-Plain": "1"},
        "signature": {"secret_env": "SINK_KEY"},
        "answer": {"rows": "/scores", "columns": [{"name": "score", "pointer": "/value", "type": "integer"}]}});
    call.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    campaign(
        "calling",
        json!([{"id": "all", "type": "build-audience", "dimension": "people"}, call]),
        &[("all", "call")],
    )
}

/// Scores by the length of the name; the list is in the order of what was sent.
fn scores(request: &Received) -> Reply {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let score =
        |row: &Value| json!({"value": row["email"].as_str().map_or(-1, |email| i64::try_from(email.len()).unwrap())});
    let scores: Vec<Value> = body["rows"].as_array().unwrap().iter().map(score).collect();
    Reply::json(json!({"scores": scores}).to_string())
}

#[tokio::test]
async fn services_are_called_in_batches() {
    let world = World::shop().await;
    let sink = HttpSink::start(|_, request| scores(request)).await.unwrap();
    apply(&world, &[calling(&sink.url(), json!({}))]).await;
    let summary = run(&world, "calling", "test").await;
    assert!(sink.received().is_empty(), "a test calls nobody");
    assert_eq!(population(&world, &summary, "call.out").await[0], "p1|-");

    let summary = run(&world, "calling", "live").await;
    assert_eq!(population(&world, &summary, "call.out").await, ["p1|16", "p2|16", "p3|-1", "p4|16", "p5|16"]);
    let received = sink.received();
    assert_eq!(received.len(), 3);
    let first: Value = serde_json::from_slice(&received[0].body).unwrap();
    assert_eq!(first["rows"][1], json!({"email": "bob@shop.example", "who": "Bob"}));
    assert_eq!((first["campaign"].as_str(), first["batch"].as_u64()), (Some("calling"), Some(0)));
    assert_eq!((received[0].method.as_str(), received[0].header("x-plain")), ("POST", Some("1")));
    assert_eq!(received[0].header("authorization"), Some("Bearer t0ken"));
    let run_id = summary["run"].as_str().unwrap();
    assert_eq!(received[2].header("idempotency-key"), Some(format!("{run_id}/call/2").as_str()));
    assert!(received[0].header("x-tutti-timestamp").unwrap().parse::<i64>().unwrap() > 1_700_000_000);
    let signed = received[0].header("x-tutti-signature").unwrap();
    assert!(signed.starts_with("sha256=") && signed.len() == 71, "{signed}");
}

#[tokio::test]
async fn calls_that_fail_for_a_while_are_made_again() {
    let world = World::shop().await;
    let faults = Arc::new(AtomicUsize::new(0));
    let seen = Arc::clone(&faults);
    let sink = HttpSink::start(move |number, request| {
        let fault = match number {
            0 => Reply::status(503),
            1 => Reply::Drop,
            3 => Reply::Half,
            _ => return scores(request),
        };
        seen.fetch_add(1, Ordering::Relaxed);
        fault
    })
    .await
    .unwrap();
    apply(&world, &[calling(&sink.url(), json!({"batch_rows": 3}))]).await;
    let summary = run(&world, "calling", "live").await;
    assert_eq!(faults.load(Ordering::Relaxed), 3, "every fault has happened");
    assert_eq!(population(&world, &summary, "call.out").await, ["p1|16", "p2|16", "p3|-1", "p4|16", "p5|16"]);
    let keys: Vec<String> = sink
        .received()
        .iter()
        .map(|request| request.header("idempotency-key").unwrap().rsplit('/').next().unwrap().to_owned())
        .collect();
    assert_eq!(keys, ["0", "0", "0", "1", "1"]);
}

#[tokio::test]
async fn calls_that_are_refused_go_aside_or_stop_the_run() {
    let world = World::shop().await;
    let open = Arc::new(AtomicUsize::new(0));
    let gate = Arc::clone(&open);
    let sink = HttpSink::start(move |_, request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        if body["batch"] == 1 && gate.load(Ordering::Relaxed) == 0 { Reply::status(400) } else { scores(request) }
    })
    .await
    .unwrap();
    apply(&world, &[calling(&sink.url(), json!({"on_failure": "rejects"}))]).await;
    let summary = run(&world, "calling", "live").await;
    assert_eq!(population(&world, &summary, "call.out").await, ["p1|16", "p2|16", "p5|16"]);
    let rejects = population(&world, &summary, "call.rejects").await;
    assert_eq!(rejects.len(), 2);
    assert!(rejects[0].starts_with("p3|") && rejects[0].contains("answered 400: not now"), "{rejects:?}");

    // Without a way aside the run waits; then only what was not answered is sent.
    apply(&world, &[calling(&sink.url(), json!({}))]).await;
    let before = sink.received().len();
    let failed = world.run("calling", &json!({"mode": "live"})).await;
    assert_eq!((&failed["state"], &failed["error"]["code"]), (&json!("paused"), &json!("call_failed")), "{failed}");
    open.store(1, Ordering::Relaxed);
    let run_id = failed["run"].as_str().unwrap().to_owned();
    let resumed = world.resume(&run_id).await;
    assert_eq!(resumed["state"], "completed", "{resumed}");
    assert_eq!(population(&world, &resumed, "call.out").await.len(), 5);
    let batches: Vec<Value> = sink.received()[before..]
        .iter()
        .map(|request| serde_json::from_slice::<Value>(&request.body).unwrap()["batch"].clone())
        .collect();
    assert_eq!(batches, [json!(0), json!(1), json!(1), json!(2)]);
}

#[tokio::test]
async fn answers_are_read_by_key_and_from_summaries() {
    let world = World::shop().await;
    let sink = HttpSink::start(|_, request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        if let Some(count) = body["count"].as_u64() {
            return Reply::json(json!({"offer": {"code": format!("for-{count}"), "until": "2026-07-01"}}).to_string());
        }
        // Backwards, without p2, with one that was not asked for.
        let mut rows: Vec<Value> = body["rows"]
            .as_array()
            .unwrap()
            .iter()
            .rev()
            .filter(|row| row["person_id"] != "p2")
            .map(|row| json!({"id": row["person_id"], "n": "7"}))
            .collect();
        rows.push(json!({"id": "p99", "n": 1}));
        Reply::json(json!(rows).to_string())
    })
    .await
    .unwrap();
    let keyed = json!({"columns": ["person_id"], "batch_rows": 5,
        "answer": {"key": {"person_id": "/id"}, "columns": [{"name": "n", "pointer": "/n", "type": "integer"}]}});
    apply(&world, &[calling(&sink.url(), keyed)]).await;
    let summary = run(&world, "calling", "live").await;
    assert_eq!(population(&world, &summary, "call.out").await, ["p1|7", "p2|-", "p3|7", "p4|7", "p5|7"]);

    let whole = json!({"send": "summary", "answer": {"columns": [
        {"name": "code", "pointer": "/offer/code"}, {"name": "until", "pointer": "/offer/until", "type": "date"}]}});
    apply(&world, &[calling(&sink.url(), whole)]).await;
    let summary = run(&world, "calling", "live").await;
    assert_eq!(population(&world, &summary, "call.out").await[4], "p5|for-5|2026-07-01");
}
