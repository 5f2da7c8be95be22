//! Computing with dates and instants by the calendar of a zone. What lies past the range of dates has no value.

use datafusion::arrow::array::{Array, ArrayRef, Int64Array};
use datafusion::arrow::datatypes::DataType;
use datafusion::common::{Result, exec_err};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Unit};
use tutti_model::table::ColumnType;

use super::arguments::{Arguments, Native, Time, Times, dates, instants, integers};
use super::calendar;
use crate::types::arrow_type;

/// Units of time, shortest first.
pub const UNITS: [&str; 8] = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"];

/// Parts of dates and clocks. Weekdays count from Monday, 0; weeks and their years are those of ISO 8601.
pub const PARTS: [&str; 12] =
    ["year", "quarter", "month", "week", "day", "doy", "dow", "isodow", "hour", "minute", "second", "epoch"];

pub const FUNCTIONS: &[Native] = &[
    Native { name: "tutti_shift", returns: shift_type, run: shift },
    Native { name: "tutti_instant", returns: |_| arrow_type(ColumnType::Timestamp), run: instant },
    Native { name: "tutti_date", returns: |_| DataType::Date32, run: date },
    Native { name: "tutti_part", returns: |_| DataType::Int64, run: part },
    Native { name: "tutti_floor", returns: |types| same_time(&types[1]), run: floor },
    Native { name: "tutti_floor_seconds", returns: |_| arrow_type(ColumnType::Timestamp), run: floor_seconds },
    Native { name: "tutti_difference", returns: |_| DataType::Int64, run: difference },
    Native { name: "tutti_rezone", returns: |_| arrow_type(ColumnType::Timestamp), run: rezone },
    Native { name: "tutti_make_date", returns: |_| DataType::Date32, run: make_date },
    Native { name: "tutti_from_unixtime", returns: |_| arrow_type(ColumnType::Timestamp), run: from_unixtime },
];

fn same_time(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Date32 | DataType::Date64 => DataType::Date32,
        _ => arrow_type(ColumnType::Timestamp),
    }
}

/// A date stays a date when whole days are added. The unit is not known from the types, so shorter ones are asked for
/// on instants only.
fn shift_type(types: &[DataType]) -> DataType {
    same_time(&types[1])
}

/// `tutti_shift(unit, time, amount, zone)`.
fn shift(arguments: &Arguments) -> Result<ArrayRef> {
    let unit = unit(arguments.constant(0)?)?;
    let (times, amounts, zone) = (arguments.times(1)?, arguments.integers(2)?, arguments.zone(3)?);
    let amount = |row: usize| amounts.is_valid(row).then(|| amounts.value(row));
    Ok(match &times {
        Times::Dates(_) => dates((0..arguments.rows).map(|row| match times.get(row)? {
            Time::Date(date) => date.checked_add(span(unit, amount(row)?)?).ok(),
            Time::Instant(_) => None,
        })),
        Times::Instants(_) => instants((0..arguments.rows).map(|row| {
            let (time, span) = (times.get(row)?, span(unit, amount(row)?)?);
            let instant = time.instant(&zone)?;
            if unit <= Unit::Hour {
                return instant.checked_add(span).ok();
            }
            // By the calendar: the clock stays, and a time that a clock change skips moves past the gap.
            zone.to_timestamp(time.civil(&zone).checked_add(span).ok()?).ok()
        })),
    })
}

fn unit(name: Option<String>) -> Result<Unit> {
    Ok(match name.as_deref() {
        Some("second") => Unit::Second,
        Some("minute") => Unit::Minute,
        Some("hour") => Unit::Hour,
        Some("day") => Unit::Day,
        Some("week") => Unit::Week,
        // jiff has no quarter; callers multiply.
        Some("month") => Unit::Month,
        Some("year") => Unit::Year,
        other => return exec_err!("`{}` is not a unit of time to add", other.unwrap_or("NULL")),
    })
}

fn span(unit: Unit, amount: i64) -> Option<Span> {
    let span = match unit {
        Unit::Second => Span::new().try_seconds(amount),
        Unit::Minute => Span::new().try_minutes(amount),
        Unit::Hour => Span::new().try_hours(amount),
        Unit::Day => Span::new().try_days(amount),
        Unit::Week => Span::new().try_weeks(amount),
        Unit::Month => Span::new().try_months(amount),
        _ => Span::new().try_years(amount),
    };
    span.ok()
}

fn instant(arguments: &Arguments) -> Result<ArrayRef> {
    let (times, zone) = (arguments.times(0)?, arguments.zone(1)?);
    Ok(instants((0..arguments.rows).map(|row| times.get(row)?.instant(&zone))))
}

