//! Tutti's own tables: what was sent to the rows of a table, and what came back. They are linked to every table that
//! has a dimension, so that "did not open the first mail" is an ordinary rule.

use std::sync::{Arc, LazyLock};

use indexmap::IndexMap;

use crate::catalog::Catalog;
use crate::dimension::Dimension;
use crate::table::{Cardinality, Column, ColumnType, Link, Table};

/// The name of the link from a dimension's table to its messages.
pub const MESSAGES: &str = "tutti_messages";

/// The name of the link from a dimension's table to opens, clicks and unsubscribes.
pub const EVENTS: &str = "tutti_events";

/// The dimension of populations that were read from a file and are nobody yet: it has no name. Their key is
/// [`LINE_COLUMN`]; everything else that they carry are added columns. Reconciliation brings them to a dimension.
pub const FILE_DIMENSION: &str = "";

/// The table that rules over such rows are about. It has no rows of its own.
pub const FILE_TABLE: &str = "__file";

/// The key of a row of a file: the line that it begins at, from 1 and with everything above it counted.
pub const LINE_COLUMN: &str = "__line";

static FILE: LazyLock<(Arc<Dimension>, Arc<Table>)> = LazyLock::new(|| {
    let table = Table {
        name: FILE_TABLE.to_owned(),
        columns: vec![required(LINE_COLUMN, ColumnType::Integer)],
        primary_key: vec![LINE_COLUMN.to_owned()],
        version: None,
        links: Vec::new(),
    };
    let dimension = Dimension {
        name: FILE_DIMENSION.to_owned(),
        table: FILE_TABLE.to_owned(),
        identity: LINE_COLUMN.to_owned(),
        addresses: IndexMap::new(),
        time_zone: None,
        locale: None,
        consent: IndexMap::new(),
    };
    (Arc::new(dimension), Arc::new(table))
});

/// The dimension of rows of files, and its table.
pub(crate) fn file() -> (&'static Arc<Dimension>, &'static Arc<Table>) {
    (&FILE.0, &FILE.1)
}

/// The name of the table of the messages to the rows of `table`.
pub fn messages_table(table: &str) -> String {
    format!("{MESSAGES}_{table}")
}

/// The name of the table of the events of the rows of `table`.
pub fn events_table(table: &str) -> String {
    format!("{EVENTS}_{table}")
}

/// Whether `name` is the name of one of Tutti's own tables.
pub fn is_builtin(name: &str) -> bool {
    name.starts_with(crate::id::RESERVED_PREFIX)
}

/// The ledger's lines that are final, one row per person and message: the key of `table`, then what happened.
pub fn messages(table: &Table) -> Table {
    let mut columns = keys(table);
    columns.extend([
        required("run", ColumnType::String),
        Column::new("campaign", ColumnType::String),
        required("activity", ColumnType::String),
        Column::new("dimension", ColumnType::String),
        Column::new("channel", ColumnType::String),
        Column::new("address", ColumnType::String),
        Column::new("status", ColumnType::String),
        Column::new("reason", ColumnType::String),
        Column::new("message_id", ColumnType::String),
        Column::new("segment_code", ColumnType::String),
        Column::new("attempts", ColumnType::Integer),
        Column::new("updated_at", ColumnType::Timestamp),
    ]);
    let mut primary_key = vec!["run".to_owned(), "activity".to_owned()];
    primary_key.extend(table.primary_key.iter().map(|key| key_name(key)));
    Table { name: messages_table(&table.name), columns, primary_key, version: None, links: Vec::new() }
}

/// What came back: `kind` is `open`, `click` or `unsubscribe`.
pub fn events(table: &Table) -> Table {
    let mut columns = keys(table);
    columns.extend([
        required("event", ColumnType::String),
        Column::new("kind", ColumnType::String),
        Column::new("run", ColumnType::String),
        Column::new("campaign", ColumnType::String),
        Column::new("activity", ColumnType::String),
        Column::new("dimension", ColumnType::String),
        Column::new("channel", ColumnType::String),
        Column::new("message_id", ColumnType::String),
        Column::new("url", ColumnType::String),
        Column::new("at", ColumnType::Timestamp),
    ]);
    Table {
        name: events_table(&table.name),
        columns,
        primary_key: vec!["event".to_owned()],
        version: None,
        links: Vec::new(),
    }
}

/// Adds the built-in tables of every table that has a dimension, and the links to them.
pub(crate) fn add(catalog: &mut Catalog) {
    let targeted: Vec<Arc<Table>> = catalog
        .tables
        .values()
        .filter(|table| catalog.dimensions.values().any(|d| d.table == table.name))
        .cloned()
        .collect();
    for table in targeted {
        let mut linked = Table::clone(&table);
        for (name, builtin) in [(MESSAGES, messages(&table)), (EVENTS, events(&table))] {
            linked.links.push(Link {
                name: name.to_owned(),
                to: builtin.name.clone(),
                on: table.primary_key.iter().map(|key| (key.clone(), key_name(key))).collect::<IndexMap<_, _>>(),
                cardinality: Cardinality::OneToMany,
                reverse: None,
                label: None,
            });
            catalog.tables.insert(builtin.name.clone(), Arc::new(builtin));
        }
        catalog.tables.insert(linked.name.clone(), Arc::new(linked));
    }
}

/// The name that a key column of a table has in the built-in tables, where it may not hide one of theirs.
pub fn key_name(name: &str) -> String {
    const TAKEN: [&str; 15] = [
        "run",
        "campaign",
        "activity",
        "dimension",
        "channel",
        "address",
        "status",
        "reason",
        "message_id",
        "segment_code",
        "attempts",
        "updated_at",
        "event",
        "kind",
        "url",
    ];
    if TAKEN.contains(&name) || name == "at" { format!("row_{name}") } else { name.to_owned() }
}

fn keys(table: &Table) -> Vec<Column> {
    table.key_columns().into_iter().map(|column| required(&key_name(&column.name), column.column_type)).collect()
}

fn required(name: &str, column_type: ColumnType) -> Column {
    Column { required: true, ..Column::new(name, column_type) }
}
