//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::output::Format;

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
pub struct Files {
    /// Files, or folders with every `.yaml`, `.yml` and `.json` below them; `-` for stdin
    #[arg(short = 'f', long = "file", value_name = "PATH", required = true, num_args = 1..)]
    pub paths: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub struct Apply {
    #[command(flatten)]
    pub files: Files,
    /// Only says what would change
    #[arg(long)]
    pub dry_run: bool,
    /// When changes of live campaigns take over [default: with their next runs]
    #[arg(long, value_name = "TIME")]
    pub at: Option<String>,
}

#[derive(Debug, Args)]
pub struct Get {
    /// table, dimension, audience, filter, channel, fragment, content, calendar, campaign, template, test or view
    pub kind: String,
    pub name: Option<String>,
    /// An older version
    #[arg(long, value_name = "N", requires = "name")]
    pub version: Option<i64>,
}

#[derive(Debug, Args)]
pub struct Delete {
    pub kind: String,
    pub name: String,
}

#[derive(Debug, Args)]
pub struct Import {
    pub table: String,
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// What happens to rows whose keys are there [default: upsert]
    #[arg(long, value_parser = ["upsert", "append", "replace"])]
    pub mode: Option<String>,
    /// The format [default: by the file's ending]
    #[arg(long, value_parser = ["csv", "parquet", "jsonl"])]
    pub format: Option<String>,
    /// Writes the rejected rows to a file
    #[arg(long, value_name = "FILE")]
    pub rejects: Option<PathBuf>,
    /// With more rejected rows than this, nothing is taken
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub max_rejects: u64,
}

#[derive(Debug, Args)]
pub struct Audience {
    pub name: String,
    /// At most so many members
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
}

#[derive(Debug, Args)]
pub struct AudienceImport {
    /// The audience; made if it is new
    pub name: String,
    /// CSV with a header, packed by gzip or not
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[arg(long, value_name = "D")]
    pub dimension: String,
    /// Columns of the file and the fields that they equal, such as `mail=email` [default: the key]
    #[arg(long, value_name = "COLUMN=FIELD", value_delimiter = ',')]
    pub on: Vec<String>,
    /// Columns of the file that are kept with the members
    #[arg(long, value_name = "a,b", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// What happens to the members that there are [default: replace]
    #[arg(long, value_parser = ["replace", "append", "remove"])]
    pub mode: Option<String>,
    /// The encoding of the file [default: utf-8]
    #[arg(long, value_name = "E")]
    pub encoding: Option<String>,
    /// The character between columns [default: by the first line]
    #[arg(long, value_name = "C")]
    pub separator: Option<String>,
    /// With more lines than this that cannot be read, nothing is taken
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub max_rejects: u64,
}

#[derive(Debug, Args)]
pub struct ListFiles {
    /// Only those below this folder
    pub under: Option<String>,
}

#[derive(Debug, Subcommand)]
pub enum FileCommand {
    /// Brings a file in
    Put {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// What to call it there [default: as here]
        #[arg(long = "as", value_name = "NAME")]
        name: Option<String>,
    },
    /// Gets a file out
    Get {
        name: String,
        /// Where to write it [default: stdout]
        #[arg(long, value_name = "FILE")]
        to: Option<PathBuf>,
    },
    /// Deletes a file
    Delete { name: String },
}

#[derive(Debug, Subcommand)]
pub enum TableCommand {
    /// Makes the rows what they were at a version, as a new version
    Restore { table: String, version: i64 },
    /// Lists the newest versions
    Versions { table: String },
    /// Says what is missing, doubled, outside of its enumeration or leads nowhere
    Quality { table: String },
    /// Proposes a document for the rows of a file
    Infer {
        #[arg(value_name = "FILE")]
        file: PathBuf,
        /// What the table is called [default: as the file]
        #[arg(long, value_name = "NAME")]
        name: Option<String>,
        /// The format [default: by the file's ending]
        #[arg(long, value_parser = ["csv", "parquet", "jsonl"])]
        format: Option<String>,
    },
}

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

#[derive(Debug, Args)]
pub struct Question {
    #[arg(long, value_name = "D")]
    pub dimension: String,
    /// A file, `-` for stdin, or JSON or YAML text
    #[arg(long = "where", value_name = "RULE", allow_hyphen_values = true)]
    pub rule: String,
    #[command(flatten)]
    pub setting: Setting,
}

/// As whose a rule is asked.
#[derive(Debug, Args)]
pub struct Setting {
    /// A campaign whose time zone and variables the rule sees [default: UTC, no variables]
    #[arg(long, value_name = "NAME")]
    pub campaign: Option<String>,
    /// The zone in which days are cut, like Europe/Paris
    #[arg(long, value_name = "ZONE")]
    pub time_zone: Option<String>,
    /// Gives a variable of the rule a value
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = assignment)]
    pub variables: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub struct Count {
    #[command(flatten)]
    pub question: Question,
    /// Counts each part of the rule as well
    #[arg(long)]
    pub parts: bool,
}

