//! Several rows as columns of one: numbered columns, and a list that templates loop over.
//!
//! Of rows that are collected under the name `purchases` with the fields `price` and `product`, a row gets
//! `purchases_1_price`, `purchases_1_product`, `purchases_2_price` and so on, NULL past the last, and `purchases`: a JSON
//! text like `[{"price": "12.30", "product": "tea"}]`, which templates see as a list of rows.

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tutti_model::bind::Field;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::table::{Column, ColumnType};
use tutti_query::datafusion::logical_expr::Expr;
use tutti_query::{functions, list_value};

use crate::operand::FieldOrExpression;

/// The most rows that are collected for one row.
pub const COUNT_MAX: usize = 50;

/// The most columns that one collection makes.
pub const COLUMNS_MAX: usize = 500;

/// A field of collected rows: a path, or a map with a name of its own.
#[derive(Clone, Debug, PartialEq)]
pub struct CollectedField {
    /// The name in columns and lists; the path with `_` for dots when absent.
    pub name: Option<String>,
    pub value: FieldOrExpression,
    pub label: Option<String>,
}

impl CollectedField {
    pub fn name(&self) -> String {
        self.name.clone().unwrap_or_else(|| self.value.text().replace('.', "_"))
    }

    /// The column of lists.
    pub(crate) fn column(&self, field: &Field) -> Column {
        Column { label: self.label.clone(), ..Column::new(&self.name(), field.column.column_type) }
    }

    pub(crate) fn check_name(&self, pointer: &str, problems: &mut Vec<Problem>) {
        if self.name.is_none() && matches!(self.value, FieldOrExpression::Expression(_)) {
            let message = "the expression has no name, and its column needs one";
            problems.push(Problem::error("missing_field", pointer, message).hint("add `name`"));
            return;
        }
        crate::fields::check_added_name(&self.name(), None, pointer, problems);
    }
}

/// The columns that a collection of `count` rows adds; `fields` are those of its lists.
pub fn columns(name: &str, count: usize, fields: &[Column]) -> Vec<Column> {
    let numbered = (1..=count).flat_map(|place| {
        fields.iter().map(move |field| Column {
            label: field.label.as_ref().map(|label| format!("{label} {place}")),
            ..Column::new(&numbered_name(name, place, &field.name), field.column_type)
        })
    });
    let list = Column { list: fields.into(), ..Column::new(name, ColumnType::String) };
    numbered.chain([list]).collect()
}

/// The expressions of [`columns`], in the same order; `list` is a list of structures with the fields' values.
pub fn exprs(list: &Expr, count: usize, fields: &[Column]) -> Vec<Expr> {
    let numbered =
        (1..=count).flat_map(|place| (0..fields.len()).map(move |index| list_value(list.clone(), place, index)));
    let names: Vec<String> = fields.iter().map(|field| field.name.clone()).collect();
    numbered.chain([functions::json_list(list.clone(), &names)]).collect()
}

fn numbered_name(name: &str, place: usize, field: &str) -> String {
    format!("{name}_{place}_{field}")
}

/// Looks whether so many rows of so many fields can be collected.
pub(crate) fn check_size(count: u32, fields: &[CollectedField], pointer: &str, problems: &mut Vec<Problem>) {
    let count_at = join_pointer(pointer, "count");
    if count == 0 || count as usize > COUNT_MAX {
        problems.push(Problem::error("bad_value", count_at, format!("1 to {COUNT_MAX} rows can be collected")));
    } else if count as usize * fields.len() > COLUMNS_MAX {
        let message = format!(
            "{count} rows of {} fields are {} columns; at most {COLUMNS_MAX} are allowed",
            fields.len(),
            count as usize * fields.len()
        );
        problems
            .push(Problem::error("too_many_columns", count_at, message).hint("collect fewer rows, or fewer fields"));
    }
    let mut names: Vec<String> = Vec::new();
    for (index, field) in fields.iter().enumerate() {
        let at = join_pointer(&join_pointer(pointer, "fields"), index);
        field.check_name(&at, problems);
        let name = field.name();
        if names.contains(&name) {
            let message = format!("there are two fields `{name}`");
            problems.push(Problem::error("duplicate_name", at, message).hint("give one of them another `name`"));
        }
        names.push(name);
    }
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Written {
    /// The name in columns and lists; the path with `_` for dots when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// A field path of the collected row, or an expression.
    field: FieldOrExpression,
    /// What people call it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
}

impl Serialize for CollectedField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.name.is_none() && self.label.is_none() {
            return self.value.serialize(serializer);
        }
        let (name, field, label) = (self.name.clone(), self.value.clone(), self.label.clone());
        Written { name, field, label }.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for CollectedField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = CollectedField;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field path, or a map with `field` and `name`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<CollectedField, E> {
                Ok(CollectedField { name: None, value: FieldOrExpression::field(text), label: None })
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<CollectedField, A::Error> {
                let written = Written::deserialize(MapAccessDeserializer::new(map))?;
                Ok(CollectedField { name: written.name, value: written.field, label: written.label })
            }
        }

        deserializer.deserialize_any(Read)
    }
}

impl JsonSchema for CollectedField {
    fn schema_name() -> Cow<'static, str> {
        "CollectedField".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let written = generator.subschema_for::<Written>();
        json_schema!({
            "anyOf": [{"type": "string", "description": "A field path.", "x-tutti-editor": "field"}, written],
        })
    }
}
