//! Rules against the naive evaluator, over tables in memory.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod algebra;
mod answers;
mod explained;
mod expressions;
mod filters;
mod forms;
mod formula;
mod functions;
mod laws;
mod naive;
mod operators;
mod parts;
mod population;
mod presets;
mod related;
mod spread;
mod traps;
mod world;
