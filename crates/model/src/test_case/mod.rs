//! Tests of campaigns: fixture rows, what happens meanwhile, and what is expected, over simulated time.

mod check;
mod read;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

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

/// Something that happens at a time: exactly one of the fields besides `at`.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    pub at: At,
    /// Rows that are imported.
    #[serde(default)]
    pub import: Option<Rows>,
    /// A signal to the campaign, with values of its parameters.
    #[serde(default)]
    pub signal: Option<Map<String, Value>>,
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
    Signal(&'a Map<String, Value>),
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
            ("signal", self.signal.as_ref().map(Action::Signal)),
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

/// What is expected. Only what is named is checked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// When the runs of the campaign begin: all of them.
    pub launches: Option<Vec<At>>,
    /// One entry for each run of the campaign, in the order in which they began.
    pub runs: Option<Vec<RunExpect>>,
}

/// What is expected of a run.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RunExpect {
    pub state: Option<RunState>,
    /// States of activities.
    pub activities: IndexMap<String, ActivityState>,
    /// How many rows left an activity by a port, by `ACTIVITY[.PORT]`.
    pub counts: IndexMap<String, u64>,
    /// The keys of the rows that left an activity by a port, by `ACTIVITY[.PORT]`; their order does not matter.
    pub members: IndexMap<String, Vec<Key>>,
    /// What channel activities sent.
    pub messages: IndexMap<String, MessageExpect>,
}

/// What is expected of the messages of an activity.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MessageExpect {
    pub targeted: Option<u64>,
    pub sent: Option<u64>,
    pub failed: Option<u64>,
    /// How many were excluded, by reason; a reason that is not named is not checked.
    pub excluded: IndexMap<String, u64>,
    /// The addresses of all messages; their order does not matter.
    pub to: Option<Vec<String>>,
    /// Subjects, by the keys of the rows.
    pub subjects: IndexMap<String, String>,
    /// Texts that the plain or the HTML part has, by the keys of the rows.
    pub contains: IndexMap<String, Vec<String>>,
}

macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($variant:ident = $word:literal,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($variant,)* }

        impl $name {
            /// The word in documents and summaries.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

words! {
    /// The states of runs.
    RunState {
        Running = "running",
        Paused = "paused",
        Held = "held",
        Completed = "completed",
        Failed = "failed",
        Stopped = "stopped",
    }
}

words! {
    /// The states of activities in a run.
    ActivityState {
        Waiting = "waiting",
        Ready = "ready",
        Running = "running",
        Held = "held",
        Completed = "completed",
        Failed = "failed",
        Skipped = "skipped",
    }
}

/// The activity and the port of `ACTIVITY[.PORT]`.
pub fn activity_and_port(text: &str) -> (&str, &str) {
    text.split_once('.').unwrap_or((text, crate::campaign::OUT))
}
