//! The RULE argument: a file, `-` for stdin, or JSON or YAML text.

use std::io::Read;
use std::path::Path;

use serde_json::Value;
use tutti_model::source;

use crate::failure::{Done, Failure};

/// Reads a rule from a file, from stdin (`-`) or from the argument itself.
pub fn read(argument: &str) -> Done<Value> {
    let (name, text) = text_of(argument)?;
    let source = source::parse_value(&name, &text)
        .map_err(|problem| Failure::new("invalid", "the rule cannot be read").with_items(vec![problem.into()]))?;
    match source.value {
        rule @ Value::Object(_) => Ok(rule),
        other => {
            let failure = Failure::new(
                "invalid",
                format!(
                    "a rule is a map such as `{{\"field\": ..., \"operator\": ..., \"value\": ...}}`, not `{other}`"
                ),
            );
            let missing_file =
                matches!(&other, Value::String(_)).then(|| format!("there is no file `{argument}` either"));
            Err(match missing_file {
                Some(hint) => failure.hint(hint),
                None => failure,
            })
        }
    }
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
            assert_eq!(read(text).unwrap(), expected, "{text}");
        }
        assert_eq!(read("{}").unwrap(), json!({}));
    }

    #[test]
    fn a_file_that_is_not_there_is_told() {
        let error = format!("{:?}", read("no/such/rule.json").unwrap_err());
        assert!(error.contains("no file `no/such/rule.json`"), "{error}");
    }
}
