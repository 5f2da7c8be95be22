//! The API over a real router, a real workspace and a real mail server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may end a test")]

mod again;
mod contents;
mod data;
mod descriptions;
mod documents;
mod drafts;
mod flow;
mod guard;
mod history;
mod launches;
mod library;
mod life;
mod outside;
mod people;
mod questions;
mod reports;
mod runs;
mod simulated;
mod stopped;
mod tables;
mod targeting;
mod tracing;
mod world;