fn date(arguments: &Arguments) -> Result<ArrayRef> {
    let (times, zone) = (arguments.times(0)?, arguments.zone(1)?);
    Ok(dates((0..arguments.rows).map(|row| Some(times.get(row)?.civil(&zone).date()))))
}

/// `tutti_part(part, time, zone)`.
fn part(arguments: &Arguments) -> Result<ArrayRef> {
    let (times, zone) = (arguments.times(1)?, arguments.zone(2)?);
    let name = arguments.constant(0)?.unwrap_or_default();
    if let Times::Dates(days) = &times
        && let Some(parts) = calendar::part(days, &name)
    {
        return Ok(parts);
    }
    let of: fn(DateTime) -> i64 = match name.as_str() {
        "year" => |at| i64::from(at.year()),
        "quarter" => |at| i64::from((at.month() - 1) / 3 + 1),
        "month" => |at| i64::from(at.month()),
        "week" => |at| i64::from(at.date().iso_week_date().week()),
        "day" => |at| i64::from(at.day()),
        "doy" => |at| i64::from(at.date().day_of_year()),
        "dow" => |at| i64::from(at.date().weekday().to_sunday_zero_offset()),
        "isodow" => |at| i64::from(at.date().weekday().to_monday_one_offset()),
        "hour" => |at| i64::from(at.hour()),
        "minute" => |at| i64::from(at.minute()),
        "second" => |at| i64::from(at.second()),
        "epoch" => {
            return Ok(integers((0..arguments.rows).map(|row| Some(times.get(row)?.instant(&zone)?.as_second()))));
        }
        other => return exec_err!("`{other}` is not a part of a date"),
    };
    Ok(integers((0..arguments.rows).map(|row| Some(of(times.get(row)?.civil(&zone))))))
}

/// `tutti_floor(unit, time, zone)`.
fn floor(arguments: &Arguments) -> Result<ArrayRef> {
    let unit = arguments.constant(0)?.unwrap_or_default();
    let (times, zone) = (arguments.times(1)?, arguments.zone(2)?);
    if !UNITS.contains(&unit.as_str()) {
        return exec_err!("`{unit}` is not a unit of time");
    }
    let civil = |row: usize| floor_civil(times.get(row)?.civil(&zone), &unit);
    Ok(if times.are_dates() {
        dates((0..arguments.rows).map(|row| Some(civil(row)?.date())))
    } else {
        instants((0..arguments.rows).map(|row| match (times.get(row)?, unit.as_str()) {
            // Within the hour that a clock change repeats, only the instant tells which of the two it is.
            (Time::Instant(instant), "second" | "minute" | "hour") => {
                let offset = i64::from(zone.to_offset(instant).seconds());
                let length = match unit.as_str() {
                    "second" => 1,
                    "minute" => 60,
                    _ => 3600,
                };
                floor_instant(instant, length, offset)
            }
            _ => zone.to_timestamp(civil(row)?).ok(),
        }))
    })
}

fn floor_civil(at: DateTime, unit: &str) -> Option<DateTime> {
    let date = at.date();
    let first = |month: i8| Date::new(date.year(), month, 1).ok();
    let date = match unit {
        "year" => first(1)?,
        "quarter" => first((date.month() - 1) / 3 * 3 + 1)?,
        "month" => first(date.month())?,
        "week" => {
            date.checked_sub(Span::new().try_days(i64::from(date.weekday().to_monday_zero_offset())).ok()?).ok()?
        }
        _ => date,
    };
    Some(match unit {
        "hour" => date.at(at.hour(), 0, 0, 0),
        "minute" => date.at(at.hour(), at.minute(), 0, 0),
        "second" => date.at(at.hour(), at.minute(), at.second(), 0),
        _ => date.at(0, 0, 0, 0),
    })
}

/// Down to a multiple of `seconds` since the midnights of a clock that is `offset` seconds ahead of UTC.
fn floor_instant(instant: Timestamp, seconds: i64, offset: i64) -> Option<Timestamp> {
    let local = instant.as_microsecond().checked_add(offset * 1_000_000)?;
    let floor = local.div_euclid(seconds.checked_mul(1_000_000)?) * seconds * 1_000_000;
    Timestamp::from_microsecond(floor - offset * 1_000_000).ok()
}

