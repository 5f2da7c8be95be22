//! The decision after each event of a campaign.

use super::moves::{CampaignState, Event, MOVES, Refusal};

/// How long an archived campaign is kept after its last change, microseconds: 30 days.
pub const ARCHIVE_KEPT_US: i64 = 30 * 24 * 3_600 * 1_000_000;

/// A campaign as it is stored, with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignView {
    /// Its state.
    pub state: CampaignState,
    /// The state that it was archived from.
    pub before_archive: Option<CampaignState>,
    /// The state that it was suspended in.
    pub before_suspension: Option<CampaignState>,
    /// Whether its schedule runs it more than once: at planned times or by signals.
    pub repeats: bool,
    /// Whether a planned launch is waiting, or may still come.
    pub launches_to_come: bool,
    /// Its live runs since it was published.
    pub runs: Runs,
    /// Its last change, UTC microseconds.
    pub changed_us: i64,
}

/// The live runs of a campaign since it was published.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Runs {
    /// Whether there was any.
    pub any: bool,
    /// Whether one has completed.
    pub completed: bool,
    /// How many have not ended.
    pub active: u64,
    /// How many of those neither wait for a person nor are held up by an error.
    pub sound: u64,
}

/// What changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// The next state, where it changes.
    pub state: Option<CampaignState>,
    /// What is to be done with it, in this order.
    pub effects: Vec<Effect>,
}

/// What follows from a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The next launch by the schedule is planned.
    Plan,
    /// Launches that wait are given up.
    CancelLaunches,
    /// Runs that have not ended are stopped.
    StopRuns,
    /// The campaign goes, with its document.
    Forget,
}

/// What follows from an event. The same event met again, after it was written, changes nothing more or is refused.
///
/// # Errors
/// [`Refusal`], with what to do instead, where the campaign cannot do this.
pub fn decide(view: &CampaignView, event: Event, now_us: i64) -> Result<Decision, Refusal> {
    let state = view.state;
    state.check(event)?;
    let refuse = |instead| Err(Refusal { state, event, instead });
    let runs = &view.runs;
    let (next, effects) = match event {
        Event::Publish => (CampaignState::Publishing, vec![]),
        Event::PublishedNow => (CampaignState::Live, vec![Effect::Plan]),
        Event::PublishedLater => (CampaignState::Scheduled, vec![Effect::Plan]),
        Event::PublicationFailed => (CampaignState::Draft, vec![]),
        Event::Launch => (CampaignState::Live, vec![]),
        Event::Run => {
            let next = if state == CampaignState::Suspended { state } else { CampaignState::Live };
            // A run by hand takes the place of the only planned one.
            (next, if view.repeats { vec![] } else { vec![Effect::CancelLaunches] })
        }
        Event::Settle => match settled(view) {
            Some(next) => (next, vec![Effect::CancelLaunches]),
            None => return Ok(Decision::default()),
        },
        Event::Suspend if !view.repeats => return refuse("it runs once: take it back to the draft, or stop it"),
        // Its launches go on being planned, so that each is on record as skipped.
        Event::Suspend => (CampaignState::Suspended, vec![]),
        Event::Continue => match view.before_suspension {
            Some(CampaignState::Scheduled) if !runs.any => (CampaignState::Scheduled, vec![]),
            _ => (CampaignState::Live, vec![]),
        },
        Event::Unpublish if runs.completed => {
            return refuse("a run has completed: a change of its document makes a version that the next run takes");
        }
        Event::Unpublish if runs.sound > 0 => return refuse("a run is going: stop the run first"),
        Event::Unpublish => (CampaignState::Draft, vec![Effect::CancelLaunches, Effect::StopRuns]),
        Event::Close if !view.repeats => return refuse("it runs once: stop it"),
        Event::Close if runs.active > 0 => (CampaignState::Closed, vec![Effect::CancelLaunches]),
        Event::Close => (CampaignState::Completed, vec![Effect::CancelLaunches]),
        Event::Stop => (CampaignState::Stopped, vec![Effect::CancelLaunches, Effect::StopRuns]),
        Event::Archive if runs.active > 0 => return refuse("a run is going: stop the campaign first"),
        Event::Archive => (CampaignState::Archived, vec![Effect::CancelLaunches]),
        Event::Restore => match view.before_archive {
            Some(CampaignState::Completed) => (CampaignState::Completed, vec![]),
            _ => (CampaignState::Stopped, vec![]),
        },
        Event::Edit if state.takes_launches() => (state, vec![Effect::Plan]),
        Event::Edit | Event::Describe => (state, vec![]),
        Event::Delete => return Ok(Decision { state: None, effects: vec![Effect::Forget] }),
        Event::Purge if now_us.saturating_sub(view.changed_us) < ARCHIVE_KEPT_US => {
            return refuse("it is kept for 30 days after its last change");
        }
        Event::Purge => return Ok(Decision { state: None, effects: vec![Effect::Forget] }),
    };
    debug_assert!(MOVES.contains(&(state, event, Some(next))), "{state} {event:?} {next}");
    Ok(Decision { state: Some(next).filter(|next| *next != state), effects })
}

