//! Deliveries against real SMTP servers and stores.
