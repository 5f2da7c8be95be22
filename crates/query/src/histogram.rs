//! How numbers and moments are spread, in one pass and little memory, exactly: values are counted in bins that are
//! narrow at first and merge, ten or a calendar unit at a time, when there are too many. Bins have round bounds: those of
//! moments are round on the clock of a zone, so that a day whose clock changes is a bin of 23 or 25 hours, and an hour
//! that the clock shows twice is a bin of two.

use std::collections::BTreeMap;

use jiff::civil::{Date, date};
use jiff::tz::{Offset, TimeZone};
use jiff::{Span, Timestamp};

/// The most narrow bins that are kept while counting.
const NARROW_MAX: usize = 4096;

/// The most bins that are shown.
const SHOWN_MAX: i128 = 24;

const MICROS_PER_SECOND: i128 = 1_000_000;
const MICROS_PER_HOUR: i128 = 3600 * MICROS_PER_SECOND;
const MICROS_PER_DAY: i128 = 24 * MICROS_PER_HOUR;

/// How the numbers that are counted are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    /// Units of a number, such as the cents of an amount.
    Units,
    /// Days since 1970.
    Days,
    /// Microseconds since 1970, UTC.
    Micros,
}

/// A bin: `from` is in it, `to` is not. In the units that were counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bin {
    pub from: i128,
    pub to: i128,
    pub count: u64,
}

/// Counts values.
#[derive(Debug)]
pub struct Histogram {
    clock: Clock,
    step: Step,
    bins: BTreeMap<i128, u64>,
    bounds: Option<(i128, i128)>,
}

/// The width of bins while counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
enum Step {
    /// A power of ten units.
    Ten(u32),
    Hour,
    Day,
    Month,
    Year,
}

impl Step {
    fn width(self) -> Width {
        match self {
            Self::Ten(power) => Width::Units(ten(power)),
            Self::Hour => Width::Hours(1),
            Self::Day => Width::Days(1),
            Self::Month => Width::Months(1),
            Self::Year => Width::Months(12),
        }
    }
}

impl Histogram {
    /// Of moments by the clock of `zone`, which means nothing to other numbers.
    pub fn new(scale: Scale, zone: TimeZone) -> Self {
        let step = match scale {
            Scale::Units => Step::Ten(0),
            Scale::Days => Step::Day,
            Scale::Micros => Step::Hour,
        };
        Self { clock: Clock { scale, zone }, step, bins: BTreeMap::new(), bounds: None }
    }

    pub fn add(&mut self, value: i128, count: u64) {
        let bin = self.clock.index(value, self.step.width());
        *self.bins.entry(bin).or_default() += count;
        let (least, greatest) = self.bounds.unwrap_or((value, value));
        self.bounds = Some((least.min(value), greatest.max(value)));
        while self.bins.len() > NARROW_MAX && self.widen() {}
    }

    /// The least and the greatest value.
    pub fn bounds(&self) -> Option<(i128, i128)> {
        self.bounds
    }

    /// The bins that have values, in order; all are of one width, or of one calendar unit.
    pub fn bins(&self) -> Vec<Bin> {
        let Some((least, greatest)) = self.bounds else { return Vec::new() };
        let width = self.shown_width(least, greatest);
        let mut shown: BTreeMap<i128, u64> = BTreeMap::new();
        for (bin, count) in &self.bins {
            *shown.entry(self.clock.index(self.start(*bin), width)).or_default() += count;
        }
        let bound = |index| self.clock.start(index, width);
        shown.into_iter().map(|(index, count)| Bin { from: bound(index), to: bound(index + 1), count }).collect()
    }

    /// The first value of a narrow bin.
    fn start(&self, bin: i128) -> i128 {
        self.clock.start(bin, self.step.width())
    }

    /// Merges bins to the next step; false when there is none.
    fn widen(&mut self) -> bool {
        let next = match self.step {
            Step::Ten(power) if power < 36 => Step::Ten(power + 1),
            Step::Hour => Step::Day,
            Step::Day => Step::Month,
            Step::Month => Step::Year,
            Step::Ten(_) | Step::Year => return false,
        };
        let before = std::mem::take(&mut self.bins);
        let starts: Vec<(i128, u64)> = before.into_iter().map(|(bin, count)| (self.start(bin), count)).collect();
        self.step = next;
        for (start, count) in starts {
            *self.bins.entry(self.clock.index(start, next.width())).or_default() += count;
        }
        true
    }

