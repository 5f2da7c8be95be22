//! What an activity does outside of its run, as a description. Deciding it is pure; the runner does it, once for a run
//! and an activity however often it is tried, and not at all in tests and dry runs.

use tutti_model::extract::{ExtractColumn, ExtractFormat};
use tutti_model::table::Column;
use tutti_query::datafusion::logical_expr::LogicalPlan;

use crate::kinds::{extract_file, http_call, load_file, save_audience, update_data};

/// Something outside of the run to change or to read.
#[derive(Clone, Debug)]
pub enum Effect {
    SaveAudience(SaveAudience),
    LoadFile(load_file::Settings),
    ExtractFile(ExtractFile),
    UpdateData(UpdateData),
    HttpCall(HttpCall),
}

impl Effect {
    /// The plans whose rows the effect takes.
    pub fn plans(&self) -> Vec<&LogicalPlan> {
        match self {
            Self::SaveAudience(save) => vec![&save.rows],
            Self::LoadFile(_) => Vec::new(),
            Self::ExtractFile(extract) => vec![&extract.rows],
            Self::UpdateData(update) => vec![&update.rows],
            Self::HttpCall(call) => vec![&call.rows],
        }
    }
}

/// Rows to keep under a name, or to take from there.
#[derive(Clone, Debug)]
pub struct SaveAudience {
    pub audience: String,
    pub dimension: String,
    pub mode: save_audience::Mode,
    /// What is kept besides the key.
    pub columns: Vec<Column>,
    /// The key columns, then `columns`.
    pub rows: LogicalPlan,
}

/// Rows to write to a file.
#[derive(Clone, Debug)]
pub struct ExtractFile {
    /// The name or address of the file, to be computed.
    pub path: String,
    pub format: ExtractFormat,
    pub empty: extract_file::Empty,
    pub columns: Vec<ExtractColumn>,
    /// One column for each of `columns`, in the order of the file.
    pub rows: LogicalPlan,
}

/// Rows to write into a table.
#[derive(Clone, Debug)]
pub struct UpdateData {
    pub table: String,
    pub mode: update_data::Mode,
    /// With more rows than this that the table does not take, nothing is written.
    pub errors_allowed: u64,
    /// The columns of the table that are written.
    pub columns: Vec<String>,
    /// Whether the rows were computed beside those of the table, so that it must not have changed since.
    pub needs_stored: bool,
    /// `columns`, then [`update_data::REFUSED`] and the key of what arrived ([`update_data::key_name`]).
    pub rows: LogicalPlan,
}

/// Rows to send to a service.
#[derive(Clone, Debug)]
pub struct HttpCall {
    pub settings: http_call::Settings,
    pub dimension: String,
    /// What is sent of each row, by the names that the service sees.
    pub sent: Vec<String>,
    /// The key of what arrived.
    pub keys: Vec<String>,
    /// The columns that arrived besides.
    pub added: Vec<Column>,
    /// `keys`, `added`, then what is sent ([`http_call::sent_name`]).
    pub rows: LogicalPlan,
}
