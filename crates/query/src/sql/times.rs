//! Dates and times in another engine's words, by the calendar of the zone whatever zone its session has: an instant's
//! clock is taken `AT TIME ZONE`, computed with, and made an instant again in the same way.

use datafusion::arrow::datatypes::DataType;
use datafusion::common::DFSchema;
use datafusion::logical_expr::{Expr, ExprSchemable};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::formats;
use super::rewording::{Said, text_of};
use super::{Dialect, Dialect::DuckDb, Dialect::PostgreSql};

/// What other engines make of a time on the clock that comes twice.
const TWICE: &str =
    "a time that comes twice when clocks are set back is the second one there, and the first one in Tutti";
const ZONES: &str = "a zone that is not known has no value in Tutti, and is an error there";
const ISO: &str = "of dates and times in texts, only those of ISO 8601 with `-` and `:` are read there";

/// How a function of times is written; `None` where there is no way.
pub fn said(name: &str, arguments: &[Expr], schema: &DFSchema, dialect: Dialect) -> Option<Said> {
    let is_date = |expr: &Expr| matches!(expr.get_type(schema), Ok(DataType::Date32 | DataType::Date64));
    let taken = |places: &[&Expr]| places.iter().map(|expr| (*expr).clone()).collect::<Vec<Expr>>();
    match (name, arguments) {
        ("tutti_part", [part, time, zone]) => {
            Some(Said::new(part_of(text_of(part)?, is_date(time), dialect), taken(&[time, zone])))
        }
        ("tutti_floor", [unit, time, zone]) => {
            let unit = text_of(unit)?;
            let said = Said::new(floor(unit, is_date(time)), taken(&[time, zone]));
            Some(if is_date(time) || is_clock(unit) { said } else { said.noted(twice(zone, true)) })
        }
        ("tutti_shift", [unit, time, amount, zone]) => {
            let unit = text_of(unit)?;
            let said = Said::new(shift(unit, is_date(time), dialect)?, taken(&[time, amount, zone]));
            Some(if is_date(time) || is_clock(unit) { said } else { said.noted(twice(zone, false)) })
        }
        ("tutti_difference", [unit, end, start, zone]) => {
            let text = difference(text_of(unit)?, is_date(end), is_date(start), dialect);
            Some(Said::new(text, taken(&[end, start, zone])))
        }
        ("tutti_instant", [time, zone]) => {
            let said = Said::new(instant(1, 2, is_date(time)), taken(&[time, zone]));
            Some(if is_date(time) { said.noted(twice(zone, true)) } else { said })
        }
        ("tutti_date", [time, zone]) => Some(Said::new(day(1, 2, is_date(time)), taken(&[time, zone]))),
        ("tutti_floor_seconds", [time, seconds, zone, from]) => {
            let from = text_of(from)?;
            let said = Said::new(floor_seconds(from, is_date(time), dialect), taken(&[time, seconds, zone]));
            Some(if from == "midnight" { said.noted(twice(zone, false)) } else { said })
        }
        ("tutti_rezone", [time, from, to]) => {
            let text = format!("(({} AT TIME ZONE $2) AT TIME ZONE $3)", instant(1, 3, is_date(time)));
            let said = Said::new(text, taken(&[time, from, to])).noted(twice(to, false));
            match text_of(from) {
                Some(name) if TimeZone::get(name).is_err() => None,
                Some(_) => Some(said),
                None => Some(said.noted(Some(ZONES))),
            }
        }
        ("tutti_read_time", [text, zone]) if dialect == DuckDb => {
            Some(Said::new(read_iso(), taken(&[text, zone])).noted(twice(zone, false)).noted(Some(ISO)))
        }
        ("tutti_read_time", [text, zone, format]) if dialect == DuckDb && formats::are_shared(text_of(format)?) => {
            let said = Said::new("(try_strptime(trim($1), $3) AT TIME ZONE $2)", taken(&[text, zone, format]));
            Some(said.noted(twice(zone, false)))
        }
        ("tutti_format_time", [time, format, zone]) => {
            let text = match text_of(format)? {
                "iso" if is_date(time) => "CAST($1 AS VARCHAR)".to_owned(),
                "iso" => return None,
                format if formats::are_shared(format) => {
                    formats::written(format, &local(1, 2, is_date(time)), dialect)?
                }
                _ => return None,
            };
            Some(Said::new(text, taken(&[time, zone])))
        }
        _ => None,
    }
}

