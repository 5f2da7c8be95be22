//! The wall-clock times of recurrence rules (RFC 5545).
//!
//! Rules are expanded on the wall clock, as if there were no clock changes; what clock changes do to the times is
//! decided where they become instants. A rule without COUNT is begun in the period that is asked for, not at its
//! start, however long ago that was.

use std::iter::Peekable;

use chrono::{Datelike, TimeZone as _, Timelike};
use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use rrule::{NWeekday, RRule, RRuleSet, Tz};
use tutti_model::schedule::recurrence::{Frequency, Pattern, Recurrence, Stamp};

use super::LAST_DAY;
use super::days::{add_days, days_between, week_start};
use super::grid::Grid;

type Moments = Box<dyn Iterator<Item = DateTime> + Send>;

/// The times of a recurrence that are not before `from`, in order, without repetition.
pub(super) fn walls(recurrence: &Recurrence, starting: DateTime, zone: &TimeZone, from: DateTime) -> Moments {
    let expand = |patterns: &[Pattern]| -> Vec<Peekable<Moments>> {
        let patterns = patterns.iter().flat_map(without_fifth_last);
        patterns.map(|pattern| moments(&pattern, starting, zone, from).peekable()).collect()
    };
    let mut dates: Vec<DateTime> = recurrence
        .dates
        .iter()
        .map(|stamp| wall_of(*stamp, zone, starting.time()))
        .filter(|date| *date >= from)
        .collect();
    dates.sort_unstable();
    let mut sources = expand(&recurrence.patterns);
    let dates: Moments = Box::new(dates.into_iter());
    sources.push(dates.peekable());
    let (days, times): (Vec<Stamp>, Vec<Stamp>) =
        recurrence.except_dates.iter().partition(|stamp| matches!(stamp, Stamp::Day(_)));
    Box::new(Union {
        sources,
        except: expand(&recurrence.except_patterns),
        except_times: times.into_iter().map(|stamp| wall_of(stamp, zone, starting.time())).collect(),
        except_days: days.into_iter().map(|stamp| wall_of(stamp, zone, starting.time()).date()).collect(),
    })
}

/// Patterns and dates together, without exceptions.
struct Union {
    sources: Vec<Peekable<Moments>>,
    except: Vec<Peekable<Moments>>,
    except_times: Vec<DateTime>,
    except_days: Vec<Date>,
}

impl Union {
    fn is_excepted(&mut self, wall: DateTime) -> bool {
        let listed = self.except_times.contains(&wall) || self.except_days.contains(&wall.date());
        let mut matched = false;
        for source in &mut self.except {
            while source.next_if(|moment| *moment < wall).is_some() {}
            matched |= source.peek() == Some(&wall);
        }
        listed || matched
    }
}

impl Iterator for Union {
    type Item = DateTime;

    fn next(&mut self) -> Option<DateTime> {
        loop {
            let first = self.sources.iter_mut().filter_map(|source| source.peek().copied()).min()?;
            for source in &mut self.sources {
                while source.next_if(|moment| *moment <= first).is_some() {}
            }
            if !self.is_excepted(first) {
                return Some(first);
            }
        }
    }
}

fn wall_of(stamp: Stamp, zone: &TimeZone, time: Time) -> DateTime {
    match stamp {
        Stamp::Wall(wall) => wall,
        Stamp::Instant(instant) => zone.to_datetime(instant),
        Stamp::Day(day) => day.to_datetime(time),
    }
}

/// The days of a month that are the fifth last of their weekday, counted from its end.
const FIFTH_LAST: [i16; 3] = [-31, -30, -29];

/// The library refuses the fifth weekday from the end of a month; these patterns together mean the same without it.
fn without_fifth_last(pattern: &Pattern) -> Vec<Pattern> {
    let is_fifth_last = |nth: &Option<i16>| pattern.frequency == Frequency::Monthly && *nth == Some(-5);
    let (fifth_last, other): (Vec<_>, Vec<_>) = pattern.weekdays.iter().partition(|(nth, _)| is_fifth_last(nth));
    if fifth_last.is_empty() {
        return vec![pattern.clone()];
    }
    let weekdays = fifth_last.into_iter().map(|(_, day)| (None, day)).collect();
    let mut patterns = vec![Pattern { weekdays, month_days: FIFTH_LAST.to_vec(), ..pattern.clone() }];
    if !other.is_empty() {
        patterns.push(Pattern { weekdays: other, ..pattern.clone() });
    }
    patterns
}

