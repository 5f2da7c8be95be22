//! Settings that say what a column holds: a field of each row, or an expression over its fields.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use tutti_model::bind::{self, Field, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::problem::{Problem, join_pointer};

/// A column: `email`, or `{name: mail, field: email}`, or `{name: year, expression: "year(birth_date)"}`.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct NamedColumn {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expression: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Long {
    name: Option<String>,
    field: Option<String>,
    expression: Option<String>,
}

impl<'de> Deserialize<'de> for NamedColumn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(path) => Ok(Self { field: Some(path), ..Self::default() }),
            other => {
                let Long { name, field, expression } =
                    serde_json::from_value(other).map_err(serde::de::Error::custom)?;
                Ok(Self { name, field, expression })
            }
        }
    }
}

impl JsonSchema for NamedColumn {
    fn schema_name() -> Cow<'static, str> {
        "NamedColumn".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A field path, or an object with a name and a field or an expression.",
            "anyOf": [
                {"type": "string", "x-tutti-editor": "field"},
                {
                    "type": "object",
                    "additionalProperties": false,
                    "properties": {
                        "name": {"type": "string", "description": "What the column is called; without it, as the field."},
                        "field": {"type": "string", "description": "A field path.", "x-tutti-editor": "field"},
                        "expression": {
                            "type": "string",
                            "description": "A SQL expression over the fields of the row, in place of a field.",
                            "x-tutti-editor": "expression",
                        },
                    },
                },
            ],
        })
    }
}

impl NamedColumn {
    /// A field under its own name.
    pub fn field(path: &str) -> Self {
        Self { field: Some(path.to_owned()), ..Self::default() }
    }

    /// What the column is called. A path over a link has `_` in place of its dots, so that the name is a plain one.
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.field.as_deref().unwrap_or_default().replace('.', "_"))
    }

    /// What the column holds on the rows of `scope`.
    pub fn bind(&self, scope: Scope<'_>, known: (&Catalog, &Moment), pointer: &str) -> Result<Field, Problem> {
        value(self.field.as_deref(), self.expression.as_deref(), scope, known, pointer)
    }

    /// Binds the column of a setting; everything wrong with it is added to `problems`.
    pub(crate) fn check(
        &self,
        scope: Scope<'_>,
        known: (&Catalog, &Moment),
        pointer: &str,
        problems: &mut Vec<Problem>,
    ) -> Option<Field> {
        let name = self.name();
        if self.name.is_none() && self.expression.is_some() {
            problems.push(
                Problem::error("missing_field", pointer, "a column that is computed needs a name").hint("add `name`"),
            );
            return None;
        }
        if !is_column_name(&name) {
            problems.push(
                Problem::error(
                    "bad_name",
                    join_pointer(pointer, "name"),
                    format!("`{name}` cannot be a column's name"),
                )
                .hint("a name has no dot and does not begin with `__`"),
            );
            return None;
        }
        self.bind(scope, known, pointer).map_err(|problem| problems.push(problem)).ok()
    }
}

/// Whether a column that a population carries can have this name.
pub(crate) fn is_column_name(name: &str) -> bool {
    !name.is_empty() && !name.contains('.') && !name.starts_with("__")
}

/// A field or an expression, of which exactly one has to be there.
pub(crate) fn value(
    field: Option<&str>,
    expression: Option<&str>,
    scope: Scope<'_>,
    (catalog, moment): (&Catalog, &Moment),
    pointer: &str,
) -> Result<Field, Problem> {
    match (field, expression) {
        (Some(path), None) => bind::field(path, scope, catalog, pointer),
        (None, Some(sql)) => bind::expression(sql, scope, catalog, moment, pointer),
        (Some(_), Some(_)) => Err(Problem::error("bad_value", pointer, "this has both a `field` and an `expression`")
            .hint("keep one of them")),
        (None, None) => Err(Problem::error("missing_field", pointer, "this has neither a `field` nor an `expression`")
            .hint("add one of them")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_path_is_a_column_by_itself() {
        for (value, name) in [
            (json!("email"), "email"),
            (json!("customer.address.city"), "customer_address_city"),
            (json!({"field": "a.b", "name": "c"}), "c"),
            (json!({"expression": "1 + 1", "name": "two"}), "two"),
        ] {
            let column: NamedColumn = serde_json::from_value(value).unwrap();
            assert_eq!(column.name(), name);
        }
        let error = serde_json::from_value::<NamedColumn>(json!({"feild": "a"})).unwrap_err();
        assert!(error.to_string().starts_with("unknown field `feild`"), "{error}");
    }
}
