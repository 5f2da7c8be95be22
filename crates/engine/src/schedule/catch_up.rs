//! What is to be launched now, and what was missed while nothing was running.

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tutti_model::calendar::Calendars;
use tutti_model::schedule::{CatchUp, Schedule};

use super::{Launch, launches};

/// A launch that is later than this was missed.
pub const LATE_SECONDS_MAX: i64 = 5 * 60;

/// The most missed launches that `catch_up: all` makes up for: the newest.
pub const MISSED_MAX: usize = 100;

/// What [`due`] found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// What to launch, the oldest first.
    pub launches: Vec<Launch>,
    /// Whether a missed launch is left out for good.
    pub left_out: bool,
    /// Everything up to here is dealt with once `launches` are started: the `since` of the next time.
    pub dealt_with: Timestamp,
}

/// What is to be launched at `now`, of the launches after `since` (the last one that was dealt with, or when the
/// campaign was published), by the schedule's `catch_up`.
///
/// Launches on time are always among them. Of those that were missed: with `last` the newest, unless one on time
/// follows it, with `all` the newest [`MISSED_MAX`], with `none` none.
pub fn due(
    schedule: &Schedule,
    zone: &TimeZone,
    calendars: &Calendars,
    campaign: &str,
    since: Timestamp,
    now: Timestamp,
) -> Due {
    let within = |from: Timestamp, to: Timestamp| {
        launches(schedule, zone, calendars, from).take_while(move |launch| launch.at <= to)
    };
    let late = SignedDuration::from_secs(LATE_SECONDS_MAX);
    // With jitter a launch may have been planned long before it is due.
    let planned = late.saturating_add(SignedDuration::from_secs(schedule.jitter_seconds));
    let recent = now.saturating_sub(planned).unwrap_or(since).max(since);
    // A launch starts before the next one is planned, so that what is not due yet comes last.
    let (started, waiting): (Vec<Launch>, Vec<Launch>) =
        within(recent, now).partition(|launch| launch.due(campaign) <= now);
    let before = |launch: &Launch| launch.at.saturating_sub(SignedDuration::from_nanos(1)).unwrap_or(launch.at);
    let dealt_with = waiting.first().map_or(now, before);
    let (on_time, missed_late): (Vec<Launch>, Vec<Launch>) =
        started.into_iter().partition(|launch| now.duration_since(launch.due(campaign)) <= late);
    let mut missed = missed_before(schedule, zone, calendars, since, recent);
    missed.extend(missed_late);
    let wanted = match schedule.catch_up {
        CatchUp::None => 0,
        CatchUp::Last => usize::from(on_time.is_empty()),
        CatchUp::All => MISSED_MAX,
    };
    let left_out = missed.len() > wanted;
    let mut launches = missed.split_off(missed.len().saturating_sub(wanted));
    launches.extend(on_time);
    Due { launches, left_out, dealt_with }
}

/// The last launch after `since` that is not later than `until`.
pub fn last_launch(
    schedule: &Schedule,
    zone: &TimeZone,
    calendars: &Calendars,
    since: Timestamp,
    until: Timestamp,
) -> Option<Launch> {
    newest(schedule, zone, calendars, since, until, 1).pop()
}

fn missed_before(
    schedule: &Schedule,
    zone: &TimeZone,
    calendars: &Calendars,
    since: Timestamp,
    until: Timestamp,
) -> Vec<Launch> {
    // One more than is ever wanted tells whether something is left out.
    let count = if schedule.catch_up == CatchUp::All { MISSED_MAX + 1 } else { 2 };
    newest(schedule, zone, calendars, since, until, count)
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

    fn quarterly(catch_up: CatchUp) -> Schedule {
        let times = Times::Every { seconds: 900, first: Time::midnight(), last: None };
        Schedule { catch_up, ..Schedule::new(When::SeveralTimesADay { times, days: Days::Every }) }
    }

    fn found(schedule: &Schedule, since: &str, now: &str) -> (Vec<String>, bool) {
        let due = due(
            schedule,
            &TimeZone::UTC,
            &Calendars::default(),
            "campaign",
            since.parse().unwrap(),
            now.parse().unwrap(),
        );
        (due.launches.iter().map(|launch| launch.at.to_string()).collect(), due.left_out)
    }

    #[test]
    fn launches_on_time_are_launched_whatever_was_missed() {
        for (catch_up, now, expected, left_out) in [
            (CatchUp::None, "2026-12-01T10:00:20Z", vec!["2026-12-01T10:00:00Z"], true),
            (CatchUp::Last, "2026-12-01T10:00:20Z", vec!["2026-12-01T10:00:00Z"], true),
            (CatchUp::None, "2026-12-01T10:10:00Z", vec![], true),
            (CatchUp::Last, "2026-12-01T10:10:00Z", vec!["2026-12-01T10:00:00Z"], true),
            (CatchUp::All, "2026-12-01T09:40:00Z", vec!["2026-12-01T09:15:00Z", "2026-12-01T09:30:00Z"], false),
            (CatchUp::Last, "2026-12-01T09:05:00Z", vec![], false),
        ] {
            let launches = found(&quarterly(catch_up), "2026-12-01T09:00:00Z", now);
            assert_eq!(launches, (expected.into_iter().map(str::to_owned).collect(), left_out), "{catch_up:?} {now}");
        }
    }

    #[test]
    fn a_long_downtime_is_bounded() {
        let (launches, left_out) = found(&quarterly(CatchUp::All), "2016-12-01T09:00:00Z", "2026-12-01T09:10:00Z");
        assert_eq!((launches.len(), left_out), (MISSED_MAX, true));
        assert_eq!(launches.last().map(String::as_str), Some("2026-12-01T09:00:00Z"));
        let last = last_launch(
            &quarterly(CatchUp::All),
            &TimeZone::UTC,
            &Calendars::default(),
            "2016-12-01T09:00:00Z".parse().unwrap(),
            "2026-12-01T09:10:00Z".parse().unwrap(),
        );
        assert_eq!(last.map(|launch| launch.at.to_string()).as_deref(), Some("2026-12-01T09:00:00Z"));
    }

    #[test]
    fn jitter_delays_and_is_no_lateness() {
        let schedule = Schedule { jitter_seconds: 14 * 60, ..quarterly(CatchUp::None) };
        let planned: Timestamp = "2026-12-01T09:15:00Z".parse().unwrap();
        let since = "2026-12-01T09:00:00Z";
        let launch = launches(&schedule, &TimeZone::UTC, &Calendars::default(), since.parse().unwrap()).next().unwrap();
        let start = launch.due("campaign");
        assert!(launch.at == planned && start > planned && launch.due("campaign") == start);
        let second = SignedDuration::from_secs(1);
        assert_eq!(found(&schedule, since, &(start - second).to_string()).0, Vec::<String>::new());
        assert_eq!(found(&schedule, since, &start.to_string()).0, [planned.to_string()]);
    }
}
