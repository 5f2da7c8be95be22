//! Deliveries against real SMTP servers and stores: every fault, and every crash, leaves one true line for each row.

mod delivery;
mod faults;
mod world;
