//! The way of one row through a whole run: over keys that change, people's answers, waits, and messages.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::world::World;

const PURCHASES: &str = "purchase,person_id,item,price,bought\n\
    1,p1,Tea,12.30,2026-01-01\n\
    2,p1,Cup,7.50,2026-02-01\n\
    3,p1,Pot,30.00,2025-01-01\n\
    4,p2,Tea,12.30,2026-01-01\n";

const LINES: &str = "mail,score\n\
    EVE@shop.example,7\n\
    nobody@shop.example,1\n\
    dan@shop.example,many\n\
    eve@shop.example,9\n";

async fn world() -> World {
    let world = World::shop().await;
    world.apply(include_str!("targeting.yaml")).await;
    world.apply(include_str!("tracing.yaml")).await;
    send(&world, Request::post("/api/v1/tables/purchases/import?format=csv"), PURCHASES).await;
    send(&world, Request::post("/api/v1/files?name=people.csv"), LINES).await;
    world
}

async fn send(world: &World, request: axum::http::request::Builder, body: &'static str) {
    let sent = world.send(request.header("host", "localhost:8080").body(Body::from(body)).unwrap()).await;
    assert!(sent.status.is_success(), "{}", sent.text());
}

async fn trace(world: &World, run: &str, key: &str) -> schemas::Trace {
    world.get(&format!("/api/v1/runs/{run}/trace/{key}")).await.shape()
}

/// The trace as lines: the activity, the ports, and a sentence.
fn told(trace: &schemas::Trace) -> String {
    let mut text = String::new();
    for reason in &trace.reasons {
        let there = if reason.present { "" } else { " (not taken)" };
        text.push_str(&format!("{}{there} -> {}\n", reason.activity, reason.left_by.join(" ")));
        for because in &reason.because {
            text.push_str(&format!("  {because}\n"));
        }
    }
    text
}

fn assert_told(trace: &schemas::Trace, parts: &[&str]) {
    let told = told(trace);
    for part in parts {
        assert!(told.contains(part), "{part:?} is not in\n{told}");
    }
}

async fn answer(world: &World, run: &str, verb: &str, body: Value) -> (StatusCode, Value) {
    let reply = world.post(&format!("/api/v1/runs/{run}/activities/ask/{verb}"), &body).await;
    (reply.status, serde_json::from_slice(&reply.bytes).unwrap_or_default())
}

fn hold(summary: &Value) -> &Value {
    &summary["activities"].as_array().unwrap().iter().find(|activity| activity["id"] == "ask").unwrap()["hold"]
}

#[tokio::test]
async fn a_row_is_followed_over_all_its_keys() {
    let world = world().await;
    let held = world.run("ways", &json!({})).await;
    assert_eq!(held["state"], "held", "{held}");
    let run = held["run"].as_str().unwrap();
    let eve = trace(&world, run, "p5").await;
    assert_eq!(eve.outcome, "it is at `ask` (held)");
    assert_told(&eve, &["ask -> \n  Write to 3?", "size -> some\n  `Enough` holds"]);

    approve_by_two(&world, run, &held).await;
    let is_waiting = |activity: &Value| activity["id"] == "pause" && activity["waits_until"].is_string();
    world.wait(run, |summary| summary["activities"].as_array().unwrap().iter().any(is_waiting)).await;
    let eve = trace(&world, run, "p5").await;
    assert_eq!(eve.outcome, "it is at `pause` (ready)");
    assert_told(&eve, &["pause -> \n  waits until Monday 2026-06-01 09:"]);
    world.advance(3_700);
    assert_eq!(world.rest(run).await["state"], "completed");

    // A purchase becomes its buyer, whose columns come from the dearest.
    let purchase = trace(&world, run, "3").await;
    assert_eq!(keys(&purchase), ["purchases 3", "people p1"]);
    assert_eq!(purchase.outcome, "its way ended at `done`");
    assert_told(
        &purchase,
        &[
            "bought -> out\n  passed: price is more than 8 (price: 30.00)",
            "buyers -> out\n  leads to `p1` of `people`, whose columns are from this one of the 2 rows of `purchases` there\n  \
             `3` of `purchases` goes on as `p1` of `people`",
            "both -> out\n  is in `buyers`\n  is not in `known`",
            "rich -> out\n  carries item: Pot, mail: nothing, score: nothing, spent: 49.80",
            "ask -> now\n  now by Ann, bob",
            "mail -> out\n  sent to ann@shop.example at ",
        ],
    );
    let other = trace(&world, run, "1").await;
    assert_told(&other, &["as number 2 of 2 rows of `purchases`; the columns there are those of `3`"]);

    // A buyer leads back to all purchases that led there.
    let ann = trace(&world, run, "p1").await;
    assert_eq!(keys(&ann), ["purchases 1", "purchases 3", "people p1"]);
    assert_told(&ann, &["bought -> out\n  `1`: passed: price is more than 8 (price: 12.30)"]);

    // Eve was found by the first of two lines; the second line has nobody left to be.
    let eve = trace(&world, run, "p5").await;
    assert_eq!(keys(&eve), [" 2", "people p5"]);
    assert_told(
        &eve,
        &[
            "lines -> out\n  read 4 lines of `people.csv`, 3 fit, 1 do not\n  carries mail: EVE@shop.example, score: 7",
            "known -> out\n  matches one row of `people`\n  is `p5`, like 1 row more, for which it stands",
            "  line 2 goes on as `p5` of `people`",
        ],
    );
    let second: schemas::Trace = world.get(&format!("/api/v1/runs/{run}/trace/5?dimension=file")).await.shape();
    assert_told(
        &second,
        &["known -> complement\n  matches one row of `people`\n  is `p5`, and so is `2`, which stands for it"],
    );
    let nobody: schemas::Trace = world.get(&format!("/api/v1/runs/{run}/trace/3?dimension=file")).await.shape();
    assert_told(&nobody, &["known -> complement\n  matches no row of `people`"]);
    assert_eq!(nobody.outcome, "its way ended at `strangers`");
    let rejected: schemas::Trace = world.get(&format!("/api/v1/runs/{run}/trace/4?dimension=file")).await.shape();
    assert_told(&rejected, &["lines -> rejects", "was rejected: ", "(`score`: many)"]);
}

