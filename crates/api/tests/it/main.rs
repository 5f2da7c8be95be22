//! The API over a real router, a real workspace and a real mail server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may end a test")]

mod descriptions;
mod documents;
mod flow;
mod guard;
mod runs;
mod tables;
mod world;
