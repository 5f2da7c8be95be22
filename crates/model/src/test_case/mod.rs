//! Tests of campaigns: fixture rows, what happens meanwhile, and what is expected, over simulated time.

mod check;
mod check_expect;
mod expect;
mod read;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

pub use expect::{
    ActivityState, AlertExpect, AlertLevel, CampaignExpect, Expect, FileExpect, MessageExpect, RunExpect, RunState,
    SkipExpect, SkipReason, TableExpect, activity_and_port,
};
pub use read::{At, Key};

/// Rows by table, as imports take them.
pub type Rows = IndexMap<String, Vec<Map<String, Value>>>;

/// What a `kind: test` document says.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestCase {
    #[serde(skip)]
    pub name: String,
    /// The campaign that is tested. Wall-clock times of the test are in its zone.
    pub campaign: String,
    /// Other campaigns that are live meanwhile, such as one that the end of this one signals.
    #[serde(default)]
    pub alongside: Vec<String>,
    /// When the campaign is published.
    pub starts: At,
    /// When the test ends; without it, when nothing more is due, or a year after the start.
    #[serde(default)]
    pub until: Option<At>,
    /// What the tables hold at the start.
    #[serde(default)]
    pub rows: Rows,
    /// The members of audiences at the start, by their keys.
    #[serde(default)]
    pub audiences: IndexMap<String, Vec<Key>>,
    /// The files that there are at the start, by their names below the folder for files.
    #[serde(default)]
    pub files: IndexMap<String, String>,
    /// What the services answer that activities call, by activity.
    #[serde(default)]
    pub answers: IndexMap<String, CallAnswer>,
    /// What happens meanwhile, in the order of time.
    #[serde(default)]
    pub steps: Vec<Step>,
    pub expect: Expect,
}

/// What a service answers to every call of an activity.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CallAnswer {
    /// The HTTP status.
    #[serde(default = "ok")]
    pub status: u16,
    #[serde(default)]
    pub body: Value,
}

fn ok() -> u16 {
    200
}

/// Something that happens at a time: exactly one of the fields besides `at` and `campaign`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub at: At,
    /// The campaign that is meant, where that is not the one that is tested.
    #[serde(default)]
    pub campaign: Option<String>,
    /// Rows that are imported.
    #[serde(default)]
    pub import: Option<Rows>,
    /// Files that are put into the folder for files, by their names.
    #[serde(default)]
    pub file: Option<IndexMap<String, String>>,
    /// A signal to the campaign, with values of its parameters.
    #[serde(default)]
    pub signal: Option<Map<String, Value>>,
    /// Somebody runs the campaign by hand, with values of its variables.
    #[serde(default)]
    pub run: Option<Map<String, Value>>,
    /// Somebody pauses a run, by its number: the first is 1.
    #[serde(default)]
    pub pause: Option<usize>,
    /// Somebody goes on with a run that is paused or held.
    #[serde(default)]
    pub resume: Option<usize>,
    /// Somebody ends a run where it is.
    #[serde(default)]
    pub stop: Option<usize>,
    /// Somebody changes documents.
    #[serde(default)]
    pub apply: Option<Edit>,
    /// Somebody lets an activity go on that waits for a person: an approval, a held send, a breakpoint.
    #[serde(default)]
    pub approve: Option<StepAnswer>,
    /// Somebody rejects what an approval asks.
    #[serde(default)]
    pub reject: Option<StepAnswer>,
    /// Somebody opens the last message that an activity sent them.
    #[serde(default)]
    pub opens: Option<Visit>,
    /// Somebody clicks on a link of it.
    #[serde(default)]
    pub clicks: Option<Visit>,
    /// Somebody unsubscribes by it.
    #[serde(default)]
    pub unsubscribes: Option<Visit>,
}

/// What happens in a step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action<'a> {
    Import(&'a Rows),
    Files(&'a IndexMap<String, String>),
    Signal(&'a Map<String, Value>),
    Run(&'a Map<String, Value>),
    Pause(usize),
    Resume(usize),
    Stop(usize),
    Apply(&'a Edit),
    Approve(&'a StepAnswer),
    Reject(&'a StepAnswer),
    Open(&'a Visit),
    Click(&'a Visit),
    Unsubscribe(&'a Visit),
}

impl Step {
    /// Every action that is given; of a step that was checked, it is one.
    pub fn actions(&self) -> impl Iterator<Item = (&'static str, Action<'_>)> {
        [
            ("import", self.import.as_ref().map(Action::Import)),
            ("file", self.file.as_ref().map(Action::Files)),
            ("signal", self.signal.as_ref().map(Action::Signal)),
            ("run", self.run.as_ref().map(Action::Run)),
            ("pause", self.pause.map(Action::Pause)),
            ("resume", self.resume.map(Action::Resume)),
            ("stop", self.stop.map(Action::Stop)),
            ("apply", self.apply.as_ref().map(Action::Apply)),
            ("approve", self.approve.as_ref().map(Action::Approve)),
            ("reject", self.reject.as_ref().map(Action::Reject)),
            ("opens", self.opens.as_ref().map(Action::Open)),
            ("clicks", self.clicks.as_ref().map(Action::Click)),
            ("unsubscribes", self.unsubscribes.as_ref().map(Action::Unsubscribe)),
        ]
        .into_iter()
        .filter_map(|(name, action)| Some((name, action?)))
    }
}

/// A change of documents. Fields that are not named stay as they are; `null` takes one away.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    pub documents: Vec<Map<String, Value>>,
    /// Live campaigns take it over with their first run after this time; without it, with the next one.
    #[serde(default)]
    pub takes_over: Option<At>,
}

/// Who answers what; written as the activity alone, or as a map.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepAnswer {
    pub activity: String,
    pub by: Option<String>,
    pub comment: Option<String>,
    /// The answer, where an approval has others than to approve and to reject.
    pub answer: Option<String>,
}

/// A recipient's visit to a link of a message.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Visit {
    /// The activity that sent the message.
    pub activity: String,
    /// The key of the row that it was sent to.
    pub key: Key,
    /// Of a click, where the link leads; the first link of the message without it.
    #[serde(default)]
    pub link: Option<String>,
}
