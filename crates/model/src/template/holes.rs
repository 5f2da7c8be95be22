//! The holes of a template: finding and filling them, and keeping texts that only look like one.

use serde_json::{Map, Value};

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
enum Part<'a> {
    Text(&'a str),
    Hole(&'a str),
}

/// Cuts a text into its holes and what stands between them. A dollar before a hole makes it text.
fn parts(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = text[at..].find("${") {
        let start = at + found;
        let Some(name) = name_at(&text[start + 2..]) else {
            at = start + 2;
            continue;
        };
        let end = start + 3 + name.len();
        if text[..start].ends_with('$') {
            // The first dollar goes, the hole stays as it is written.
            parts.push(Part::Text(&text[from..start - 1]));
            parts.push(Part::Text(&text[start..end]));
        } else {
            parts.push(Part::Text(&text[from..start]));
            parts.push(Part::Hole(name));
        }
        (from, at) = (end, end);
    }
    parts.push(Part::Text(&text[from..]));
    parts.retain(|part| *part != Part::Text(""));
    parts
}

/// The name that a closing brace ends.
fn name_at(text: &str) -> Option<&str> {
    let name = text.split('}').next().filter(|name| name.len() < text.len())?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    let starts = name.bytes().next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    (starts && name.bytes().all(plain)).then_some(name)
}

/// Calls `found` with every hole and the pointer of the text, or of the member, that has it.
pub(super) fn walk(value: &Value, pointer: &str, found: &mut dyn FnMut(&str, &str)) {
    match value {
        Value::String(text) => of_text(text, pointer, found),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk(item, &crate::problem::join_pointer(pointer, index), found);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                let pointer = crate::problem::join_pointer(pointer, key);
                of_text(key, &pointer, found);
                walk(member, &pointer, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn of_text(text: &str, pointer: &str, found: &mut dyn FnMut(&str, &str)) {
    for part in parts(text) {
        if let Part::Hole(name) = part {
            found(name, pointer);
        }
    }
}

/// The value with its holes filled. Holes without a value stay.
pub(super) fn fill(value: &Value, values: &Map<String, Value>) -> Value {
    match value {
        Value::String(text) => fill_text(text, values),
        Value::Array(items) => items.iter().map(|item| fill(item, values)).collect(),
        Value::Object(members) => {
            let filled = members.iter().map(|(key, member)| (plain(&fill_text(key, values)), fill(member, values)));
            Value::Object(filled.collect())
        }
        other => other.clone(),
    }
}

fn fill_text(text: &str, values: &Map<String, Value>) -> Value {
    let parts = parts(text);
    if let [Part::Hole(name)] = parts.as_slice()
        && let Some(value) = values.get(*name)
    {
        return value.clone();
    }
    let mut filled = String::with_capacity(text.len());
    for part in parts {
        match part {
            Part::Text(text) => filled.push_str(text),
            Part::Hole(name) => match values.get(name) {
                Some(value) => filled.push_str(&plain(value)),
                None => filled.push_str(&format!("${{{name}}}")),
            },
        }
    }
    Value::String(filled)
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// The value with every text that looks like a hole made to stay as it is when it is filled.
pub(super) fn escape(value: &Value) -> Value {
    let of_text = |text: &str| -> String {
        let mut escaped = String::with_capacity(text.len());
        let mut from = 0;
        for (start, _) in text.match_indices("${").filter(|(start, _)| name_at(&text[start + 2..]).is_some()) {
            escaped.push_str(&text[from..start]);
            escaped.push('$');
            from = start;
        }
        escaped.push_str(&text[from..]);
        escaped
    };
    match value {
        Value::String(text) => Value::String(of_text(text)),
        Value::Array(items) => items.iter().map(escape).collect(),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(key, member)| (of_text(key), escape(member))).collect())
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn holes_are_filled_by_type_and_in_texts_and_keys() {
        let values = json!({"days": 30, "who": "people", "list": [1, 2]}).as_object().unwrap().clone();
        for (given, expected) in [
            (json!("${days}"), json!(30)),
            (json!("now-${days}d of ${who}"), json!("now-30d of people")),
            (json!({"${who}.id": ["${list}", 1, null]}), json!({"people.id": [[1, 2], 1, null]})),
            (json!("${unknown} ${days}"), json!("${unknown} 30")),
            (json!("$${days} ${{ price }} ${ days} $${"), json!("${days} ${{ price }} ${ days} $${")),
            (json!("é${who}é"), json!("épeopleé")),
        ] {
            assert_eq!(fill(&given, &values), expected, "{given}");
        }
    }

    #[test]
    fn what_is_escaped_comes_back_as_it_was() {
        let values = json!({"a": "x"}).as_object().unwrap().clone();
        for text in
            ["${a}", "$${a}", "$$${a}", "a ${b} c", "${", "$", "{{ a }} ${{ a }}", "${a}${a}", "cost $${a} ${a}"]
        {
            let value = json!({ text: [text] });
            assert_eq!(fill(&escape(&value), &values), value, "{text}");
        }
    }
}
