//! Integration tests: what every kind promises, campaigns with mistakes, and each kind's law on random populations.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod build_audience;
mod combine;
mod deduplication;
mod flow;
mod registry;
mod split;
mod validation;
mod world;
