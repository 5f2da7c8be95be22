//! Functions of our own that plans may contain, where the engine has none of the meaning wanted. Each is known by its
//! name alone: what it depends on (a unit, a zone) is an argument, so that plans can travel.

mod arguments;
mod calendar;
mod chance;
pub mod document;
mod geo;
pub mod text;
mod time;
mod time_text;
mod whole;
pub mod xml;

use std::sync::{Arc, LazyLock};

use datafusion::arrow::datatypes::DataType;
use datafusion::logical_expr::{Expr, ScalarUDF, lit};

pub use arguments::Native;
pub use time::{PARTS, UNITS};

/// Every function, for the registry of a session.
static ALL: LazyLock<Vec<Arc<ScalarUDF>>> = LazyLock::new(|| {
    [
        time::FUNCTIONS,
        time_text::FUNCTIONS,
        text::FUNCTIONS,
        document::FUNCTIONS,
        geo::FUNCTIONS,
        chance::FUNCTIONS,
        whole::FUNCTIONS,
    ]
    .concat()
    .into_iter()
    .map(|native| Arc::new(ScalarUDF::from(native)))
    .collect()
});

pub fn all() -> impl Iterator<Item = &'static Arc<ScalarUDF>> {
    ALL.iter()
}

/// A call of one of them.
pub fn call(name: &str, arguments: Vec<Expr>) -> Expr {
    match ALL.iter().find(|function| function.name() == name) {
        Some(function) => function.call(arguments),
        // The names are written in this crate, and a test calls each.
        None => lit(datafusion::scalar::ScalarValue::Null),
    }
}

/// `time` moved by `amount` units; days and longer by the calendar of the zone.
pub fn shift(unit: &str, time: Expr, amount: Expr, zone: &str) -> Expr {
    call("tutti_shift", vec![lit(unit), time, amount, lit(zone)])
}

/// The instant at which a date begins in the zone.
pub fn instant(date: Expr, zone: &str) -> Expr {
    call("tutti_instant", vec![date, lit(zone)])
}

/// The date on which an instant lies in the zone.
pub fn date(instant: Expr, zone: &str) -> Expr {
    call("tutti_date", vec![instant, lit(zone)])
}

/// A part of a date or of an instant's clock in the zone: one of [`PARTS`].
pub fn part(part: &str, time: Expr, zone: &str) -> Expr {
    call("tutti_part", vec![lit(part), time, lit(zone)])
}

/// The start of the unit in which the time lies.
pub fn floor(unit: &str, time: Expr, zone: Expr) -> Expr {
    call("tutti_floor", vec![lit(unit), time, zone])
}

/// Whole units from `start` to `end`.
pub fn difference(unit: &str, end: Expr, start: Expr, zone: &str) -> Expr {
    call("tutti_difference", vec![lit(unit), end, start, lit(zone)])
}

/// A time written as text, as an instant.
pub fn read_time(text: Expr, zone: &str) -> Expr {
    call("tutti_read_time", vec![text, lit(zone)])
}

/// A time as text; the format `iso` is ISO 8601 with the zone's offset.
pub fn format_time(time: Expr, format: Expr, zone: &str) -> Expr {
    call("tutti_format_time", vec![time, format, lit(zone)])
}

const TEXT: DataType = DataType::Utf8;
