//! What becomes of a launch that is due.

use tutti_model::schedule::{CatchUp, Overlap};

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
    /// The campaign's rule for planned times at which nothing worked; signals are never missed.
    pub catch_up: Option<CatchUp>,
    /// When it was due, UTC microseconds.
    pub due_us: i64,
    /// How late a planned launch may be before it counts as missed, microseconds.
    pub late_us_max: i64,
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
}

impl SkipReason {
    /// The reason's word, as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            SkipReason::Overlap => "overlap",
            SkipReason::Missed => "missed",
            SkipReason::State => "not_live",
        }
    }
}

/// Decides about a launch that is due at `now_us`.
pub fn decide_launch(view: &LaunchView, now_us: i64) -> LaunchDecision {
    if !view.state.takes_launches() {
        return LaunchDecision::Skip(SkipReason::State);
    }
    let late = now_us.saturating_sub(view.due_us) > view.late_us_max;
    if late && view.catch_up == Some(CatchUp::None) {
        return LaunchDecision::Skip(SkipReason::Missed);
    }
    if view.active_runs == 0 {
        return LaunchDecision::Start;
    }
    // Making up for what was missed would else skip itself.
    let made_up = late && view.catch_up == Some(CatchUp::All);
    match view.overlap {
        _ if view.open_launches > QUEUED_MAX => LaunchDecision::Skip(SkipReason::Overlap),
        Overlap::Skip if !made_up => LaunchDecision::Skip(SkipReason::Overlap),
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
            catch_up: Some(CatchUp::Last),
            due_us: 100,
            late_us_max: 10,
            active_runs: 0,
            open_launches: 1,
        };
        let busy = LaunchView { active_runs: 1, ..due };
        for (view, now, expected) in [
            (due, 100, Start),
            (due, 1_000, Start),
            (LaunchView { catch_up: Some(CatchUp::None), ..due }, 110, Start),
            (LaunchView { catch_up: Some(CatchUp::None), ..due }, 111, Skip(SkipReason::Missed)),
            (LaunchView { catch_up: None, ..due }, 1_000, Start),
            (LaunchView { state: CampaignState::Stopped, ..due }, 100, Skip(SkipReason::State)),
            (busy, 100, Skip(SkipReason::Overlap)),
            (LaunchView { overlap: Overlap::Queue, ..busy }, 100, Queue),
            (
                LaunchView { overlap: Overlap::Queue, open_launches: QUEUED_MAX + 1, ..busy },
                100,
                Skip(SkipReason::Overlap),
            ),
            (LaunchView { catch_up: Some(CatchUp::All), ..busy }, 1_000, Queue),
            (LaunchView { catch_up: Some(CatchUp::All), ..busy }, 105, Skip(SkipReason::Overlap)),
        ] {
            assert_eq!(decide_launch(&view, now), expected, "{view:?} at {now}");
        }
    }
}
