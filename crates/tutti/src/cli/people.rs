//! Arguments of the commands on reports, people, registers and channels.

use std::path::PathBuf;

use clap::{Args, Subcommand};

#[derive(Debug, Args)]
pub struct Report {
    /// Runs, campaigns or channels; several are shown side by side
    #[arg(required = true, value_name = "RUN|CAMPAIGN|CHANNEL")]
    pub names: Vec<String>,
    /// What the names are, where a campaign and a channel share one
    #[arg(long, value_parser = ["run", "campaign", "channel"])]
    pub kind: Option<String>,
    /// Tells apart: activity, run, campaign, channel, segment, domain, status, reason, link, or field:PATH
    #[arg(long, value_name = "WHAT")]
    pub by: Option<String>,
    /// Compares the other rows with this one
    #[arg(long, value_name = "VALUE", requires = "by")]
    pub base: Option<String>,
    /// Over time
    #[arg(long, value_parser = ["hour", "day"], conflicts_with = "by")]
    pub step: Option<String>,
    /// Whose hours and days
    #[arg(long, value_name = "ZONE", default_value = "UTC")]
    pub zone: String,
    /// Only messages that were settled from this moment on, such as 2026-12-01 or now-1d
    #[arg(long, value_name = "TIME")]
    pub since: Option<String>,
    /// Only messages that were settled before this moment
    #[arg(long, value_name = "TIME")]
    pub until: Option<String>,
    /// The people behind a figure, such as opened; with `--by` and `--value`, behind one row
    #[arg(long, value_name = "FIGURE")]
    pub people: Option<String>,
    #[arg(long, value_name = "VALUE", requires_all = ["by", "people"])]
    pub value: Option<String>,
    /// Writes a file for a spreadsheet, `.xlsx` or `.csv`
    #[arg(long, value_name = "FILE")]
    pub to: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct People {
    pub dimension: String,
    /// The beginning of a key, or a part of an address or a name
    #[arg(default_value = "")]
    pub search: String,
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u64,
}

#[derive(Debug, Args)]
pub struct Person {
    pub dimension: String,
    pub key: String,
}

#[derive(Debug, Subcommand)]
pub enum RegisterCommand {
    /// Lists opt-outs and suppressions, newest first
    List {
        /// Part of a value
        search: Option<String>,
        #[arg(long, value_parser = ["opt-out", "suppression"])]
        list: Option<String>,
        #[arg(long, value_name = "C")]
        channel: Option<String>,
        #[arg(long, value_name = "N", default_value_t = 100)]
        limit: u64,
    },
    /// Adds one
    Add(RegisterEntry),
    /// Removes one
    Remove(RegisterEntry),
    /// Adds each line of a CSV file: a value, and perhaps its reason
    Import {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        #[command(flatten)]
        of: RegisterOf,
    },
}

#[derive(Debug, Args)]
pub struct RegisterEntry {
    /// A person's identity, an address or a domain
    pub value: String,
    #[command(flatten)]
    pub of: RegisterOf,
}

#[derive(Debug, Args)]
pub struct RegisterOf {
    #[arg(long, value_parser = ["opt-out", "suppression"])]
    pub list: String,
    #[arg(long, value_parser = ["person", "address", "domain"], default_value = "address")]
    pub subject: String,
    #[arg(long, value_name = "C", default_value = "email")]
    pub channel: String,
    /// Of persons
    #[arg(long, value_name = "D")]
    pub dimension: Option<String>,
    /// Why, for whoever looks later
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
}

#[derive(Debug, Subcommand)]
pub enum ChannelCommand {
    /// Connects and logs in as sending would; sends nothing
    Test { name: String },
}
