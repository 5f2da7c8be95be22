//! Launches around the days of a calendar: left out, or moved to the next other day.

use std::collections::{BTreeMap, BTreeSet};
use std::iter::Peekable;
use std::sync::Arc;

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use tutti_model::calendar::{Calendars, Span};
use tutti_model::schedule::{OnHoliday, Schedule};

use super::LAST_DAY;
use super::days::{add_days, days_between};
use super::wall::Walls;

/// The most days that a launch moves. One that falls into a longer pause, further from its end, is left out.
pub const MOVED_DAYS_MAX: i64 = 31;

/// Up to so many days of a pause are walked through; more are leapt over.
const WALKED_DAYS_MAX: i64 = 7;

/// The days of a schedule's calendar.
#[derive(Clone, Debug, Default)]
pub(super) struct Pause {
    /// Last days by first days, without overlap.
    ranges: BTreeMap<Date, Date>,
    /// Months and days.
    yearly: BTreeSet<(i8, i8)>,
    rule: OnHoliday,
}

impl Pause {
    pub fn new(schedule: &Schedule, calendars: &Calendars) -> Self {
        let mut pause = Self::default();
        let Some(holidays) = &schedule.holidays else { return pause };
        pause.rule = holidays.rule;
        let mut ranges: Vec<(Date, Date)> = Vec::new();
        for days in calendars.get(&holidays.calendar).into_iter().flat_map(|calendar| &calendar.days) {
            match days.span {
                Span::Range { from, until } => ranges.push((from, until)),
                Span::Yearly { month, day } => drop(pause.yearly.insert((month, day))),
            }
        }
        ranges.sort_unstable();
        let mut open: Option<(Date, Date)> = None;
        for (from, until) in ranges {
            open = match open {
                Some((first, last)) if from <= last => Some((first, last.max(until))),
                ended => {
                    pause.ranges.extend(ended);
                    Some((from, until))
                }
            };
        }
        pause.ranges.extend(open);
        pause
    }

    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty() && self.yearly.is_empty()
    }

    pub fn contains(&self, date: Date) -> bool {
        self.yearly.contains(&(date.month(), date.day()))
            || self.ranges.range(..=date).next_back().is_some_and(|(_, last)| date <= *last)
    }

    /// The first day from `date` on that is none of these.
    fn next_open(&self, date: Date) -> Option<Date> {
        let mut day = date;
        while day <= LAST_DAY {
            if !self.contains(day) {
                return Some(day);
            }
            day = day.tomorrow().ok()?;
        }
        None
    }

    /// The day that what falls on `date`, one of these, moves to. None where it is left out.
    pub fn moved(&self, date: Date) -> Option<Date> {
        let open = self.next_open(date).filter(|_| self.rule == OnHoliday::NextDay && self.contains(date))?;
        (days_between(date, open) <= MOVED_DAYS_MAX).then_some(open)
    }

    /// Where to begin so that no launch is missed that moves to `seen` or later.
    fn back_from(&self, seen: DateTime) -> DateTime {
        let mut begin = seen;
        if self.rule == OnHoliday::NextDay {
            // Also what came earlier on a day of the pause moves.
            for back in 0..=MOVED_DAYS_MAX {
                let day = add_days(seen.date(), -back);
                if self.contains(day) {
                    begin = day.to_datetime(Time::midnight());
                } else if back > 0 {
                    break;
                }
            }
        }
        begin
    }
}

/// The wall-clock times of a schedule without those on the days of a pause, in order.
pub(super) struct Moved {
    schedule: Arc<Schedule>,
    zone: TimeZone,
    pause: Pause,
    walls: Peekable<Walls>,
    /// What was moved to days that are still to come.
    waiting: BTreeSet<DateTime>,
}

impl Moved {
    /// From `seen` on, or a little before.
    pub fn new(schedule: &Schedule, zone: &TimeZone, pause: Pause, seen: DateTime) -> Self {
        let walls = Walls::new(schedule, zone, pause.back_from(seen)).peekable();
        let schedule = Arc::new(schedule.clone());
        Self { schedule, zone: zone.clone(), pause, walls, waiting: BTreeSet::new() }
    }

    /// Deals with a time that falls on a holiday.
    fn put_off(&mut self, wall: DateTime) {
        let Some(open) = self.pause.next_open(wall.date()) else {
            self.walls = Walls::none().peekable();
            return;
        };
        let going_on = match self.pause.rule {
            OnHoliday::Skip => open,
            OnHoliday::NextDay => add_days(open, -MOVED_DAYS_MAX),
        };
        if days_between(wall.date(), going_on) > WALKED_DAYS_MAX {
            return self.leap(going_on);
        }
        let near = days_between(wall.date(), open) <= MOVED_DAYS_MAX;
        if self.pause.rule == OnHoliday::NextDay && near && self.schedule.until.is_none_or(|until| open <= until) {
            self.waiting.insert(open.to_datetime(wall.time()));
        }
    }

    fn leap(&mut self, day: Date) {
        self.walls = Walls::new(&self.schedule, &self.zone, day.to_datetime(Time::midnight())).peekable();
    }
}

impl Iterator for Moved {
    type Item = DateTime;

