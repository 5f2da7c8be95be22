//! Rules against the naive evaluator, over tables in memory.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod answers;
mod expressions;
mod forms;
mod formula;
mod functions;
mod laws;
mod naive;
mod operators;
mod parts;
mod related;
mod spread;
mod traps;
mod world;