    /// The least round width that needs few enough bins.
    fn shown_width(&self, least: i128, greatest: i128) -> Width {
        let index = |value, width| self.clock.index(value, width);
        let fits = |width: &Width| index(greatest, *width) - index(least, *width) < SHOWN_MAX;
        let widths: Vec<Width> = match self.step {
            Step::Ten(power) => {
                (power..37).flat_map(|power| [1, 2, 5].map(|times| Width::Units(times * ten(power)))).collect()
            }
            step => Width::CALENDAR.into_iter().filter(|(narrowest, _)| *narrowest >= step).map(|(_, w)| w).collect(),
        };
        let widest = widths.last().copied().unwrap_or(Width::Months(12));
        widths.into_iter().find(fits).unwrap_or(widest)
    }
}

/// Between values and the bins that they are in: those of moments begin when the clock of a zone shows a round time for
/// the first time, and end when the next one begins.
#[derive(Debug)]
struct Clock {
    scale: Scale,
    zone: TimeZone,
}

impl Clock {
    /// The number of the bin that a value is in.
    fn index(&self, value: i128, width: Width) -> i128 {
        let Some(shown) = self.shown(value) else { return width.index(value, self.scale) };
        let mut index = width.index(shown, self.scale);
        // Where a clock that was put back shows again what it has shown, a later bin may have begun.
        while self.start(index + 1, width) <= value {
            index += 1;
        }
        while self.start(index, width) > value {
            index -= 1;
        }
        index
    }

    /// The first value of a bin.
    fn start(&self, index: i128, width: Width) -> i128 {
        let shown = width.start(index, self.scale);
        self.first(shown).unwrap_or(shown)
    }

    /// What the clock shows at an instant, as if it were UTC; `None` where it is UTC, and where there are no clocks.
    fn shown(&self, value: i128) -> Option<i128> {
        let instant = self.on_clock(value)?;
        Some(value + i128::from(self.zone.to_offset(instant).seconds()) * MICROS_PER_SECOND)
    }

    /// The first instant at which the clock shows this; where it leaps over it, the one after the leap.
    fn first(&self, shown: i128) -> Option<i128> {
        let civil = Offset::UTC.to_datetime(self.on_clock(shown)?);
        Some(self.zone.to_timestamp(civil).ok()?.as_microsecond().into())
    }

    /// An instant, where the scale is of instants whose clock is not that of UTC.
    fn on_clock(&self, value: i128) -> Option<Timestamp> {
        if self.scale != Scale::Micros || self.zone == TimeZone::UTC {
            return None;
        }
        Timestamp::from_microsecond(i64::try_from(value).ok()?).ok()
    }
}

/// The width of bins.
#[derive(Clone, Copy, Debug)]
enum Width {
    Units(i128),
    Hours(i128),
    Days(i128),
    /// From Monday.
    Weeks,
    Months(i128),
}

impl Width {
    /// Calendar widths, and the widest narrow bins that they can be made of.
    const CALENDAR: [(Step, Self); 12] = [
        (Step::Hour, Self::Hours(1)),
        (Step::Hour, Self::Hours(6)),
        (Step::Day, Self::Days(1)),
        (Step::Day, Self::Weeks),
        (Step::Month, Self::Months(1)),
        (Step::Month, Self::Months(3)),
        (Step::Year, Self::Months(12)),
        (Step::Year, Self::Months(24)),
        (Step::Year, Self::Months(60)),
        (Step::Year, Self::Months(120)),
        (Step::Year, Self::Months(1200)),
        (Step::Year, Self::Months(12_000)),
    ];

    fn index(self, value: i128, scale: Scale) -> i128 {
        let day = if scale == Scale::Micros { value.div_euclid(MICROS_PER_DAY) } else { value };
        match self {
            Self::Units(width) => value.div_euclid(width),
            Self::Hours(hours) => value.div_euclid(MICROS_PER_HOUR * hours),
            Self::Days(days) => day.div_euclid(days),
            // 1970 began on a Thursday.
            Self::Weeks => (day + 3).div_euclid(7),
            Self::Months(months) => month_of(day).div_euclid(months),
        }
    }

    fn start(self, index: i128, scale: Scale) -> i128 {
        let of_day = |day: i128| if scale == Scale::Micros { day * MICROS_PER_DAY } else { day };
        match self {
            Self::Units(width) => index * width,
            Self::Hours(hours) => index * MICROS_PER_HOUR * hours,
            Self::Days(days) => of_day(index * days),
            Self::Weeks => of_day(index * 7 - 3),
            Self::Months(months) => of_day(day_of_month(index * months)),
        }
    }
}

fn ten(power: u32) -> i128 {
    10i128.pow(power)
}

const EPOCH: Date = date(1970, 1, 1);