/// The moments of one pattern that are not before `from`.
fn moments(pattern: &Pattern, starting: DateTime, zone: &TimeZone, from: DateTime) -> Moments {
    let end = LAST_DAY.to_datetime(Time::MAX);
    let until = match pattern.until {
        Some(Stamp::Day(day)) => day.to_datetime(Time::MAX).min(end),
        Some(stamp) => wall_of(stamp, zone, starting.time()).min(end),
        None => end,
    };
    // What is counted is counted from the start.
    let begin = if pattern.count.is_some() { starting } else { from };
    let all: Moments = match pattern.frequency {
        Frequency::Hourly | Frequency::Minutely => Box::new(Grid::new(pattern, starting, begin.date())),
        _ => expanded(pattern, starting, begin),
    };
    let counted = all.take_while(move |moment| *moment <= until);
    let count = pattern.count.and_then(|count| usize::try_from(count).ok()).unwrap_or(usize::MAX);
    Box::new(counted.take(count).skip_while(move |moment| *moment < from))
}

/// The moments of a pattern from the period of `begin` on, by the library.
fn expanded(pattern: &Pattern, starting: DateTime, begin: DateTime) -> Moments {
    let complete = complete(pattern, starting);
    let start = leapt(&complete, starting, begin);
    let rule = utc(start).and_then(|start| Some((start, rule_of(&complete).validate(start).ok()?)));
    match rule {
        // Reading a document refuses what the library would.
        None => Box::new(std::iter::empty()),
        Some((start, rule)) => {
            let set = RRuleSet::new(start).limit().rrule(rule);
            Box::new(set.into_iter().map_while(|moment| wall(&moment)))
        }
    }
}

/// Adds what the start says in place of parts that are left out (RFC 5545 section 3.3.10), so that the rule no longer
/// depends on where it is begun.
fn complete(pattern: &Pattern, starting: DateTime) -> Pattern {
    let mut pattern = pattern.clone();
    let start = starting.date();
    let dayless = pattern.weeks.is_empty()
        && pattern.year_days.is_empty()
        && pattern.month_days.is_empty()
        && pattern.weekdays.is_empty();
    if dayless {
        match pattern.frequency {
            Frequency::Yearly => {
                if pattern.months.is_empty() {
                    pattern.months = vec![i16::from(start.month())];
                }
                pattern.month_days = vec![i16::from(start.day())];
            }
            Frequency::Monthly => pattern.month_days = vec![i16::from(start.day())],
            Frequency::Weekly => pattern.weekdays = vec![(None, start.weekday())],
            Frequency::Daily | Frequency::Hourly | Frequency::Minutely => {}
        }
    }
    let or = |list: &mut Vec<i16>, value: i8| {
        if list.is_empty() {
            list.push(i16::from(value));
        }
    };
    or(&mut pattern.hours, starting.hour());
    or(&mut pattern.minutes, starting.minute());
    or(&mut pattern.seconds, starting.second());
    pattern
}

/// The beginning of the last period of a complete pattern that does not begin after `begin`; `starting` for the first.
fn leapt(pattern: &Pattern, starting: DateTime, begin: DateTime) -> DateTime {
    let interval = i64::from(pattern.interval.max(1));
    let (from, to) = (starting.date(), begin.date());
    // Whole periods between the two, in steps of the interval.
    let steps = |distance: i64| distance.div_euclid(interval) * interval;
    let leap = match pattern.frequency {
        Frequency::Yearly => steps(i64::from(to.year()) - i64::from(from.year())),
        Frequency::Monthly => steps(months(to) - months(from)),
        Frequency::Weekly => {
            let weeks = days_between(week_start(from, pattern.week_start), week_start(to, pattern.week_start)) / 7;
            steps(weeks)
        }
        _ => steps(days_between(from, to)),
    };
    if pattern.count.is_some() || to <= from || leap <= 0 {
        return starting;
    }
    let first = match pattern.frequency {
        Frequency::Yearly => first_of(months(from.first_of_year()) + leap * 12),
        Frequency::Monthly => first_of(months(from) + leap),
        Frequency::Weekly => Some(add_days(week_start(from, pattern.week_start), leap * 7)),
        _ => Some(add_days(from, leap)),
    };
    first.map_or(starting, |first| first.to_datetime(Time::midnight()))
}

