//! What becomes of a launch that is due.

use tutti_model::schedule::Overlap;

use super::moves::CampaignState;

/// The most launches of one campaign that wait behind a run; more are skipped.
pub const QUEUED_MAX: u64 = 1_000;

/// A launch that is due, with what is known of its campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LaunchView {
    /// The campaign's state.
    pub state: CampaignState,
    /// The campaign's rule for runs at the same time.
    pub overlap: Overlap,
    /// Whether it is a planned time that was missed and is left out for good; signals are never missed.
    pub left_out: bool,
    /// Whether it is one of the planned times that were missed and are all made up for.
    pub made_up: bool,
    /// How many live runs of the campaign have not ended.
    pub active_runs: u64,
    /// How many of its launches are open, this one among them.
    pub open_launches: u64,
}

/// What becomes of a launch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LaunchDecision {
    /// A run begins.
    Start,
    /// It waits for the run that is going.
    Queue,
    /// Nothing begins.
    Skip(SkipReason),
}

/// Why a launch began no run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SkipReason {
    /// A run was going.
    Overlap,
    /// Nothing worked when it was due.
    Missed,
    /// The campaign takes no launches any more.
    State,
    /// The campaign is suspended.
    Suspended,
}

impl SkipReason {
    /// The reason's word, as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            SkipReason::Overlap => "overlap",
            SkipReason::Missed => "missed",
            SkipReason::State => "not_live",
            SkipReason::Suspended => "suspended",
        }
    }
}

/// Decides about a launch that is due.
pub fn decide_launch(view: &LaunchView) -> LaunchDecision {
    if !view.state.takes_launches() {
        return LaunchDecision::Skip(SkipReason::State);
    }
    if view.state == CampaignState::Suspended {
        return LaunchDecision::Skip(SkipReason::Suspended);
    }
    if view.left_out {
        return LaunchDecision::Skip(SkipReason::Missed);
    }
    if view.active_runs == 0 {
        return LaunchDecision::Start;
    }
    match view.overlap {
        _ if view.open_launches > QUEUED_MAX => LaunchDecision::Skip(SkipReason::Overlap),
        // Making up for what was missed would else skip itself.
        Overlap::Skip if !view.made_up => LaunchDecision::Skip(SkipReason::Overlap),
        _ => LaunchDecision::Queue,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn launches_start_wait_or_are_skipped() {
        use LaunchDecision::{Queue, Skip, Start};
        let due = LaunchView {
            state: CampaignState::Live,
            overlap: Overlap::Skip,
            left_out: false,
            made_up: false,
            active_runs: 0,
            open_launches: 1,
        };
        let busy = LaunchView { active_runs: 1, ..due };
        for (view, expected) in [
            (due, Start),
            (LaunchView { made_up: true, ..due }, Start),
            (LaunchView { left_out: true, ..due }, Skip(SkipReason::Missed)),
            (LaunchView { state: CampaignState::Stopped, left_out: true, ..due }, Skip(SkipReason::State)),
            (LaunchView { state: CampaignState::Suspended, ..due }, Skip(SkipReason::Suspended)),
            (LaunchView { state: CampaignState::Suspended, left_out: true, ..busy }, Skip(SkipReason::Suspended)),
            (
                LaunchView { state: CampaignState::Suspended, overlap: Overlap::Queue, ..busy },
                Skip(SkipReason::Suspended),
            ),
            (busy, Skip(SkipReason::Overlap)),
            (LaunchView { overlap: Overlap::Queue, ..busy }, Queue),
            (LaunchView { overlap: Overlap::Queue, open_launches: QUEUED_MAX + 1, ..busy }, Skip(SkipReason::Overlap)),
            (LaunchView { made_up: true, ..busy }, Queue),
            (LaunchView { left_out: true, ..busy }, Skip(SkipReason::Missed)),
        ] {
            assert_eq!(decide_launch(&view), expected, "{view:?}");
        }
    }
}
