//! The API over a real router, a real workspace and a real mail server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may end a test")]

mod again;
mod away;
mod contents;
mod data;
mod descriptions;
mod documents;
mod drafts;
mod filters;
mod flow;
mod guard;
mod history;
mod in_runs;
mod launches;
mod library;
mod life;
mod notices;
mod outside;
mod people;
mod questions;
mod reports;
mod runs;
mod signalled;
mod simulated;
mod stopped;
mod suspended;
mod tables;
mod targeting;
mod together;
mod tracing;
mod truth;
mod waiting;
mod world;
