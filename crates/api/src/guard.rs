//! Who may call from a browser, and what a browser may do with an answer.

use axum::extract::{Request, State};
use axum::http::header::{self, HeaderMap, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use url::Url;

use crate::error::Failure;
use crate::state::{ApiState, HostPolicy};

/// The web app draws mails in frames of their own (`srcdoc`, sandboxed, without scripts), which inherit this policy and
/// narrow it further: what was caught loads nothing, what is being written loads its images.
const APP_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: https:; \
    font-src 'self' data:; connect-src 'self'; frame-src 'self' blob: data:; manifest-src 'self'; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'none'";

/// Refuses requests that a page of a stranger has sent, and adds the headers that keep a browser careful.
pub(crate) async fn check(State(state): State<ApiState>, request: Request, next: Next) -> Response {
    // Links in mails are signed and are opened from anywhere.
    let path = request.uri().path();
    let open = path.starts_with("/t/") || path.starts_with("/u/");
    let refused = if open { None } else { refusal(&state.hosts, &request) };
    let mut response = match refused {
        Some(failure) => failure.into_response(),
        None => {
            let mut request = request;
            request.extensions_mut().insert(state.metrics.clone());
            next.run(request).await
        }
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, APP_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), if open { "cross-origin" } else { "same-origin" }),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// What the API says is of the moment and nobody's to keep.
pub(crate) async fn api_headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    response.headers_mut().entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

fn refusal(policy: &HostPolicy, request: &Request) -> Option<Failure> {
    let host = host(request.headers()).or_else(|| request.uri().authority().map(ToString::to_string));
    let host = host.unwrap_or_default();
    if !allowed(policy, name_of(&host)) {
        let failure = Failure::new(
            StatusCode::MISDIRECTED_REQUEST,
            "unknown_host",
            format!("this server does not answer for `{host}`"),
        );
        return Some(failure.hint("a name that the server is to answer for is put into the setting `server.hosts`"));
    }
    if matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS) {
        return None;
    }
    let headers = request.headers();
    let text = |name: HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let foreign_site =
        text(HeaderName::from_static("sec-fetch-site")).is_some_and(|site| !matches!(site, "same-origin" | "none"));
    let foreign_origin = text(header::ORIGIN).is_some_and(|origin| !same(origin, &host));
    (foreign_site || foreign_origin).then(|| {
        Failure::new(StatusCode::FORBIDDEN, "foreign_origin", "a page of another site may not change anything here")
    })
}

fn host(headers: &HeaderMap) -> Option<String> {
    headers.get(header::HOST).and_then(|host| host.to_str().ok()).map(str::to_owned)
}

/// The host without its port.
fn name_of(host: &str) -> &str {
    if host.starts_with('[') {
        return host.find(']').map_or(host, |end| &host[..=end]);
    }
    host.split(':').next().unwrap_or(host)
}

fn allowed(policy: &HostPolicy, name: &str) -> bool {
    let loopback = ["localhost", "127.0.0.1", "[::1]"].iter().any(|own| name.eq_ignore_ascii_case(own));
    match policy {
        HostPolicy::Any => true,
        HostPolicy::Loopback => loopback,
        HostPolicy::LoopbackAnd { also } => loopback || also.iter().any(|other| name.eq_ignore_ascii_case(other)),
    }
}

/// Whether an `Origin` is the host that was asked. The scheme may differ: something in front may speak TLS.
fn same(origin: &str, host: &str) -> bool {
    let Ok(origin) = Url::parse(origin) else {
        return false;
    };
    let Some(name) = origin.host_str() else {
        return false;
    };
    let with_port = |port: u16| format!("{name}:{port}");
    host.eq_ignore_ascii_case(name) && origin.port().is_none()
        || origin.port_or_known_default().is_some_and(|port| host.eq_ignore_ascii_case(&with_port(port)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine_are_answered() {
        for (host, expected) in [
            ("localhost:8080", true),
            ("127.0.0.1", true),
            ("[::1]:8080", true),
            ("LOCALHOST", true),
            ("evil.example:8080", false),
            ("127.0.0.1.evil.example", false),
            ("", false),
        ] {
            assert_eq!(allowed(&HostPolicy::Loopback, name_of(host)), expected, "{host}");
        }
        let also = HostPolicy::LoopbackAnd { also: vec!["mail.shop.example".to_owned()] };
        assert!(allowed(&also, "mail.shop.example"));
    }

    #[test]
    fn an_origin_is_its_host_and_port() {
        for (origin, host, expected) in [
            ("http://localhost:8080", "localhost:8080", true),
            ("https://tutti.example", "tutti.example", true),
            ("http://localhost:9090", "localhost:8080", false),
            ("http://evil.example", "localhost:8080", false),
            ("null", "localhost:8080", false),
        ] {
            assert_eq!(same(origin, host), expected, "{origin} {host}");
        }
    }
}
