//! From the wall clock to instants.

use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};
use jiff::{SignedDuration, Timestamp};

/// The instant for which a wall-clock time stands: the first instant after the gap for one that a clock change skips,
/// the first of the two for one that it repeats. A later time never stands for an earlier instant.
pub(super) fn of(zone: &TimeZone, wall: DateTime) -> Option<Timestamp> {
    match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wall).ok(),
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(wall).ok(),
        AmbiguousOffset::Gap { before, after } => {
            // By the old offset the skipped time comes after the change, by less than the length of the gap.
            let beyond = before.to_timestamp(wall).ok()?;
            let gap = SignedDuration::from_secs(i64::from(after.seconds() - before.seconds()));
            let earliest = beyond.checked_sub(gap).ok()?;
            let next = beyond.checked_add(SignedDuration::from_nanos(1)).ok()?;
            zone.preceding(next).map(|change| change.timestamp()).take_while(|change| *change > earliest).last()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_end_and_repeats_happen_once() {
        for (zone, wall, expected) in [
            ("Europe/Paris", "2026-03-29T01:59:59", "2026-03-29T00:59:59Z"),
            ("Europe/Paris", "2026-03-29T02:00", "2026-03-29T01:00:00Z"),
            ("Europe/Paris", "2026-03-29T02:59:59", "2026-03-29T01:00:00Z"),
            ("Europe/Paris", "2026-03-29T03:00", "2026-03-29T01:00:00Z"),
            ("Europe/Paris", "2026-10-25T02:30", "2026-10-25T00:30:00Z"),
            ("Europe/Paris", "2026-10-25T03:00", "2026-10-25T02:00:00Z"),
            ("America/New_York", "2039-03-13T02:30", "2039-03-13T07:00:00Z"),
            ("America/New_York", "2039-11-06T01:30", "2039-11-06T05:30:00Z"),
            // Half an hour.
            ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30:00Z"),
            ("Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45:00Z"),
            // At midnight.
            ("America/Sao_Paulo", "2018-11-04T00:30", "2018-11-04T03:00:00Z"),
            // A whole day.
            ("Pacific/Apia", "2011-12-30T09:00", "2011-12-30T10:00:00Z"),
            ("Pacific/Apia", "2011-12-31T00:00", "2011-12-30T10:00:00Z"),
            ("Asia/Kolkata", "2026-03-29T02:30", "2026-03-28T21:00:00Z"),
            ("UTC", "2026-03-29T02:30", "2026-03-29T02:30:00Z"),
        ] {
            let found = of(&TimeZone::get(zone).unwrap(), wall.parse().unwrap());
            assert_eq!(found, Some(expected.parse().unwrap()), "{zone} {wall}");
        }
    }
}
