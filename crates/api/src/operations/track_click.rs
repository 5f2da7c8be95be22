//! The links of a mail.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use axum::response::{IntoResponse, Response};

use super::show_unsubscribe::page_of;
use super::track_open::user_agent;
use crate::error::Answer;
use crate::extract::Path;
use crate::state::ApiState;

/// Records a click and leads to the address that the mail was signed with, and to no other.
#[utoipa::path(get, path = "/t/c/{token}", params(("token" = String, Path)), responses((status = 302), (status = 404)))]
pub async fn handle(State(state): State<ApiState>, Path(token): Path<String>, headers: HeaderMap) -> Answer<Response> {
    let url = state.workspace.track_click(&token, user_agent(&headers)).await?;
    Ok(match url {
        Some(url) => (StatusCode::FOUND, [(header::LOCATION, url), (header::CACHE_CONTROL, "no-store".to_owned())]).into_response(),
        None => page_of(StatusCode::NOT_FOUND, tutti_runner::invalid_link_page()),
    })
}
