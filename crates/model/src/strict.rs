//! Reading typed settings out of a JSON value, with every error found in one go and its pointer.

use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_path_to_error::{Path, Segment};

use crate::problem::{Problem, join_pointer};

/// How many errors of one value are looked for before giving up on it.
const ERRORS_MAX: usize = 50;

/// Reads `value` as a `T`. Unknown fields and wrong types are each added to `problems`, with their pointer under
/// `base`; the answer is `None` when there was any.
pub fn read<T: DeserializeOwned>(value: &Value, base: &str, problems: &mut Vec<Problem>) -> Option<T> {
    let mut rest = value.clone();
    let mut found: Vec<Problem> = Vec::new();
    let mut removed: Vec<Vec<Token>> = Vec::new();
    for _ in 0..ERRORS_MAX {
        match serde_path_to_error::deserialize::<_, T>(&rest) {
            Ok(typed) if found.is_empty() => return Some(typed),
            Ok(_) => break,
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
    Problem::error("wrong_type", pointer, text.to_owned())
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
    #[expect(dead_code, reason = "only read into")]
    struct Inner {
        count: u32,
    }

    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    #[expect(dead_code, reason = "only read into")]
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
}
