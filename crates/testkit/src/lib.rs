//! What tests, demos and benchmarks need around Tutti: a mail catcher and a sample shop.
//!
//! Owns [`smtp`] (a small SMTP server that keeps what it receives and misbehaves on request), [`mail`] (where caught
//! mails are kept and how they are read back), [`http`] (a service that does the same over HTTP), [`postgres`] (a
//! database server of one's own) and [`shop`] (a deterministic retail data set of any size as Parquet).
//!
//! It never sends mail, never talks to anything outside the process but the sockets it listens on, and knows nothing of
//! campaigns or runs beyond the headers that every Tutti message carries.
//!
//! ```no_run
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! use std::sync::Arc;
//! use tutti_testkit::mail::{MailStore, MemoryMailStore, Search};
//! use tutti_testkit::smtp::{SmtpOptions, SmtpServer};
//!
//! let store = Arc::new(MemoryMailStore::default());
//! let mut options = SmtpOptions::new(store.clone());
//! options.faults = vec!["tempfail 5% data 451".parse()?];
//! let server = SmtpServer::start(options).await?;
//! println!("listening on {}", server.addr());
//! let (total, newest) = store.list(&Search::parse("run:run_1"), 50, 0)?;
//! # Ok(()) }
//! ```

pub mod http;
pub mod mail;
pub mod postgres;
pub mod shop;
pub mod smtp;
