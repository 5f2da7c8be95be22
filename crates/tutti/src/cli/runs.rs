//! Arguments of the commands on runs.

use std::path::PathBuf;

use clap::Args;

use super::assignment;

#[derive(Debug, Args)]
pub struct Campaign {
    pub campaign: String,
}

#[derive(Debug, Args)]
pub struct DryRun {
    pub campaign: String,
    /// Of the draft that somebody works on in the browser
    #[arg(long)]
    pub draft: bool,
    /// Of the newest version, also where it waits for its time
    #[arg(long, conflicts_with = "draft")]
    pub newest: bool,
    /// Gives a variable of the campaign a value
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    pub variables: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub struct ActivityArguments {
    pub run: String,
    pub activity: String,
}

#[derive(Debug, Args)]
pub struct Retry {
    #[command(flatten)]
    pub of: ActivityArguments,
    /// Takes the newest version of the campaign
    #[arg(long)]
    pub edited: bool,
}

#[derive(Debug, Args)]
pub struct AnswerArguments {
    pub run: String,
    pub activity: String,
    /// Who answers
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
    #[arg(long, value_name = "TEXT")]
    pub comment: Option<String>,
    /// The answer, where an approval has others than to approve and to reject
    #[arg(long, value_name = "ANSWER")]
    pub answer: Option<String>,
}

#[derive(Debug, Args)]
pub struct Alerts {
    pub campaign: Option<String>,
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u64,
}

#[derive(Debug, Args)]
pub struct Run {
    pub campaign: String,
    /// Renders and counts, and sends nothing
    #[arg(long)]
    pub test: bool,
    /// Gives a variable of the campaign a value
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    pub variables: Vec<(String, String)>,
    /// Confirms held sends beforehand
    #[arg(long)]
    pub yes: bool,
    /// A second call with the same key starts nothing: it goes on with the same run
    #[arg(long, value_name = "KEY")]
    pub idempotency_key: Option<String>,
    /// Does not wait for the end
    #[arg(long)]
    pub no_wait: bool,
}

#[derive(Debug, Args)]
pub struct Test {
    /// Files, or folders with every `.yaml`, `.yml` and `.json` below them; `-` for stdin. They are laid over the
    /// documents that are stored, and are not applied [default: the tests that are stored]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Only the test of this name
    #[arg(long = "name", value_name = "N")]
    pub names: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Runs {
    pub campaign: Option<String>,
    /// In one of these states: running, paused, held, completed, failed or stopped
    #[arg(long = "state", value_name = "a,b", value_delimiter = ',')]
    pub states: Vec<String>,
    #[arg(long, value_parser = ["live", "test"])]
    pub mode: Option<String>,
    /// Begun not before: a date, a time or date math such as `now-1d`, in the campaign's zone
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,
    /// Begun not after
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub until: Option<String>,
    /// In the list after this run
    #[arg(long, value_name = "RUN")]
    pub before: Option<String>,
    /// Leaves out the first
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: u64,
    /// At most so many, up to 10,000
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u64,
}

#[derive(Debug, Args)]
pub struct RunId {
    pub run: String,
}

#[derive(Debug, Args)]
pub struct Stop {
    /// A run, or a campaign
    #[arg(value_name = "RUN|CAMPAIGN")]
    pub name: String,
}

#[derive(Debug, Args)]
pub struct Resume {
    pub run: String,
    /// Takes the newest version of the campaign, where it does not contradict what was done
    #[arg(long)]
    pub edited: bool,
    /// Does not wait for the end
    #[arg(long)]
    pub no_wait: bool,
}

#[derive(Debug, Args)]
pub struct Restart {
    pub run: String,
    /// Opens the run again from this activity: it and what comes after it are done anew, but for messages that have
    /// begun to leave [default: begins a new run with the same mode and variables]
    #[arg(long, value_name = "ACTIVITY")]
    pub from: Option<String>,
    /// Takes the newest version of the campaign, where it does not contradict what was done
    #[arg(long, requires = "from")]
    pub edited: bool,
    /// Does not wait for the end
    #[arg(long)]
    pub no_wait: bool,
}

#[derive(Debug, Args)]
pub struct Population {
    pub run: String,
    /// An activity, or an activity and one of its ports
    #[arg(value_name = "ACTIVITY[.PORT]")]
    pub at: String,
    /// At most so many rows
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
}

#[derive(Debug, Args)]
pub struct Ledger {
    pub run: String,
    #[arg(long, value_name = "A")]
    pub activity: Option<String>,
    #[arg(long, value_name = "S")]
    pub status: Option<String>,
    #[arg(long, value_name = "R")]
    pub reason: Option<String>,
    /// A part of a key or an address
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// At most so many lines
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
}

#[derive(Debug, Args)]
pub struct Logs {
    /// A run, or a campaign with all its runs [default: all runs]
    #[arg(value_name = "RUN|CAMPAIGN")]
    pub name: Option<String>,
    #[arg(long, value_name = "A")]
    pub activity: Option<String>,
    /// Lines of this level and worse
    #[arg(long, value_parser = ["info", "warning", "error"])]
    pub level: Option<String>,
    /// A part of the message
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// Not before: a date, a time or date math such as `now-1h`, in the campaign's zone
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub since: Option<String>,
    /// Not after
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub until: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub limit: u64,
}

#[derive(Debug, Args)]
pub struct Tasks {
    pub run: String,
    #[arg(long, value_name = "A")]
    pub activity: Option<String>,
    /// waiting, ready, running, held, completed, failed or skipped
    #[arg(long, value_name = "S")]
    pub state: Option<String>,
    /// A part of an activity's name or of what it did
    #[arg(long, value_name = "TEXT")]
    pub search: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
}

#[derive(Debug, Args)]
pub struct Marks {
    pub campaign: String,
    /// Moves the mark of an activity to a moment, such as `2026-12-01` or `now-7d`: what is later is new again
    #[arg(long = "move", value_name = "ACTIVITY=MOMENT")]
    pub to: Vec<String>,
    /// Forgets the mark of an activity: the next run takes everything
    #[arg(long, value_name = "ACTIVITY")]
    pub forget: Vec<String>,
}

#[derive(Debug, Args)]
pub struct Trace {
    pub run: String,
    /// The parts of a key of several columns are joined by commas
    pub key: String,
    /// The dimension whose key it is, where several have it; `file` means the lines of files
    #[arg(long, value_name = "D")]
    pub dimension: Option<String>,
}
