//! The open pixel of a mail.

use axum::extract::State;
use axum::http::header::{self, HeaderMap};
use axum::response::IntoResponse;

use crate::extract::Path;
use crate::state::ApiState;

/// A transparent GIF of one pixel.
const PIXEL: &[u8] = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff!\xf9\x04\x01\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;";

/// Records that a mail was opened. The pixel comes whatever the token is.
#[utoipa::path(get, path = "/t/o/{token}", params(("token" = String, Path)), responses((status = 200, content_type = "image/gif")))]
pub async fn handle(State(state): State<ApiState>, Path(token): Path<String>, headers: HeaderMap) -> impl IntoResponse {
    if let Err(error) = state.workspace.track_open(&token, user_agent(&headers)).await {
        tracing::warn!(error = &error as &dyn std::error::Error, "an open could not be recorded");
    }
    ([(header::CONTENT_TYPE, "image/gif"), (header::CACHE_CONTROL, "no-store, max-age=0")], PIXEL)
}

/// What the caller says it is.
pub(super) fn user_agent(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok())
}
