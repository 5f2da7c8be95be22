//! The decisions of runs and the launches of schedules, from outside: small cases as tables, laws on random canvases
//! and schedules, and answers of an independent judge.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[cfg(test)]
mod cases;
#[cfg(test)]
mod judged;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod schedule_cases;
#[cfg(test)]
mod schedule_laws;
#[cfg(test)]
mod world;
