//! What can go wrong with a delivery, and who has to act on it.

use std::path::PathBuf;
use std::sync::Arc;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Any other cause, kept for the chain.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why a delivery failed as a whole. What happens to a single message is an outcome, never an error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("could not {what}")]
    Store {
        what: &'static str,
        #[source]
        source: tutti_store::Error,
    },
    /// The progress of messages could not be put on record, so nothing more was handed over.
    #[error("could not record the progress of messages")]
    Progress(#[source] Arc<tutti_store::Error>),
    #[error("could not work out who may be written to")]
    Query(#[from] tutti_query::Error),
    /// A file of a delivery could not be written or read.
    #[error("could not {action} `{}`", path.display())]
    File {
        action: &'static str,
        path: PathBuf,
        #[source]
        source: Cause,
    },
    /// A file is not what this version of Tutti writes.
    #[error("`{}` cannot be read: {why}", path.display())]
    Damaged { path: PathBuf, why: String },
    /// The channel, the dimension or the message cannot be used as they stand.
    #[error("{0}")]
    Settings(String),
    /// Another system is away.
    #[error("{0}")]
    Away(String),
    #[error("the {part} of the message is not a template that can be used")]
    Template {
        part: &'static str,
        #[source]
        source: minijinja::Error,
    },
    #[error("the message cannot be made from its MJML")]
    Mjml(#[from] crate::template::MjmlError),
    /// A template uses a field that the rows do not have.
    #[error("the {part} uses `{field}`, which is no field of the rows that arrive{hint}")]
    UnknownField { part: &'static str, field: String, hint: String },
    #[error("could not write to the table `{table}`")]
    Table {
        table: String,
        #[source]
        source: Cause,
    },
}

/// Who has to act on an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The documents have to change.
    User,
    /// Something that Tutti needs is away, full or slow.
    External,
    /// A defect or damaged data.
    Internal,
}

impl Error {
    /// Who has to act.
    pub fn class(&self) -> Class {
        match self {
            Self::Settings(_) | Self::Mjml(_) | Self::Template { .. } | Self::UnknownField { .. } => Class::User,
            Self::File { .. } | Self::Table { .. } | Self::Away(_) => Class::External,
            Self::Store { source, .. } if source.retry() => Class::External,
            Self::Progress(source) if source.retry() => Class::External,
            Self::Store { .. } | Self::Progress(_) | Self::Query(_) | Self::Damaged { .. } => Class::Internal,
        }
    }

    /// Whether the same call may succeed a moment later.
    pub fn retry(&self) -> bool {
        self.class() == Class::External
    }

    pub(crate) fn file(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(Cause) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }

    pub(crate) fn store(what: &'static str) -> impl FnOnce(tutti_store::Error) -> Self {
        move |source| Self::Store { what, source }
    }
}
