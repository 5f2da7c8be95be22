//! Settings that stand for a value of each row: a field path, or a SQL expression over fields. And for an order of rows.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{IntoDeserializer, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tutti_model::bind::{self, Field, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::problem::Problem;

use crate::activity::CheckContext;
use crate::step::{Error, StepContext};

/// A value of each row: the path of a field, or `{expression: "..."}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldOrExpression {
    /// A field path over links to one row, or an added column.
    Field(String),
    /// A SQL scalar expression over such fields.
    Expression(String),
}

impl FieldOrExpression {
    pub fn field(path: impl Into<String>) -> Self {
        Self::Field(path.into())
    }

    /// A text that is either: a plain path is a field, anything else an expression.
    pub fn from_text(text: &str) -> Self {
        if is_path(text) { Self::Field(text.to_owned()) } else { Self::Expression(text.to_owned()) }
    }

    pub fn text(&self) -> &str {
        match self {
            Self::Field(text) | Self::Expression(text) => text,
        }
    }

    /// What it is on the rows of `scope`; a wrong one is a problem at `pointer`.
    pub fn resolve(
        &self,
        scope: Scope<'_>,
        catalog: &Catalog,
        moment: &Moment,
        pointer: &str,
    ) -> Result<Field, Problem> {
        match self {
            Self::Field(path) => bind::field(path, scope, catalog, pointer),
            Self::Expression(path) if is_path(path) => bind::field(path, scope, catalog, pointer),
            Self::Expression(sql) => bind::expression(sql, scope, catalog, moment, pointer),
        }
    }

    /// As [`Self::resolve`], with the problem added to `problems`.
    pub(crate) fn check(
        &self,
        scope: Scope<'_>,
        context: &CheckContext<'_>,
        pointer: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<Field> {
        self.resolve(scope, context.catalog, context.moment, pointer).map_err(|problem| problems.push(problem)).ok()
    }

    /// The field in a run, after the settings were checked.
    pub(crate) fn of(&self, scope: Scope<'_>, context: &StepContext<'_>) -> Result<Field, Error> {
        self.resolve(scope, context.planner.catalog, context.moment, "")
            .map_err(|problem| Error::Settings(vec![problem]))
    }
}

/// Whether a text is names with dots between them.
fn is_path(text: &str) -> bool {
    text.split('.').all(|name| {
        let mut characters = name.chars();
        characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
            && characters.all(|character| character.is_alphanumeric() || character == '_')
    })
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct WrittenExpression {
    /// A SQL scalar expression over fields of the row.
    #[schemars(extend("x-tutti-editor" = "expression"))]
    expression: String,
}

impl Serialize for FieldOrExpression {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Field(path) => serializer.serialize_str(path),
            Self::Expression(expression) => WrittenExpression { expression: expression.clone() }.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for FieldOrExpression {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = FieldOrExpression;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field path, or `{expression: \"...\"}`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<FieldOrExpression, E> {
                Ok(FieldOrExpression::field(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldOrExpression, A::Error> {
                let written = WrittenExpression::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FieldOrExpression::Expression(written.expression))
            }
        }

        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for FieldOrExpression {
    fn schema_name() -> Cow<'static, str> {
        "FieldOrExpression".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let expression = generator.subschema_for::<WrittenExpression>();
        json_schema!({
            "description": "A field path, or a SQL expression over fields.",
            "anyOf": [{"type": "string", "description": "A field path."}, expression],
            "x-tutti-editor": "field",
        })
    }
}

/// The direction in which rows are ordered. Rows without a value come last in both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Order {
    /// The lowest value first.
    #[default]
    Ascending,
    /// The highest value first.
    Descending,
}

impl Order {
    pub fn is_descending(self) -> bool {
        self == Self::Descending
    }
}

/// Which rows come first: by a field or expression. Rows without a value come last.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sort {
    /// What to order by.
    #[serde(alias = "field")]
    pub by: FieldOrExpression,
    /// The direction.
    #[serde(default)]
    pub order: Order,
}

/// One of something, or a list of it. Without anything, an empty list.
#[derive(Clone, Debug, PartialEq)]
pub struct OneOrMany<T>(pub Vec<T>);

impl<T> Default for OneOrMany<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> OneOrMany<T> {
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each with its pointer under that of the setting.
    pub fn with_pointers<'s>(&'s self, base: &'s str) -> impl Iterator<Item = (&'s T, String)> {
        let single = self.0.len() == 1;
        self.0.iter().enumerate().map(move |(index, item)| {
            (item, if single { base.to_owned() } else { tutti_model::problem::join_pointer(base, index) })
        })
    }
}

impl<T: Serialize> Serialize for OneOrMany<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0.as_slice() {
            [one] => one.serialize(serializer),
            many => many.serialize(serializer),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for OneOrMany<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read<T>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>> Visitor<'de> for Read<T> {
            type Value = OneOrMany<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("one, or a list")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<OneOrMany<T>, E> {
                T::deserialize(text.into_deserializer()).map(|one| OneOrMany(vec![one]))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<OneOrMany<T>, A::Error> {
                T::deserialize(MapAccessDeserializer::new(map)).map(|one| OneOrMany(vec![one]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<OneOrMany<T>, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(OneOrMany)
            }
        }

        deserializer.deserialize_any(Read(PhantomData))
    }
}

impl<T: JsonSchema> JsonSchema for OneOrMany<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("OneOrMany_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let one = generator.subschema_for::<T>();
        json_schema!({
            "description": "One, or a list.",
            "anyOf": [one.clone(), {"type": "array", "items": one}],
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_read_as_they_are_written() {
        for (value, expected) in [
            (json!("a.b"), FieldOrExpression::field("a.b")),
            (json!({"expression": "a + 1"}), FieldOrExpression::Expression("a + 1".to_owned())),
        ] {
            let read: FieldOrExpression = serde_json::from_value(value.clone()).unwrap();
            assert_eq!(read, expected);
            assert_eq!(serde_json::to_value(&read).unwrap(), value);
        }
        assert!(serde_json::from_value::<FieldOrExpression>(json!({"expresion": "a"})).is_err());
        assert!(serde_json::from_value::<FieldOrExpression>(json!(3)).is_err());
    }

    #[test]
    fn texts_are_paths_or_expressions() {
        for (text, path) in [("a", true), ("a.b_c1", true), ("a + 1", false), ("1a", false), ("", false), ("a.", false)]
        {
            assert_eq!(FieldOrExpression::from_text(text) == FieldOrExpression::field(text), path, "{text}");
        }
    }

    #[test]
    fn one_is_a_list_of_one() {
        let one: OneOrMany<Sort> = serde_json::from_value(json!({"by": "a"})).unwrap();
        let many: OneOrMany<Sort> = serde_json::from_value(json!([{"field": "a"}])).unwrap();
        assert_eq!(one, many);
        assert_eq!(serde_json::to_value(&many).unwrap(), json!({"by": "a", "order": "ascending"}));
    }
}
