//! Values inside texts that are documents: JSON and XML.

use datafusion::arrow::array::{Array, ArrayRef};
use datafusion::common::Result;
use serde_json::Value;

use super::TEXT;
use super::arguments::{Arguments, Native, texts};
use super::xml;

pub const FUNCTIONS: &[Native] = &[
    Native { name: "tutti_json_value", returns: |_| TEXT, run: json_value },
    Native { name: "tutti_node_value", returns: |_| TEXT, run: node_value },
];

/// A step of a path into JSON.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Name(String),
    /// From 0; negative ones count from the end.
    Place(i64),
}

/// Reads `$.address.lines[0]`; the `$` may be left out, and names that are not words stand in quotes:
/// `$['first name']`.
pub fn json_path(text: &str) -> std::result::Result<Vec<Step>, String> {
    let wrong =
        |rest: &str| format!("`{text}` is not a path into JSON at `{rest}`; write it like `$.address.lines[0]`");
    let mut rest = text.trim();
    rest = rest.strip_prefix('$').unwrap_or(rest);
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(inner) = rest.strip_prefix('[') {
            let quote = inner.chars().next().filter(|quote| ['\'', '"'].contains(quote));
            let (step, after) = match quote {
                Some(quote) => {
                    let (name, after) = inner[1..].split_once(quote).ok_or_else(|| wrong(rest))?;
                    (Step::Name(name.to_owned()), after)
                }
                None => {
                    let end = inner.find(']').ok_or_else(|| wrong(rest))?;
                    (Step::Place(inner[..end].trim().parse().map_err(|_| wrong(rest))?), &inner[end..])
                }
            };
            steps.push(step);
            rest = after.strip_prefix(']').ok_or_else(|| wrong(rest))?;
            continue;
        }
        let name = match rest.strip_prefix('.') {
            Some(name) => name,
            None if steps.is_empty() => rest,
            None => return Err(wrong(rest)),
        };
        let end = name.find(['.', '[']).unwrap_or(name.len());
        if end == 0 {
            return Err(wrong(rest));
        }
        steps.push(Step::Name(name[..end].to_owned()));
        rest = &name[end..];
    }
    Ok(steps)
}

/// `tutti_json_value(text, path)`.
fn json_value(arguments: &Arguments) -> Result<ArrayRef> {
    let values = arguments.texts(0)?;
    let path = arguments.constant(1)?.and_then(|path| json_path(&path).ok());
    Ok(texts((0..arguments.rows).map(|row| {
        let text = values.is_valid(row).then(|| values.value(row))?;
        let document: Value = serde_json::from_str(text).ok()?;
        let found = path.as_ref()?.iter().try_fold(&document, |value, step| match (step, value) {
            (Step::Name(name), Value::Object(fields)) => fields.get(name),
            (Step::Place(place), Value::Array(items)) => {
                let place = if *place < 0 { place + i64::try_from(items.len()).ok()? } else { *place };
                items.get(usize::try_from(place).ok()?)
            }
            _ => None,
        })?;
        match found {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    })))
}

/// `tutti_node_value(text, path)`.
fn node_value(arguments: &Arguments) -> Result<ArrayRef> {
    let values = arguments.texts(0)?;
    let path = arguments.constant(1)?.and_then(|path| xml::path(&path).ok());
    Ok(texts((0..arguments.rows).map(|row| {
        let text = values.is_valid(row).then(|| values.value(row))?;
        xml::value(text, path.as_ref()?)
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_into_json() {
        let name = |name: &str| Step::Name(name.to_owned());
        for (text, expected) in [
            ("$", vec![]),
            ("$.a.b", vec![name("a"), name("b")]),
            ("a[0].b", vec![name("a"), Step::Place(0), name("b")]),
            ("$['first name'][-1]", vec![name("first name"), Step::Place(-1)]),
        ] {
            assert_eq!(json_path(text).as_deref(), Ok(expected.as_slice()), "{text}");
        }
        for text in ["$.", "$.a[", "$.a[x]", "$['a", "$a$..b"] {
            assert!(json_path(text).is_err(), "{text}");
        }
    }
}
