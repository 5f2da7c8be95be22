//! Tables and questions over HTTP.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::json;
use tutti_api::schemas;

use crate::world::{PEOPLE, World};

async fn import(world: &World, query: &str, body: &str) -> crate::world::Reply {
    let request = Request::post(format!("/api/v1/tables/people/import{query}")).header("host", "localhost");
    world.send(request.body(Body::from(body.to_owned())).unwrap()).await
}

#[tokio::test]
async fn rows_come_in_as_a_body() {
    let world = World::shop().await;
    let tables: Vec<schemas::Table> = world.get("/api/v1/tables").await.shape();
    let people = tables.iter().find(|table| table.name == "people").unwrap();
    assert_eq!((people.rows, people.builtin), (5, false));

    let report: schemas::ImportReport =
        import(&world, "?name=more.csv", "person_id,name\np1,Anna\np6,Fay\n").await.shape();
    assert_eq!((report.read, report.inserted, report.updated, report.rejected), (2, 1, 1, 0));

    let refused = import(&world, "?format=csv", "person_id,tier\np7,platinum\n").await;
    assert!(refused.status.is_client_error(), "{}: {}", refused.status, refused.text());
    let taken: schemas::ImportReport =
        import(&world, "?format=csv&max_rejects=1", "person_id,tier\np7,platinum\np8,gold\n").await.shape();
    assert_eq!((taken.inserted, taken.rejected), (1, 1));
}

#[tokio::test]
async fn several_uploads_become_one_version() {
    let world = World::shop().await;
    let mut named = Vec::new();
    for (name, text) in
        [("a.csv", "person_id,name\nq1,Ada\n"), ("b.jsonl", "{\"person_id\":\"q2\",\"name\":\"Bea\"}\n")]
    {
        let reply = world
            .send(Request::post("/api/v1/uploads").header("host", "localhost").body(Body::from(text)).unwrap())
            .await;
        assert_eq!(reply.status, StatusCode::CREATED);
        named.push(format!("{}:{name}", reply.json()["upload"].as_str().unwrap()));
    }
    let before: Vec<schemas::Table> = world.get("/api/v1/tables").await.shape();
    let version = before.iter().find(|table| table.name == "people").unwrap().version;
    let query = format!("?uploads={}", named.join(","));
    let report: schemas::ImportReport = import(&world, &query, "").await.shape();
    assert_eq!((report.inserted, report.version), (2, version + 1));
    assert_eq!(import(&world, &query, "").await.status, StatusCode::NOT_FOUND, "an upload is used once");
    assert_eq!(import(&world, "?uploads=up_../../state.db:x.csv", "").await.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn uploads_are_bounded() {
    let world = World::shop().await;
    let mut state = world.state.clone();
    state.limits.upload_bytes_max = 64;
    state.limits.body_bytes_max = 64;
    let mut small = World::empty().await;
    small.router = tutti_api::router(state);
    let reply = import(&small, "?format=csv", PEOPLE).await;
    assert_eq!((reply.status, reply.json()["code"].as_str()), (StatusCode::PAYLOAD_TOO_LARGE, Some("too_large")));
    let reply = small
        .post("/api/v1/query/count", &json!({"dimension": "people", "where": {}, "padding": "x".repeat(200)}))
        .await;
    assert_eq!(reply.status, StatusCode::PAYLOAD_TOO_LARGE, "{}", reply.text());
}

#[tokio::test]
async fn questions_are_answered() {
    let world = World::shop().await;
    let rule = json!({"field": "tier", "operator": "=", "value": "gold"});
    let count: schemas::Count =
        world.post("/api/v1/query/count", &json!({"dimension": "people", "where": rule})).await.shape();
    assert_eq!(count.count, 3);
    let body = json!({"dimension": "people", "where": rule, "columns": ["name"], "limit": 2});
    let rows: schemas::Rows = world.post("/api/v1/query/preview", &body).await.shape();
    assert_eq!(rows.rows.len(), 2);
    assert!(rows.columns.iter().any(|column| column.name == "name"));
    let body = json!({"dimension": "people", "where": {}, "columns": ["name"], "order": [{"by": "name", "order": "descending"}], "limit": 1, "offset": 1, "total": true});
    let rows: schemas::Rows = world.post("/api/v1/query/preview", &body).await.shape();
    assert_eq!((rows.rows.len(), rows.total), (1, Some(5)));
    let explained: schemas::Explanation =
        world.post("/api/v1/query/explain", &json!({"dimension": "people", "where": rule})).await.shape();
    assert!(!explained.words.is_empty() && !explained.plan.is_empty());

    assert_eq!(explained.cost.tables.len(), 1);
    let two = json!({"combinator": "or", "rules": [rule, {"field": "name", "operator": "null"}]});
    let count: schemas::Count = world
        .post("/api/v1/query/count", &json!({"dimension": "people", "where": two, "parts": true, "editor": "one"}))
        .await
        .shape();
    let parts: Vec<(&str, u64)> = count.parts.iter().map(|part| (part.pointer.as_str(), part.count)).collect();
    assert_eq!((count.count, parts[1]), (parts[0].1, ("/rules/0", 3)));
    assert_eq!(parts.len(), 3);
    let spread: schemas::Distribution = world
        .post("/api/v1/query/distribution", &json!({"dimension": "people", "field": "tier", "top": 1}))
        .await
        .shape();
    assert_eq!((spread.rows, spread.values[0].count, spread.values[0].share), (5, 3, 0.6));
    let found: schemas::Suggestions = world
        .post("/api/v1/query/suggest", &json!({"dimension": "people", "field": "tier", "prefix": "GO"}))
        .await
        .shape();
    assert_eq!(found.values[0].value, json!("gold"));
    let wrong = world.post("/api/v1/query/distribution", &json!({"dimension": "people", "field": "teir"})).await;
    assert_eq!((wrong.status, wrong.text().contains("tier")), (StatusCode::UNPROCESSABLE_ENTITY, true));
    let explain = json!({"dimension": "people", "where": rule, "dialect": "oracle"});
    assert_eq!(world.post("/api/v1/query/explain", &explain).await.status, StatusCode::NOT_FOUND);

    let wrong = world
        .post(
            "/api/v1/query/count",
            &json!({"dimension": "people", "where": {"field": "teir", "operator": "=", "value": 1}}),
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text().contains("tier"), "{}", wrong.text());
    let wrong = world.post("/api/v1/query/count", &json!({"dimension": "persons", "where": {}})).await;
    assert_eq!(wrong.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn counts_are_of_the_newest_rows() {
    let world = World::shop().await;
    let gold = json!({"dimension": "people", "where": {"field": "tier", "operator": "=", "value": "gold"}});
    for (rows, expected) in [("p9,Gil,gold\n", 4), ("p9,Gil,silver\n", 3), ("p1,Ann,silver\n", 2)] {
        let _: schemas::ImportReport =
            import(&world, "?format=csv", &format!("person_id,name,tier\n{rows}")).await.shape();
        let count: schemas::Count = world.post("/api/v1/query/count", &gold).await.shape();
        assert_eq!(count.count, expected, "{rows}");
    }
}
