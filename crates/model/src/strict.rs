//! Reading typed settings out of a JSON value, with every error found in one go and its pointer.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::problem::{Problem, join_pointer};

/// How many errors of one value are looked for before giving up on it.
const ERRORS_MAX: usize = 50;

/// Reads `value` as a `T`. Unknown fields and wrong types are each added to `problems`, with their pointer under
/// `base`. What can be read without them is the answer, so that what else is wrong with it can be told at once: whoever
/// goes on to use it looks at `problems` first.
pub fn read<T: DeserializeOwned>(value: &Value, base: &str, problems: &mut Vec<Problem>) -> Option<T> {
    let first = match serde_path_to_error::deserialize::<_, T>(value) {
        Ok(typed) => return Some(typed),
        Err(error) => error,
    };
    read_around(value, first, base, problems)
}

/// Takes out what is wrong, one after the other, until the rest can be read.
fn read_around<T: DeserializeOwned>(
    value: &Value,
    first: serde_path_to_error::Error<serde_json::Error>,
    base: &str,
    problems: &mut Vec<Problem>,
) -> Option<T> {
    let mut rest = value.clone();
    let mut attempt = Err(first);
    let mut found: Vec<Problem> = Vec::new();
    let mut removed: Vec<Vec<Token>> = Vec::new();
    for _ in 0..ERRORS_MAX {
        match attempt {
            Ok(typed) => {
                problems.extend(found);
                return Some(typed);
            }
            Err(error) => {
                let text = error.inner().to_string();
                let mut tokens = tokens(error.path());
                if let Some(field) = quoted_after(&text, "unknown field ")
                    && tokens.last() != Some(&Token::Key(field.clone()))
                {
                    tokens.push(Token::Key(field));
                }
                let missing = quoted_after(&text, "missing field ");
                if let Some(field) = &missing {
                    let mut of_field = tokens.clone();
                    of_field.push(Token::Key(field.clone()));
                    if removed.contains(&of_field) {
                        break;
                    }
                }
                found.push(problem(&text, &pointer(base, &tokens)));
                if missing.is_some() || !remove(&mut rest, &tokens) {
                    break;
                }
                removed.push(tokens);
                attempt = serde_path_to_error::deserialize::<_, T>(&rest);
            }
        }
    }
    problems.extend(found);
    None
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Key(String),
    Index(usize),
}

fn tokens(path: &Path) -> Vec<Token> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(Token::Index(*index)),
            Segment::Map { key } => Some(Token::Key(key.clone())),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

fn pointer(base: &str, tokens: &[Token]) -> String {
    tokens.iter().fold(base.to_owned(), |base, token| match token {
        Token::Key(key) => join_pointer(&base, key),
        Token::Index(index) => join_pointer(&base, index),
    })
}

/// Takes the value at `tokens` out, so that the next error shows. List items stay, as null, to keep the indexes.
fn remove(value: &mut Value, tokens: &[Token]) -> bool {
    let Some((last, parents)) = tokens.split_last() else { return false };
    let parent = parents.iter().try_fold(value, |value, token| match token {
        Token::Key(key) => value.get_mut(key.as_str()),
        Token::Index(index) => value.get_mut(*index),
    });
    match (parent, last) {
        (Some(Value::Object(fields)), Token::Key(key)) => fields.shift_remove(key.as_str()).is_some(),
        _ => false,
    }
}

/// Turns serde's text into a problem of our own. Serde offers no structure for these two cases.
fn problem(text: &str, pointer: &str) -> Problem {
    if let Some(field) = quoted_after(text, "unknown field ") {
        let known: Vec<String> = text.split_once("expected").map(|(_, rest)| quoted(rest)).unwrap_or_default();
        return Problem::error("unknown_field", pointer, format!("unknown field `{field}`"))
            .did_you_mean(&field, known.iter().map(String::as_str));
    }
    if let Some(variant) = quoted_after(text, "unknown variant ") {
        let known: Vec<String> = text.split_once("expected").map(|(_, rest)| quoted(rest)).unwrap_or_default();
        return Problem::error("unknown_value", pointer, format!("`{variant}` is not one of the values known here"))
            .did_you_mean(&variant, known.iter().map(String::as_str));
    }
    if let Some(field) = quoted_after(text, "missing field ") {
        return Problem::error("missing_field", pointer, format!("the field `{field}` is missing"))
            .hint(format!("add `{field}`"));
    }
    Problem::error("wrong_type", pointer, wrong_type(text).unwrap_or_else(|| text.to_owned()))
}

