//! Launch times compared with those of python-dateutil, which `scripts/judge-schedules.py` has written down.

use std::io::Read;

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use serde_json::{Value, json};
use tutti_engine::schedule::launches;
use tutti_model::calendar::{Calendar, Calendars};
use tutti_model::schedule::Schedule;

const CASES: &[u8] = include_bytes!("judged-schedules.jsonl.gz");

/// How many differences are shown.
const SHOWN: usize = 12;

#[test]
fn launches_are_those_of_the_judge() {
    // The zones of the judge, whatever the machine has.
    let zones = TimeZoneDatabase::bundled();
    let bytes = std::env::var_os("TUTTI_JUDGED_CASES").map(|path| std::fs::read(path).unwrap());
    let mut text = String::new();
    flate2::read::GzDecoder::new(bytes.as_deref().unwrap_or(CASES)).read_to_string(&mut text).unwrap();
    let mut differences = Vec::new();
    let mut count = 0;
    let mut compared = 0;
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let zone = zones.get(case["zone"].as_str().unwrap()).unwrap();
        let expected = expected(&case);
        count += 1;
        compared += expected.len();
        let found = found(&case, &zone);
        if found != expected {
            differences.push(format!(
                "{line}\n  expected {:?}\n  found    {:?}",
                in_zone(&expected, &zone),
                in_zone(&found, &zone)
            ));
        }
    }
    println!("{count} schedules, {compared} launches, {} schedules differ", differences.len());
    assert!(count >= 1_000);
    let shown: Vec<&str> = differences.iter().take(SHOWN).map(String::as_str).collect();
    assert!(differences.is_empty(), "{} of {count} differ:\n{}", differences.len(), shown.join("\n"));
}

fn expected(case: &Value) -> Vec<i64> {
    let differences = case["launches"].as_array().unwrap().iter().map(|number| number.as_i64().unwrap());
    differences
        .scan(0, |at, difference| {
            *at += difference;
            Some(*at)
        })
        .collect()
}

fn found(case: &Value, zone: &TimeZone) -> Vec<i64> {
    let mut problems = Vec::new();
    let schedule = Schedule::read(&case["schedule"], "", &mut problems)
        .unwrap_or_else(|| panic!("{} cannot be read: {problems:?}", case["schedule"]));
    let calendar = Calendar::read(
        "holidays",
        &json!({"dates": case["calendar"].as_array().cloned().unwrap_or_default()}),
        &mut problems,
    );
    let calendars = Calendars::from_iter([("holidays".to_owned(), calendar.unwrap().into())]);
    let after = Timestamp::from_second(case["after"].as_i64().unwrap()).unwrap();
    let horizon = case["horizon"].as_i64().unwrap_or(i64::MAX);
    let wanted = usize::try_from(case["wanted"].as_u64().unwrap()).unwrap();
    launches(&schedule, zone, &calendars, after)
        .map(|launch| launch.at.as_second())
        .take_while(|at| *at <= horizon)
        .take(wanted)
        .collect()
}

fn in_zone(seconds: &[i64], zone: &TimeZone) -> Vec<String> {
    seconds.iter().map(|at| zone.to_datetime(Timestamp::from_second(*at).unwrap()).to_string()).collect()
}
