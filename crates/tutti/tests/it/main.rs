//! The built binary by its contract: what goes to stdout and stderr, exit codes, and what a killed process leaves.

mod binary;
mod data;
mod errors;
mod runs;
mod servers;
