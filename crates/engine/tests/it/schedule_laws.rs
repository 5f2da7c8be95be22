//! Laws of launch times on random schedules.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;
use serde_json::json;
use tutti_engine::schedule::{Launch, launches, next_launch};
use tutti_model::calendar::{Calendar, CalendarDays, Calendars, Span};
use tutti_model::schedule::recurrence::Recurrence;
use tutti_model::schedule::{Days, Holidays, MonthDays, Nth, OnHoliday, Schedule, Times, When};

const ZONES: [&str; 8] = [
    "Europe/Paris",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Africa/Casablanca",
    "UTC",
];

const RULES: [&str; 9] = [
    "FREQ=DAILY;INTERVAL=3",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,SU;WKST=SU;BYSETPOS=-1",
    "FREQ=MONTHLY;BYDAY=-1FR,2TU;BYHOUR=1,2,3",
    "FREQ=MONTHLY;BYMONTHDAY=31,-2;COUNT=40",
    "FREQ=YEARLY;BYWEEKNO=1,20,-1;BYDAY=MO",
    "FREQ=HOURLY;INTERVAL=5;BYMINUTE=0,30;BYMONTH=3,10",
    "FREQ=MINUTELY;INTERVAL=77;BYHOUR=1,2,3",
    "FREQ=DAILY;COUNT=900\nEXRULE:FREQ=WEEKLY;BYDAY=SA,SU",
    "FREQ=WEEKLY;BYHOUR=0,2\nEXDATE:20260329,20261025T000000\nRDATE:20260329T023000",
];

fn date() -> impl Strategy<Value = Date> {
    (2025..2032_i16, 1..=366_i16).prop_map(|(year, day)| {
        let start = Date::new(year, 1, 1).unwrap();
        start.saturating_add(SignedDuration::from_hours(24 * i64::from(day - 1)))
    })
}

fn time() -> impl Strategy<Value = Time> {
    (prop_oneof![0..=3_i8, 0..=23_i8], prop_oneof![Just(0_i8), Just(30), 0..=59_i8])
        .prop_map(|(hour, minute)| Time::new(hour, minute, 0, 0).unwrap())
}

fn weekdays() -> impl Strategy<Value = Vec<Weekday>> {
    prop::sample::subsequence((0..7).collect::<Vec<i8>>(), 1..=4)
        .prop_map(|days| days.into_iter().map(|day| Weekday::from_monday_zero_offset(day).unwrap()).collect())
}

fn days() -> impl Strategy<Value = Days> {
    prop_oneof![Just(Days::Every), Just(Days::Weekdays), weekdays().prop_map(Days::Chosen)]
}

fn times() -> impl Strategy<Value = Times> {
    let listed = prop::collection::btree_set(time(), 1..5).prop_map(|times| Times::Listed(times.into_iter().collect()));
    let every = (60..40_000_i64, time(), prop::option::of(time())).prop_map(|(seconds, first, last)| Times::Every {
        seconds,
        first,
        last: last.filter(|last| *last > first),
    });
    prop_oneof![listed, every]
}

fn month_days() -> impl Strategy<Value = MonthDays> {
    let nth = prop::sample::select(vec![Nth::First, Nth::Second, Nth::Third, Nth::Fourth, Nth::Last]);
    let weekday = (0..7_i8).prop_map(|day| Weekday::from_monday_zero_offset(day).unwrap());
    prop_oneof![
        Just(MonthDays::EveryDay),
        Just(MonthDays::LastDay),
        (1..=31_i8).prop_map(MonthDays::Day),
        (nth, weekday).prop_map(|(nth, weekday)| MonthDays::Nth(nth, weekday)),
        weekdays().prop_map(MonthDays::Weekdays),
    ]
}

fn when() -> impl Strategy<Value = When> {
    let moment = || (date(), time()).prop_map(|(date, time)| date.to_datetime(time));
    let rule = prop::sample::select(RULES.to_vec());
    let months = prop::collection::btree_set(1..=12_i8, 1..=12);
    prop_oneof![
        1 => Just(When::Asap),
        1 => moment().prop_map(|at| When::Once { at }),
        2 => (time(), days()).prop_map(|(at, days)| When::Daily { at, days }),
        3 => (times(), days()).prop_map(|(times, days)| When::SeveralTimesADay { times, days }),
        3 => (1..5_u32, weekdays(), time()).prop_map(|(every, on, at)| When::Weekly { every, on, at }),
        3 => (month_days(), months, time()).prop_map(|(on, months, at)| When::Monthly { on, months, at }),
        4 => (rule, moment()).prop_map(|(rule, starting)| When::Rrule { recurrence: recurrence(rule), starting }),
    ]
}

fn recurrence(text: &str) -> Recurrence {
    Recurrence::parse(text, "", &mut Vec::new()).unwrap()
}

