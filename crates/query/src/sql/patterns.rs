//! Regular expressions in another engine's words. Tutti's are those of Rust's regex crate; DuckDB's are nearly the
//! same, PostgreSQL's have the plain parts in common with them.

use datafusion::logical_expr::{Expr, lit};

use super::Dialect;
use super::rewording::{Said, integer_of, text_of};

const CLASSES: &str =
    "in patterns, case and classes like `\\d` and `\\w` are Unicode's in Tutti, and may be narrower there";

/// How a function of patterns is written; `None` where there is no way.
pub fn said(name: &str, arguments: &[Expr], dialect: Dialect) -> Option<Said> {
    let (text, pattern, flags) = (arguments.first()?, text_of(arguments.get(1)?)?, text_of(arguments.last()?)?);
    let is_match = name == "tutti_regex_match";
    let there = match dialect {
        Dialect::DuckDb => for_duckdb(pattern, flags)?,
        Dialect::PostgreSql => for_postgresql(pattern, is_match)?.to_owned(),
    };
    // PostgreSQL's options stand before the whole, and the whole in brackets is its first group.
    let options = match (flags.contains('m'), flags.contains('i')) {
        (true, true) => "(?wi)",
        (true, false) => "(?w)",
        (false, true) => "(?i)",
        (false, false) => "",
    };
    let there = match dialect {
        Dialect::DuckDb => there,
        Dialect::PostgreSql if flags.contains('s') => format!("{options}{there}"),
        Dialect::PostgreSql => format!("{options}{}", without_line_ends(&there)),
    };
    let grouped = || match there.split_at_checked(options.len()) {
        Some((options, rest)) if dialect == Dialect::PostgreSql => format!("{options}({rest})"),
        _ => there.clone(),
    };
    let (form, arguments) = match (name, arguments, dialect) {
        ("tutti_regex_match", [_, _, _], Dialect::DuckDb) => {
            ("regexp_matches($1, $2)".to_owned(), vec![text.clone(), lit(there)])
        }
        ("tutti_regex_match", [_, _, _], Dialect::PostgreSql) => {
            ("($1 ~ $2)".to_owned(), vec![text.clone(), lit(there)])
        }
        ("tutti_regex_extract", [_, _, group, _], _) => {
            let group = u32::try_from(integer_of(group)?).ok()?;
            let form = match dialect {
                Dialect::DuckDb => {
                    format!("CASE WHEN regexp_matches($1, $2) THEN regexp_extract($1, $2, {group}) END")
                }
                Dialect::PostgreSql => format!("(regexp_match($1, $2))[{}]", group.checked_add(1)?),
            };
            (form, vec![text.clone(), lit(grouped())])
        }
        ("tutti_regex_replace", [_, _, replacement, _], _) => {
            let replacement = replacement_there(text_of(replacement)?)?;
            ("regexp_replace($1, $2, $3, 'g')".to_owned(), vec![text.clone(), lit(there), lit(replacement)])
        }
        ("tutti_regex_count", [_, _, _], Dialect::DuckDb) => {
            ("len(regexp_extract_all($1, $2))".to_owned(), vec![text.clone(), lit(there)])
        }
        ("tutti_regex_count", [_, _, _], Dialect::PostgreSql) => {
            ("CAST(regexp_count($1, $2) AS BIGINT)".to_owned(), vec![text.clone(), lit(there)])
        }
        _ => return None,
    };
    let differs = flags.contains('i')
        || ["\\d", "\\D", "\\w", "\\W", "\\s", "\\S", "\\b"].iter().any(|class| pattern.contains(class));
    Some(Said::new(form, arguments).noted(differs.then_some(CLASSES)))
}

/// With its flags before it; `None` where the pattern has what RE2 does not know.
fn for_duckdb(pattern: &str, flags: &str) -> Option<String> {
    let sets = pattern.contains('[') && ["&&", "--", "~~"].iter().any(|set| pattern.contains(set));
    if sets || ["\\u", "\\U", "(?x", "(?<"].iter().any(|unknown| pattern.contains(unknown)) {
        return None;
    }
    Some(if flags.is_empty() { pattern.to_owned() } else { format!("(?{flags}){pattern}") })
}

/// The most repetitions that PostgreSQL counts.
const REPEATED_MAX: u32 = 255;

