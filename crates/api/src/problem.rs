//! The body of an error: RFC 9457 with Tutti's `code`, `hint` and `errors`.

use serde::{Deserialize, Serialize};
use tutti_model::problem::{DocumentRef, Problem, Severity};
use utoipa::ToSchema;

/// Why a request failed (`application/problem+json`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProblemBody {
    /// `about:blank`: the code says which problem it is.
    #[serde(rename = "type", default)]
    pub problem_type: String,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub status: u16,
    /// What was tried and why it failed, with its causes.
    #[serde(default)]
    pub detail: String,
    /// A stable word for programs.
    #[serde(default)]
    pub code: String,
    /// The way out, where one is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// Each single thing that is wrong, with its place.
    #[serde(default)]
    pub errors: Vec<Item>,
}

/// One thing wrong, or doubtful.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Item {
    pub code: String,
    /// `error` or `warning`.
    pub severity: String,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<ItemDocument>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<String>,
    /// JSON pointer (RFC 6901) into the document, or into the rule or request.
    #[serde(default)]
    pub pointer: String,
    /// Where in the text at `pointer`, when that is an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Within>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// From 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u64>,
}

/// A place in an expression; both count from 1.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Within {
    pub line: u64,
    pub column: u64,
}

/// The document that a problem is in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ItemDocument {
    pub kind: String,
    pub name: String,
}

impl From<DocumentRef> for ItemDocument {
    fn from(document: DocumentRef) -> Self {
        Self { kind: document.kind, name: document.name }
    }
}

impl From<Problem> for Item {
    fn from(problem: Problem) -> Self {
        let (file, line, column) = problem
            .place
            .map(|place| (place.file, place.line, place.column))
            .map_or((None, None, None), |(file, line, column)| (Some(file), Some(line), Some(column)));
        Self {
            code: problem.code,
            severity: match problem.severity {
                Severity::Error => "error",
                Severity::Warning => "warning",
            }
            .to_owned(),
            message: problem.message,
            document: problem.document.map(ItemDocument::from),
            activity: problem.activity,
            pointer: problem.pointer,
            within: problem.within.map(|at| Within { line: at.line, column: at.column }),
            hint: problem.hint,
            file,
            line,
            column,
        }
    }
}
