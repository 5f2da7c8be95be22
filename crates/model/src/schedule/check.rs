//! What a schedule that can be read says wrongly or doubtfully.

use jiff::civil::Time;
use serde_json::{Map, Value};

use super::{
    JITTER_SECONDS_MAX, SECONDS_A_DAY, STEP_SECONDS_ADVISED, STEP_SECONDS_MIN, Schedule, Times, WEEKS_MAX, When, parse,
    second_of_day,
};
use crate::calendar::Calendars;
use crate::problem::{Problem, join_pointer};

impl Schedule {
    /// Adds an error when the schedule's calendar is none of `calendars`.
    pub fn check_calendar(&self, calendars: &Calendars, pointer: &str, problems: &mut Vec<Problem>) {
        if let Some(holidays) = &self.holidays
            && !calendars.contains_key(&holidays.calendar)
        {
            let message = format!("there is no calendar `{}`", holidays.calendar);
            problems.push(
                Problem::error("missing_calendar", join_pointer(pointer, "calendar"), message)
                    .did_you_mean(&holidays.calendar, calendars.keys().map(String::as_str)),
            );
        }
    }

    /// Adds what is wrong or doubtful. `fields` are those of the document.
    pub(super) fn check(&self, fields: &Map<String, Value>, pointer: &str, problems: &mut Vec<Problem>) {
        let at = |field: &str| join_pointer(pointer, field);
        if let (Some(from), Some(until)) = (self.from, self.until)
            && until < from
        {
            let message = format!("the schedule ends on {until}, before it begins on {from}");
            problems.push(Problem::error("bad_range", at("until"), message));
        }
        if self.jitter_seconds > JITTER_SECONDS_MAX {
            let message = format!(
                "the jitter is {}; at most {} are allowed",
                parse::length(self.jitter_seconds),
                parse::length(JITTER_SECONDS_MAX)
            );
            problems.push(Problem::error("bad_value", at("jitter"), message));
        }
        match &self.when {
            When::Asap | When::Signal { .. } => {
                // Nothing is planned, so nothing can be moved, delayed or missed.
                for field in ["jitter", "catch_up"] {
                    if fields.contains_key(field) {
                        let message = format!("this type of schedule plans no launches, so `{field}` says nothing");
                        problems.push(Problem::error("bad_value", at(field), message).hint("leave it out"));
                    }
                }
            }
            When::SeveralTimesADay { times, .. } => check_times(times, pointer, problems),
            When::Weekly { every, .. } => {
                if !(1..=WEEKS_MAX).contains(every) {
                    let message = format!("every {every} weeks is not possible; 1 to {WEEKS_MAX} are");
                    problems.push(Problem::error("bad_value", at("every"), message));
                } else if *every > 1 && self.from.is_none() {
                    let message =
                        format!("without `from`, every {every} weeks are counted from the week of 1 January 1970");
                    problems.push(
                        Problem::warning("weeks_without_from", at("every"), message)
                            .hint("say with `from` which week is the first"),
                    );
                }
            }
            _ => {}
        }
    }
}

fn check_times(times: &Times, pointer: &str, problems: &mut Vec<Problem>) {
    let (field, shortest) = match times {
        Times::Listed(times) => ("times", shortest(times)),
        Times::Every { seconds, first, last } => {
            if *seconds >= SECONDS_A_DAY {
                let message = format!("`{}` is a day or more", parse::length(*seconds));
                problems.push(
                    Problem::error("bad_value", join_pointer(pointer, "every"), message)
                        .hint("use a schedule of type `daily` or `weekly`"),
                );
                return;
            }
            if let Some(last) = last
                && last <= first
            {
                let message = format!("the window ends at {last}, which is not after its beginning at {first}");
                problems.push(
                    Problem::error("bad_range", join_pointer(pointer, "between"), message)
                        .hint("a window lies within one day"),
                );
            }
            ("every", Some(*seconds))
        }
    };
    let pointer = join_pointer(pointer, field);
    match shortest {
        Some(0) if field == "times" => {
            problems.push(Problem::error("duplicate_value", pointer, "the same time is there twice"));
        }
        Some(seconds) if seconds < STEP_SECONDS_MIN => {
            problems.push(too_often(&pointer, seconds));
        }
        Some(seconds) if seconds < STEP_SECONDS_ADVISED => problems.push(often(&pointer, seconds)),
        _ => {}
    }
}

/// Launches too close to each other to be run.
pub fn too_often(pointer: &str, seconds: i64) -> Problem {
    let message = format!("launches {} apart are not possible", parse::length(seconds));
    Problem::error("too_often", pointer, message).hint("at least one minute lies between two launches")
}

/// Launches closer to each other than is wise.
pub fn often(pointer: &str, seconds: i64) -> Problem {
    let message = format!("launches are {} apart", parse::length(seconds));
    Problem::warning("often", pointer, message).hint(
        "15 minutes or more give each run the time to end; a launch during a run is left out unless `overlap: queue`",
    )
}

fn shortest(times: &[Time]) -> Option<i64> {
    times.windows(2).map(|pair| second_of_day(pair[1]) - second_of_day(pair[0])).min()
}
