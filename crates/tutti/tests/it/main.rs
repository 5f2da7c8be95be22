//! The built binary by its contract: what goes to stdout and stderr, exit codes, and what a killed process leaves.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests may end a test")]

mod binary;
mod data;
mod errors;
mod killed;
mod kills;
mod life;
mod round_trip;
mod runs;
mod servers;
mod sharing;
mod templates;
mod testing;
