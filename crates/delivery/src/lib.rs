//! Deliveries: who of a population may be written to, what each message says, sending it, and what became of it.
mod address;
mod eligibility;
mod error;
mod job;
mod message;
mod outcome;
mod targets;
mod template;
mod token;
pub use error::{Class, Error, Result};
