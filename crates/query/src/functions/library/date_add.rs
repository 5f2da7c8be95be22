//! Moving dates and times.

use datafusion::logical_expr::{Expr, lit};
use tutti_model::bind::Fault;
use tutti_model::table::ColumnType;

use crate::expression::Call;
use crate::functions::native;
use crate::functions::registry::{Build, Category, Function, Takes, p};

pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "add_seconds",
        familiar: &["AddSeconds"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "timestamp",
        about: "The time `n` seconds later, of exact time: clock changes do not count. A date is its midnight in the campaign's zone.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("add_seconds('2026-03-15T09:00:00', 90)", "2026-03-15T09:01:30+01:00")],
        build: Build::Scalar(|call| moved(call, "second", Moved::Later)),
    },
    Function {
        name: "add_minutes",
        familiar: &["AddMinutes"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "timestamp",
        about: "The time `n` minutes later, of exact time: clock changes do not count. A date is its midnight in the campaign's zone.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("add_minutes('2026-03-15T09:00:00', 90)", "2026-03-15T10:30:00+01:00")],
        build: Build::Scalar(|call| moved(call, "minute", Moved::Later)),
    },
    Function {
        name: "add_hours",
        familiar: &["AddHours"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "timestamp",
        about: "The time `n` hours later, of exact time: clock changes do not count. A date is its midnight in the campaign's zone.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("add_hours('2026-03-28T12:00:00', 24)", "2026-03-29T13:00:00+02:00")],
        build: Build::Scalar(|call| moved(call, "hour", Moved::Later)),
    },
    Function {
        name: "add_days",
        familiar: &["AddDays"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "as `time`",
        about: "The time `n` days later, by the calendar of the campaign's zone: the clock stays the same.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[
            ("add_days(date '2026-03-30', 3)", "2026-04-02"),
            ("add_days('2026-03-28T12:00:00', 1)", "2026-03-29T12:00:00+02:00"),
            ("add_days(null, 1)", "NULL"),
        ],
        build: Build::Scalar(|call| moved(call, "day", Moved::Later)),
    },
    Function {
        name: "add_weeks",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "as `time`",
        about: "The time `n` weeks later, by the calendar of the campaign's zone: the clock stays the same.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("add_weeks(date '2026-03-30', 1)", "2026-04-06")],
        build: Build::Scalar(|call| moved(call, "week", Moved::Later)),
    },
    Function {
        name: "add_months",
        familiar: &["AddMonths"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "as `time`",
        about: "The time `n` months later, by the calendar; a day that the month does not have becomes its last one.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("add_months(date '2026-01-31', 1)", "2026-02-28")],
        build: Build::Scalar(|call| moved(call, "month", Moved::Later)),
    },
    Function {
        name: "add_quarters",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "as `time`",
        about: "The time `n` quarters later, by the calendar; a day that the month does not have becomes its last one.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("add_quarters(date '2026-01-31', 1)", "2026-04-30")],
        build: Build::Scalar(|call| moved(call, "quarter", Moved::Later)),
    },
    Function {
        name: "add_years",
        familiar: &["AddYears"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "as `time`",
        about: "The time `n` years later, by the calendar; a day that the month does not have becomes its last one.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("add_years(date '2024-02-29', 1)", "2025-02-28")],
        build: Build::Scalar(|call| moved(call, "year", Moved::Later)),
    },
    Function {
        name: "sub_seconds",
        familiar: &["SubSeconds"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "timestamp",
        about: "The time `n` seconds earlier, of exact time: clock changes do not count. A date is its midnight in the campaign's zone.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("sub_seconds('2026-03-15T09:00:00', 90)", "2026-03-15T08:58:30+01:00")],
        build: Build::Scalar(|call| moved(call, "second", Moved::Earlier)),
    },
    Function {
        name: "sub_minutes",
        familiar: &["SubMinutes"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "timestamp",
        about: "The time `n` minutes earlier, of exact time: clock changes do not count. A date is its midnight in the campaign's zone.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("sub_minutes('2026-03-15T09:00:00', 90)", "2026-03-15T07:30:00+01:00")],
        build: Build::Scalar(|call| moved(call, "minute", Moved::Earlier)),
    },
    Function {
        name: "sub_hours",
        familiar: &["SubHours"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "timestamp",
        about: "The time `n` hours earlier, of exact time: clock changes do not count. A date is its midnight in the campaign's zone.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("sub_hours(date '2026-03-30', 1)", "2026-03-29T23:00:00+02:00")],
        build: Build::Scalar(|call| moved(call, "hour", Moved::Earlier)),
    },
    Function {
        name: "sub_days",
        familiar: &["SubDays"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "as `time`",
        about: "The time `n` days earlier, by the calendar of the campaign's zone: the clock stays the same.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("sub_days('2026-03-29T12:00:00', 1)", "2026-03-28T12:00:00+01:00")],
        build: Build::Scalar(|call| moved(call, "day", Moved::Earlier)),
    },
    Function {
        name: "sub_weeks",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "as `time`",
        about: "The time `n` weeks earlier, by the calendar of the campaign's zone: the clock stays the same.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("sub_weeks(date '2026-03-30', 1)", "2026-03-23")],
        build: Build::Scalar(|call| moved(call, "week", Moved::Earlier)),
    },
    Function {
        name: "sub_months",
        familiar: &["SubMonths"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "as `time`",
        about: "The time `n` months earlier, by the calendar; a day that the month does not have becomes its last one.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("sub_months(date '2026-03-31', 1)", "2026-02-28")],
        build: Build::Scalar(|call| moved(call, "month", Moved::Earlier)),
    },
    Function {
        name: "sub_quarters",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "as `time`",
        about: "The time `n` quarters earlier, by the calendar; a day that the month does not have becomes its last one.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("sub_quarters(date '2026-03-31', 1)", "2025-12-31")],
        build: Build::Scalar(|call| moved(call, "quarter", Moved::Earlier)),
    },
    Function {
        name: "sub_years",
        familiar: &["SubYears"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time), p("n", Takes::Integer)],
        result: "as `time`",
        about: "The time `n` years earlier, by the calendar; a day that the month does not have becomes its last one.",
        nulls: "NULL where an argument is NULL, or the result is past the years -9999 to 9999",
        examples: &[("sub_years(date '2026-03-15', 30)", "1996-03-15")],
        build: Build::Scalar(|call| moved(call, "year", Moved::Earlier)),
    },
];

enum Moved {
    Later,
    Earlier,
}

fn moved(call: &Call<'_>, unit: &str, direction: Moved) -> Result<Expr, Fault> {
    // A quarter is three months.
    let (unit, times) = if unit == "quarter" { ("month", 3i64) } else { (unit, 1) };
    let times = if matches!(direction, Moved::Later) { times } else { -times };
    let amount = if times == 1 { call.expr(1) } else { native::call("tutti_times", vec![call.expr(1), lit(times)]) };
    let time = match (unit, call.kind(0)) {
        ("second" | "minute" | "hour", Some(ColumnType::Date)) => native::instant(call.expr(0), call.zone()),
        _ => call.expr(0),
    };
    Ok(native::shift(unit, time, amount, call.zone()))
}
