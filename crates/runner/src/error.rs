//! Why an operation failed, in a form that both the command line and the API can show.

use tutti_model::problem::Problem;

/// Who has to act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// The input is wrong.
    User,
    /// The state does not allow it.
    Conflict,
    NotFound,
    /// A limit is reached.
    Limit,
    /// Something outside failed.
    External,
    Internal,
}

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("{what}: {}", count(problems))]
    Problems { what: String, problems: Vec<Problem> },
    #[error("there is no {what} `{name}`")]
    NotFound { what: &'static str, name: String, hint: Option<String> },
    #[error("{message}")]
    Refused { code: &'static str, message: String, hint: Option<String> },
    #[error("{message}")]
    Throttled { message: String, retry_after_s: u64 },
    /// Something that a campaign asks for did not come about.
    #[error("{message}")]
    Unmet { code: &'static str, message: String, hint: String },
    /// Another system is away.
    #[error("{message}")]
    Away { code: &'static str, message: String },
    #[error(transparent)]
    Locked(#[from] crate::lock::Error),
    #[error("the data directory `{path}` could not be used")]
    DataDir {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("`{path}` could not be written")]
    Outside {
        path: String,
        #[source]
        source: std::io::Error,
    },
    #[error("the service that `{activity}` calls did not do it")]
    Call {
        activity: String,
        #[source]
        source: tutti_delivery::http::Error,
    },
    /// The run was paused or stopped, or the process ends: the activity is done another time.
    #[error("the activity was interrupted")]
    Interrupted,
    #[error(transparent)]
    Store(#[from] tutti_store::Error),
    #[error(transparent)]
    Lake(#[from] tutti_lake::Error),
    #[error(transparent)]
    Query(#[from] tutti_query::Error),
    #[error(transparent)]
    Delivery(#[from] tutti_delivery::Error),
    #[error(transparent)]
    Step(#[from] tutti_activities::Error),
}

/// The result of an operation.
pub type Result<T, E = Error> = std::result::Result<T, E>;

fn count(problems: &[Problem]) -> String {
    match problems.iter().filter(|problem| problem.is_error()).count() {
        1 => "1 error".to_owned(),
        errors => format!("{errors} errors"),
    }
}

impl Error {
    /// A name that is not known, with the nearest that is.
    pub fn not_found<'a>(what: &'static str, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let Problem { hint, .. } = Problem::error("not_found", "", "").did_you_mean(name, known);
        Self::NotFound { what, name: name.to_owned(), hint }
    }

    pub fn refused(code: &'static str, message: impl Into<String>) -> Self {
        Self::Refused { code, message: message.into(), hint: None }
    }

    pub fn refused_with(code: &'static str, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::Refused { code, message: message.into(), hint: Some(hint.into()) }
    }

    /// A stable word for programs.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Problems { .. } => "invalid",
            Self::NotFound { .. } => "not_found",
            Self::Refused { code, .. } | Self::Unmet { code, .. } | Self::Away { code, .. } => code,
            Self::Throttled { .. } => "throttled",
            Self::Locked(crate::lock::Error::Held { .. }) => "data_dir_in_use",
            Self::Locked(crate::lock::Error::Io { .. }) | Self::DataDir { .. } => "data_dir",
            Self::Outside { .. } => "outside",
            Self::Call { .. } => "call_failed",
            Self::Interrupted => "interrupted",
            Self::Store(_) => "state",
            Self::Lake(_) => "tables",
            Self::Query(tutti_query::Error::MemoryLimit(_)) => "memory_limit",
            Self::Query(_) => "query",
            Self::Delivery(_) => "delivery",
            Self::Step(_) => "activity",
        }
    }

    pub fn class(&self) -> Class {
        match self {
            Self::Problems { .. } | Self::Unmet { .. } => Class::User,
            Self::Away { .. } => Class::External,
            Self::NotFound { .. } => Class::NotFound,
            Self::Refused { .. } | Self::Locked(crate::lock::Error::Held { .. }) => Class::Conflict,
            Self::Query(tutti_query::Error::MemoryLimit(_)) | Self::Throttled { .. } => Class::Limit,
            Self::Call { source, .. } if !source.retry() => Class::User,
            Self::Call { .. } => Class::External,
            Self::Interrupted => Class::Conflict,
            Self::Locked(_) | Self::DataDir { .. } | Self::Outside { .. } => Class::External,
            Self::Lake(error) => match error.class() {
                tutti_lake::Class::User => Class::User,
                tutti_lake::Class::Conflict => Class::Conflict,
                tutti_lake::Class::NotFound => Class::NotFound,
                tutti_lake::Class::Limit => Class::Limit,
                tutti_lake::Class::External => Class::External,
                tutti_lake::Class::Internal => Class::Internal,
            },
            Self::Delivery(error) => match error.class() {
                tutti_delivery::Class::User => Class::User,
                tutti_delivery::Class::External => Class::External,
                tutti_delivery::Class::Internal => Class::Internal,
            },
            Self::Store(_) | Self::Query(_) | Self::Step(tutti_activities::step::Error::Query(_)) => Class::Internal,
            // Settings that do not fit this run; another attempt would find the same.
            Self::Step(_) => Class::User,
        }
    }

    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotFound { hint, .. } | Self::Refused { hint, .. } => hint.clone(),
            Self::Throttled { retry_after_s, .. } => Some(format!("try again in {retry_after_s} seconds")),
            Self::Unmet { hint, .. } => Some(hint.clone()),
            Self::Locked(crate::lock::Error::Held { owner, .. }) => Some(match &owner.address {
                Some(address) => format!("talk to it with `--server {address}`, or stop it first"),
                None => "wait until it is done, or give another directory with `--data`".to_owned(),
            }),
            Self::Call { source: tutti_delivery::http::Error::Private { .. }, .. } => {
                Some("allow it with the setting `outside.private_addresses`".to_owned())
            }
            _ => None,
        }
    }

    pub fn problems(&self) -> &[Problem] {
        match self {
            Self::Problems { problems, .. } => problems,
            _ => &[],
        }
    }
}

/// The texts of an error and its causes, each once.
pub fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
