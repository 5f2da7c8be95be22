//! What is wrong with a document, and where: a code, a sentence, a JSON pointer and, once the source is known, a
//! line and column.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::bind::Position;

/// Whether a problem stops an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Error,
    Warning,
}

/// A position in a source file; lines and columns count from 1.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    pub file: String,
    pub line: u64,
    pub column: u64,
}

/// The kind and name of a document.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DocumentRef {
    pub kind: String,
    pub name: String,
}

impl fmt::Display for DocumentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.kind, self.name)
    }
}

/// One thing wrong, or doubtful, with a document, a rule or an input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Problem {
    pub code: String,
    pub severity: Severity,
    pub message: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<DocumentRef>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity: Option<String>,
    /// JSON pointer (RFC 6901) into the document, or into the rule when there is no document.
    pub pointer: String,
    /// Where in the text at `pointer`, when that is an expression.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Position>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Place>,
}

impl Problem {
    /// An error at `pointer`.
    pub fn error(code: &str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.to_owned(),
            severity: Severity::Error,
            message: message.into(),
            document: None,
            activity: None,
            pointer: pointer.into(),
            within: None,
            hint: None,
            place: None,
        }
    }

    /// A warning at `pointer`.
    pub fn warning(code: &str, pointer: impl Into<String>, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, pointer, message) }
    }

    /// Adds the way out.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a hint that names the nearest of `known`, or lists them when none is near.
    #[must_use]
    pub fn did_you_mean<'a>(self, given: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        let known: Vec<&str> = known.into_iter().collect();
        match nearest(given, known.iter().copied()) {
            Some(near) => self.hint(format!("did you mean `{near}`?")),
            None if known.is_empty() => self,
            None => {
                let shown: Vec<String> = known.iter().take(12).map(|name| format!("`{name}`")).collect();
                let more = if known.len() > 12 { ", ..." } else { "" };
                self.hint(format!("known are {}{more}", shown.join(", ")))
            }
        }
    }

    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

/// The candidate nearest to `given`, if one is near enough to be a likely slip.
pub fn nearest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = given.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &candidate.to_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len().min(given.len()) / 4)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Appends one token to a JSON pointer, escaping it.
pub fn join_pointer(base: &str, token: impl fmt::Display) -> String {
    let token = token.to_string().replace('~', "~0").replace('/', "~1");
    format!("{base}/{token}")
}

/// Whether any of `problems` is an error.
pub fn has_errors(problems: &[Problem]) -> bool {
    problems.iter().any(Problem::is_error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_slips_and_leaves_strangers() {
        let known = ["order_date", "status", "customer_id"];
        for (given, expected) in [("ordr_date", Some("order_date")), ("Status", Some("status")), ("zzz", None)] {
            assert_eq!(nearest(given, known), expected, "{given}");
        }
    }

    #[test]
    fn pointers_escape_their_tokens() {
        assert_eq!(join_pointer("/a", "b/c~d"), "/a/b~1c~0d");
    }
}
