//! Questions about rows while other things happen: campaigns with a zone, imports, editors that leave.

use std::time::{Duration, Instant};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tutti_api::schemas;

use crate::world::World;

/// How long anything may take.
const DEADLINE: Duration = Duration::from_secs(60);

const VISITS: &str = "
kind: table
name: visits
columns:
  - {name: id, type: string, required: true}
  - {name: at, type: timestamp}
  - {name: place, type: string}
primary_key: [id]
links:
  - {name: peers, to: visits, on: {place: place}, cardinality: one-to-many}
---
kind: dimension
name: visits
table: visits
identity: id
---
kind: campaign
name: evening
time_zone: America/New_York
variables: {place: Lyon, since: {type: date, value: 'now-1d'}}
canvas: {activities: [{id: all, type: build-audience, dimension: visits}, {id: done, type: end}], transitions: [{from: all, to: done}]}
";

async fn import(world: &World, query: &str, rows: String) -> StatusCode {
    let request = Request::post(format!("/api/v1/tables/visits/import{query}")).header("host", "localhost");
    world.send(request.body(Body::from(rows)).unwrap()).await.status
}

async fn count(world: &World, body: Value) -> Result<u64, String> {
    let reply = world.post("/api/v1/query/count", &body).await;
    reply.json()["count"].as_u64().ok_or_else(|| reply.text())
}

