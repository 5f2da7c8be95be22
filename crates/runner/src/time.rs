//! Stored times as text.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// UTC microseconds as RFC 3339.
pub fn rfc3339(us: i64) -> String {
    Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// UTC microseconds as RFC 3339 by the clock of a zone, with its offset.
pub fn rfc3339_in(us: i64, zone: &TimeZone) -> String {
    if zone.iana_name() == Some("UTC") {
        return rfc3339(us);
    }
    let at = Timestamp::from_microsecond(us).unwrap_or(Timestamp::UNIX_EPOCH);
    at.display_with_offset(zone.to_offset(at)).to_string()
}
