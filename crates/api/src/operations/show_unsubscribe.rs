//! The page behind an unsubscribe link.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::extract::Path;
use crate::state::ApiState;

/// What the page may do: be drawn, and send its form here.
const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Asks whether to unsubscribe. Looking at it changes nothing: mail scanners follow links.
#[utoipa::path(get, path = "/u/{token}", params(("token" = String, Path)), responses((status = 200, content_type = "text/html"), (status = 404)))]
pub async fn handle(State(state): State<ApiState>, Path(token): Path<String>) -> Response {
    match state.workspace.unsubscribe_page(&token) {
        Some(page) => page_of(StatusCode::OK, page),
        None => page_of(StatusCode::NOT_FOUND, tutti_runner::invalid_link_page()),
    }
}

/// A page of its own, outside the app.
pub(super) fn page_of(status: StatusCode, page: String) -> Response {
    let headers = [(header::CONTENT_SECURITY_POLICY, PAGE_POLICY), (header::CACHE_CONTROL, "no-store")];
    (status, headers, Html(page)).into_response()
}
