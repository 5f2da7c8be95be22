//! Parts of texts, and what stands in them.

use datafusion::arrow::datatypes::DataType;
use datafusion::functions::core::expr_fn::nullif;
use datafusion::functions::string::expr_fn as string;
use datafusion::functions::unicode::expr_fn as unicode;
use datafusion::logical_expr::{Expr, cast, lit, when};
use tutti_model::bind::Fault;

use crate::expression::Call;
use crate::functions::native;
use crate::functions::registry::{Build, Category, Function, SPREADS, Takes, optional, p};

pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "length",
        familiar: &["Length", "char_length", "character_length"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "integer, characters",
        about: "How many characters the text has.",
        nulls: SPREADS,
        examples: &[("length('Zoë')", "3"), ("length('')", "0")],
        build: Build::Scalar(|call| Ok(integer(unicode::character_length(call.expr(0))))),
    },
    Function {
        name: "data_length",
        familiar: &["dataLength", "octet_length"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "integer, bytes",
        about: "How many bytes the text has in UTF-8.",
        nulls: SPREADS,
        examples: &[("dataLength('Zoë')", "4")],
        build: Build::Scalar(|call| Ok(integer(string::octet_length(call.expr(0))))),
    },
    Function {
        name: "bit_length",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "integer, bits",
        about: "How many bits the text has in UTF-8: eight for each byte.",
        nulls: SPREADS,
        examples: &[("bit_length('Zoë')", "32")],
        build: Build::Scalar(|call| Ok(integer(string::octet_length(call.expr(0))) * lit(8i64))),
    },
    Function {
        name: "left",
        familiar: &["Left"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("n", Takes::Integer)],
        result: "text",
        about: "The first `n` characters; none where `n` is negative.",
        nulls: SPREADS,
        examples: &[("left('Lyon', 2)", "Ly"), ("left('Lyon', -1)", "")],
        build: Build::Scalar(|call| Ok(unicode::left(call.expr(0), not_negative(call.expr(1))))),
    },
    Function {
        name: "right",
        familiar: &["Right"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("n", Takes::Integer)],
        result: "text",
        about: "The last `n` characters; none where `n` is negative.",
        nulls: SPREADS,
        examples: &[("right('Lyon', 2)", "on")],
        build: Build::Scalar(|call| Ok(unicode::right(call.expr(0), not_negative(call.expr(1))))),
    },
    Function {
        name: "substring",
        familiar: &["Substring", "substr", "mid"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("start", Takes::Integer), optional("length", Takes::Integer)],
        result: "text",
        about: "`length` characters (all without) from the place `start`, counted from 1; places before the first count, but hold nothing.",
        nulls: SPREADS,
        examples: &[
            ("substring('campaign', 5)", "aign"),
            ("substring('campaign', 1, 4)", "camp"),
            ("substring('campaign' from 2 for 2)", "am"),
            ("substring('campaign', 0, 3)", "ca"),
            ("substring('campaign', 3, -1)", ""),
        ],
        build: Build::Scalar(substring),
    },
    Function {
        name: "charindex",
        familiar: &["Charindex", "strpos", "instr"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("part", Takes::Text)],
        result: "integer",
        about: "Where `part` first stands in the text, counted from 1 in characters; 0 where it does not. Case counts.",
        nulls: SPREADS,
        examples: &[
            ("charindex('campaign', 'paign')", "4"),
            ("charindex('campaign', 'x')", "0"),
            ("position('paign' in 'campaign')", "4"),
        ],
        build: Build::Scalar(|call| Ok(integer(unicode::strpos(call.expr(0), call.expr(1))))),
    },
    Function {
        name: "contains",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("part", Takes::Text)],
        result: "boolean",
        about: "Whether `part` stands in the text; case counts.",
        nulls: SPREADS,
        examples: &[("contains('Lyon', 'yo')", "true"), ("contains('Lyon', 'LY')", "false")],
        build: Build::Scalar(|call| Ok(string::contains(call.expr(0), call.expr(1)))),
    },
    Function {
        name: "memo_contains",
        familiar: &["MemoContains"],
        category: Category::Text,
        parameters: &[p("memo", Takes::Text), p("part", Takes::Text)],
        result: "boolean",
        about: "Whether `part` stands in a long text; the same as `contains`.",
        nulls: SPREADS,
        examples: &[("MemoContains('a long text', 'long')", "true")],
        build: Build::Scalar(|call| Ok(string::contains(call.expr(0), call.expr(1)))),
    },
    Function {
        name: "starts_with",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("part", Takes::Text)],
        result: "boolean",
        about: "Whether the text begins with `part`; case counts.",
        nulls: SPREADS,
        examples: &[("starts_with('Lyon', 'Ly')", "true")],
        build: Build::Scalar(|call| Ok(string::starts_with(call.expr(0), call.expr(1)))),
    },
    Function {
        name: "ends_with",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("part", Takes::Text)],
        result: "boolean",
        about: "Whether the text ends with `part`; case counts.",
        nulls: SPREADS,
        examples: &[("ends_with('Lyon', 'on')", "true")],
        build: Build::Scalar(|call| Ok(string::ends_with(call.expr(0), call.expr(1)))),
    },
    Function {
        name: "split_part",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("separator", Takes::Text), p("n", Takes::Integer)],
        result: "text",
        about: "The nth of the parts between separators, from 1, from the end where `n` is negative; the empty text past the last.",
        nulls: "NULL where an argument is NULL or `n` is 0",
        examples: &[
            ("split_part('a/b/c', '/', 2)", "b"),
            ("split_part('a/b/c', '/', -1)", "c"),
            ("split_part('a/b', '/', 0)", "NULL"),
        ],
        build: Build::Scalar(|call| {
            Ok(string::split_part(call.expr(0), call.expr(1), nullif(call.expr(2), lit(0i64))))
        }),
    },
    Function {
        name: "line",
        familiar: &["Line"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("n", Takes::Integer)],
        result: "text",
        about: "The nth line of the text, from 1, without its line end.",
        nulls: "NULL where an argument is NULL or there is no such line",
        examples: &[("line(concat('a', char(10), 'b'), 2)", "b"), ("Line('a', 2)", "NULL")],
        build: Build::Scalar(|call| Ok(native::call("tutti_line", vec![call.expr(0), call.expr(1)]))),
    },
    Function {
        name: "get_line",
        familiar: &["GetLine"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), optional("n", Takes::Integer)],
        result: "text",
        about: "The nth line of the text, from 1; the first without `n`.",
        nulls: "NULL where an argument is NULL or there is no such line",
        examples: &[("GetLine(concat('a', char(10), 'b'))", "a")],
        build: Build::Scalar(|call| {
            Ok(native::call("tutti_line", vec![call.expr(0), if call.has(1) { call.expr(1) } else { lit(1i64) }]))
        }),
    },
    Function {
        name: "ascii",
        familiar: &["Ascii"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "integer",
        about: "The Unicode code of the first character; 0 for the empty text.",
        nulls: SPREADS,
        examples: &[("ascii('A')", "65"), ("ascii('é')", "233")],
        build: Build::Scalar(|call| Ok(integer(string::ascii(call.expr(0))))),
    },
    Function {
        name: "char",
        familiar: &["Char", "chr"],
        category: Category::Text,
        parameters: &[p("n", Takes::Integer)],
        result: "text",
        about: "The character of a Unicode code.",
        nulls: "NULL where `n` is NULL or no character",
        examples: &[("char(233)", "é"), ("char(-1)", "NULL")],
        build: Build::Scalar(|call| Ok(native::call("tutti_char", vec![call.expr(0)]))),
    },
    Function {
        name: "only_digits",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text",
        about: "The digits 0 to 9 of the text, in their order: for comparing phone numbers.",
        nulls: SPREADS,
        examples: &[("only_digits('+33 (0)4 72-10')", "33047210")],
        build: Build::Scalar(|call| Ok(native::call("tutti_digits", call.texts(0)))),
    },
    Function {
        name: "get_email_domain",
        familiar: &["GetEmailDomain"],
        category: Category::Text,
        parameters: &[p("email", Takes::Text)],
        result: "text",
        about: "What stands after the last `@`, in lower case.",
        nulls: "NULL where the argument is NULL or has no domain",
        examples: &[("get_email_domain('Anna@Shop.Example')", "shop.example"), ("get_email_domain('anna')", "NULL")],
        build: Build::Scalar(|call| Ok(native::call("tutti_email_domain", call.texts(0)))),
    },
    Function {
        name: "levenshtein",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("one", Takes::Text), p("other", Takes::Text)],
        result: "integer",
        about: "How many characters have to be put in, left out or changed to make one text of the other.",
        nulls: SPREADS,
        examples: &[("levenshtein('kitten', 'sitting')", "3")],
        build: Build::Scalar(|call| Ok(integer(string::levenshtein(call.expr(0), call.expr(1))))),
    },
    Function {
        name: "similarity",
        familiar: &["jaro_winkler"],
        category: Category::Text,
        parameters: &[p("one", Takes::Text), p("other", Takes::Text)],
        result: "number, 0 to 1",
        about: "How alike two short texts such as names are, by Jaro and Winkler: 1 for equal ones.",
        nulls: SPREADS,
        examples: &[("round(similarity('martha', 'marhta'), 3)", "0.961")],
        build: Build::Scalar(|call| Ok(native::call("tutti_similarity", call.texts(0)))),
    },
    Function {
        name: "json_value",
        familiar: &["JsonValue"],
        category: Category::Text,
        parameters: &[p("json", Takes::Text), p("path", Takes::Constant)],
        result: "text",
        about: "The value at a path in a text that is JSON, such as `$.address.lines[0]`; places count from 0, negative ones from the end. Objects and lists come as JSON. Convert it where it is a number: `to_number(json_value(...))`.",
        nulls: "NULL where there is nothing at the path, the value is null, or the text is not JSON",
        examples: &[
            ("json_value('{\"a\": {\"b\": [1, \"x\"]}}', '$.a.b[1]')", "x"),
            ("json_value('{\"a\": 1}', 'b')", "NULL"),
            ("json_value('no json', '$.a')", "NULL"),
        ],
        build: Build::Scalar(json_value),
    },
    Function {
        name: "node_value",
        familiar: &["NodeValue"],
        category: Category::Text,
        parameters: &[p("xml", Takes::Text), p("path", Takes::Constant)],
        result: "text",
        about: "The text of the first element, or the attribute, at a path in a text that is XML, such as `/order/line[2]/@sku`.",
        nulls: "NULL where there is nothing at the path, or the text is not well-formed XML",
        examples: &[
            ("node_value('<o><l sku=\"a\">1</l></o>', '/o/l/@sku')", "a"),
            ("NodeValue('<o>1</o>', '/p')", "NULL"),
        ],
        build: Build::Scalar(node_value),
    },
];

