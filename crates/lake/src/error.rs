//! What can go wrong with tables and populations.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use datafusion::arrow::error::ArrowError;
use datafusion::error::DataFusionError;
use datafusion::parquet::errors::ParquetError;
use deltalake_core::DeltaTableError;
use tutti_model::problem::Problem;

use crate::import::Reject;

/// Who can do something about an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    User,
    Conflict,
    NotFound,
    Limit,
    /// Something outside failed.
    External,
    Internal,
}

/// Why an operation on a table or a population failed. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no table `{0}`")]
    NoTable(String),
    #[error("the table `{table}` has no version {version}")]
    NoVersion { table: String, version: i64 },
    #[error(
        "the table `{table}` has changed while rows for it were computed: it is at version {found}, not {expected}"
    )]
    Changed { table: String, expected: i64, found: i64 },
    #[error("there is no population {0}")]
    NoPopulation(String),
    #[error("the table `{table}` cannot change like that: {}", first(.problems))]
    Evolution { table: String, problems: Vec<Problem> },
    #[error("the file `{file}` does not fit the table `{table}`: {reason}")]
    File { file: String, table: String, reason: String },
    #[error("the file `{file}` cannot be read: {reason}")]
    Unreadable { file: String, reason: String },
    #[error("the file `{file}` cannot be written: {reason}")]
    Unwritable { file: String, reason: String },
    #[error("the file could not be sent to `{address}`")]
    ObjectStore { address: String, source: Box<object_store::Error> },
    /// More lines of a file were rejected than allowed.
    #[error("{rejected} of {read} lines of the file `{file}` do not fit, {allowed} are allowed. {}", listed(.first))]
    BadLines { file: String, read: u64, rejected: u64, allowed: u64, first: Vec<Reject> },
    #[error("the rejected rows cannot be written to `{path}`: the file `{file}` is imported from there")]
    Rejects { path: PathBuf, file: String },
    /// More rows were rejected than allowed.
    #[error("{rejected} of {read} rows of the import into `{table}` were rejected, {allowed} are allowed; nothing was taken. {}", listed(.first))]
    Rejected { table: String, read: u64, rejected: u64, allowed: u64, first: Vec<Reject> },
    #[error("the option `{0}` makes no sense here")]
    Option(String),
    #[error("the disk is full: could not write `{path}`")]
    DiskFull { path: PathBuf, source: std::io::Error },
    #[error("could not {what} `{path}`")]
    Io { what: &'static str, path: PathBuf, source: std::io::Error },
    #[error("the import needs more memory than its limit allows, even with spilling")]
    MemoryLimit(#[source] DataFusionError),
    #[error("the table `{table}` could not be {what}")]
    Delta { table: String, what: &'static str, source: Box<DeltaTableError> },
    #[error("rows could not be computed")]
    DataFusion(#[source] DataFusionError),
    #[error("the Parquet file `{path}` could not be {what}")]
    Parquet { what: &'static str, path: PathBuf, source: ParquetError },
    #[error("rows could not be converted")]
    Arrow(#[from] ArrowError),
    #[error("a helper task ended early")]
    Task(#[from] tokio::task::JoinError),
}

/// The result of an operation on a table or a population.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    pub fn class(&self) -> Class {
        match self {
            Self::NoTable(_) | Self::NoVersion { .. } | Self::NoPopulation(_) => Class::NotFound,
            Self::Evolution { .. } | Self::Changed { .. } => Class::Conflict,
            Self::File { .. }
            | Self::Unreadable { .. }
            | Self::BadLines { .. }
            | Self::Rejects { .. }
            | Self::Rejected { .. }
            | Self::Option(_) => Class::User,
            Self::DiskFull { .. } | Self::MemoryLimit(_) => Class::Limit,
            Self::ObjectStore { .. } => Class::External,
            Self::Io { source, .. } => match source.kind() {
                ErrorKind::NotFound
                | ErrorKind::PermissionDenied
                | ErrorKind::IsADirectory
                | ErrorKind::NotADirectory => Class::User,
                _ => Class::Internal,
            },
            _ => Class::Internal,
        }
    }

    /// Whether the same call may succeed later without a change of its arguments.
    pub fn retry(&self) -> bool {
        matches!(
            self,
            Self::Changed { .. }
                | Self::ObjectStore { .. }
                | Self::DiskFull { .. }
                | Self::MemoryLimit(_)
                | Self::Io { .. }
                | Self::Delta { .. }
        )
    }

    pub(crate) fn io(what: &'static str, path: &Path, source: std::io::Error) -> Self {
        let path = path.to_owned();
        match source.kind() {
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::DiskFull { path, source },
            _ => Self::Io { what, path, source },
        }
    }

    pub(crate) fn parquet(what: &'static str, path: &Path, source: ParquetError) -> Self {
        if let ParquetError::External(inner) = &source
            && let Some(io) = inner.downcast_ref::<std::io::Error>()
        {
            return Self::io("write", path, std::io::Error::new(io.kind(), io.to_string()));
        }
        Self::Parquet { what, path: path.to_owned(), source }
    }

    pub(crate) fn delta(table: &str, what: &'static str, source: DeltaTableError) -> Self {
        if let Some(io) = disk_full(&source) {
            return Self::io("write", Path::new(table), io);
        }
        Self::Delta { table: table.to_owned(), what, source: Box::new(source) }
    }
}

impl From<DataFusionError> for Error {
    fn from(error: DataFusionError) -> Self {
        if let DataFusionError::External(inner) = error {
            return match inner.downcast::<Self>() {
                Ok(own) => *own,
                Err(other) => Self::DataFusion(DataFusionError::External(other)),
            };
        }
        if let DataFusionError::IoError(io) = error {
            return Self::io("write", Path::new("spill files"), io);
        }
        if let Some(io) = disk_full(&error) {
            return Self::io("write", Path::new("spill files"), io);
        }
        match error.find_root() {
            DataFusionError::ResourcesExhausted(_) => Self::MemoryLimit(error),
            _ => Self::DataFusion(error),
        }
    }
}

impl From<Error> for DataFusionError {
    fn from(error: Error) -> Self {
        Self::External(Box::new(error))
    }
}

impl From<tutti_query::Error> for Error {
    fn from(error: tutti_query::Error) -> Self {
        match error {
            tutti_query::Error::MemoryLimit(source) => Self::MemoryLimit(source),
            tutti_query::Error::DataFusion(source) => source.into(),
            other => Self::DataFusion(DataFusionError::External(Box::new(other))),
        }
    }
}

/// Finds a full disk among the causes of an error, however deep.
fn disk_full(error: &(dyn std::error::Error + 'static)) -> Option<std::io::Error> {
    std::iter::successors(Some(error), |error| error.source())
        .filter_map(|error| error.downcast_ref::<std::io::Error>())
        .find(|io| matches!(io.kind(), ErrorKind::StorageFull | ErrorKind::QuotaExceeded))
        .map(|io| std::io::Error::new(io.kind(), io.to_string()))
}

fn first(problems: &[Problem]) -> String {
    problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; ")
}

fn listed(rejects: &[Reject]) -> String {
    rejects.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