async fn approve_by_two(world: &World, run: &str, held: &Value) {
    assert_eq!((&hold(held)["choices"], &hold(held)["needed"]), (&json!(["now", "later"]), &json!(2)));
    for (verb, body, code) in [
        ("approve", json!({"by": "ann"}), "unknown_answer"),
        ("reject", json!({"by": "ann"}), "unknown_answer"),
        ("approve", json!({"answer": "now"}), "not_named"),
    ] {
        let (status, refused) = answer(world, run, verb, body).await;
        assert_eq!((status, &refused["code"]), (StatusCode::CONFLICT, &json!(code)), "{refused}");
    }
    // Who answers twice is one person, whose last word counts.
    for body in [
        json!({"by": "ann", "answer": "later"}),
        json!({"by": "Ann", "answer": "now", "comment": "well"}),
        json!({"by": "eve", "answer": "later"}),
    ] {
        assert_eq!(answer(world, run, "approve", body).await.0, StatusCode::NO_CONTENT);
        let summary = world.rest(run).await;
        assert_eq!(summary["state"], "held", "{summary}");
    }
    let votes = hold(&world.rest(run).await)["votes"].clone();
    let votes: Vec<Value> = votes.as_array().unwrap().iter().map(|vote| json!([vote["by"], vote["answer"]])).collect();
    assert_eq!(votes, [json!(["Ann", "now"]), json!(["eve", "later"])]);
    let _: schemas::RunSummary = world.get(&format!("/api/v1/runs/{run}")).await.shape();
    assert_eq!(answer(world, run, "approve", json!({"by": "bob", "answer": "now"})).await.0, StatusCode::NO_CONTENT);
}

fn keys(trace: &schemas::Trace) -> Vec<String> {
    trace.rows.iter().map(|row| format!("{} {}", row.dimension, row.key)).collect()
}

#[tokio::test]
async fn who_was_never_there_is_told_why() {
    let world = world().await;
    let held = world.run("ways", &json!({})).await;
    let run = held["run"].as_str().unwrap();
    let cup: schemas::Trace = world.get(&format!("/api/v1/runs/{run}/trace/2?dimension=purchases")).await.shape();
    assert_eq!(cup.outcome, "it was never in this run");
    assert_told(&cup, &["bought (not taken) -> \n  failed: price is more than 8 (price: 7.50)"]);
    let nobody = trace(&world, run, "77").await;
    assert_told(&nobody, &["`purchases` had no row with the key `77`"]);
    let unknown = world.get(&format!("/api/v1/runs/{run}/trace/2?dimension=poeple")).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    assert!(unknown.text().contains("did you mean `people`?"), "{}", unknown.text());
}
