//! A campaign: its states, what may be done in each, what becomes of a launch that is due, and chains of campaigns.

mod chain;
mod decide;
mod launch;
mod moves;

pub use chain::{CIRCLES_MAX, Circle, find_circles};
pub use decide::{ARCHIVE_KEPT_US, CampaignView, Decision, Effect, Runs, decide};
pub use launch::{LaunchDecision, LaunchView, QUEUED_MAX, SkipReason, decide_launch};
pub use moves::{CampaignState, Event, MOVES, Refusal, UnknownState};
