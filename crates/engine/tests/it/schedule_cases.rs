//! Launch times of the contract's schedules, as tables.

use std::time::{Duration, Instant};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Value, json};
use tutti_engine::schedule::{check, is_open, launches, next_launch, next_open_day};
use tutti_model::calendar::{Calendar, Calendars};
use tutti_model::problem::Problem;
use tutti_model::schedule::Schedule;

fn read(value: &Value) -> Schedule {
    let mut problems = Vec::new();
    Schedule::read(value, "/schedule", &mut problems).unwrap_or_else(|| panic!("{value}: {problems:?}"))
}

/// The first launches after an instant, in the form `2026-03-29T03:00+02:00`.
fn launch_times(schedule: &Value, zone: &str, after: &str, count: usize) -> Vec<String> {
    let zone = TimeZone::get(zone).unwrap();
    launches(&read(schedule), &zone, &Calendars::default(), after.parse().unwrap())
        .take(count)
        .map(|launch| launch.at.to_zoned_datetime(zone.clone()).strftime("%Y-%m-%dT%H:%M%:z").to_string())
        .collect()
}

#[test]
fn every_type_launches_as_it_says() {
    for (schedule, zone, after, expected) in [
        (json!({"type": "asap"}), "UTC", "2026-01-01T00:00:00Z", vec![]),
        (
            json!({"type": "asap", "from": "2026-02-01"}),
            "Europe/Paris",
            "2026-01-01T00:00:00Z",
            vec!["2026-02-01T00:00+01:00"],
        ),
        (json!({"type": "signal"}), "UTC", "2026-01-01T00:00:00Z", vec![]),
        (
            json!({"type": "once", "at": "2026-12-01T09:00"}),
            "Europe/Paris",
            "2026-01-01T00:00:00Z",
            vec!["2026-12-01T09:00+01:00"],
        ),
        (json!({"type": "once", "at": "2026-12-01T09:00"}), "Europe/Paris", "2026-12-01T08:00:00Z", vec![]),
        (
            json!({"type": "once", "at": "2026-12-01T09:00", "until": "2026-11-30"}),
            "UTC",
            "2026-01-01T00:00:00Z",
            vec![],
        ),
        // A gap: the first instant after it.
        (
            json!({"type": "daily", "at": "02:30"}),
            "Europe/Paris",
            "2026-03-27T12:00:00Z",
            vec!["2026-03-28T02:30+01:00", "2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"],
        ),
        // A repeated time: the first one only.
        (
            json!({"type": "daily", "at": "02:30"}),
            "Europe/Paris",
            "2026-10-24T12:00:00Z",
            vec!["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"],
        ),
        (
            json!({"type": "daily", "at": "02:30"}),
            "Europe/Paris",
            "2026-10-25T00:30:00Z",
            vec!["2026-10-26T02:30+01:00"],
        ),
        (
            json!({"type": "daily", "at": "09:00", "days": "weekdays", "from": "2026-12-04", "until": "2026-12-08"}),
            "UTC",
            "2026-01-01T00:00:00Z",
            vec!["2026-12-04T09:00+00:00", "2026-12-07T09:00+00:00", "2026-12-08T09:00+00:00"],
        ),
        // A day that is not there at all.
        (
            json!({"type": "daily", "at": "09:00"}),
            "Pacific/Apia",
            "2011-12-29T12:00:00Z",
            vec!["2011-12-29T09:00-10:00", "2011-12-31T00:00+14:00", "2011-12-31T09:00+14:00"],
        ),
        // Steps on the wall clock; those in the gap are one launch.
        (
            json!({"type": "several-times-a-day", "every": "30m", "between": ["01:30", "03:30"]}),
            "Europe/Paris",
            "2026-03-29T00:00:00Z",
            vec![
                "2026-03-29T01:30+01:00",
                "2026-03-29T03:00+02:00",
                "2026-03-29T03:30+02:00",
                "2026-03-30T01:30+02:00",
            ],
        ),
        (
            json!({"type": "several-times-a-day", "every": "30m", "between": ["01:30", "03:00"]}),
            "Europe/Paris",
            "2026-10-24T22:00:00Z",
            vec![
                "2026-10-25T01:30+02:00",
                "2026-10-25T02:00+02:00",
                "2026-10-25T02:30+02:00",
                "2026-10-25T03:00+01:00",
                "2026-10-26T01:30+01:00",
            ],
        ),
        (
            json!({"type": "several-times-a-day", "every": "50m", "between": ["08:00", "09:00"]}),
            "UTC",
            "2026-01-01T00:00:00Z",
            vec!["2026-01-01T08:00+00:00", "2026-01-01T08:50+00:00", "2026-01-02T08:00+00:00"],
        ),
        (
            json!({"type": "several-times-a-day", "every": "7h"}),
            "UTC",
            "2026-01-01T20:59:59Z",
            vec!["2026-01-01T21:00+00:00", "2026-01-02T00:00+00:00"],
        ),
        // Every other week from the week of `from`, whatever its day; weeks begin on Monday.
        (
            json!({"type": "weekly", "every": 2, "on": ["monday", "sunday"], "at": "09:00", "from": "2026-12-02"}),
            "UTC",
            "2026-01-01T00:00:00Z",
            vec![
                "2026-12-06T09:00+00:00",
                "2026-12-14T09:00+00:00",
                "2026-12-20T09:00+00:00",
                "2026-12-28T09:00+00:00",
            ],
        ),
        // Without `from`, from the week of 1 January 1970.
        (
            json!({"type": "weekly", "every": 2, "on": ["thursday"], "at": "09:00"}),
            "UTC",
            "1970-01-01T00:00:00Z",
            vec!["1970-01-01T09:00+00:00", "1970-01-15T09:00+00:00"],
        ),
        (
            json!({"type": "monthly", "on": {"day": 31}, "at": "09:00"}),
            "UTC",
            "2026-01-31T12:00:00Z",
            vec!["2026-03-31T09:00+00:00", "2026-05-31T09:00+00:00", "2026-07-31T09:00+00:00"],
        ),
        (
            json!({"type": "monthly", "on": {"day": 29}, "months": ["february"], "at": "09:00"}),
            "UTC",
            "2096-01-01T00:00:00Z",
            vec!["2096-02-29T09:00+00:00", "2104-02-29T09:00+00:00"],
        ),
        (
            json!({"type": "monthly", "on": "last-day", "months": ["february", "april"], "at": "09:00"}),
            "UTC",
            "2028-01-01T00:00:00Z",
            vec!["2028-02-29T09:00+00:00", "2028-04-30T09:00+00:00", "2029-02-28T09:00+00:00"],
        ),
        (
            json!({"type": "monthly", "on": {"nth": "last", "weekday": "friday"}, "at": "09:00"}),
            "Europe/Paris",
            "2026-12-01T00:00:00Z",
            vec!["2026-12-25T09:00+01:00", "2027-01-29T09:00+01:00"],
        ),
        (
            json!({"type": "monthly", "on": {"nth": "fourth", "weekday": "sunday"}, "months": ["february", "march"], "at": "02:30"}),
            "Europe/Paris",
            "2026-01-01T00:00:00Z",
            vec!["2026-02-22T02:30+01:00", "2026-03-22T02:30+01:00"],
        ),
        (
            json!({"type": "monthly", "on": {"weekdays": ["monday"]}, "months": ["january"], "at": "09:00"}),
            "UTC",
            "2026-01-20T00:00:00Z",
            vec!["2026-01-26T09:00+00:00", "2027-01-04T09:00+00:00"],
        ),
        (
            json!({"type": "monthly", "on": {"day": 30}, "months": ["february"], "at": "09:00"}),
            "UTC",
            "2026-01-01T00:00:00Z",
            vec![],
        ),
        (
            json!({"type": "rrule", "rrule": "FREQ=MONTHLY;BYDAY=-1FR", "starting": "2026-12-01T09:00"}),
            "Europe/Paris",
            "2026-11-01T00:00:00Z",
            vec!["2026-12-25T09:00+01:00", "2027-01-29T09:00+01:00"],
        ),
        // COUNT counts from the start, exceptions included; an end by date includes the day.
        (
            json!({"type": "rrule", "rrule": "FREQ=DAILY;COUNT=3\nEXDATE:20261202", "starting": "2026-12-01T09:00"}),
            "UTC",
            "2026-11-01T00:00:00Z",
            vec!["2026-12-01T09:00+00:00", "2026-12-03T09:00+00:00"],
        ),
        (
            json!({"type": "rrule", "rrule": "FREQ=DAILY;UNTIL=20261202", "starting": "2026-12-01T09:00"}),
            "UTC",
            "2026-11-01T00:00:00Z",
            vec!["2026-12-01T09:00+00:00", "2026-12-02T09:00+00:00"],
        ),
        // An end in UTC is one on the campaign's clock.
        (
            json!({"type": "rrule", "rrule": "FREQ=DAILY;UNTIL=20261202T080000Z", "starting": "2026-12-01T09:00"}),
            "Europe/Paris",
            "2026-11-01T00:00:00Z",
            vec!["2026-12-01T09:00+01:00", "2026-12-02T09:00+01:00"],
        ),
        (
            json!({"type": "rrule", "rrule": "RDATE:20261224T120000,20261201,20261224T110000Z", "starting": "2026-12-01T09:00"}),
            "Europe/Paris",
            "2026-11-01T00:00:00Z",
            vec!["2026-12-01T09:00+01:00", "2026-12-24T12:00+01:00"],
        ),
        (
            json!({"type": "rrule", "rrule": "FREQ=MINUTELY;INTERVAL=7;BYHOUR=9", "starting": "2026-12-01T08:55"}),
            "UTC",
            "2026-12-01T09:50:00Z",
            vec!["2026-12-01T09:51+00:00", "2026-12-01T09:58+00:00", "2026-12-02T09:04+00:00"],
        ),
    ] {
        let count = expected.len() + usize::from(expected.is_empty());
        // Where the table ends, launches end, unless the schedule goes on.
        let found = launch_times(&schedule, zone, after, count);
        assert_eq!(found, expected, "{schedule}");
    }
}

