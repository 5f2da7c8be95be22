//! Years, months and days of many dates at once.

use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, Date32Array, Int64Array};
use datafusion::arrow::compute::{max, min};
use jiff::civil::Date;

use super::arguments::days_of;

/// The named part of dates, where it is one of the calendar's and all of them are within the range of dates.
pub fn part(days: &Date32Array, name: &str) -> Option<ArrayRef> {
    let range = days_of(Date::MIN)..=days_of(Date::MAX);
    let in_range = |bound: Option<i32>| bound.is_none_or(|days| range.contains(&days));
    if !in_range(min(days)) || !in_range(max(days)) {
        return None;
    }
    let parts: Int64Array = match name {
        "year" => days.unary(|days| civil(days).year),
        "quarter" => days.unary(|days| (civil(days).month - 1) / 3 + 1),
        "month" => days.unary(|days| civil(days).month),
        "day" => days.unary(|days| civil(days).day),
        _ => return None,
    };
    Some(Arc::new(parts))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Civil {
    year: i64,
    month: i64,
    day: i64,
}

/// The date so many days after 1970-01-01 in the proleptic Gregorian calendar, for years from -32,800 to a million: with
/// multiplications alone (C. Neri and L. Schneider, "Euclidean affine functions and their application to calendar
/// algorithms", Software: Practice and Experience 53, 2023, figure 12). Years count from March, so that a leap day is the
/// last of its year.
#[inline]
fn civil(days: i32) -> Civil {
    const ERA_DAYS: u32 = 146_097;
    const ERA_YEARS: u32 = 400;
    /// So many eras before the year 0, that no day counted on is before the first.
    const ERAS: u32 = 82;
    const FROM_MARCH: u32 = 719_468 + ERA_DAYS * ERAS;
    /// The days of a year from March until the end of December.
    const JANUARY: u32 = 306;
    let quarters = (days as u32).wrapping_add(FROM_MARCH).wrapping_mul(4).wrapping_add(3);
    let (century, of_century) = (quarters / ERA_DAYS, quarters % ERA_DAYS / 4);
    let scaled = 2_939_745 * u64::from(4 * of_century + 3);
    let (year_of_century, rest) = ((scaled >> 32) as u32, scaled as u32);
    let day_of_year = rest / 2_939_745 / 4;
    let is_next = day_of_year >= JANUARY;
    let scaled = 2_141 * day_of_year + 197_913;
    let (month, day) = (scaled >> 16, (scaled & 0xFFFF) / 2_141);
    let year = (100 * century + year_of_century + u32::from(is_next)).wrapping_sub(ERA_YEARS * ERAS);
    let month = if is_next { month - 12 } else { month };
    Civil { year: i64::from(year as i32), month: i64::from(month), day: i64::from(day + 1) }
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::array::AsArray;
    use datafusion::arrow::datatypes::Int64Type;

    use super::*;
    use crate::functions::native::arguments::date_of;

    #[test]
    fn dates_are_those_of_the_calendar() {
        let (first, last) = (days_of(Date::MIN), days_of(Date::MAX));
        for days in (first..=last).step_by(61).chain([first, -1, 0, 1, last, 10_956, 11_016, 11_017]) {
            let date = date_of(days).unwrap();
            let expected =
                Civil { year: i64::from(date.year()), month: i64::from(date.month()), day: i64::from(date.day()) };
            assert_eq!(civil(days), expected, "{days}");
        }
    }

    #[test]
    fn dates_past_the_range_are_left_to_others() {
        let part = |days: &[Option<i32>], name| part(&Date32Array::from(days.to_vec()), name);
        let years = part(&[Some(0), None, Some(-1)], "year").unwrap();
        let years: Vec<Option<i64>> = years.as_primitive::<Int64Type>().iter().collect();
        assert_eq!(years, [Some(1970), None, Some(1969)]);
        assert!(part(&[Some(i32::MAX)], "year").is_none());
        assert!(part(&[None], "month").is_some());
        assert!(part(&[Some(0)], "week").is_none());
    }
}
