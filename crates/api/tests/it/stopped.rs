//! A canvas with every kind of activity, run straight and stopped and resumed at every activity: the same rows go over
//! every transition, and every activity has said in its log what it did.

use std::collections::{BTreeMap, BTreeSet};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_testkit::http::{HttpSink, Reply};

use crate::data::{apply, campaign, population};
use crate::world::World;

const LINES: &str = "mail,score\neve@shop.example,7\nnobody@shop.example,1\nbob@shop.example,x\n";

fn activities(url: &str) -> Vec<Value> {
    vec![
        json!({"id": "all", "type": "build-audience", "dimension": "people", "when_empty": "continue"}),
        json!({"id": "fresh", "type": "incremental-query", "dimension": "people", "mode": "keys", "when_empty": "continue"}),
        json!({"id": "kept", "type": "read-audience", "audience": "kept", "when_empty": "continue"}),
        json!({"id": "lines", "type": "load-file", "path": "people.csv", "errors_allowed": 5,
            "columns": [{"name": "mail"}, {"name": "score", "type": "integer"}]}),
        json!({"id": "known", "type": "reconciliation", "dimension": "people", "on": {"mail": "email"}}),
        json!({"id": "both", "type": "combine", "operation": "union"}),
        json!({"id": "one", "type": "deduplication", "by": ["tier"], "keep": 2, "method": {"expression": "person_id"}, "complement": true}),
        json!({"id": "rich", "type": "enrichment", "add": [{"name": "shout", "expression": "upper(name)"}]}),
        json!({"id": "cut", "type": "split", "seed": "fixed", "complement": true, "subsets": [{"id": "a", "limit": {"percent": 50}}]}),
        json!({"id": "bought", "type": "change-dimension", "dimension": "purchases", "link": "purchases", "complement": true}),
        json!({"id": "save", "type": "save-audience", "audience": "saved", "columns": ["shout"]}),
        json!({"id": "file", "type": "extract-file", "path": "out.csv", "columns": ["person_id", "shout"]}),
        json!({"id": "write", "type": "update-data", "table": "people", "mode": "update", "set": {"name": {"expression": "upper(name)"}}}),
        json!({"id": "call", "type": "http-call", "url": url, "answer": {"columns": [{"name": "points", "pointer": "/points", "type": "integer"}]}}),
        json!({"id": "mail", "type": "email", "channel": "mail", "subject": "For {{ name }}", "html": "<p>{{ points }}</p>", "send": "auto"}),
        json!({"id": "ways", "type": "fork"}),
        json!({"id": "pause", "type": "wait", "duration": "1h"}),
        json!({"id": "join", "type": "and-join", "primary": "pause"}),
        json!({"id": "size", "type": "test", "conditions": [{"id": "some", "operator": ">", "value": 0}], "default": true}),
        json!({"id": "ask", "type": "approval", "message": "Go on?"}),
        json!({"id": "tell", "type": "alert", "title": "{{ rows }}", "message": "x"}),
        json!({"id": "done", "type": "end", "signals": [{"campaign": "follow_up"}]}),
    ]
}

const TRANSITIONS: [(&str, &str); 24] = [
    ("all", "both"),
    ("fresh", "both"),
    ("kept", "both"),
    ("lines", "known"),
    ("known", "both"),
    ("both", "one"),
    ("one", "rich"),
    ("rich", "cut"),
    ("cut.a", "save"),
    ("cut.complement", "bought"),
    ("bought", "end_bought"),
    ("save", "file"),
    ("file", "write"),
    ("write", "call"),
    ("call", "mail"),
    ("mail", "ways"),
    ("ways.slow", "pause"),
    ("ways.fast", "join"),
    ("pause", "join"),
    ("join", "size"),
    ("size.some", "ask"),
    ("ask.approved", "tell"),
    ("tell", "done"),
    ("size.default", "nobody"),
];

fn canvas(url: &str, stop: Option<&str>) -> Value {
    let mut activities = activities(url);
    for id in ["end_bought", "nobody"] {
        activities.push(json!({"id": id, "type": "end"}));
    }
    for activity in activities.iter_mut().filter(|activity| stop == activity["id"].as_str()) {
        activity["breakpoint"] = json!(true);
    }
    campaign("every", json!(activities), &TRANSITIONS)
}

fn state<'a>(summary: &'a Value, id: &str) -> &'a Value {
    summary["activities"].as_array().unwrap().iter().find(|activity| activity["id"] == id).unwrap()
}

