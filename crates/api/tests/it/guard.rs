//! Who may call, and what browsers are told.

use axum::body::Body;
use axum::http::{Request, StatusCode};

use crate::world::World;

#[tokio::test]
async fn strangers_names_and_pages_are_refused() {
    let world = World::empty().await;
    for (method, host, header, value, expected) in [
        ("GET", "localhost:8080", "accept", "*/*", StatusCode::OK),
        ("GET", "127.0.0.1:8080", "origin", "http://evil.example", StatusCode::OK),
        ("GET", "rebound.evil.example:8080", "accept", "*/*", StatusCode::MISDIRECTED_REQUEST),
        ("POST", "localhost:8080", "origin", "http://evil.example", StatusCode::FORBIDDEN),
        ("POST", "localhost:8080", "origin", "http://localhost:9999", StatusCode::FORBIDDEN),
        ("POST", "localhost:8080", "sec-fetch-site", "cross-site", StatusCode::FORBIDDEN),
        ("POST", "localhost:8080", "origin", "http://localhost:8080", StatusCode::METHOD_NOT_ALLOWED),
    ] {
        let request =
            Request::builder().method(method).uri("/api/v1/tables").header("host", host).header(header, value);
        let reply = world.send(request.body(Body::empty()).unwrap()).await;
        assert_eq!(reply.status, expected, "{method} {host} {header}: {value}");
    }
}

#[tokio::test]
async fn pages_may_load_nothing_from_elsewhere() {
    let world = World::empty().await;
    let page = world.get("/campaigns/any").await;
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    assert_eq!(page.header("x-content-type-options"), "nosniff");
    assert!(page.header("content-type").starts_with("text/html"), "paths of the app have its page");
    let api = world.get("/api/v1/tables").await;
    assert_eq!(api.header("cache-control"), "no-store");
}

#[tokio::test]
async fn what_is_not_there_is_said_as_a_problem() {
    let world = World::empty().await;
    for path in ["/api/v1/nothing", "/api/v2/tables", "/api/nothing"] {
        let reply = world.get(path).await;
        assert_eq!(
            (reply.status, reply.header("content-type")),
            (StatusCode::NOT_FOUND, "application/problem+json"),
            "{path}"
        );
    }
    assert_eq!(world.get("/assets/nothing.js").await.status, StatusCode::NOT_FOUND);
    let reply = world.delete("/api/v1/tables").await;
    assert_eq!(
        (reply.status, reply.json()["code"].as_str()),
        (StatusCode::METHOD_NOT_ALLOWED, Some("method_not_allowed"))
    );
}
