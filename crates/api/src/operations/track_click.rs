//! The links of a mail.

use crate::pending::Pending as _;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{self, HeaderMap};
use axum::response::{IntoResponse, Response};

use crate::error::{Answer, Failure};
use crate::extract::Path;
use crate::state::ApiState;

/// Records a click and leads to the address that the mail was signed with, and to no other.
#[utoipa::path(get, path = "/t/c/{token}", params(("token" = String, Path)), responses((status = 302), (status = 404)))]
pub async fn handle(State(state): State<ApiState>, Path(token): Path<String>, headers: HeaderMap) -> Answer<Response> {
    let user_agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let Some(url) = state.workspace.track_click(&token, user_agent).await? else {
        return Err(Failure::new(StatusCode::NOT_FOUND, "unknown_link", "this link is not one of ours, or it was changed on its way"));
    };
    Ok((StatusCode::FOUND, [(header::LOCATION, url), (header::CACHE_CONTROL, "no-store".to_owned())]).into_response())
}
