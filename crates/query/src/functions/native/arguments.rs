//! The frame that our functions share: named, of a fixed or simply derived type, arguments as arrays.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, LazyLock};

use datafusion::arrow::array::{
    Array, ArrayRef, AsArray, BooleanArray, Date32Array, Float64Array, Int64Array, StringArray, StringViewArray,
    TimestampMicrosecondArray,
};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Date32Type, Float64Type, Int64Type, TimestampMicrosecondType};
use datafusion::common::{Result, exec_err};
use datafusion::logical_expr::{ColumnarValue, ScalarFunctionArgs, ScalarUDFImpl, Signature, Volatility};
use datafusion::scalar::ScalarValue;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use tutti_model::table::ColumnType;

use crate::types::{UTC, arrow_type};

/// A function: its name, its type from those of its arguments, and what it does.
#[derive(Clone)]
pub struct Native {
    pub name: &'static str,
    pub returns: fn(&[DataType]) -> DataType,
    pub run: fn(&Arguments) -> Result<ArrayRef>,
}

static SIGNATURE: LazyLock<Signature> = LazyLock::new(|| Signature::variadic_any(Volatility::Immutable));

impl std::fmt::Debug for Native {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

impl PartialEq for Native {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Native {}

impl Hash for Native {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for Native {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &SIGNATURE
    }

    fn return_type(&self, arguments: &[DataType]) -> Result<DataType> {
        Ok((self.returns)(arguments))
    }

    fn invoke_with_args(&self, arguments: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let arguments = Arguments { name: self.name, values: arguments.args, rows: arguments.number_rows };
        (self.run)(&arguments).map(ColumnarValue::Array)
    }
}

/// The arguments of a call, as the types that functions compute with.
pub struct Arguments {
    name: &'static str,
    values: Vec<ColumnarValue>,
    pub rows: usize,
}

impl Arguments {
    pub fn len(&self) -> usize {
        self.values.len()
    }

    fn array(&self, index: usize, wanted: &DataType) -> Result<ArrayRef> {
        let Some(value) = self.values.get(index) else {
            return exec_err!("{} takes more than {index} arguments", self.name);
        };
        let array = value.to_array(self.rows)?;
        if array.data_type() == wanted { Ok(array) } else { Ok(cast(&array, wanted)?) }
    }

    pub fn texts(&self, index: usize) -> Result<StringViewArray> {
        Ok(self.array(index, &DataType::Utf8View)?.as_string_view().clone())
    }

    pub fn integers(&self, index: usize) -> Result<Int64Array> {
        Ok(self.array(index, &DataType::Int64)?.as_primitive::<Int64Type>().clone())
    }

    /// An integer that is the same for every row.
    pub fn constant_integer(&self, index: usize) -> Option<i64> {
        let value = self.values.get(index)?;
        let ColumnarValue::Scalar(ScalarValue::Int64(value)) = value.cast_to(&DataType::Int64, None).ok()? else {
            return None;
        };
        value
    }

    pub fn numbers(&self, index: usize) -> Result<Float64Array> {
        Ok(self.array(index, &DataType::Float64)?.as_primitive::<Float64Type>().clone())
    }

    /// A text that is the same for every row; `None` for NULL.
    pub fn constant(&self, index: usize) -> Result<Option<String>> {
        match self.values.get(index) {
            Some(ColumnarValue::Scalar(value)) => Ok(value.try_as_str().flatten().map(str::to_owned)),
            // Where the engine has made an array of a constant.
            Some(ColumnarValue::Array(_)) => {
                let texts = self.texts(index)?;
                Ok((!texts.is_empty() && texts.is_valid(0)).then(|| texts.value(0).to_owned()))
            }
            None => exec_err!("{} takes more than {index} arguments", self.name),
        }
    }

    pub fn zone(&self, index: usize) -> Result<TimeZone> {
        let name = self.constant(index)?.unwrap_or_default();
        match TimeZone::get(&name) {
            Ok(zone) => Ok(zone),
            Err(_) => exec_err!("`{name}` is not a time zone"),
        }
    }

