//! Times as text and back.

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::common::Result;
use jiff::civil::{Date, DateTime};
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};
use tutti_model::table::ColumnType;

use super::arguments::{Arguments, Native, Time, instants, texts};
use crate::types::arrow_type;

pub const FUNCTIONS: &[Native] = &[
    Native { name: "tutti_read_time", returns: |_| arrow_type(ColumnType::Timestamp), run: read_time },
    Native { name: "tutti_format_time", returns: |_| super::TEXT, run: format_time },
];

/// `tutti_read_time(text, zone[, format])`: ISO 8601, or a format of `strftime`. A text that does not fit has no
/// value.
fn read_time(arguments: &Arguments) -> Result<ArrayRef> {
    let (values, zone) = (arguments.texts(0)?, arguments.zone(1)?);
    let format = if arguments.len() > 2 { arguments.constant(2)? } else { None };
    Ok(instants((0..arguments.rows).map(|row| {
        let text = values.is_valid(row).then(|| values.value(row).trim())?;
        match &format {
            None => read_iso(text, &zone),
            Some(format) => read_as(text, format, &zone),
        }
    })))
}

fn read_iso(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(instant) = text.parse::<Timestamp>() {
        return Some(instant);
    }
    let civil = text.parse::<DateTime>().or_else(|_| text.parse::<Date>().map(|date| date.at(0, 0, 0, 0))).ok()?;
    zone.to_timestamp(civil).ok()
}

fn read_as(text: &str, format: &str, zone: &TimeZone) -> Option<Timestamp> {
    let parsed = BrokenDownTime::parse(format, text).ok()?;
    if let Ok(instant) = parsed.to_timestamp() {
        return Some(instant);
    }
    let civil = parsed.to_datetime().or_else(|_| parsed.to_date().map(|date| date.at(0, 0, 0, 0))).ok()?;
    zone.to_timestamp(civil).ok()
}

/// `tutti_format_time(time, format, zone)`: a format of `strftime`, or `iso`. A format that cannot be followed has no
/// value.
fn format_time(arguments: &Arguments) -> Result<ArrayRef> {
    let (times, formats, zone) = (arguments.times(0)?, arguments.texts(1)?, arguments.zone(2)?);
    Ok(texts((0..arguments.rows).map(|row| {
        let format = formats.is_valid(row).then(|| formats.value(row))?;
        match (times.get(row)?, format) {
            (Time::Date(date), "iso") => Some(date.to_string()),
            (Time::Date(date), format) => strtime::format(format, date.at(0, 0, 0, 0)).ok(),
            (Time::Instant(instant), "iso") => iso(instant, &zone),
            (Time::Instant(instant), format) => strtime::format(format, &zoned(instant, &zone)).ok(),
        }
    })))
}

fn iso(instant: Timestamp, zone: &TimeZone) -> Option<String> {
    strtime::format("%Y-%m-%dT%H:%M:%S%.f%:z", &zoned(instant, zone)).ok()
}

fn zoned(instant: Timestamp, zone: &TimeZone) -> ZonedDateTime {
    instant.to_zoned_datetime(zone.clone())
}