    fn next(&mut self) -> Option<DateTime> {
        loop {
            let own = self.walls.peek().copied();
            if let Some(moved) = self.waiting.first().copied()
                && own.is_none_or(|own| moved <= own)
            {
                self.waiting.pop_first();
                if own == Some(moved) {
                    self.walls.next();
                }
                return Some(moved);
            }
            let wall = self.walls.next()?;
            if !self.pause.contains(wall.date()) {
                return Some(wall);
            }
            self.put_off(wall);
        }
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use tutti_model::calendar::{Calendar, CalendarDays};
    use tutti_model::schedule::{Days, Holidays, Times, When};

    use super::*;

    fn calendars(spans: &[Span]) -> Calendars {
        let days = spans.iter().map(|span| CalendarDays { span: *span, label: None }).collect();
        let calendar = Calendar { name: "holidays".to_owned(), days };
        Calendars::from_iter([("holidays".to_owned(), Arc::new(calendar))])
    }

    fn range(from: Date, until: Date) -> Span {
        Span::Range { from, until }
    }

    fn walls(schedule: &mut Schedule, rule: OnHoliday, spans: &[Span], seen: &str, count: usize) -> Vec<String> {
        schedule.holidays = Some(Holidays { calendar: "holidays".to_owned(), rule });
        let pause = Pause::new(schedule, &calendars(spans));
        let moved = Moved::new(schedule, &TimeZone::UTC, pause, seen.parse().unwrap());
        moved.take(count).map(|wall| wall.to_string()[..16].to_owned()).collect()
    }

    fn daily(at: &str) -> Schedule {
        Schedule::new(When::Daily { at: at.parse().unwrap(), days: Days::Every })
    }

    #[test]
    fn days_are_left_out_or_moved() {
        let spans = [range(date(2026, 12, 24), date(2026, 12, 26)), Span::Yearly { month: 12, day: 28 }];
        let skipped = walls(&mut daily("09:00"), OnHoliday::Skip, &spans, "2026-12-23T00:00", 4);
        assert_eq!(skipped, ["2026-12-23T09:00", "2026-12-27T09:00", "2026-12-29T09:00", "2026-12-30T09:00"]);

        let list = |times: &[&str]| Times::Listed(times.iter().map(|time| time.parse().unwrap()).collect());
        let weekly = When::Weekly { every: 1, on: vec![date(2026, 12, 24).weekday()], at: "20:00".parse().unwrap() };
        let moved = walls(&mut Schedule::new(weekly), OnHoliday::NextDay, &spans, "2026-12-23T00:00", 2);
        assert_eq!(moved, ["2026-12-27T20:00", "2026-12-31T20:00"]);

        // What moves joins what is there, each time once, and in order.
        let twice = When::SeveralTimesADay {
            times: list(&["09:00", "20:00"]),
            days: Days::Chosen(vec![date(2026, 12, 26).weekday(), date(2026, 12, 27).weekday()]),
        };
        let moved = walls(&mut Schedule::new(twice), OnHoliday::NextDay, &spans, "2026-12-26T00:00", 3);
        assert_eq!(moved, ["2026-12-27T09:00", "2026-12-27T20:00", "2027-01-02T09:00"]);
    }

    #[test]
    fn what_was_moved_is_seen_from_its_new_day() {
        let spans = [range(date(2026, 12, 24), date(2026, 12, 26))];
        let weekly = When::Weekly { every: 1, on: vec![date(2026, 12, 24).weekday()], at: "20:00".parse().unwrap() };
        let moved = walls(&mut Schedule::new(weekly), OnHoliday::NextDay, &spans, "2026-12-27T10:00", 1);
        assert_eq!(moved, ["2026-12-27T20:00"]);
        let moved = walls(&mut daily("09:00"), OnHoliday::NextDay, &spans[..1], "2026-12-26T10:00", 2);
        assert_eq!(moved, ["2026-12-27T09:00", "2026-12-28T09:00"], "seen from the pause itself, after its time");
    }

    #[test]
    fn nothing_moves_far_or_beyond_the_end() {
        let spans = [range(date(2026, 1, 1), date(2026, 12, 31)), range(date(2026, 6, 1), date(2027, 3, 31))];
        let moved = walls(&mut daily("09:00"), OnHoliday::NextDay, &spans, "2026-01-01T00:00", 2);
        assert_eq!(moved, ["2027-04-01T09:00", "2027-04-02T09:00"]);
        let monthly = When::Monthly {
            on: tutti_model::schedule::MonthDays::Day(10),
            months: (1..=12).collect(),
            at: "09:00".parse().unwrap(),
        };
        let moved = walls(&mut Schedule::new(monthly.clone()), OnHoliday::NextDay, &spans, "2026-01-01T00:00", 1);
        assert_eq!(moved, ["2027-04-01T09:00"], "10 March 2027 is 22 days before");
        let early = [range(date(2026, 1, 1), date(2026, 2, 28))];
        let moved = walls(&mut Schedule::new(monthly), OnHoliday::NextDay, &early, "2026-01-01T00:00", 2);
        assert_eq!(moved, ["2026-03-01T09:00", "2026-03-10T09:00"], "10 January is too far from 1 March");

        let mut ending = Schedule { until: Some(date(2026, 12, 25)), ..daily("09:00") };
        let spans = [range(date(2026, 12, 24), date(2026, 12, 26))];
        let moved = walls(&mut ending, OnHoliday::NextDay, &spans, "2026-12-23T00:00", 9);
        assert_eq!(moved, ["2026-12-23T09:00"]);
    }

    #[test]
    fn a_calendar_of_all_days_ends() {
        let every: Vec<Span> =
            (1..=12).flat_map(|month| (1..=31).map(move |day| Span::Yearly { month, day })).collect();
        let minutes = When::SeveralTimesADay {
            times: Times::Every { seconds: 60, first: Time::midnight(), last: None },
            days: Days::Every,
        };
        for rule in [OnHoliday::Skip, OnHoliday::NextDay] {
            let found = walls(&mut Schedule::new(minutes.clone()), rule, &every, "2026-01-01T00:00", 1);
            assert_eq!(found, Vec::<String>::new());
        }
    }
}
