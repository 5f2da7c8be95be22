//! Arguments of the commands that ask rules, values and contents.

use clap::Args;

use super::assignment;

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
    /// Takes the campaign as somebody works on it in the browser
    #[arg(long, requires = "campaign")]
    pub draft: bool,
    /// One of its activities: the rule sees what arrives there, with the columns added on the way, and the populations
    /// before it
    #[arg(long, value_name = "A")]
    pub activity: Option<String>,
    /// Whose populations these are: a run, `last` for the newest that has them, `dry` for what a run would have now
    #[arg(long, value_name = "RUN", requires = "activity")]
    pub run: Option<String>,
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
pub struct Check {
    #[arg(long, value_name = "D")]
    pub dimension: String,
    /// A rule: a file, `-` for stdin, or JSON or YAML text
    #[arg(
        long = "where",
        value_name = "RULE",
        allow_hyphen_values = true,
        required_unless_present = "expression",
        conflicts_with = "expression"
    )]
    pub rule: Option<String>,
    /// A SQL expression over the fields of a row
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub expression: Option<String>,
    /// A path of links: what is checked is over the rows at its end
    #[arg(long, value_name = "a.b")]
    pub link: Option<String>,
    /// The expression is an aggregate's, over many linked rows
    #[arg(long, requires = "expression")]
    pub aggregates: bool,
    #[command(flatten)]
    pub setting: Setting,
}

#[derive(Debug, Args)]
pub struct Filters {
    /// On rows of this dimension
    #[arg(long, value_name = "D")]
    pub dimension: Option<String>,
    /// Whose favorites and private filters are among them
    #[arg(long, value_name = "NAME")]
    pub by: Option<String>,
}

#[derive(Debug, Args)]
pub struct Functions {
    /// One of them, by any of its names; case and `_` do not count
    pub name: Option<String>,
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
    #[arg(long, value_name = "a.b", required_unless_present = "expression", conflicts_with = "expression")]
    pub field: Option<String>,
    /// A SQL expression over the fields of a row, in place of a field
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub expression: Option<String>,
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
    /// One more column: a SQL expression over the fields of a row, under a name
    #[arg(long, value_name = "NAME=EXPRESSION", value_parser = assignment)]
    pub computed: Vec<(String, String)>,
    /// What comes first: field paths, or names of what is computed, each with `:descending` where the greatest come first
    /// [default: the key]
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
