//! What can go wrong in the store, and who has to act on it.

use sea_orm::{DbErr, RuntimeErr};

/// A result of the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failed operation on the state database.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The address names neither SQLite nor PostgreSQL.
    #[error("the state database address `{address}` is not understood; it starts with `sqlite:` or `postgres:`")]
    Address {
        /// The address without its password.
        address: String,
    },
    /// The database could not be reached or created.
    #[error("could not open the state database `{address}`")]
    Open {
        /// The address without its password.
        address: String,
        /// What the driver said.
        source: DbErr,
    },
    /// A migration failed; it was rolled back.
    #[error("could not bring the state database up to date")]
    Migrate {
        /// What the driver said.
        source: DbErr,
    },
    /// A statement failed; its transaction was rolled back.
    #[error("could not {what}")]
    Statement {
        /// The operation, as `verb the thing`.
        what: &'static str,
        /// What the driver said.
        source: DbErr,
    },
    /// A stored value is not what this version of Tutti writes.
    #[error("could not {what}: the stored `{column}` is not readable")]
    Stored {
        /// The operation, as `verb the thing`.
        what: &'static str,
        /// The column that could not be read.
        column: &'static str,
        /// The parser's words.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Somebody else wrote the document since the caller read it.
    #[error("could not write {kind} `{name}`: it is at version {found}, not at {expected} as the change expects")]
    VersionConflict {
        /// Document kind.
        kind: String,
        /// Document name.
        name: String,
        /// The version that the caller had read; 0 for "must not exist".
        expected: i64,
        /// The version that is stored; 0 where there is none.
        found: i64,
    },
    /// Somebody else has begun a run with the caller's key; look it up.
    #[error("could not create a run: there is one with the key `{key}`")]
    KeyTaken {
        /// The caller's key.
        key: String,
    },
    /// The caller asked for something that makes no sense, such as a group with an outcome too few.
    #[error("could not {what}: {why}")]
    Refused {
        /// The operation, as `verb the thing`.
        what: &'static str,
        /// What is wrong with the request.
        why: String,
    },
}

/// Who has to act on an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// The request is wrong.
    User,
    /// The request was right for a state that has passed.
    Conflict,
    /// The database is away or overloaded.
    External,
    /// A defect in Tutti or a damaged database.
    Internal,
}

impl Error {
    /// Who has to act.
    pub fn class(&self) -> Class {
        match self {
            Error::Address { .. } | Error::Refused { .. } => Class::User,
            Error::VersionConflict { .. } | Error::KeyTaken { .. } => Class::Conflict,
            Error::Open { .. } => Class::External,
            Error::Statement { source, .. } | Error::Migrate { source } if passing(source) => Class::External,
            Error::Statement { .. } | Error::Migrate { .. } | Error::Stored { .. } => Class::Internal,
        }
    }

    /// Whether the same call may succeed a moment later.
    pub fn retry(&self) -> bool {
        match self {
            Error::Open { source, .. } | Error::Statement { source, .. } | Error::Migrate { source } => passing(source),
            _ => false,
        }
    }
}

/// Lost connections, full pools, a busy SQLite file, deadlocks and serialization failures pass by themselves.
fn passing(error: &DbErr) -> bool {
    let cause = match error {
        DbErr::ConnectionAcquire(_) | DbErr::Conn(_) => return true,
        DbErr::Exec(RuntimeErr::SqlxError(cause)) | DbErr::Query(RuntimeErr::SqlxError(cause)) => cause,
        _ => return false,
    };
    match cause.as_database_error() {
        // PostgreSQL: class 08 connection, 40 rollback, 53 resources, 57 operator; SQLite: 5 busy, 6 locked.
        Some(database) => database.code().is_some_and(|code| {
            ["08", "40", "53", "57"].iter().any(|class| code.len() == 5 && code.starts_with(class))
                || matches!(code.as_ref(), "5" | "6" | "261" | "517")
        }),
        // Not an answer of the database: the connection broke.
        None => true,
    }
}