#[derive(Clone, Debug)]
struct Case {
    schedule: Schedule,
    calendars: Calendars,
    zone: TimeZone,
    after: Timestamp,
}

fn case() -> impl Strategy<Value = Case> {
    let spans = prop::collection::vec((date(), 0..50_i64), 0..20).prop_map(|spans| {
        let days = spans.into_iter().map(|(from, days)| CalendarDays {
            span: Span::Range { from, until: from.saturating_add(SignedDuration::from_hours(24 * days)) },
            label: None,
        });
        Calendar { name: "holidays".to_owned(), days: days.collect() }
    });
    let rule = prop::option::of(prop::sample::select(vec![OnHoliday::Skip, OnHoliday::NextDay]));
    let jitter = prop_oneof![2 => Just(0_i64), 1 => 1..43_200_i64];
    let zone = prop::sample::select(ZONES.to_vec()).prop_map(|zone| TimeZone::get(zone).unwrap());
    let bounds = (prop::option::of(date()), prop::option::of(date()));
    (when(), bounds, spans, rule, jitter, zone, (date(), 0..86_400_i64)).prop_map(
        |(when, (from, until), calendar, rule, jitter_seconds, zone, (day, second))| {
            let holidays = rule.map(|rule| Holidays { calendar: "holidays".to_owned(), rule });
            let start = TimeZone::UTC.to_timestamp(day.to_datetime(Time::midnight())).unwrap();
            Case {
                schedule: Schedule { from, until, holidays, jitter_seconds, ..Schedule::new(when) },
                calendars: Calendars::from_iter([("holidays".to_owned(), calendar.into())]),
                zone,
                after: start + SignedDuration::from_secs(second),
            }
        },
    )
}

impl Case {
    fn after(&self, after: Timestamp, count: usize) -> Vec<Launch> {
        launches(&self.schedule, &self.zone, &self.calendars, after).take(count).collect()
    }

    fn is_holiday(&self, day: Date) -> bool {
        self.schedule.holidays.is_some() && self.calendars["holidays"].contains(day)
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn launches_are_in_order_within_their_days_and_on_no_holiday(case in case()) {
        let found = case.after(case.after, 40);
        let mut before = case.after;
        for launch in &found {
            prop_assert!(launch.at > before, "{launch:?} after {before}");
            before = launch.at;
            prop_assert!(case.schedule.is_valid_on(launch.wall.date()), "{launch:?}");
            prop_assert!(!case.is_holiday(launch.wall.date()), "{launch:?}");
            // The instant shows the wall-clock time, or the end of a gap in which there is none.
            let shown = case.zone.to_datetime(launch.at);
            let gap = shown > launch.wall && case.zone.to_ambiguous_timestamp(launch.wall).is_ambiguous();
            prop_assert!(shown == launch.wall || gap, "{launch:?} is shown as {shown}");
        }
        for pair in found.windows(2) {
            let due = [pair[0].due("campaign"), pair[1].due("campaign")];
            prop_assert!(due[0] >= pair[0].at && due[0] < due[1] && due[0] < pair[1].at, "{pair:?} {due:?}");
        }
    }

    #[test]
    fn launches_do_not_depend_on_where_one_asks(case in case(), picks in prop::collection::vec(0..40_usize, 3), seconds in 0..200_000_i64) {
        let all = case.after(case.after, 40);
        for pick in picks {
            let Some(launch) = all.get(pick) else { continue };
            for asked in [launch.at, launch.at - SignedDuration::from_nanos(1), launch.at + SignedDuration::from_secs(seconds)] {
                if asked < case.after {
                    continue;
                }
                let expected: Vec<Launch> = all.iter().filter(|launch| launch.at > asked).copied().collect();
                prop_assert_eq!(&case.after(asked, expected.len()), &expected, "asked from {}", asked);
            }
        }
        // One at a time.
        let mut at = case.after;
        for launch in all.iter().take(10) {
            let next = next_launch(&case.schedule, &case.zone, &case.calendars, at);
            prop_assert_eq!(next.as_ref(), Some(launch));
            at = launch.at;
        }
    }
}

#[test]
fn every_rule_of_the_laws_launches() {
    for rule in RULES {
        let schedule = json!({"type": "rrule", "rrule": rule, "starting": "2026-01-05T02:30"});
        let mut problems = Vec::new();
        let schedule = Schedule::read(&schedule, "", &mut problems).unwrap_or_else(|| panic!("{problems:?}"));
        let start: DateTime = "2026-01-01T00:00".parse().unwrap();
        let after = TimeZone::UTC.to_timestamp(start).unwrap();
        assert!(next_launch(&schedule, &TimeZone::UTC, &Calendars::default(), after).is_some(), "{rule}");
    }
}
