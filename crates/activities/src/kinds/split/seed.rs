//! How a seed is written: `run`, `fixed` or a number.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tutti_query::functions;

use super::Seed;
use crate::step::StepContext;

const WORDS: [&str; 2] = ["run", "fixed"];

impl Seed {
    /// The number that ranks are computed with.
    pub(super) fn of(self, context: &StepContext<'_>) -> u64 {
        match self {
            Self::Run => context.seed,
            Self::Fixed => context.fixed_seed,
            Self::Number(number) => functions::rank_of(number, []),
        }
    }
}

impl Serialize for Seed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Run => serializer.serialize_str(WORDS[0]),
            Self::Fixed => serializer.serialize_str(WORDS[1]),
            Self::Number(number) => serializer.serialize_u64(*number),
        }
    }
}

impl<'de> Deserialize<'de> for Seed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl Visitor<'_> for Read {
            type Value = Seed;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("`run`, `fixed` or a whole number")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Seed, E> {
                match text {
                    "run" => Ok(Seed::Run),
                    "fixed" => Ok(Seed::Fixed),
                    other => Err(E::unknown_variant(other, &WORDS)),
                }
            }

            fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<Seed, E> {
                Ok(Seed::Number(number))
            }
        }

        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for Seed {
    fn schema_name() -> Cow<'static, str> {
        "Seed".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "anyOf": [
                {"type": "string", "const": "run", "description": "Each run chooses anew."},
                {"type": "string", "const": "fixed", "description": "Every run chooses alike."},
                {"type": "integer", "minimum": 0, "description": "Every activity with this number chooses alike."},
            ],
            "default": "run",
        })
    }
}
