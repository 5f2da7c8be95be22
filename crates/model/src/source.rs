//! Source texts: YAML or JSON, one or several documents in a file, with the place of every value.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};
use serde_saphyr::Spanned;

use crate::problem::{Place, Problem, join_pointer};

/// A file as its owner wrote it.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct SourceFile {
    /// What to call it in messages; never opened.
    pub path: String,
    pub text: String,
}

/// One document of a file: its value, and where each part of it stands.
#[derive(Clone, Debug)]
pub struct Source {
    pub value: Value,
    file: String,
    places: HashMap<String, (u64, u64)>,
}

impl Source {
    /// A document that came as JSON and has no places.
    pub fn from_value(file: &str, value: Value) -> Self {
        Self { value, file: file.to_owned(), places: HashMap::new() }
    }

    /// The place of `pointer`, or of the nearest enclosing value that has one.
    pub fn place(&self, pointer: &str) -> Option<Place> {
        let mut pointer = pointer;
        loop {
            if let Some((line, column)) = self.places.get(pointer) {
                return Some(Place { file: self.file.clone(), line: *line, column: *column });
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }

    pub fn file(&self) -> &str {
        &self.file
    }
}

/// Reads the documents of one file. A text that is not YAML or JSON gives one problem with its place.
pub fn parse(file: &SourceFile) -> Result<Vec<Source>, Problem> {
    let nodes: Vec<Spanned<Node>> =
        serde_saphyr::from_multiple_with_options(&file.text, options()).map_err(|error| syntax(file, &error))?;
    Ok(nodes
        .into_iter()
        .filter(|node| !matches!(node.value, Node::Scalar(Value::Null)))
        .map(|node| {
            let mut places = HashMap::new();
            let value = flatten(node, String::new(), &mut places);
            Source { value, file: file.path.clone(), places }
        })
        .collect())
}

/// Reads one value, such as a rule, from YAML or JSON text.
pub fn parse_value(name: &str, text: &str) -> Result<Source, Problem> {
    let file = SourceFile { path: name.to_owned(), text: text.to_owned() };
    let mut sources = parse(&file)?;
    match (sources.len(), sources.pop()) {
        (1, Some(source)) => Ok(source),
        (0, _) | (_, None) => Err(Problem::error("empty", "", "there is no value in the text")
            .hint("write `{}` for a rule that matches every row")),
        (count, _) => Err(Problem::error("many_values", "", format!("one value was expected, the text has {count}"))),
    }
}

/// YAML 1.2: `on`, `yes` and `no` are texts, and so are `0123` and `1_000`.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        strict_booleans: true,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    }
}

fn syntax(file: &SourceFile, error: &serde_saphyr::Error) -> Problem {
    let location = error.location();
    let message = error.without_snippet().to_string();
    let mut problem = Problem::error("syntax", "", format!("the text is not valid YAML or JSON: {message}"));
    problem.place = Some(Place {
        file: file.path.clone(),
        line: location.map_or(1, |location| location.line().max(1)),
        column: location.map_or(1, |location| location.column().max(1)),
    });
    problem
}

enum Node {
    Scalar(Value),
    List(Vec<Spanned<Node>>),
    Map(Vec<(Spanned<Key>, Spanned<Node>)>),
}

/// The name of a field. `null` is one, as is written: YAML would take it for nothing.
type Key = Option<String>;

fn name(key: &Key) -> &str {
    key.as_deref().unwrap_or("null")
}

fn flatten(node: Spanned<Node>, pointer: String, places: &mut HashMap<String, (u64, u64)>) -> Value {
    places.entry(pointer.clone()).or_insert((node.referenced.line(), node.referenced.column()));
    match node.value {
        Node::Scalar(value) => value,
        Node::List(items) => Value::Array(
            items
                .into_iter()
                .enumerate()
                .map(|(index, item)| flatten(item, join_pointer(&pointer, index), places))
                .collect(),
        ),
        Node::Map(entries) => {
            let mut fields = Map::new();
            for (key, item) in entries {
                let below = join_pointer(&pointer, name(&key.value));
                places.insert(below.clone(), (key.referenced.line(), key.referenced.column()));
                let value = flatten(item, below, places);
                fields.insert(name(&key.value).to_owned(), value);
            }
            Value::Object(fields)
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value, a list or a map")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Bool(value)))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Node, E> {
        Ok(Node::Scalar(Value::from(value)))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
        Ok(Node::Scalar(Value::from(value)))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Node, E> {
        let number = Number::from_f64(value).ok_or_else(|| E::custom("numbers must be finite"))?;
        Ok(Node::Scalar(Value::Number(number)))
    }

    fn visit_str<E>(self, value: &str) -> Result<Node, E> {
        Ok(Node::Scalar(Value::String(value.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_none<E>(self) -> Result<Node, E> {
        Ok(Node::Scalar(Value::Null))
    }

    fn visit_some<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Node, D::Error> {
        Node::deserialize(deserializer)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Node, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Node::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Node, A::Error> {
        let mut entries: Vec<(Spanned<Key>, Spanned<Node>)> = Vec::new();
        while let Some((key, value)) = map.next_entry::<Spanned<Key>, Spanned<Node>>()? {
            if entries.iter().any(|(seen, _)| name(&seen.value) == name(&key.value)) {
                return Err(A::Error::custom(format!("the field `{}` is given twice", name(&key.value))));
            }
            entries.push((key, value));
        }
        Ok(Node::Map(entries))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile { path: "x.yaml".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn every_value_has_its_place() {
        let sources =
            parse(&file("kind: table\nname: a\ncolumns:\n  - {name: id, type: string}\n---\nkind: filter\n")).unwrap();
        assert_eq!(sources.len(), 2);
        let place = sources[0].place("/columns/0/type").unwrap();
        assert_eq!((place.line, place.column), (4, 16));
        assert_eq!(sources[0].place("/columns/0/nothing/here").unwrap().line, 4);
        assert_eq!(sources[1].place("/kind").unwrap().line, 6);
    }

    #[test]
    fn scalars_keep_their_types() {
        let sources = parse(&file("a: 1\nb: 1.50\nc: 2026-12-01\nd: \"09:00\"\ne: null\nf: true\ng: on\n")).unwrap();
        let expected =
            serde_json::json!({"a": 1, "b": 1.5, "c": "2026-12-01", "d": "09:00", "e": null, "f": true, "g": "on"});
        assert_eq!(sources[0].value, expected);
    }

    #[test]
    fn json_is_read_too() {
        let sources = parse(&file("{\"kind\": \"table\",\n\t\"columns\": [1, 2.5, -3]}")).unwrap();
        assert_eq!(sources[0].value, serde_json::json!({"kind": "table", "columns": [1, 2.5, -3]}));
    }

    #[test]
    fn broken_text_says_where() {
        for text in ["a: [1,\nb: }", "a: 1\na: 2\n", "a: \"x\nb: 1"] {
            let problem = parse(&file(text)).unwrap_err();
            assert_eq!(problem.code, "syntax");
            assert!(problem.place.is_some());
        }
    }
}
