//! Deliveries: who of a population may be written to, what each message says, sending it, and what became of it.
//!
//! Owns the eligibility plan, templates, messages, senders, the ledger and feedback. It alone talks to providers. It never
//! reads a clock, the environment or a random number: callers pass a [`Clock`], a password's value, a secret.
//!
//! In order: [`Job::compile`] the message, [`prepare`] the targets, [`send`] until it says [`Ended::Completed`],
//! [`finish()`] the ledger. Each may be repeated after a crash at any instruction. [`Ledger`] tells at any time what
//! became of each row; [`feedback`] takes in what comes back.

pub mod address;
mod channel_test;
mod dry_run;
pub mod eligibility;
mod error;
pub mod feedback;
mod finish;
pub mod http;
mod job;
mod ledger;
pub mod message;
mod note;
mod outcome;
mod outcomes_file;
mod prepare;
mod preview;
mod proof;
mod send;
mod smtp;
mod targets;
pub mod template;
pub mod token;

pub use channel_test::{ChannelTest, ChannelTestStep, test_channel};
pub use dry_run::{DryRun, Sample, clean, dry_run};
pub use eligibility::{Eligibility, REASONS, Registers, functions};
pub use error::{Class, Error, Result};
pub use finish::{finish, write_open_messages};
pub use job::{Job, Tracking, has_ended};
pub use ledger::{Filter, Ledger, Line, Page};
pub use note::{Note, send_note};
pub use outcome::Status;
pub use prepare::{BATCH_ROWS, LinkList, PreparedDelivery, prepare};
pub use preview::{Previewed, preview};
pub use proof::{Proof, ProofMessage, send_proofs};
pub use send::{Clock, Connections, Ended, GROUP_MESSAGES, Progress, SendOptions, send};
pub use targets::Totals;
