//! Audiences: rows of a dimension that were saved under a name, with columns as they were then. What a rule says of one,
//! it says over a table that holds the members.

use serde::{Deserialize, Serialize};

use crate::catalog::Hop;
use crate::problem::{Problem, join_pointer};
use crate::table::{Column, Table};

/// What a `kind: audience` document says. Its rows are kept like those of a table.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    #[serde(skip)]
    pub name: String,
    /// The dimension whose rows are its members.
    pub dimension: String,
    /// What is kept of each member besides the key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Column>,
}

/// No document can have a name with a dot, so that no table is ever called like this.
const PREFIX: &str = "audience.";

/// The name of the table that holds the members of an audience.
pub fn table_name(audience: &str) -> String {
    format!("{PREFIX}{audience}")
}

/// The name of the audience whose members are in this table.
pub fn of_table(table: &str) -> Option<&str> {
    table.strip_prefix(PREFIX)
}

impl Audience {
    /// The table of the members of an audience whose dimension's table is `of`: its key, then the columns.
    pub fn table(&self, of: &Table) -> Table {
        let keys = of
            .key_columns()
            .into_iter()
            .map(|key| Column { required: true, ..Column::new(&key.name, key.column_type) });
        Table {
            name: table_name(&self.name),
            columns: keys.chain(self.columns.iter().cloned()).collect(),
            primary_key: of.primary_key.clone(),
            version: None,
            links: Vec::new(),
        }
    }

    /// The way from a row of `of` to itself among the members.
    pub fn hop(&self, of: &Table) -> Hop {
        Hop {
            link: table_name(&self.name),
            from: of.name.clone(),
            to: table_name(&self.name),
            on: of.primary_key.iter().map(|key| (key.clone(), key.clone())).collect(),
            to_many: false,
            unique: true,
        }
    }

    pub(crate) fn check(&self, of: &Table, problems: &mut Vec<Problem>) {
        let mut seen = std::collections::BTreeSet::new();
        for (index, column) in self.columns.iter().enumerate() {
            let at = join_pointer(&format!("/columns/{index}"), "name");
            let name = &column.name;
            if name.is_empty() || name.contains('.') || name.starts_with("__") {
                problems.push(
                    Problem::error("bad_name", at.clone(), format!("`{name}` cannot be a column's name"))
                        .hint("a name has no dot and does not begin with `__`"),
                );
            }
            if of.primary_key.iter().any(|key| key.eq_ignore_ascii_case(name)) {
                let message =
                    format!("`{name}` is part of the key of `{}`, which every audience keeps by itself", of.name);
                problems.push(Problem::error("duplicate_name", at, message).hint("leave it out"));
            } else if !seen.insert(name.to_lowercase()) {
                let message = format!("there are two columns `{name}` (case does not tell them apart)");
                problems.push(Problem::error("duplicate_name", at, message));
            }
        }
    }
}
