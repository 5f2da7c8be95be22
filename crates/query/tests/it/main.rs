//! Rules against the naive evaluator, over tables in memory.

mod answers;
mod laws;
mod naive;
mod operators;
mod related;
mod world;
