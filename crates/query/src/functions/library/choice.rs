//! Choosing between values.

use datafusion::functions::core::expr_fn::{coalesce, nullif};
use datafusion::logical_expr::{Expr, cast, lit, when};
use tutti_model::bind::Fault;

use crate::expression::{Call, Family};
use crate::functions::registry::{Build, Category, Form, Function, Takes, many, p};
use crate::types::arrow_type;

pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "case",
        familiar: &["Case"],
        category: Category::Choice,
        parameters: &[many("branch", Takes::Any)],
        result: "the type that all values fit",
        about: "The value of the first `when` whose condition holds, else that of `else`. SQL's `case when ... then ... else ... end` is the same.",
        nulls: "NULL where no condition holds and there is no `else`; a condition that is NULL does not hold",
        examples: &[
            ("Case(When(1 > 2, 'a'), When(2 > 1, 'b'), Else('c'))", "b"),
            ("case when 1 > 2 then 'a' else 'c' end", "c"),
            ("Case(When(1 > 2, 'a'))", "NULL"),
        ],
        build: Build::Form(Form::Case),
    },
    Function {
        name: "when",
        familiar: &["When"],
        category: Category::Choice,
        parameters: &[p("condition", Takes::Boolean), p("value", Takes::Any)],
        result: "as `value`",
        about: "A branch of `case(...)`, and nowhere else.",
        nulls: "See `case`",
        examples: &[("case(when(true, 1))", "1")],
        build: Build::Form(Form::Branch),
    },
    Function {
        name: "else",
        familiar: &["Else"],
        category: Category::Choice,
        parameters: &[p("value", Takes::Any)],
        result: "as `value`",
        about: "The last branch of `case(...)`, and nowhere else.",
        nulls: "See `case`",
        examples: &[("case(when(false, 1), else(2))", "2")],
        build: Build::Form(Form::Branch),
    },
    Function {
        name: "iif",
        familiar: &["Iif", "if"],
        category: Category::Choice,
        parameters: &[p("condition", Takes::Boolean), p("x", Takes::Any), p("y", Takes::Any)],
        result: "the type that both values fit",
        about: "`x` where the condition holds, else `y`.",
        nulls: "`y` where the condition is NULL",
        examples: &[("iif(2 > 1, 'yes', 'no')", "yes"), ("Iif(null, 1, 2)", "2")],
        build: Build::Scalar(|call| chosen(call, call.expr(0), 1, 2)),
    },
    Function {
        name: "decode",
        familiar: &["Decode"],
        category: Category::Choice,
        parameters: &[p("a", Takes::Any), p("b", Takes::Any), p("x", Takes::Any), p("y", Takes::Any)],
        result: "the type that both values fit",
        about: "`x` where `a` equals `b`, else `y`. Text compares exactly.",
        nulls: "`y` where `a` or `b` is NULL",
        examples: &[("decode(1, 1, 'same', 'other')", "same"), ("Decode('a', null, 1, 2)", "2")],
        build: Build::Scalar(|call| chosen(call, call.equal(0, 1)?, 2, 3)),
    },
    Function {
        name: "if_equals",
        familiar: &["IfEquals"],
        category: Category::Choice,
        parameters: &[p("a", Takes::Any), p("b", Takes::Any), p("x", Takes::Any), p("y", Takes::Any)],
        result: "the type that both values fit",
        about: "`x` where `a` equals `b`, else `y`: the same as `decode`.",
        nulls: "`y` where `a` or `b` is NULL",
        examples: &[("IfEquals('a', 'b', 1, 2)", "2")],
        build: Build::Scalar(|call| chosen(call, call.equal(0, 1)?, 2, 3)),
    },
    Function {
        name: "coalesce",
        familiar: &["Coalesce", "ifnull", "nvl"],
        category: Category::Choice,
        parameters: &[many("value", Takes::Any)],
        result: "the type that all values fit",
        about: "The first value that is not NULL, as in SQL: zero is a value. To pass over zeros too, write `coalesce(nullif(a, 0), b)`.",
        nulls: "NULL where all are",
        examples: &[("coalesce(null, 2, 3)", "2"), ("Coalesce(0, 5)", "0"), ("coalesce(nullif(0, 0), 5)", "5")],
        build: Build::Scalar(|call| Ok(coalesce(call.alike(&(0..call.arguments.len()).collect::<Vec<_>>())?))),
    },
    Function {
        name: "nullif",
        familiar: &[],
        category: Category::Choice,
        parameters: &[p("a", Takes::Any), p("b", Takes::Any)],
        result: "as `a`",
        about: "NULL where `a` equals `b`, else `a`.",
        nulls: "`a` where `b` is NULL",
        examples: &[("nullif(0, 0)", "NULL"), ("nullif(5, 0)", "5")],
        build: Build::Scalar(|call| {
            let sides = call.alike(&[0, 1])?;
            Ok(nullif(sides[0].clone(), sides[1].clone()))
        }),
    },
    Function {
        name: "no_null",
        familiar: &["NoNull"],
        category: Category::Choice,
        parameters: &[p("value", Takes::Any)],
        result: "as `value`",
        about: "The value, and where there is none the empty text, 0 or false, by its type. A date has no such value: use `coalesce`.",
        nulls: "Never NULL",
        examples: &[("concat('<', no_null(null), '>')", "<>"), ("no_null(cast(null as integer))", "0")],
        build: Build::Scalar(no_null),
    },
    Function {
        name: "is_empty_string",
        familiar: &["IsEmptyString"],
        category: Category::Choice,
        parameters: &[p("text", Takes::Text), p("x", Takes::Any), p("y", Takes::Any)],
        result: "the type that both values fit",
        about: "`x` where the text is empty, else `y`.",
        nulls: "`x` where the text is NULL: it holds nothing either",
        examples: &[
            ("is_empty_string('', 'none', 'some')", "none"),
            ("IsEmptyString(null, 1, 2)", "1"),
            ("is_empty_string('a', 1, 2)", "2"),
        ],
        build: Build::Scalar(|call| chosen(call, hollow(call.expr(0)), 1, 2)),
    },
    Function {
        name: "is_memo_null",
        familiar: &["IsMemoNull"],
        category: Category::Choice,
        parameters: &[p("memo", Takes::Text)],
        result: "boolean",
        about: "Whether a long text has no value or is empty.",
        nulls: "Never NULL",
        examples: &[("IsMemoNull(null)", "true"), ("is_memo_null('')", "true"), ("is_memo_null('a')", "false")],
        build: Build::Scalar(|call| Ok(hollow(call.expr(0)))),
    },
    Function {
        name: "all_non_null2",
        familiar: &["AllNonNull2"],
        category: Category::Choice,
        parameters: &[p("one", Takes::Text), p("other", Takes::Text)],
        result: "boolean",
        about: "Whether both texts have a value and are not empty.",
        nulls: "Never NULL",
        examples: &[("AllNonNull2('a', '')", "false"), ("all_non_null2('a', 'b')", "true")],
        build: Build::Scalar(|call| Ok(all_filled(call))),
    },
    Function {
        name: "all_non_null3",
        familiar: &["AllNonNull3"],
        category: Category::Choice,
        parameters: &[p("one", Takes::Text), p("two", Takes::Text), p("three", Takes::Text)],
        result: "boolean",
        about: "Whether all three texts have a value and are not empty.",
        nulls: "Never NULL",
        examples: &[("AllNonNull3('a', 'b', null)", "false"), ("all_non_null3('a', 'b', 'c')", "true")],
        build: Build::Scalar(|call| Ok(all_filled(call))),
    },
    Function {
        name: "virtual_link",
        familiar: &["VirtualLink"],
        category: Category::Choice,
        parameters: &[p("key", Takes::Number), p("a", Takes::Any), p("b", Takes::Any)],
        result: "as `key`",
        about: "The numeric key of a link where `a` equals `b`.",
        nulls: "NULL where they differ or one is NULL",
        examples: &[("VirtualLink(7, 1, 1)", "7"), ("virtual_link(7, 1, 2)", "NULL")],
        build: Build::Scalar(virtual_link),
    },
    Function {
        name: "virtual_link_str",
        familiar: &["VirtualLinkStr"],
        category: Category::Choice,
        parameters: &[p("key", Takes::Text), p("a", Takes::Any), p("b", Takes::Any)],
        result: "text",
        about: "The key of a link, a text, where `a` equals `b`.",
        nulls: "NULL where they differ or one is NULL",
        examples: &[("VirtualLinkStr('k', 1, 1)", "k"), ("virtual_link_str('k', 1, 2)", "NULL")],
        build: Build::Scalar(virtual_link),
    },
];