/// The clock of these tests is on 2026-06-01 at 8 in the morning in UTC.
#[tokio::test]
async fn rules_are_asked_in_the_zone_and_with_the_variables_of_their_campaign() {
    let world = World::empty().await;
    world.apply(VISITS).await;
    let rows = "id,at,place\na,2026-06-01T02:00:00Z,Lyon\nb,2026-06-01T05:00:00Z,Lyon\nc,2026-05-31T03:00:00Z,Nice\n";
    assert_eq!(import(&world, "?format=csv", rows.to_owned()).await, StatusCode::OK);
    let today = json!({"field": "at", "operator": ">=", "value": "now/d"});
    let asked = |more: Value| {
        let mut body = json!({"dimension": "visits", "where": today});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    // Midnight of New York is at 4 in UTC.
    assert_eq!(count(&world, asked(json!({}))).await, Ok(2));
    assert_eq!(count(&world, asked(json!({"time_zone": "America/New_York"}))).await, Ok(1));
    assert_eq!(count(&world, asked(json!({"campaign": "evening"}))).await, Ok(1));
    assert_eq!(count(&world, asked(json!({"campaign": "evening", "time_zone": "UTC"}))).await, Ok(2));

    let by_variables = json!({"combinator": "and", "rules": [
        {"field": "place", "operator": "=", "valueSource": "variable", "value": "place"},
        {"expression": "to_date(at) >= $since", "operator": "=", "value": true}]});
    let asked = |more: Value| {
        let mut body = json!({"dimension": "visits", "where": by_variables, "parts": true});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    assert_eq!(count(&world, asked(json!({"campaign": "evening"}))).await, Ok(2));
    let nice = json!({"place": {"type": "string", "value": "nice"}});
    assert_eq!(count(&world, asked(json!({"campaign": "evening", "variables": nice}))).await, Ok(0));
    let far = json!({"place": {"type": "string", "value": "nice"}, "since": {"type": "string", "value": "now-9d"}});
    assert_eq!(count(&world, asked(json!({"campaign": "evening", "variables": far}))).await, Ok(1));
    let alone = json!({"place": {"type": "string", "value": "nice"}, "since": {"type": "date", "value": "2026-05-30"}});
    assert_eq!(count(&world, asked(json!({"variables": alone}))).await, Ok(1));

    for (more, says) in [
        (json!({}), "variable"),
        (json!({"campaign": "evenings"}), "evening"),
        (json!({"time_zone": "Europe/Pari"}), "IANA"),
        (json!({"variables": {"since": {"type": "date", "value": "soon"}}}), "is not a date"),
        (json!({"campain": "evening"}), "campain"),
    ] {
        let refused = count(&world, asked(more.clone())).await.unwrap_err();
        assert!(refused.contains(says), "{more}: {refused}");
    }
    for path in ["preview", "explain", "check"] {
        let mut body = json!({"dimension": "visits", "where": by_variables, "campaign": "evening"});
        let reply = world.post(&format!("/api/v1/query/{path}"), &body).await;
        assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
        body["field"] = json!("place");
        if path == "explain" {
            body.as_object_mut().unwrap().remove("dialect");
            for path in ["distribution", "suggest"] {
                let reply = world.post(&format!("/api/v1/query/{path}"), &body).await;
                assert_eq!(reply.status, StatusCode::OK, "{path}: {}", reply.text());
            }
        }
    }
}

/// Every count is of one version, whole, of the table: that before an import or that after it.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn counts_are_of_one_version_while_imports_go_on() {
    const ROUNDS: usize = 12;
    let world = World::empty().await;
    world.apply(VISITS).await;
    // Each version has rows of one place only, and a number of them that tells which.
    let rows = |place: &str, number: usize| {
        let rows = (0..number).map(|row| format!("v{row},2026-06-01T00:00:00Z,{place}\n"));
        std::iter::once("id,at,place\n".to_owned()).chain(rows).collect::<String>()
    };
    let versions = [("Lyon", 1_500usize), ("Nice", 1_000)];
    assert_eq!(import(&world, "?format=csv", rows(versions[0].0, versions[0].1)).await, StatusCode::OK);
    let place = |name: &str| json!({"field": "place", "operator": "=", "value": name});
    let peers = json!({"field": "peers", "aggregate": {"function": "count"}, "operator": "=", "value": 1_000});
    let rule = json!({"combinator": "or", "rules": [place("lyon"), place("nice"), peers]});
    let importing = async {
        for round in 1..=ROUNDS {
            let (place, number) = versions[round % 2];
            assert_eq!(import(&world, "?format=csv&mode=replace", rows(place, number)).await, StatusCode::OK);
        }
    };
    let mut seen = std::collections::BTreeSet::new();
    tokio::pin!(importing);
    loop {
        let body = json!({"dimension": "visits", "where": rule, "parts": true});
        let asking = world.post("/api/v1/query/count", &body);
        tokio::pin!(asking);
        let (reply, over) = tokio::select! {
            reply = &mut asking => (reply, false),
            () = &mut importing => (asking.await, true),
        };
        let answer: schemas::Count = reply.shape();
        let parts: Vec<u64> = answer.parts.iter().map(|part| part.count).collect();
        let whole = [[1_500, 1_500, 0, 0], [1_000, 0, 1_000, 1_000]];
        assert!(whole.iter().any(|version| parts == version), "{parts:?}");
        seen.insert(answer.count);
        if over {
            break;
        }
    }
    assert_eq!(seen.len(), 2, "all counts were of one version: {seen:?}");
}

/// A question whose connection is closed ends, and holds nothing any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_question_ends_when_its_connection_does() {
    let world = World::empty().await;
    world.apply(VISITS).await;
    // Each row has all others as peers, so that theirs, and theirs again, are without end.
    let rows: String = (0..3_000).map(|row| format!("v{row},2026-06-01T00:00:00Z,Lyon\n")).collect();
    assert_eq!(import(&world, "?format=csv", format!("id,at,place\n{rows}")).await, StatusCode::OK);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let router = world.router.clone();
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });

    let rule = json!({"field": "peers.peers.peers", "aggregate": {"function": "countDistinct", "field": "at"}, "operator": ">", "value": 1});
    let body = json!({"dimension": "visits", "where": rule}).to_string();
    let request = format!(
        "POST /api/v1/query/count HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut connection = tokio::net::TcpStream::connect(address).await.unwrap();
    connection.write_all(request.as_bytes()).await.unwrap();
    let until = |wanted: &'static str, holds: &dyn Fn() -> bool| {
        let started = Instant::now();
        while !holds() {
            assert!(started.elapsed() < DEADLINE, "{wanted}");
            std::thread::yield_now();
        }
    };
    let under_way = || world.workspace.questions_running() == 1 && world.workspace.query_memory_bytes() > 0;
    tokio::task::block_in_place(|| until("the question is not under way", &under_way));
    drop(connection);
    let over = || world.workspace.questions_running() == 0 && world.workspace.query_memory_bytes() == 0;
    tokio::task::block_in_place(|| until("the question goes on", &over));
    let metrics = world.get("/metrics").await.text();
    assert!(metrics.contains("tutti_questions 0\n") && metrics.contains("tutti_query_memory_bytes 0\n"), "{metrics}");
    serving.abort();
}