/// Runs the canvas to its end, answering and resuming whatever it waits for; how often it was resumed is counted.
async fn finish(world: &World) -> (Value, usize) {
    let forgotten = world.delete("/api/v1/campaigns/every/marks/fresh").await;
    assert_eq!(forgotten.status, StatusCode::NO_CONTENT, "{}", forgotten.text());
    let started = world.post("/api/v1/campaigns/every/run", &json!({})).await;
    assert_eq!(started.status, StatusCode::CREATED, "{}", started.text());
    let run = started.json()["run"].as_str().unwrap().to_owned();
    let (mut resumed, mut waited) = (0, false);
    loop {
        let waits = |summary: &Value| state(summary, "pause")["waits_until"].is_string();
        let summary = world.wait(&run, |summary| summary["state"] != "running" || (!waited && waits(summary))).await;
        if summary["state"] == "completed" {
            return (summary, resumed);
        } else if !waited && waits(&summary) {
            waited = true;
            world.advance(3_700);
        } else if state(&summary, "ask")["hold"]["kind"] == "approval" {
            let answer = world.post(&format!("/api/v1/runs/{run}/activities/ask/approve"), &json!({})).await;
            assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
        } else {
            assert_eq!(summary["state"], "held", "{summary}");
            let resumes = world.post(&format!("/api/v1/runs/{run}/resume"), &json!({})).await;
            assert_eq!(resumes.status, StatusCode::NO_CONTENT, "{}", resumes.text());
            resumed += 1;
        }
    }
}

/// The rows on every transition, and what was written to the file.
async fn rows(world: &World, summary: &Value) -> BTreeMap<String, Vec<String>> {
    let mut all = BTreeMap::new();
    for transition in summary["transitions"].as_array().unwrap() {
        if transition["rows"].is_null() {
            continue;
        }
        let at = format!("{}.{}", transition["from"].as_str().unwrap(), transition["port"].as_str().unwrap());
        let found = population(world, summary, &at).await;
        all.insert(at, found);
    }
    let file = world.get("/api/v1/files/content?name=out.csv").await.text();
    all.insert("the file".to_owned(), file.lines().map(str::to_owned).collect());
    all
}

#[tokio::test]
async fn runs_that_stop_anywhere_end_the_same() {
    let world = World::shop().await;
    let sink = HttpSink::start(|_, request| {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        let rows = body["rows"].as_array().unwrap().len();
        Reply::json(json!((0..rows).map(|row| json!({"points": row})).collect::<Vec<_>>()).to_string())
    })
    .await
    .unwrap();
    world.apply(include_str!("targeting.yaml")).await;
    for (path, body) in [
        (
            "/api/v1/tables/purchases/import?format=csv",
            "purchase,person_id,item,price,bought\n1,p1,Tea,1.00,2026-01-01\n2,p5,Tea,1.00,2026-01-01\n",
        ),
        ("/api/v1/files?name=people.csv", LINES),
    ] {
        let sent =
            world.send(Request::post(path).header("host", "localhost:8080").body(Body::from(body)).unwrap()).await;
        assert!(sent.status.is_success(), "{}", sent.text());
    }
    let signalled = json!({"kind": "campaign", "name": "follow_up", "schedule": {"type": "signal"},
        "canvas": {"activities": [{"id": "all", "type": "build-audience", "dimension": "people"}]}});
    apply(&world, &[json!({"kind": "audience", "name": "kept", "dimension": "people"}), signalled]).await;
    world.change("follow_up", "publish").await;

    apply(&world, &[canvas(&sink.url(), None)]).await;
    let (straight, _) = finish(&world).await;
    let expected = rows(&world, &straight).await;
    assert!(expected["both.out"].len() == 5 && expected["mail.out"].len() > 1, "{expected:?}");
    every_activity_says_what_it_did(&straight);
    for activity in activities(&sink.url()) {
        let id = activity["id"].as_str().unwrap();
        apply(&world, &[canvas(&sink.url(), Some(id))]).await;
        let (summary, resumed) = finish(&world).await;
        assert_eq!(resumed, 1, "stopped at `{id}`");
        assert_eq!(rows(&world, &summary).await, expected, "stopped at `{id}`");
    }
}

fn every_activity_says_what_it_did(summary: &Value) {
    let kinds: BTreeSet<&str> = tutti_activities::registry::all().iter().map(|kind| kind.kind()).collect();
    let mut told = BTreeSet::new();
    for activity in summary["activities"].as_array().unwrap() {
        let note = activity["note"].as_str().unwrap_or_default();
        assert!(activity["state"] != "completed" || note.len() > 10, "{activity}");
        if activity["state"] == "completed" {
            told.insert(activity["type"].as_str().unwrap());
        }
    }
    assert_eq!(kinds.difference(&told).collect::<Vec<_>>(), Vec::<&&str>::new(), "kinds that the canvas does not run");
}
