//! What tests expect.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{At, Key};
use crate::notify::Trouble;

/// What is expected. Only what is named is checked.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Expect {
    /// When the runs of the campaign begin: all of them.
    pub launches: Option<Vec<At>>,
    /// The launches of the campaign that began no run: all of them.
    pub skipped: Option<Vec<SkipExpect>>,
    /// One entry for each run of the campaign, in the order in which they began.
    pub runs: Option<Vec<RunExpect>>,
    /// The same of the campaigns that run alongside.
    pub campaigns: IndexMap<String, CampaignExpect>,
    /// The alerts of all campaigns, oldest first: all of them.
    pub alerts: Option<Vec<AlertExpect>>,
    /// The members of audiences at the end, by their keys.
    pub audiences: IndexMap<String, Vec<Key>>,
    /// What tables hold at the end.
    pub tables: IndexMap<String, TableExpect>,
    /// Files at the end, by their names.
    pub files: IndexMap<String, FileExpect>,
}

impl Expect {
    /// What is expected of the campaign that is tested.
    pub fn own(&self) -> CampaignExpect {
        let Self { launches, skipped, runs, .. } = self;
        CampaignExpect { launches: launches.clone(), skipped: skipped.clone(), runs: runs.clone() }
    }

    /// Whether nothing is expected at all.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// What is expected of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CampaignExpect {
    /// When its runs begin: all of them.
    pub launches: Option<Vec<At>>,
    /// Its launches that began no run: all of them.
    pub skipped: Option<Vec<SkipExpect>>,
    /// One entry for each of its runs, in the order in which they began.
    pub runs: Option<Vec<RunExpect>>,
}

/// What is expected of a launch that began no run.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SkipExpect {
    /// When it was due.
    pub at: At,
    #[serde(default)]
    pub reason: Option<SkipReason>,
}

/// What is expected of an alert.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlertExpect {
    pub at: Option<At>,
    pub campaign: Option<String>,
    /// The activity that raised it.
    pub activity: Option<String>,
    pub level: Option<AlertLevel>,
    /// What went wrong, of an alert that no activity raised.
    pub trouble: Option<Trouble>,
    /// A text that its title or its message has.
    pub contains: Option<String>,
}

/// What is expected of a table.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableExpect {
    /// How many rows there are.
    pub count: Option<u64>,
    /// Rows that are there, by some of their columns.
    pub has: Vec<Map<String, Value>>,
    /// Rows that are not there, by some of their columns.
    pub lacks: Vec<Map<String, Value>>,
}

/// What is expected of a file.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileExpect {
    /// Whether it is there.
    pub there: bool,
    /// How many lines it has, the first with the names of columns among them.
    pub lines: Option<u64>,
    /// Texts that it has.
    pub contains: Vec<String>,
    /// Texts that it does not have.
    pub lacks: Vec<String>,
}

impl Default for FileExpect {
    fn default() -> Self {
        Self { there: true, lines: None, contains: Vec::new(), lacks: Vec::new() }
    }
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
        #[serde(rename_all = "snake_case")]
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

words! {
    /// Why launches begin no run.
    SkipReason {
        Overlap = "overlap",
        Missed = "missed",
        Suspended = "suspended",
        NotLive = "not_live",
        Invalid = "invalid",
    }
}

words! {
    /// How grave alerts are.
    AlertLevel {
        Info = "info",
        Warning = "warning",
        Critical = "critical",
    }
}

/// The activity and the port of `ACTIVITY[.PORT]`.
pub fn activity_and_port(text: &str) -> (&str, &str) {
    text.split_once('.').unwrap_or((text, crate::campaign::OUT))
}
