//! The states of a campaign, and the one list of moves between them. What is not in the list is refused, with what to
//! do instead.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The state of a campaign. What goes wrong in a run is no state of the campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CampaignState {
    /// It is made and tested.
    Draft,
    /// It is checked, on its way out of the draft.
    Publishing,
    /// Its first run is yet to come.
    Scheduled,
    /// Its runs send.
    Live,
    /// Its launches are skipped until somebody lets it go on; runs that go on end.
    Suspended,
    /// It takes no new runs; those that go on end.
    Closed,
    /// It has done everything.
    Completed,
    /// Somebody ended it.
    Stopped,
    /// Out of the way; deleted after a while.
    Archived,
}

/// What happens to a campaign.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Somebody publishes it.
    Publish,
    /// It was found right, and its first run is now or whenever a signal comes.
    PublishedNow,
    /// It was found right, and its first run is at a planned time.
    PublishedLater,
    /// It was found wrong.
    PublicationFailed,
    /// Somebody runs it now.
    Run,
    /// A planned time or a signal runs it.
    Launch,
    /// A run has ended, or the schedule has.
    Settle,
    /// Somebody takes it back to the draft.
    Unpublish,
    /// Somebody has its launches skipped for a while.
    Suspend,
    /// Somebody lets it launch again.
    Continue,
    /// Somebody lets it take no new runs.
    Close,
    /// Somebody ends it, with its runs.
    Stop,
    /// Somebody puts it away.
    Archive,
    /// Somebody takes it out of the archive.
    Restore,
    /// Its document changes.
    Edit,
    /// Its document changes in nothing but its label, description, tags and folder.
    Describe,
    /// Somebody deletes it.
    Delete,
    /// It has been in the archive for long.
    Purge,
}

/// An event that does not fit the campaign. Nothing changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the campaign is {state} and cannot be {}", event.participle())]
pub struct Refusal {
    /// The state that it is in.
    pub state: CampaignState,
    /// What was asked.
    pub event: Event,
    /// What to do instead.
    pub instead: &'static str,
}

use CampaignState::{Archived, Closed, Completed, Draft, Live, Publishing, Scheduled, Stopped, Suspended};

/// Every move: in this state, on this event, the campaign may come to that one. Which of several it is, and whether the
/// move is open to this campaign now, [`super::decide`] says. A deleted campaign has no state any more.
pub const MOVES: &[(CampaignState, Event, Option<CampaignState>)] = &[
    (Draft, Event::Edit, Some(Draft)),
    (Draft, Event::Describe, Some(Draft)),
    (Draft, Event::Publish, Some(Publishing)),
    (Draft, Event::Delete, None),
    (Publishing, Event::PublishedNow, Some(Live)),
    (Publishing, Event::PublishedLater, Some(Scheduled)),
    (Publishing, Event::PublicationFailed, Some(Draft)),
    (Scheduled, Event::Edit, Some(Scheduled)),
    (Scheduled, Event::Describe, Some(Scheduled)),
    (Scheduled, Event::Run, Some(Live)),
    (Scheduled, Event::Launch, Some(Live)),
    // The planned times were removed, or have passed without a run.
    (Scheduled, Event::Settle, Some(Completed)),
    // Its only one was: it has done nothing yet, and waits for somebody.
    (Scheduled, Event::Settle, Some(Live)),
    (Scheduled, Event::Suspend, Some(Suspended)),
    (Scheduled, Event::Unpublish, Some(Draft)),
    (Scheduled, Event::Close, Some(Closed)),
    (Scheduled, Event::Close, Some(Completed)),
    (Scheduled, Event::Stop, Some(Stopped)),
    (Scheduled, Event::Archive, Some(Archived)),
    (Live, Event::Edit, Some(Live)),
    (Live, Event::Describe, Some(Live)),
    (Live, Event::Run, Some(Live)),
    (Live, Event::Launch, Some(Live)),
    (Live, Event::Settle, Some(Completed)),
    (Live, Event::Suspend, Some(Suspended)),
    (Live, Event::Unpublish, Some(Draft)),
    (Live, Event::Close, Some(Closed)),
    (Live, Event::Close, Some(Completed)),
    (Live, Event::Stop, Some(Stopped)),
    (Live, Event::Archive, Some(Archived)),
    (Suspended, Event::Edit, Some(Suspended)),
    (Suspended, Event::Describe, Some(Suspended)),
    // By hand it can be tried before it goes on.
    (Suspended, Event::Run, Some(Suspended)),
    (Suspended, Event::Settle, Some(Completed)),
    (Suspended, Event::Continue, Some(Scheduled)),
    (Suspended, Event::Continue, Some(Live)),
    (Suspended, Event::Unpublish, Some(Draft)),
    (Suspended, Event::Close, Some(Closed)),
    (Suspended, Event::Close, Some(Completed)),
    (Suspended, Event::Stop, Some(Stopped)),
    (Suspended, Event::Archive, Some(Archived)),
    (Closed, Event::Describe, Some(Closed)),
    (Closed, Event::Settle, Some(Completed)),
    (Closed, Event::Stop, Some(Stopped)),
    (Closed, Event::Archive, Some(Archived)),
    // The next run takes the change.
    (Completed, Event::Edit, Some(Completed)),
    (Completed, Event::Describe, Some(Completed)),
    (Completed, Event::Run, Some(Live)),
    (Completed, Event::Archive, Some(Archived)),
    (Stopped, Event::Describe, Some(Stopped)),
    (Stopped, Event::Archive, Some(Archived)),
    (Archived, Event::Describe, Some(Archived)),
    (Archived, Event::Restore, Some(Completed)),
    (Archived, Event::Restore, Some(Stopped)),
    (Archived, Event::Delete, None),
    (Archived, Event::Purge, None),
];

