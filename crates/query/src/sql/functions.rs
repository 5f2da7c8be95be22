//! The functions that are always written in the same way in another engine.

/// A function with so many arguments, as each engine writes it: `None` where it has no words for it.
pub struct Words {
    pub name: &'static str,
    pub arity: usize,
    pub duckdb: Option<&'static str>,
    pub postgresql: Option<&'static str>,
    /// What differs then.
    pub note: Option<&'static str>,
}

const fn both(name: &'static str, arity: usize, text: &'static str) -> Words {
    Words { name, arity, duckdb: Some(text), postgresql: Some(text), note: None }
}

const fn each(name: &'static str, arity: usize, duckdb: &'static str, postgresql: &'static str) -> Words {
    Words { name, arity, duckdb: Some(duckdb), postgresql: Some(postgresql), note: None }
}

const fn duckdb(name: &'static str, arity: usize, text: &'static str) -> Words {
    Words { name, arity, duckdb: Some(text), postgresql: None, note: None }
}

const fn postgresql(name: &'static str, arity: usize, text: &'static str) -> Words {
    Words { name, arity, duckdb: None, postgresql: Some(text), note: None }
}

/// Functions that both engines have under the same name and meaning.
pub const SHARED: [&str; 36] = [
    "abs",
    "acos",
    "ascii",
    "asin",
    "atan",
    "atan2",
    "cbrt",
    "ceil",
    "coalesce",
    "concat",
    "concat_ws",
    "cos",
    "cosh",
    "cot",
    "degrees",
    "exp",
    "floor",
    "greatest",
    "least",
    "ln",
    "log10",
    "lower",
    "nullif",
    "power",
    "radians",
    "replace",
    "reverse",
    "sin",
    "sinh",
    "sqrt",
    "starts_with",
    "strpos",
    "tan",
    "tanh",
    "translate",
    "upper",
];

/// The distance of two points by the haversine formula; twice the earth's radius is 12742.0176 km.
const HAVERSINE: &str = "(SELECT CASE WHEN abs($2) <= 90 AND abs($4) <= 90 THEN 12742.0176 \
                         * asin(CASE WHEN h > 1 THEN 1 ELSE sqrt(h) END) END \
                         FROM (SELECT power(sin(radians($4 - $2) / 2), 2) + cos(radians($2)) * cos(radians($4)) \
                         * power(sin(radians($3 - $1) / 2), 2) AS h) AS haversine)";

const CHARACTER: &str = "CASE WHEN $1 BETWEEN 1 AND 1114111 AND NOT $1 BETWEEN 55296 AND 57343 \
                         THEN chr(CAST($1 AS INTEGER)) END";

const FACTORIAL: &str = "CASE WHEN $1 BETWEEN 0 AND 20 THEN CAST(factorial(CAST($1 AS INTEGER)) AS BIGINT) END";

const UNACCENT: &str = "replace(replace(replace(replace(replace(translate(strip_accents($1), 'øØłŁđĐ', 'oOlLdD'), \
                        'ß', 'ss'), 'æ', 'ae'), 'Æ', 'AE'), 'œ', 'oe'), 'Œ', 'OE')";

pub const WRITTEN: &[Words] = &[
    Words {
        note: Some("`casefold` is written as `lower`: they differ for letters such as `ß` and `ς`"),
        ..both("casefold", 1, "lower($1)")
    },
    both("contains", 2, "(strpos($1, $2) > 0)"),
    each("ends_with", 2, "ends_with($1, $2)", "(right($1, length($2)) = $2)"),
    both("tutti_plus", 2, "($1 + $2)"),
    both("tutti_minus", 2, "($1 - $2)"),
    both("tutti_times", 2, "($1 * $2)"),
    both("tutti_remainder", 2, "($1 % nullif($2, 0))"),
    both("tutti_abs", 1, "abs($1)"),
    both("tutti_gcd", 2, "gcd($1, $2)"),
    both("tutti_lcm", 2, "lcm($1, $2)"),
    both("tutti_factorial", 1, FACTORIAL),
    each("log2", 1, "log2($1)", "CAST(log(2.0, CAST($1 AS NUMERIC)) AS DOUBLE PRECISION)"),
    both("tutti_from_unixtime", 1, "to_timestamp($1)"),
    duckdb("tutti_make_date", 3, "TRY_CAST($1 || '-' || $2 || '-' || $3 AS DATE)"),
    both("to_hex", 1, "lower(to_hex($1))"),
    both("tutti_repeat", 2, "left(repeat($1, CAST($2 AS INTEGER)), 10000)"),
    each("btrim", 1, "trim($1, ' ')", "btrim($1, ' ')"),
    both("ltrim", 1, "ltrim($1, ' ')"),
    both("rtrim", 1, "rtrim($1, ' ')"),
    both("character_length", 1, "length($1)"),
    each("octet_length", 1, "strlen($1)", "octet_length($1)"),
    each("left", 2, "left($1, $2)", "left($1, CAST($2 AS INTEGER))"),
    each("right", 2, "right($1, $2)", "right($1, CAST($2 AS INTEGER))"),
    postgresql("substr", 2, "substr($1, CAST($2 AS INTEGER))"),
    postgresql("substr", 3, "substr($1, CAST($2 AS INTEGER), CAST($3 AS INTEGER))"),
    each("split_part", 3, "split_part($1, $2, $3)", "split_part($1, $2, CAST($3 AS INTEGER))"),
    postgresql("initcap", 1, "initcap($1)"),
    both("tutti_char", 1, CHARACTER),
    both("tutti_digits", 1, "regexp_replace($1, '[^0-9]', '', 'g')"),
    each(
        "tutti_email_domain",
        1,
        r"nullif(lower(regexp_extract($1, '@([^@]*?)\s*$', 1)), '')",
        r"nullif(lower((regexp_match($1, '@([^@]*?)\s*$'))[1]), '')",
    ),
    duckdb("tutti_unaccent", 1, UNACCENT),
    duckdb("tutti_similarity", 2, "CASE WHEN $1 = '' AND $2 = '' THEN 1.0 ELSE jaro_winkler_similarity($1, $2) END"),
    both("tutti_distance_km", 4, HAVERSINE),
];

#[cfg(test)]
mod tests {
    use datafusion::sql::sqlparser::ast;

    use super::*;
    use crate::sql::Dialect;
    use crate::sql::form::filled;

    #[test]
    fn every_form_can_be_written() {
        for words in WRITTEN {
            for (text, dialect) in [(words.duckdb, Dialect::DuckDb), (words.postgresql, Dialect::PostgreSql)] {
                let Some(text) = text else { continue };
                let arguments = (0..words.arity).map(|n| ast::Expr::Identifier(ast::Ident::new(format!("a{n}"))));
                let written = filled(text, arguments.collect(), dialect).unwrap().to_string();
                assert!(!written.contains('$') || written.contains("*$'"), "{}: {written}", words.name);
                assert!((0..words.arity).all(|n| written.contains(&format!("a{n}"))), "{}: {written}", words.name);
                assert!(!SHARED.contains(&words.name), "{}", words.name);
            }
        }
    }
}
