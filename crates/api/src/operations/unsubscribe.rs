//! Unsubscribes, by the button of the page or by the mail program itself (RFC 8058).

use crate::pending::Pending as _;
use axum::extract::State;
use axum::response::Response;

use super::show_unsubscribe::{page_of, unknown};
use crate::error::Answer;
use crate::extract::Path;
use crate::state::ApiState;

/// Takes a person off a channel, for good; doing it twice is the same. Needs no session and no cookie.
#[utoipa::path(post, path = "/u/{token}", params(("token" = String, Path)), responses((status = 200, content_type = "text/html"), (status = 404)))]
pub async fn handle(State(state): State<ApiState>, Path(token): Path<String>) -> Answer<Response> {
    if state.workspace.unsubscribe(&token).await? { Ok(page_of(DONE.to_owned())) } else { Err(unknown()) }
}

const DONE: &str = r#"<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex"><title>Unsubscribed</title>
<style>body { font: 17px/1.6 system-ui, sans-serif; max-width: 30rem; margin: 18vh auto; padding: 0 1.5rem; text-align: center; }</style>
</head>
<body><h1>You are unsubscribed</h1><p>No more of these mails will come. You can close this page.</p></body>
</html>
"#;
