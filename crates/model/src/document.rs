//! Documents: the unit that `apply` takes and `get` gives back. The list of kinds is here and only here.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use crate::audience::Audience;
use crate::calendar::Calendar;
use crate::campaign::Campaign;
use crate::channel::Channel;
use crate::content::{Content, Fragment};
use crate::dimension::{Dimension, Filter};
use crate::id::{RESERVED_PREFIX, is_document_name};
use crate::problem::{DocumentRef, Problem};
use crate::strict;
use crate::table::Table;
use crate::template::Template;
use crate::test_case::TestCase;
use crate::view::View;

/// The kinds of documents, in the order in which they refer to each other.
pub const KINDS: [&str; 12] = [
    "table",
    "dimension",
    "audience",
    "filter",
    "channel",
    "fragment",
    "content",
    "calendar",
    "campaign",
    "template",
    "test",
    "view",
];

/// What every document may say of itself.
#[derive(Clone, Debug, Default, PartialEq, Deserialize, serde::Serialize)]
#[serde(deny_unknown_fields)]
pub struct Meta {
    #[serde(default)]
    pub label: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub tags: Vec<String>,
    #[serde(default)]
    pub folder: Option<String>,
}

/// A document that was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    pub kind: String,
    pub name: String,
    pub meta: Meta,
    pub spec: Spec,
    /// The document as it was given.
    pub body: Value,
}

/// What a document says, by kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Spec {
    Table(Table),
    Dimension(Dimension),
    Audience(Audience),
    Filter(Filter),
    Channel(Channel),
    Fragment(Fragment),
    Content(Content),
    Calendar(Calendar),
    Campaign(Campaign),
    Template(Box<Template>),
    Test(Box<TestCase>),
    View(View),
}

/// The fields that say what a document is called and where it is found, and nothing about what it does.
pub const META: [&str; 4] = ["label", "description", "tags", "folder"];

impl Document {
    /// Reads one document. Every problem gets the document's kind and name, as far as they are known.
    pub fn read(body: &Value, problems: &mut Vec<Problem>) -> Option<Self> {
        let Value::Object(fields) = body else {
            problems.push(Problem::error("wrong_type", "", "a document is a map with `kind` and `name`"));
            return None;
        };
        let kind = text(fields, "kind", problems)?;
        if !KINDS.contains(&kind.as_str()) {
            problems.push(
                Problem::error("unknown_kind", "/kind", format!("there is no kind of document `{kind}`"))
                    .did_you_mean(&kind, KINDS),
            );
            return None;
        }
        let name = text(fields, "name", problems)?;
        let before = problems.len();
        let document = Self::read_named(body, &kind, &name, problems);
        let about = DocumentRef { kind, name };
        for problem in &mut problems[before..] {
            problem.document = Some(about.clone());
        }
        document
    }

