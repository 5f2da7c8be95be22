//! The same days are lived again and again: once undisturbed, then with a process that dies at steps that the test
//! chooses and a new one that goes on over the same store and folder. What the world looks like afterwards, down to
//! files, mails and calls of services, must be the same. They are lived with claims that are lost in mid-activity, too,
//! and with wake-ups that come late, twice and in another order.

pub mod death;
pub mod disturbance;
pub mod place;
pub mod random;
pub mod stall;
pub mod story;
pub mod world;

#[cfg(test)]
mod tests;