/// The pattern, where all of it means the same in PostgreSQL: it has no lazy repetitions, no named groups and no
/// classes but the common ones, and alternatives only where it does not matter which of them is taken.
fn for_postgresql(pattern: &str, is_match: bool) -> Option<&str> {
    let mut letters = pattern.chars().peekable();
    let (mut repeats, mut in_class) = (false, false);
    while let Some(letter) = letters.next() {
        let repeated = std::mem::take(&mut repeats);
        match letter {
            '\\' => {
                let escaped = letters.next()?;
                let is_class = "dws".contains(escaped) || ("DWS".contains(escaped) && !in_class);
                if !is_class && escaped.is_alphanumeric() {
                    return None;
                }
            }
            ']' if in_class => in_class = false,
            '[' if in_class => return None,
            '&' | '~' | '-' if in_class && letters.peek() == Some(&letter) => return None,
            _ if in_class => {}
            '[' => {
                in_class = true;
                letters.next_if_eq(&'^');
                letters.next_if_eq(&']');
            }
            '(' if letters.next_if_eq(&'?').is_some() => {
                letters.next_if_eq(&':')?;
            }
            '|' if !is_match => return None,
            '*' | '+' | '?' if repeated => return None,
            '*' | '+' | '?' => repeats = true,
            '{' if repeated => return None,
            '{' => {
                let count: String = letters.by_ref().take_while(|letter| *letter != '}').collect();
                if count.split(',').any(|n| !n.is_empty() && !n.parse().is_ok_and(|n: u32| n <= REPEATED_MAX)) {
                    return None;
                }
                repeats = true;
            }
            _ => {}
        }
    }
    Some(pattern)
}

/// With `[^\n]` for each `.`: PostgreSQL's takes line ends too, and the option that forbids it also changes classes.
fn without_line_ends(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    let (mut escaped, mut in_class) = (false, false);
    for letter in pattern.chars() {
        match letter {
            '.' if !escaped && !in_class => {
                written.push_str("[^\\n]");
                continue;
            }
            '[' if !escaped => in_class = true,
            ']' if !escaped && in_class && !written.ends_with('[') && !written.ends_with("[^") => in_class = false,
            _ => {}
        }
        escaped = letter == '\\' && !escaped;
        written.push(letter);
    }
    written
}

/// `$1` is `\1` there; `None` for groups by name and past the ninth.
fn replacement_there(text: &str) -> Option<String> {
    let mut written = String::new();
    let mut rest = text;
    while let Some(letter) = rest.chars().next() {
        rest = &rest[letter.len_utf8()..];
        match letter {
            '\\' => written.push_str("\\\\"),
            '$' if rest.starts_with('$') => {
                written.push('$');
                rest = &rest[1..];
            }
            '$' => {
                let braced = rest.strip_prefix('{').and_then(|inner| inner.split_once('}'));
                let (name, after) = braced.unwrap_or_else(|| {
                    rest.split_at(rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len()))
                });
                match name.parse::<u8>() {
                    Ok(group @ 1..=9) if name.len() == 1 => written.push_str(&format!("\\{group}")),
                    // A dollar that names nothing is a dollar.
                    _ if name.is_empty() && braced.is_none() => written.push('$'),
                    _ => return None,
                }
                rest = after;
            }
            other => written.push(other),
        }
    }
    Some(written)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shared_stays() {
        for pattern in ["^[A-Z]{2}-\\d+$", "a.*b", "[^@]+@shop\\.example", "(ab)?c{1,255}", "[]a]+(?:x|y)"] {
            assert_eq!(for_postgresql(pattern, true), Some(pattern));
            assert_eq!(for_duckdb(pattern, "").as_deref(), Some(pattern));
        }
        for pattern in ["a+?", "(?<year>\\d)", "\\bA", "\\p{L}", "[[:alpha:]]", "a{256}", "(?i)a", "[a-z&&b]", "a**"] {
            assert_eq!(for_postgresql(pattern, true), None, "{pattern}");
        }
        assert_eq!((for_postgresql("a|b", true), for_postgresql("a|b", false)), (Some("a|b"), None));
        assert_eq!(for_duckdb("a.b", "is").as_deref(), Some("(?is)a.b"));
        assert_eq!((for_duckdb("(?<y>a)", ""), for_duckdb("[a-z--b]", "")), (None, None));
    }

    #[test]
    fn dots_end_at_lines() {
        for (pattern, expected) in
            [("a.b", "a[^\\n]b"), ("a\\.b", "a\\.b"), ("[.]", "[.]"), ("[].].", "[].][^\\n]"), ("\\\\.", "\\\\[^\\n]")]
        {
            assert_eq!(without_line_ends(pattern), expected);
        }
    }

    #[test]
    fn groups_in_replacements() {
        for (text, expected) in [
            ("$3.$2.$1", Some("\\3.\\2.\\1")),
            ("${1}0", Some("\\10")),
            ("a\\b & $$1", Some("a\\\\b & $1")),
            ("$ 5", Some("$ 5")),
            ("$1a", None),
            ("$name", None),
            ("$12", None),
        ] {
            assert_eq!(replacement_there(text).as_deref(), expected, "{text}");
        }
    }
}