    fn read_named(body: &Value, kind: &str, name: &str, problems: &mut Vec<Problem>) -> Option<Self> {
        if !is_document_name(name) {
            problems.push(
                Problem::error("bad_name", "/name", format!("`{name}` cannot be a name"))
                    .hint("a name is a lower-case letter, then lower-case letters, digits, `_` and `-`; at most 100"),
            );
        } else if name.starts_with(RESERVED_PREFIX) {
            problems.push(Problem::error(
                "reserved_name",
                "/name",
                format!("names that begin with `{RESERVED_PREFIX}` are Tutti's own"),
            ));
        }
        let mut meta = serde_json::Map::new();
        let mut rest = serde_json::Map::new();
        for (key, value) in body.as_object().into_iter().flatten() {
            match key.as_str() {
                "kind" | "name" => {}
                key if META.contains(&key) => {
                    meta.insert(key.to_owned(), value.clone());
                }
                _ => {
                    rest.insert(key.clone(), value.clone());
                }
            }
        }
        let meta: Option<Meta> = strict::read(&Value::Object(meta), "", problems);
        let rest = Value::Object(rest);
        let before = problems.len();
        let spec =
            match kind {
                "table" => {
                    strict::read(&rest, "", problems).map(|spec| Spec::Table(Table { name: name.to_owned(), ..spec }))
                }
                "dimension" => strict::read(&rest, "", problems)
                    .map(|spec| Spec::Dimension(Dimension { name: name.to_owned(), ..spec })),
                "audience" => strict::read(&rest, "", problems)
                    .map(|spec| Spec::Audience(Audience { name: name.to_owned(), ..spec })),
                "filter" => {
                    strict::read(&rest, "", problems).map(|spec| Spec::Filter(Filter { name: name.to_owned(), ..spec }))
                }
                "channel" => strict::read(&rest, "", problems)
                    .map(|spec| Spec::Channel(Channel { name: name.to_owned(), ..spec })),
                "fragment" => strict::read(&rest, "", problems)
                    .map(|spec| Spec::Fragment(Fragment { name: name.to_owned(), ..spec })),
                "content" => strict::read(&rest, "", problems)
                    .map(|spec| Spec::Content(Content { name: name.to_owned(), ..spec })),
                "calendar" => Calendar::read(name, &rest, problems).map(Spec::Calendar),
                "campaign" => Campaign::read(name, &rest, problems).map(Spec::Campaign),
                "template" => Template::read(name, &rest, problems).map(|spec| Spec::Template(Box::new(spec))),
                "view" => View::read(name, &rest, problems).map(Spec::View),
                _ => strict::read(&rest, "", problems)
                    .map(|spec| Spec::Test(Box::new(TestCase { name: name.to_owned(), ..spec }))),
            };
        for problem in &mut problems[before..] {
            // A slip in a descriptive field arrives here as an unknown field of the kind.
            if problem.code == "unknown_field" && problem.pointer.matches('/').count() == 1 {
                let given = problem.pointer.trim_start_matches('/').to_owned();
                if let Some(near) = crate::problem::nearest(&given, META) {
                    problem.hint = Some(format!("did you mean `{near}`?"));
                }
            }
        }
        Some(Self { kind: kind.to_owned(), name: name.to_owned(), meta: meta?, spec: spec?, body: body.clone() })
    }

    pub fn reference(&self) -> DocumentRef {
        DocumentRef { kind: self.kind.clone(), name: self.name.clone() }
    }
}

fn text(fields: &serde_json::Map<String, Value>, name: &str, problems: &mut Vec<Problem>) -> Option<String> {
    match fields.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        Some(_) => {
            problems.push(Problem::error("wrong_type", format!("/{name}"), format!("`{name}` is a text")));
            None
        }
        None => {
            problems.push(
                Problem::error("missing_field", "", format!("the document has no `{name}`"))
                    .hint("every document has `kind` and `name`"),
            );
            None
        }
    }
}

/// Documents by kind and name.
pub type Documents = IndexMap<(String, String), Document>;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn problems(body: &Value) -> Vec<Problem> {
        let mut problems = Vec::new();
        Document::read(body, &mut problems);
        problems
    }

    #[test]
    fn unknown_things_name_the_nearest() {
        for (body, pointer, hint) in [
            (json!({"kind": "tabel", "name": "a"}), "/kind", "did you mean `table`?"),
            (
                json!({"kind": "table", "name": "a", "columns": [], "primary_keys": [], "primary_key": ["a"]}),
                "/primary_keys",
                "did you mean `primary_key`?",
            ),
            (
                json!({"kind": "table", "name": "a", "columns": [], "primary_key": ["a"], "lable": ""}),
                "/lable",
                "did you mean `label`?",
            ),
        ] {
            let found = problems(&body);
            assert_eq!(found.len(), 1, "{found:?}");
            assert_eq!(found[0].pointer, pointer);
            assert_eq!(found[0].hint.as_deref(), Some(hint));
        }
    }

    #[test]
    fn a_document_needs_kind_and_name() {
        for body in [
            json!([]),
            json!({"name": "a"}),
            json!({"kind": "table"}),
            json!({"kind": "table", "name": "A b"}),
            json!({"kind": "table", "name": "tutti_x", "columns": [], "primary_key": []}),
        ] {
            assert!(problems(&body).iter().any(Problem::is_error), "{body}");
        }
    }
}
