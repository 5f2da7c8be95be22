//! How the values of a field are spread over the matching rows, and which of them begin with what someone types.

use std::cmp::Ordering;

use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, RecordBatch};
use datafusion::arrow::datatypes::{
    DataType, Date32Type, Decimal128Type, Float64Type, Int64Type, TimestampMicrosecondType,
};
use datafusion::functions::string::expr_fn::{contains, starts_with};
use datafusion::functions_aggregate::expr_fn::count;
use datafusion::logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, cast, lit};
use datafusion::scalar::ScalarValue;
use futures::TryStreamExt;
use jiff::tz::TimeZone;
use tutti_model::bind::{Field, Predicate};
use tutti_model::catalog::Hop;
use tutti_model::table::ColumnType;

use crate::error::{Error, Result};
use crate::frame::{Frame, Planner, column};
use crate::functions::{casefold, fold, native};
use crate::histogram::{Histogram, Scale};
use crate::related::{Linked, with_parent_keys};
use crate::session::Session;
use crate::types::arrow_type;

/// Whose values are asked for: a field of each row, or of each linked row at the end of `hops`.
#[derive(Clone, Debug)]
pub struct Values {
    /// Up to the last link to many rows; empty for a field of the row itself.
    pub hops: Vec<Hop>,
    /// A field of the table where the hops end.
    pub field: Field,
    /// By whose clock days and hours begin, and timestamps are told.
    pub zone: TimeZone,
}

/// A value and the number of rows that have it.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueCount {
    pub value: ScalarValue,
    pub count: u64,
}

/// How values are spread.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Distribution {
    /// All rows, those without a value included.
    pub rows: u64,
    pub nulls: u64,
    /// Different values.
    pub distinct: u64,
    /// The most frequent values first; those as frequent by value.
    pub top: Vec<ValueCount>,
    /// The least and the greatest value, of numbers, dates and timestamps.
    pub bounds: Option<(ScalarValue, ScalarValue)>,
    /// Of numbers, dates and timestamps.
    pub histogram: Vec<ValueBin>,
}

/// The rows whose value is at least `from` and less than `to`.
#[derive(Clone, Debug, PartialEq)]
pub struct ValueBin {
    pub from: ScalarValue,
    pub to: ScalarValue,
    pub count: u64,
}

/// Counts the values of a field over the matching rows, in one pass; the `top` most frequent are told.
pub async fn distribution(
    session: &Session,
    planner: &Planner<'_>,
    table: &str,
    predicate: &Predicate,
    values: &Values,
    top: usize,
) -> Result<Distribution> {
    let groups = grouped(values_of(planner, table, predicate, values)?)?;
    let mut found = Distribution::default();
    let mut most = Most { size: top, items: Vec::new() };
    let mut spread = Spread::new(values.field.column.column_type, &values.zone);
    let mut stream = session.stream(groups).await?;
    while let Some(batch) = stream.try_next().await.map_err(Error::from)? {
        let (values, counts) = (batch.column(0), counts_of(&batch));
        for row in 0..batch.num_rows() {
            let count = counts.value(row).unsigned_abs();
            found.rows += count;
            if values.is_null(row) {
                found.nulls += count;
                continue;
            }
            found.distinct += 1;
            most.offer(values, row, count)?;
        }
        spread.add(values, counts);
    }
    found.top = most.items;
    if let Some(histogram) = spread.histogram {
        let scalar = |value| spread.kind.scalar(value);
        found.bounds = match spread.numbers {
            Some((least, greatest)) => Some((ScalarValue::from(least), ScalarValue::from(greatest))),
            None => histogram.bounds().map(|(least, greatest)| (scalar(least), scalar(greatest))),
        };
        let bin =
            |bin: crate::histogram::Bin| ValueBin { from: scalar(bin.from), to: scalar(bin.to), count: bin.count };
        found.histogram = histogram.bins().into_iter().map(bin).collect();
    }
    Ok(found)
}

/// Values that begin with `typed`, then those that contain it, without regard to case; the most frequent first.
pub async fn suggest(
    session: &Session,
    planner: &Planner<'_>,
    table: &str,
    predicate: &Predicate,
    values: &Values,
    typed: &str,
    limit: usize,
) -> Result<Vec<ValueCount>> {
    let rows = values_of(planner, table, predicate, values)?;
    let text = match values.field.column.column_type {
        ColumnType::String => column(VALUE),
        ColumnType::Timestamp => by_the_clock(column(VALUE), &values.zone),
        _ => cast(column(VALUE), DataType::Utf8),
    };
    let typed = fold(typed);
    let matching = contains(casefold(text.clone()), lit(typed.as_str()));
    let rows = LogicalPlanBuilder::from(rows).filter(column(VALUE).is_not_null().and(matching))?.build()?;
    let begins = starts_with(casefold(text), lit(typed)).sort(false, false);
    let sorts = vec![begins, column(COUNT).sort(false, false), column(VALUE).sort(true, false)];
    let plan = LogicalPlanBuilder::from(grouped(rows)?).sort_with_limit(sorts, Some(limit))?.build()?;
    let mut found = Vec::new();
    for batch in session.collect(plan).await? {
        let counts = counts_of(&batch);
        for row in 0..batch.num_rows() {
            let value = ScalarValue::try_from_array(batch.column(0), row)?;
            found.push(ValueCount { value, count: counts.value(row).unsigned_abs() });
        }
    }
    Ok(found)
}

const VALUE: &str = "__value";
const COUNT: &str = "__count";

