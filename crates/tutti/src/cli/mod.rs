//! The command line.

mod campaigns;
mod data;
mod people;
mod questions;
mod runs;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::output::Format;

pub use campaigns::*;
pub use data::*;
pub use people::*;
pub use questions::*;
pub use runs::*;

/// Orchestrates campaigns over linked tables: who, when, what, and how it went.
#[derive(Debug, Parser)]
#[command(name = "tutti", version, max_term_width = 100)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// The data directory to work on [env: TUTTI_DATA] [default: ./tutti-data]
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// A server to work with, in place of a data directory [env: TUTTI_SERVER]
    #[arg(long, global = true, value_name = "URL", conflicts_with = "data")]
    pub server: Option<String>,
    /// The token for the server [env: TUTTI_TOKEN]
    #[arg(long, global = true, value_name = "T")]
    pub token: Option<String>,
    /// The form of the output [default: table on a terminal, else json]
    #[arg(short, long, global = true, value_enum)]
    pub output: Option<Format>,
    /// A file of settings [env: TUTTI_CONFIG]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// What to log to stderr, such as `info` or `tutti_runner=debug` [env: RUST_LOG] [default: warn]
    #[arg(long, global = true, value_name = "FILTER")]
    pub log: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Makes a sample shop, runs a campaign through a mail catcher, and serves the web app
    Demo(Demo),
    /// Serves the HTTP API, the web app and tracking links, and does the work of runs
    Serve(Serve),
    /// Creates or updates documents, all or none
    Apply(Apply),
    /// Says what apply would change
    Diff(Files),
    /// Finds all errors and warnings, without a change
    Validate(Files),
    /// Reads documents back, exactly as apply takes them
    Get(Get),
    /// Deletes a document; a table's rows go with it
    Delete(Delete),
    /// Loads rows into a table
    Import(Import),
    /// Lists the audiences that were saved or uploaded
    Audiences,
    /// Shows the members of an audience
    Audience(Audience),
    /// Makes an audience of a file, whose lines are matched with rows of a dimension
    AudienceImport(AudienceImport),
    /// Lists the files that campaigns read and write
    Files(ListFiles),
    /// Brings a file to where campaigns read files, gets one from there, or deletes one
    #[command(subcommand)]
    File(FileCommand),
    /// Takes a table back to an earlier version
    #[command(subcommand)]
    Table(TableCommand),
    /// Counts the rows that match a rule
    Count(Count),
    /// Shows the first rows that match a rule
    Preview(Preview),
    /// Shows how a rule is answered: in words, as SQL and as a plan
    Explain(Explain),
    /// Checks a rule or an expression: what it means, of which type it is, what is wrong with it
    Check(Check),
    /// Lists the functions of expressions, or describes one
    Functions(Functions),
    /// Lists the predefined filters of rules, favorites first
    Filters(Filters),
    /// Shows how the values of a field are spread
    Distribution(Distribution),
    /// Lists values of a field that begin with a text, then those that contain it
    Suggest(Suggest),
    /// Shows what a content says to some rows; sends and changes nothing
    Render(Render),
    /// Sends a content as some rows would get it to chosen addresses
    Proof(Proof),
    /// Lists what there is to personalize with
    Fields(RowsOf),
    /// Runs a campaign now and waits for its end
    Run(Run),
    /// Says what a run would do now; sends and changes nothing
    DryRun(DryRun),
    /// Runs the tests of campaigns over simulated time
    Test(Test),
    /// Lists runs, newest first
    Runs(Runs),
    /// Shows the summary of a run
    Show(RunId),
    /// Shows the rows on a transition
    Population(Population),
    /// Shows the ledger: one line per person and message
    Ledger(Ledger),
    /// Shows how far the runs of a campaign have come in activities that only take what is new, and moves it
    Marks(Marks),
    /// Shows where a row was in a run, and where and why it left
    Trace(Trace),
    /// Lists what runs tell, newest first: what activities did, what people did, what failed
    Logs(Logs),
    /// Lists the tasks of a run: what each activity did, when, and with which values
    Tasks(Tasks),
    /// Reports on runs, campaigns or channels: figures, shares, told apart or over time
    Report(Report),
    /// Finds people of a dimension by key, address or name
    People(People),
    /// Shows everything that is known of a person
    Person(Person),
    /// Lists who must not be written to, adds, removes and imports
    #[command(subcommand)]
    Register(RegisterCommand),
    /// Tries channels
    #[command(subcommand)]
    Channel(ChannelCommand),
    /// Lets a run do nothing new
    Pause(RunId),
    /// Goes on with a run that is paused, or whose process died, and waits for its end
    Resume(Resume),
    /// Runs again what a run did, or opens it again from one of its activities, and waits for the end
    Restart(Restart),
    /// Lets an activity go on that waits for a person: an approval, a held send, a breakpoint
    Approve(AnswerArguments),
    /// Rejects what an approval asks
    Reject(AnswerArguments),
    /// Tries a failed activity again, and lets its run go on
    Retry(Retry),
    /// Gives an activity up that has not begun, is held or has failed
    Skip(ActivityArguments),
    /// Lets an activity go on at once that waits for a time: a wait, or the pause before another attempt
    GoOn(ActivityArguments),
    /// Lists the alerts that runs raised, newest first
    Alerts(Alerts),
    /// Ends a run where it is, or a campaign for good
    Stop(Stop),
    /// Lists campaigns with their states and next launches
    Campaigns(Campaigns),
    /// Does one thing with many campaigns, and says what came of each
    Bulk(Bulk),
    /// Shows launches to come, runs and holidays
    Calendar(CalendarArguments),
    /// Publishes a draft: it is checked, and its schedule begins
    Publish(Campaign),
    /// Takes a campaign back to the draft, where nothing of it has happened yet
    Unpublish(Campaign),
    /// Has the launches of a recurring campaign skipped until it is continued
    Suspend(Campaign),
    /// Lets a suspended campaign launch again
    Continue(Campaign),
    /// Lets a recurring campaign take no new runs
    Close(Campaign),
    /// Puts a campaign away; it is deleted 30 days after its last change
    Archive(Campaign),
    /// Takes a campaign out of the archive
    Unarchive(Campaign),
    /// Copies a campaign into a draft of another name
    Duplicate(Duplicate),
    /// Lists the templates of campaigns
    Templates,
    /// Shows a template: its parameters, and what there is to choose from
    Template(Template),
    /// Makes a draft of a template
    Create(Create),
    /// Makes a template of a campaign
    CopyAsTemplate(CopyAsTemplate),
    /// Lists the comments on a campaign
    Comments(Comments),
    /// Comments on a campaign; resolves, opens again or deletes a comment
    #[command(subcommand)]
    Comment(CommentCommand),
    /// Writes a campaign with all that it needs as one text
    Export(Export),
    /// Takes in what an export gave, whole or not at all
    ImportCampaign(ImportCampaign),
    /// Signals a campaign: runs it with values of its parameters
    Signal(Signal),
    /// Lists the launches of a campaign, and what became of each
    Launches(Launches),
    /// Lists the versions of a document
    Versions(Versions),
    /// Makes the text of an older version the newest version
    Rollback(Rollback),
    /// Says what differs between two versions of a campaign
    Compare(Compare),
    /// Lists who changed what, newest first
    Audit(Audit),
    /// Shows when a campaign will start: the next launch times
    Schedule(Schedule),
    /// Catches mail for tests: keeps what it receives; can refuse, delay or drop
    Catcher(Catcher),
    /// Looks whether everything is as it should be
    Doctor(Doctor),
    /// Prints the version
    Version,
}

