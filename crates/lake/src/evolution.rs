//! How a table may change while rows are stored: columns may come, never go or change their meaning.

use deltalake_core::kernel::StructField;
use tutti_model::problem::Problem;
use tutti_model::table::Table;

use crate::lake::delta_field;
use crate::snapshot::Loaded;

/// What stands against `table` in place of what is stored. An empty table may become anything.
pub(crate) fn problems(current: &Loaded, table: &Table) -> Vec<Problem> {
    if current.rows() == 0 {
        return Vec::new();
    }
    let rows = current.rows();
    let mut problems = Vec::new();
    for stored in &current.columns {
        let Some(index) = table.columns.iter().position(|column| column.name == stored.name) else {
            let message = format!("the column `{}` cannot be removed: {rows} rows are stored", stored.name);
            problems.push(
                Problem::error("column_removed", "/columns", message)
                    .did_you_mean(&stored.name, table.columns.iter().map(|column| column.name.as_str())),
            );
            continue;
        };
        let column = &table.columns[index];
        if column.column_type != stored.column_type {
            let message = format!(
                "the column `{}` cannot become {}: {rows} rows are stored with {}",
                column.name, column.column_type, stored.column_type
            );
            let hint = "add a column of the new type beside it, or import with --mode replace into a new table";
            problems.push(Problem::error("column_retyped", format!("/columns/{index}/type"), message).hint(hint));
        } else if table.is_required(column) && has_nulls(current, &column.name) {
            let message = format!("the column `{}` cannot be required: stored rows have no value in it", column.name);
            problems.push(Problem::error("column_required", format!("/columns/{index}/required"), message));
        }
    }
    for (index, column) in table.columns.iter().enumerate() {
        if column.required && !current.columns.iter().any(|stored| stored.name == column.name) {
            let message =
                format!("the new column `{}` cannot be required: {rows} rows are stored without it", column.name);
            problems.push(Problem::error("column_required", format!("/columns/{index}/required"), message));
        }
    }
    if table.primary_key != current.key {
        let message = format!(
            "the key cannot change from `{}` to `{}`: {rows} rows are stored",
            current.key.join(", "),
            table.primary_key.join(", ")
        );
        problems.push(Problem::error("key_changed", "/primary_key", message));
    }
    problems
}

/// The fields to store from now on; None when they stay. Stored columns keep their places, new ones follow.
pub(crate) fn fields(current: &Loaded, table: &Table) -> Option<Vec<StructField>> {
    let is_stored = |name: &str| current.columns.iter().any(|stored| stored.name == name);
    let added = table.columns.iter().filter(|column| !is_stored(&column.name));
    let columns: Vec<_> = if current.rows() == 0 {
        let same = current.columns.len() == table.columns.len()
            && current
                .columns
                .iter()
                .zip(&table.columns)
                .all(|(a, b)| a.name == b.name && a.column_type == b.column_type);
        if same {
            return None;
        }
        table.columns.iter().collect()
    } else {
        let added: Vec<_> = added.collect();
        if added.is_empty() {
            return None;
        }
        current.columns.iter().chain(added).collect()
    };
    columns.into_iter().map(|column| delta_field(column).ok()).collect()
}

/// Whether a stored row may have a NULL in the column.
fn has_nulls(current: &Loaded, name: &str) -> bool {
    let Ok(index) = current.schema.index_of(name) else { return true };
    current.files.iter().any(|file| {
        file.statistics.column_statistics.get(index).and_then(|s| s.null_count.get_value().copied()) != Some(0)
    })
}
