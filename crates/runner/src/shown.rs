//! What questions show of each row, and order rows by: fields by their paths, and SQL expressions over them.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use tutti_activities::operand::FieldOrExpression;
use tutti_model::bind::{Field, Scope};
use tutti_model::catalog::Catalog;
use tutti_model::date_math::Moment;
use tutti_model::problem::{Problem, join_pointer};
use tutti_model::table::Column;
use tutti_query::Shown;

use crate::error::{Error, Result};
use crate::questions::{Direction, OrderBy};

/// A column of a preview: the path of a field, or `{expression, as}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownColumn {
    pub value: FieldOrExpression,
    /// What the column is called; without it, as it is written.
    pub name: Option<String>,
}

impl ShownColumn {
    pub fn field(path: impl Into<String>) -> Self {
        Self { value: FieldOrExpression::field(path), name: None }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenColumn {
    expression: String,
    #[serde(rename = "as", default)]
    name: Option<String>,
}

impl<'de> Deserialize<'de> for ShownColumn {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;

        impl<'de> Visitor<'de> for Read {
            type Value = ShownColumn;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a field path, or `{expression: \"...\", as: \"...\"}`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<ShownColumn, E> {
                Ok(ShownColumn::field(text))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ShownColumn, A::Error> {
                let WrittenColumn { expression, name } = WrittenColumn::deserialize(MapAccessDeserializer::new(map))?;
                Ok(ShownColumn { value: FieldOrExpression::Expression(expression), name })
            }
        }

        deserializer.deserialize_any(Read)
    }
}

/// The rows that fields and expressions are read of.
#[derive(Clone, Copy)]
pub(crate) struct Reading<'a> {
    pub catalog: &'a Catalog,
    pub scope: Scope<'a>,
    pub moment: &'a Moment,
}

impl Reading<'_> {
    /// A field or an expression of each row. A wrong one is a problem at `pointer`, or at its `expression`.
    pub fn value(&self, value: &FieldOrExpression, pointer: &str) -> Result<Field, Problem> {
        let at = match value {
            FieldOrExpression::Field(_) => pointer.to_owned(),
            FieldOrExpression::Expression(_) => join_pointer(pointer, "expression"),
        };
        value.resolve(self.scope, self.catalog, self.moment, &at)
    }

    /// The columns of a preview besides the key's; without any asked, those of the table and those that the
    /// rows carry.
    pub fn columns(&self, asked: &[ShownColumn]) -> Result<Vec<Shown>> {
        let Some(table) = self.catalog.table(self.scope.table) else { return Ok(Vec::new()) };
        if asked.is_empty() {
            // What the rows carry hides what their table has by the same name.
            let carried = self.scope.added;
            let is_seen = |column: &&Column| carried.iter().all(|other| other.name != column.name);
            let own = table.columns.iter().filter(is_seen).map(|column| Field::new(Vec::new(), column.clone()));
            return Ok(own.chain(carried.iter().cloned().map(Field::added)).map(Shown::from).collect());
        }
        let mut problems: Vec<Problem> = Vec::new();
        let mut columns: Vec<Shown> = Vec::new();
        let mut taken: BTreeSet<&str> = table.primary_key.iter().map(String::as_str).collect();
        let plain = asked.iter().filter(|column| column.name.is_none());
        taken.extend(plain.map(|column| column.value.text()));
        for (index, column) in asked.iter().enumerate() {
            let pointer = format!("/columns/{index}");
            match self.value(&column.value, &pointer) {
                Ok(field) => columns.push(Shown { name: column.name.clone().unwrap_or_else(|| field.path()), field }),
                Err(problem) => problems.push(problem),
            }
            let Some(name) = &column.name else { continue };
            let at = join_pointer(&pointer, "as");
            if name.trim().is_empty() {
                problems.push(Problem::error("bad_name", at, "a column cannot be called nothing").hint("give a name"));
            } else if !taken.insert(name) {
                let message = format!("there is a column `{name}` already");
                problems.push(Problem::error("duplicate_name", at, message).hint("choose another name"));
            }
        }
        fine(columns, problems)
    }

    /// What rows are ordered by, and whether each is descending.
    pub fn order(&self, asked: &[OrderBy]) -> Result<Vec<(Field, bool)>> {
        let mut problems: Vec<Problem> = Vec::new();
        let mut order = Vec::with_capacity(asked.len());
        for (index, by) in asked.iter().enumerate() {
            match self.value(&by.by, &format!("/order/{index}/by")) {
                Ok(field) => order.push((field, by.order == Direction::Descending)),
                Err(problem) => problems.push(problem),
            }
        }
        fine(order, problems)
    }
}

fn fine<T>(found: T, problems: Vec<Problem>) -> Result<T> {
    if problems.is_empty() {
        Ok(found)
    } else {
        Err(Error::Problems { what: "the columns cannot be shown".to_owned(), problems })
    }
}
