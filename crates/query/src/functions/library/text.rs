//! Whole texts: case, spaces, joining, conversion, digests.

use datafusion::functions::core::expr_fn::nullif;
use datafusion::functions::crypto::expr_fn as crypto;
use datafusion::functions::string::expr_fn as string;
use datafusion::functions::unicode::expr_fn as unicode;
use datafusion::logical_expr::{Expr, cast, lit, try_cast};
use tutti_model::bind::Fault;
use tutti_model::table::ColumnType;

use crate::expression::{Call, Family};
use crate::functions::registry::{Build, Category, Function, SPREADS, Takes, many, optional, p};
use crate::functions::{casefold, native};
use crate::types::arrow_type;

pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "lower",
        familiar: &["Lower", "lcase"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text",
        about: "The text in lower case, by Unicode.",
        nulls: SPREADS,
        examples: &[("lower('ÉCOLE')", "école")],
        build: Build::Scalar(|call| Ok(string::lower(call.expr(0)))),
    },
    Function {
        name: "upper",
        familiar: &["Upper", "ucase"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text",
        about: "The text in upper case, by Unicode.",
        nulls: SPREADS,
        examples: &[("upper('école')", "ÉCOLE")],
        build: Build::Scalar(|call| Ok(string::upper(call.expr(0)))),
    },
    Function {
        name: "casefold",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text",
        about: "The text as it is compared where case does not count (Unicode's full case folding): rules fold both sides, expressions compare exactly unless both are folded.",
        nulls: SPREADS,
        examples: &[("casefold('STRASSE') = casefold('straße')", "true")],
        build: Build::Scalar(|call| Ok(casefold(call.expr(0)))),
    },
    Function {
        name: "smart",
        familiar: &["Smart", "initcap"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text",
        about: "Each word with a capital, the rest in lower case.",
        nulls: SPREADS,
        examples: &[("smart('anna-maria VON trapp')", "Anna-Maria Von Trapp")],
        build: Build::Scalar(|call| Ok(unicode::initcap(call.expr(0)))),
    },
    Function {
        name: "unaccent",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text",
        about: "Letters without their marks, ligatures spelt out.",
        nulls: SPREADS,
        examples: &[("unaccent('Zoë Straße Ångström')", "Zoe Strasse Angstrom")],
        build: Build::Scalar(|call| Ok(native::call("tutti_unaccent", call.texts(0)))),
    },
    Function {
        name: "trim",
        familiar: &["btrim"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text",
        about: "Without spaces at both ends.",
        nulls: SPREADS,
        examples: &[("trim('  a b ')", "a b")],
        build: Build::Scalar(|call| Ok(string::btrim(vec![call.expr(0)]))),
    },
    Function {
        name: "ltrim",
        familiar: &["Ltrim"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text",
        about: "Without spaces at the start.",
        nulls: SPREADS,
        examples: &[("ltrim('  a ')", "a ")],
        build: Build::Scalar(|call| Ok(string::ltrim(vec![call.expr(0)]))),
    },
    Function {
        name: "rtrim",
        familiar: &["Rtrim"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text",
        about: "Without spaces at the end.",
        nulls: SPREADS,
        examples: &[("rtrim(' a  ')", " a")],
        build: Build::Scalar(|call| Ok(string::rtrim(vec![call.expr(0)]))),
    },
    Function {
        name: "lpad",
        familiar: &["LPad"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("n", Takes::Integer), optional("fill", Takes::Text)],
        result: "text",
        about: "Filled at the start with `fill` (spaces without) to `n` characters; a longer text is cut at its end. At most 10000 characters.",
        nulls: SPREADS,
        examples: &[("lpad('7', 3, '0')", "007"), ("lpad('abcd', 3, '0')", "abc")],
        build: Build::Scalar(|call| Ok(padded(call, "left"))),
    },
    Function {
        name: "rpad",
        familiar: &["RPad"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("n", Takes::Integer), optional("fill", Takes::Text)],
        result: "text",
        about: "Filled at the end with `fill` (spaces without) to `n` characters; a longer text is cut at its end. At most 10000 characters.",
        nulls: SPREADS,
        examples: &[("rpad('7', 3, '*')", "7**")],
        build: Build::Scalar(|call| Ok(padded(call, "right"))),
    },
    Function {
        name: "repeat",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("n", Takes::Integer)],
        result: "text",
        about: "The text `n` times, one after another; none where `n` is negative. At most 10000 characters.",
        nulls: SPREADS,
        examples: &[("repeat('ab', 3)", "ababab"), ("repeat('ab', -1)", "")],
        build: Build::Scalar(|call| Ok(native::call("tutti_repeat", vec![call.expr(0), call.expr(1)]))),
    },
    Function {
        name: "replace",
        familiar: &["Replace"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("from", Takes::Text), p("to", Takes::Text)],
        result: "text",
        about: "Every `from` in the text replaced by `to`; case counts.",
        nulls: SPREADS,
        examples: &[("replace('a-b-c', '-', '')", "abc")],
        build: Build::Scalar(|call| Ok(string::replace(call.expr(0), call.expr(1), call.expr(2)))),
    },
    Function {
        name: "translate",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("text", Takes::Text), p("from", Takes::Text), p("to", Takes::Text)],
        result: "text",
        about: "Each character that stands in `from` becomes the one at the same place in `to`, and is left out where `to` has none there.",
        nulls: SPREADS,
        examples: &[("translate('06.12.34', '.', '-')", "06-12-34"), ("translate('(a-b)', '-()', '_')", "a_b")],
        build: Build::Scalar(|call| Ok(unicode::translate(call.expr(0), call.expr(1), call.expr(2)))),
    },
    Function {
        name: "reverse",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text",
        about: "The characters from last to first.",
        nulls: SPREADS,
        examples: &[("reverse('abc')", "cba")],
        build: Build::Scalar(|call| Ok(unicode::reverse(call.expr(0)))),
    },
    Function {
        name: "concat",
        familiar: &[],
        category: Category::Text,
        parameters: &[many("value", Takes::Any)],
        result: "text",
        about: "The values one after another as text; the operator `||` is NULL where a side is.",
        nulls: "NULL is left out",
        examples: &[("concat('a', null, 7)", "a7")],
        build: Build::Scalar(|call| Ok(string::concat(written(call, 0)?))),
    },
    Function {
        name: "concat_ws",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("separator", Takes::Text), many("value", Takes::Any)],
        result: "text",
        about: "The values as text with the separator between them.",
        nulls: "NULL values are left out; NULL where the separator is NULL",
        examples: &[("concat_ws(', ', 'Lyon', null, 'France')", "Lyon, France")],
        build: Build::Scalar(|call| Ok(string::concat_ws(call.expr(0), written(call, 1)?))),
    },
    Function {
        name: "juxt_words",
        familiar: &["JuxtWords"],
        category: Category::Text,
        parameters: &[p("one", Takes::Text), p("other", Takes::Text)],
        result: "text",
        about: "Both texts with a space between them where neither is empty.",
        nulls: "NULL and the empty text are left out; both: the empty text",
        examples: &[("juxt_words('Anna', 'Berg')", "Anna Berg"), ("JuxtWords(null, 'Berg')", "Berg")],
        build: Build::Scalar(|call| Ok(juxtaposed(call))),
    },
    Function {
        name: "juxt_words3",
        familiar: &["JuxtWords3"],
        category: Category::Text,
        parameters: &[p("one", Takes::Text), p("two", Takes::Text), p("three", Takes::Text)],
        result: "text",
        about: "Three texts with a space between them where they are not empty.",
        nulls: "NULL and the empty text are left out; all: the empty text",
        examples: &[("juxt_words3('Anna', '', 'Berg')", "Anna Berg")],
        build: Build::Scalar(|call| Ok(juxtaposed(call))),
    },
    Function {
        name: "to_string",
        familiar: &["ToString"],
        category: Category::Text,
        parameters: &[p("value", Takes::Any), optional("format", Takes::Any)],
        result: "text",
        about: "The value as text. With a number as `format`, a number with so many decimals; with a text, a date or time in that format of `strftime`, in the campaign's zone. A timestamp without a format is ISO 8601 with the zone's offset.",
        nulls: SPREADS,
        examples: &[
            ("to_string(12.345, 2)", "12.35"),
            ("to_string(date '2026-03-15', '%d/%m/%Y')", "15/03/2026"),
            ("to_string(now())", "2026-03-15T11:20:30+01:00"),
            ("to_string(true)", "true"),
        ],
        build: Build::Scalar(to_string),
    },
    Function {
        name: "to_hex",
        familiar: &[],
        category: Category::Text,
        parameters: &[p("n", Takes::Integer)],
        result: "text, hexadecimal digits",
        about: "The integer in hexadecimal; a negative one as the 64 bits of its two's complement.",
        nulls: SPREADS,
        examples: &[("to_hex(255)", "ff"), ("to_hex(-1)", "ffffffffffffffff")],
        build: Build::Scalar(|call| Ok(string::to_hex(call.expr(0)))),
    },
    Function {
        name: "md5_digest",
        familiar: &["Md5Digest", "md5"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text, 32 hexadecimal digits",
        about: "The MD5 of the text's UTF-8 bytes (RFC 1321). Not for secrets.",
        nulls: SPREADS,
        examples: &[("md5_digest('abc')", "900150983cd24fb0d6963f7d28e17f72")],
        build: Build::Scalar(|call| Ok(digest(call, "md5"))),
    },
    Function {
        name: "sha256_digest",
        familiar: &["Sha256Digest", "sha256"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text, 64 hexadecimal digits",
        about: "The SHA-256 of the text's UTF-8 bytes (FIPS 180-4).",
        nulls: SPREADS,
        examples: &[("sha256_digest('abc')", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")],
        build: Build::Scalar(|call| Ok(digest(call, "sha256"))),
    },
    Function {
        name: "sha512_digest",
        familiar: &["Sha512Digest", "sha512"],
        category: Category::Text,
        parameters: &[p("text", Takes::Text)],
        result: "text, 128 hexadecimal digits",
        about: "The SHA-512 of the text's UTF-8 bytes (FIPS 180-4).",
        nulls: SPREADS,
        examples: &[("left(sha512_digest('abc'), 16)", "ddaf35a193617aba")],
        build: Build::Scalar(|call| Ok(digest(call, "sha512"))),
    },
];

fn padded(call: &Call<'_>, side: &str) -> Expr {
    let fill = if call.has(2) { call.expr(2) } else { lit(" ") };
    native::call("tutti_pad", vec![call.expr(0), call.expr(1), fill, lit(side)])
}

/// All arguments from `index` on, written as text.
fn written(call: &Call<'_>, index: usize) -> Result<Vec<Expr>, Fault> {
    (index..call.arguments.len()).map(|index| call.converted(index, ColumnType::String)).collect()
}

fn juxtaposed(call: &Call<'_>) -> Expr {
    let words = call.texts(0).into_iter().map(|word| nullif(word, lit("")));
    string::concat_ws(lit(" "), words.collect())
}

fn to_string(call: &Call<'_>) -> Result<Expr, Fault> {
    let Some(format) = call.arguments.get(1) else { return call.converted(0, ColumnType::String) };
    match (call.kind(0).map(Family::of), call.constant(1), format.integer()) {
        (Some(Family::Number), None, Some(places @ 0..=18)) => {
            let kind = ColumnType::Decimal { precision: 38, scale: u8::try_from(places).unwrap_or(0) };
            Ok(cast(try_cast(call.expr(0), arrow_type(kind)), arrow_type(ColumnType::String)))
        }
        (Some(Family::Time), Some(format), _) => {
            if let Err(error) = jiff::fmt::strtime::format(format, jiff::civil::datetime(2026, 1, 1, 0, 0, 0, 0)) {
                return Err(call
                    .wrong(1, format!("`{format}` is not a format: {error}"))
                    .hint("write it like '%d/%m/%Y'"));
            }
            Ok(native::format_time(call.expr(0), lit(format), call.zone()))
        }
        (None, ..) => Ok(call.cast(0, ColumnType::String)),
        _ => Err(call
            .wrong(1, "the format does not fit the value")
            .hint("a number takes how many decimals, 0 to 18; a date or time a text like '%d/%m/%Y'")),
    }
}

fn digest(call: &Call<'_>, algorithm: &str) -> Expr {
    let hash = crypto::digest(call.expr(0), lit(algorithm));
    datafusion::functions::encoding::expr_fn::encode(hash, lit("hex"))
}
