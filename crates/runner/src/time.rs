//! Stored times as text.

use jiff::Timestamp;

/// UTC microseconds as RFC 3339.
pub fn rfc3339(us: i64) -> String {
    Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}
