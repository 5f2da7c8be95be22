//! The description, and the list of operations.

use std::collections::BTreeSet;

use axum::http::StatusCode;

use crate::world::World;

/// What mails link to and machines ask: outside the described API.
const OUTSIDE: [&str; 7] =
    ["track_open", "track_click", "show_unsubscribe", "unsubscribe", "check_health", "check_readiness", "show_metrics"];

#[test]
fn every_operation_is_one_file_and_described() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/operations");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter_map(|name| name.strip_suffix(".rs").map(str::to_owned))
        .filter(|name| name != "mod")
        .collect();
    let described = serde_json::to_value(tutti_api::openapi()).unwrap();
    let mut known: BTreeSet<String> = OUTSIDE.iter().map(|name| (*name).to_owned()).collect();
    for (path, methods) in described["paths"].as_object().unwrap() {
        assert!(path.starts_with("/api/v1/"), "{path}");
        for (method, operation) in methods.as_object().unwrap() {
            let name = operation["operationId"].as_str().unwrap().to_owned();
            assert!(
                operation["description"].is_string() || operation["summary"].is_string(),
                "{method} {path} says nothing of itself"
            );
            assert!(known.insert(name.clone()), "`{name}` is there twice");
        }
    }
    assert_eq!(known, files);
}

#[test]
fn every_shape_that_is_named_is_described() {
    let text = serde_json::to_string(&tutti_api::openapi()).unwrap();
    let described = serde_json::to_value(tutti_api::openapi()).unwrap();
    for part in text.split("\"$ref\":\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(described["components"]["schemas"][name].is_object(), "`{name}` is named and not described");
    }
}

#[tokio::test]
async fn every_described_path_is_answered() {
    let world = World::empty().await;
    let described = world.get("/api/v1/openapi.json").await.json();
    for (path, methods) in described["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "7").replace(['{', '}'], "");
        for method in methods.as_object().unwrap().keys() {
            let request = axum::http::Request::builder()
                .method(method.to_uppercase().as_str())
                .uri(&path)
                .header("host", "localhost");
            let reply = world.send(request.body(axum::body::Body::empty()).unwrap()).await;
            assert_ne!(reply.status, StatusCode::METHOD_NOT_ALLOWED, "{method} {path}");
            let no_operation = reply.status == StatusCode::NOT_FOUND && reply.text().contains("there is no operation");
            assert!(!no_operation, "{method} {path}");
            assert!(!reply.status.is_server_error(), "{method} {path}: {}", reply.text());
        }
    }
}

#[tokio::test]
async fn health_and_metrics_answer() {
    let world = World::shop().await;
    assert_eq!(world.get("/healthz").await.text(), "ok\n");
    assert_eq!(world.get("/readyz").await.status, StatusCode::OK);
    let text = world.get("/metrics").await.text();
    assert!(text.contains("tutti_http_requests_total{operation=\"import_table\",status=\"200\"} 1"), "{text}");
    assert!(text.contains("# TYPE tutti_runs gauge"), "{text}");
}
