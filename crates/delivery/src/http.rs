//! Calls of services over HTTP. It connects to no address of this machine or of a private network unless that is
//! allowed, follows no redirect, and takes no more of an answer than it is allowed to.

use async_recursion::async_recursion as boxed;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use futures::StreamExt;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::{HeaderName, HeaderValue};
use reqwest::{Client, Method, Url};
use sha2::Sha256;

/// How long a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// The largest answer that is read.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Answers that may be another in a while: request timeout, too early, too many requests.
const FOR_A_WHILE: [u16; 3] = [408, 425, 429];

/// The most of an answer that an error tells.
const TOLD_CHARS: usize = 200;

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("`{0}` is not an address that can be called")]
    Address(String),
    #[error("`{host}` is at {address}, an address of this machine or of a private network")]
    Private { host: String, address: IpAddr },
    #[error("the host `{host}` was not found")]
    Unknown {
        host: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the header `{0}` cannot be sent")]
    Header(String),
    #[error("the service could not be reached")]
    Unreachable(#[source] reqwest::Error),
    #[error("the service answered {status}: {told}")]
    Refused { status: u16, told: String, retry_after: Option<Duration> },
    #[error("the answer of the service is larger than {ANSWER_BYTES_MAX} bytes")]
    TooLarge,
}

impl Error {
    /// Whether the same call may succeed later.
    pub fn retry(&self) -> bool {
        match self {
            Self::Unknown { .. } | Self::Unreachable(_) => true,
            Self::Refused { status, .. } => *status >= 500 || FOR_A_WHILE.contains(status),
            _ => false,
        }
    }

    /// How long the service asked to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused { retry_after, .. } => *retry_after,
            _ => None,
        }
    }
}

/// One service, to be called as often as needed. Its host was looked up once: no later answer of a name server leads
/// calls elsewhere.
#[derive(Clone, Debug)]
pub struct Service {
    client: Client,
    url: Url,
    method: Method,
}

impl Service {
    /// Looks the service up.
    ///
    /// # Errors
    /// When the address cannot be used, or is private and `private_addresses` is false.
    #[boxed]
    pub async fn open(url: &str, method: &str, timeout: Duration, private_addresses: bool) -> Result<Self, Error> {
        let bad = || Error::Address(url.to_owned());
        let parsed = Url::parse(url).map_err(|_| bad())?;
        if !matches!(parsed.scheme(), "http" | "https") {
            return Err(bad());
        }
        let host = parsed.host_str().ok_or_else(bad)?.to_owned();
        let port = parsed.port_or_known_default().ok_or_else(bad)?;
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        let found = tokio::net::lookup_host((bare, port)).await;
        let found: Vec<SocketAddr> = found.map_err(|source| Error::Unknown { host: host.clone(), source })?.collect();
        if let Some(address) = found.iter().map(SocketAddr::ip).find(|ip| !private_addresses && is_private(*ip)) {
            return Err(Error::Private { host, address });
        }
        let client = Client::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(timeout)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .resolve_to_addrs(bare, &found)
            .user_agent(concat!("tutti/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(Error::Unreachable)?;
        let method = method.parse().map_err(|_| bad())?;
        Ok(Self { client, url: parsed, method })
    }

    /// Calls the service with a JSON body and answers the body of its answer.
    ///
    /// # Errors
    /// When it cannot be reached or answers anything but a success.
    #[boxed]
    pub async fn call(&self, headers: &[(String, String)], body: Vec<u8>) -> Result<Vec<u8>, Error> {
        let mut request = self.client.request(self.method.clone(), self.url.clone());
        request = request.header("content-type", "application/json").header("accept", "application/json");
        for (name, value) in headers {
            let bad = || Error::Header(name.clone());
            let header: HeaderName = name.parse().map_err(|_| bad())?;
            let mut value: HeaderValue = value.parse().map_err(|_| bad())?;
            value.set_sensitive(true);
            request = request.header(header, value);
        }
        let response = request.body(body).send().await.map_err(Error::Unreachable)?;
        let status = response.status();
        let retry_after = response.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let mut bytes = Vec::new();
        let mut stream = response.bytes_stream();
        while let Some(part) = stream.next().await {
            bytes.extend_from_slice(&part.map_err(Error::Unreachable)?);
            if bytes.len() > ANSWER_BYTES_MAX {
                return Err(Error::TooLarge);
            }
        }
        if status.is_success() {
            return Ok(bytes);
        }
        let told = String::from_utf8_lossy(&bytes).trim().chars().take(TOLD_CHARS).collect();
        Err(Error::Refused { status: status.as_u16(), told, retry_after: retry_after.map(Duration::from_secs) })
    }
}

/// The signature of a call: `sha256=` and the HMAC-SHA256 of the time, a point and the body, in hexadecimal digits.
pub fn signature(key: &[u8], timestamp_s: i64, body: &[u8]) -> String {
    // An HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key) else { return String::new() };
    mac.update(timestamp_s.to_string().as_bytes());
    mac.update(b".");
    mac.update(body);
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    format!("sha256={digits}")
}

/// Whether an address is of this machine, of a private network, or of none that a service could be at.
fn is_private(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            ip.is_loopback()
                || ip.is_private()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast()
                || ip.is_multicast()
                || ip.is_documentation()
                || first == 0
                || (first == 100 && (64..128).contains(&second))
                || (first == 198 && (18..20).contains(&second))
                || first >= 240
        }
        IpAddr::V6(ip) => {
            let first = ip.segments()[0];
            // An IPv4 address in another writing.
            if let Some(inner) = ip.to_ipv4_mapped() {
                return is_private(IpAddr::V4(inner));
            }
            // 64:ff9b::/96 leads to IPv4 addresses through a translator.
            let translated = first == 0x64 && ip.segments()[1] == 0xff9b;
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_multicast()
                || (first & 0xfe00) == 0xfc00
                || (first & 0xffc0) == 0xfe80
                || translated
                || ip.to_ipv4().is_some_and(|inner| is_private(IpAddr::V4(inner)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_addresses_are_known() {
        for (address, private) in [
            ("127.0.0.1", true),
            ("10.1.2.3", true),
            ("172.16.0.1", true),
            ("192.168.1.1", true),
            ("169.254.169.254", true),
            ("100.64.0.1", true),
            ("0.0.0.0", true),
            ("255.255.255.255", true),
            ("8.8.8.8", false),
            ("172.32.0.1", false),
            ("::1", true),
            ("fe80::1", true),
            ("fd00::1", true),
            ("::ffff:10.0.0.1", true),
            ("::ffff:8.8.8.8", false),
            ("64:ff9b::a00:1", true),
            ("2606:4700::1111", false),
        ] {
            assert_eq!(is_private(address.parse().unwrap()), private, "{address}");
        }
    }

    /// By `printf '1700000000.{"a":1}' | openssl dgst -sha256 -hmac key`.
    #[test]
    fn signatures_are_those_of_others() {
        let signed = signature(b"key", 1_700_000_000, b"{\"a\":1}");
        assert_eq!(signed, "sha256=a438e398bfafc57e4396bb7fc2304422f0f768e965d073ca313cb52e22e6ad03");
    }

    #[tokio::test]
    async fn private_services_are_refused() {
        let refused = Service::open("http://127.0.0.1:9/", "POST", Duration::from_secs(1), false).await;
        assert!(matches!(refused, Err(Error::Private { .. })), "{refused:?}");
        for url in ["ftp://x.example/", "nonsense", "http://"] {
            assert!(matches!(Service::open(url, "POST", Duration::from_secs(1), true).await, Err(Error::Address(_))));
        }
    }
}
