//! Which rows of a group stay.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;
use tutti_model::problem::Problem;

pub use crate::operand::Order;
use crate::operand::FieldOrExpression;

/// Which rows of a group come first.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Method {
    /// Those with the lowest random rank.
    #[default]
    Random,
    /// Those with the lowest or the highest value; without a value they come last.
    Expression { value: FieldOrExpression, order: Order },
    /// Those where a value is filled: not NULL and not an empty text.
    NonEmpty { value: FieldOrExpression },
    /// Those whose value comes first in a list; others come after the whole list.
    Values(Preferred),
}

/// A list of values, the most wanted first.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Preferred {
    /// The field or expression whose values are listed.
    pub field: FieldOrExpression,
    /// The values, the most wanted first.
    #[schemars(extend("x-tutti-editor" = "value"))]
    pub list: Vec<Value>,
}

impl Method {
    /// What rows are ordered by; random has nothing.
    pub fn value(&self) -> Option<&FieldOrExpression> {
        match self {
            Self::Random => None,
            Self::Expression { value, .. } | Self::NonEmpty { value } => Some(value),
            Self::Values(preferred) => Some(&preferred.field),
        }
    }

    /// The pointer of [`Method::value`] under the method's own.
    pub(super) fn pointer(&self, base: &str) -> String {
        let below = match self {
            Self::Random => "",
            Self::Expression { .. } => "/expression",
            Self::NonEmpty { .. } => "/non_empty",
            Self::Values(_) => "/values/field",
        };
        format!("{base}{below}")
    }

    pub(super) fn check_form(&self, pointer: &str, problems: &mut Vec<Problem>) {
        if let Self::Values(preferred) = self
            && preferred.list.is_empty()
        {
            let message = "the list of preferred values is empty";
            problems.push(Problem::error("missing_field", format!("{pointer}/values/list"), message));
        }
    }
}

/// A method as it is written, when it is not the word `random`.
#[derive(Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// The field path, or SQL expression, whose lowest or highest value is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("x-tutti-editor" = "operand"))]
    expression: Option<String>,
    /// The direction, with `expression`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    order: Option<Order>,
    /// The field path or expression that should be filled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    non_empty: Option<FieldOrExpression>,
    /// The values to prefer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    values: Option<Preferred>,
}

impl Serialize for Method {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self.clone() {
            Self::Random => return serializer.serialize_str("random"),
            Self::Expression { value, order } => {
                Written { expression: Some(value.text().to_owned()), order: Some(order), ..Written::default() }
            }
            Self::NonEmpty { value } => Written { non_empty: Some(value), ..Written::default() },
            Self::Values(preferred) => Written { values: Some(preferred), ..Written::default() },
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Method {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = Method;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`random`, or a map with `expression`, `non_empty` or `values`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Method, E> {
                if text == "random" { Ok(Method::Random) } else { Err(E::unknown_variant(text, &["random"])) }
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Method, A::Error> {
                let written = Written::deserialize(MapAccessDeserializer::new(map))?;
                match (written.expression, written.non_empty, written.values, written.order) {
                    (Some(expression), None, None, order) => Ok(Method::Expression {
                        value: FieldOrExpression::from_text(&expression),
                        order: order.unwrap_or_default(),
                    }),
                    (None, Some(value), None, None) => Ok(Method::NonEmpty { value }),
                    (None, None, Some(preferred), None) => Ok(Method::Values(preferred)),
                    _ => Err(A::Error::custom(
                        "a method is `random` or has exactly one of `expression` (with `order`), `non_empty`, `values`",
                    )),
                }
            }
        }

        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Method {
    fn schema_name() -> Cow<'static, str> {
        "Method".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let written = generator.subschema_for::<Written>();
        schemars::json_schema!({
            "anyOf": [{"type": "string", "const": "random", "description": "Chosen at random."}, written],
            "default": "random",
        })
    }
}
