//! The API over a real router, a real workspace and a real mail server.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may end a test")]

mod data;
mod descriptions;
mod documents;
mod drafts;
mod flow;
mod guard;
mod launches;
mod life;
mod outside;
mod runs;
mod tables;
mod targeting;
mod world;