/// One of two arguments, by a condition.
fn chosen(call: &Call<'_>, condition: Expr, then: usize, otherwise: usize) -> Result<Expr, Fault> {
    let values = call.alike(&[then, otherwise])?;
    when(condition, values[0].clone()).otherwise(values[1].clone()).map_err(|error| call.wrong(then, error.to_string()))
}

fn virtual_link(call: &Call<'_>) -> Result<Expr, Fault> {
    when(call.equal(1, 2)?, call.expr(0)).end().map_err(|error| call.wrong(0, error.to_string()))
}

/// Whether a text is empty or has no value.
fn hollow(text: Expr) -> Expr {
    text.clone().is_null().or(text.eq(lit("")))
}

fn all_filled(call: &Call<'_>) -> Expr {
    call.texts(0).into_iter().map(|text| !hollow(text)).fold(lit(true), Expr::and)
}

fn no_null(call: &Call<'_>) -> Result<Expr, Fault> {
    let nothing = match call.kind(0).map(|kind| (kind, Family::of(kind))) {
        None | Some((_, Family::Text)) => lit(""),
        Some((kind, Family::Number)) => cast(lit(0i64), arrow_type(kind)),
        Some((_, Family::Boolean)) => lit(false),
        Some((_, Family::Time)) => {
            return Err(call.wrong(0, "a date has no empty value").hint("use `coalesce(value, date '...')`"));
        }
    };
    Ok(if call.kind(0).is_none() { nothing } else { coalesce(vec![call.expr(0), nothing]) })
}
