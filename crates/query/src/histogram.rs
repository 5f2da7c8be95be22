//! How numbers and moments are spread, in one pass and little memory, exactly: values are counted in bins that are
//! narrow at first and merge, ten or a calendar unit at a time, when there are too many. Bins have round bounds.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::{Date, date};

/// The most narrow bins that are kept while counting.
const NARROW_MAX: usize = 4096;

/// The most bins that are shown.
const SHOWN_MAX: i128 = 24;

const MICROS_PER_HOUR: i128 = 3_600_000_000;

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
    scale: Scale,
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

impl Histogram {
    pub fn new(scale: Scale) -> Self {
        let step = match scale {
            Scale::Units => Step::Ten(0),
            Scale::Days => Step::Day,
            Scale::Micros => Step::Hour,
        };
        Self { scale, step, bins: BTreeMap::new(), bounds: None }
    }

    pub fn add(&mut self, value: i128, count: u64) {
        let bin = self.bin_of(value);
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
            *shown.entry(width.index(self.start(*bin), self.scale)).or_default() += count;
        }
        let bound = |index| width.start(index, self.scale);
        shown.into_iter().map(|(index, count)| Bin { from: bound(index), to: bound(index + 1), count }).collect()
    }

    fn bin_of(&self, value: i128) -> i128 {
        match self.step {
            Step::Ten(power) => value.div_euclid(ten(power)),
            Step::Hour => value.div_euclid(MICROS_PER_HOUR),
            Step::Day => self.day(value),
            Step::Month => month_of(self.day(value)),
            Step::Year => month_of(self.day(value)).div_euclid(12),
        }
    }

    fn day(&self, value: i128) -> i128 {
        if self.scale == Scale::Micros { value.div_euclid(MICROS_PER_HOUR * 24) } else { value }
    }

    /// The first value of a narrow bin.
    fn start(&self, bin: i128) -> i128 {
        match self.step {
            Step::Ten(power) => bin * ten(power),
            Step::Hour => bin * MICROS_PER_HOUR,
            Step::Day => self.of_day(bin),
            Step::Month => self.of_day(day_of_month(bin)),
            Step::Year => self.of_day(day_of_month(bin * 12)),
        }
    }

    fn of_day(&self, day: i128) -> i128 {
        if self.scale == Scale::Micros { day * MICROS_PER_HOUR * 24 } else { day }
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
            *self.bins.entry(self.bin_of(start)).or_default() += count;
        }
        true
    }

    /// The least round width that needs few enough bins.
    fn shown_width(&self, least: i128, greatest: i128) -> Width {
        let fits = |width: &Width| width.index(greatest, self.scale) - width.index(least, self.scale) < SHOWN_MAX;
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

/// The width of the bins that are shown.
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
        let day = if scale == Scale::Micros { value.div_euclid(MICROS_PER_HOUR * 24) } else { value };
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
        let of_day = |day: i128| if scale == Scale::Micros { day * MICROS_PER_HOUR * 24 } else { day };
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
        let mut histogram = Histogram::new(scale);
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
}