/// The engine counts in 32 bits.
fn integer(count: Expr) -> Expr {
    cast(count, DataType::Int64)
}

fn not_negative(count: Expr) -> Expr {
    // `greatest` would answer 0 for NULL.
    when(count.clone().lt(lit(0i64)), lit(0i64)).otherwise(count.clone()).unwrap_or(count)
}

fn substring(call: &Call<'_>) -> Result<Expr, Fault> {
    // The engine counts from 0, and there is no place before the least integer. Nothing is that long.
    let start = match call.arguments[1].integer() {
        Some(start) => lit(start.max(i64::MIN + 1)),
        None => {
            let is_least = call.expr(1).eq(lit(i64::MIN));
            when(is_least, lit(i64::MIN + 1)).otherwise(call.expr(1)).unwrap_or(call.expr(1))
        }
    };
    Ok(if call.has(2) {
        unicode::substring(call.expr(0), start, not_negative(call.expr(2)))
    } else {
        unicode::substr(call.expr(0), start)
    })
}

fn json_value(call: &Call<'_>) -> Result<Expr, Fault> {
    let path = call.constant(1).unwrap_or_default();
    native::document::json_path(path).map_err(|message| call.wrong(1, message))?;
    Ok(native::call("tutti_json_value", vec![call.expr(0), lit(path)]))
}

fn node_value(call: &Call<'_>) -> Result<Expr, Fault> {
    let path = call.constant(1).unwrap_or_default();
    native::xml::path(path).map_err(|message| call.wrong(1, message))?;
    Ok(native::call("tutti_node_value", vec![call.expr(0), lit(path)]))
}
