//! Documents over HTTP.

use axum::http::StatusCode;
use serde_json::json;
use tutti_api::schemas;

use crate::world::World;

fn files(text: &str) -> serde_json::Value {
    json!({"files": [{"path": "x.yaml", "text": text}]})
}

#[tokio::test]
async fn what_is_applied_reads_back() {
    let world = World::shop().await;
    let heads: Vec<schemas::DocumentHead> = world.get("/api/v1/documents/campaign").await.shape();
    assert_eq!(heads.iter().map(|head| head.name.as_str()).collect::<Vec<_>>(), ["held", "hello"]);
    let document = world.get("/api/v1/documents/campaign/hello").await.json();
    assert_eq!(
        (&document["kind"], &document["name"], &document["label"]),
        (&json!("campaign"), &json!("hello"), &json!("Say hello"))
    );

    let again = files(&document.to_string());
    let same: schemas::Changes = world.post("/api/v1/documents/apply", &again).await.shape();
    assert_eq!((same.changes[0].change.as_str(), same.changes[0].version), ("unchanged", 1));

    let mut changed = document.clone();
    changed["label"] = json!("Say good day");
    let changed = files(&changed.to_string());
    for path in ["/api/v1/documents/diff", "/api/v1/documents/apply?dry_run=true"] {
        let changes: schemas::Changes = world.post(path, &changed).await.shape();
        assert_eq!((changes.changes[0].change.as_str(), changes.changes[0].version), ("updated", 2), "{path}");
    }
    let applied: schemas::Changes = world.post("/api/v1/documents/apply", &changed).await.shape();
    assert_eq!(applied.changes[0].version, 2);
    assert_eq!(world.get("/api/v1/documents/campaign/hello").await.json()["label"], "Say good day");
    assert_eq!(world.get("/api/v1/documents/campaign/hello?version=1").await.json(), document);
}

#[tokio::test]
async fn problems_have_places_and_hints() {
    let world = World::shop().await;
    let text =
        "kind: table\nname: pets\ncolumns:\n  - {name: pet_id, type: string, labl: Pet}\nprimary_key: [pet_id]\n";
    let reply = world.post("/api/v1/documents/apply", &files(text)).await;
    assert_eq!(reply.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(reply.header("content-type"), "application/problem+json");
    let problem = reply.json();
    assert_eq!((&problem["code"], &problem["status"]), (&json!("invalid"), &json!(422)));
    let item = &problem["errors"][0];
    assert_eq!(
        (&item["file"], &item["line"], &item["severity"]),
        (&json!("x.yaml"), &json!(4), &json!("error")),
        "{problem}"
    );
    assert!(item["hint"].as_str().is_some_and(|hint| hint.contains("label")), "{problem}");
    assert_eq!(world.get("/api/v1/documents/table/pets").await.status, StatusCode::NOT_FOUND, "all or nothing");

    let validation = world.post("/api/v1/documents/validate", &files(text)).await;
    assert_eq!(validation.status, StatusCode::OK);
    assert_eq!(validation.json()["errors"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_others_need_is_not_deleted() {
    let world = World::shop().await;
    let refused = world.delete("/api/v1/documents/channel/mail").await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    assert_eq!(world.delete("/api/v1/documents/campaign/held").await.status, StatusCode::NO_CONTENT);
    let gone = world.delete("/api/v1/documents/campaign/held").await;
    assert_eq!((gone.status, gone.json()["code"].as_str()), (StatusCode::NOT_FOUND, Some("not_found")));
}

#[tokio::test]
async fn unknown_names_are_told_with_the_nearest() {
    let world = World::shop().await;
    for path in ["/api/v1/documents/campain", "/api/v1/documents/campaign/helo", "/api/v1/campaigns/helo"] {
        let reply = world.get(path).await;
        assert_eq!(reply.status, StatusCode::NOT_FOUND, "{path}");
        assert!(
            reply.json()["hint"].as_str().is_some_and(|hint| hint.contains("did you mean")),
            "{path}: {}",
            reply.text()
        );
    }
}

#[tokio::test]
async fn bodies_that_are_not_what_is_taken_are_refused() {
    let world = World::empty().await;
    for body in [json!({"file": []}), json!([]), json!({"files": [{"path": 1, "text": ""}]})] {
        let reply = world.post("/api/v1/documents/apply", &body).await;
        assert!(reply.status.is_client_error(), "{body}");
        assert_eq!(reply.header("content-type"), "application/problem+json", "{body}");
        assert_eq!(reply.json()["code"], "bad_request", "{body}");
        assert_ne!(reply.json()["errors"], json!([]), "{body}");
    }
    let reply = world.post("/api/v1/documents/apply", &json!({"file": [], "files": 3})).await;
    let errors = reply.json()["errors"].clone();
    let pointers: Vec<&str> = errors.as_array().unwrap().iter().filter_map(|item| item["pointer"].as_str()).collect();
    assert!(pointers.contains(&"/file") && pointers.contains(&"/files"), "{errors}");
}
