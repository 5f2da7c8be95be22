//! Drafts of campaigns over HTTP.

use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tutti_api::schemas;

use crate::world::{Reply, World};

async fn put(world: &World, document: &Value, revision: i64, base_version: i64) -> Reply {
    let body = json!({"document": document, "revision": revision, "base_version": base_version});
    let request = Request::put("/api/v1/campaigns/hello/draft")
        .header("host", "localhost:8080")
        .header("content-type", "application/json");
    world.send(request.body(Body::from(body.to_string())).unwrap()).await
}

#[tokio::test]
async fn a_draft_may_be_wrong_until_it_becomes_a_version() {
    let world = World::shop().await;
    let path = "/api/v1/campaigns/hello/draft";
    let start: schemas::Draft = world.get(path).await.shape();
    assert_eq!((start.revision, start.base_version, start.version), (0, 1, 1));
    assert!(start.check.errors.is_empty() && !start.check.ports.is_empty() && !start.check.shapes.is_empty());

    let mut wrong = start.document.clone();
    wrong["label"] = json!("Half done");
    wrong["canvas"]["activities"].as_array_mut().unwrap().push(json!({"id": "more", "type": "email"}));
    let kept: schemas::Draft = put(&world, &wrong, 0, 1).await.shape();
    assert!(kept.revision > 0 && kept.check.errors.iter().any(|item| item.activity.as_deref() == Some("more")));
    let refused = world.post(&format!("{path}/apply"), &json!({"revision": kept.revision})).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("invalid")));
    let again: schemas::Draft = world.get(path).await.shape();
    assert_eq!((again.document, again.revision), (wrong, kept.revision), "it is still there");

    let mut right = start.document.clone();
    right["label"] = json!("Done");
    let kept: schemas::Draft = put(&world, &right, kept.revision, 1).await.shape();
    let applied: schemas::Draft =
        world.post(&format!("{path}/apply"), &json!({"revision": kept.revision})).await.shape();
    assert_eq!((applied.revision, applied.base_version, applied.version), (0, 2, 2));
    assert_eq!(world.get("/api/v1/campaigns/hello").await.json()["document"]["label"], "Done");
}

#[tokio::test]
async fn a_draft_is_told_of_and_rehearsed_before_it_is_a_version() {
    let world = World::shop().await;
    let path = "/api/v1/campaigns/hello/draft";
    let told = async || {
        let campaign: schemas::Campaign = world.get("/api/v1/campaigns/hello").await.shape();
        let listed: Vec<schemas::CampaignHead> = world.get("/api/v1/campaigns").await.shape();
        (campaign.draft, listed.iter().filter(|head| head.draft).map(|head| head.name.clone()).collect::<Vec<_>>())
    };
    let rehearse = async |body: Value| world.post("/api/v1/campaigns/hello/dry-run", &body).await;
    assert_eq!(told().await, (false, vec![]));
    let newest: schemas::DryRun = rehearse(json!({"draft": true})).await.shape();
    assert!(!newest.draft && newest.version == 1, "there is none, so that it is the newest version");

    let mut document = world.get(path).await.json()["document"].clone();
    let activities = document["canvas"]["activities"].as_array_mut().unwrap();
    let audience = activities.iter_mut().find(|activity| activity["id"] == "everyone").unwrap();
    audience["where"] = json!({"field": "person_id", "operator": "=", "value": "p1"});
    let kept: schemas::Draft = put(&world, &document, 0, 1).await.shape();
    assert_eq!(told().await, (true, vec!["hello".to_owned()]));
    let before: schemas::DryRun = rehearse(json!({})).await.shape();
    let with: schemas::DryRun = rehearse(json!({"draft": true})).await.shape();
    assert_eq!((before.draft, before.deliveries[0].targeted), (false, 4));
    assert_eq!((with.draft, with.version, with.deliveries[0].targeted), (true, 1, 1));

    document["canvas"]["activities"].as_array_mut().unwrap().push(json!({"id": "more", "type": "email"}));
    let wrong: schemas::Draft = put(&world, &document, kept.revision, 1).await.shape();
    let refused = rehearse(json!({"draft": true})).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text());
    assert!(wrong.revision > kept.revision && told().await.0);
    world.delete(path).await;
    assert_eq!(told().await, (false, vec![]));
}

#[tokio::test]
async fn other_writers_are_noticed() {
    let world = World::shop().await;
    let path = "/api/v1/campaigns/hello/draft";
    let mut document = world.get(path).await.json()["document"].clone();
    document["label"] = json!("Mine");
    let kept: schemas::Draft = put(&world, &document, 0, 1).await.shape();
    let late = put(&world, &document, 0, 1).await;
    assert_eq!((late.status, late.json()["code"].as_str()), (StatusCode::CONFLICT, Some("changed_elsewhere")));

    let mut theirs = document.clone();
    theirs["label"] = json!("Theirs");
    let files = json!({"files": [{"path": "x.json", "text": theirs.to_string()}]});
    assert!(world.post("/api/v1/documents/apply", &files).await.status.is_success());
    let apply = json!({"revision": kept.revision});
    let late = world.post(&format!("{path}/apply"), &apply).await;
    assert_eq!((late.status, late.json()["code"].as_str()), (StatusCode::CONFLICT, Some("changed_elsewhere")));

    assert_eq!(world.delete(path).await.status, StatusCode::NO_CONTENT);
    let fresh: schemas::Draft = world.get(path).await.shape();
    assert_eq!((fresh.revision, &fresh.document["label"], fresh.version), (0, &json!("Theirs"), 2));
}

#[tokio::test]
async fn a_draft_keeps_its_name() {
    let world = World::shop().await;
    let mut document = world.get("/api/v1/campaigns/hello/draft").await.json()["document"].clone();
    document["name"] = json!("other");
    let refused = put(&world, &document, 0, 1).await;
    assert_eq!((refused.status, refused.json()["code"].as_str()), (StatusCode::CONFLICT, Some("other_document")));
    assert_eq!(world.get("/api/v1/campaigns/nobody/draft").await.status, StatusCode::NOT_FOUND);
}