#[derive(Debug, Args)]
pub struct Demo {
    /// How many customers the shop has
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(100..=100_000_000))]
    pub customers: u64,
    /// Exits after the run, in place of serving
    #[arg(long)]
    pub once: bool,
    /// Where to serve [default: 127.0.0.1:8080, or a free port]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
}

#[derive(Debug, Args)]
pub struct Serve {
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, value_name = "ADDR")]
    pub listen: Option<String>,
    /// What this process does, where several share a PostgreSQL (`store.url`) and the data directory
    #[arg(long, value_enum, default_value_t = Role::All)]
    pub role: Role,
    /// Shows the mails of a catcher that kept them in this folder
    #[arg(long, value_name = "DIR", hide = true)]
    pub catcher_dir: Option<PathBuf>,
}

/// What a serving process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Role {
    /// Everything
    All,
    /// Answers the API, the web app and tracking links
    Web,
    /// Launches campaigns and does the work of their runs; answers the API, too, for whoever looks after it
    Worker,
    /// Answers queries of workers; not in this version
    Executor,
}

#[derive(Debug, Args)]
pub struct Catcher {
    /// Where to listen
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:2525")]
    pub smtp: String,
    /// A fault, such as `refuse 1% rcpt 550`, `tempfail 5% data 451`, `drop after-data first 3`, `delay 20ms`
    #[arg(long, value_name = "RULE")]
    pub fail: Vec<String>,
    /// Where the mails are kept [default: `catcher` in the data directory]
    #[arg(long, value_name = "DIR")]
    pub dir: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Doctor {
    /// Prints the default settings, which are their manual, and nothing else
    #[arg(long)]
    pub settings: bool,
}

fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name.to_owned(), value.to_owned())),
        _ => Err("give a name and a value, such as `minimum=200`".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn commands_of_later_versions_are_unknown() {
        for command in ["token", "backup"] {
            assert!(Cli::try_parse_from(["tutti", command, "x"]).is_err(), "{command}");
        }
    }
}
