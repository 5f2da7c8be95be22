//! What can go wrong with a query.

use datafusion::error::DataFusionError;

/// Why a query failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A table that a plan needs was not given to the planner: a fault of the caller.
    #[error("the table `{0}` was not opened for this query")]
    TableNotOpened(String),
    #[error("the query needs more memory than its limit allows, even with spilling")]
    MemoryLimit(#[source] DataFusionError),
    #[error("the query could not be planned or run")]
    DataFusion(#[source] DataFusionError),
}

impl From<DataFusionError> for Error {
    fn from(error: DataFusionError) -> Self {
        if is_memory_limit(&error) { Self::MemoryLimit(error) } else { Self::DataFusion(error) }
    }
}

/// Whether a plan needs more memory than there is.
pub(crate) fn is_memory_limit(error: &DataFusionError) -> bool {
    matches!(error.find_root(), DataFusionError::ResourcesExhausted(_))
}

/// The result of a query.
pub type Result<T, E = Error> = std::result::Result<T, E>;
