//! Dates from text, and between zones.

use datafusion::logical_expr::{Expr, lit};
use tutti_model::bind::Fault;
use tutti_model::table::ColumnType;

use crate::expression::Call;
use crate::functions::native;
use crate::functions::registry::{Build, Category, Function, SPREADS, Takes, optional, p};

pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "to_date",
        familiar: &["ToDate"],
        category: Category::Date,
        parameters: &[p("value", Takes::Any), optional("format", Takes::Constant)],
        result: "date",
        about: "The date of a timestamp in the campaign's zone, or a text as a date: ISO 8601, or in a format of `strftime` such as `%d/%m/%Y`.",
        nulls: "NULL where the value is NULL or a text that is not a date",
        examples: &[
            ("to_date(now())", "2026-03-15"),
            ("to_date('15/03/2026', '%d/%m/%Y')", "2026-03-15"),
            ("to_date('soon')", "NULL"),
        ],
        build: Build::Scalar(|call| read(call, ColumnType::Date)),
    },
    Function {
        name: "to_timestamp",
        familiar: &["ToTimestamp", "ToDateTime", "to_date_time"],
        category: Category::Date,
        parameters: &[p("value", Takes::Any), optional("format", Takes::Constant)],
        result: "timestamp",
        about: "A text as an instant: ISO 8601 (`2026-03-15T09:00:00+01:00`; without an offset the clock of the campaign's zone), or in a format of `strftime` such as `%d/%m/%Y %H:%M`. A date is its midnight in the zone.",
        nulls: "NULL where the value is NULL or a text that is not a time",
        examples: &[
            ("to_timestamp('2026-03-15 09:00')", "2026-03-15T09:00:00+01:00"),
            ("ToDateTime('15/03/2026 09:00', '%d/%m/%Y %H:%M')", "2026-03-15T09:00:00+01:00"),
            ("to_timestamp('')", "NULL"),
        ],
        build: Build::Scalar(|call| read(call, ColumnType::Timestamp)),
    },
    Function {
        name: "make_date",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("year", Takes::Integer), p("month", Takes::Integer), p("day", Takes::Integer)],
        result: "date",
        about: "The date of a year, a month from 1 and a day from 1.",
        nulls: "NULL where an argument is NULL or there is no such day",
        examples: &[("make_date(2026, 2, 28)", "2026-02-28"), ("make_date(2026, 2, 30)", "NULL")],
        build: Build::Scalar(|call| {
            Ok(native::call("tutti_make_date", (0..3).map(|index| call.expr(index)).collect()))
        }),
    },
    Function {
        name: "to_unixtime",
        familiar: &["unix_timestamp"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer, seconds",
        about: "The whole seconds from the start of 1970 in UTC to the time; a date is its midnight in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("to_unixtime('2026-03-15T10:20:30Z')", "1773570030"), ("to_unixtime(date '1970-01-01')", "-3600")],
        build: Build::Scalar(|call| Ok(native::part("epoch", call.expr(0), call.zone()))),
    },
    Function {
        name: "from_unixtime",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("seconds", Takes::Integer)],
        result: "timestamp",
        about: "The instant so many seconds after the start of 1970 in UTC.",
        nulls: "NULL where the argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[
            ("from_unixtime(1773570030)", "2026-03-15T11:20:30+01:00"),
            ("from_unixtime(9223372036854775807)", "NULL"),
        ],
        build: Build::Scalar(|call| Ok(native::call("tutti_from_unixtime", vec![call.expr(0)]))),
    },
    Function {
        name: "to_time_zone",
        familiar: &["ToTimeZone"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("zone", Takes::Text)],
        result: "timestamp",
        about: "What the clock shows in `zone`, as a time of the campaign's zone: `hour(to_time_zone(at, 'Asia/Tokyo'))` is the hour in Tokyo. The zone may be a field. `at time zone` is the same.",
        nulls: "NULL where an argument is NULL or the zone is not known",
        examples: &[
            ("to_time_zone(now(), 'Asia/Tokyo')", "2026-03-15T19:20:30+01:00"),
            ("hour(now() at time zone 'Asia/Tokyo')", "19"),
            ("to_time_zone(now(), 'Mars/Base')", "NULL"),
        ],
        build: Build::Scalar(|call| Ok(rezoned(call, call.expr(1)))),
    },
    Function {
        name: "convert_ntz",
        familiar: &["ConvertNTZ"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "timestamp",
        about: "For times that were stored without a zone, and so as UTC: the same clock, read in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("convert_ntz('2026-03-15T09:00:00Z')", "2026-03-15T09:00:00+01:00")],
        build: Build::Scalar(|call| Ok(rezoned(call, lit("UTC")))),
    },
    Function {
        name: "date_only",
        familiar: &["DateOnly"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "timestamp",
        about: "Midnight of the day in the campaign's zone; `to_date` gives the day as a date.",
        nulls: SPREADS,
        examples: &[("date_only(now())", "2026-03-15T00:00:00+01:00")],
        build: Build::Scalar(date_only),
    },
];

fn read(call: &Call<'_>, kind: ColumnType) -> Result<Expr, Fault> {
    let Some(format) = call.constant(1) else {
        if call.has(1) {
            return Err(call.wrong(1, "the format is NULL"));
        }
        return call.converted(0, kind);
    };
    if !matches!(call.kind(0), Some(ColumnType::String) | None) {
        return Err(call.wrong(1, "a format is for reading text"));
    }
    let instant = native::call("tutti_read_time", vec![call.expr(0), lit(call.zone()), lit(format)]);
    Ok(if kind == ColumnType::Date { native::date(instant, call.zone()) } else { instant })
}

fn rezoned(call: &Call<'_>, from: Expr) -> Expr {
    native::call("tutti_rezone", vec![call.expr(0), from, lit(call.zone())])
}

fn date_only(call: &Call<'_>) -> Result<Expr, Fault> {
    let instant = call.converted(0, ColumnType::Timestamp)?;
    Ok(native::floor("day", instant, lit(call.zone())))
}