fn is_clock(unit: &str) -> bool {
    matches!(unit, "second" | "minute" | "hour")
}

/// How many clock changes of a zone are looked at: those of a century.
const CHANGES_MAX: usize = 200;

/// Says that a time on the clock, or with `midnight` that a day's beginning, may be another instant there: where it comes
/// twice in the zone since 1970.
fn twice(zone: &Expr, midnight: bool) -> Option<&'static str> {
    let zone = TimeZone::get(text_of(zone)?).ok()?;
    let comes_twice = zone.following(Timestamp::UNIX_EPOCH).take(CHANGES_MAX).any(|change| {
        let before = change.timestamp().checked_sub(SignedDuration::from_secs(1)).map(|before| zone.to_offset(before));
        let again = before.map_or(0, |before| before.seconds() - change.offset().seconds());
        let from = change.offset().to_datetime(change.timestamp());
        let from = i32::from(from.hour()) * 3600 + i32::from(from.minute()) * 60 + i32::from(from.second());
        again > 0 && (!midnight || from == 0 || from + again > 86_400)
    });
    comes_twice.then_some(TWICE)
}

/// What the zone's clock and calendar show at the time at place `time`; a date is its midnight.
fn local(time: usize, zone: usize, is_date: bool) -> String {
    if is_date { format!("CAST(${time} AS TIMESTAMP)") } else { format!("(${time} AT TIME ZONE ${zone})") }
}

/// The instant; of a date, at which it begins in the zone.
fn instant(time: usize, zone: usize, is_date: bool) -> String {
    if is_date { format!("({} AT TIME ZONE ${zone})", local(time, zone, true)) } else { format!("${time}") }
}

/// The date.
fn day(time: usize, zone: usize, is_date: bool) -> String {
    if is_date { format!("${time}") } else { format!("CAST(${time} AT TIME ZONE ${zone} AS DATE)") }
}

fn part_of(part: &str, is_date: bool, dialect: Dialect) -> String {
    if part == "epoch" {
        return format!("CAST(trunc(EXTRACT(EPOCH FROM {})) AS BIGINT)", instant(1, 2, is_date));
    }
    let time = match (is_date, dialect) {
        (false, _) => "$1 AT TIME ZONE $2",
        // PostgreSQL's dates have no clock.
        (true, PostgreSql) if is_clock(part) => "CAST($1 AS TIMESTAMP)",
        (true, _) => "$1",
    };
    let found = format!("EXTRACT({part} FROM {time})");
    match (dialect, part) {
        (DuckDb, _) => found,
        (PostgreSql, "second") => format!("CAST(floor({found}) AS BIGINT)"),
        (PostgreSql, _) => format!("CAST({found} AS BIGINT)"),
    }
}

fn floor(unit: &str, is_date: bool) -> String {
    let local = local(1, 2, is_date);
    match (is_date, is_clock(unit)) {
        (true, _) => format!("CAST(date_trunc('{unit}', {local}) AS DATE)"),
        // Off the instant, so that an hour that comes twice stays the one that it is.
        (false, true) => format!("($1 - ({local} - date_trunc('{unit}', {local})))"),
        (false, false) => format!("(date_trunc('{unit}', {local}) AT TIME ZONE $2)"),
    }
}

/// `None` for hours added to a date, which only whole days of them move.
fn shift(unit: &str, is_date: bool, dialect: Dialect) -> Option<String> {
    let interval = match (dialect, unit) {
        (DuckDb, "second" | "minute" | "hour") => format!("to_{unit}s($2)"),
        (DuckDb, _) => format!("to_{unit}s(CAST($2 AS INTEGER))"),
        (PostgreSql, "second") => "make_interval(secs => $2)".to_owned(),
        (PostgreSql, "minute") => "make_interval(mins => CAST($2 AS INTEGER))".to_owned(),
        (PostgreSql, _) => format!("make_interval({unit}s => CAST($2 AS INTEGER))"),
    };
    match (is_date, is_clock(unit)) {
        (true, true) => None,
        (true, false) => Some(format!("CAST($1 + {interval} AS DATE)")),
        (false, true) => Some(format!("($1 + {interval})")),
        (false, false) => Some(format!("(({} + {interval}) AT TIME ZONE $3)", local(1, 3, false))),
    }
}