impl CampaignState {
    /// Every state.
    pub const ALL: [CampaignState; 9] =
        [Draft, Publishing, Scheduled, Live, Suspended, Closed, Completed, Stopped, Archived];

    /// The state's word, as stored and shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Draft => "draft",
            Publishing => "publishing",
            Scheduled => "scheduled",
            Live => "live",
            Suspended => "suspended",
            Closed => "closed",
            Completed => "completed",
            Stopped => "stopped",
            Archived => "archived",
        }
    }

    /// Whether planned times and signals are met: by a run, or by a launch that is skipped while it is suspended.
    pub fn takes_launches(self) -> bool {
        matches!(self, Scheduled | Live | Suspended)
    }

    /// Whether runs of it may go on; in other states they are ended.
    pub fn has_runs(self) -> bool {
        matches!(self, Scheduled | Live | Suspended | Closed | Completed)
    }

    /// Checks that the list has a move for an event.
    ///
    /// # Errors
    /// [`Refusal`] where it has none.
    pub fn check(self, event: Event) -> Result<(), Refusal> {
        if MOVES.iter().any(|(state, on, _)| *state == self && *on == event) {
            return Ok(());
        }
        Err(Refusal { state: self, event, instead: instead(self, event) })
    }
}

impl Event {
    /// Every event.
    pub const ALL: [Event; 18] = [
        Event::Publish,
        Event::PublishedNow,
        Event::PublishedLater,
        Event::PublicationFailed,
        Event::Run,
        Event::Launch,
        Event::Settle,
        Event::Unpublish,
        Event::Suspend,
        Event::Continue,
        Event::Close,
        Event::Stop,
        Event::Archive,
        Event::Restore,
        Event::Edit,
        Event::Describe,
        Event::Delete,
        Event::Purge,
    ];

    /// The event's word, as kept in the record of changes.
    pub fn as_str(self) -> &'static str {
        match self {
            Event::Publish => "publish",
            Event::PublishedNow | Event::PublishedLater => "published",
            Event::PublicationFailed => "publication_failed",
            Event::Run => "run",
            Event::Launch => "launch",
            Event::Settle => "settle",
            Event::Unpublish => "unpublish",
            Event::Suspend => "suspend",
            Event::Continue => "continue",
            Event::Close => "close",
            Event::Stop => "stop",
            Event::Archive => "archive",
            Event::Restore => "restore",
            Event::Edit => "edit",
            Event::Describe => "describe",
            Event::Delete => "delete",
            Event::Purge => "purge",
        }
    }

    /// What the event would make of the campaign, as in "cannot be ...".
    pub fn participle(self) -> &'static str {
        match self {
            Event::Publish | Event::PublishedNow | Event::PublishedLater => "published",
            Event::PublicationFailed => "sent back",
            Event::Run => "run",
            Event::Launch => "launched",
            Event::Settle => "completed",
            Event::Unpublish => "taken back to the draft",
            Event::Suspend => "suspended",
            Event::Continue => "continued",
            Event::Close => "closed",
            Event::Stop => "stopped",
            Event::Archive => "archived",
            Event::Restore => "taken out of the archive",
            Event::Edit | Event::Describe => "changed",
            Event::Delete => "deleted",
            Event::Purge => "removed for good",
        }
    }
}

