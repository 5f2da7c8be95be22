//! Deliveries against real SMTP servers and stores: every fault, and every crash, leaves one true line for each row.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test that cannot go on fails by panicking"
)]

mod delivery;
mod faults;
mod judged;
mod world;