/// What a campaign comes to where nothing more will happen by itself. One that runs once and whose only run did not
/// complete, or never came about, waits for somebody to repair it.
fn settled(view: &CampaignView) -> Option<CampaignState> {
    let quiet = view.runs.active == 0 && !view.launches_to_come;
    let done = match view.state {
        CampaignState::Closed => view.runs.active == 0,
        CampaignState::Scheduled if quiet && !view.repeats => return Some(CampaignState::Live),
        CampaignState::Scheduled | CampaignState::Suspended => quiet && view.repeats,
        CampaignState::Live => quiet && (view.repeats || view.runs.completed),
        _ => false,
    };
    done.then_some(CampaignState::Completed)
}

#[cfg(test)]
mod tests {
    use CampaignState::{Archived, Closed, Completed, Draft, Live, Publishing, Scheduled, Stopped, Suspended};

    use super::super::launch::{LaunchDecision, LaunchView, decide_launch};
    use super::*;

    fn view(state: CampaignState, repeats: bool, runs: Runs) -> CampaignView {
        let (before_archive, before_suspension) = (None, None);
        CampaignView { state, before_archive, before_suspension, repeats, launches_to_come: false, runs, changed_us: 0 }
    }

    const NONE: Runs = Runs { any: false, completed: false, active: 0, sound: 0 };
    const GOING: Runs = Runs { any: true, completed: false, active: 1, sound: 1 };
    const HELD_UP: Runs = Runs { sound: 0, ..GOING };
    const DONE: Runs = Runs { any: true, completed: true, active: 0, sound: 0 };

    #[test]
    fn moves_follow_the_runs() {
        use Effect::{CancelLaunches as Cancel, Plan, StopRuns};
        for (state, repeats, runs, event, next, effects) in [
            (Draft, false, NONE, Event::Publish, Publishing, vec![]),
            (Publishing, false, NONE, Event::PublishedNow, Live, vec![Plan]),
            (Publishing, true, NONE, Event::PublishedLater, Scheduled, vec![Plan]),
            (Publishing, true, NONE, Event::PublicationFailed, Draft, vec![]),
            (Scheduled, true, NONE, Event::Launch, Live, vec![]),
            (Scheduled, false, NONE, Event::Run, Live, vec![Cancel]),
            (Completed, false, DONE, Event::Run, Live, vec![Cancel]),
            (Live, false, DONE, Event::Settle, Completed, vec![Cancel]),
            (Closed, true, DONE, Event::Settle, Completed, vec![Cancel]),
            (Live, true, GOING, Event::Close, Closed, vec![Cancel]),
            (Live, true, DONE, Event::Close, Completed, vec![Cancel]),
            (Live, true, HELD_UP, Event::Unpublish, Draft, vec![Cancel, StopRuns]),
            (Live, true, NONE, Event::Unpublish, Draft, vec![Cancel, StopRuns]),
            (Live, true, GOING, Event::Stop, Stopped, vec![Cancel, StopRuns]),
            (Live, true, DONE, Event::Archive, Archived, vec![Cancel]),
            (Scheduled, true, NONE, Event::Suspend, Suspended, vec![]),
            (Live, true, GOING, Event::Suspend, Suspended, vec![]),
            (Suspended, true, GOING, Event::Close, Closed, vec![Cancel]),
            (Suspended, true, NONE, Event::Unpublish, Draft, vec![Cancel, StopRuns]),
            (Suspended, true, GOING, Event::Stop, Stopped, vec![Cancel, StopRuns]),
        ] {
            let decision = decide(&view(state, repeats, runs), event, 0).unwrap();
            assert_eq!((decision.state, decision.effects), (Some(next), effects), "{state} {event:?}");
        }
    }

