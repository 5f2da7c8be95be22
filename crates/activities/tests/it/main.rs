//! Integration tests: what every kind promises, campaigns with mistakes, and each kind's law on random populations.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod audiences;
mod build_audience;
mod change_dimension;
mod combine;
mod controls;
mod deduplication;
mod effects;
mod enrichment;
mod flow;
mod incremental_query;
mod laws;
mod linked;
mod mistakes;
mod reconciliation;
mod registry;
mod sets;
mod split;
mod subject;
mod validation;
mod world;