    pub fn times(&self, index: usize) -> Result<Times> {
        match self.values.get(index).map(ColumnarValue::data_type) {
            Some(DataType::Date32 | DataType::Date64) => {
                Ok(Times::Dates(self.array(index, &DataType::Date32)?.as_primitive::<Date32Type>().clone()))
            }
            _ => {
                let array = self.array(index, &arrow_type(ColumnType::Timestamp))?;
                Ok(Times::Instants(array.as_primitive::<TimestampMicrosecondType>().clone()))
            }
        }
    }
}

/// Dates or instants, one for each row.
pub enum Times {
    Dates(Date32Array),
    Instants(TimestampMicrosecondArray),
}

/// One of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Time {
    Date(Date),
    Instant(Timestamp),
}

impl Times {
    pub fn get(&self, row: usize) -> Option<Time> {
        match self {
            Self::Dates(days) => days.is_valid(row).then(|| date_of(days.value(row)).map(Time::Date)).flatten(),
            Self::Instants(micros) => micros
                .is_valid(row)
                .then(|| Timestamp::from_microsecond(micros.value(row)).ok().map(Time::Instant))
                .flatten(),
        }
    }

    pub fn are_dates(&self) -> bool {
        matches!(self, Self::Dates(_))
    }
}

impl Time {
    /// The clock and calendar of the zone; a date is its midnight.
    pub fn civil(self, zone: &TimeZone) -> jiff::civil::DateTime {
        match self {
            Self::Date(date) => date.at(0, 0, 0, 0),
            Self::Instant(instant) => zone.to_datetime(instant),
        }
    }

    /// The instant; of a date, its beginning in the zone. `None` past the range of times.
    pub fn instant(self, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Date(date) => zone.to_timestamp(date.at(0, 0, 0, 0)).ok(),
            Self::Instant(instant) => Some(instant),
        }
    }
}

const EPOCH: Date = jiff::civil::date(1970, 1, 1);

const DAY_SECONDS: i64 = 86_400;

/// The date so many days after 1970-01-01, by way of an instant, which is five times as fast as adding a span. The
/// range of instants ends a day before that of dates.
pub fn date_of(days: i32) -> Option<Date> {
    match Timestamp::from_second(i64::from(days) * DAY_SECONDS) {
        Ok(midnight) => Some(TimeZone::UTC.to_datetime(midnight).date()),
        Err(_) => EPOCH.checked_add(jiff::Span::new().try_days(days).ok()?).ok(),
    }
}

pub fn days_of(date: Date) -> i32 {
    match TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)) {
        Ok(midnight) => i32::try_from(midnight.as_second() / DAY_SECONDS).unwrap_or(i32::MAX),
        Err(_) => date.since((jiff::Unit::Day, EPOCH)).map_or(0, |span| span.get_days()),
    }
}

pub fn dates(values: impl Iterator<Item = Option<Date>>) -> ArrayRef {
    Arc::new(values.map(|date| date.map(days_of)).collect::<Date32Array>())
}

pub fn instants(values: impl Iterator<Item = Option<Timestamp>>) -> ArrayRef {
    let micros = values.map(|instant| instant.map(Timestamp::as_microsecond));
    Arc::new(micros.collect::<TimestampMicrosecondArray>().with_timezone(UTC))
}

pub fn integers(values: impl Iterator<Item = Option<i64>>) -> ArrayRef {
    Arc::new(values.collect::<Int64Array>())
}

pub fn numbers(values: impl Iterator<Item = Option<f64>>) -> ArrayRef {
    Arc::new(values.collect::<Float64Array>())
}

pub fn booleans(values: impl Iterator<Item = Option<bool>>) -> ArrayRef {
    Arc::new(values.collect::<BooleanArray>())
}

pub fn texts(values: impl Iterator<Item = Option<String>>) -> ArrayRef {
    Arc::new(values.collect::<StringArray>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_those_of_the_calendar() {
        let slow = |days: i32| EPOCH.checked_add(jiff::Span::new().days(days)).ok();
        let (first, last) = (days_of(Date::MIN), days_of(Date::MAX));
        for days in (first..=last).step_by(997).chain([first, first + 1, -1, 0, 1, last - 1, last]) {
            let date = date_of(days);
            assert_eq!((date, date.map(days_of)), (slow(days), Some(days)));
        }
        assert_eq!((date_of(first - 1), date_of(last + 1), date_of(i32::MIN)), (None, None, None));
    }
}