/// A plan of one column: the value of every row.
fn values_of(planner: &Planner<'_>, table: &str, predicate: &Predicate, values: &Values) -> Result<LogicalPlan> {
    let rows = planner.asked(table)?.filter(predicate)?;
    let frame: Frame<'_> = if values.hops.is_empty() {
        rows
    } else {
        let rows = with_parent_keys(rows, &values.hops)?;
        // Rows that no row of the table leads to are not counted.
        Linked::rows(&rows, &values.hops, &Predicate::Constant(true))?.of_parents(&rows)?.frame
    };
    let frame = frame.with_fields([&values.field])?;
    let value = cast(frame.column(&values.field), arrow_type(values.field.column.column_type));
    // Texts stay as they are read.
    let value = if values.field.column.column_type == ColumnType::String { frame.column(&values.field) } else { value };
    Ok(LogicalPlanBuilder::from(frame.into_plan()).project(vec![value.alias(VALUE)])?.build()?)
}

/// An instant as the clock of a zone shows it, with its offset.
fn by_the_clock(instant: Expr, zone: &TimeZone) -> Expr {
    match zone.iana_name() {
        None | Some(crate::types::UTC) => cast(instant, DataType::Utf8),
        Some(zone) => native::call("tutti_format_time", vec![instant, lit("iso"), lit(zone)]),
    }
}

fn grouped(values: LogicalPlan) -> Result<LogicalPlan> {
    Ok(LogicalPlanBuilder::from(values)
        .aggregate(vec![column(VALUE)], vec![count(lit(1i64)).alias(COUNT)])?
        .project(vec![column(VALUE), column(COUNT)])?
        .build()?)
}

fn counts_of(batch: &RecordBatch) -> &Int64Array {
    batch.column(1).as_primitive::<Int64Type>()
}

/// The most frequent values so far, in order.
struct Most {
    size: usize,
    items: Vec<ValueCount>,
}

impl Most {
    fn offer(&mut self, values: &ArrayRef, row: usize, count: u64) -> Result<()> {
        let is_full = self.items.len() >= self.size;
        if is_full && self.items.last().is_none_or(|last| count < last.count) {
            return Ok(());
        }
        let item = ValueCount { value: ScalarValue::try_from_array(values, row)?, count };
        let before = |other: &ValueCount| match other.count.cmp(&item.count) {
            Ordering::Equal => other.value.partial_cmp(&item.value) == Some(Ordering::Less),
            order => order == Ordering::Greater,
        };
        let place = self.items.partition_point(before);
        if place < self.size {
            self.items.insert(place, item);
            self.items.truncate(self.size);
        }
        Ok(())
    }
}

/// How values of a type become whole numbers, and those values again.
#[derive(Clone, Copy)]
enum Kind {
    Integer,
    Decimal(i8),
    /// In millionths.
    Number,
    Date,
    Timestamp,
}

const MILLIONTHS: f64 = 1e6;

/// Numbers beyond this are counted as if they were this.
const NUMBER_MAX: f64 = 1e30;

impl Kind {
    fn scalar(self, value: i128) -> ScalarValue {
        let long = || i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX });
        match self {
            Self::Integer => ScalarValue::Int64(Some(long())),
            Self::Decimal(scale) => ScalarValue::Decimal128(Some(value), 38, scale),
            Self::Number => ScalarValue::Float64(Some(value as f64 / MILLIONTHS)),
            Self::Date => ScalarValue::Date32(Some(i32::try_from(value).unwrap_or(i32::MAX))),
            Self::Timestamp => ScalarValue::TimestampMicrosecond(Some(long()), Some(crate::types::UTC.into())),
        }
    }
}

struct Spread {
    kind: Kind,
    histogram: Option<Histogram>,
    /// The bounds of numbers, which the histogram has in millionths only.
    numbers: Option<(f64, f64)>,
}

impl Spread {
    fn new(column_type: ColumnType, zone: &TimeZone) -> Self {
        let (kind, scale) = match column_type {
            ColumnType::Integer => (Kind::Integer, Scale::Units),
            ColumnType::Decimal { scale, .. } => (Kind::Decimal(scale.cast_signed()), Scale::Units),
            ColumnType::Number => (Kind::Number, Scale::Units),
            ColumnType::Date => (Kind::Date, Scale::Days),
            ColumnType::Timestamp => (Kind::Timestamp, Scale::Micros),
            ColumnType::String | ColumnType::Boolean => {
                return Self { kind: Kind::Integer, histogram: None, numbers: None };
            }
        };
        Self { kind, histogram: Some(Histogram::new(scale, zone.clone())), numbers: None }
    }

    fn add(&mut self, values: &ArrayRef, counts: &Int64Array) {
        let Some(histogram) = &mut self.histogram else { return };
        if let Kind::Number = self.kind {
            let numbers = values.as_primitive::<Float64Type>().iter().flatten();
            self.numbers = numbers.fold(self.numbers, |bounds, number| {
                let (least, greatest) = bounds.unwrap_or((number, number));
                Some((least.min(number), greatest.max(number)))
            });
        }
        let value: Box<dyn Fn(usize) -> i128 + '_> = match self.kind {
            Kind::Integer => Box::new(|row| values.as_primitive::<Int64Type>().value(row).into()),
            Kind::Decimal(_) => Box::new(|row| values.as_primitive::<Decimal128Type>().value(row)),
            Kind::Number => Box::new(|row| {
                let value = values.as_primitive::<Float64Type>().value(row);
                (value.clamp(-NUMBER_MAX, NUMBER_MAX) * MILLIONTHS).floor() as i128
            }),
            Kind::Date => Box::new(|row| values.as_primitive::<Date32Type>().value(row).into()),
            Kind::Timestamp => Box::new(|row| values.as_primitive::<TimestampMicrosecondType>().value(row).into()),
        };
        for row in (0..values.len()).filter(|row| values.is_valid(*row)) {
            histogram.add(value(row), counts.value(row).unsigned_abs());
        }
    }
}
