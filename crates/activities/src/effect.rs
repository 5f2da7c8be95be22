//! What an activity does outside of its run, as a description. Deciding it is pure; the runner does it, once for a run
//! and an activity however often it is tried, and not at all in tests and dry runs.

use tutti_model::table::Column;
use tutti_query::datafusion::logical_expr::LogicalPlan;

use crate::kinds::save_audience;

/// Something outside of the run to change or to read.
#[derive(Clone, Debug)]
pub enum Effect {
    SaveAudience(SaveAudience),
}

impl Effect {
    /// The plans whose rows the effect takes.
    pub fn plans(&self) -> Vec<&LogicalPlan> {
        match self {
            Self::SaveAudience(save) => vec![&save.rows],
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
