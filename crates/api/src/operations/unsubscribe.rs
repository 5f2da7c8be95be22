//! Unsubscribes, by the button of the page or by the mail program itself (RFC 8058).

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::HeaderMap;
use axum::response::Response;

use super::show_unsubscribe::page_of;
use super::track_open::user_agent;
use crate::error::Answer;
use crate::extract::Path;
use crate::state::ApiState;

/// Takes a person off a channel, for good; doing it twice is the same. Needs no session and no cookie.
#[utoipa::path(post, path = "/u/{token}", params(("token" = String, Path)), responses((status = 200, content_type = "text/html"), (status = 404)))]
pub async fn handle(State(state): State<ApiState>, Path(token): Path<String>, headers: HeaderMap) -> Answer<Response> {
    let known = state.workspace.unsubscribe(&token, user_agent(&headers)).await?;
    Ok(if known {
        page_of(StatusCode::OK, tutti_runner::unsubscribed_page())
    } else {
        page_of(StatusCode::NOT_FOUND, tutti_runner::invalid_link_page())
    })
}
