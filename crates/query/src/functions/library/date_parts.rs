//! Parts of dates and clocks, and the starts of years, weeks and hours.

use datafusion::logical_expr::{Expr, lit};
use tutti_model::bind::Fault;
use tutti_model::problem::nearest;

use crate::expression::Call;
use crate::functions::native;
use crate::functions::registry::{Build, Category, Function, SPREADS, Takes, optional, p};

pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "year",
        familiar: &["Year"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer",
        about: "The year. Of a timestamp, in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("year(date '2026-03-15')", "2026"), ("year('2025-12-31T23:30:00Z')", "2026")],
        build: Build::Scalar(|call| Ok(native::part("year", call.expr(0), call.zone()))),
    },
    Function {
        name: "quarter",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer",
        about: "The quarter of the year, 1 to 4. Of a timestamp, in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("quarter(date '2026-05-01')", "2")],
        build: Build::Scalar(|call| Ok(native::part("quarter", call.expr(0), call.zone()))),
    },
    Function {
        name: "month",
        familiar: &["Month"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer",
        about: "The month, 1 to 12. Of a timestamp, in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("month(date '2026-03-15')", "3")],
        build: Build::Scalar(|call| Ok(native::part("month", call.expr(0), call.zone()))),
    },
    Function {
        name: "week_number",
        familiar: &["week"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer",
        about: "The week of the year as in ISO 8601, 1 to 53: weeks begin on Monday, and the first has the year's first Thursday. Of a timestamp, in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("week_number(date '2026-01-01')", "1"), ("week_number(date '2027-01-01')", "53")],
        build: Build::Scalar(|call| Ok(native::part("week", call.expr(0), call.zone()))),
    },
    Function {
        name: "day",
        familiar: &["Day", "day_of_month"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer",
        about: "The day of the month, 1 to 31. Of a timestamp, in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("day(date '2026-03-15')", "15")],
        build: Build::Scalar(|call| Ok(native::part("day", call.expr(0), call.zone()))),
    },
    Function {
        name: "day_of_year",
        familiar: &["DayOfYear"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer",
        about: "The day of the year, 1 to 366. Of a timestamp, in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("day_of_year(date '2026-02-01')", "32")],
        build: Build::Scalar(|call| Ok(native::part("doy", call.expr(0), call.zone()))),
    },
    Function {
        name: "hour",
        familiar: &["Hour"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer",
        about: "The hour on the clock of the campaign's zone, 0 to 23; of a date, 0.",
        nulls: SPREADS,
        examples: &[("hour('2026-03-15T23:30:00Z')", "0"), ("hour(now())", "11")],
        build: Build::Scalar(|call| Ok(native::part("hour", call.expr(0), call.zone()))),
    },
    Function {
        name: "minute",
        familiar: &["Minute"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer",
        about: "The minute, 0 to 59; of a date, 0.",
        nulls: SPREADS,
        examples: &[("minute(now())", "20")],
        build: Build::Scalar(|call| Ok(native::part("minute", call.expr(0), call.zone()))),
    },
    Function {
        name: "second",
        familiar: &["Second"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer",
        about: "The second, 0 to 59; of a date, 0.",
        nulls: SPREADS,
        examples: &[("second(now())", "30")],
        build: Build::Scalar(|call| Ok(native::part("second", call.expr(0), call.zone()))),
    },
    Function {
        name: "week_day",
        familiar: &["WeekDay"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer, 0 = Monday to 6 = Sunday",
        about: "The day of the week, counted from 0 on Monday.",
        nulls: SPREADS,
        examples: &[("week_day(date '2026-03-15')", "6"), ("week_day(date '2026-03-16')", "0")],
        build: Build::Scalar(|call| Ok(native::part("isodow", call.expr(0), call.zone()) - lit(1i64))),
    },
    Function {
        name: "year_and_month",
        familiar: &["YearAndMonth"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer, yyyymm",
        about: "Year and month as one number such as 202603.",
        nulls: SPREADS,
        examples: &[("year_and_month(date '2026-03-15')", "202603")],
        build: Build::Scalar(year_and_month),
    },
    Function {
        name: "date_part",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("part", Takes::Constant), p("time", Takes::Time), optional("zone", Takes::Constant)],
        result: "integer",
        about: "A part of the time in a zone, the campaign's without one: `year`, `quarter`, `month`, `week` (ISO 8601), `day`, `doy`, `dow` (0 = Sunday), `isodow` (1 = Monday), `hour`, `minute`, `second`, `epoch` (seconds since 1970). `extract(part from time)` is the same.",
        nulls: SPREADS,
        examples: &[
            ("date_part('doy', date '2026-02-01')", "32"),
            ("date_part('hour', now(), 'Asia/Tokyo')", "19"),
            ("extract(month from date '2026-03-15')", "3"),
        ],
        build: Build::Scalar(date_part),
    },
    Function {
        name: "trunc_year",
        familiar: &["TruncYear"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "as `time`",
        about: "1 January of the year, at midnight. Of a timestamp, in the campaign's zone.",
        nulls: SPREADS,
        examples: &[
            ("trunc_year(date '2026-03-15')", "2026-01-01"),
            ("trunc_year(now())", "2026-01-01T00:00:00+01:00"),
        ],
        build: Build::Scalar(|call| Ok(native::floor("year", call.expr(0), lit(call.zone())))),
    },
    Function {
        name: "trunc_quarter",
        familiar: &["TruncQuarter"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "as `time`",
        about: "The first day of the quarter, at midnight. Of a timestamp, in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("trunc_quarter(date '2026-05-20')", "2026-04-01")],
        build: Build::Scalar(|call| Ok(native::floor("quarter", call.expr(0), lit(call.zone())))),
    },
    Function {
        name: "trunc_month",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "as `time`",
        about: "The first day of the month, at midnight. Of a timestamp, in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("trunc_month(date '2026-03-15')", "2026-03-01")],
        build: Build::Scalar(|call| Ok(native::floor("month", call.expr(0), lit(call.zone())))),
    },
    Function {
        name: "trunc_week",
        familiar: &["TruncWeek"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "as `time`",
        about: "The Monday of the week, at midnight. Of a timestamp, in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("trunc_week(date '2026-03-15')", "2026-03-09")],
        build: Build::Scalar(|call| Ok(native::floor("week", call.expr(0), lit(call.zone())))),
    },
    Function {
        name: "trunc_day",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "as `time`",
        about: "Midnight of the day. Of a timestamp, in the campaign's zone.",
        nulls: SPREADS,
        examples: &[("trunc_day(now())", "2026-03-15T00:00:00+01:00")],
        build: Build::Scalar(|call| Ok(native::floor("day", call.expr(0), lit(call.zone())))),
    },
    Function {
        name: "date_trunc",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("unit", Takes::Constant), p("time", Takes::Time), optional("zone", Takes::Constant)],
        result: "as `time`",
        about: "The start of the unit in which the time lies, in a zone, the campaign's without one: `second`, `minute`, `hour`, `day`, `week` (from Monday), `month`, `quarter`, `year`.",
        nulls: SPREADS,
        examples: &[
            ("date_trunc('month', date '2026-03-15')", "2026-03-01"),
            ("date_trunc('day', now(), 'America/New_York')", "2026-03-15T05:00:00+01:00"),
        ],
        build: Build::Scalar(date_trunc),
    },
    Function {
        name: "trunc_date",
        familiar: &["TruncDate"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("seconds", Takes::Integer)],
        result: "timestamp",
        about: "The time, down to a multiple of `seconds` counted from midnight of 1970-01-01 on the clock of the campaign's zone: 900 for quarters of an hour, 86400 for days.",
        nulls: "NULL where an argument is NULL or `seconds` is not positive",
        examples: &[("trunc_date(now(), 900)", "2026-03-15T11:15:00+01:00"), ("trunc_date(now(), 0)", "NULL")],
        build: Build::Scalar(|call| Ok(floored(call, call.zone(), "epoch"))),
    },
    Function {
        name: "trunc_date_tz",
        familiar: &["TruncDateTZ"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("seconds", Takes::Integer), p("zone", Takes::Constant)],
        result: "timestamp",
        about: "Like `trunc_date`, on the clock of a zone.",
        nulls: "NULL where an argument is NULL or `seconds` is not positive",
        examples: &[("trunc_date_tz(now(), 86400, 'Asia/Tokyo')", "2026-03-14T16:00:00+01:00")],
        build: Build::Scalar(|call| Ok(floored(call, &call.zone_at(2)?, "epoch"))),
    },
    Function {
        name: "trunc_time",
        familiar: &["TruncTime"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("seconds", Takes::Integer)],
        result: "timestamp",
        about: "The clock of the day, down to a multiple of `seconds` since its midnight in the campaign's zone; the day stays the same, also where `seconds` does not divide a day.",
        nulls: "NULL where an argument is NULL or `seconds` is not positive",
        examples: &[
            ("trunc_time(now(), 3600)", "2026-03-15T11:00:00+01:00"),
            ("trunc_time(now(), 1000000)", "2026-03-15T00:00:00+01:00"),
        ],
        build: Build::Scalar(|call| Ok(floored(call, call.zone(), "midnight"))),
    },
];

fn year_and_month(call: &Call<'_>) -> Result<Expr, Fault> {
    let part = |part: &str| native::part(part, call.expr(0), call.zone());
    Ok(part("year") * lit(100i64) + part("month"))
}

fn date_part(call: &Call<'_>) -> Result<Expr, Fault> {
    let part = named(call, &native::PARTS)?;
    Ok(native::part(&part, call.expr(1), &call.zone_at(2)?))
}

fn date_trunc(call: &Call<'_>) -> Result<Expr, Fault> {
    let unit = named(call, &native::UNITS)?;
    Ok(native::floor(&unit, call.expr(1), lit(call.zone_at(2)?)))
}

/// The first argument, as one of the names that are known.
fn named(call: &Call<'_>, known: &[&str]) -> Result<String, Fault> {
    let name = call.constant(0).unwrap_or_default().trim().to_lowercase();
    if known.contains(&name.as_str()) {
        return Ok(name);
    }
    let fault = call.wrong(0, format!("`{name}` is not known"));
    Err(match nearest(&name, known.iter().copied()) {
        Some(near) => fault.hint(format!("did you mean `{near}`?")),
        None => fault.hint(format!("known are `{}`", known.join("`, `"))),
    })
}

fn floored(call: &Call<'_>, zone: &str, from: &str) -> Expr {
    native::call("tutti_floor_seconds", vec![call.expr(0), call.expr(1), lit(zone), lit(from)])
}