fn difference(unit: &str, end_is_date: bool, start_is_date: bool, dialect: Dialect) -> String {
    match unit {
        "second" | "minute" | "hour" => {
            let (end, start) = (instant(1, 3, end_is_date), instant(2, 3, start_is_date));
            let seconds = match unit {
                "second" => 1,
                "minute" => 60,
                _ => 3600,
            };
            match dialect {
                DuckDb => format!("date_sub('{unit}', {start}, {end})"),
                PostgreSql => format!("CAST(trunc(EXTRACT(EPOCH FROM {end} - {start}) / {seconds}) AS BIGINT)"),
            }
        }
        "day" | "week" => {
            let (end, start) = (day(1, 3, end_is_date), day(2, 3, start_is_date));
            match (dialect, unit) {
                (DuckDb, "day") => format!("date_diff('day', {start}, {end})"),
                (DuckDb, _) => format!("date_sub('week', {start}, {end})"),
                (PostgreSql, "day") => format!("CAST({end} - {start} AS BIGINT)"),
                (PostgreSql, _) => format!("CAST(({end} - {start}) / 7 AS BIGINT)"),
            }
        }
        _ => {
            let both = end_is_date && start_is_date;
            let civil = |place: usize, is_date: bool| if both { format!("${place}") } else { local(place, 3, is_date) };
            let (end, start) = (civil(1, end_is_date), civil(2, start_is_date));
            match (dialect, unit) {
                (DuckDb, _) => format!("date_sub('{unit}', {start}, {end})"),
                (PostgreSql, "month") => months_between(&end, &start),
                (PostgreSql, "quarter") => format!("({} / 3)", months_between(&end, &start)),
                (PostgreSql, _) => format!("({} / 12)", months_between(&end, &start)),
            }
        }
    }
}

/// Complete months, as PostgreSQL can count them: `age` counts the days of months that differ in length, this asks
/// whether so many months after the earlier time the later one is reached.
fn months_between(end: &str, start: &str) -> String {
    format!(
        "(SELECT CAST(CASE WHEN e >= s THEN m - CASE WHEN s + make_interval(months => m) > e THEN 1 ELSE 0 END \
         ELSE m + CASE WHEN e + make_interval(months => -m) > s THEN 1 ELSE 0 END END AS BIGINT) \
         FROM (SELECT e, s, CAST((EXTRACT(YEAR FROM e) - EXTRACT(YEAR FROM s)) * 12 + EXTRACT(MONTH FROM e) \
         - EXTRACT(MONTH FROM s) AS INTEGER) AS m FROM (SELECT {end} AS e, {start} AS s) AS times) AS months)"
    )
}

fn floor_seconds(from: &str, is_date: bool, dialect: Dialect) -> String {
    let (instant, local) = (instant(1, 3, is_date), local(1, 3, is_date));
    let midnight = format!("date_trunc('day', {local})");
    let floor = match (from, dialect) {
        ("midnight", DuckDb) => {
            format!("({midnight} + to_seconds(date_diff('second', {midnight}, {local}) // $2 * $2)) AT TIME ZONE $3")
        }
        ("midnight", PostgreSql) => format!(
            "({midnight} + make_interval(secs => floor(floor(EXTRACT(EPOCH FROM {local} - {midnight})) / $2) * $2)) \
             AT TIME ZONE $3"
        ),
        (_, DuckDb) => format!(
            "{instant} - to_microseconds(epoch_us({local}) \
             - epoch_us(time_bucket(to_seconds($2), {local}, TIMESTAMP '1970-01-01 00:00:00')))"
        ),
        (_, PostgreSql) => format!(
            "{instant} - make_interval(secs => EXTRACT(EPOCH FROM {local} \
             - date_bin(make_interval(secs => $2), {local}, TIMESTAMP '1970-01-01 00:00:00')))"
        ),
    };
    format!("CASE WHEN $2 > 0 THEN {floor} END")
}

/// A text as an instant: with an offset, or by the clock of the zone.
fn read_iso() -> String {
    let (date, clock) = ("[0-9]{4}-[0-9]{2}-[0-9]{2}", "[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]+)?)?");
    format!(
        "CASE WHEN regexp_full_match(trim($1), '{date}({clock})?') THEN TRY_CAST(trim($1) AS TIMESTAMP) \
         AT TIME ZONE $2 WHEN regexp_full_match(trim($1), '{date}{clock}(Z|[+-][0-9]{{2}}(:?[0-9]{{2}})?)') \
         THEN TRY_CAST(trim($1) AS TIMESTAMP WITH TIME ZONE) END"
    )
}