#[derive(Debug, Args)]
pub struct Explain {
    #[command(flatten)]
    pub question: Question,
    /// Whose SQL
    #[arg(long, value_parser = ["duckdb", "postgresql"], default_value = "duckdb")]
    pub dialect: String,
}

#[derive(Debug, Args)]
pub struct Distribution {
    #[command(flatten)]
    pub values: Values,
    /// How many values are listed
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub top: usize,
}

#[derive(Debug, Args)]
pub struct Suggest {
    #[command(flatten)]
    pub values: Values,
    /// What was typed; case does not matter
    #[arg(long, value_name = "TEXT", default_value = "", allow_hyphen_values = true)]
    pub prefix: String,
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub limit: usize,
}

#[derive(Debug, Args)]
pub struct Values {
    #[arg(long, value_name = "D")]
    pub dimension: String,
    /// A field path; over a link to many rows, every linked row counts
    #[arg(long, value_name = "a.b")]
    pub field: String,
    /// Of which rows: a file, `-` for stdin, or JSON or YAML text [default: all]
    #[arg(long = "where", value_name = "RULE", allow_hyphen_values = true)]
    pub rule: Option<String>,
    #[command(flatten)]
    pub setting: Setting,
}

#[derive(Debug, Args)]
pub struct Preview {
    #[command(flatten)]
    pub question: Question,
    /// Field paths, separated by commas [default: the columns of the table]
    #[arg(long, value_delimiter = ',', value_name = "a,b.c")]
    pub columns: Vec<String>,
    /// What comes first: field paths, each with `:descending` where the greatest come first [default: the key]
    #[arg(long, value_delimiter = ',', value_name = "a:descending,b.c")]
    pub order: Vec<String>,
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub limit: usize,
    /// How many of the first rows are left out
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: usize,
}

/// Rows of a dimension, or those that would arrive at an activity of a campaign.
#[derive(Debug, Args)]
pub struct RowsOf {
    /// [default: that of the content]
    #[arg(long, value_name = "D")]
    pub dimension: Option<String>,
    /// One row
    #[arg(long, value_name = "K", conflicts_with = "campaign")]
    pub key: Option<String>,
    /// A file, `-` for the input, or a rule as JSON or YAML
    #[arg(long = "where", value_name = "RULE", conflicts_with = "campaign")]
    pub rule: Option<String>,
    /// A campaign, as it stands in its draft
    #[arg(long, value_name = "C", requires = "activity")]
    pub campaign: Option<String>,
    #[arg(long, value_name = "A", requires = "campaign")]
    pub activity: Option<String>,
    /// Values for the campaign's variables
    #[arg(long = "set", value_name = "name=value", value_parser = assignment)]
    pub variables: Vec<(String, String)>,
}

#[derive(Debug, Args)]
pub struct Render {
    /// The name of a content [default: the message of the activity]
    pub content: Option<String>,
    /// A file with the document of a content, in place of a stored one
    #[arg(short, long, value_name = "PATH", conflicts_with = "content")]
    pub file: Option<std::path::PathBuf>,
    #[command(flatten)]
    pub rows: RowsOf,
    /// The channel to send with [default: that of the activity, or the first]
    #[arg(long, value_name = "CH")]
    pub channel: Option<String>,
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub limit: usize,
    /// How many of the first rows are left out
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub offset: usize,
}

#[derive(Debug, Args)]
pub struct Proof {
    #[command(flatten)]
    pub render: Render,
    /// Addresses, separated by commas
    #[arg(long, value_delimiter = ',', value_name = "ADDRESS,...", required = true)]
    pub to: Vec<String>,
    /// What the subject begins with
    #[arg(long, value_name = "TEXT", default_value = "[Proof] ")]
    pub prefix: String,
}

#[derive(Debug, Args)]
pub struct Campaign {
    pub campaign: String,
}

#[derive(Debug, Args)]
pub struct DryRun {
    pub campaign: String,
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
    /// In one of these states
    #[arg(long, value_name = "a,b", value_delimiter = ',')]
    pub state: Vec<String>,
    /// With all of these tags
    #[arg(long, value_name = "a,b", value_delimiter = ',')]
    pub tag: Vec<String>,
    /// In this folder or below it; empty: in none
    #[arg(long, value_name = "F")]
    pub folder: Option<String>,
    /// Only those that somebody should look at
    #[arg(long)]
    pub attention: bool,
    /// name, label, state, folder, updated, next_launch or last_run, with `:descending` where the greatest come first
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
        "tag", "untag", "move", "publish", "unpublish", "close", "stop", "archive", "unarchive", "delete",
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
    /// Launches of campaigns in these states [default: live,scheduled]
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
    /// Of a live campaign: when runs begin to take it [default: with the next run]
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
