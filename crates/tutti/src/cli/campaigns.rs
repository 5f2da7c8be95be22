//! Arguments of the commands on campaigns' life, templates and schedules.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::assignment;

#[derive(Debug, Args)]
pub struct Duplicate {
    pub campaign: String,
    /// The name of the copy
    pub name: String,
}

#[derive(Debug, Args)]
pub struct Template {
    pub template: String,
    /// Prints the document, as apply takes it
    #[arg(long)]
    pub document: bool,
}

#[derive(Debug, Args)]
pub struct Create {
    /// The name of the campaign
    pub campaign: String,
    #[arg(long, value_name = "T")]
    pub template: String,
    /// Gives a parameter of the template a value
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    pub values: Vec<(String, String)>,
    /// What people call the campaign [default: as the template says]
    #[arg(long, value_name = "TEXT")]
    pub label: Option<String>,
    #[arg(long, value_name = "F")]
    pub folder: Option<String>,
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Only says what would be made, and what is still to choose
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct CopyAsTemplate {
    pub campaign: String,
    /// The name of the template; one of that name gets a new version
    pub name: String,
    /// What people call the template [default: as the campaign]
    #[arg(long, value_name = "TEXT")]
    pub label: Option<String>,
}

#[derive(Debug, Args)]
pub struct Campaigns {
    /// Words in the name, the label, the description or the tags
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// In one of these states [default: all but archived]
    #[arg(long, value_name = "a,b", value_delimiter = ',')]
    pub state: Vec<String>,
    /// With all of these tags
    #[arg(long, value_name = "a,b", value_delimiter = ',')]
    pub tag: Vec<String>,
    /// In this folder or below it; empty: in none
    #[arg(long, value_name = "F")]
    pub folder: Option<String>,
    /// That send by one of these channels: by their names, or by what they send, such as email
    #[arg(long, value_name = "a,b", value_delimiter = ',')]
    pub channel: Vec<String>,
    /// That name one of these dimensions
    #[arg(long, value_name = "a,b", value_delimiter = ',')]
    pub dimension: Vec<String>,
    /// Made not before: a date, a time or date math such as `now-30d`, in UTC
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub created_since: Option<String>,
    /// Made before
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub created_until: Option<String>,
    /// Changed last not before
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub updated_since: Option<String>,
    /// Changed last before
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub updated_until: Option<String>,
    /// Only those that somebody should look at
    #[arg(long)]
    pub attention: bool,
    /// name, label, state, folder, created, updated, next_launch or last_run, with `:descending` where the greatest come first
    #[arg(long, value_name = "S")]
    pub sort: Option<String>,
    /// A view that is stored: `tutti get view` lists them
    #[arg(long, value_name = "V")]
    pub view: Option<String>,
    #[arg(long, value_name = "N")]
    pub limit: Option<usize>,
    /// How many of the first are left out
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: usize,
}

#[derive(Debug, Args)]
pub struct Bulk {
    #[arg(value_parser = [
        "tag", "untag", "move", "publish", "unpublish", "suspend", "continue", "close", "stop", "archive", "unarchive",
        "delete",
    ])]
    pub action: String,
    #[arg(required = true, value_name = "CAMPAIGN")]
    pub campaigns: Vec<String>,
    /// With `tag` and `untag`
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// With `move`; empty: into none
    #[arg(long, value_name = "F")]
    pub folder: Option<String>,
}