#[test]
fn launches_end_where_the_schedule_ends() {
    for schedule in [
        json!({"type": "daily", "at": "09:00", "until": "2026-01-03"}),
        json!({"type": "rrule", "rrule": "FREQ=DAILY;COUNT=3", "starting": "2026-01-01T09:00"}),
        json!({"type": "rrule", "rrule": "FREQ=HOURLY;INTERVAL=24;UNTIL=20260103", "starting": "2026-01-01T09:00"}),
    ] {
        assert_eq!(launch_times(&schedule, "UTC", "2026-01-01T00:00:00Z", 10).len(), 3, "{schedule}");
    }
}

#[test]
fn a_search_for_nothing_ends_soon() {
    let began = Instant::now();
    for schedule in [
        json!({"type": "monthly", "on": {"day": 30}, "months": ["february"], "at": "09:00"}),
        json!({"type": "rrule", "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "starting": "2026-01-01T09:00"}),
        json!({"type": "rrule", "rrule": "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=30", "starting": "2026-01-01T09:00"}),
        json!({"type": "rrule", "rrule": "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "starting": "2026-01-01T09:00"}),
        json!({"type": "rrule", "rrule": "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "starting": "2026-01-01T09:00"}),
        json!({"type": "rrule", "rrule": "FREQ=HOURLY;INTERVAL=24;BYHOUR=3", "starting": "2026-01-01T09:00"}),
        json!({"type": "rrule", "rrule": "FREQ=MINUTELY;INTERVAL=1440;BYMINUTE=3", "starting": "2026-01-01T09:00"}),
        json!({"type": "rrule", "rrule": "FREQ=DAILY;BYDAY=MO\nEXRULE:FREQ=WEEKLY;BYDAY=MO", "starting": "2026-01-05T09:00"}),
        json!({"type": "rrule", "rrule": "FREQ=YEARLY;INTERVAL=65535", "starting": "2000-01-01T09:00"}),
    ] {
        assert_eq!(launch_times(&schedule, "UTC", "2026-01-01T00:00:00Z", 1), Vec::<String>::new(), "{schedule}");
    }
    assert!(began.elapsed() < Duration::from_secs(20), "took {:?}", began.elapsed());
}

#[test]
fn doubtful_schedules_are_warned_about() {
    let now: Timestamp = "2026-06-01T00:00:00Z".parse().unwrap();
    for (schedule, code, pointer) in [
        (
            json!({"type": "monthly", "on": {"day": 31}, "months": ["april"], "at": "09:00"}),
            "never_launches",
            "/schedule",
        ),
        (
            json!({"type": "daily", "at": "09:00", "days": ["monday"], "from": "2026-12-01", "until": "2026-12-05"}),
            "never_launches",
            "/schedule",
        ),
        (json!({"type": "daily", "at": "09:00", "until": "2026-05-31"}), "nothing_to_come", "/schedule"),
        (json!({"type": "once", "at": "2026-05-01T09:00"}), "nothing_to_come", "/schedule"),
        (
            json!({"type": "rrule", "rrule": "FREQ=MINUTELY;INTERVAL=5", "starting": "2026-01-01T00:00"}),
            "often",
            "/schedule/rrule",
        ),
        (
            json!({"type": "rrule", "rrule": "FREQ=HOURLY;BYMINUTE=0,50", "starting": "2026-01-01T00:00"}),
            "often",
            "/schedule/rrule",
        ),
        (
            json!({"type": "rrule", "rrule": "RDATE:20261201T090000,20261201T090030", "starting": "2026-01-01T00:00"}),
            "too_often",
            "/schedule/rrule",
        ),
        (json!({"type": "rrule", "rrule": "FREQ=HOURLY", "starting": "2026-01-01T00:00"}), "", ""),
        (json!({"type": "daily", "at": "09:00"}), "", ""),
        (json!({"type": "asap"}), "", ""),
        (json!({"type": "signal"}), "", ""),
    ] {
        let mut problems: Vec<Problem> = Vec::new();
        check(&read(&schedule), &TimeZone::UTC, &Calendars::default(), now, "/schedule", &mut problems);
        let found: Vec<(&str, &str)> =
            problems.iter().map(|problem| (problem.code.as_str(), problem.pointer.as_str())).collect();
        let expected = if code.is_empty() { vec![] } else { vec![(code, pointer)] };
        assert_eq!(found, expected, "{schedule}");
        assert_eq!(problems.iter().any(Problem::is_error), code == "too_often", "{schedule}");
    }
}

#[test]
fn publishing_and_signals_are_let_in_on_open_days() {
    let schedule = read(&json!({"type": "signal", "from": "2026-12-01", "until": "2026-12-31"}));
    let paris = TimeZone::get("Europe/Paris").unwrap();
    for (now, expected) in [
        ("2026-11-30T22:59:59Z", false),
        ("2026-11-30T23:00:00Z", true),
        ("2026-12-31T22:59:59Z", true),
        ("2026-12-31T23:00:00Z", false),
    ] {
        assert_eq!(is_open(&schedule, &paris, &Calendars::default(), now.parse().unwrap()), expected, "{now}");
    }
    assert!(next_launch(&schedule, &paris, &Calendars::default(), Timestamp::MIN).is_none());
}

#[test]
fn what_is_published_on_a_holiday_starts_on_the_next_other_day() {
    let days = |from: &str, until: &str| json!({"from": from, "until": until});
    let days = json!({"dates": [days("2026-12-24", "2026-12-27"), days("2027-03-01", "2027-04-15")]});
    let calendar = Calendar::read("holidays", &days, &mut Vec::new()).unwrap();
    let calendars = Calendars::from_iter([("holidays".to_owned(), std::sync::Arc::new(calendar))]);
    let paris = TimeZone::get("Europe/Paris").unwrap();
    for (more, now, expected) in [
        (json!({"on_holiday": "next-day"}), "2026-12-25T10:00:00Z", Some("2026-12-27T23:00:00Z")),
        (json!({"on_holiday": "next-day"}), "2026-12-28T10:00:00Z", None),
        (json!({"on_holiday": "skip"}), "2026-12-25T10:00:00Z", None),
        (json!({"on_holiday": "next-day", "until": "2026-12-27"}), "2026-12-25T10:00:00Z", None),
        // 37 days are too many to wait for, 31 are not.
        (json!({"on_holiday": "next-day"}), "2027-03-10T10:00:00Z", None),
        (json!({"on_holiday": "next-day"}), "2027-03-16T10:00:00Z", Some("2027-04-15T22:00:00Z")),
    ] {
        let mut schedule = json!({"type": "asap", "calendar": "holidays"});
        schedule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let found = next_open_day(&read(&schedule), &paris, &calendars, now.parse().unwrap());
        assert_eq!(found.map(|at| at.to_string()).as_deref(), expected, "{schedule} {now}");
    }
}