/// Serde's "invalid type: string \"x\", expected u16" as people say it.
fn wrong_type(text: &str) -> Option<String> {
    let (_, told) = text.split_once(": ").filter(|(what, _)| matches!(*what, "invalid type" | "invalid value"))?;
    let (found, expected) = told.rsplit_once(", expected ")?;
    let found = match found.split_once(' ') {
        Some(("string", text)) => format!("the text {text}"),
        Some(("integer" | "boolean", value)) => value.to_owned(),
        Some(("floating", rest)) => rest.trim_start_matches("point ").to_owned(),
        _ => match found {
            "null" | "unit value" => "nothing".to_owned(),
            "sequence" => "a list".to_owned(),
            other => format!("a {other}"),
        },
    };
    let whole = |max: u64| format!("a whole number from 0 to {max}");
    let expected = match expected {
        "u8" => whole(u8::MAX.into()),
        "u16" => whole(u16::MAX.into()),
        "u32" => whole(u32::MAX.into()),
        "u64" | "usize" => "a whole number, 0 or more".to_owned(),
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number".to_owned(),
        "f32" | "f64" => "a number".to_owned(),
        "a string" | "string" | "str" => "a text".to_owned(),
        "a boolean" | "bool" => "true or false".to_owned(),
        "a sequence" => "a list".to_owned(),
        expected if expected.starts_with("struct ") || expected.starts_with("internally tagged enum ") => {
            "a map".to_owned()
        }
        other => other.to_owned(),
    };
    Some(format!("{expected} is expected, not {found}"))
}

fn quoted_after(text: &str, before: &str) -> Option<String> {
    text.strip_prefix(before).and_then(|rest| quoted(rest).into_iter().next())
}

fn quoted(text: &str) -> Vec<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        count: u32,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Outer {
        label: String,
        #[serde(default)]
        inner: Vec<Inner>,
    }

    #[test]
    fn every_error_is_found_with_its_pointer() {
        let value = json!({"lable": "x", "label": 3, "inner": [{"count": "many"}, {"count": 1, "cuont": 2}]});
        let mut problems = Vec::new();
        assert!(read::<Outer>(&value, "/base", &mut problems).is_none());
        let found: Vec<(&str, &str)> =
            problems.iter().map(|problem| (problem.code.as_str(), problem.pointer.as_str())).collect();
        assert!(found.contains(&("unknown_field", "/base/lable")), "{found:?}");
        assert!(found.contains(&("wrong_type", "/base/label")), "{found:?}");
        assert_eq!(problems[0].hint.as_deref(), Some("did you mean `label`?"));
    }

    #[test]
    fn wrong_types_are_told_in_plain_words() {
        for (value, expected) in [
            (json!({"label": 3}), "a text is expected, not `3`"),
            (
                json!({"label": "x", "inner": [{"count": "many"}]}),
                "a whole number from 0 to 4294967295 is expected, not the text \"many\"",
            ),
            (
                json!({"label": "x", "inner": [{"count": -1}]}),
                "a whole number from 0 to 4294967295 is expected, not `-1`",
            ),
            (json!({"label": "x", "inner": 0.5}), "a list is expected, not `0.5`"),
            (json!({"label": ["x"]}), "a text is expected, not a list"),
        ] {
            let mut problems = Vec::new();
            read::<Outer>(&value, "", &mut problems);
            assert_eq!(problems[0].message, expected, "{value}");
        }
    }

    #[test]
    fn what_can_be_read_without_its_errors_is_read() {
        let value = json!({"label": "x", "innre": 1, "inner": [{"count": 3, "cuont": 2}]});
        let mut problems = Vec::new();
        let read = read::<Outer>(&value, "", &mut problems).unwrap();
        assert_eq!((read.label.as_str(), read.inner[0].count), ("x", 3));
        let found: Vec<&str> = problems.iter().map(|problem| problem.pointer.as_str()).collect();
        assert_eq!(found, ["/innre", "/inner/0/cuont"]);
    }
}