/// What to do in place of an event for which a state has no move.
fn instead(state: CampaignState, event: Event) -> &'static str {
    match (state, event) {
        (Publishing, _) => "wait until it is published",
        (Draft, Event::Archive | Event::Stop | Event::Close | Event::Suspend) => {
            "nothing of it runs: delete it, or leave it"
        }
        (Draft, Event::Run | Event::Launch | Event::Settle) => "publish it first",
        (Draft, Event::Unpublish) => "it is a draft: change it and publish it",
        (Scheduled | Live | Suspended, Event::Publish) => {
            "a change of its document makes a version that the next run takes"
        }
        (Scheduled | Live | Suspended | Closed, Event::Delete) => "stop it and archive it",
        (Suspended, Event::Suspend | Event::Launch) => "its launches are skipped: continue it to have them run again",
        (Closed, Event::Run | Event::Launch | Event::Edit | Event::Publish | Event::Unpublish | Event::Suspend) => {
            "it takes no new runs: duplicate it"
        }
        (Closed, Event::Close) => "its runs are left to end: stop it to end them now",
        (Completed, Event::Publish) => "run it again, or duplicate it",
        (Completed, Event::Unpublish) => {
            "its runs are on record: change its document and run it again, or duplicate it"
        }
        (Completed, Event::Close | Event::Stop | Event::Settle | Event::Launch | Event::Suspend) => {
            "it has done everything"
        }
        (Completed | Stopped, Event::Delete) => "archive it: it is removed for good 30 days later",
        (Stopped, Event::Stop | Event::Close | Event::Settle | Event::Launch) => "nothing of it runs any more",
        (Stopped, _) => "a stopped campaign stays stopped: duplicate it",
        (Archived, _) => "take it out of the archive, or duplicate it",
        (_, Event::Continue) => "it is not suspended",
        (_, Event::Restore | Event::Purge) => "it is not in the archive",
        (_, Event::PublishedNow | Event::PublishedLater | Event::PublicationFailed) => "publish it first",
        (Draft | Scheduled | Live | Suspended | Closed | Completed, _) => "look at its state",
    }
}

/// A word that is no state.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no state of a campaign")]
pub struct UnknownState(pub String);

impl FromStr for CampaignState {
    type Err = UnknownState;

    fn from_str(word: &str) -> Result<Self, UnknownState> {
        CampaignState::ALL.into_iter().find(|state| state.as_str() == word).ok_or_else(|| UnknownState(word.to_owned()))
    }
}

impl fmt::Display for CampaignState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_read_back() {
        assert!(CampaignState::ALL.into_iter().all(|state| state.as_str().parse() == Ok(state)));
        assert_eq!("live!".parse::<CampaignState>(), Err(UnknownState("live!".into())));
    }

    #[test]
    fn what_is_not_listed_is_refused_with_something_to_do() {
        for state in CampaignState::ALL {
            for event in Event::ALL {
                let listed = MOVES.iter().any(|(from, on, _)| (*from, *on) == (state, event));
                match state.check(event) {
                    Ok(()) => assert!(listed, "{state} {event:?}"),
                    Err(refusal) => {
                        assert!(!listed, "{state} {event:?}");
                        assert_ne!(refusal.instead, "look at its state", "{state} {event:?} has nothing to say");
                    }
                }
            }
        }
        for event in [Event::Suspend, Event::Continue] {
            let refused = CampaignState::ALL.into_iter().filter(|state| state.check(event).is_err());
            let open: &[CampaignState] = if event == Event::Suspend { &[Scheduled, Live] } else { &[Suspended] };
            assert!(refused.clone().all(|state| !open.contains(&state)), "{event:?}");
            assert_eq!(refused.count() + open.len(), CampaignState::ALL.len(), "{event:?}");
        }
        let closed: Vec<_> = CampaignState::ALL.into_iter().filter(|it| it.check(Event::Describe).is_err()).collect();
        assert_eq!(closed, [Publishing], "what a campaign is called can be changed in every other state");
        let refusal = Stopped.check(Event::Run).unwrap_err();
        assert_eq!(refusal.to_string(), "the campaign is stopped and cannot be run");
    }

    #[test]
    fn every_state_is_reached_and_left() {
        for state in CampaignState::ALL {
            assert!(MOVES.iter().any(|(from, ..)| *from == state), "{state} is never left");
            let reached = MOVES.iter().any(|(from, _, to)| *to == Some(state) && *from != state);
            assert!(reached || state == Draft, "{state} is never reached");
        }
    }
}
