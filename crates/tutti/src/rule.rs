//! The RULE argument: a file, `-` for stdin, or JSON or YAML text. Where its parts stand is kept, so that what is wrong
//! with them is told with its place.

use std::io::Read;
use std::path::Path;

use serde_json::Value;
use tutti_api::Item;
use tutti_model::problem::Place;
use tutti_model::source::{self, Source};

use crate::failure::{Done, Failure};

/// Where questions have their rule.
const POINTER: &str = "/where";

/// The place of something that is wrong with the rule of a question.
pub fn place(rule: &Source, item: &Item) -> Option<Place> {
    let within = item.pointer.strip_prefix(POINTER)?;
    // What a rule names, such as a filter, has its own pointers.
    let own = item.document.is_none() && (within.is_empty() || within.starts_with('/'));
    if own { rule.place(within) } else { None }
}

/// Reads a rule from a file, from stdin (`-`) or from the argument itself.
pub fn read(argument: &str) -> Done<Source> {
    let (name, text) = text_of(argument)?;
    let source = source::parse_value(&name, &text)
        .map_err(|problem| Failure::new("invalid", "the rule cannot be read").with_items(vec![problem.into()]))?;
    if source.value.is_object() {
        return Ok(source);
    }
    let other = source.value;
    let failure = Failure::new(
        "invalid",
        format!("a rule is a map such as `{{\"field\": ..., \"operator\": ..., \"value\": ...}}`, not `{other}`"),
    );
    Err(match other {
        Value::String(_) => failure.hint(format!("there is no file `{argument}` either")),
        _ => failure,
    })
}

fn text_of(argument: &str) -> Done<(String, String)> {
    if argument == "-" {
        let mut text = String::new();
        let read = std::io::stdin().read_to_string(&mut text);
        read.map_err(|error| Failure::new("input", format!("the rule could not be read from stdin: {error}")))?;
        return Ok(("stdin".to_owned(), text));
    }
    let path = Path::new(argument);
    if argument.trim_start().starts_with('{') || !path.is_file() {
        return Ok(("the rule".to_owned(), argument.to_owned()));
    }
    let text = std::fs::read_to_string(path)
        .map_err(|error| Failure::new("input", format!("the rule in `{argument}` could not be read: {error}")))?;
    Ok((argument.to_owned(), text))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_may_be_json_or_yaml() {
        let expected = json!({"field": "city", "operator": "=", "value": "Lyon"});
        for text in [
            r#"{"field":"city","operator":"=","value":"Lyon"}"#,
            "{field: city, operator: =, value: Lyon}",
            "field: city\noperator: \"=\"\nvalue: Lyon",
        ] {
            assert_eq!(read(text).unwrap().value, expected, "{text}");
        }
        assert_eq!(read("{}").unwrap().value, json!({}));
    }

    #[test]
    fn what_is_wrong_with_a_rule_has_its_place() {
        let rule = read("combinator: and\nrules:\n  - {field: ctiy, operator: =, value: Lyon}").unwrap();
        let at = |pointer: &str, document: Option<tutti_api::ItemDocument>| {
            let item = Item { pointer: pointer.to_owned(), document, ..Item::default() };
            place(&rule, &item).map(|place| (place.file, place.line, place.column))
        };
        let here = |line: u64, column: u64| Some(("the rule".to_owned(), line, column));
        assert_eq!(at("/where/rules/0/field", None), here(3, 6));
        assert_eq!(at("/where/rules/0/nothing", None), here(3, 5));
        assert_eq!(at("/where", None).map(|(_, line, _)| line), Some(1));
        assert_eq!((at("/wherever", None), at("/columns/0", None)), (None, None));
        assert_eq!(at("/where", Some(tutti_api::ItemDocument::default())), None);
    }

    #[test]
    fn a_file_that_is_not_there_is_told() {
        let error = format!("{:?}", read("no/such/rule.json").map(|rule| rule.value).unwrap_err());
        assert!(error.contains("no file `no/such/rule.json`"), "{error}");
    }
}
