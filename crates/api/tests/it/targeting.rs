//! Targeting through whole runs: marks, why a row went where it went, lists in mails.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::world::World;

const DOCUMENTS: &str = include_str!("targeting.yaml");

const PURCHASES: &str = "purchase,person_id,item,price,bought\n\
    1,p1,Tea,12.30,2026-01-01\n\
    2,p1,Cup & saucer,7.50,2026-02-01\n\
    3,p1,Pot,30.00,2025-01-01\n\
    4,p2,Tea,12.30,2026-01-01\n";

async fn world() -> World {
    let world = World::shop().await;
    let applied =
        world.post("/api/v1/documents/apply", &json!({"files": [{"path": "targeting.yaml", "text": DOCUMENTS}]})).await;
    assert_eq!(applied.status, StatusCode::OK, "{}", applied.text());
    import(&world, "purchases", PURCHASES).await;
    world
}

async fn import(world: &World, table: &str, rows: &'static str) {
    let request = Request::post(format!("/api/v1/tables/{table}/import?format=csv")).header("host", "localhost:8080");
    let imported = world.send(request.body(Body::from(rows)).unwrap()).await;
    assert_eq!(imported.status, StatusCode::OK, "{}", imported.text());
}

/// The number of rows that left an activity by a port.
fn rows(summary: &Value, activity: &str, port: &str) -> i64 {
    assert_eq!(summary["state"], "completed", "{summary}");
    let transitions = summary["transitions"].as_array().unwrap();
    let found = transitions.iter().find(|transition| transition["from"] == activity && transition["port"] == port);
    found.unwrap_or_else(|| panic!("no `{activity}.{port}` in {summary}"))["rows"].as_i64().unwrap()
}

#[tokio::test]
async fn marks_move_when_live_runs_have_passed() {
    let world = world().await;
    let marks = async || -> Vec<schemas::Mark> { world.get("/api/v1/campaigns/newcomers/marks").await.shape() };
    let marks_at = async |at: &str| world.post("/api/v1/campaigns/newcomers/marks/fresh", &json!({"at": at})).await;
    assert_eq!(rows(&world.run("newcomers", &json!({"mode": "test"})).await, "fresh", "out"), 5);
    assert!(marks().await.iter().all(|mark| mark.moved_at.is_none()), "a test moves nothing");

    let first = world.run("newcomers", &json!({})).await;
    assert_eq!((rows(&first, "fresh", "out"), rows(&first, "bought", "out")), (5, 4));
    let found = marks().await;
    let fresh = found.iter().find(|mark| mark.activity == "fresh").unwrap();
    assert_eq!((fresh.keys[0].rows, fresh.run.as_deref()), (5, first["run"].as_str()));
    let bought = found.iter().find(|mark| mark.activity == "bought").unwrap();
    assert_eq!(bought.latest.as_deref(), Some("2026-02-01T00:00:00Z"));

    let second = world.run("newcomers", &json!({})).await;
    assert_eq!((rows(&second, "fresh", "out"), rows(&second, "bought", "out")), (0, 0));
    import(&world, "people", "person_id,email,name,tier,consent\np6,fay@shop.example,Fay,gold,true\n").await;
    import(&world, "purchases", "purchase,person_id,item,price,bought\n5,p6,Tea,1.00,2026-03-01\n").await;
    let third = world.run("newcomers", &json!({})).await;
    assert_eq!((rows(&third, "fresh", "out"), rows(&third, "bought", "out")), (1, 1));

    // Back to before the first run, everything is new; forgotten, too.
    assert_eq!(marks_at("2026-01-01").await.status, StatusCode::NO_CONTENT);
    assert_eq!(rows(&world.run("newcomers", &json!({})).await, "fresh", "out"), 6);
    assert_eq!(world.delete("/api/v1/campaigns/newcomers/marks/fresh").await.status, StatusCode::NO_CONTENT);
    assert_eq!(rows(&world.run("newcomers", &json!({"mode": "test"})).await, "fresh", "out"), 6);
    assert_eq!(world.post("/api/v1/campaigns/newcomers/marks/bought", &json!({"at": "2025-06-01"})).await.status, 204);
    assert_eq!(rows(&world.run("newcomers", &json!({"mode": "test"})).await, "bought", "out"), 4);
    assert!(marks_at("whenever").await.status.is_client_error());
    let unknown = world.post("/api/v1/campaigns/newcomers/marks/done", &json!({"at": "2026-01-01"})).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND, "{}", unknown.text());
}

#[tokio::test]
async fn a_trace_tells_why() {
    let world = world().await;
    let summary = world.run("reasons", &json!({})).await;
    assert_eq!(summary["state"], "completed", "{summary}");
    let run = summary["run"].as_str().unwrap();
    let because = async |key: &str| -> String {
        let trace: schemas::Trace = world.get(&format!("/api/v1/runs/{run}/trace/{key}")).await.shape();
        let lines = trace
            .reasons
            .iter()
            .flat_map(|reason| reason.because.iter().map(|because| format!("{}: {because}\n", reason.activity)));
        lines.collect()
    };
    let ann = because("p1").await;
    for part in [
        "wanted: passed: tier is one of \"gold\", \"none\" (tier: gold)",
        "wanted: passed: there are at most 3 purchases (count over purchases: 3)",
        "known: is in `wanted`",
        "one: kept of 3 rows with tier: gold; `p1` comes first",
    ] {
        assert!(ann.contains(part), "{part:?} is not in\n{ann}");
    }
    let dan = because("p4").await;
    assert!(dan.contains("one: dropped as a duplicate: of 3 rows with tier: gold, `p1` comes first"), "{dan}");
    let eve = because("p5").await;
    assert!(
        eve.contains("halves: left over by the limit of `a`: number 2, and 1 are taken\nhalves: no subset took it"),
        "{eve}"
    );
    let bob = because("p2").await;
    assert!(bob.contains("wanted: failed: tier is one of \"gold\", \"none\" (tier: silver)"), "{bob}");
    assert!(!bob.lines().any(|line| line.starts_with("one:")), "{bob}");
}

#[tokio::test]
async fn mails_loop_over_collected_rows() {
    let world = world().await;
    let dry: schemas::DryRun = world.post("/api/v1/campaigns/receipts/dry-run", &json!({})).await.shape();
    let ann = dry.samples.iter().find(|sample| sample.key == "p1").unwrap();
    assert_eq!(ann.subject, "Cup & saucer and 3 more, 49.80 in all");
    assert!(ann.html.contains("<li>Cup &amp; saucer 7.50</li><li>Tea 12.30</li></ul>"), "{}", ann.html);
    let live = world.run("receipts", &json!({})).await;
    assert_eq!(live["deliveries"][0]["sent"], 2, "{live}");
}
