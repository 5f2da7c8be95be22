//! What becomes of planned times that have come: which are launched, and which were missed while nothing worked.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tutti_model::calendar::Calendars;
use tutti_model::schedule::{CatchUp, Schedule};

use super::{Launch, launches};

/// A launch that is later than this was missed.
pub const LATE_SECONDS_MAX: i64 = 60;

/// The most missed launches that `catch_up: all` makes up for: the newest.
pub const MADE_UP_MAX: usize = 100;

/// The most planned times that are looked at after a downtime: the newest. Nothing is kept of those before.
pub const COME_MAX: usize = 1_000;

/// Whether a launch that was due then was missed.
pub fn is_missed(due: Timestamp, now: Timestamp) -> bool {
    now.duration_since(due) > SignedDuration::from_secs(LATE_SECONDS_MAX)
}

/// The launches after `after` that are due by `now`, jitter included, the oldest first; at most the newest
/// [`COME_MAX`].
pub fn come_since(
    schedule: &Schedule,
    zone: &TimeZone,
    calendars: &Calendars,
    campaign: &str,
    after: Timestamp,
    now: Timestamp,
) -> Vec<Launch> {
    let mut come = newest(schedule, zone, calendars, after, now, COME_MAX);
    // A launch starts before the next one is planned, so that what is not due yet comes last.
    come.retain(|launch| launch.due(campaign) <= now);
    come
}

/// How many of the planned times that have come (`due`, the oldest first) are left out for good, by the schedule's
/// `catch_up`: the first ones, because those that follow are newer.
///
/// Times that were not missed are launched. Of those that were: with `last` the newest, unless one that was not missed
/// follows it, with `all` the newest [`MADE_UP_MAX`], with `none` none.
pub fn left_out(catch_up: CatchUp, due: &[Timestamp], now: Timestamp) -> usize {
    let missed = due.iter().take_while(|due| is_missed(**due, now)).count();
    let made_up = match catch_up {
        CatchUp::None => 0,
        CatchUp::Last => usize::from(missed == due.len()),
        CatchUp::All => MADE_UP_MAX,
    };
    missed.saturating_sub(made_up)
}

/// The newest `count` launches after `since` that are not later than `until`. Looks back further and further, so that
/// a long time with many launches costs no more than a short one.
fn newest(
    schedule: &Schedule,
    zone: &TimeZone,
    calendars: &Calendars,
    since: Timestamp,
    until: Timestamp,
    count: usize,
) -> Vec<Launch> {
    let mut seconds: i64 = 3600;
    loop {
        let from = until.checked_sub(SignedDuration::from_secs(seconds)).unwrap_or(since).max(since);
        let mut found: Vec<Launch> =
            launches(schedule, zone, calendars, from).take_while(|launch| launch.at <= until).collect();
        if found.len() >= count || from <= since {
            return found.split_off(found.len().saturating_sub(count));
        }
        seconds = seconds.saturating_mul(4);
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::Time;
    use tutti_model::schedule::{Days, Times, When};

    use super::*;

    fn every(seconds: i64) -> Schedule {
        let times = Times::Every { seconds, first: Time::midnight(), last: None };
        Schedule::new(When::SeveralTimesADay { times, days: Days::Every })
    }

    fn come(schedule: &Schedule, after: &str, now: &str) -> Vec<Launch> {
        let (after, now) = (after.parse().unwrap(), now.parse().unwrap());
        come_since(schedule, &TimeZone::UTC, &Calendars::default(), "campaign", after, now)
    }

    #[test]
    fn times_on_time_are_launched_whatever_was_missed() {
        use CatchUp::{All, Last, None};
        for (catch_up, now, count, expected) in [
            // 17:28 is 70 s late, 17:29 10 s.
            (None, "2026-12-01T17:29:10Z", 2, 1),
            (Last, "2026-12-01T17:29:10Z", 2, 1),
            (All, "2026-12-01T17:29:10Z", 2, 0),
            (None, "2026-12-01T17:29:00Z", 2, 0),
            (None, "2026-12-01T17:28:20Z", 1, 0),
            (None, "2026-12-01T17:32:10Z", 5, 4),
        ] {
            let launches = come(&every(60), "2026-12-01T17:27:00Z", now);
            let due: Vec<Timestamp> = launches.iter().map(|launch| launch.at).collect();
            assert_eq!(
                (due.len(), left_out(catch_up, &due, now.parse().unwrap())),
                (count, expected),
                "{catch_up:?} {now}"
            );
        }
    }

    #[test]
    fn the_last_missed_time_is_made_up_for_where_none_is_on_time() {
        let now: Timestamp = "2026-12-01T10:10:00Z".parse().unwrap();
        let due: Vec<Timestamp> =
            come(&every(900), "2026-12-01T09:00:00Z", "2026-12-01T10:10:00Z").iter().map(|launch| launch.at).collect();
        assert_eq!(due.last().map(Timestamp::to_string).as_deref(), Some("2026-12-01T10:00:00Z"));
        for (catch_up, expected) in [(CatchUp::None, 4), (CatchUp::Last, 3), (CatchUp::All, 0)] {
            assert_eq!(left_out(catch_up, &due, now), expected, "{catch_up:?}");
        }
        assert_eq!(left_out(CatchUp::Last, &[], now), 0);
    }

    #[test]
    fn a_long_downtime_is_bounded() {
        let now = "2026-12-01T09:10:00Z";
        let launches = come(&every(900), "2016-12-01T09:00:00Z", now);
        assert_eq!(launches.len(), COME_MAX);
        assert_eq!(launches.last().map(|launch| launch.at.to_string()).as_deref(), Some("2026-12-01T09:00:00Z"));
        let due: Vec<Timestamp> = launches.iter().map(|launch| launch.at).collect();
        assert_eq!(left_out(CatchUp::All, &due, now.parse().unwrap()), COME_MAX - MADE_UP_MAX);
    }

    #[test]
    fn jitter_delays_and_is_no_lateness() {
        let schedule = Schedule { jitter_seconds: 14 * 60, ..every(900) };
        let planned: Timestamp = "2026-12-01T09:15:00Z".parse().unwrap();
        let since = "2026-12-01T09:00:00Z";
        let launch = launches(&schedule, &TimeZone::UTC, &Calendars::default(), since.parse().unwrap()).next().unwrap();
        let start = launch.due("campaign");
        assert!(launch.at == planned && start > planned && launch.due("campaign") == start);
        let second = SignedDuration::from_secs(1);
        assert_eq!(come(&schedule, since, &(start - second).to_string()), []);
        let found = come(&schedule, since, &start.to_string());
        assert_eq!(found.iter().map(|launch| launch.at).collect::<Vec<_>>(), [planned]);
        assert!(!is_missed(start, start));
    }
}
