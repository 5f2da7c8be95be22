//! The web app, built by `npm run build` in `web/` and put into the binary.

use std::fmt::Write as _;

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{self, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::response::{Html, IntoResponse, Response};
use rust_embed::{EmbeddedFile, RustEmbed};

use crate::error::Failure;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../../web/dist"]
#[allow_missing = true]
struct Built;

/// A file of the app; its page for every path that is no file, since the app has paths of its own.
pub(crate) async fn serve(request: Request) -> Response {
    let path = request.uri().path();
    if !matches!(*request.method(), Method::GET | Method::HEAD) || path.starts_with("/api/") {
        return Failure::not_found("operation", path).into_response();
    }
    let name = path.trim_start_matches('/');
    if let Some(file) = Built::get(name) {
        return answer(&request, name, file);
    }
    if name.starts_with("assets/") {
        return Failure::not_found("file", path).into_response();
    }
    match Built::get("index.html") {
        Some(page) => answer(&request, "index.html", page),
        None => (StatusCode::SERVICE_UNAVAILABLE, Html(NOT_BUILT)).into_response(),
    }
}

fn answer(request: &Request, name: &str, file: EmbeddedFile) -> Response {
    let mut tag = String::from("\"");
    for byte in &file.metadata.sha256_hash()[..12] {
        // Writing to a text cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    // Names of assets carry a hash of what is in them.
    let cache = if name.starts_with("assets/") { "public, max-age=31536000, immutable" } else { "no-cache" };
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let mut response = if known.is_some_and(|known| known.contains(&tag)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        Body::from(file.data).into_response()
    };
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type(name)));
    response
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "json" | "map" => "application/json",
        "txt" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

const NOT_BUILT: &str = r#"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Tutti</title><meta name="color-scheme" content="light dark">
<style>
  body { font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 15vh auto; padding: 0 1.5rem; }
  code, pre { background: rgba(127, 127, 127, .15); border-radius: 6px; padding: .15em .4em; }
  pre { padding: 1em; }
</style></head>
<body>
<h1>The web app is not built</h1>
<p>This server was compiled without it. The API works: see <a href="/api/v1/openapi.json">its description</a>.</p>
<p>To have the app, install Node.js 20.19 or newer, and in the repository:</p>
<pre>make run</pre>
</body>
</html>
"#;
