//! Wall-clock times as instants. A time that a clock change skips is the first instant after the gap; one that it
//! repeats is the first of the two.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

/// The instant of a wall-clock time in a zone; `None` beyond the range of instants.
pub fn instant(time: DateTime, zone: &TimeZone) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_timestamp(time);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { .. } => {
            let before = ambiguous.earlier().ok()?;
            zone.following(before).next().map(|transition| transition.timestamp())
        }
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => ambiguous.earlier().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_repeats() {
        for (time, zone, expected) in [
            ("2026-03-29T02:30", "Europe/Paris", "2026-03-29T01:00:00Z"),
            ("2026-10-25T02:30", "Europe/Paris", "2026-10-25T00:30:00Z"),
            ("2026-06-01T09:00", "Europe/Paris", "2026-06-01T07:00:00Z"),
            ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
            ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00:00Z"),
            ("2026-06-01T09:00", "UTC", "2026-06-01T09:00:00Z"),
        ] {
            let instant = instant(time.parse().unwrap(), &TimeZone::get(zone).unwrap());
            assert_eq!(instant.unwrap().to_string(), expected, "{time} {zone}");
        }
    }
}
