//! Regular expressions.

use datafusion::logical_expr::{Expr, lit};
use tutti_model::bind::Fault;

use crate::expression::Call;
use crate::functions::native;
use crate::functions::registry::{Build, Category, Function, SPREADS, Takes, optional, p};

pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "regex_match",
        familiar: &["regexp_like"],
        category: Category::Pattern,
        parameters: &[p("text", Takes::Text), p("pattern", Takes::Constant), optional("flags", Takes::Constant)],
        result: "boolean",
        about: "Whether the pattern matches anywhere in the text. Patterns are those of Rust's regex crate (no look-around, linear in time); the flag `i` ignores case, `m` lets `^` and `$` match at line ends, `s` lets `.` match them.",
        nulls: SPREADS,
        examples: &[("regex_match('AB-12', '^[A-Z]{2}-\\d+$')", "true"), ("regex_match('anna', 'AN', 'i')", "true")],
        build: Build::Scalar(|call| pattern(call, "tutti_regex_match", 1, 2)),
    },
    Function {
        name: "regex_extract",
        familiar: &[],
        category: Category::Pattern,
        parameters: &[
            p("text", Takes::Text),
            p("pattern", Takes::Constant),
            optional("group", Takes::Integer),
            optional("flags", Takes::Constant),
        ],
        result: "text",
        about: "What the first match found: the whole (group 0, without `group`), or a group of it.",
        nulls: "NULL where an argument is NULL or nothing matches",
        examples: &[
            ("regex_extract('order 4711 of 9', '\\d+')", "4711"),
            ("regex_extract('anna@shop.example', '@(.+)$', 1)", "shop.example"),
            ("regex_extract('a', 'b')", "NULL"),
        ],
        build: Build::Scalar(|call| pattern(call, "tutti_regex_extract", 1, 3)),
    },
    Function {
        name: "regex_replace",
        familiar: &[],
        category: Category::Pattern,
        parameters: &[
            p("text", Takes::Text),
            p("pattern", Takes::Constant),
            p("replacement", Takes::Text),
            optional("flags", Takes::Constant),
        ],
        result: "text",
        about: "Every match replaced; `$1` in the replacement is the first group.",
        nulls: SPREADS,
        examples: &[
            ("regex_replace('2026-03-15', '(\\d+)-(\\d+)-(\\d+)', '$3.$2.$1')", "15.03.2026"),
            ("regex_replace('a  b', ' +', ' ')", "a b"),
        ],
        build: Build::Scalar(|call| pattern(call, "tutti_regex_replace", 1, 3)),
    },
    Function {
        name: "regex_count",
        familiar: &[],
        category: Category::Pattern,
        parameters: &[p("text", Takes::Text), p("pattern", Takes::Constant), optional("flags", Takes::Constant)],
        result: "integer",
        about: "How often the pattern matches, without overlaps.",
        nulls: SPREADS,
        examples: &[("regex_count('banana', 'an')", "2")],
        build: Build::Scalar(|call| pattern(call, "tutti_regex_count", 1, 2)),
    },
];

/// A call whose pattern is read now, so that a mistake in it is found when the rule is saved.
fn pattern(call: &Call<'_>, name: &str, at: usize, flags_at: usize) -> Result<Expr, Fault> {
    let flags = call.constant(flags_at).unwrap_or_default();
    native::text::pattern("", flags).map_err(|message| call.wrong(flags_at, message))?;
    let text = call.constant(at).unwrap_or_default();
    native::text::pattern(text, flags)
        .map_err(|message| call.wrong(at, format!("`{text}` is not a pattern: {message}")))?;
    let mut arguments: Vec<Expr> = (0..flags_at).map(|index| call.expr(index)).collect();
    if name == "tutti_regex_extract" && !call.has(2) {
        arguments[2] = lit(0i64);
    }
    arguments.push(lit(flags));
    Ok(native::call(name, arguments))
}