/// Months since the year 0, of a day since 1970. Days beyond the years -9999 to 9999 count as at their ends.
fn month_of(day: i128) -> i128 {
    let end = if day < 0 { Date::MIN } else { Date::MAX };
    let day = i64::try_from(day).ok().and_then(|days| Span::new().try_days(days).ok());
    let day = day.and_then(|days| EPOCH.checked_add(days).ok()).unwrap_or(end);
    i128::from(day.year()) * 12 + i128::from(day.month()) - 1
}

/// The first day of a month, in days since 1970.
fn day_of_month(month: i128) -> i128 {
    let year = month.div_euclid(12).clamp(-9999, 9999);
    // Both casts hold what the line before bounded.
    let first = Date::new(year as i16, (month.rem_euclid(12) + 1) as i8, 1).unwrap_or(EPOCH);
    i128::from((first - EPOCH).get_days()) + if month.div_euclid(12) > 9999 { 31 } else { 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(scale: Scale, values: impl IntoIterator<Item = i128>) -> Vec<(i128, i128, u64)> {
        let mut histogram = Histogram::new(scale, TimeZone::UTC);
        values.into_iter().for_each(|value| histogram.add(value, 1));
        histogram.bins().into_iter().map(|bin| (bin.from, bin.to, bin.count)).collect()
    }

    #[test]
    fn numbers_fall_in_round_bins() {
        assert_eq!(shown(Scale::Units, []), []);
        assert_eq!(shown(Scale::Units, [7]), [(7, 8, 1)]);
        assert_eq!(shown(Scale::Units, [-1, 0, 1, 1]), [(-1, 0, 1), (0, 1, 1), (1, 2, 2)]);
        assert_eq!(shown(Scale::Units, [-30, -1, 0, 69]), [(-30, -25, 1), (-5, 0, 1), (0, 5, 1), (65, 70, 1)]);
        let many = shown(Scale::Units, 0..1_000_000);
        assert_eq!((many.len(), many[0], many[19]), (20, (0, 50_000, 50_000), (950_000, 1_000_000, 50_000)));
        assert_eq!(many.iter().map(|bin| bin.2).sum::<u64>(), 1_000_000);
        let far = shown(Scale::Units, [i128::from(i64::MIN), 0, i128::from(i64::MAX)]);
        assert_eq!(far.iter().map(|bin| bin.2).sum::<u64>(), 3);
    }

    #[test]
    fn days_fall_in_calendar_bins() {
        let day = |year, month, day| i128::from((date(year, month, day) - EPOCH).get_days());
        assert_eq!(
            shown(Scale::Days, [day(2026, 1, 31), day(2026, 2, 1), day(2027, 12, 31)]),
            [
                (day(2026, 1, 1), day(2026, 2, 1), 1),
                (day(2026, 2, 1), day(2026, 3, 1), 1),
                (day(2027, 12, 1), day(2028, 1, 1), 1)
            ]
        );
        // Weeks begin on Monday.
        let weeks = shown(Scale::Days, [day(2026, 3, 1), day(2026, 3, 2), day(2026, 4, 15)]);
        assert_eq!(weeks[0], (day(2026, 2, 23), day(2026, 3, 2), 1));
        let years = shown(Scale::Days, (day(1900, 1, 1)..day(2000, 1, 1)).step_by(3));
        assert_eq!(years[0].0, day(1900, 1, 1));
        assert_eq!(years[0].1, day(1905, 1, 1));
        let dirty = shown(Scale::Days, [day(1, 1, 1), day(2026, 1, 1), day(9999, 12, 31), i128::from(i32::MAX)]);
        assert_eq!(dirty.iter().map(|bin| bin.2).sum::<u64>(), 4);
    }

    #[test]
    fn moments_fall_in_hours_and_longer() {
        let hour = MICROS_PER_HOUR;
        assert_eq!(shown(Scale::Micros, [0, hour - 1, hour, -1]), [(-hour, 0, 1), (0, hour, 2), (hour, 2 * hour, 1)]);
        let days = shown(Scale::Micros, (0..24 * 20).map(|hours| hours * hour));
        assert_eq!((days.len(), days[0]), (20, (0, 24 * hour, 24)));
        let many = shown(Scale::Micros, (0..10_000).map(|days| days * 24 * hour + 7));
        assert_eq!(many.iter().map(|bin| bin.2).sum::<u64>(), 10_000);
    }

    /// The bins of instants by the clock of a zone, each as its bounds and its count.
    fn shown_in(zone: &str, values: &[i128]) -> Vec<(String, String, u64)> {
        let mut histogram = Histogram::new(Scale::Micros, TimeZone::get(zone).unwrap());
        values.iter().for_each(|value| histogram.add(*value, 1));
        let text = |at: i128| Timestamp::from_microsecond(i64::try_from(at).unwrap()).unwrap().to_string();
        let bins = histogram.bins();
        for bin in &bins {
            let within = values.iter().filter(|value| (bin.from..bin.to).contains(value)).count() as u64;
            assert_eq!(bin.count, within, "{zone}: {} to {}", text(bin.from), text(bin.to));
        }
        assert!(bins.windows(2).all(|pair| pair[0].to <= pair[1].from), "{zone}: bins are laid over each other");
        bins.into_iter().map(|bin| (text(bin.from), text(bin.to), bin.count)).collect()
    }

    /// An instant for each `minutes` between two.
    fn every(minutes: i128, from: &str, to: &str) -> Vec<i128> {
        let at = |text: &str| i128::from(text.parse::<Timestamp>().unwrap().as_microsecond());
        let count = (at(to) - at(from)) / (minutes * 60 * MICROS_PER_SECOND);
        (0..count).map(|number| at(from) + number * minutes * 60 * MICROS_PER_SECOND).collect()
    }

    #[test]
    fn moments_fall_in_days_and_hours_of_their_zone() {
        let days = |zone: &str, from: &str, to: &str| shown_in(zone, &every(30, from, to));
        // On 25 October 2026 clocks of Paris go from 3 to 2: a day of 25 hours, by the hour one of two hours.
        let autumn = days("Europe/Paris", "2026-10-23T22:00:00Z", "2026-10-30T23:00:00Z");
        let second = ("2026-10-24T22:00:00Z".to_owned(), "2026-10-25T23:00:00Z".to_owned(), 50);
        assert_eq!((autumn.len(), &autumn[1]), (7, &second));
        let hours = days("Europe/Paris", "2026-10-24T22:00:00Z", "2026-10-25T06:00:00Z");
        let counts: Vec<u64> = hours.iter().map(|hour| hour.2).collect();
        assert_eq!(counts, [2, 2, 4, 2, 2, 2, 2], "{hours:?}");
        // On 29 March they go from 2 to 3: there is no hour of two.
        let spring = days("Europe/Paris", "2026-03-28T23:00:00Z", "2026-03-29T06:00:00Z");
        let counts: Vec<u64> = spring.iter().map(|hour| hour.2).collect();
        assert_eq!((counts.len(), counts.iter().sum::<u64>()), (7, 14), "{spring:?}");
        assert_eq!(spring[1].1, "2026-03-29T01:00:00Z");
        // Months, weeks and years begin at the zone's midnight, too.
        let months = days("America/New_York", "2026-01-01T05:00:00Z", "2026-07-01T04:00:00Z");
        assert_eq!((months[0].0.as_str(), months.len()), ("2026-01-01T05:00:00Z", 6), "{months:?}");
        assert_eq!(months[5].1, "2026-07-01T04:00:00Z");
    }

    #[test]
    fn clocks_may_change_at_any_time_by_any_step() {
        for (zone, from, to) in [
            // By half an hour.
            ("Australia/Lord_Howe", "2026-04-04T00:00:00Z", "2026-04-06T00:00:00Z"),
            ("Australia/Lord_Howe", "2026-10-03T00:00:00Z", "2026-10-05T00:00:00Z"),
            // A minute past midnight, back over it.
            ("America/St_Johns", "2006-10-28T00:00:00Z", "2006-10-31T00:00:00Z"),
            // At midnight, over it and back over it.
            ("America/Havana", "2026-03-07T00:00:00Z", "2026-03-09T12:00:00Z"),
            ("America/Havana", "2026-10-31T00:00:00Z", "2026-11-02T12:00:00Z"),
            // A day that was left out.
            ("Pacific/Apia", "2011-12-28T00:00:00Z", "2012-01-02T00:00:00Z"),
            // Offsets that are no whole hours, and long ago no whole minutes.
            ("Asia/Kathmandu", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z"),
            ("Europe/Paris", "1911-03-10T00:00:00Z", "1911-03-12T00:00:00Z"),
        ] {
            for minutes in [10, 170] {
                let values = every(minutes, from, to);
                let bins = shown_in(zone, &values);
                assert_eq!(bins.iter().map(|bin| bin.2).sum::<u64>(), values.len() as u64, "{zone}");
            }
        }
        let ends = [i128::from(i64::MIN), 0, i128::from(i64::MAX)];
        let mut histogram = Histogram::new(Scale::Micros, TimeZone::get("Europe/Paris").unwrap());
        ends.iter().for_each(|value| histogram.add(*value, 1));
        assert_eq!(histogram.bins().iter().map(|bin| bin.count).sum::<u64>(), 3);
    }
}
