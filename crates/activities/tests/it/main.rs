//! Integration tests: what every kind promises, campaigns with mistakes, and each kind's law on random populations.

mod combine;
mod deduplication;
mod registry;
mod split;
mod validation;
mod world;
