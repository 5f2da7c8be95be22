//! The catcher against real clients and crashes, and the shop against its own promises.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod demo_documents;
mod dir_store;
mod shop;
mod smtp_faults;
mod smtp_lettre;
mod smtp_protocol;
mod support;
