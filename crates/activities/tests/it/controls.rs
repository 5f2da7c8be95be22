//! The laws of controls on random settings: which way everybody goes, when a wait ends, what is asked and told.

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use proptest::prelude::*;
use serde_json::{Value, json};
use tutti_activities::due::{Next, Until, Weekdays};
use tutti_activities::{Step, registry};
use tutti_model::table::ColumnType;
use tutti_model::variables::ROWS;

use crate::flow::{moment_with, step, way};

pub const FORKS: &[fn()] = &[a_fork_has_the_ports_that_are_used];
pub const JOINS: &[fn()] = &[a_join_goes_on_with_one_that_arrived];
pub const TESTS: &[fn()] = &[the_first_condition_that_holds_is_taken];
pub const WAITS: &[fn()] = &[a_wait_ends_at_the_next_fitting_time];
pub const APPROVALS: &[fn()] = &[every_answer_is_a_port];
pub const ALERTS: &[fn()] = &[texts_are_filled_with_what_arrives];
pub const ENDS: &[fn()] = &[an_end_signals_in_order];
pub const MAILS: &[fn()] = &[a_message_leaves_the_population_as_it_is];

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn a_fork_has_the_ports_that_are_used(ports in prop::collection::btree_set("[a-z]{1,6}", 0..6)) {
        let used: Vec<&str> = ports.iter().map(String::as_str).collect();
        let fork = registry::find("fork").unwrap();
        let named: Vec<String> = fork.ports(&serde_json::Map::new(), &used).into_iter().map(|port| port.name).collect();
        let expected = if used.is_empty() { vec!["out"] } else { used };
        prop_assert_eq!(named, expected);
        let passes = matches!(step("fork", &json!({}), &["a"], &moment_with(&[])), Ok(Step::PassThrough));
        prop_assert!(passes);
    }

    #[test]
    fn a_join_goes_on_with_one_that_arrived(arrived in prop::collection::vec(0usize..4, 0..4), primary in 0usize..4) {
        let mut names: Vec<String> = arrived.iter().map(|index| format!("branch_{index}")).collect();
        names.dedup();
        let from: Vec<&str> = names.iter().map(String::as_str).collect();
        let settings = json!({"primary": format!("branch_{primary}")});
        let Ok(Step::Route { input, ports, note }) = step("and-join", &settings, &from, &moment_with(&[])) else {
            panic!("no route")
        };
        prop_assert_eq!(input, names.iter().position(|name| *name == format!("branch_{primary}")));
        prop_assert_eq!(ports, ["out"]);
        prop_assert!(note.is_some());
    }

    #[test]
    fn the_first_condition_that_holds_is_taken(
        rows in 0u64..50, limits in prop::collection::vec((0u64..50, any::<bool>()), 1..5), default: bool,
    ) {
        let moment = moment_with(&[(ROWS, ColumnType::Integer, json!(rows))]);
        let conditions: Vec<Value> = limits
            .iter()
            .enumerate()
            .map(|(index, (limit, over))| json!({"id": format!("c{index}"), "operator": if *over { ">" } else { "<=" }, "value": limit}))
            .collect();
        let holds = |(limit, over): &(u64, bool)| if *over { rows > *limit } else { rows <= *limit };
        let expected = match limits.iter().position(holds) {
            Some(index) => format!("c{index}"),
            None if default => "default".to_owned(),
            None => String::new(),
        };
        prop_assert_eq!(way(&json!(conditions), default, &moment), Ok(expected));
    }

    /// Compared with looking at every minute of the next eight days.
    #[test]
    fn a_wait_ends_at_the_next_fitting_time(
        start_s in 1_700_000_000i64..1_800_000_000, day in prop::option::of(0usize..7), hour in 0i8..24, minute in 0i8..60,
        zone in prop::sample::select(vec!["UTC", "Europe/Paris", "Asia/Kolkata"]),
    ) {
        let zone = TimeZone::get(zone).unwrap();
        let start = Timestamp::from_second(start_s).unwrap();
        let next = Next {
            weekday: day.map(|day| serde_json::from_value::<Weekdays>(json!(DAYS[day])).unwrap()),
            at: format!("{hour:02}:{minute:02}"),
        };
        let moment = tutti_model::date_math::Moment::new(start, zone.clone());
        let due = Until::Next(next).read(&moment).unwrap().from(start, &zone);
        prop_assert!(due >= start && due <= start + 200.hours());
        let fits = |at: Timestamp| {
            let at = at.to_zoned_datetime(zone.clone());
            let of_day = day.is_none_or(|day| at.weekday().to_monday_zero_offset() as usize == day);
            of_day && (at.hour(), at.minute(), at.second()) == (hour, minute, 0)
        };
        let first_minute = (start_s + 59) / 60 * 60;
        let naive = (0..8 * 24 * 60 + 60)
            .map(|minutes| Timestamp::from_second(first_minute + minutes * 60).unwrap())
            .find(|at| fits(*at));
        // An hour that a clock change skips is met at the first instant after the gap, which no minute fits.
        if naive == Some(due) || !fits(due) {
            return Ok(());
        }
        prop_assert_eq!(naive, Some(due));
    }

    #[test]
    fn every_answer_is_a_port(answers in prop::collection::btree_set("[a-d]{1,3}", 0..5), needed in 1u32..4) {
        let listed: Vec<Value> = answers.iter().map(|answer| json!({"id": answer})).collect();
        let settings = json!({"message": "?", "answers": listed, "needed": needed});
        let ports: Vec<String> = registry::find("approval")
            .unwrap()
            .ports(settings.as_object().unwrap(), &[])
            .into_iter()
            .map(|port| port.name)
            .collect();
        let Ok(Step::Ask(question)) = step("approval", &settings, &["a"], &moment_with(&[])) else { panic!("asks nothing") };
        prop_assert_eq!(&question.answers, &ports);
        prop_assert_eq!(ports.len(), answers.len().max(if answers.is_empty() { 2 } else { 1 }));
        prop_assert_eq!(question.needed, needed);
    }

    #[test]
    fn texts_are_filled_with_what_arrives(rows in 0u64..1_000_000, before in "[a-z ]{0,12}", city in "[A-Za-z]{1,8}") {
        let moment = moment_with(&[
            (ROWS, ColumnType::Integer, json!(rows)),
            ("city", ColumnType::String, json!(city)),
        ]);
        let template = format!("{before}{{{{ rows }}}} in {{{{ variables.city }}}}");
        let settings = json!({"title": template, "message": template});
        let Ok(Step::Alert(notice)) = step("alert", &settings, &["a"], &moment) else { panic!("tells nothing") };
        let expected = format!("{before}{rows} in {city}");
        prop_assert_eq!((&notice.title, &notice.message), (&expected, &expected));
    }

    #[test]
    fn an_end_signals_in_order(campaigns in prop::collection::vec("[a-z]{1,8}", 0..5), value in 0i64..100) {
        let signals: Vec<Value> =
            campaigns.iter().map(|name| json!({"campaign": name, "variables": {"n": value}})).collect();
        let moment = moment_with(&[(ROWS, ColumnType::Integer, json!(1))]);
        match step("end", &json!({"signals": signals}), &["a"], &moment) {
            Ok(Step::End) => prop_assert!(campaigns.is_empty()),
            Ok(Step::Signal(sent)) => {
                let names: Vec<&String> = sent.iter().map(|signal| &signal.campaign).collect();
                prop_assert_eq!(names, campaigns.iter().collect::<Vec<_>>());
                prop_assert!(sent.iter().all(|signal| signal.variables["n"] == value));
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_message_leaves_the_population_as_it_is(subject in "[A-Za-z ]{1,20}") {
        let settings = json!({"channel": "mail", "subject": subject, "html": "<p>Hello</p>", "send": "auto"});
        let Ok(Step::Deliver(sent)) = step("email", &settings, &["a"], &moment_with(&[])) else { panic!("sends nothing") };
        let sent = serde_json::to_value(&*sent).unwrap();
        prop_assert_eq!(sent["subject"].as_str(), Some(subject.as_str()));
        let ports: Vec<String> =
            registry::find("email").unwrap().ports(settings.as_object().unwrap(), &[]).into_iter().map(|port| port.name).collect();
        prop_assert_eq!(ports, ["out"]);
    }
}
