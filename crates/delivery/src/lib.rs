//! Deliveries: who of a population may be written to, what each message says, sending it, and what became of it.
mod address;
pub mod eligibility;
mod error;
mod job;
mod message;
pub mod outcome;
mod outcomes_file;
pub mod prepare;
pub mod send;
mod smtp;
pub mod targets;
pub mod template;
pub mod token;
pub use error::{Class, Error, Result};
pub use job::{Job, Tracking};
