//! What only the launch times themselves show to be doubtful in a schedule.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use tutti_model::calendar::Calendars;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::schedule::{STEP_SECONDS_ADVISED, STEP_SECONDS_MIN, Schedule, When, often, too_often};

use super::{launches, next_launch, plans_launches};

/// The beginning of 1900: before what any schedule of today says.
const LONG_AGO: Timestamp = Timestamp::constant(-2_208_988_800, 0);

/// How many launches are looked at to tell how far they are apart.
const LOOKED_AT: usize = 200;

/// Adds warnings about a schedule without launches, with none to come, or with launches close to each other; and an
/// error for launches of a recurrence rule less than a minute apart.
pub fn check(
    schedule: &Schedule,
    zone: &TimeZone,
    calendars: &Calendars,
    now: Timestamp,
    pointer: &str,
    problems: &mut Vec<Problem>,
) {
    if !plans_launches(schedule) {
        return;
    }
    let coming = next_launch(schedule, zone, calendars, now);
    if coming.is_none() && !matches!(schedule.when, When::Asap) {
        problems.push(match next_launch(schedule, zone, calendars, LONG_AGO) {
            None => {
                Problem::warning("never_launches", pointer, "the schedule never launches: no day fits all that it says")
            }
            Some(_) => Problem::warning("nothing_to_come", pointer, "all launches of the schedule lie in the past"),
        });
    }
    if let When::Rrule { .. } = schedule.when {
        let times: Vec<Timestamp> =
            launches(schedule, zone, calendars, now).take(LOOKED_AT).map(|launch| launch.at).collect();
        let shortest = times.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_secs()).min();
        let pointer = join_pointer(pointer, "rrule");
        match shortest {
            Some(seconds) if seconds < STEP_SECONDS_MIN => problems.push(too_often(&pointer, seconds)),
            Some(seconds) if seconds < STEP_SECONDS_ADVISED => problems.push(often(&pointer, seconds)),
            _ => {}
        }
    }
}
