//! The page behind an unsubscribe link.

use crate::pending::Pending as _;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::error::{Answer, Failure};
use crate::extract::Path;
use crate::state::ApiState;

/// What the page may do: be drawn, and send its form here.
pub(super) const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Asks whether to unsubscribe. Looking at it changes nothing: mail scanners follow links.
#[utoipa::path(get, path = "/u/{token}", params(("token" = String, Path)), responses((status = 200, content_type = "text/html"), (status = 404)))]
pub async fn handle(State(state): State<ApiState>, Path(token): Path<String>) -> Answer<Response> {
    match state.workspace.unsubscribe_page(&token).await? {
        Some(page) => Ok(page_of(page)),
        None => Err(unknown()),
    }
}

pub(super) fn page_of(page: String) -> Response {
    let headers = [(header::CONTENT_SECURITY_POLICY, PAGE_POLICY), (header::CACHE_CONTROL, "no-store")];
    (headers, Html(page)).into_response()
}

pub(super) fn unknown() -> Failure {
    Failure::new(StatusCode::NOT_FOUND, "unknown_link", "this unsubscribe link is not one of ours, or it was changed on its way")
}