#[derive(Clone, Debug, Args)]
pub struct CalendarArguments {
    /// A day, or a time [default: today]
    #[arg(long, value_name = "DAY")]
    pub from: Option<String>,
    /// The first day that is not shown any more [default: 30 days later]
    #[arg(long, value_name = "DAY")]
    pub to: Option<String>,
    /// An IANA time zone [default: UTC]
    #[arg(long, value_name = "ZONE")]
    pub zone: Option<String>,
    /// Launches of campaigns in these states [default: live,scheduled,suspended]
    #[arg(long, value_name = "a,b", value_delimiter = ',')]
    pub state: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Comments {
    pub campaign: String,
    /// About this activity
    #[arg(long, value_name = "A")]
    pub activity: Option<String>,
    /// About this version
    #[arg(long, value_name = "N")]
    pub version: Option<i64>,
    /// Those that are resolved as well
    #[arg(long)]
    pub all: bool,
}

#[derive(Debug, Subcommand)]
pub enum CommentCommand {
    /// Comments on a campaign, one of its activities or versions, or answers a comment
    Add {
        campaign: String,
        text: String,
        #[arg(long, value_name = "A")]
        activity: Option<String>,
        #[arg(long, value_name = "N")]
        version: Option<i64>,
        /// The comment that this one answers
        #[arg(long, value_name = "ID", conflicts_with_all = ["activity", "version"])]
        reply_to: Option<i64>,
        /// Who says it
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Marks a comment as resolved
    Resolve {
        id: i64,
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
    /// Opens a comment again
    Reopen { id: i64 },
    /// Deletes a comment with the answers to it
    Delete { id: i64 },
}

#[derive(Debug, Args)]
pub struct Export {
    pub campaign: String,
    /// Where to write it [default: stdout]
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct ImportCampaign {
    /// What an export gave; `-` for stdin
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// What is done about documents that differ and are not named: `rename` leaves tables, dimensions, audiences and
    /// channels as they are here
    #[arg(long, value_parser = ["keep", "take", "rename"])]
    pub on_clash: Option<String>,
    /// Keeps ours
    #[arg(long, value_name = "KIND/NAME")]
    pub keep: Vec<String>,
    /// Takes theirs as the newest version
    #[arg(long, value_name = "KIND/NAME")]
    pub take: Vec<String>,
    /// Takes theirs under another name
    #[arg(long, value_name = "KIND/NAME[=NEW]")]
    pub rename: Vec<String>,
    /// Only says what would be done
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Debug, Args)]
pub struct Signal {
    pub campaign: String,
    /// Gives a parameter of the signal a value
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    pub variables: Vec<(String, String)>,
    /// A second signal with the same key is the first one again
    #[arg(long, value_name = "KEY")]
    pub key: Option<String>,
}

#[derive(Debug, Args)]
pub struct Launches {
    pub campaign: String,
    /// In one of these states: waiting, queued, started or skipped
    #[arg(long = "state", value_name = "a,b", value_delimiter = ',')]
    pub states: Vec<String>,
    /// Due not before: a date, a time or date math such as `now-1d`, in the campaign's zone
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,
    /// Due not after
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub until: Option<String>,
    /// In the list after this launch
    #[arg(long, value_name = "LAUNCH")]
    pub before: Option<String>,
    /// Leaves out the first
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: u64,
    /// At most so many, up to 10,000
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u64,
}

#[derive(Debug, Args)]
pub struct Versions {
    pub kind: String,
    pub name: String,
}

#[derive(Debug, Args)]
pub struct Rollback {
    pub kind: String,
    pub name: String,
    /// The version to go back to [default: the one before the newest]
    #[arg(long, value_name = "N")]
    pub to: Option<i64>,
    /// Of a live campaign: when runs begin to take it, such as `2026-12-01T09:00` in its zone; a version that waits is
    /// given this time [default: with the next run]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}

#[derive(Debug, Args)]
pub struct Compare {
    pub campaign: String,
    /// The older version [default: the one in force, or the one before]
    #[arg(long, value_name = "N")]
    pub from: Option<i64>,
    /// The newer version [default: the newest]
    #[arg(long, value_name = "N")]
    pub to: Option<i64>,
}

#[derive(Debug, Args)]
pub struct Audit {
    pub kind: Option<String>,
    #[arg(requires = "kind")]
    pub name: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u64,
}

#[derive(Debug, Args)]
pub struct Schedule {
    pub campaign: String,
    /// How many launch times
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=1_000))]
    pub next: u64,
    /// After this time: RFC 3339, or a date or a time in the campaign's zone [default: now]
    #[arg(long, value_name = "TIME")]
    pub after: Option<String>,
}
