//! Runs against the death of their process: campaigns of every kind of activity over simulated days, killed everywhere.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod durability;
