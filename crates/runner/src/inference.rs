//! A document for a table from a file of its rows.

use async_recursion::async_recursion as boxed;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tutti_lake::{Format, Inferred, InferredColumn, infer};
use tutti_model::table::ColumnType;

use crate::error::{Error, Result};
use crate::workspace::Workspace;

/// Rows of a file that are read to tell its columns.
pub const ROWS_READ: u64 = 1_000_000;

/// A document that the rows of a file fit, and what it was told from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InferredTable {
    /// As `apply` takes it.
    pub document: Value,
    pub inferred: Inferred,
    /// What to look at before it is used.
    pub notes: Vec<String>,
}

impl Workspace {
    /// What document the rows of a file fit. Nothing is kept.
    #[boxed]
    pub async fn infer_table(
        &self,
        path: PathBuf,
        name: &str,
        format: Option<&str>,
        table: &str,
    ) -> Result<InferredTable> {
        let told = match format {
            Some("csv") => Some(Format::Csv),
            Some("jsonl") => Some(Format::Jsonl),
            Some("parquet") => Some(Format::Parquet),
            Some(other) => return Err(Error::not_found("format", other, ["csv", "jsonl", "parquet"])),
            None => Format::of(Path::new(name)),
        };
        let Some(format) = told else {
            let message = format!("the format of `{name}` cannot be told from its name");
            return Err(Error::refused_with("unknown_format", message, "give it with `--format csv|parquet|jsonl`"));
        };
        let file = name.to_owned();
        let reading = tokio::task::spawn_blocking(move || infer(&path, &file, format, ROWS_READ)).await;
        let inferred = reading.map_err(|error| Error::refused("internal", error.to_string()))??;
        Ok(described(inferred, table))
    }
}

fn described(inferred: Inferred, table: &str) -> InferredTable {
    let mut notes = Vec::new();
    let key = key_of(&inferred, table);
    match key {
        Some(key) => {
            notes.push(format!("`{}` has a different value in every row, so it is taken as the key", key.name));
        }
        None => notes.push("no column has a different value in every row: name the columns of the key".to_owned()),
    }
    if !inferred.whole {
        notes.push(format!("told from the first {} rows; later ones may not fit", inferred.read));
    }
    let version = inferred.columns.iter().find(|column| {
        let is_time = matches!(column.column_type, ColumnType::Timestamp);
        is_time
            && column.nulls == 0
            && ["updated_at", "modified_at", "lastmodified", "last_modified"].contains(&column.name.as_str())
    });
    let mut columns = Vec::new();
    for column in inferred.columns.iter().filter(|column| column.name != "_change_request_type") {
        if column.column_type == ColumnType::Number {
            notes.push(format!("`{}` holds floating numbers, whose sums are not exact", column.name));
        }
        let mut described = json!({"name": column.name, "type": column.column_type});
        if key.is_some_and(|key| key.name == column.name) {
            described["required"] = json!(true);
        }
        columns.push(described);
    }
    let mut document = json!({"kind": "table", "name": table, "columns": columns});
    document["primary_key"] = json!(key.map(|key| vec![key.name.as_str()]).unwrap_or_default());
    if let Some(version) = version {
        document["version"] = json!(version.name);
    }
    InferredTable { document, inferred, notes }
}

/// The column whose values tell the rows apart: one that is called after the table or `id`, else the first.
fn key_of<'a>(inferred: &'a Inferred, table: &str) -> Option<&'a InferredColumn> {
    let tells = |column: &&InferredColumn| {
        let keyed = matches!(column.column_type, ColumnType::String | ColumnType::Integer);
        keyed && column.nulls == 0 && inferred.read > 0 && column.distinct == Some(inferred.read)
    };
    let called = |column: &&InferredColumn| {
        let name = column.name.to_lowercase();
        name == "id" || name == "key" || name.ends_with("_id") && name.starts_with(table.trim_end_matches('s'))
    };
    let candidates = || inferred.columns.iter().filter(tells);
    candidates()
        .find(called)
        .or_else(|| candidates().find(|column| column.name.to_lowercase().ends_with("id")))
        .or_else(|| candidates().next())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str, column_type: ColumnType, distinct: u64) -> InferredColumn {
        InferredColumn { name: name.to_owned(), column_type, nulls: 0, distinct: Some(distinct) }
    }

    #[test]
    fn the_key_is_what_tells_rows_apart() {
        let columns = vec![
            column("email", ColumnType::String, 3),
            column("customer_id", ColumnType::Integer, 3),
            column("updated_at", ColumnType::Timestamp, 2),
        ];
        let found = described(Inferred { read: 3, whole: true, columns, sample: Vec::new() }, "customers");
        assert_eq!(
            (&found.document["primary_key"], &found.document["version"]),
            (&json!(["customer_id"]), &json!("updated_at"))
        );
        assert_eq!(found.document["columns"][1], json!({"name": "customer_id", "type": "integer", "required": true}));
        let columns = vec![column("tier", ColumnType::String, 2)];
        let found = described(Inferred { read: 3, whole: false, columns, sample: Vec::new() }, "customers");
        assert_eq!((&found.document["primary_key"], found.notes.len()), (&json!([]), 2));
    }
}
