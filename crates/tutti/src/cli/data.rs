//! Arguments of the commands on documents, tables, audiences and files.

use std::path::PathBuf;

use clap::{Args, Subcommand};

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
    /// When changes of live campaigns take over, such as `2026-12-01T09:00` in the zone of each; nothing else may change
    /// then [default: with their next runs]
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
