//! How an operation fails: a status and a problem body.

use axum::extract::rejection::{BytesRejection, JsonRejection, PathRejection, QueryRejection};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use tutti_model::problem::Problem;
use tutti_runner::{Class, Error};

use crate::problem::{Item, ProblemBody};

/// A failed operation.
#[derive(Debug)]
pub struct Failure {
    status: StatusCode,
    body: Box<ProblemBody>,
    /// When to try again, in seconds.
    retry_after_s: Option<u64>,
}

/// The result of a handler.
pub type Answer<T> = Result<T, Failure>;

impl Failure {
    /// A failure that no other part of Tutti has named.
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        let body = ProblemBody {
            problem_type: "about:blank".to_owned(),
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            hint: None,
            errors: Vec::new(),
        };
        Self { status, body: Box::new(body), retry_after_s: None }
    }

    /// Something that is not there.
    pub fn not_found(what: &str, name: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("there is no {what} `{name}`"))
    }

    /// A body that is JSON and not what the operation takes.
    pub(crate) fn of_body(problems: Vec<Problem>) -> Self {
        let first = problems.first().map_or_else(String::new, |problem| match problem.pointer.as_str() {
            "" => format!(": {}", problem.message),
            pointer => format!(": at `{pointer}`: {}", problem.message),
        });
        let detail = format!("the body of the request cannot be read{first}");
        let mut failure = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "bad_request", detail);
        failure.body.hint = problems.first().and_then(|problem| problem.hint.clone());
        failure.body.errors = problems.into_iter().map(Item::from).collect();
        failure
    }

    /// Adds the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.body.hint = Some(hint.into());
        self
    }

    pub fn status(&self) -> StatusCode {
        self.status
    }

    pub fn body(&self) -> &ProblemBody {
        &self.body
    }

    /// An error that the caller can do nothing about: told in the log as well.
    pub(crate) fn internal(code: &str, what: &str, error: &dyn std::error::Error) -> Self {
        let detail = format!("{what}: {}", chain(error));
        tracing::error!(code, "{detail}");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, code, detail)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.status, axum::Json(&*self.body)).into_response();
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        if let Error::Lake(error) = &error
            && let Some(failure) = of_tables(error)
        {
            return failure;
        }
        let status = match error.class() {
            Class::Limit if matches!(error, Error::Throttled { .. }) => StatusCode::TOO_MANY_REQUESTS,
            Class::User => StatusCode::UNPROCESSABLE_ENTITY,
            Class::Conflict => StatusCode::CONFLICT,
            Class::NotFound => StatusCode::NOT_FOUND,
            Class::Limit => StatusCode::INSUFFICIENT_STORAGE,
            Class::External => StatusCode::BAD_GATEWAY,
            Class::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        };
        let detail = chain(&error);
        if status == StatusCode::INTERNAL_SERVER_ERROR {
            tracing::error!(code = error.code(), "{detail}");
        }
        let mut failure = Self::new(status, error.code(), detail);
        failure.body.hint = error.hint();
        if let Error::Throttled { retry_after_s, .. } = &error {
            failure.retry_after_s = Some(*retry_after_s);
        }
        failure.body.errors = error.problems().iter().cloned().map(Item::from).collect();
        failure
    }
}

/// What is wrong with files and tables, where it is the caller's to mend.
fn of_tables(error: &tutti_lake::Error) -> Option<Failure> {
    let (status, code) = match error.class() {
        tutti_lake::Class::User => (StatusCode::UNPROCESSABLE_ENTITY, "import_refused"),
        tutti_lake::Class::Conflict => (StatusCode::CONFLICT, "table_conflict"),
        tutti_lake::Class::NotFound => (StatusCode::NOT_FOUND, "not_found"),
        tutti_lake::Class::Limit => (StatusCode::INSUFFICIENT_STORAGE, "limit"),
        tutti_lake::Class::External | tutti_lake::Class::Internal => return None,
    };
    if let tutti_lake::Error::Rejected { table, read, rejected, allowed, first } = error {
        let detail = format!(
            "{rejected} of the {read} rows for `{table}` were rejected, {allowed} are allowed; nothing was taken"
        );
        let mut failure = Failure::new(status, "rows_rejected", detail)
            .hint("mend them, or take the others with `max_rejects` (`--max-rejects N`); `--rejects FILE` writes them all to a file");
        failure.body.errors = first.iter().map(rejected_row).collect();
        return Some(failure);
    }
    let mut failure = Failure::new(status, code, chain(error));
    if let tutti_lake::Error::Evolution { problems, .. } = error {
        failure.body.errors = problems.iter().cloned().map(Item::from).collect();
    }
    Some(failure)
}

fn rejected_row(reject: &tutti_lake::Reject) -> Item {
    let message = match &reject.column {
        Some(column) if reject.value.is_empty() => format!("`{column}` {}", reject.reason),
        Some(column) => format!("`{column}` `{}` {}", reject.value.chars().take(80).collect::<String>(), reject.reason),
        None => reject.reason.clone(),
    };
    Item {
        code: "rejected_row".to_owned(),
        severity: "error".to_owned(),
        message,
        file: Some(reject.file.clone()),
        line: Some(reject.line),
        ..Item::default()
    }
}

impl From<JsonRejection> for Failure {
    fn from(rejection: JsonRejection) -> Self {
        rejected(rejection.status(), &rejection)
    }
}

impl From<QueryRejection> for Failure {
    fn from(rejection: QueryRejection) -> Self {
        rejected(rejection.status(), &rejection)
    }
}

impl From<PathRejection> for Failure {
    fn from(rejection: PathRejection) -> Self {
        rejected(rejection.status(), &rejection)
    }
}

impl From<BytesRejection> for Failure {
    fn from(rejection: BytesRejection) -> Self {
        rejected(rejection.status(), &rejection)
    }
}

fn rejected(status: StatusCode, rejection: &dyn std::error::Error) -> Failure {
    let code = match status {
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::UNSUPPORTED_MEDIA_TYPE => "unsupported_media_type",
        _ => "bad_request",
    };
    Failure::new(status, code, chain(rejection))
}

/// An error with its causes, each told once.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        cause = error.source();
    }
    text
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.body.detail)
    }
}

impl std::error::Error for Failure {}
