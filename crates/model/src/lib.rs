//! The plain types of Tutti: documents (tables, dimensions, filters, channels, contents, campaigns), the catalog they
//! form together, and rules bound to it. Reading a document finds every error with its pointer and place.
//!
//! This crate must never do IO, read a clock or draw a random number: whoever needs the time passes it in.
//!
//! ```
//! use tutti_model::{source, document::Document, problem::Problem};
//!
//! let file = source::SourceFile { path: "a.yaml".into(), text: "kind: tabel\nname: a\n".into() };
//! let sources = source::parse(&file).unwrap();
//! let mut problems: Vec<Problem> = Vec::new();
//! assert!(Document::read(&sources[0].value, &mut problems).is_none());
//! assert_eq!(problems[0].hint.as_deref(), Some("did you mean `table`?"));
//! ```

pub mod audience;
pub mod bind;
pub mod builtin;
pub mod calendar;
pub mod campaign;
pub mod catalog;
pub mod channel;
pub mod civil;
pub mod common;
pub mod content;
pub mod date_math;
pub mod date_preset;
pub mod dimension;
pub mod document;
pub mod duration;
pub mod extract;
pub mod feedback;
pub mod file;
pub mod file_pattern;
pub mod id;
pub mod jinja;
pub mod notify;
pub mod problem;
pub mod rule;
pub mod schedule;
pub mod source;
pub mod strict;
pub mod table;
pub mod template;
pub mod test_case;
pub mod value;
pub mod variables;
pub mod view;