/// `tutti_floor_seconds(time, seconds, zone, from)`: down to a multiple of seconds on the zone's clock, counted from
/// 1970 (`epoch`) or from midnight of the same day (`midnight`).
fn floor_seconds(arguments: &Arguments) -> Result<ArrayRef> {
    let (times, seconds, zone) = (arguments.times(0)?, arguments.integers(1)?, arguments.zone(2)?);
    let of_day = arguments.constant(3)?.as_deref() == Some("midnight");
    Ok(instants((0..arguments.rows).map(|row| {
        let length = seconds.is_valid(row).then(|| seconds.value(row)).filter(|length| *length > 0)?;
        let instant = times.get(row)?.instant(&zone)?;
        if !of_day {
            return floor_instant(instant, length, i64::from(zone.to_offset(instant).seconds()));
        }
        let civil = zone.to_datetime(instant);
        let clock = i64::from(civil.hour()) * 3600 + i64::from(civil.minute()) * 60 + i64::from(civil.second());
        let floor = Span::new().try_seconds(clock / length * length).ok()?;
        zone.to_timestamp(civil.date().at(0, 0, 0, 0).checked_add(floor).ok()?).ok()
    })))
}

/// `tutti_difference(unit, end, start, zone)`: days and weeks count midnights between, months and years are complete
/// ones, shorter units are of exact time; a fraction is cut.
fn difference(arguments: &Arguments) -> Result<ArrayRef> {
    let unit = arguments.constant(0)?.unwrap_or_default();
    let (ends, starts, zone) = (arguments.times(1)?, arguments.times(2)?, arguments.zone(3)?);
    let seconds = match unit.as_str() {
        "second" => Some(1),
        "minute" => Some(60),
        "hour" => Some(3600),
        "day" | "week" | "month" | "quarter" | "year" => None,
        other => return exec_err!("`{other}` is not a unit of time"),
    };
    Ok(integers((0..arguments.rows).map(|row| {
        let (end, start) = (ends.get(row)?, starts.get(row)?);
        if let Some(seconds) = seconds {
            let micros = end.instant(&zone)?.as_microsecond() - start.instant(&zone)?.as_microsecond();
            return Some(micros / (seconds * 1_000_000));
        }
        let (end, start) = (end.civil(&zone), start.civil(&zone));
        match unit.as_str() {
            "day" => days_between(end.date(), start.date()),
            "week" => Some(days_between(end.date(), start.date())? / 7),
            "month" => Some(months_between(end, start)),
            "quarter" => Some(months_between(end, start) / 3),
            _ => Some(months_between(end, start) / 12),
        }
    })))
}

fn days_between(end: Date, start: Date) -> Option<i64> {
    Some(i64::from(end.since((Unit::Day, start)).ok()?.get_days()))
}

/// Complete months; a month is complete on the day and at the time of its start, or at the end of a shorter month.
fn months_between(end: DateTime, start: DateTime) -> i64 {
    if end < start {
        return -months_between(start, end);
    }
    let months =
        (i64::from(end.year()) - i64::from(start.year())) * 12 + i64::from(end.month()) - i64::from(start.month());
    let is_last_day = end.day() == end.date().days_in_month();
    let day = if is_last_day { start.day().min(end.day()) } else { start.day() };
    if (end.day(), end.time()) < (day, start.time()) { months - 1 } else { months }
}

/// `tutti_rezone(time, from, to)`: what the clock in one zone shows, read as the clock of another.
fn rezone(arguments: &Arguments) -> Result<ArrayRef> {
    let times = arguments.times(0)?;
    let to = arguments.zone(2)?;
    let names = arguments.texts(1)?;
    let mut known: Option<(String, Option<TimeZone>)> = None;
    Ok(instants((0..arguments.rows).map(|row| {
        let name = names.is_valid(row).then(|| names.value(row))?;
        if known.as_ref().is_none_or(|(last, _)| last != name) {
            known = Some((name.to_owned(), TimeZone::get(name).ok()));
        }
        let from = known.as_ref()?.1.as_ref()?;
        let instant = times.get(row)?.instant(&to)?;
        to.to_timestamp(from.to_datetime(instant)).ok()
    })))
}

/// `tutti_make_date(year, month, day)`.
fn make_date(arguments: &Arguments) -> Result<ArrayRef> {
    let (years, months, days) = (arguments.integers(0)?, arguments.integers(1)?, arguments.integers(2)?);
    let value = |of: &Int64Array, row: usize| of.is_valid(row).then(|| of.value(row));
    Ok(dates((0..arguments.rows).map(|row| {
        let (year, month, day) = (value(&years, row)?, value(&months, row)?, value(&days, row)?);
        Date::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?).ok()
    })))
}

/// `tutti_from_unixtime(seconds)`.
fn from_unixtime(arguments: &Arguments) -> Result<ArrayRef> {
    let seconds = arguments.integers(0)?;
    Ok(instants((0..arguments.rows).map(|row| {
        let seconds = seconds.is_valid(row).then(|| seconds.value(row))?;
        Timestamp::from_second(seconds).ok()
    })))
}