    #[test]
    fn what_the_runs_forbid_is_refused_with_something_to_do() {
        for (state, repeats, runs, event, word) in [
            (Live, true, DONE, Event::Unpublish, "version"),
            (Live, true, GOING, Event::Unpublish, "stop the run"),
            (Live, false, GOING, Event::Close, "stop it"),
            (Live, false, GOING, Event::Suspend, "stop it"),
            (Suspended, true, GOING, Event::Archive, "stop the campaign"),
            (Live, true, HELD_UP, Event::Archive, "stop the campaign"),
            (Archived, true, DONE, Event::Purge, "30 days"),
        ] {
            let refusal = decide(&view(state, repeats, runs), event, ARCHIVE_KEPT_US - 1).unwrap_err();
            assert!(refusal.instead.contains(word), "{refusal:?}");
        }
    }

    #[test]
    fn a_campaign_settles_when_nothing_more_comes() {
        let waiting = |view: CampaignView| CampaignView { launches_to_come: true, ..view };
        for (view, settles) in [
            (view(Live, false, GOING), false),
            (view(Live, false, Runs { completed: false, ..DONE }), false),
            (view(Live, false, DONE), true),
            (view(Live, true, DONE), true),
            (waiting(view(Live, true, DONE)), false),
            (waiting(view(Scheduled, true, NONE)), false),
            (view(Scheduled, true, NONE), true),
            (view(Suspended, true, DONE), true),
            (waiting(view(Suspended, true, DONE)), false),
            (view(Suspended, false, DONE), false),
            (view(Closed, true, GOING), false),
        ] {
            let decision = decide(&view, Event::Settle, 0).unwrap();
            assert_eq!(decision.state == Some(Completed), settles, "{view:?}");
        }
    }

    #[test]
    fn one_that_runs_once_and_never_did_is_not_completed() {
        let decision = decide(&view(Scheduled, false, NONE), Event::Settle, 0).unwrap();
        assert_eq!(decision, Decision { state: Some(Live), effects: vec![Effect::CancelLaunches] });
        assert_eq!(decide(&view(Live, false, NONE), Event::Settle, 0).unwrap(), Decision::default());
    }

    #[test]
    fn a_campaign_goes_on_as_it_was_suspended() {
        for (from, runs, after) in [(Scheduled, NONE, Scheduled), (Scheduled, DONE, Live), (Live, NONE, Live)] {
            assert_eq!(decide(&view(from, true, NONE), Event::Suspend, 0).unwrap().state, Some(Suspended));
            let suspended = CampaignView { before_suspension: Some(from), ..view(Suspended, true, runs) };
            for event in [Event::Run, Event::Edit, Event::Describe] {
                assert_eq!(decide(&suspended, event, 0).unwrap().state, None, "{event:?} leaves it suspended");
            }
            assert_eq!(
                decide(&suspended, Event::Continue, 0).unwrap(),
                Decision { state: Some(after), effects: vec![] }
            );
        }
    }

    #[test]
    fn the_archive_gives_back_what_can_still_be_used() {
        for (before, after) in [(Completed, Completed), (Stopped, Stopped), (Live, Stopped), (Scheduled, Stopped)] {
            let view = CampaignView { before_archive: Some(before), ..view(Archived, true, DONE) };
            assert_eq!(decide(&view, Event::Restore, 0).unwrap().state, Some(after));
            let purged = decide(&view, Event::Purge, ARCHIVE_KEPT_US).unwrap();
            assert_eq!(purged, Decision { state: None, effects: vec![Effect::Forget] });
        }
    }

    #[test]
    fn no_decision_leaves_the_list() {
        for state in CampaignState::ALL {
            for event in Event::ALL {
                for bits in 0..8_u8 {
                    let (repeats, completed, to_come) = (bits & 1 > 0, bits & 2 > 0, bits & 4 > 0);
                    for (active, sound) in [(0, 0), (1, 0), (1, 1)] {
                        let runs = Runs { any: completed || active > 0, completed, active, sound };
                        for before_suspension in [None, Some(Scheduled), Some(Live)] {
                            let view = view(state, repeats, runs);
                            let view = CampaignView { launches_to_come: to_come, before_suspension, ..view };
                            let Ok(decision) = decide(&view, event, ARCHIVE_KEPT_US) else { continue };
                            if let Some(next) = decision.state {
                                assert!(MOVES.contains(&(state, event, Some(next))), "{state} {event:?} {next}");
                            }
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn launches_begin_runs_only_where_the_list_lets_them() {
        for state in CampaignState::ALL {
            let due = LaunchView {
                state,
                overlap: tutti_model::schedule::Overlap::Skip,
                left_out: false,
                made_up: false,
                active_runs: 0,
                open_launches: 1,
            };
            let starts = decide_launch(&due) == LaunchDecision::Start;
            assert_eq!(starts, state.check(Event::Launch).is_ok(), "{state}");
        }
    }
}
