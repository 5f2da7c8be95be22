//! How far dates and times are from each other and from now.

use datafusion::functions::core::expr_fn::{greatest, least};
use datafusion::logical_expr::{Expr, lit, when};
use tutti_model::bind::Fault;
use tutti_model::table::ColumnType;

use crate::expression::Call;
use crate::functions::native;
use crate::functions::registry::{Build, Category, Function, SPREADS, Takes, p};

pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "seconds_diff",
        familiar: &["SecondsDiff"],
        category: Category::Date,
        parameters: &[p("end", Takes::Time), p("start", Takes::Time)],
        result: "integer, seconds",
        about: "Seconds from `start` to `end`, of exact time; a fraction is cut. Negative where `end` is before `start`.",
        nulls: SPREADS,
        examples: &[("seconds_diff('2026-03-15T09:01:00', '2026-03-15T09:00:00')", "60")],
        build: Build::Scalar(|call| Ok(native::difference("second", call.expr(0), call.expr(1), call.zone()))),
    },
    Function {
        name: "minutes_diff",
        familiar: &["MinutesDiff"],
        category: Category::Date,
        parameters: &[p("end", Takes::Time), p("start", Takes::Time)],
        result: "integer, minutes",
        about: "Whole minutes from `start` to `end`, of exact time. Negative where `end` is before `start`.",
        nulls: SPREADS,
        examples: &[("minutes_diff('2026-03-15T09:01:59', '2026-03-15T09:00:00')", "1")],
        build: Build::Scalar(|call| Ok(native::difference("minute", call.expr(0), call.expr(1), call.zone()))),
    },
    Function {
        name: "hours_diff",
        familiar: &["HoursDiff"],
        category: Category::Date,
        parameters: &[p("end", Takes::Time), p("start", Takes::Time)],
        result: "integer, hours",
        about: "Whole hours from `start` to `end`, of exact time. Negative where `end` is before `start`.",
        nulls: SPREADS,
        examples: &[("hours_diff('2026-03-29T12:00:00', '2026-03-28T12:00:00')", "23")],
        build: Build::Scalar(|call| Ok(native::difference("hour", call.expr(0), call.expr(1), call.zone()))),
    },
    Function {
        name: "days_diff",
        familiar: &["DaysDiff"],
        category: Category::Date,
        parameters: &[p("end", Takes::Time), p("start", Takes::Time)],
        result: "integer, days",
        about: "Days from `start` to `end` on the calendar of the campaign's zone: how often midnight passes, whatever the clock shows. Negative where `end` is before `start`.",
        nulls: SPREADS,
        examples: &[
            ("days_diff('2026-03-02T00:30:00', '2026-03-01T23:30:00')", "1"),
            ("days_diff(date '2026-03-01', date '2026-03-15')", "-14"),
        ],
        build: Build::Scalar(|call| Ok(native::difference("day", call.expr(0), call.expr(1), call.zone()))),
    },
    Function {
        name: "months_diff",
        familiar: &["MonthsDiff"],
        category: Category::Date,
        parameters: &[p("end", Takes::Time), p("start", Takes::Time)],
        result: "integer, months",
        about: "Complete months from `start` to `end`. A month is complete at the day and time of its start, or at the end of a month that is too short for it. Negative where `end` is before `start`.",
        nulls: SPREADS,
        examples: &[
            ("months_diff(date '2026-02-28', date '2026-01-31')", "1"),
            ("months_diff(date '2026-03-14', date '2026-01-15')", "1"),
        ],
        build: Build::Scalar(|call| Ok(native::difference("month", call.expr(0), call.expr(1), call.zone()))),
    },
    Function {
        name: "years_diff",
        familiar: &["YearsDiff"],
        category: Category::Date,
        parameters: &[p("end", Takes::Time), p("start", Takes::Time)],
        result: "integer, years",
        about: "Complete years from `start` to `end`, as ages are counted. Who is born on 29 February completes years on the 28th where there is no 29th. Negative where `end` is before `start`.",
        nulls: SPREADS,
        examples: &[
            ("years_diff(date '2026-03-14', date '1996-03-15')", "29"),
            ("years_diff(date '2026-03-15', date '1996-03-15')", "30"),
        ],
        build: Build::Scalar(|call| Ok(native::difference("year", call.expr(0), call.expr(1), call.zone()))),
    },
    Function {
        name: "days_old",
        familiar: &["DaysOld"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer, days",
        about: "Days since the date, on the calendar of the campaign's zone. Negative for the future.",
        nulls: SPREADS,
        examples: &[("days_old(date '2026-03-01')", "14"), ("days_old(at)", "14")],
        build: Build::Scalar(|call| Ok(native::difference("day", reference(call), call.expr(0), call.zone()))),
    },
    Function {
        name: "months_old",
        familiar: &["MonthsOld"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer, months",
        about: "Complete months since the date. Negative for the future.",
        nulls: SPREADS,
        examples: &[("months_old(date '2026-01-15')", "2")],
        build: Build::Scalar(|call| Ok(native::difference("month", reference(call), call.expr(0), call.zone()))),
    },
    Function {
        name: "years_old",
        familiar: &["YearsOld"],
        category: Category::Date,
        parameters: &[p("time", Takes::Time)],
        result: "integer, years",
        about: "Complete years since the date: an age. Negative for the future.",
        nulls: SPREADS,
        examples: &[("years_old(date '1996-03-16')", "29"), ("years_old(null)", "NULL")],
        build: Build::Scalar(|call| Ok(native::difference("year", reference(call), call.expr(0), call.zone()))),
    },
    Function {
        name: "days_ago",
        familiar: &["DaysAgo"],
        category: Category::Date,
        parameters: &[p("n", Takes::Integer)],
        result: "date",
        about: "Today in the campaign's zone minus `n` days; negative numbers are days ahead.",
        nulls: SPREADS,
        examples: &[("days_ago(30)", "2026-02-13"), ("days_ago(-7)", "2026-03-22")],
        build: Build::Scalar(|call| Ok(ago(call, "day"))),
    },
    Function {
        name: "days_ago_int",
        familiar: &["DaysAgoInt"],
        category: Category::Date,
        parameters: &[p("n", Takes::Integer)],
        result: "integer, yyyymmdd",
        about: "Today in the campaign's zone minus `n` days, as a number such as 20260213.",
        nulls: SPREADS,
        examples: &[("days_ago_int(30)", "20260213")],
        build: Build::Scalar(|call| Ok(numbered(call, ago(call, "day")))),
    },
    Function {
        name: "months_ago",
        familiar: &["MonthsAgo"],
        category: Category::Date,
        parameters: &[p("n", Takes::Integer)],
        result: "date",
        about: "Today in the campaign's zone minus `n` months; a day that the month does not have becomes its last one.",
        nulls: SPREADS,
        examples: &[("months_ago(36)", "2023-03-15")],
        build: Build::Scalar(|call| Ok(ago(call, "month"))),
    },
    Function {
        name: "years_ago",
        familiar: &["YearsAgo"],
        category: Category::Date,
        parameters: &[p("n", Takes::Any)],
        result: "date, or integer years",
        about: "Of a number: today in the campaign's zone minus `n` years, as a date. Of a date: complete years since it, like `years_old`.",
        nulls: SPREADS,
        examples: &[("years_ago(18)", "2008-03-15"), ("years_ago(date '1996-03-16')", "29")],
        build: Build::Scalar(years_ago),
    },
    Function {
        name: "date_cmp",
        familiar: &["DateCmp"],
        category: Category::Date,
        parameters: &[p("one", Takes::Time), p("other", Takes::Time)],
        result: "integer: -1, 0 or 1",
        about: "-1 where `one` is before `other`, 0 where they are equal, 1 where it is after.",
        nulls: SPREADS,
        examples: &[
            ("date_cmp(date '2026-01-01', date '2026-03-15')", "-1"),
            ("date_cmp(date '2026-01-01', '2026-01-01T00:00:00')", "0"),
        ],
        build: Build::Scalar(date_cmp),
    },
    Function {
        name: "oldest",
        familiar: &["Oldest"],
        category: Category::Date,
        parameters: &[p("one", Takes::Time), p("other", Takes::Time)],
        result: "timestamp, or date where both are",
        about: "The earlier of two times.",
        nulls: "NULL only where both are NULL: one that is known wins",
        examples: &[
            ("oldest(date '2026-03-15', date '2026-01-01')", "2026-01-01"),
            ("oldest(null, date '2026-01-01')", "2026-01-01"),
        ],
        build: Build::Scalar(|call| Ok(least(call.alike(&[0, 1])?))),
    },
    Function {
        name: "newest",
        familiar: &[],
        category: Category::Date,
        parameters: &[p("one", Takes::Time), p("other", Takes::Time)],
        result: "timestamp, or date where both are",
        about: "The later of two times.",
        nulls: "NULL only where both are NULL: one that is known wins",
        examples: &[("newest(date '2026-03-15', date '2026-01-01')", "2026-03-15")],
        build: Build::Scalar(|call| Ok(greatest(call.alike(&[0, 1])?))),
    },
    Function {
        name: "now",
        familiar: &["GetDate", "current_timestamp", "get_date"],
        category: Category::Date,
        parameters: &[],
        result: "timestamp",
        about: "The moment at which the rule is asked; in a run, the moment at which its activity began. The same for all rows.",
        nulls: "Never NULL",
        examples: &[("now()", "2026-03-15T11:20:30+01:00"), ("GetDate()", "2026-03-15T11:20:30+01:00")],
        build: Build::Scalar(|call| Ok(call.now())),
    },
    Function {
        name: "today",
        familiar: &["current_date"],
        category: Category::Date,
        parameters: &[],
        result: "date",
        about: "The date of `now()` in the campaign's zone.",
        nulls: "Never NULL",
        examples: &[("today()", "2026-03-15")],
        build: Build::Scalar(|call| Ok(call.today())),
    },
];

/// Now; beside dates, today.
fn reference(call: &Call<'_>) -> Expr {
    if call.kind(0) == Some(ColumnType::Date) { call.today() } else { call.now() }
}

fn ago(call: &Call<'_>, unit: &str) -> Expr {
    native::shift(unit, call.today(), -call.expr(0), call.zone())
}

fn years_ago(call: &Call<'_>) -> Result<Expr, Fault> {
    match call.kind(0) {
        Some(ColumnType::Integer) | None => {
            Ok(native::shift("year", call.today(), -call.cast(0, ColumnType::Integer), call.zone()))
        }
        Some(ColumnType::Date | ColumnType::Timestamp) => {
            Ok(native::difference("year", reference(call), call.expr(0), call.zone()))
        }
        Some(_) => Err(call.wrong(0, "it takes a number of years, or a date")),
    }
}

/// A date as the number yyyymmdd.
fn numbered(call: &Call<'_>, date: Expr) -> Expr {
    let part = |part: &str| native::part(part, date.clone(), call.zone());
    part("year") * lit(10_000i64) + part("month") * lit(100i64) + part("day")
}

fn date_cmp(call: &Call<'_>) -> Result<Expr, Fault> {
    let sides = call.alike(&[0, 1])?;
    let (one, other) = (sides[0].clone(), sides[1].clone());
    when(one.clone().lt(other.clone()), lit(-1i64))
        .when(one.clone().eq(other.clone()), lit(0i64))
        .when(one.gt(other), lit(1i64))
        .end()
        .map_err(|error| call.wrong(0, error.to_string()))
}
