//! The API over a real router, a real workspace and a real mail server.

mod descriptions;
mod documents;
mod guard;
mod runs;
mod tables;
mod world;
