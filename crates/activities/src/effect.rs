//! What an activity does outside of its run, as a description. Deciding it is pure; the runner does it, once for a run
//! and an activity however often it is tried, and not at all in tests and dry runs.

use tutti_model::extract::{ExtractColumn, ExtractFormat};
use tutti_model::table::Column;
use tutti_query::datafusion::logical_expr::LogicalPlan;

use crate::kinds::{extract_file, load_file, save_audience};

/// Something outside of the run to change or to read.
#[derive(Clone, Debug)]
pub enum Effect {
    SaveAudience(SaveAudience),
    LoadFile(load_file::Settings),
    ExtractFile(ExtractFile),
}

impl Effect {
    /// The plans whose rows the effect takes.
    pub fn plans(&self) -> Vec<&LogicalPlan> {
        match self {
            Self::SaveAudience(save) => vec![&save.rows],
            Self::LoadFile(_) => Vec::new(),
            Self::ExtractFile(extract) => vec![&extract.rows],
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
