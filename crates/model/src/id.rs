//! Identifiers: prefixed, sortable by time, made by whoever holds the clock.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            pub const PREFIX: &'static str = $prefix;

            /// Takes the time-ordered part (a ULID) from the caller.
            pub fn new(ulid: impl fmt::Display) -> Self {
                Self(format!(concat!($prefix, "_{}"), ulid))
            }

            /// Reads an id back, if it has this kind's prefix and only letters and digits after it.
            pub fn parse(text: &str) -> Option<Self> {
                let rest = text.strip_prefix(concat!($prefix, "_"))?;
                let valid = !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
                valid.then(|| Self(text.to_owned()))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

id!(
    /// One execution of a campaign.
    RunId,
    "run"
);
id!(
    /// One execution of one activity in a run.
    TaskId,
    "task"
);
id!(
    /// A time or signal at which a campaign runs.
    LaunchId,
    "launch"
);

/// Whether `text` may name a document: `[a-z][a-z0-9_-]*`, at most 100 bytes.
pub fn is_document_name(text: &str) -> bool {
    let mut bytes = text.bytes();
    text.len() <= 100
        && bytes.next().is_some_and(|byte| byte.is_ascii_lowercase())
        && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-')
}

/// Names that Tutti keeps for its own tables and links.
pub const RESERVED_PREFIX: &str = "tutti_";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_prefix() {
        let id = RunId::new("01J0");
        assert_eq!(id.as_str(), "run_01J0");
        assert_eq!(RunId::parse("run_01J0"), Some(id));
        assert_eq!(RunId::parse("task_01J0"), None);
        assert_eq!(RunId::parse("run_../x"), None);
    }

    #[test]
    fn document_names() {
        for (name, valid) in [("a", true), ("a-b_1", true), ("A", false), ("1a", false), ("", false), ("a b", false)] {
            assert_eq!(is_document_name(name), valid, "{name}");
        }
    }
}
