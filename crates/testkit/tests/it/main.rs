//! The catcher against real clients and crashes, and the shop against its own promises.

mod demo_documents;
mod dir_store;
mod shop;
mod smtp_faults;
mod smtp_lettre;
mod smtp_protocol;
mod support;
