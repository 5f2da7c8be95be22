//! Numbers that have to agree however they are asked: beside a rule, in a run, and after things have changed.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::world::World;

async fn import(world: &World, rows: &'static str) {
    let request = Request::post("/api/v1/tables/people/import?format=csv").header("host", "localhost:8080");
    let imported = world.send(request.body(Body::from(rows)).unwrap()).await;
    assert_eq!(imported.status, StatusCode::OK, "{}", imported.text());
}

async fn count(world: &World, rule: &Value) -> i64 {
    let asked = json!({"dimension": "people", "where": rule});
    let count: schemas::Count = world.post("/api/v1/query/count", &asked).await.shape();
    i64::try_from(count.count).unwrap()
}

/// Who cannot be written to is counted and told apart, so that a count beside a rule promises nothing that is not sent.
#[tokio::test]
async fn a_count_is_who_is_targeted_and_that_is_who_is_excluded_and_who_is_sent_to() {
    let world = World::shop().await;
    let rule =
        json!({"combinator": "and", "rules": [{"field": "tier", "operator": "in", "value": ["gold", "silver"]}]});
    let counted = count(&world, &rule).await;
    let asked = json!({"dimension": "people", "where": rule, "limit": 10, "total": true});
    let shown: schemas::Rows = world.post("/api/v1/query/preview", &asked).await.shape();
    assert_eq!((shown.total, shown.rows.len() as i64), (u64::try_from(counted).ok(), counted));

    let dry: schemas::DryRun = world.post("/api/v1/campaigns/hello/dry-run", &json!({})).await.shape();
    let would = &dry.deliveries[0];
    assert_eq!(would.targeted, counted);
    assert_eq!(would.targeted, would.excluded + would.pending);
    assert!(would.excluded > 0 && would.pending > 0, "{would:?}");
    assert_eq!(would.exclusions.values().sum::<i64>(), would.excluded);

    let summary = world.run("hello", &json!({"mode": "live"})).await;
    let run = summary["run"].as_str().unwrap();
    let summary: schemas::RunSummary = world.get(&format!("/api/v1/runs/{run}")).await.shape();
    let did = &summary.deliveries[0];
    assert_eq!((did.targeted, did.excluded, did.sent), (would.targeted, would.excluded, would.pending));
    assert_eq!(did.exclusions, would.exclusions);
}

/// What was sent is not forgotten with the people, and rules over it stay complements.
#[tokio::test]
async fn what_was_sent_stays_true_after_people_are_deleted() {
    let world = World::shop().await;
    let summary = world.run("hello", &json!({"mode": "live"})).await;
    let run = summary["run"].as_str().unwrap();
    let figures = async || world.get(&format!("/api/v1/reports?run={run}")).await.json()["figures"].clone();
    let delivery = async || world.get(&format!("/api/v1/runs/{run}")).await.json()["deliveries"].clone();
    let before = (figures().await, delivery().await);
    let sent = json!({"combinator": "and", "rules": [
        {"field": "run", "operator": "=", "value": run}, {"field": "status", "operator": "=", "value": "sent"}]});
    let counts = async || {
        let of = |mode: &str| json!({"field": "tutti_messages", "match": {"mode": mode}, "value": sent});
        (count(&world, &of("some")).await, count(&world, &of("none")).await, count(&world, &json!({})).await)
    };
    // Ann and Bob were sent to.
    assert_eq!(counts().await, (2, 3, 5));
    import(&world, "person_id,_change_request_type\np1,d\np5,d\n").await;
    assert_eq!(counts().await, (1, 2, 3));
    assert_eq!((figures().await, delivery().await), before, "figures change with the people");
    let messages = json!({"field": "tutti_messages", "aggregate": {"function": "count"}, "where": sent, "operator": "=", "value": 1});
    assert_eq!(count(&world, &messages).await, 1);
    // Whoever comes back has what was sent to them.
    import(&world, "person_id,name\np1,Ann\n").await;
    assert_eq!(counts().await, (2, 2, 4));
}

/// Functions know where the server is, in rules that are asked and in those of runs.
#[tokio::test]
async fn the_address_of_the_server_is_known_to_rules_and_to_runs() {
    let world = World::shop().await;
    let rule = json!({"combinator": "and", "rules": [
        {"expression": "get_mirror_url()", "operator": "=", "value": "http://localhost:8080"},
        {"expression": "$tutti_public_url = GetMirrorURL()", "operator": "=", "value": true}]});
    let campaign = json!({"kind": "campaign", "name": "addressed", "canvas": {
        "activities": [
            {"id": "known", "type": "build-audience", "dimension": "people", "where": rule},
            {"id": "named", "type": "enrichment", "add": [{"name": "page", "expression": "get_mirror_url() || '/m'"}]},
            {"id": "done", "type": "end"}],
        "transitions": [{"from": "known", "to": "named"}, {"from": "named", "to": "done"}]}});
    world.apply(&campaign.to_string()).await;
    assert_eq!(count(&world, &rule).await, 5);
    let asked = json!({"dimension": "people", "where": rule, "campaign": "addressed"});
    let as_campaign: schemas::Count = world.post("/api/v1/query/count", &asked).await.shape();
    assert_eq!(as_campaign.count, 5);
    let summary = world.run("addressed", &json!({"mode": "live"})).await;
    assert_eq!(summary["state"], "completed", "{summary}");
    let run = summary["run"].as_str().unwrap();
    let rows: schemas::Rows = world.get(&format!("/api/v1/runs/{run}/populations/named")).await.shape();
    let page = rows.columns.iter().position(|column| column.name == "page").unwrap();
    assert_eq!(rows.rows.len(), 5);
    assert!(rows.rows.iter().all(|row| row[page] == "http://localhost:8080/m"), "{:?}", rows.rows);
}
