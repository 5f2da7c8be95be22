//! The shapes of tables' quality, versions and inference, and of channels' tests, as the description shows them.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::schemas::shapes;

shapes! {
    TableQuality {
        table: String,
        version: i64,
        rows: u64,
        columns: Vec<ColumnQuality>,
        /// Rows whose key another row has as well.
        duplicates: u64,
        /// The greatest value of the column that says which row of a key is the newest.
        #[schema(value_type = Object)]
        newest: Option<Value>,
        links: Vec<LinkQuality>,
        /// What computing it took; 0 where it was known.
        elapsed_ms: f64,
    }
    ColumnQuality {
        name: String,
        /// Rows without a value.
        nulls: u64,
        /// Different values.
        distinct: u64,
        /// Rows whose value is not one of the document's.
        outside: u64,
        #[schema(value_type = Object)]
        min: Option<Value>,
        #[schema(value_type = Object)]
        max: Option<Value>,
    }
    LinkQuality {
        name: String,
        to: String,
        to_many: bool,
        /// Rows of this table that have a value and lead to no row of the other.
        orphans: u64,
        /// Rows of the other table that have a value and lead to no row of this one.
        orphans_there: u64,
    }
    TableVersion {
        version: i64,
        at: Option<String>,
        operation: Option<String>,
        /// None where its files are gone, so that it cannot be gone back to.
        rows: Option<u64>,
    }
    InferredTable {
        /// As `apply` takes it.
        #[schema(value_type = Object)]
        document: Value,
        inferred: Inferred,
        /// What to look at before it is used.
        notes: Vec<String>,
    }
    Inferred {
        /// Rows that were read.
        read: u64,
        /// Whether these are all.
        whole: bool,
        columns: Vec<InferredColumn>,
        /// The first rows, as texts.
        sample: Vec<Vec<Option<String>>>,
    }
    InferredColumn {
        /// As the file has it.
        name: String,
        #[serde(rename = "type")]
        #[schema(value_type = String)]
        column_type: Value,
        nulls: u64,
        /// Different values, where they are not too many to remember.
        distinct: Option<u64>,
    }
    ChannelTest {
        ok: bool,
        /// Where to, as `HOST:PORT`.
        server: String,
        /// What was done, in order.
        steps: Vec<ChannelTestStep>,
        /// What the server offers that is made use of.
        extensions: Vec<String>,
        /// Why it failed, and what to do about it.
        error: Option<String>,
        hint: Option<String>,
    }
    ChannelTestStep {
        /// `connect`, `tls`, `login` or `greeting`.
        step: String,
        detail: String,
    }
}