/// Months since the year 0.
fn months(date: Date) -> i64 {
    i64::from(date.year()) * 12 + i64::from(date.month()) - 1
}

fn first_of(months: i64) -> Option<Date> {
    let year = i16::try_from(months.div_euclid(12)).ok()?;
    let month = i8::try_from(months.rem_euclid(12) + 1).ok()?;
    Date::new(year, month, 1).ok()
}

/// A complete pattern as the library has it. COUNT and UNTIL are looked at here.
fn rule_of(pattern: &Pattern) -> RRule<rrule::Unvalidated> {
    let frequency = match pattern.frequency {
        Frequency::Yearly => rrule::Frequency::Yearly,
        Frequency::Monthly => rrule::Frequency::Monthly,
        Frequency::Weekly => rrule::Frequency::Weekly,
        Frequency::Daily => rrule::Frequency::Daily,
        Frequency::Hourly => rrule::Frequency::Hourly,
        Frequency::Minutely => rrule::Frequency::Minutely,
    };
    let months: Vec<chrono::Month> =
        small::<u8>(&pattern.months).into_iter().filter_map(|month| chrono::Month::try_from(month).ok()).collect();
    RRule::new(frequency)
        .interval(pattern.interval.max(1))
        .week_start(day_of_week(pattern.week_start))
        .by_month(&months)
        .by_week_no(small(&pattern.weeks))
        .by_year_day(pattern.year_days.clone())
        .by_month_day(small(&pattern.month_days))
        .by_weekday(pattern.weekdays.iter().map(|(nth, day)| NWeekday::new(*nth, day_of_week(*day))).collect())
        .by_hour(small(&pattern.hours))
        .by_minute(small(&pattern.minutes))
        .by_second(small(&pattern.seconds))
        .by_set_pos(pattern.positions.iter().map(|position| i32::from(*position)).collect())
}

fn small<T: TryFrom<i16>>(numbers: &[i16]) -> Vec<T> {
    numbers.iter().filter_map(|number| T::try_from(*number).ok()).collect()
}

fn day_of_week(day: Weekday) -> chrono::Weekday {
    match day {
        Weekday::Monday => chrono::Weekday::Mon,
        Weekday::Tuesday => chrono::Weekday::Tue,
        Weekday::Wednesday => chrono::Weekday::Wed,
        Weekday::Thursday => chrono::Weekday::Thu,
        Weekday::Friday => chrono::Weekday::Fri,
        Weekday::Saturday => chrono::Weekday::Sat,
        Weekday::Sunday => chrono::Weekday::Sun,
    }
}

/// A wall-clock time as the library has it: as if the clock were in UTC.
fn utc(wall: DateTime) -> Option<chrono::DateTime<Tz>> {
    let part = |number: i8| u32::try_from(number).ok();
    let date = chrono::NaiveDate::from_ymd_opt(i32::from(wall.year()), part(wall.month())?, part(wall.day())?)?;
    let naive = date.and_hms_opt(part(wall.hour())?, part(wall.minute())?, part(wall.second())?)?;
    Some(Tz::UTC.from_utc_datetime(&naive))
}

fn wall(moment: &chrono::DateTime<Tz>) -> Option<DateTime> {
    let part = |number: u32| i8::try_from(number).ok();
    let date = Date::new(i16::try_from(moment.year()).ok()?, part(moment.month())?, part(moment.day())?).ok()?;
    let time = Time::new(part(moment.hour())?, part(moment.minute())?, part(moment.second())?, 0).ok()?;
    Some(date.to_datetime(time))
}
