//! Says that the process lives.

/// Answers as long as the process does.
#[utoipa::path(get, path = "/healthz", responses((status = 200, content_type = "text/plain")))]
pub async fn handle() -> &'static str {
    "ok\n"
}
